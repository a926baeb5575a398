"""A new appointment or a series of them, entered by hand, and the report of a series."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from assistant import dates, toasts, typed
from assistant.access import professional_only, shell
from assistant.agenda import day as days
from assistant.agenda import deeds, entries, reasons
from assistant.agenda.entries import EntryForm, Wish
from intake import wording
from scheduling import desk, obstacles, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Professional
from scheduling.obstacles import Obstacle


@dataclass(slots=True)
class Said:
    """What the page has to say about a time: that it is taken, with free ones, or a question."""

    taken: str = ""
    free: list[tuple[str, str]] = field(default_factory=list)
    question: str = ""
    anyway: str = ""
    wrong: str = ""


@professional_only
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Show the form, look something up for it, or book what it says."""
    data = _filled(request)
    form = EntryForm(data)
    if request.method == "GET" or not {"look", "search", "fill"}.isdisjoint(data):
        return _form(request, professional, data)
    wanted = entries.wish(form, professional)
    if wanted is None:
        return _form(request, professional, data, errors=form.errors)
    said = None
    if not _was_sent_before(professional, data, wanted):
        said = _second_thought(professional, wanted, agreed=data.get("anyway", ""))
    return _form(request, professional, data, said=said) if said else _book(request, professional, data, wanted)


@professional_only
@require_GET
def series(request: HttpRequest, professional: Professional, series_id: UUID) -> HttpResponse:
    """Report on a series: what was booked and stands how, and what could not be booked and why."""
    found = professional.appointments.filter(series=series_id, is_trial=False)
    rows = list(found.select_related("client", "service").order_by("starts_at"))
    if not rows:
        raise Http404
    now = timezone.now()
    refused = _refused(professional, series_id, now=now)
    standing = [one for one in rows if one.status == Appointment.Status.CONFIRMED and one.starts_at > now]
    context = {
        "short_title": _("Series"),
        "name": rows[0].attendee or str(rows[0].client),
        "service": rows[0].service,
        "cards": [
            (card, dates.moment(card.appointment.starts_at, professional, now=now))
            for card in days.cards(professional, rows, now=now)
        ],
        "refused": refused,
        "booked_count": len(rows),
        "all_count": len(rows) + len(refused),
        "next_standing": standing[0] if standing else None,
        "here": reverse("series", args=[series_id]),
    }
    frame = shell(request, professional, section="agenda")
    return render(request, "dashboard/appointment/series.html", frame | context)


def _filled(request: HttpRequest) -> QueryDict:
    """Return what the form holds; a time that was picked by its button stands in for the typed one."""
    if request.method == "GET":
        data = QueryDict(mutable=True)
        data.update({name: request.GET.get(name, "") for name in ("client", "service")})
        picked = request.GET.get("start", "")
    else:
        data = request.POST.copy()
        picked = data.get("pick") or data.get("fill", "")
    if wall := typed.read_wall(picked):
        data["date"], data["time"] = f"{wall:%Y-%m-%d}", f"{wall:%H:%M}"
    return data


def _was_sent_before(professional: Professional, data: QueryDict, wanted: Wish) -> bool:
    """Return whether this very form has booked already: its own booking is then no obstacle."""
    key = wanted.entry(entries.token_of(data)).intent_key
    booked = selectors.by_intent(professional, key)
    return booked is not None and booked.status != Appointment.Status.CANCELLED


def _second_thought(professional: Professional, wanted: Wish, *, agreed: str) -> Said | None:
    """Return what stands in the way of the time, None if nothing does or the professional has agreed to it."""
    obstacle = _obstacle(professional, wanted)
    if obstacle is Obstacle.TAKEN:
        return _taken(professional, wanted, is_new=False)
    if obstacle is None or agreed == _agreement(obstacle, wanted):
        return None
    question = f"{reasons.sentence(obstacle)} {_('Book anyway?')}"
    return Said(question=question, anyway=_agreement(obstacle, wanted))


def _obstacle(professional: Professional, wanted: Wish) -> Obstacle | None:
    now, is_bound = timezone.now(), not wanted.repeats
    return obstacles.find(professional, wanted.starts_at, wanted.service, now=now, is_bound=is_bound)


def _agreement(obstacle: Obstacle, wanted: Wish) -> str:
    """Name the question, so that a yes to one is no yes to another time or another obstacle."""
    return f"{obstacle}@{wanted.wall:%Y-%m-%dT%H:%M}"


