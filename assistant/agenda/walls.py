"""Where things stand on the wall clock of one local day, in rows of five minutes. Pure.

A wall clock has 288 rows also on a day that the clocks make shorter or longer: what they skip is a stretch in which
nothing can be, and what they show twice lies side by side.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling import slots
from scheduling.slots import Interval

ROW = 300
HOUR = 3600
# Clocks change on a quarter of an hour, and by one at least.
_QUARTER = 900
# More than these side by side are not told apart anyway.
LANES = 6


@dataclass(frozen=True, slots=True)
class Place:
    """First row on the rail, beginning with 1, how many rows, and which of how many lanes side by side."""

    row: int
    rows: int
    lane: int = 1
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Walls:
    """The wall clock of one local day, which begins and ends at those instants: seconds after its midnight."""

    zone: ZoneInfo
    day: date
    begins: int
    ends: int

    def seconds(self, moment: int) -> int:
        """Return what the clock shows at that instant, cut off at the day's ends."""
        local = slots.wall(moment, self.zone)
        seconds = (local.date() - self.day).days * slots.DAY + local.hour * HOUR + local.minute * 60
        return min(max(seconds, 0), slots.DAY)

    def one(self, interval: Interval) -> Interval:
        """Return the part of the interval that lies on this day; (0, 0) if there is none.

        Where the clocks go back during it, it is as long as it really is: its end may stand before its start.
        """
        start, end = max(interval[0], self.begins), min(interval[1], self.ends)
        if start >= end:
            return 0, 0
        shown, until = self.seconds(start), self.seconds(end)
        return shown, until if until > shown else min(shown + end - start, slots.DAY)

    def of(self, intervals: Iterable[Interval]) -> list[Interval]:
        return slots.merge(self.one(interval) for interval in intervals)

    def skipped(self) -> list[Interval]:
        """Return the stretch that the clocks skip on this day."""
        if self.ends - self.begins >= slots.DAY:
            return []
        begin = self.seconds(self.begins)
        found = [(0, begin)] if begin else []
        for moment in range(self.begins, self.ends, _QUARTER):
            before, after = self.seconds(moment), self.seconds(moment + _QUARTER)
            if after - before > _QUARTER:
                found.append((before + _QUARTER, after))
        return found


def walls(zone: ZoneInfo, day: date) -> Walls:
    """Return the wall clock of that local day."""
    begins, ends = (slots.instant(datetime.combine(one, time()), zone) for one in (day, day + timedelta(days=1)))
    return Walls(zone, day, begins, ends)


@dataclass(frozen=True, slots=True)
class Rail:
    """Rows from the first hour shown on."""

    first: int

    def row(self, seconds: int) -> int:
        return 1 + (seconds - self.first) // ROW

    def place(self, part: Interval, *, least: int = 1) -> Place:
        """Return where the part stands; it is drawn with so many rows at least."""
        row = self.row(part[0])
        return Place(row, max(least, self.row(part[1] + ROW - 1) - row))


def reach(intervals: Sequence[Interval]) -> Interval:
    """Return the full hours around all of them; nothing for none."""
    if not intervals:
        return 0, 0
    first, last = min(start for start, _ in intervals), max(end for _, end in intervals)
    return first // HOUR * HOUR, -(-last // HOUR) * HOUR


def abreast(places: Sequence[Place]) -> list[Place]:
    """Give those that share rows lanes side by side; the order stays."""
    found = list(places)
    group: list[int] = []
    ends: list[int] = []
    for index in sorted(range(len(places)), key=lambda one: (places[one].row, -places[one].rows)):
        place = places[index]
        if group and place.row >= max(ends):
            _close(found, group, lanes=len(ends))
            group, ends = [], []
        lane = next((number for number, end in enumerate(ends) if end <= place.row), len(ends))
        if lane == len(ends):
            ends.append(0)
        ends[lane] = place.row + place.rows
        found[index] = replace(place, lane=lane + 1)
        group.append(index)
    _close(found, group, lanes=len(ends))
    return found


def common(parts: Iterable[Interval], whole: Interval) -> list[Interval]:
    """Return what of the parts lies within the whole."""
    cut = ((max(start, whole[0]), min(end, whole[1])) for start, end in parts)
    return [part for part in cut if part[0] < part[1]]


def clock_of(seconds: int) -> str:
    return f"{seconds // HOUR:02}:{seconds % HOUR // 60:02}"


def _close(places: list[Place], group: Iterable[int], *, lanes: int) -> None:
    for index in group:
        places[index] = replace(places[index], lane=min(places[index].lane, LANES), lanes=min(lanes, LANES))
