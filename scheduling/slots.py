"""Slot arithmetic: weekly hours become UTC intervals, busy time is subtracted, starts are laid out.

Pure. An instant is an int, seconds since the epoch in UTC; an interval is a half-open pair of instants. Wall
times become instants before anything is added or compared, so that days of 23 or 25 hours need no special
case: a grid laid out in elapsed time has no hour that does not exist and misses none that does.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

Interval = tuple[int, int]

DAY = 86_400


class Reason(StrEnum):
    """Why a time is not offered."""

    PAST = "past"
    MINIMUM_NOTICE = "minimum_notice"
    BEYOND_HORIZON = "beyond_horizon"
    DAY_OFF = "day_off"
    OUTSIDE_HOURS = "outside_hours"
    BREAK = "break"
    OWN_APPOINTMENT = "own_appointment"
    SLOT_TAKEN = "slot_taken"
    DAILY_LIMIT = "daily_limit"
    OFF_GRID = "off_grid"


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of one weekday (0 is Monday) or of one date, in seconds after local midnight."""

    opens: int
    closes: int
    weekday: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What a professional allows; all lengths in seconds, `earliest` and `latest` are instants of a start."""

    length: int
    before: int
    after: int
    step: int
    earliest: int
    latest: int


def instant(wall: datetime, zone: ZoneInfo) -> int:
    """Return the instant of a naive wall time.

    A time that occurs twice is its first occurrence; one that the clocks skip is the instant of the change,
    which is the next time that exists.
    """
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    if _offset(first) < _offset(second):
        return _change_between(int(second.timestamp()), int(first.timestamp()), zone)
    return int(first.timestamp())


def wall(moment: int, zone: ZoneInfo) -> datetime:
    """Return the aware local time of an instant."""
    return datetime.fromtimestamp(moment, zone)


def openings(
    hours: Sequence[Hours], days: Iterable[date], zone: ZoneInfo, *, closed: Collection[date] = ()
) -> list[Interval]:
    """Return the opening intervals of those local days, in order; two of them may touch at midnight.

    Hours of a date replace the weekday's and open a closed day (a holiday) as well.
    """
    walls: dict[date | int | None, list[Interval]] = {}
    for row in hours:
        walls.setdefault(row.day or row.weekday, []).append((row.opens, row.closes))
    merged = {key: merge(spans) for key, spans in walls.items()}
    found: list[Interval] = []
    for day in days:
        spans = merged.get(day) or ([] if day in closed else merged.get(day.weekday(), []))
        if (midnight := _plain_midnight(day, zone)) is None:
            found += merge(_span(wall, day, zone) for wall in spans)
        else:
            found += [(midnight + opens, midnight + closes) for opens, closes in spans]
    return found


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time as sorted intervals that neither overlap nor touch."""
    merged: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def subtract(intervals: Iterable[Interval], removed: Sequence[Interval]) -> list[Interval]:
    """Return what is left of the intervals without the removed ones (merged)."""
    left: list[Interval] = []
    for start, end in intervals:
        for gone_from, gone_to in removed:
            if start < gone_to and gone_from < end:
                if start < gone_from:
                    left.append((start, gone_from))
                start = max(start, gone_to)
        if start < end:
            left.append((start, end))
    return left


