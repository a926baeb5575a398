"""Which days and clock times of a sentence are known, each alone and as a pair, and what it says of opening hours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from language import when
from language._grounding_figures import DURATION
from language._when_words import Doubt, Fixed, Mention, Part, Scan, Weekday, Window

_Pairs = frozenset[tuple[date, time]]


@dataclass(frozen=True, slots=True)
class Known:
    """What a sentence may name. Times are those of the pairs, of the opening hours, and `echoed` ones."""

    dates: frozenset[date] = frozenset()
    pairs: _Pairs = frozenset()
    opening: frozenset[tuple[int, time]] = frozenset()
    echoed: frozenset[time] = frozenset()
    times: frozenset[time] = field(init=False)

    def __post_init__(self) -> None:
        times = {clock for _, clock in self.pairs} | {clock for _, clock in self.opening} | self.echoed
        object.__setattr__(self, "times", frozenset(times))


@dataclass(frozen=True, slots=True)
class Heading:
    """The line that a list stands under ("Quinta-feira, 26/11:"): its day is the day of the items."""

    read: Scan | None = None
    dropped: bool = False


def echo_of(text: str, *, now: datetime) -> Known:
    """Return the dates and times that the client's own words name; both halves of a pair must be theirs."""
    found = when.scan(text, now=now).found
    dates = {day for mention in found for day in _named_days(mention, today=now.date())}
    times = {reading for mention in found for clock in _clocks(mention) for reading in clock}
    pairs = {(day, clock) for day in dates for clock in times}
    return Known(frozenset(dates), pairs=frozenset(pairs), echoed=frozenset(times))


def names_day(read: Scan) -> bool:
    return any(map(_is_day, read.found))


_DAYS_ECHOED = timedelta(days=14)
# Weekdays in the plural are opening days ("aos sábados"), not a date.
_EVERY_WEEK = re.compile(r"\b(?:(?:segunda|terca|quarta|quinta|sexta|sabado)s|\w+days|(?:los|todos os|todas as) \w+)\b")
# "Às quinze para as quatro" is 15:45 to whoever says it.
_UNCLEAR = re.compile(r"\bas (?:5|10|15|20|25) para (?:as )?\d")
_SAME_DAY = re.compile(r"[\s,(-]*(?:dia |the |el )?")


def _named_days(mention: Mention, *, today: date) -> Iterator[date]:
    value = mention.value
    if isinstance(value, Fixed) and (value.last - value.first) < _DAYS_ECHOED:
        yield from (value.first + timedelta(days=n) for n in range((value.last - value.first).days + 1))
    if isinstance(value, Weekday):
        first = today + timedelta(days=(value.index - today.weekday()) % 7)
        yield from (first, first + timedelta(weeks=1))


def _clocks(mention: Mention) -> list[tuple[time, ...]]:
    """Return the readings of each clock time in a mention."""
    if not isinstance(mention.value, Window):
        return []
    clocks = dict.fromkeys(clock for clock in (mention.value.first, mention.value.last) if clock)
    return [clock.readings for clock in clocks]


def find_wrong_moment(read: Scan, known: Known, *, heading: Heading, free: bool) -> str | None:
    """Return the first date, time or pair of both that is not known; `free`: the sentence says that it is free."""
    if _UNCLEAR.search(read.source):
        return "a time that can be read in two ways"
    if speaks_of_hours(read):
        return _wrong_hours(read, known.opening)
    days = _heading_days(heading, dates=known.dates)
    behind_day = False
    for mention in _in_order(_without_lengths(read)):
        if isinstance(mention.value, Window):
            if reason := _wrong_time(mention, read, known, days=days, heading=heading):
                return reason
        elif isinstance(mention.value, Part):
            opens = _OPENS.search(read.source) and not read.source.rstrip(" \"')").endswith("?")
            if opens or (free and not _has_some(mention.value, known.pairs, days=days)):
                return f"nothing is known to be free {_said(mention, read)}"
        else:
            found = _matching(mention, read=read, dates=known.dates)
            if found == frozenset() or (free and not _within(mention, known.dates)):
                return f"unknown date {_said(mention, read)}"
            # "Quinta e sexta às 15h" speaks of both days, "quinta às 15h e sexta às 10h" of one at a time.
            days = (days if behind_day else []) + ([found] if found is not None else [])
        behind_day = not isinstance(mention.value, Window | Part)
    return _disagreement(read, dates=known.dates)


