"""When somebody wants to come: "quinta às 15h", "semana que vem de manhã" -> dates and times, or a question.

A wrong date costs a client, so nothing is guessed: what has two meanings comes back as `Unsure` with the question
to ask. Portuguese first, everyday English and Spanish too; day before month, always. How days are said stands in
`_when_days`, spelling and what is no time at all in `_when_words`; clock times and the weighing of it all here.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from language._when_clocks import CLOCK_RULES, read_delays
from language._when_days import DAY_RULES, label, settle
from language._when_words import (
    LENGTHS,
    NOISE,
    Clock,
    Doubt,
    Fixed,
    Mention,
    Part,
    Scan,
    Weekday,
    Window,
    normalise,
)

# Where a bare hour ("às 3") is looked for when the professional's hours are not known.
ORDINARY_HOURS = (dt.time(7), dt.time(19))

Span = tuple[dt.time, dt.time]
Days = tuple[dt.date | None, dt.date | None]
Times = tuple[dt.time | None, dt.time | None]

OTHER_TIME = "Qual outro dia e horário você prefere?"


@dataclass(frozen=True, slots=True)
class When:
    """A wish in local wall time. Dates: both None when only a time was said, equal for one day, `date_to` inclusive.

    Times: both None when none was said, equal for an exact time; one of two is None for "depois das 17h".
    """

    date_from: dt.date | None = None
    date_to: dt.date | None = None
    time_from: dt.time | None = None
    time_to: dt.time | None = None

    @property
    def date(self) -> dt.date | None:
        """The one day, or None."""
        return self.date_from if self.date_from == self.date_to else None

    @property
    def time(self) -> dt.time | None:
        """The exact time, or None."""
        return self.time_from if self.time_from == self.time_to else None

    def as_json(self) -> dict[str, str]:
        """Return what was said, ISO dates and HH:MM; ranges as `…_from` and `…_to`."""
        days = {"date": self.date} if self.date else {"date_from": self.date_from, "date_to": self.date_to}
        clock = {"time": self.time} if self.time else {"time_from": self.time_from, "time_to": self.time_to}
        said = {name: f"{value:%Y-%m-%d}" for name, value in days.items() if value}
        return said | {name: f"{value:%H:%M}" for name, value in clock.items() if value}


@dataclass(frozen=True, slots=True)
class Unsure:
    """What was said has two meanings, or none: one short question to the client, in Portuguese."""

    question: str

    def as_json(self) -> dict[str, str]:
        return {"unsure": self.question}


def parse(text: str, *, now: dt.datetime, hours: Span | None = None) -> When | Unsure | None:
    """Return when `text` means, seen from `now` (aware, in the professional's zone); None if it says nothing of it.

    `hours`: the professional's opening span, inside which a bare hour is read. Never raises; no date before today.
    """
    mentions = scan(text, now=now)
    kept = _wished(mentions)
    if isinstance(kept, Unsure):
        return kept
    if not kept:
        return None
    doubt = next((mention.value for mention in kept if isinstance(mention.value, Doubt)), None)
    if doubt:
        return Unsure(doubt.question)
    span = _weigh_times([m.value for m in kept if isinstance(m.value, Window | Part)], hours=hours or ORDINARY_HOURS)
    if isinstance(span, Unsure):
        return span
    days = _weigh_days([m.value for m in kept if isinstance(m.value, Fixed | Weekday)], now=now, span=span)
    if isinstance(days, Unsure):
        return days
    wish = When(*days, *span)
    return _refuse_past(wish, now=now) or wish


def scan(text: str, *, now: dt.datetime) -> Scan:
    """Return everything that `text` says about days and clock times, each thing on its own."""
    found = Scan(normalise(text), now)
    read_delays(found)
    found.hide(NOISE)
    found.apply(DAY_RULES)
    found.hide(LENGTHS)
    found.apply(CLOCK_RULES)
    found.found.sort(key=lambda mention: mention.start)
    return found


# --- Which of the mentions are wishes ------------------------------------------------------------------------

_CLAUSE = re.compile(
    r"(.*?)([,;!?\n]|\.(?!\d)|\b(?:mas|porem|but|pero|so da|so pode|so posso|pode ser|pode)\b|$)", re.DOTALL
)
_REFUSAL = re.compile(
    r"\bnao\s+(?:posso|consigo|da|dara|vou|poderei|rola|serve|quero|pode|e|eh|tenho|estarei|estou|trabalho"
    r"|precisa|na|no)\b"
    r"|\bnao\s*$|^\s*nao [DT]|\b(?:menos|exceto|sem ser|tirando|except)\s|\b(?:can't|cannot|can not)\b"
    r"|\bno (?:puedo|la|el)\b"
)
_INSTEAD = re.compile(r"\b(?:em vez|ao inves|no lugar|instead|en vez) (?:de |da |do |of )(?:a |o |la |el )?$")
_MOVE = re.compile(
    r"\b(?:remarc|mud|troc|pass|adi[ae]|antecip|transfer|reagend|reschedul|mov[ei]|chang|cambi|postpon|push"
    r"|altera)[a-z]*\b"
)
_TO = re.compile(r"\b(?:para|pro|por|pela|pelo|to|a)\s(?:(?:o|a|as|el|las|la|dia|the|next)\s)*(?=[DT])")
_OLD = re.compile(
    r"\b(?:sessao|consulta|horario|hora|aula|atendimento|corte|encontro|visita|appointment|session|cita"
    r"|turno|marcad[oa])s?"
    r"\s(?:(?:que (?:eu )?tenho |que esta |que ta |ta |marcad[oa] |agendad[oa] )+(?:para )?|(?<=marcad[oa] )para )?"
    r"(?:de|da|do|das|on|at|del|na|no|as|em|is|from)?\s?"
    r"(?:(?:o|a|as|dia|la|el|las)\s)?(?P<old>[DT])"
)


def _wished(read: Scan) -> list[Mention] | Unsure:
    """Return the mentions that are wishes: not what is refused ("quinta não posso"), not the time to move away from."""
    kept = [mention for mention in read.found if not _refused(mention, text=read.text)]
    if read.found and not kept:
        return Unsure(OTHER_TIME)
    return _moved_to(kept, text=read.text) if kept and _MOVE.search(read.text) else kept


def _refused(mention: Mention, *, text: str) -> bool:
    """Whether the mention's clause refuses it; a question ("não tem quinta?") asks for it instead."""
    if _INSTEAD.search(text[: mention.start]):
        return True
    for clause in _CLAUSE.finditer(text):
        if clause.start() <= mention.start < clause.end() and clause.group(1):
            return clause.group(2) != "?" and bool(_REFUSAL.search(clause.group(1)))
    return False


def _moved_to(mentions: list[Mention], *, text: str) -> list[Mention] | Unsure:
    """Return what a client who moves an appointment moves it to."""
    for target in _TO.finditer(text):
        later = [mention for mention in mentions if mention.start >= target.end()]
        if later and len(later) < len(mentions):
            mentions = later
            break
    old = _OLD.search(text)
    start = old.start("old") if old else -1
    if old and any(mention.start == start for mention in mentions):
        gone = [
            m
            for m in mentions
            if start <= m.start and re.fullmatch(r"[^,;.!?]{0,6}", text[_end(text, start) : m.start])
        ]
        mentions = [mention for mention in mentions if mention not in gone]
    return mentions or Unsure("Para qual dia e horário você quer mudar?")


def _end(text: str, start: int) -> int:
    mark = re.compile(r"[DT][=_]*").match(text, start)
    return mark.end() if mark else start


# --- Clock times ---------------------------------------------------------------------------------------------


def _weigh_times(said: Sequence[Window | Part], *, hours: Span) -> Times | Unsure:
    """Return the one stretch of the day that all the mentions together leave."""
    parts = [part for part in said if isinstance(part, Part)]
    span = _narrow([(part.first, part.last) for part in parts])
    if span is None or (span[0] and span[0] == span[1]):
        return Unsure("Qual horário você prefere?")
    windows = list(dict.fromkeys(window for window in said if isinstance(window, Window)))
    read = [_read_window(window, hours=_known(span) or hours) for window in windows]
    unclear = next((window for window in read if isinstance(window, Unsure)), None)
    if unclear:
        return unclear
    clear = list(dict.fromkeys(window for window in read if not isinstance(window, Unsure)))
    exact = [first for first, last in clear if first == last and first]
    if len(exact) > 1:
        return Unsure(f"Qual horário você prefere: {' ou '.join(f'{each:%H:%M}' for each in exact)}?")
    return _narrow([*clear, span]) or Unsure("Qual horário você prefere?")


def _known(span: Times) -> Span | None:
    return (span[0], span[1]) if span[0] and span[1] else None


def _narrow(spans: Sequence[Times]) -> Times | None:
    """Return what all spans share; None when they share nothing."""
    starts = [first for first, _ in spans if first]
    ends = [last for _, last in spans if last]
    first, last = max(starts, default=None), min(ends, default=None)
    return None if first and last and first > last else (first, last)


def _read_window(window: Window, *, hours: Span) -> Times | Unsure:
    """Return the window with each bare hour read inside `hours`; a question when both readings fit, or none."""
    first, last = window.first, window.last
    if first and last and first is not last and first != last:
        return _read_pair(first, last, hours=hours)
    clock = first or last
    found = _fit(clock, hours=hours) if clock else None
    if found is None:
        return Unsure(_morning_or_evening(clock))
    return (found if first else None), (found if last else None)


def _read_pair(first: Clock, last: Clock, *, hours: Span) -> Times | Unsure:
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
    return Unsure("De que horas até que horas?")


def _length(pair: Span) -> int:
    return (pair[1].hour - pair[0].hour) * 60 + pair[1].minute - pair[0].minute


def _fit(clock: Clock, *, hours: Span) -> dt.time | None:
    """Return the only possible reading; closing time counts only when nothing before it fits."""
    if len(clock.readings) == 1:
        return clock.readings[0]
    inside = [reading for reading in clock.readings if hours[0] <= reading < hours[1]]
    inside = inside or [reading for reading in clock.readings if reading == hours[1]]
    return inside[0] if len(inside) == 1 else None


def _morning_or_evening(clock: Clock | None) -> str:
    readings = " ou ".join(f"{reading:%H:%M}" for reading in clock.readings) if clock else ""
    return f"Você quer dizer {readings}?"


# --- Days ----------------------------------------------------------------------------------------------------


def _weigh_days(said: Sequence[Fixed | Weekday], *, now: dt.datetime, span: Times) -> Days | Unsure:
    """Return the one day or stretch of days that all the mentions agree on."""
    fixed = _innermost([day for day in said if isinstance(day, Fixed)])
    if len(fixed) > 1:
        return Unsure(f"Qual dia você prefere: {' ou '.join(label(day.first) for day in fixed)}?")
    weekdays = list(dict.fromkeys(day.index for day in said if isinstance(day, Weekday)))
    if fixed and weekdays:
        return _agree(fixed[0], weekdays=weekdays, now=now)
    settled = [settle(day, today=now.date(), passed=_over(span, now=now)) for day in said if isinstance(day, Weekday)]
    if len(weekdays) > 1:
        return Unsure(f"Qual dia você prefere: {' ou '.join(_next_label(day, now=now) for day in weekdays)}?")
    if settled:
        # "quinta … na quinta que vem": the more exact of the two speaks.
        day = settled[-1] if len(settled) == 1 else max(settled, key=lambda each: isinstance(each, Doubt))
        return Unsure(day.question) if isinstance(day, Doubt) else (day.first, day.last)
    return (fixed[0].first, fixed[0].last) if fixed else (None, None)


def _innermost(spans: Sequence[Fixed]) -> list[Fixed]:
    """Return the spans that hold no other one: "semana que vem, dia 26" is the 26th."""
    spans = list(dict.fromkeys(spans))
    return [
        span
        for span in spans
        if not any(other != span and span.first <= other.first and other.last <= span.last for other in spans)
    ]


def _agree(span: Fixed, *, weekdays: Sequence[int], now: dt.datetime) -> Days | Unsure:
    """Return the day of the span that has the weekday named beside it; a question when there is none."""
    length = (span.last - span.first).days
    days = [span.first + dt.timedelta(days=n) for n in range(min(length, 31) + 1)]
    days = [day for day in days if day.weekday() in weekdays]
    if len(days) == 1 and len(weekdays) == 1:
        return days[0], days[0]
    if days:
        return Unsure(f"Qual dia você prefere: {' ou '.join(map(label, days[:3]))}?")
    named = _next_label(weekdays[0], now=now)
    return Unsure(f"Você quer dizer {named}?" if length else f"Qual dia você prefere: {label(span.first)}, ou {named}?")


def _next_label(weekday: int, *, now: dt.datetime) -> str:
    return label(now.date() + dt.timedelta(days=(weekday - now.weekday() - 1) % 7 + 1))


def _over(span: Times, *, now: dt.datetime) -> bool:
    """Whether the stretch of the day is past; False when no time was said."""
    first, last = span
    clock = now.time()
    if last is not None:
        return last <= clock
    # "Depois das 17h" lasts until the day ends.
    return False if first is None else clock >= dt.time(22)


def _refuse_past(wish: When, *, now: dt.datetime) -> Unsure | None:
    """Return the question when the wish is for today and its time has passed."""
    if wish.date != now.date() or not _over((wish.time_from, wish.time_to), now=now):
        return None
    return Unsure("Esse horário de hoje já passou. Qual outro dia ou horário você prefere?")
