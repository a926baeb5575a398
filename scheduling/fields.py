"""A model field for wall time: what the clock on the wall shows, without a zone."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models


class WallTimeField(models.Field):  # type: ignore[type-arg]
    """A naive local date and time (`timestamp without time zone`); its zone stands in a column beside it."""

    description = "Local date and time without a zone"

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        return "timestamp without time zone"

    def to_python(self, value: Any) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise ValidationError("Use YYYY-MM-DDTHH:MM.", code="invalid") from error

    def get_prep_value(self, value: Any) -> datetime | None:
        wall = self.to_python(super().get_prep_value(value))
        if wall is not None and wall.tzinfo is not None:
            raise ValueError(f"{self.name} is a wall time and takes no zone.")
        return wall

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return value.isoformat() if value else ""

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": forms.CharField, **kwargs})
