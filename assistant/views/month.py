"""A month at a glance; on a phone the chosen day's appointments stand below it."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assistant import dates
from assistant.access import professional_only, shell, strict
from assistant.agenda import day as days
from assistant.agenda import live, spans
from assistant.agenda import month as months
from scheduling import agenda, selectors
from scheduling.models import Professional


def _asked(request: HttpRequest) -> tuple[date, date] | None:
    chosen = dates.typed(request.GET.get("dia", ""))
    return months.span(chosen) if chosen else None


@strict
@live.polled(_asked)
@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Show the month of a local day, today's unless the URL names another; or what is new to a page that asks."""
    now = timezone.now()
    chosen = dates.typed(request.GET.get("dia", "")) or now.astimezone(professional.zone).date()
    version = live.version(professional.user_id, *months.span(chosen), now=now)
    context = _context(professional, chosen, now=now) | {
        "live": live.url(reverse("month"), version=version, dia=str(chosen)),
        "here": live.url_of(reverse("month"), dia=str(chosen)),
    }
    if live.asks(request):
        return render(request, "dashboard/month_live.html", {"professional": professional} | context)
    return render(request, "dashboard/month.html", shell(request, professional, section="agenda") | context)


def _context(professional: Professional, chosen: date, *, now: datetime) -> dict[str, Any]:
    first, last = months.span(chosen)
    today = now.astimezone(professional.zone).date()
    calendar = selectors.calendar(professional, first, last=last, now=now)
    off = agenda.time_off(professional, first, last)
    month = months.lay_out(
        professional, chosen, agenda.brief(professional, first, last, now=now), calendar=calendar, now=now, off=off
    )
    rows = list(agenda.between(professional, chosen, chosen, now=now))
    day = days.lay_out(professional, chosen, rows, now=now, calendar=calendar, off=off)
    return {
        "month": month,
        "chosen": chosen,
        "day": day,
        "start": day.start,
        "heading": dates.title(chosen, _("l, F j")),
        "title": dates.month(chosen),
        "short_title": dates.short_month(chosen, today=today),
        "nav": spans.of_month(chosen, is_current=(chosen.year, chosen.month) == (today.year, today.month)),
    }
