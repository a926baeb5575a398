"""Appointments as programs read them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from scheduling import selectors
from scheduling.models import Appointment, Professional

Status = Appointment.Status

# A hold is a question that its client has not answered yet: nothing that a program could act on.
STATUSES = [status for status in Status if status is not Status.HELD]


class LocalField(serializers.DateTimeField):
    """An instant with the offset of the appointment's own zone: hours that occur twice stay apart."""

    def get_attribute(self, instance: Any) -> datetime | None:
        moment = super().get_attribute(instance)
        return moment.astimezone(ZoneInfo(instance.timezone)) if moment else None

    def to_representation(self, value: Any) -> str:
        return str(value.isoformat(timespec="seconds"))


class ServiceName(serializers.Serializer[Any]):
    """Which service was agreed."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ClientName(serializers.Serializer[Any]):
    """For whom it is; of somebody whose data were erased only the id is left."""

    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_null=True)


class AppointmentRow(serializers.Serializer[Any]):
    """One appointment."""

    reference = serializers.CharField(help_text="The short code that the client is told.")
    status = serializers.ChoiceField(choices=[status.value for status in STATUSES])
    starts_at = LocalField()
    ends_at = LocalField()
    timezone = serializers.CharField(help_text="IANA name of the zone in which the time was agreed.")
    requested_start = serializers.SerializerMethodField(
        help_text="The new time that waits for an approval; until then `starts_at` stands."
    )
    expires_at = LocalField(allow_null=True, help_text="Until when a pending request waits.")
    service = ServiceName()
    client = ClientName()
    attendee = serializers.CharField(allow_blank=True, help_text="Who comes, if not the client.")
    price = serializers.DecimalField(max_digits=9, decimal_places=2, help_text="As agreed, in BRL.")
    source = serializers.ChoiceField(choices=Appointment.Source.values)  # type: ignore[assignment]
    cancel_reason = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(source="seen", help_text="Another one after every change; see `expected`.")
    created_at = LocalField()

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_requested_start(self, appointment: Any) -> str | None:
        wanted = [move.wanted_start for move in appointment.waiting]
        return wanted[0].astimezone(ZoneInfo(appointment.timezone)).isoformat(timespec="seconds") if wanted else None


class AppointmentPage(serializers.Serializer[Any]):
    """One page of a list."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = AppointmentRow(many=True)


def rows(professional: Professional) -> QuerySet[Appointment]:
    """Return the practice's appointments without holds, wanted moves and trials; three queries for any number."""
    agreed = professional.appointments.filter(is_trial=False, replaces=None).exclude(status=Status.HELD)
    waiting = Appointment.objects.filter(status=Status.PENDING, expires_at__gt=timezone.now())
    moves = Prefetch("moves", queryset=waiting, to_attr="waiting")
    return selectors.versioned(agreed).select_related("client", "service").prefetch_related(moves)


def tell(appointment: Appointment) -> dict[str, Any]:
    """Return an appointment as it is now."""
    return dict(AppointmentRow(rows(appointment.professional).get(pk=appointment.pk)).data)