def _taken(professional: Professional, wanted: Wish, *, is_new: bool) -> Said:
    near = obstacles.free_near(professional, wanted.starts_at, wanted.service, now=timezone.now())
    words = reasons.taken(wanted.starts_at, near, professional, is_new=is_new)
    return Said(taken=words, free=reasons.names(near, wanted.starts_at, professional))


def _book(request: HttpRequest, professional: Professional, data: QueryDict, wanted: Wish) -> HttpResponse:
    token = entries.token_of(data)
    try:
        if wanted.repeats:
            return _book_series(request, professional, wanted, token)
        return _book_one(request, professional, wanted, token)
    except BookingError as error:
        taken = error.code == Code.SLOT_TAKEN
        said = _taken(professional, wanted, is_new=True) if taken else Said(wrong=error.message)
        return _form(request, professional, data, said=said)


def _book_one(request: HttpRequest, professional: Professional, wanted: Wish, token: UUID) -> HttpResponse:
    def book(token: UUID) -> Appointment:
        entry, actor = wanted.entry(token), deeds.actor(request)
        return desk.book(professional, entry=entry, starts_at=wanted.starts_at, actor=actor)

    booked = book(token)
    if booked.status == Appointment.Status.CANCELLED:
        # The form was sent, its booking taken back, and the form sent again: that is a new wish.
        booked = book(uuid4())
    said = _("Booked for %(when)s.") % {"when": wording.moment(booked.starts_at, professional)}
    if booked.starts_at > timezone.now():
        said = f"{said} {deeds.told(booked)}"
    undo = reverse("appointment-cancel", args=[booked.pk])
    day = booked.starts_at.astimezone(professional.zone).date()
    toasts.say(request, said, undo=undo, version=selectors.version(booked), dia=day.isoformat())
    return redirect(f"{reverse('today')}?dia={day}#a{booked.pk}")


def _book_series(request: HttpRequest, professional: Professional, wanted: Wish, token: UUID) -> HttpResponse:
    obstacle = _obstacle(professional, wanted)
    made = desk.book_series(
        professional,
        entry=wanted.entry(token),
        starts=wanted.walls,
        actor=deeds.actor(request),
        accepted=[obstacle] if obstacle and obstacle is not Obstacle.TAKEN else [],
    )
    rows = list(professional.appointments.filter(series=made).select_related("client").order_by("starts_at"))
    count = ngettext("%(booked)s of %(all)s booked.", "%(booked)s of %(all)s booked.", len(rows))
    said = count % {"booked": len(rows), "all": len(wanted.walls)}
    toasts.say(request, f"{said} {deeds.told(rows[0])}")
    return redirect("series", made)


def _form(
    request: HttpRequest,
    professional: Professional,
    data: QueryDict,
    *,
    errors: Any = None,
    said: Said | None = None,
) -> HttpResponse:
    services = list(professional.services.filter(is_active=True))
    service = next((one for one in services if str(one.pk) == data.get("service")), services[0] if services else None)
    words, day = data.get("name", ""), typed.read_day(data.get("date", "").strip())
    chosen = entries.client_of(professional, data.get("client", ""))
    free = []
    if day and service:
        noon = typed.midnight(day, professional)
        found = obstacles.free_on(professional, noon, service, now=timezone.now())
        free = reasons.names(found, noon, professional)
    context = {
        "short_title": _("Book an appointment"),
        "values": {name: data.get(name, "") for name in EntryForm.base_fields},
        "token": entries.token_of(data),
        "errors": errors or {},
        "said": said or Said(),
        "services": [(one, wording.price(one.price)) for one in services],
        "service": service,
        "chosen": chosen,
        "found": entries.matching(professional, words) if not chosen else [],
        "free": free,
        "shown_day": wording.day_of(day) if day else "",
        "picked": f"{data.get('date', '')}T{data.get('time', '')}",
    }
    frame = shell(request, professional, section="agenda")
    return render(request, "dashboard/appointment/new.html", frame | context)


def _refused(professional: Professional, series_id: UUID, *, now: datetime) -> list[dict[str, str]]:
    """Return what of a series could not be booked, from the event that tells of all of it."""
    events = AppointmentEvent.objects.filter(appointment__professional=professional, appointment__series=series_id)
    today = now.astimezone(professional.zone).date()
    told = events.filter(data__has_key="refused").first()
    return [
        # The wall time as it was wished: one that the clocks skip has no instant of its own.
        {"when": _wall(datetime.fromisoformat(one["at"]), today=today), "why": reasons.short(Obstacle(one["why"]))}
        for one in (told.data["refused"] if told else [])
    ]


def _wall(wall: datetime, *, today: date) -> str:
    return dates.wall(wall.date(), f"{wall:%H:%M}", today=today)
