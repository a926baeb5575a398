"""Whether open hours of one day get into each other's way, and what to enter instead."""

from collections.abc import Iterable
from datetime import date, time

from django.utils.translation import gettext as _

from scheduling.models import WorkingHours

Day = tuple[int | None, date | None]


def clash(row: WorkingHours, others: Iterable[WorkingHours]) -> str:
    """Return what is wrong with the row beside the others of its professional; nothing if they go together."""
    for other in others:
        if _day(other) == _day(row) and other.opens_at < _end(row) and row.opens_at < _end(other):
            return _explained(row, other)
    return ""


def _explained(row: WorkingHours, other: WorkingHours) -> str:
    """Return the sentence that names the other interval and the nearest time that is possible."""
    if other.opens_at <= row.opens_at:
        if other.closes_at == time():
            return _("The interval before this one lasts until the end of the day. Shorten that one first.")
        text = _("Use %(time)s or later: the interval before this one ends at %(time)s.")
        return text % {"time": f"{other.closes_at:%H:%M}"}
    text = _("Use %(time)s or earlier: the next interval begins at %(time)s.")
    return text % {"time": f"{other.opens_at:%H:%M}"}


def _day(row: WorkingHours) -> Day:
    return row.weekday, row.date


def _end(row: WorkingHours) -> time:
    """Return the closing time; midnight ends the day."""
    return row.closes_at if row.closes_at != time() else time.max