def starts(open_time: Sequence[Interval], busy: Sequence[Interval], rules: Rules) -> Iterator[int]:
    """Yield the instants at which an appointment may start.

    The grid begins anew with each open interval, so that it is the same whatever days are asked for; the
    appointment itself may run on into an interval that touches (over midnight). `busy` is merged and carries
    the others' buffers; the new one's own buffers must be free as well, but may reach outside the open time.
    """
    begins, ends = [begin for begin, _ in busy], [end for _, end in busy]
    before, room, step = rules.before, rules.length + rules.after, rules.step
    for (opens, closes), reach in zip(open_time, _reaches(open_time), strict=True):
        last = min(reach - rules.length, closes - 1, rules.latest)
        start = opens + max(0, -(-(rules.earliest - opens) // step)) * step
        # From one busy interval to the next: every step of the grid up to where there is no more room before it.
        for taken in range(bisect_right(ends, start - before), bisect_left(begins, last + room)):
            yield from range(start, min(begins[taken] - room, last) + 1, step)
            start += -(-(ends[taken] + before - start) // step) * step
        yield from range(start, last + 1, step)


def _reaches(open_time: Sequence[Interval]) -> list[int]:
    """Return of each interval where the open time that it begins ends."""
    reaches: list[int] = []
    following: Interval | None = None
    for opens, closes in reversed(open_time):
        reaches.append(reaches[-1] if following and following[0] == closes else closes)
        following = (opens, closes)
    return reaches[::-1]


def overlaps(interval: Interval, others: Iterable[Interval]) -> bool:
    """Return whether the interval shares any time with one of the others."""
    return any(start < interval[1] and interval[0] < end for start, end in others)


def within(interval: Interval, others: Iterable[Interval]) -> bool:
    """Return whether one of the others holds the whole interval."""
    return any(start <= interval[0] and interval[1] <= end for start, end in others)


def days_between(first: date, last: date) -> list[date]:
    """Return the days from first to last, both included."""
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def explain(
    start: int,
    *,
    now: int,
    rules: Rules,
    openings: Sequence[Interval],
    later: Sequence[Interval] = (),
    off: Sequence[Interval],
    busy: Sequence[Interval],
    own: Sequence[Interval],
    day_is_full: bool,
) -> Reason | None:
    """Return the first reason why that start is not offered, None if it is.

    `openings` are those of the start's local day, `later` those of the day after, `off` is time off, `own` the
    asking client's appointments (also part of `busy`).
    """
    open_time = [*openings, *later]
    whole = (start, start + rules.length)
    padded = (start - rules.before, whole[1] + rules.after)
    if start < now:
        return Reason.PAST
    if start < rules.earliest:
        return Reason.MINIMUM_NOTICE
    if start > rules.latest:
        return Reason.BEYOND_HORIZON
    if not within(whole, merge(open_time)):
        return _closed(whole, openings)
    if overlaps(whole, off):
        return Reason.DAY_OFF
    if overlaps(whole, own):
        return Reason.OWN_APPOINTMENT
    if overlaps(padded, busy):
        return Reason.SLOT_TAKEN
    if day_is_full:
        return Reason.DAILY_LIMIT
    return None if start in starts(subtract(open_time, off), busy, rules) else Reason.OFF_GRID


def _closed(whole: Interval, openings: Sequence[Interval]) -> Reason:
    if not openings:
        return Reason.DAY_OFF
    if whole[0] < openings[0][0] or whole[1] > openings[-1][1]:
        return Reason.OUTSIDE_HOURS
    return Reason.BREAK


@lru_cache(maxsize=4096)
def _plain_midnight(day: date, zone: ZoneInfo) -> int | None:
    """Return the instant at which that local day begins, None if the clocks change during it.

    Kept, because the same days are asked for all the time, and three look-ups in a zone cost more than the rest.
    """
    begins, ends = (instant(datetime.combine(one, time()), zone) for one in (day, day + timedelta(days=1)))
    return begins if ends - begins == DAY else None


def _span(walls: Interval, day: date, zone: ZoneInfo) -> Interval:
    midnight = datetime.combine(day, time())
    opens, closes = (instant(midnight + timedelta(seconds=seconds), zone) for seconds in walls)
    return opens, closes


def _change_between(low: int, high: int, zone: ZoneInfo) -> int:
    """Return when the clocks change: after `low` and at `high` or earlier (PEP 495 gives both for a skipped time)."""
    after = _offset(wall(high, zone))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(wall(middle, zone)) == after else (middle, high)
    return high


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
