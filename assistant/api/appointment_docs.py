"""How the interface's description shows appointments."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from assistant.api.appointment_bodies import ORDERINGS, Approval, Cancellation, Move, NewAppointment
from assistant.api.appointment_rows import STATUSES, AppointmentPage, AppointmentRow
from assistant.api.failures import READING, WRITING, failures
from assistant.api.idempotency import HEADER, REPLAYED
from assistant.api.paging import Pages
from scheduling import ids

F = TypeVar("F", bound=Callable[..., Any])

_TAGS = ["appointments"]
_ROW: dict[str, Any] = {
    "reference": "K7PQ2M",
    "status": "confirmed",
    "starts_at": "2026-12-01T09:00:00-03:00",
    "ends_at": "2026-12-01T09:50:00-03:00",
    "timezone": "America/Sao_Paulo",
    "requested_start": None,
    "expires_at": None,
    "service": {"id": 1, "name": "Sessão individual"},
    "client": {"id": 12, "name": "Caio Martins", "phone": "+5511987654321"},
    "attendee": "",
    "price": "200.00",
    "source": "api",
    "cancel_reason": "",
    "version": 311,
    "created_at": "2026-11-27T10:15:42-03:00",
}
_REFERENCE = OpenApiParameter("reference", OpenApiTypes.STR, OpenApiParameter.PATH, description="As in `reference`.")
_ID = {"type": "integer", "minimum": 1, "maximum": ids.LARGEST}
_KEY = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
_DAY_OR_MOMENT = {"oneOf": [{"type": "string", "format": kind} for kind in ("date", "date-time")]}
_WHEN = "a local date of the practice, or an RFC 3339 time with its offset"


def _query(name: str, kind: Any, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=description, **more)


def _shown(**changed: Any) -> OpenApiResponse:
    example = OpenApiExample("An appointment", value=_ROW | changed, response_only=True)
    return OpenApiResponse(AppointmentRow, description="The appointment as it is now.", examples=[example])


def _sent(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


listed = extend_schema(
    methods=["GET"],
    operation_id="appointments_list",
    summary="List appointments",
    description=(
        "Without filters all of them, the latest start first. The coming ones in their order: "
        "`?from=2026-12-01&ordering=starts_at`. Holds, which their clients have not said yes to, are left out."
    ),
    tags=_TAGS,
    parameters=[
        _query("status", str, "Only these.", enum=[status.value for status in STATUSES]),
        _query("from", _DAY_OR_MOMENT, f"Starts then or later: {_WHEN}."),
        _query("to", _DAY_OR_MOMENT, f"Starts before: {_WHEN}. A date is included whole."),
        _query("client", _ID, "Id of a client of the practice."),
        _query("service", _ID, "Id of a service of the practice."),
        _query("ordering", str, "By start or by time of booking.", enum=ORDERINGS, default=ORDERINGS[0]),
        _query("page", _ID, "From 1 on."),
        _query("page_size", _ID | {"maximum": Pages.max_page_size}, f"Rows a page; without it {Pages.page_size}."),
    ],
    responses={
        200: OpenApiResponse(
            AppointmentPage,
            description="One page.",
            examples=[
                OpenApiExample(
                    "A page", value={"count": 1, "next": None, "previous": None, "results": [_ROW]}, response_only=True
                )
            ],
        ),
        **failures(400, *READING),
    },
)

booked = extend_schema(
    methods=["POST"],
    operation_id="appointments_create",
    summary="Book a time",
    description=(
        "Books for a client, only at times that `/api/v1/slots/` offers; the client is told on WhatsApp or by e-mail. "
        "Where the practice approves bookings itself the status is `pending`. With an `Idempotency-Key` the request "
        "can be sent again safely: for at least 24 hours the same body gets the same answer, another one 422. "
        "A refused booking leaves the key free."
    ),
    tags=_TAGS,
    parameters=[
        OpenApiParameter(HEADER, _KEY, OpenApiParameter.HEADER, description="Such as a UUID; visible ASCII."),
        OpenApiParameter(
            "Location",
            OpenApiTypes.STR,
            OpenApiParameter.HEADER,
            response=[201],
            description="Where it is from now on.",
        ),
        OpenApiParameter(
            REPLAYED,
            OpenApiTypes.STR,
            OpenApiParameter.HEADER,
            response=[201],
            description="`true` if this booked nothing, because its key had booked before.",
        ),
    ],
    request=NewAppointment,
    examples=[
        _sent(
            "For a new client",
            {
                "service": 1,
                "starts_at": _ROW["starts_at"],
                "client": {"name": "Caio Martins", "phone": "+5511987654321"},
            },
        ),
        _sent("For a known client", {"service": 1, "starts_at": _ROW["starts_at"], "client": {"id": 12}}),
    ],
    responses={201: _shown(), **failures(*WRITING, 422)},
)

one = extend_schema(
    operation_id="appointments_retrieve",
    summary="Read an appointment",
    description="By the code that its client knows.",
    tags=_TAGS,
    parameters=[_REFERENCE],
    responses={200: _shown(), **failures(*READING)},
)


def _changing(
    operation: str, summary: str, description: str, request: Any, example: dict[str, Any], **row: Any
) -> Callable[[F], F]:
    return extend_schema(
        operation_id=f"appointments_{operation}",
        summary=summary,
        description=description,
        tags=_TAGS,
        parameters=[_REFERENCE],
        request=request,
        examples=[_sent(summary, example)],
        responses={200: _shown(**row), **failures(*WRITING)},
    )


moved = _changing(
    "reschedule",
    "Move an appointment",
    "Only to a time that is offered; the client is told. The same request again changes nothing more.",
    Move,
    {"starts_at": "2026-12-02T10:00:00-03:00", "expected": 311},
    starts_at="2026-12-02T10:00:00-03:00",
    ends_at="2026-12-02T10:50:00-03:00",
    version=318,
)
cancelled = _changing(
    "cancel",
    "Cancel an appointment",
    "Up to its start, whatever the cut-off for clients; the client is told. One that is cancelled stays as it is.",
    Cancellation,
    {"reason": "Holiday"},
    status="cancelled",
    cancel_reason="Holiday",
    version=318,
)
approved = _changing(
    "approve",
    "Approve a request",
    "Agrees to a pending booking, or to the move in `requested_start`; the client is told. "
    "The same request again changes nothing more; where nothing waits there is nothing to approve: 409.",
    Approval,
    {"expected": 311},
    version=318,
)
