"""Days as they are typed into a URL and as titles show them; moments as pages write them."""

from datetime import date, datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake import wording
from scheduling.models import Professional


def typed(text: str) -> date | None:
    """Return the day as typed into a URL, None for anything else, or where the calendar ends."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def title(day: date, form: str) -> str:
    """Return a date as a title: "Quarta, 18 de novembro"."""
    written = date_format(day, form)
    if translation.get_language().startswith("en"):
        return written
    # Django's short Saturday has no accent.
    return written.lower().replace("-feira", "").replace("sab,", "sáb,").capitalize()


def span(first: date, last: date, *, today: date, is_short: bool = False) -> str:
    """Return some days as a title: "16 a 22 de novembro"; with the year where it is not this one."""
    form = "M" if is_short else "F"
    words = {
        "month": _month(first, form),
        "first": first.day,
        "last_month": _month(last, form),
        "last": last.day,
    }
    if first.month == last.month:
        # Translators: days of one month, as the title of a week: "November 16 to 22".
        written = _("%(month)s %(first)s to %(last)s") % words
    else:
        written = _("%(month)s %(first)s to %(last_month)s %(last)s") % words
    return written if last.year == today.year else f"{written}, {last.year}"


def month(day: date) -> str:
    """Return a month as a title: "Novembro de 2026"."""
    return date_format(day, "YEAR_MONTH_FORMAT").capitalize()


def short_month(day: date, *, today: date) -> str:
    """Return a month where there is little room: "Novembro", in another year "Nov 2025"."""
    name = date_format(day, "F" if day.year == today.year else "M").capitalize()
    return name if day.year == today.year else f"{name} {day.year}"


def moment(at: datetime, professional: Professional, *, now: datetime) -> str:
    """Return a moment in the professional's zone: "sáb, 05/12, às 15:00"."""
    today = now.astimezone(professional.zone).date()
    return wall(at.astimezone(professional.zone).date(), wording.clock(at, professional), today=today)


def wall(day: date, clock: str, *, today: date) -> str:
    """Return a day and an hour: "sáb, 05/12, às 15:00"."""
    return _("%(day)s, at %(time)s") % {"day": wording.short_day(day, today=today), "time": clock}


def ago(since: datetime | None, *, now: datetime) -> str:
    """Return how long ago in short: "6 min", "3 h", "2 dias"."""
    minutes = max(0, int((now - since).total_seconds() // 60)) if since else 0
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h"
    return ngettext("%(count)s day", "%(count)s days", minutes // 1440) % {"count": minutes // 1440}


def _month(day: date, form: str) -> str:
    name = date_format(day, form)
    return name if translation.get_language().startswith("en") else name.lower()