def _wrong_time(
    mention: Mention, read: Scan, known: Known, *, days: list[frozenset[date]], heading: Heading
) -> str | None:
    if not all(set(readings) & known.times for readings in _clocks(mention)):
        return f"unknown time {_said(mention, read)}"
    if heading.dropped and not names_day(read):
        return "its heading was dropped"
    if not all(_paired(day, mention, known.pairs) for day in days):
        return f"{_said(mention, read)} is not known for that day"
    return None


def _has_some(part: Part, pairs: _Pairs, *, days: list[frozenset[date]]) -> bool:
    """Whether something is known in that part of each of the days, or of any day when none is named."""
    inside = {day for day, clock in pairs if part.first <= clock <= part.last}
    return bool(inside) and all(inside & of_day for of_day in days)


def _within(mention: Mention, dates: frozenset[date]) -> bool:
    value = mention.value
    return not isinstance(value, Fixed) or any(value.first <= day <= value.last for day in dates)


def _without_lengths(read: Scan) -> list[Mention]:
    """Return what was found without "dura 1h30": a length, no time of the day."""
    spans = [match.span() for match in DURATION.finditer(read.source)]
    return [one for one in read.found if not any(start <= one.start < end for start, end in spans)]


# --- Opening hours -------------------------------------------------------------------------------------------

_OPENS = re.compile(
    r"\b(?:atend(?:e|emos|o|em|imento|er)|abr(?:e|o|imos|em|ir)|abert[oa]s?|fech(?:a|o|amos|am|ad[oa]s?)|funcion\w+"
    r"|trabalh(?:a|o|amos|am)|expediente|we(?:'re| are) (?:\w+ )?open|opens|open (?:from|on)|closed?|closes|works?"
    r"|hours are|cerramos|cerrad[oa]|abrimos"
    r"|horario de)\b"
)
_SHUT = re.compile(
    r"\b(?:nao|nem|nunca|fechad[oa]s?|fechamos|closed|never|not|don't|doesn't|no|cerrad[oa]|cerramos|folga)\b"
)
# The beginnings of the names of the weekdays in the normalised text, Monday first.
_WEEK = (
    "segunda|seg|monday|lunes",
    "terca|tuesday|martes",
    "quarta|wednesday|miercoles",
    "quinta|thursday|jueves",
    "sexta|friday|viernes",
    "sabado|saturday",
    "domingo|sunday",
)
_NAME = rf"(?:{'|'.join(_WEEK)})s?(?:[ -]feiras?)?"
_DAYS = re.compile(
    rf"\b(?P<first>{_NAME})\s?(?:a|ate|to|through|till|thru|-|al)\s?(?:a |o |el )?(?P<last>{_NAME})\b"
    rf"|\b(?P<one>{_NAME})\b"
    r"|\b(?P<all>todos os dias|todo dia|every ?day|diariamente|7 dias|todos los dias|daily|semana toda|dias uteis"
    r"|weekdays)\b|\b(?P<end>(?:fi[mn]s? de semanas?|weekends?))\b"
)


def speaks_of_hours(read: Scan) -> bool:
    """Whether a sentence is about every week ("aos sábados", "atendo de segunda a sexta"), not about one date."""
    if any(_is_day(one) and re.search(r"\d|hoje|amanha|tod|tom", _said(one, read)) for one in read.found):
        return False
    if read.source.rstrip(" \"')").endswith("?") or not _DAYS.search(read.source):
        return False
    exact = any(isinstance(one.value, Window) and one.value.first == one.value.last for one in read.found)
    ranged = not exact and any(match["first"] for match in _DAYS.finditer(read.source))
    somebody = re.search(r"\b(?:voce|vc|te|lhe|seu|sua|you|your|tu|su)\b", read.source)
    return bool(ranged or (not somebody and (_EVERY_WEEK.search(read.source) or _OPENS.search(read.source))))


