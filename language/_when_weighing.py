"""What all the wishes of a text together leave: one stretch of days, one stretch of the day, or a doubt."""

import datetime as dt
from collections.abc import Sequence
from itertools import product

from language._when_calendar import settle
from language._when_questions import Question
from language._when_words import Clock, Doubt, Fixed, Part, Weekday, Which, Window

Span = tuple[dt.time, dt.time]
Days = tuple[dt.date | None, dt.date | None]
Times = tuple[dt.time | None, dt.time | None]


def weigh_times(said: Sequence[Window | Part], *, hours: Span) -> Times | Doubt:
    """Return the one stretch of the day that all the mentions together leave."""
    parts = [part for part in said if isinstance(part, Part)]
    span = _narrow([(part.first, part.last) for part in parts])
    if span is None or (span[0] and span[0] == span[1]):
        return Doubt(Question.TIME)
    windows = list(dict.fromkeys(window for window in said if isinstance(window, Window)))
    read = [_read_window(window, hours=_known(span) or hours) for window in windows]
    unclear = next((window for window in read if isinstance(window, Doubt)), None)
    if unclear:
        return unclear
    clear = list(dict.fromkeys(window for window in read if not isinstance(window, Doubt)))
    exact = [first for first, last in clear if first == last and first]
    if len(exact) > 1:
        return Doubt(Question.TIME_OF, tuple(exact))
    left = _narrow([*clear, span])
    touching = left and left[0] and left[0] == left[1] and not exact  # "à tarde, depois das 18h"
    return Doubt(Question.TIME) if left is None or touching else left


def _known(span: Times) -> Span | None:
    return (span[0], span[1]) if span[0] and span[1] else None


def _narrow(spans: Sequence[Times]) -> Times | None:
    """Return what all spans share; None when they share nothing."""
    starts = [first for first, _ in spans if first]
    ends = [last for _, last in spans if last]
    first, last = max(starts, default=None), min(ends, default=None)
    return None if first and last and first > last else (first, last)


def _read_window(window: Window, *, hours: Span) -> Times | Doubt:
    """Return the window with each bare hour read inside `hours`; a question when both readings fit, or none."""
    first, last = window.first, window.last
    if first and last and first is not last and first != last:
        return _read_pair(first, last, hours=hours)
    clock = first or last
    found = _fit(clock, hours=hours) if clock else None
    if found is None:
        return Doubt(Question.MEANT, clock.readings if clock else ())
    return (found if first else None), (found if last else None)


def _read_pair(first: Clock, last: Clock, *, hours: Span) -> Times | Doubt:
    """Return the reading of "das 8 às 10" that lies inside `hours`, else the one shortest that touches them."""
    pairs = [(a, b) for a, b in product(first.readings, last.readings) if a < b]
    for fits in (
        [pair for pair in pairs if hours[0] <= pair[0] and pair[1] <= hours[1]],
        [pair for pair in pairs if hours[0] <= pair[0] <= hours[1] or hours[0] <= pair[1] <= hours[1]],
        pairs if len(pairs) == 1 else [],
    ):
        shortest = sorted(fits, key=_length)
        if len(fits) == 1 or (fits and _length(shortest[0]) < _length(shortest[1])):
            return shortest[0]
    return Doubt(Question.TIMES)


def _length(pair: Span) -> int:
    return (pair[1].hour - pair[0].hour) * 60 + pair[1].minute - pair[0].minute


def _fit(clock: Clock, *, hours: Span) -> dt.time | None:
    """Return the only possible reading; closing time counts only when nothing before it fits."""
    if len(clock.readings) == 1:
        return clock.readings[0]
    inside = [reading for reading in clock.readings if hours[0] <= reading < hours[1]]
    inside = inside or [reading for reading in clock.readings if reading == hours[1]]
    return inside[0] if len(inside) == 1 else None


def weigh_days(said: Sequence[Fixed | Weekday], *, now: dt.datetime, span: Times) -> Days | Doubt:
    """Return the one day or stretch of days that all the mentions agree on."""
    fixed = _innermost([day for day in said if isinstance(day, Fixed)])
    if len(fixed) > 1:
        return Doubt(Question.DAY_OF, tuple(day.first for day in fixed))
    weekdays = [day for day in said if isinstance(day, Weekday)]
    if fixed and weekdays:
        return _agree(fixed[0], weekdays=weekdays, now=now)
    if len({day.index for day in weekdays}) > 1:
        return Doubt(Question.DAY_OF, tuple(dict.fromkeys(_next(day, now=now) for day in weekdays)))
    settled = [settle(day, today=now.date(), passed=over(span, now=now)) for day in weekdays]
    if settled:
        # "quinta … na quinta que vem": the more exact of the two speaks.
        day = settled[-1] if len(settled) == 1 else max(settled, key=lambda each: isinstance(each, Doubt))
        return day if isinstance(day, Doubt) else (day.first, day.last)
    return (fixed[0].first, fixed[0].last) if fixed else (None, None)


def _innermost(spans: Sequence[Fixed]) -> list[Fixed]:
    """Return the spans that hold no other one: "semana que vem, dia 26" is the 26th."""
    spans = list(dict.fromkeys(spans))
    return [
        span
        for span in spans
        if not any(other != span and span.first <= other.first and other.last <= span.last for other in spans)
    ]


def _agree(span: Fixed, *, weekdays: Sequence[Weekday], now: dt.datetime) -> Days | Doubt:
    """Return the day of the span that has the weekday named beside it; a question when there is none."""
    length = (span.last - span.first).days
    days = [span.first + dt.timedelta(days=n) for n in range(min(length, 31) + 1)]
    days = [day for day in days if any(_is_that(day, weekday, today=now.date()) for weekday in weekdays)]
    if len(days) == 1 and len({weekday.index for weekday in weekdays}) == 1:
        return days[0], days[0]
    if days:
        return Doubt(Question.DAY_OF, tuple(days[:3]))
    named = _next(weekdays[0], now=now)
    return Doubt(Question.MEANT, (named,)) if length else Doubt(Question.DAY_OF, (span.first, named))


def _is_that(day: dt.date, weekday: Weekday, *, today: dt.date) -> bool:
    """Whether a date is the weekday named beside it: "próxima quinta, dia 10" is only one of the next two."""
    limits = {Which.COMING: (0, 7), Which.NEXT: (1, 14)}
    first, last = limits.get(weekday.which, (0, dt.date.max.toordinal()))
    return day.weekday() == weekday.index and first <= (day - today).days <= last


def _next(weekday: Weekday, *, now: dt.datetime) -> dt.date:
    return now.date() + dt.timedelta(days=(weekday.index - now.weekday() - 1) % 7 + 1)


def over(span: Times, *, now: dt.datetime) -> bool:
    """Whether the stretch of the day is past; False when no time was said."""
    first, last = span
    clock = now.time()
    if last is not None:
        return last <= clock
    # "Depois das 17h" lasts until the day ends.
    return False if first is None else clock >= dt.time(22)
