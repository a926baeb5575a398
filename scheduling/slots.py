"""Slot arithmetic: weekly hours become UTC intervals, busy time is subtracted, starts are laid out.

Pure. An instant is an int, seconds since the epoch in UTC; an interval is a half-open pair of instants. Wall
times become instants before anything is added or compared, so that days of 23 or 25 hours need no special
case: a grid laid out in elapsed time has no hour that does not exist and misses none that does.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
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
    weekly: dict[int, list[Hours]] = {}
    dated: dict[date, list[Hours]] = {}
    for row in hours:
        if row.day is not None:
            dated.setdefault(row.day, []).append(row)
        elif row.weekday is not None:
            weekly.setdefault(row.weekday, []).append(row)
    found: list[Interval] = []
    for day in days:
        rows = dated.get(day) or ([] if day in closed else weekly.get(day.weekday(), []))
        found += merge(_span(row, day, zone) for row in rows)
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
    ends = [end for _, end in busy]
    for (opens, closes), reach in zip(open_time, _reaches(open_time), strict=True):
        last = min(reach - rules.length, closes - 1, rules.latest)
        first = opens + max(0, -(-(rules.earliest - opens) // rules.step)) * rules.step
        index = bisect_left(ends, first - rules.before)
        for start in range(first, last + 1, rules.step):
            while index < len(busy) and busy[index][1] <= start - rules.before:
                index += 1
            if index == len(busy) or busy[index][0] >= start + rules.length + rules.after:
                yield start


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
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


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


def _span(row: Hours, day: date, zone: ZoneInfo) -> Interval:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall time, the zone is applied below
    return (
        instant(midnight + timedelta(seconds=row.opens), zone),
        instant(midnight + timedelta(seconds=row.closes), zone),
    )


def _change_between(low: int, high: int, zone: ZoneInfo) -> int:
    """Return when the clocks change: after `low` and at `high` or earlier (PEP 495 gives both for a skipped time)."""
    after = _offset(wall(high, zone))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(wall(middle, zone)) == after else (middle, high)
    return high


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
