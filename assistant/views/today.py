"""The first page: what the day brings, what waits for an answer, and how the finished appointments went."""

from datetime import date

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from assistant import day as days
from assistant import waiting
from assistant.access import professional_only, shell
from assistant.day import Day
from intake import wording
from scheduling import selectors
from scheduling.models import Professional


@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Show one local day, today unless the URL names another."""
    now = timezone.now()
    shown = _day(request.GET.get("dia", "")) or now.astimezone(professional.zone).date()
    following = shown + selectors.DAY
    rows = list(selectors.agenda(professional, shown, following))
    first = [one for one in rows if one.starts_at.astimezone(professional.zone).date() == shown]
    day = days.lay_out(professional, shown, first, now=now, worth=_shortest(professional))
    requests, callers = waiting.requests(professional, now=now), waiting.callers(professional, now=now)
    context = {
        "day": day,
        # Translators: weekday, day and month as a page's title, in Django's format letters.
        "title": _title(shown, _("l, F j")),
        # Translators: the same where there is little room.
        "short_title": _title(shown, _("D, M j")),
        "previous": (shown - selectors.DAY).isoformat(),
        "following": following.isoformat(),
        "following_title": _("Tomorrow") if day.is_today else _title(following, _("D, M j")),
        "following_cards": days.cards(professional, rows[len(first) :], now=now),
        "lead": _lead(professional, day, hour=now.astimezone(professional.zone).hour),
        "received": wording.price(day.received),
        "expected": wording.price(day.expected),
        "requests": requests,
        "callers": callers,
        "waiting_names": ", ".join([one.name for one in requests] + [one.name for one in callers]),
        "waiting_count": len(requests) + len(callers),
    }
    return render(request, "dashboard/today.html", shell(request, professional, section="agenda") | context)


def _day(typed: str) -> date | None:
    """Return the day as typed into a URL, None for anything else, or where the calendar ends."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _title(day: date, form: str) -> str:
    """Return a date as a title: "Quarta, 18 de novembro"."""
    written = date_format(day, form)
    if translation.get_language().startswith("en"):
        return written
    return written.lower().replace("-feira", "").capitalize()


def _shortest(professional: Professional) -> int:
    """Return how many minutes a gap must have to be worth booking."""
    shortest = professional.services.filter(is_active=True).aggregate(least=Min("duration_minutes"))["least"]
    return shortest or 15


def _lead(professional: Professional, day: Day, *, hour: int) -> str:
    """Greet, and say what is left of today or how many a day has."""
    if not day.is_today:
        count = len(day.cards)
        if not count:
            return _("Nothing booked on this day.")
        return ngettext("%(count)s appointment.", "%(count)s appointments.", count) % {"count": count}
    hello = _("Good morning, %(name)s.") if hour < 12 else _("Good afternoon, %(name)s.")
    hello = hello if hour < 18 else _("Good evening, %(name)s.")
    return " ".join([hello % {"name": wording.first_name(professional.name)}, _left(day)])


def _left(day: Day) -> str:
    """Say what is left of today, and who is next."""
    if not day.cards:
        return _("Nothing booked today.")
    if not day.coming:
        return _("Nothing more today.")
    count, following = len(day.coming), day.coming[0]
    left = ngettext("%(count)s appointment is left today.", "%(count)s appointments are left today.", count)
    words = {"time": f"{following.starts_at:%H:%M}", "name": wording.first_name(following.name)}
    return " ".join([left % {"count": count}, _("The next one is at %(time)s, with %(name)s.") % words])
