"""One appointment: what is known about it, and what can be done with it now."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assistant import toasts
from assistant.access import professional_only, shell
from assistant.agenda import day as days
from assistant.agenda import deeds, history
from intake import conversations, wording
from scheduling import booking, desk, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, Professional

Status = Appointment.Status


class ReasonForm(forms.Form):
    """Why it is cancelled or declined; for the books alone."""

    reason = forms.CharField(max_length=200, required=False)


@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional, appointment_id: int) -> HttpResponse:
    """Show one appointment; a wanted move is shown with the appointment that it is to move."""
    appointment = deeds.own(professional, appointment_id)
    if appointment.replaces_id or appointment.pk != appointment_id:
        return redirect("appointment", appointment.replaces_id or appointment.pk)
    return _show(request, professional, appointment)


@professional_only
@require_POST
def mark(request: HttpRequest, professional: Professional, appointment_id: int) -> HttpResponse:
    """Note how an appointment went; "confirmed" takes the note back."""
    wanted = request.POST.get("status", "")
    if wanted not in (Status.COMPLETED, Status.NO_SHOW, Status.CONFIRMED):
        return HttpResponse(status=400)
    appointment = deeds.own(professional, appointment_id)
    before = appointment.status
    change = partial(
        booking.mark,
        appointment,
        status=Status(wanted),
        actor=deeds.actor(request),
        expected=deeds.expected(request),
    )
    if deeds.attempt(request, change, said=_marked(wanted)) and before != wanted != Status.CONFIRMED:
        places = {name: request.POST.get(name, "") for name in ("dia", "next")}
        undo = reverse("mark", args=[appointment.pk])
        toasts.say(request, _marked(wanted), undo=undo, status=before, **places)
    return deeds.back(request, appointment)


@professional_only
@require_POST
def approve(request: HttpRequest, professional: Professional, appointment_id: int) -> HttpResponse:
    """Agree to a request; the client is told of it."""
    appointment = deeds.own(professional, appointment_id)
    change = partial(booking.approve, appointment, actor=deeds.actor(request), expected=deeds.expected(request))
    deeds.attempt(request, change, said=_("Approved. The client is told."))
    return deeds.back(request, appointment)


@professional_only
@require_POST
def decline(request: HttpRequest, professional: Professional, appointment_id: int) -> HttpResponse:
    """Refuse a request; the client is told of it."""
    appointment = deeds.own(professional, appointment_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, professional, _original(appointment), errors=form.errors)
    change = partial(
        booking.decline,
        appointment,
        actor=deeds.actor(request),
        reason=form.cleaned_data["reason"],
        expected=deeds.expected(request),
    )
    deeds.attempt(request, change, said=_("Declined. The client is told."))
    return deeds.back(request, appointment)


@professional_only
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, professional: Professional, appointment_id: int) -> HttpResponse:
    """Ask before cancelling one appointment, or it and all that follow in its series; then do it."""
    appointment = _original(deeds.own(professional, appointment_id))
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    if form.is_bound and form.is_valid():
        return _cancel(request, appointment, reason=form.cleaned_data["reason"])
    if not form.is_bound and appointment.status not in (Status.CONFIRMED, Status.PENDING):
        toasts.say(request, BookingError(Code.NOT_POSSIBLE).message)
        return redirect("appointment", appointment.pk)
    following = selectors.following(appointment).count() if appointment.series else 1
    context = {
        **_facts(appointment, professional),
        "short_title": _("Cancel"),
        "later": following - 1,
        "told": deeds.told(appointment) if appointment.starts_at > timezone.now() else "",
        "errors": form.errors,
        "version": deeds.expected(request) if form.is_bound else selectors.version(appointment),
        "reason": request.POST.get("reason", ""),
        "scope": request.POST.get("scope") or request.GET.get("scope", "one"),
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    frame = shell(request, professional, section="agenda")
    return render(request, "dashboard/appointment/cancel.html", frame | context)


def _cancel(request: HttpRequest, appointment: Appointment, *, reason: str) -> HttpResponse:
    """Cancel as the form says; one that has changed meanwhile is shown as it is now."""
    how: dict[str, Any] = {
        "actor": deeds.actor(request),
        "reason": reason,
        "expected": deeds.expected(request),
    }
    told, begins = deeds.told(appointment), appointment.local_start.date()
    change: Callable[[], object] = partial(booking.cancel, appointment, **how)
    said = _("Cancelled.")
    if request.POST.get("scope") == "following":
        change = partial(desk.cancel_following, appointment, **how)
        said = _("This and the following ones are cancelled.")
    if not deeds.attempt(request, change, said=f"{said} {told}" if appointment.starts_at > timezone.now() else said):
        return redirect("appointment", appointment.pk)
    return deeds.back(request, day=begins)


def _show(request: HttpRequest, professional: Professional, appointment: Appointment, **more: Any) -> HttpResponse:
    now = timezone.now()
    live = selectors.live(professional, now=now)
    wanted = live.filter(replaces=appointment).first()
    begun, status = appointment.starts_at <= now, appointment.status
    asks = wanted if wanted and wanted.status == Status.PENDING else appointment if status == Status.PENDING else None
    series = (
        list(
            professional.appointments.filter(series=appointment.series)
            .values_list("pk", flat=True)
            .order_by("starts_at")
        )
        if appointment.series
        else []
    )
    context = {
        **_facts(appointment, professional),
        "short_title": _("Appointment"),
        "card": days.cards(professional, [appointment], now=now)[0],
        "asks": asks if asks and asks.wanted_start > now else None,
        "wanted": wording.moment(wanted.wanted_start, professional) if wanted else "",
        "until": wording.moment(asks.expires_at, professional) if asks and asks.expires_at else "",
        "can_mark": begun and status in (Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW),
        "can_change": status == Status.CONFIRMED or (status == Status.PENDING and not begun),
        "history": history.lines(appointment, professional),
        "conversation": conversations.of(appointment.client).order_by("-pk").values_list("pk", flat=True).first(),
        "position": series.index(appointment.pk) + 1 if series else 0,
        "series_count": len(series),
        "version": selectors.version(appointment),
        "here": reverse("appointment", args=[appointment.pk]),
        **more,
    }
    frame = shell(request, professional, section="agenda")
    return render(request, "dashboard/appointment/page.html", frame | context)


def _facts(appointment: Appointment, professional: Professional) -> dict[str, Any]:
    minutes = int((appointment.ends_at - appointment.starts_at).total_seconds()) // 60
    return {
        "appointment": appointment,
        "name": appointment.attendee or str(appointment.client),
        "when": wording.moment(appointment.starts_at, professional),
        "until_clock": wording.clock(appointment.ends_at, professional),
        "minutes": minutes,
        "price": wording.price(appointment.price),
        "day": appointment.starts_at.astimezone(professional.zone).date().isoformat(),
        "start": f"{appointment.starts_at.astimezone(professional.zone):%Y-%m-%dT%H:%M}",
    }


def _original(appointment: Appointment) -> Appointment:
    return appointment.replaces or appointment


def _marked(status: str) -> str:
    if status == Status.CONFIRMED:
        return _("The mark was taken back.")
    return _("Marked as attended.") if status == Status.COMPLETED else _("Marked as a no-show.")
