"""When somebody wants to come: "quinta às 15h", "semana que vem de manhã" -> dates and times, or a question.

A wrong date costs a client, so nothing is guessed: what has two meanings comes back as `Unsure` with the question
to ask. Portuguese first, everyday English and Spanish too; day before month. A text is spelled alike (`_when_words`),
rid of what only looks like a time (`_when_noise`) and read by small rules (`_when_days`, `_when_clocks`); of what they
find the wishes are picked (`_when_wishes`) and weighed together (`_when_weighing`).
"""

import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise

from language._when_clocks import CLOCK_RULES, read_delays
from language._when_days import DAY_RULES
from language._when_noise import LENGTHS, NOISE
from language._when_questions import Question, put, tell_language
from language._when_weighing import Span, over, weigh_days, weigh_times
from language._when_wishes import wished
from language._when_words import Doubt, Fixed, Mention, Part, Scan, Weekday, Window, normalise

# Where a bare hour ("às 3") is looked for when the professional's hours are not known.
ORDINARY_HOURS = (dt.time(7), dt.time(20))


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
    """What was said has two meanings, or none: one short question to the client."""

    question: str

    def as_json(self) -> dict[str, str]:
        return {"unsure": self.question}


def parse(
    text: str, *, now: dt.datetime, hours: Span | None = None, language: str | None = None
) -> When | Unsure | None:
    """Return when `text` means, seen from `now` (aware, in the professional's zone); None if it says nothing of it.

    `hours`: the professional's opening span, inside which a bare hour is read. Never raises; no date before today.
    `language`: of a question, "pt", "en" or "es"; without it the text's own.
    """
    read = _read(_COURTESY.sub("", normalise(text)), now=now)
    answer = _weigh(read, hours=hours or ORDINARY_HOURS)
    if isinstance(answer, Doubt):
        return Unsure(put(answer.question, *answer.choices, language=language or tell_language(read.source)))
    return answer


def scan(text: str, *, now: dt.datetime) -> Scan:
    """Return everything that `text` says about days and clock times, each thing on its own."""
    return _read(normalise(text), now=now)


def _read(text: str, *, now: dt.datetime) -> Scan:
    found = Scan(text, now)
    found.hide(NOISE)
    read_delays(found)
    found.apply(DAY_RULES)
    found.hide(LENGTHS)
    found.apply(CLOCK_RULES)
    found.found.sort(key=lambda mention: mention.start)
    return found


def which(text: str) -> Unsure:
    """Return the question to somebody who has said nothing of when."""
    return Unsure(put(Question.WHICH, language=tell_language(normalise(text))))


_COURTESY = re.compile(r"\b(?:por favor|pfvr?|por gentileza|please|entao|viu|ne)\b ?")
# What no rule has read, though it changes what was: a number right behind ("às 15 ou 16"), "ou qualquer dia".
_UNREAD = re.compile(
    r"[DT][=_]*\s?(?:[,/-]|\b(?:e|ou|or|o|y|and|a)\b)?\s?\d{1,2}(?:[.:]\d\d)?"
    r"(?=\s?(?:$|[,;!?)X]|\.(?!\d)|para \d|\b(?:e|ou|or|y|and|as|da|de)\b))"
    r"|D=*,? \d{1,2} (?:works|ok|is|funciona|pode|da|serve|rola|ta)\b"
    r"|D=*,? \d{3,4}(?=\s?(?:$|[,;!?.X]|para \d))|\b(?:as|at|a las) \d{1,2}(?=\s?(?:$|[,.!?;X]|para \d|e \d))"
    r"|D=*\.?/\d|\w/[DT]|[DT][=_]*/[a-z]|[DT][=_]* (?:ou|or|o) (?:qualquer|any|cualquier)\b"
    r"|\bat the latest\b|\bcomo X|[DT][=_]* no (?:maximo|mais tardar)\b"
    r"|\bno (?:maximo|mais tardar) (?:as |a |na )?[DT]"
)


def _weigh(read: Scan, *, hours: Span) -> When | Doubt | None:
    kept = wished(read)
    if isinstance(kept, Doubt):
        return kept
    if not kept:
        return None
    doubt = next((mention.value for mention in kept if isinstance(mention.value, Doubt)), None)
    if doubt or _UNREAD.search(read.text):
        return doubt or Doubt(Question.WHICH)
    span = weigh_times([m.value for m in kept if isinstance(m.value, Window | Part)], hours=hours)
    if isinstance(span, Doubt):
        return span
    days = weigh_days([m.value for m in kept if isinstance(m.value, Fixed | Weekday)], now=read.now, span=span)
    if isinstance(days, Doubt) or _either(kept, text=read.text):
        return days if isinstance(days, Doubt) else Doubt(Question.DAY)
    wish = When(*days, *span)
    return Doubt(Question.OVER) if wish.date == read.today and over(span, now=read.now) else wish


_OR = re.compile(r"\b(?:ou|or|o (?=el )|e|and|y|mas|but|pero|se nao|senao|si no|otherwise|para)\b")


def _either(mentions: list[Mention], *, text: str) -> bool:
    """Whether two days are named one or the other; "quinta ou dia 26" may both be the same day."""
    days = [mention for mention in mentions if isinstance(mention.value, Fixed | Weekday)]
    return any(one.value != other.value and _OR.search(text[one.end : other.start]) for one, other in pairwise(days))
