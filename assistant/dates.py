"""Days as they are typed into a URL, and as titles show them."""

from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _


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


def _month(day: date, form: str) -> str:
    name = date_format(day, form)
    return name if translation.get_language().startswith("en") else name.lower()
