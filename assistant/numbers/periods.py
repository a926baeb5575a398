"""The stretch of days that a page of figures is about: what its URL names, what it is called, what came before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assistant import dates, figures, metrics

LONGEST = timedelta(days=3 * 366)


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
    """Return the period that a URL names, the current month where it names none or a wrong one."""
    first, last = dates.typed(query.get("from", "")), dates.typed(query.get("to", ""))
    if first is None or last is None or last < first or last - first > LONGEST:
        first, last = current, metrics.month_end(current)
    if first.day == 1 and last == metrics.month_end(first):
        return Period(first, last, figures.month(first))
    if months and (first, last) == (months[0], metrics.month_end(months[-1])):
        return Period(first, last, _("six months"))
    return Period(first, last, f"{first:%d/%m/%Y} – {last:%d/%m/%Y}")


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
