"""What programs send about appointments, read strictly: JSON's own types, and no field that does not exist."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from assistant.api.appointment_rows import STATUSES
from assistant.api.moments import DayOrMomentField, MomentField
from assistant.api.paging import Pages
from assistant.api.serializing import Strict, once
from scheduling import ids, phones
from scheduling.desk import Newcomer

ORDERINGS = ("-starts_at", "starts_at", "-created_at", "created_at")


class IdField(serializers.IntegerField):
    """A number that names a row or a version; nothing that merely looks like one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": ids.LARGEST} | options)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class WordsField(serializers.CharField):
    """A line of text: without line breaks and other control characters, which no name has."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = str(super().to_internal_value(data))
        if any(unicodedata.category(letter) == "Cc" for letter in text):
            raise serializers.ValidationError(_("Leave out line breaks and control characters."))
        return text


class NameField(WordsField):
    """How a person is called."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if not any(letter.isalpha() for letter in name):
            raise serializers.ValidationError(_("Enter a name for the new client."))
        return name


class PhoneField(WordsField):
    """A phone, best in E.164; without a country code it is Brazilian."""

    def to_internal_value(self, data: Any) -> str:
        number = phones.typed(super().to_internal_value(data))
        if number is None:
            raise serializers.ValidationError(_("This is no phone number. Write one such as +5511987654321."))
        return number


class KnownClient(Strict):
    """Somebody who is a client already."""

    id = IdField()


class NewClient(Strict):
    """Somebody by name; whoever already has that phone is taken for them and keeps the own name."""

    name = NameField(max_length=120)
    phone = PhoneField(max_length=40, required=False, allow_null=True)


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="BookingClient", serializers=[KnownClient, NewClient], resource_type_field_name=None
    )
)
class WhoField(serializers.Field[int | Newcomer, Any, Any, Any]):
    """The id of a client, or a newcomer."""

    def to_internal_value(self, data: Any) -> int | Newcomer:
        known = isinstance(data, Mapping) and "id" in data
        body: Strict = KnownClient(data=data) if known else NewClient(data=data)
        body.is_valid(raise_exception=True)
        found = body.validated_data
        return int(found["id"]) if known else Newcomer(name=found["name"], phone=found.get("phone"))


class NewAppointment(Strict):
    """A booking for a client, at a time that is offered."""

    service = IdField()
    starts_at = MomentField()
    client = WhoField()
    attendee = WordsField(max_length=120, required=False, allow_blank=True, help_text="Who comes, if not the client.")


class Expecting(Strict):
    """What was seen: if the appointment has another version by now, nothing is changed."""

    expected = IdField(required=False, min_value=0, help_text="The `version` that was read; 409 if it is another now.")


class Approval(Expecting):
    """An approval."""


class Move(Expecting):
    """Another time that is offered."""

    starts_at = MomentField()


class Cancellation(Expecting):
    """A cancellation."""

    reason = WordsField(max_length=200, required=False, allow_blank=True, help_text="For the practice's books alone.")


class Filters(Strict):
    """What of the list is wanted."""

    status = serializers.ChoiceField(choices=[status.value for status in STATUSES], required=False)
    to = DayOrMomentField(required=False)
    client = serializers.IntegerField(required=False, min_value=1, max_value=ids.LARGEST)
    service = serializers.IntegerField(required=False, min_value=1, max_value=ids.LARGEST)
    ordering = serializers.ChoiceField(choices=ORDERINGS, default=ORDERINGS[0])
    page = serializers.IntegerField(required=False, min_value=1, max_value=ids.LARGEST)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=Pages.max_page_size)

    def get_fields(self) -> dict[str, Any]:
        # A word of Python's own.
        return super().get_fields() | {"from": DayOrMomentField(required=False)}


def filters(query: QueryDict) -> dict[str, Any]:
    """Return the filters of an address. Raises ValidationError."""
    wanted = Filters(data=once(query))
    wanted.is_valid(raise_exception=True)
    return dict(wanted.validated_data)
