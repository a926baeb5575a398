"""Seven days: a grid on a desk, a strip over a list on a phone."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assistant import dates
from assistant.access import professional_only, shell, strict
from assistant.agenda import live, spans
from assistant.agenda import week as weeks
from assistant.agenda.day import Day
from assistant.views.today import shortest
from scheduling import agenda, selectors
from scheduling.models import Professional


def _asked(request: HttpRequest) -> tuple[date, date] | None:
    chosen = dates.typed(request.GET.get("dia", ""))
    return _span(chosen) if chosen else None


@strict
@live.polled(_asked)
@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Show the week of a local day, today's unless the URL names another; or what is new to a page that asks."""
    now = timezone.now()
    chosen = dates.typed(request.GET.get("dia", "")) or now.astimezone(professional.zone).date()
    shows_cancelled = request.GET.get("cancelados") == "1"
    version = live.version(professional.user_id, *_span(chosen), now=now)
    kept = {"cancelados": "1"} if shows_cancelled else {}
    path = reverse("week")
    context = _context(professional, chosen, now=now, kept=kept) | {
        "live": live.url(path, version=version, dia=str(chosen), **kept),
        "here": live.url_of(path, dia=str(chosen), **kept),
        "shows_cancelled": shows_cancelled,
        "other": live.url_of(path, dia=str(chosen), **({} if shows_cancelled else {"cancelados": "1"})),
    }
    if live.asks(request):
        return render(request, "dashboard/week_live.html", {"professional": professional} | context)
    return render(request, "dashboard/week.html", shell(request, professional, section="agenda") | context)


def _span(chosen: date) -> tuple[date, date]:
    first = weeks.monday(chosen)
    return first, first + timedelta(days=6)


def _context(professional: Professional, chosen: date, *, now: datetime, kept: dict[str, str]) -> dict[str, Any]:
    first, last = _span(chosen)
    today = now.astimezone(professional.zone).date()
    rows = list(agenda.between(professional, first, last, now=now))
    week = weeks.lay_out(
        professional,
        first,
        rows,
        calendar=selectors.calendar(professional, first, last=last, now=now),
        now=now,
        called_off=list(agenda.cancelled(professional, first, last)),
        shows_cancelled=bool(kept),
        off=agenda.time_off(professional, first, last),
        worth=shortest(professional),
    )
    return {
        "week": week,
        "start": week.start,
        "chosen": chosen,
        "listed": [(day, _heading(day, today)) for day in week.days if day.date >= chosen],
        "title": dates.span(first, last, today=today),
        "short_title": dates.span(first, last, today=today, is_short=True),
        "nav": spans.of_week(chosen, monday=first, is_current=first <= today <= last, **kept),
        "step": professional.slot_step_minutes,
    }


def _heading(day: Day, today: date) -> str:
    """Return a day's heading in a phone's list: "Hoje, quarta", "Amanhã, quinta", "Sexta, 20"."""
    weekday = dates.title(day.date, "l")
    near = {today: _("Today"), today + selectors.DAY: _("Tomorrow")}.get(day.date)
    return f"{near}, {weekday.lower()}" if near else f"{weekday}, {day.date.day}"
