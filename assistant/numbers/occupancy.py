"""How much of the offered time is booked, day by day.

Offered is what the working hours of today's settings open on a day, less time off and observed holidays: no older
hours are kept. Booked is the part of it that agreed appointments fill, whatever became of them but cancelled, without
their buffers; holds, requests, wanted moves and trials fill nothing. What lies outside the offered time counts in
neither, so a share is never above 1. Time is elapsed time: a day of a clock change has 23 or 25 hours.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from assistant import metrics
from scheduling import selectors, slots
from scheduling.models import LONGEST, Professional
from scheduling.slots import Interval


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Offered time and how much of it is booked."""

    offered: timedelta
    booked: timedelta

    @property
    def rate(self) -> Decimal | None:
        return metrics.share(int(self.booked.total_seconds()), int(self.offered.total_seconds()))


def of(professional: Professional, spans: Sequence[metrics.Span], *, now: datetime) -> list[Occupancy]:
    """Return the occupancy of each of those stretches of days, which lie side by side. Two round trips."""
    firsts, lasts = zip(*spans, strict=True)
    days = by_day(professional, min(firsts), max(lasts), now=now)
    return [whole([one for one in days if first <= one[0] <= last]) for first, last in spans]


def by_day(professional: Professional, first: date, last: date, *, now: datetime) -> list[tuple[date, Occupancy]]:
    """Return each local day on which something is offered, in order. Two round trips, whatever the period."""
    calendar = selectors.calendar(professional, first, now=now, last=last)
    busy = _agreed(professional, first, last)
    found = []
    for day in slots.days_between(first, last):
        if offered := slots.merge(calendar.free([day])):
            free = slots.subtract(offered, _near(busy, offered))
            booked = _length(offered) - _length(free)
            found.append((day, Occupancy(timedelta(seconds=_length(offered)), timedelta(seconds=booked))))
    return found


def whole(days: Sequence[tuple[date, Occupancy]]) -> Occupancy:
    """Return what several days come to together."""
    offered = sum((one.offered for _day, one in days), timedelta())
    return Occupancy(offered, sum((one.booked for _day, one in days), timedelta()))


def _agreed(professional: Professional, first: date, last: date) -> list[Interval]:
    """Return when agreed appointments take place, also one that begins before the first midnight and ends after it."""
    since, until = selectors.bounds(professional, first, last)
    rows = metrics.came(professional).filter(starts_at__gt=since - LONGEST, starts_at__lt=until, ends_at__gt=since)
    times = rows.values_list("starts_at", "ends_at")
    return slots.merge((int(start.timestamp()), int(end.timestamp())) for start, end in times)


def _near(busy: Sequence[Interval], offered: Sequence[Interval]) -> Sequence[Interval]:
    """Return what of the busy time, which is merged, can touch the offered time."""
    opens, closes = offered[0][0], offered[-1][1]
    first = bisect_right(busy, opens, key=lambda one: one[1])
    return busy[first : bisect_left(busy, closes, key=lambda one: one[0])]


def _length(intervals: Sequence[Interval]) -> int:
    return sum(end - start for start, end in intervals)
