"""The practice itself for programs: who it is, what can be booked there, and when."""

from datetime import date, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from assistant.api.failures import READING, failures
from assistant.api.serializing import Strict, once
from assistant.errors import ApiCode, ApiError
from assistant.rest import professional_of
from scheduling import ids, selectors
from scheduling.models import Professional, Service

MOST_DAYS = 31
USUAL_DAYS = 7


class ServiceRow(serializers.ModelSerializer[Service]):
    """What can be booked; the price is in BRL."""

    class Meta:
        model = Service
        fields = ["id", "name", "description", "duration_minutes", "price"]


@extend_schema_field({"type": "string", "pattern": r"^\d\d:\d\d$", "example": "09:00"})
class ClockField(serializers.TimeField):
    """Local wall time to the minute."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)


class HoursRow(serializers.Serializer[Any]):
    """One interval of local wall time: of a weekday (Monday is 0), or of one date instead of its weekday's."""

    weekday = serializers.IntegerField(allow_null=True, min_value=0, max_value=6)
    date = serializers.DateField(allow_null=True)
    opens_at = ClockField()
    closes_at = ClockField(help_text="00:00 is midnight at the end of the day.")


class ProfessionalRow(serializers.ModelSerializer[Professional]):
    """The practice, as far as its clients may know it."""

    services = serializers.SerializerMethodField()
    hours = serializers.SerializerMethodField()

    class Meta:
        model = Professional
        fields = [
            "name",
            "profession",
            "about",
            "address",
            "link",
            "language",
            "timezone",
            "whatsapp_number",
            "minimum_notice_minutes",
            "booking_horizon_days",
            "requires_approval",
            "cancellation_cutoff_hours",
            "services",
            "hours",
        ]

    @extend_schema_field(ServiceRow(many=True))
    def get_services(self, professional: Professional) -> Any:
        return ServiceRow(professional.services.filter(is_active=True), many=True).data

    @extend_schema_field(HoursRow(many=True))
    def get_hours(self, professional: Professional) -> Any:
        return HoursRow(professional.working_hours.order_by("date", "weekday", "opens_at"), many=True).data


class SlotRow(serializers.Serializer[Any]):
    """A time that can be booked now."""

    starts_at = serializers.DateTimeField(help_text="Local, with its offset: as it is sent to book it.")
    ends_at = serializers.DateTimeField()


class SlotList(serializers.Serializer[Any]):
    """The times of some days."""

    service = ServiceRow()
    timezone = serializers.CharField()
    slots = SlotRow(many=True)


class Asked(Strict):
    """Which times are asked for."""

    service = serializers.IntegerField(min_value=1, max_value=ids.LARGEST)
    to = serializers.DateField(required=False)

    def get_fields(self) -> dict[str, Any]:
        # A word of Python's own.
        return super().get_fields() | {"from": serializers.DateField(required=False)}


@extend_schema(
    operation_id="professional_retrieve",
    summary="Read the practice",
    description="Who it is, its rules for clients, what can be booked, and the hours. Times that are free: slots.",
    tags=["practice"],
    responses={200: ProfessionalRow, **failures(401, 403, 429, 503)},
)
@never_cache
@api_view(["GET", "HEAD"])
def professional(request: Request) -> Response:
    """Return the practice."""
    return Response(ProfessionalRow(professional_of(request)).data)


_SLOT = {"starts_at": "2026-12-01T09:00:00-03:00", "ends_at": "2026-12-01T09:50:00-03:00"}
_SERVICE = {"id": 1, "name": "Sessão individual", "description": "", "duration_minutes": 50, "price": "200.00"}


@extend_schema(
    operation_id="slots_list",
    summary="List the times that can be booked",
    description=f"Of some local days, both included: at most {MOST_DAYS}, without `from` and `to` today and the "
    f"{USUAL_DAYS - 1} after it. Nothing is kept free by asking.",
    tags=["practice"],
    parameters=[
        OpenApiParameter(
            "service", {"type": "integer", "minimum": 1, "maximum": ids.LARGEST}, required=True, description="Its id."
        ),
        OpenApiParameter("from", OpenApiTypes.DATE, description="The first local day."),
        OpenApiParameter("to", OpenApiTypes.DATE, description="The last local day."),
    ],
    responses={
        200: OpenApiResponse(
            SlotList,
            description="The times, in order.",
            examples=[
                OpenApiExample(
                    "One time",
                    value={"service": _SERVICE, "timezone": "America/Sao_Paulo", "slots": [_SLOT]},
                    response_only=True,
                )
            ],
        ),
        **failures(400, *READING),
    },
)
@never_cache
@api_view(["GET", "HEAD"])
def slots(request: Request) -> Response:
    """Return the times that are free."""
    professional = professional_of(request)
    today = timezone.now().astimezone(professional.zone).date()
    asked = _asked(request.query_params, today=today)
    service = professional.services.filter(pk=asked["service"], is_active=True).first()
    if service is None:
        raise ApiError(404, ApiCode.NOT_FOUND, _("There is no such service."))
    starts = selectors.open_slots(professional, asked["from"], asked["to"], service)
    length = timedelta(minutes=service.duration_minutes)
    found = [
        {"starts_at": one.astimezone(professional.zone), "ends_at": (one + length).astimezone(professional.zone)}
        for one in starts
    ]
    told = [{name: moment.isoformat() for name, moment in slot.items()} for slot in found]
    return Response({"service": ServiceRow(service).data, "timezone": professional.timezone, "slots": told})


def _asked(query: QueryDict, *, today: date) -> dict[str, Any]:
    """Return the service and the days. Raises ValidationError."""
    body = Asked(data=once(query))
    body.is_valid(raise_exception=True)
    wanted: dict[str, Any] = dict(body.validated_data)
    first = wanted.setdefault("from", today)
    if first > date.max - timedelta(days=MOST_DAYS):
        raise serializers.ValidationError({"from": [_("There is no such date.")]})
    last = wanted.setdefault("to", first + timedelta(days=USUAL_DAYS - 1))
    if last < first:
        raise serializers.ValidationError({"to": [_("The end must come after the start.")]})
    if (last - first).days >= MOST_DAYS:
        said = _("Ask for at most %(count)s days at once.") % {"count": MOST_DAYS}
        raise serializers.ValidationError({"to": [said]})
    return wanted
