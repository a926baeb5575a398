"""Moving an appointment: a form with the free times of a day, which a drag on the week posts to as well."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assistant import toasts, typed
from assistant.access import professional_only, shell
from assistant.agenda import deeds, reasons
from assistant.typed import ClockField, DayField
from assistant.views.entry import Said
from intake import wording
from scheduling import booking, obstacles, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, Professional
from scheduling.obstacles import Obstacle

Status = Appointment.Status
# What the toast's button sends instead of a yes to a question: the time was the appointment's own a moment ago.
UNDO = "undo"


class MoveForm(forms.Form):
    """The new time."""

    date = DayField()
    time = ClockField()


@professional_only
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, professional: Professional, appointment_id: int) -> HttpResponse:
    """Show the form, look something up for it, or move the appointment."""
    appointment = deeds.own(professional, appointment_id)
    appointment = appointment.replaces or appointment
    if request.method == "GET" and appointment.status not in (Status.CONFIRMED, Status.PENDING):
        toasts.say(request, BookingError(Code.NOT_POSSIBLE).message)
        return redirect("appointment", appointment.pk)
    data = _filled(request, appointment)
    if request.method == "GET" or not {"look", "fill"}.isdisjoint(data):
        return _form(request, appointment, data)
    form = MoveForm(data)
    starts_at = _start(form, professional)
    if starts_at is None:
        return _form(request, appointment, data, errors=form.errors)
    if starts_at == appointment.starts_at and _is_unchanged(request, appointment):
        form.add_error("time", _("It is already at this time. Enter another one."))
        return _form(request, appointment, data, errors=form.errors)
    said = _second_thought(appointment, starts_at, agreed=data.get("anyway", ""))
    if said and _is_unchanged(request, appointment):
        return _form(request, appointment, data, said=said)
    return _move(request, appointment, data, starts_at)


def _filled(request: HttpRequest, appointment: Appointment) -> QueryDict:
    """Return what the form holds, at first the present time; a time picked by its button replaces the typed one."""
    if request.method == "GET":
        data = QueryDict(mutable=True)
        local = appointment.starts_at.astimezone(appointment.professional.zone)
        day = typed.read_day(request.GET.get("dia", "")) or local.date()
        data.update({"date": day.isoformat(), "time": f"{local:%H:%M}", "next": request.GET.get("next", "")})
        data["version"] = str(selectors.version(appointment))
        return data
    data = request.POST.copy()
    if wall := typed.read_wall(data.get("pick") or data.get("fill", "")):
        data["date"], data["time"] = f"{wall:%Y-%m-%d}", f"{wall:%H:%M}"
    return data


def _start(form: MoveForm, professional: Professional) -> datetime | None:
    """Return the instant that was typed; None adds to the form's errors."""
    if not form.is_valid():
        return None
    try:
        wall = datetime.combine(form.cleaned_data["date"], form.cleaned_data["time"])
        starts_at = typed.moment(wall, professional)
    except ValidationError as error:
        form.add_error("time", error)
        return None
    if starts_at <= timezone.now():
        form.add_error("time", _("This time has already passed. Enter a later one."))
        return None
    return starts_at


def _is_unchanged(request: HttpRequest, appointment: Appointment) -> bool:
    """Return whether a question is worth asking: what changed in another tab is told instead."""
    expected = deeds.expected(request)
    return expected is None or expected == selectors.version(appointment)


def _second_thought(appointment: Appointment, starts_at: datetime, *, agreed: str) -> Said | None:
    professional, service = appointment.professional, appointment.service
    obstacle = obstacles.find(professional, starts_at, service, now=timezone.now(), moving=appointment)
    if obstacle is Obstacle.TAKEN:
        return _taken(appointment, starts_at, is_new=False)
    agreement = f"{obstacle}@{starts_at.astimezone(professional.zone):%Y-%m-%dT%H:%M}"
    if obstacle is None or agreed in (agreement, UNDO):
        return None
    return Said(question=f"{reasons.sentence(obstacle)} {_('Move anyway?')}", anyway=agreement)


def _taken(appointment: Appointment, starts_at: datetime, *, is_new: bool) -> Said:
    professional, now = appointment.professional, timezone.now()
    near = obstacles.free_near(professional, starts_at, appointment.service, now=now, moving=appointment)
    words = reasons.taken(starts_at, near, professional, is_new=is_new)
    return Said(taken=words, free=reasons.names(near, starts_at, professional))


def _move(request: HttpRequest, appointment: Appointment, data: QueryDict, starts_at: datetime) -> HttpResponse:
    professional, before = appointment.professional, appointment.starts_at
    try:
        moved = booking.reschedule(
            appointment, starts_at=starts_at, actor=deeds.actor(request), expected=deeds.expected(request)
        )
    except BookingError as error:
        if error.code == Code.SLOT_TAKEN:
            return _form(request, appointment, data, said=_taken(appointment, starts_at, is_new=True))
        toasts.say(request, error.message)
        return redirect("appointment", appointment.pk)
    if moved.starts_at == before:
        # Sent twice: what was said of the first time, and its way back, still stand.
        return deeds.back(request, moved, day=before.astimezone(professional.zone).date())
    said = _("Moved to %(when)s.") % {"when": wording.moment(moved.starts_at, professional)}
    said = f"{said} {deeds.told(moved)}"
    old = before.astimezone(professional.zone)
    if before > timezone.now() and data.get("anyway") != UNDO:
        toasts.say(
            request,
            said,
            undo=reverse("appointment-move", args=[moved.pk]),
            date=f"{old:%Y-%m-%d}",
            time=f"{old:%H:%M}",
            version=selectors.version(moved),
            anyway=UNDO,
            next=data.get("next", ""),
        )
    else:
        toasts.say(request, said)
    return deeds.back(request, moved, day=moved.starts_at.astimezone(professional.zone).date())


def _form(
    request: HttpRequest, appointment: Appointment, data: QueryDict, *, errors: Any = None, said: Said | None = None
) -> HttpResponse:
    professional, now = appointment.professional, timezone.now()
    day = typed.read_day(data.get("date", "").strip())
    free = []
    if day:
        noon = typed.midnight(day, professional)
        found = obstacles.free_on(professional, noon, appointment.service, now=now, moving=appointment)
        free = reasons.names(found, noon, professional)
    context = {
        "short_title": _("Move"),
        "appointment": appointment,
        "name": appointment.attendee or str(appointment.client),
        "when": wording.moment(appointment.starts_at, professional),
        "told": deeds.told(appointment),
        "values": {"date": data.get("date", ""), "time": data.get("time", "")},
        "version": data.get("version", ""),
        "next": data.get("next", ""),
        "errors": errors or {},
        "said": said or Said(),
        "free": free,
        "shown_day": wording.day_of(day) if day else "",
        "picked": f"{data.get('date', '')}T{data.get('time', '')}",
    }
    frame = shell(request, professional, section="agenda")
    return render(request, "dashboard/appointment/move.html", frame | context)
