"""The weekly hours, the extra hours of dates, and the list of time off."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assistant import toasts
from assistant.access import professional_only
from assistant.forms.hours import ExtraForm, Week, faults_in_words
from assistant.views.settings.frame import changed_elsewhere, focus, show
from assistant.views.settings.simple import form_page
from intake import wording
from scheduling import holidays, practice
from scheduling.errors import BookingError
from scheduling.models import Professional, TimeOff, WorkingHours

MOST_TIME_OFF = 50


@professional_only
@form_page
def week(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Edit the week. Buttons for adding, removing and copying change what is typed and save nothing."""
    context, is_saved = edit_week(request, professional)
    if is_saved:
        toasts.say(request, _("Saved. What is booked already stays."))
        return redirect("settings-hours")
    return _show(request, professional, context, ExtraForm(today=_today(professional)))


def edit_week(request: HttpRequest, professional: Professional) -> tuple[dict[str, Any], bool]:
    """Take what was done to the week; return what its form shows, and whether it was saved."""
    seen = practice.week_version(professional)
    if request.method != "POST":
        return _shown(Week.of(professional), seen), False
    typed, act, sent = Week.typed(request.POST), request.POST.get("act", "save"), request.POST.get("seen", "")
    if act != "save":
        typed.change(act)
        return _shown(typed, sent), False
    spans = typed.read()
    if typed.faults:
        return _shown(typed, sent), False
    try:
        practice.save_week(professional, week=spans, seen=sent)
    except practice.ChangedError:
        fresh = practice.week_version(professional)
        return _shown(Week.of(professional), fresh, problem=changed_elsewhere()), False
    except BookingError as error:
        return _shown(typed, sent, problem=error.message), False
    return {}, True


@professional_only
@require_POST
def add_extra(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Open one date at hours of its own; also the way back of a removal."""
    others = professional.working_hours.filter(date__gte=_today(professional))
    form = ExtraForm(request.POST, today=_today(professional), others=others)
    if form.is_valid():
        try:
            practice.add_extra(professional, day=form.cleaned_data["day"], span=form.cleaned_data["span"])
        except BookingError as error:
            toasts.say(request, error.message)
        else:
            toasts.say(request, _("Saved. On this date these hours count instead of the week's."))
        return redirect(f"{reverse('settings-hours')}#extra")
    focus(form)
    context = _shown(Week.of(professional), practice.week_version(professional))
    return _show(request, professional, context, form)


@professional_only
@require_POST
def remove_extra(request: HttpRequest, professional: Professional, hours_id: int) -> HttpResponse:
    """Take extra hours of a date away."""
    row = get_object_or_404(professional.working_hours, pk=hours_id, date__isnull=False)
    kept = {"day": str(row.date), "opens": f"{row.opens_at:%H:%M}", "closes": f"{row.closes_at:%H:%M}"}
    row.delete()
    toasts.say(request, _("Extra hours removed."), undo=reverse("settings-extra-new"), **kept)
    return redirect(f"{reverse('settings-hours')}#extra")


@professional_only
@require_GET
def time_off(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List coming time off and the next national holidays."""
    now = timezone.now()
    rows = professional.time_off.filter(ends_at__gt=now).order_by("starts_at")[:MOST_TIME_OFF]
    today = now.astimezone(professional.zone).date()
    context = {
        "rows": [(one, span_in_words(one, professional)) for one in rows],
        "holidays": [wording.day_of(day) for day in coming_holidays(today)],
    }
    return show(request, professional, "time_off", context)


def extra_hours(professional: Professional) -> list[tuple[WorkingHours, str, str]]:
    """Return the extra hours to come, each with its date and its hours in words."""
    rows = professional.working_hours.filter(date__gte=_today(professional)).order_by("date", "opens_at")
    return [(row, _day(row.date), f"{row.opens_at:%H:%M}–{row.closes_at:%H:%M}") for row in rows if row.date]


def coming_holidays(today: date, *, count: int = 5) -> Sequence[date]:
    days = sorted(holidays.brazilian(today.year) | holidays.brazilian(today.year + 1))
    return [day for day in days if day >= today][:count]


def span_in_words(one: TimeOff, professional: Professional) -> str:
    """Return a stretch as people say it: one whole day, whole days, or from and until."""
    starts, ends = (moment.astimezone(professional.zone) for moment in (one.starts_at, one.ends_at))
    last = (ends - timedelta(microseconds=1)).date()
    if _is_midnight(starts) and _is_midnight(ends):
        if starts.date() == last:
            return _day(last)
        return _("%(first)s to %(last)s") % {"first": _day(starts.date()), "last": _day(last)}
    if starts.date() == last:
        return f"{_day(last)}, {starts:%H:%M}–{ends:%H:%M}"
    first = f"{_day(starts.date())}, {starts:%H:%M}"
    return _("%(first)s to %(last)s") % {"first": first, "last": f"{_day(ends.date())}, {ends:%H:%M}"}


def _show(request: HttpRequest, professional: Professional, week: dict[str, Any], form: ExtraForm) -> HttpResponse:
    extra = {"extra": extra_hours(professional), "extra_form": form, "week_url": reverse("settings-hours")}
    return show(request, professional, "hours", week | extra, status=409 if week["problem"] else 200)


def _shown(typed: Week, seen: str, *, problem: str = "") -> dict[str, Any]:
    said = faults_in_words(typed.faults) if typed.faults else ""
    return {"week": typed, "seen": seen, "problem": problem, "faults": said, "focus": typed.focus()}


def _today(professional: Professional) -> date:
    return timezone.now().astimezone(professional.zone).date()


def _day(day: date) -> str:
    """Return weekday and date; the year only where it is another one than now."""
    year = "" if day.year == timezone.now().year else f"/{day.year}"
    return f"{wording.day_of(day)}{year}"


def _is_midnight(moment: datetime) -> bool:
    return not (moment.hour or moment.minute)
