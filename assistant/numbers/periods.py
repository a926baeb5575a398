"""The stretch of days that a page of figures is about: what its URL names, what it is called, what came before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assistant import figures, metrics, typed

LONGEST = timedelta(days=3 * 366)
# The first and the last day in a URL.
FIELDS = ("from", "to")


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included, and what they are called."""

    first: date
    last: date
    title: str

    @property
    def span(self) -> tuple[date, date]:
        return self.first, self.last

    @property
    def before(self) -> tuple[date, date]:
        """The stretch of the same kind before it: the month before a month, else as many days."""
        if self.first.day == 1 and self.last == metrics.month_end(self.first):
            last = self.first - timedelta(days=1)
            return last.replace(day=1), last
        return self.first - (self.last - self.first) - timedelta(days=1), self.first - timedelta(days=1)

    @property
    def query(self) -> str:
        return urlencode({"from": self.first.isoformat(), "to": self.last.isoformat()})


def read(query: Mapping[str, str], *, current: date, months: Sequence[date] = ()) -> Period:
    """Return the period that a URL names; where it names none, or one of which `faults` tells, the current month."""
    first, last = (typed.read_day(query.get(name, "").strip()) for name in FIELDS)
    if first is None or last is None or _fault(first, last):
        first, last = current, metrics.month_end(current)
    if first.day == 1 and last == metrics.month_end(first):
        return Period(first, last, figures.month(first))
    if months and (first, last) == (months[0], metrics.month_end(months[-1])):
        return Period(first, last, _("six months"))
    return Period(first, last, f"{first:%d/%m/%Y} – {last:%d/%m/%Y}")


def faults(query: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with the days that a URL names, by their fields, and what to enter instead."""
    if not any(query.get(name) for name in FIELDS):
        return {}
    days: dict[str, date | None] = {}
    found: dict[str, str] = {}
    for name in FIELDS:
        try:
            days[name] = typed.DayField().clean(query.get(name))
        except ValidationError as error:
            found[name] = error.messages[0]
    first, last = days.get("from"), days.get("to")
    if first and last and (fault := _fault(first, last)):
        found["to"] = fault
    return found


def _fault(first: date, last: date) -> str:
    if last < first:
        return _("The last day is before the first. Enter %(first)s or a later one.") % {"first": f"{first:%d/%m/%Y}"}
    if last - first > LONGEST:
        latest = {"last": f"{first + LONGEST:%d/%m/%Y}"}
        return _("A period has at most three years. Enter %(last)s or an earlier day.") % latest
    return ""


def chips(months: Sequence[date]) -> list[Period]:
    """Return what is one tap away."""
    current, previous = months[-1], months[-2]
    return [
        Period(current, metrics.month_end(current), _("This month")),
        Period(previous, metrics.month_end(previous), figures.month(previous).partition(" ")[0].capitalize()),
        Period(months[0], metrics.month_end(current), _("6 months")),
    ]


def of_month(first: date) -> Period:
    """Return a month, by its short name."""
    return Period(first, metrics.month_end(first), date_format(first, "b").lower())
