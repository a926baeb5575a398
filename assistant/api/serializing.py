"""What the serializers share."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers


class Strict(serializers.Serializer[Any]):
    """A body with a field that does not exist is refused: a typo, or an attempt at what is not the caller's to set."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(map(str, set(data) - set(self.fields)))):
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in unknown})
        return super().to_internal_value(data)


def once(query: QueryDict) -> dict[str, Any]:
    """Return an address's parameters. Raises ValidationError for one that is there twice.

    As a plain mapping: of a form, REST framework would take an empty value for none.
    """
    if twice := [name for name, values in query.lists() if len(values) > 1]:
        raise serializers.ValidationError({name: [_("Give this once.")] for name in twice})
    return dict(query.dict())


class StrictSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says in the interface's description what `Strict` does."""

    target_class = Strict
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Any:
        """Return the body's schema, closed."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # type: ignore[no-untyped-call]
        return schema | {"additionalProperties": False}