def _wrong_hours(read: Scan, opening: frozenset[tuple[int, time]]) -> str | None:
    """Return what a sentence says of opening days and hours that is not so."""
    if not opening:
        return "unknown opening hours"
    named = list(_DAYS.finditer(read.source))
    starts = [0, *(match.end() for match in named[:-1])]
    ends = [*(match.start() for match in named[1:]), len(read.source)]
    for day, start, end in zip(named, starts, ends, strict=True):
        days, piece = _weekdays(day), read.source[start:end]
        is_open = {weekday for weekday, _ in opening} & days
        if is_open != (set() if _SHUT.search(piece) else days):
            return f"wrong opening days {day.group()}"
        since = 0 if day is named[0] else day.start()
        clocks = [clock for one in read.found if since <= one.start < end for clock in _clocks(one)]
        if not all(any((weekday, reading) in opening for reading in clock) for weekday in days for clock in clocks):
            return f"wrong opening hours {day.group()}"
    return None


def _weekdays(match: re.Match[str]) -> set[int]:
    if match["one"]:
        return {_index(match["one"])}
    if match["end"]:
        return {5, 6}
    if match["all"]:
        return set(range(5)) if match["all"] in ("dias uteis", "weekdays") else set(range(7))
    first, last = _index(match["first"]), _index(match["last"])
    return {(first + n) % 7 for n in range((last - first) % 7 + 1)}


def _index(name: str) -> int:
    return next(index for index, names in enumerate(_WEEK) if name.startswith(tuple(names.split("|"))))


# --- Dates and times -----------------------------------------------------------------------------------------


def _is_day(mention: Mention) -> bool:
    value = mention.value
    return isinstance(value, Fixed | Weekday) or (isinstance(value, Doubt) and value.about is not None)


def _in_order(found: list[Mention]) -> list[Mention]:
    """Return the mentions each day before its times: "15h de quinta ou 10h de sexta" is read backwards."""
    days = [mention for mention in found if _is_day(mention)]
    if not days or _is_day(found[0]):
        return found
    if _is_day(found[-1]):
        return found[::-1]
    return [days[0], *(mention for mention in found if mention is not days[0])]


def _heading_days(heading: Heading, *, dates: frozenset[date]) -> list[frozenset[date]]:
    if heading.read is None:
        return []
    known = [_matching(day, read=heading.read, dates=dates) for day in heading.read.found if _is_day(day)]
    return [days for days in known if days is not None]


def _paired(days: frozenset[date], mention: Mention, pairs: frozenset[tuple[date, time]]) -> bool:
    """Whether an exact time is known for one of the days; a range ("das 9h às 18h") is no appointment."""
    if not isinstance(mention.value, Window) or mention.value.first != mention.value.last:
        return True
    return any((day, reading) in pairs for day in days for clock in _clocks(mention) for reading in clock)


def _said(mention: Mention, read: Scan) -> str:
    return read.source[mention.start : mention.end].strip()


def _matching(mention: Mention, *, read: Scan, dates: frozenset[date]) -> frozenset[date] | None:
    """Return the known dates that a mention may mean; None when it means no single day ("semana que vem")."""
    value, said = mention.value, _said(mention, read)
    if isinstance(value, Weekday):
        return None if _EVERY_WEEK.search(said) else frozenset(day for day in dates if day.weekday() == value.index)
    if isinstance(value, Doubt) and re.search(r"semana|week|\bmes\b|month", said):
        return None
    if isinstance(value, Doubt):
        return frozenset(day for day in dates if day == value.about)
    if not isinstance(value, Fixed):
        return None
    if value.first != value.last:
        known = value.first in dates and value.last in dates
        return None if known or not re.search(r"\d", said) else frozenset()
    if re.search(r"\d", said) and not re.search(r"\d{4}", said):
        # Without a year "10/10" is also the one of an appointment long past.
        return frozenset(day for day in dates if (day.day, day.month) == (value.first.day, value.first.month))
    return frozenset(day for day in dates if day == value.first)


def _disagreement(read: Scan, *, dates: frozenset[date]) -> str | None:
    """Return a weekday that stands beside a date which falls on another ("terça, 26/11" on a Thursday)."""
    for first, second in pairwise(read.found):
        if not _SAME_DAY.fullmatch(read.text[first.end : second.start]):
            continue
        names = [mention for mention in (first, second) if isinstance(mention.value, Weekday)]
        others = [mention for mention in (first, second) if isinstance(mention.value, Fixed | Doubt)]
        if len(names) == len(others) == 1:
            days = _matching(others[0], read=read, dates=dates)
            if days and all(day.weekday() != getattr(names[0].value, "index", None) for day in days):
                return f"{_said(names[0], read)} and {_said(others[0], read)} are not the same day"
    return None
