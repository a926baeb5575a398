"""The first page: what the day brings, what waits for an answer, and how the finished appointments went."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from assistant import dates, waiting
from assistant.access import professional_only, shell, strict
from assistant.agenda import day as days
from assistant.agenda import live, spans
from assistant.agenda.day import Day
from assistant.waiting import Caller, Request
from intake import wording
from scheduling import agenda, selectors
from scheduling.models import Professional


def _asked(request: HttpRequest) -> tuple[date, date] | None:
    shown = dates.typed(request.GET.get("dia", ""))
    return (shown, shown + selectors.DAY) if shown else None


@strict
@live.polled(_asked)
@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Show one local day, today unless the URL names another; or what is new of it to a page that asks."""
    now = timezone.now()
    shown = dates.typed(request.GET.get("dia", "")) or now.astimezone(professional.zone).date()
    version = live.version(professional.user_id, shown, shown + selectors.DAY, now=now)
    context = _day_context(professional, shown, now=now) | {
        "live": live.url(reverse("today"), version=version, dia=str(shown)),
        "here": live.url_of(reverse("today"), dia=str(shown)),
    }
    if live.asks(request):
        return render(request, "dashboard/day_live.html", {"professional": professional} | context)
    return render(request, "dashboard/today.html", shell(request, professional, section="agenda") | context)


def _day_context(professional: Professional, shown: date, *, now: datetime) -> dict[str, Any]:
    following = shown + selectors.DAY
    rows = list(agenda.between(professional, shown, following, now=now))
    _begins, midnight = selectors.bounds(professional, shown, shown)
    day = days.lay_out(
        professional,
        shown,
        [one for one in rows if one.starts_at < midnight],
        now=now,
        worth=shortest(professional),
        off=agenda.time_off(professional, shown, shown),
    )
    asks: list[Request | Caller] = [
        *waiting.requests(professional, now=now),
        *waiting.callers(professional, now=now),
    ]
    return {
        "day": day,
        "start": day.start,
        # Translators: weekday, day and month as a page's title, in Django's format letters.
        "title": dates.title(shown, _("l, F j")),
        # Translators: the same where there is little room.
        "short_title": dates.title(shown, _("D, M j")),
        "nav": spans.of_day(shown, is_today=day.is_today),
        "following_title": _("Tomorrow") if day.is_today else dates.title(following, _("D, M j")),
        "following_cards": days.cards(professional, [one for one in rows if one.starts_at >= midnight], now=now),
        "lead": _lead(professional, day, hour=now.astimezone(professional.zone).hour),
        "received": wording.price(day.received),
        "expected": wording.price(day.expected),
        "asks": asks,
        "waiting_names": _names([one.name for one in asks]),
    }


def _names(names: Sequence[str]) -> str:
    """Return who waits in one line, whole names: "Luísa Andrade, Tomás Vieira e mais 3"."""
    first, more = ", ".join(names[:2]), len(names) - 2
    return _("%(names)s and %(count)s more") % {"names": first, "count": more} if more > 0 else first


def shortest(professional: Professional) -> int:
    """Return how many minutes a gap must have to be worth booking."""
    shortest = professional.services.filter(is_active=True).aggregate(least=Min("duration_minutes"))["least"]
    return shortest or 15


def _lead(professional: Professional, day: Day, *, hour: int) -> str:
    """Greet, and say what is left of today or how many a day has."""
    if not day.is_today:
        count = len(day.own)
        if not count:
            return _("Nothing booked on this day.")
        return ngettext("%(count)s appointment.", "%(count)s appointments.", count) % {"count": count}
    hello = _("Good morning, %(name)s.") if hour < 12 else _("Good afternoon, %(name)s.")
    hello = hello if hour < 18 else _("Good evening, %(name)s.")
    return " ".join([hello % {"name": wording.first_name(professional.name)}, _left(day)])


def _left(day: Day) -> str:
    """Say what is left of today, and who is next."""
    if not day.own:
        return _("Nothing booked today.")
    if not day.coming:
        return _("Nothing more today.")
    count, following = len(day.coming), day.coming[0]
    left = ngettext("%(count)s appointment is left today.", "%(count)s appointments are left today.", count)
    words = {"time": f"{following.starts_at:%H:%M}", "name": wording.first_name(following.name)}
    return " ".join([left % {"count": count}, _("The next one is at %(time)s, with %(name)s.") % words])
