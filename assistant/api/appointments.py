"""Appointments for programs: listed, booked at times that are offered, moved, cancelled, approved.

A program books for clients, so it is bound by the practice's rules; it acts for the practice, so it can approve, and
cancel up to the start. Whoever is concerned is told by the sweep, as of every change that no turn has made.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from rest_framework import status
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from assistant.api import appointment_docs as docs
from assistant.api import idempotency, moments
from assistant.api.appointment_bodies import Approval, Cancellation, Expecting, Move, NewAppointment, filters
from assistant.api.appointment_rows import AppointmentRow, rows, tell
from assistant.api.paging import Pages
from assistant.errors import ApiCode, ApiError
from assistant.rest import professional_of
from scheduling import booking, clients
from scheduling.changes import Actor
from scheduling.desk import Newcomer
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional, Service


@docs.listed
@docs.booked
@never_cache
@api_view(["GET", "HEAD", "POST"])
def listed(request: Request) -> Response:
    """List appointments, or book one."""
    professional = professional_of(request)
    return _book(request, professional) if request.method == "POST" else _list(request, professional)


@docs.one
@never_cache
@api_view(["GET", "HEAD"])
def one(request: Request, reference: str) -> Response:
    """Return one appointment."""
    return Response(AppointmentRow(_own(professional_of(request), reference)).data)


@docs.moved
@never_cache
@api_view(["POST"])
def reschedule(request: Request, reference: str) -> Response:
    """Move an appointment to another time that is offered."""

    def move(appointment: Appointment, starts_at: Any, **how: Any) -> Appointment:
        return booking.reschedule(appointment, starts_at=starts_at, is_bound=True, **how)

    return _change(request, reference, Move, move)


@docs.cancelled
@never_cache
@api_view(["POST"])
def cancel(request: Request, reference: str) -> Response:
    """Cancel an appointment, with a request to move it if there is one."""

    def end(appointment: Appointment, **how: Any) -> Appointment:
        # From the start on nobody would be told, and only the practice knows who came.
        if appointment.status != Appointment.Status.CANCELLED and appointment.starts_at <= timezone.now():
            raise BookingError(Code.NOT_POSSIBLE)
        return booking.cancel(appointment, **how)

    return _change(request, reference, Cancellation, end)


@docs.approved
@never_cache
@api_view(["POST"])
def approve(request: Request, reference: str) -> Response:
    """Agree to a request, or to a request to move."""

    def agree(appointment: Any, **how: Any) -> Appointment:
        asked = appointment.waiting[0] if appointment.waiting else appointment
        return booking.approve(asked, **how)

    return _change(request, reference, Approval, agree)


def _list(request: Request, professional: Professional) -> Response:
    wanted = filters(request.query_params)
    found = rows(professional)
    span = moments.span(professional, wanted.get("from"), wanted.get("to"))
    if span.since:
        found = found.filter(starts_at__gte=span.since)
    if span.until:
        found = found.filter(starts_at__lt=span.until)
    if "status" in wanted:
        found = found.filter(status=wanted["status"])
    if "client" in wanted:
        found = found.filter(client=_client(professional, wanted["client"]))
    if "service" in wanted:
        found = found.filter(service=_service(professional, wanted["service"]))
    ordering = wanted["ordering"]
    pages = Pages()
    # Two that begin together keep their places from page to page.
    page = pages.paginate_queryset(found.order_by(ordering, "-pk" if ordering.startswith("-") else "pk"), request)
    return pages.get_paginated_response(AppointmentRow(page, many=True).data)


def _book(request: Request, professional: Professional) -> Response:
    """Book as the body says; under a key that has booked already, answer as then."""
    key = idempotency.key_of(request)
    body = NewAppointment(data=request.data)
    body.is_valid(raise_exception=True)

    def book() -> Appointment:
        return _booked(professional, _actor(request), **body.validated_data)

    done = idempotency.once(professional, key=key, body=request.data, book=book, tell=tell)
    headers = {"Location": reverse("api-appointment", args=[done.answer["reference"]])}
    if done.is_replay:
        headers[idempotency.REPLAYED] = "true"
    return Response(done.answer, status=status.HTTP_201_CREATED, headers=headers)


def _booked(
    professional: Professional,
    actor: Actor,
    *,
    service: int,
    starts_at: Any,
    client: int | Newcomer,
    attendee: str = "",
) -> Appointment:
    """Book, with the newcomer if there is one. Raises BookingError, and ApiError for whom or what there is not."""
    chosen = _service(professional, service, is_active=True)
    if isinstance(client, Newcomer):
        who = clients.known_or_new(professional, name=client.name, phone=client.phone)
    else:
        who = _client(professional, client, erased_at=None)
    if who.is_blocked:
        said, hint = _("This client is blocked."), _("The practice can unblock them on the client's page.")
        raise ApiError(status.HTTP_409_CONFLICT, ApiCode.CLIENT_BLOCKED, said, hint=hint)
    return booking.book_offered(
        professional,
        client=who,
        service=chosen,
        starts_at=starts_at,
        source=Appointment.Source.API,
        actor=actor,
        attendee=attendee,
    )


def _change(request: Request, reference: str, shape: type[Expecting], change: Callable[..., Appointment]) -> Response:
    """Read the body, make the change and return the appointment as it is then."""
    appointment = _own(professional_of(request), reference)
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return Response(tell(change(appointment, actor=_actor(request), **body.validated_data)))


def _own(professional: Professional, reference: str) -> Appointment:
    """Return the practice's own appointment. Raises ApiError 404, for another's as for a missing one."""
    # What is no reference is not asked for: PostgreSQL takes no NUL.
    found = rows(professional).filter(reference=reference).first() if reference.isalnum() else None
    if found is None:
        raise ApiError(status.HTTP_404_NOT_FOUND, ApiCode.NOT_FOUND, _("There is no such appointment."))
    return found


def _client(professional: Professional, pk: int, **more: Any) -> Client:
    found = professional.clients.filter(pk=pk, **more).first()
    if found is None:
        raise ApiError(status.HTTP_404_NOT_FOUND, ApiCode.NOT_FOUND, _("There is no such client."))
    return found


def _service(professional: Professional, pk: int, **more: Any) -> Service:
    found = professional.services.filter(pk=pk, **more).first()
    if found is None:
        raise ApiError(status.HTTP_404_NOT_FOUND, ApiCode.NOT_FOUND, _("There is no such service."))
    return found


def _actor(request: Request) -> Actor:
    """Return a program: neither the client nor the professional in person, in the name of the practice's login."""
    return Actor(AppointmentEvent.Actor.SYSTEM, request.user if isinstance(request.user, User) else None)
