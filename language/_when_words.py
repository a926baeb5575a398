"""The vocabulary of dates and times in Portuguese, English and Spanish, and one spelling for all of it.

`normalise` turns what a person typed into lower-case ASCII with digits, so that the rules stay few. Below it: the
kinds of things a text can say about when, which the rules find and `when.py` weighs.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from language._when_names import HUNDREDS, ONES, TEENS, TENS, UNITS, words
from language._when_questions import Choice, Question

# A longer message is a story, not a wish for an appointment; what follows is not read.
LONGEST_TEXT = 2_000


_ACCENTS_THAT_MATTER = (
    (re.compile(r"\bàs?\b"), "as"),
    (re.compile(r"\bestá\b"), "ta"),
    (re.compile(r"\bé\b"), "eh"),
    (re.compile(r"½"), " e meia"),
)

_SPELLINGS = tuple(
    (re.compile(pattern), better)
    for pattern, better in (
        (r"([a-vx-z])\1{2,}", r"\1"),
        (r"(?<=[a-z][a-z])(?=\d{1,2}(?!\d))", " "),
        (r"(?<=\d);(?=\d\d\b)", ":"),
        (r"(?<=\dh)\.(?=\d\d)", ""),
        (r"\b(?:hj|oje|hje)\b", "hoje"),
        (r"\b(?:tomm?orr?ow|tmrw|tmw|2morrow|2moro)\b", "tomorrow"),
        (r"\bk(?=[iu]\w*(?:nta|rta)\b)", "qu"),
        (r"\bquu", "qu"),
        (r"\b[cs]esta(?=[\s-]feira)", "sexta"),
        (r"\bsem\b\.?(?= que vem| q vem)|(?<=prox )sem\b|(?<=proxima )sem\b", "semana"),
        (r"\bn(?:aum|aun)?\b(?!\.? ?\d)", "nao"),
        (r"(?<!daqui )\b(?:a|as) uma(?= horas?\b|\s?$|\s?[,.!?])", "as 1"),
        (r"\bno (?=antes de|despues de|por las?\b|a las\b)", "nao "),
        (r"\bmatina\b", "manha"),
        (r"\bmeia[ -]?noite\b", "meianoite"),
        (r"\bmeio[ -]?dia\b", "meiodia"),
        (r"\b(segunda|terca|quarta|quinta|sexta|[2-6]a)feira\b", r"\1 feira"),
        (r"(?<![\d'])\bd(?= [a-z])", "de"),
        (r"\b(?:menha|mnha|mahna|manh|mamha)\b", "manha"),
        (r"\b(?:noit|noti|nit)\b", "noite"),
        (r"\bsegundona\b", "segunda"),
        (r"(?<=[\dh]) ?(?:e )?1/2\b(?!/)", " e meia"),
        (r"\bhorinhas?\b", "horas"),
        (r"(?<=os )domingos\b", "domingo"),
        (r"\b(\d{1,2})ish\b", r"around \1"),
        (r"\b(as \d{1,2}) ([0-5][05])(?=\s?(?:$|[,.!?;]))", r"\1:\2"),
        (
            rf"((?:\d|\b(?:{words([*UNITS, *TEENS])})) de |\d[ /-])dez\b(?! (?:min|reais))",
            r"\1dezembro",
        ),
        (r"\b(?:amanhan|amnha|amnh|amn|amanh|amanhaa|amanna|amahna|amamha|amanhah|amahha)\b", "amanha"),
        (r"\b(?:dps|dpois|depos|depoi)\b", "depois"),
        (r"\bdepois d amanha\b", "depois de amanha"),
        (r"\bque ven\b|\bq vem\b|\bqvem\b|\bque vm\b", "que vem"),
        (r"\bp/\s?", "para "),
        (r"\bpra\b", "para"),
        (r"\bpras\b|\bp as\b", "para as"),
        (r"\bpro\b", "para o"),
        (r"\bapartir\b", "a partir"),
        (r"\bprox\b\.?", "proxima"),
        (r"\b(?:segnda|segunga|sgunda|segudna)\b", "segunda"),
        (r"\b(?:tersa|terc|terca)\b", "terca"),
        (r"\b(?:qarta|quarda|qurta)\b", "quarta"),
        (r"\b(?:qinta|quintta|quinat|qunta)\b", "quinta"),
        (r"\bquita(?=[\s-]feira|\s+as\s|\s+que vem|\s*,\s*as\s)", "quinta"),
        (r"\bsesta(?=[\s-]feira|\s+as\s|\s+que vem|\s*,\s*as\s)", "sexta"),
        (r"\b(?:sabdo|sabadao)\b", "sabado"),
        (r"\b(?:domigo|doming|domingao)\b", "domingo"),
        (r"\b(?:feria|fera)\b", "feira"),
        (r"\b(?:semna|seman)\b", "semana"),
        (r"\b(?:fds|final de semana|fin de semana|finde)\b", "fim de semana"),
        (r"(?<!ja )\b(?:nest|ness|est|ess|dest)a (?:mesma |misma )?(manha|tarde|noite|noche)\b", r"hoje a \1"),
        (r"\besta manana\b", "hoje de manha"),
        (r"\bthis (morning|afternoon|evening)\b", r"today in the \1"),
        (r"\btonight\b", "today at night"),
        (r"\b(?:final|finalzinho|fimzinho|ultima hora(?= de la))\b", "fim"),
        (r"\b(?:inicio|comecinho)\b", "comeco"),
        (r"\b(primeiro|primero|1o|uno) (?=de\b)|(?<=\bdia )(primeiro|1o)\b", "1 "),
        (r"(?<=\d)(?:st|nd|rd|th|o)\b", ""),
        (r"\b(?:os )?dias? (\d{1,2}) (a|ao|ate|e|ou|y|o) (?:o )?(?=\d{1,2}\b(?! ?h| horas))", r"dia \1 \2 dia "),
        (r"\b(as|pelas|das|ate|la|at) (?:uma|one|una)\b", r"\1 1"),
        (r"\b(?:uma|una)(?= (?:hora )?(?:e (?:meia|quinze|pouco)|da tarde|da manha|da madrugada|y media))", "1"),
        (r"\b(?:um|uma|un|una)(?= (?:dia|semana|mes)\b)|\b(?:a|an|one)(?= (?:day|week|month)\b)", "1"),
        (
            r"(?:(?<=\dh)|(?<=\dhs)|(?<= hs)|(?<=\dh\d\d)|(?<=\d:\d\d))/(?=\d)|(?<=\d)/(?=(?:as|la) )",
            " ou ",
        ),
        (r"\bone(?= (?:pm|am|p\.m|o'clock)\b)", "1"),
        (r"\b(?<=las )dos\b|\b(?<=en )dos\b|\b(?<=de )dos(?= (?:dias|semanas))", "2"),
        (r"\b(?<=las )once\b|\bonce(?= y (?:media|cuarto))", "11"),
    )
)


def normalise(text: str) -> str:
    """Return `text` as lower-case ASCII: accents off, any script's digits and number words as 0-9, typos mended."""
    text = unicodedata.normalize("NFC", text[:LONGEST_TEXT]).lower()
    for pattern, better in _ACCENTS_THAT_MATTER:
        text = pattern.sub(better, text)
    text = "".join(map(_ascii, unicodedata.normalize("NFKD", text))).lower()
    text = re.sub(r"[ \t\r\f\v]+", " ", re.sub(r"\s*\n\s*", "\n", text)).strip()
    for pattern, better in _SPELLINGS:
        text = pattern.sub(better, text)
    return re.sub(r" {2,}", " ", _count(text)).strip(" ()")


def _ascii(char: str) -> str:
    """Return one character of the normalised text for one decomposed character; never a wrong digit."""
    if char in '_=~*"<>[]|':  # the marks of a reading, see Scan, and of chat
        return " "
    if char.isascii():
        return char
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in {"Mn", "Me", "Cf"}:
        return ""
    return {"Sc": "$", "Pd": "-", "Pi": '"', "Pf": "'"}.get(category, " ")


_NUMBER_WORDS = re.compile(rf"\b(?:{'|'.join([*HUNDREDS, *TENS, *TEENS, *UNITS])})\b")
_NEXT_WORD = re.compile(r"(?: (?:e|y) |-| )([a-z]+)\b")


def _count(text: str) -> str:
    """Replace number words below one thousand by digits ("vinte e cinco" -> "25", "tres e quinze" -> "3 e 15")."""
    out, position = [], 0
    while match := _NUMBER_WORDS.search(text, position):
        value, end = _add_up(text, match.group(), match.end())
        out.append(text[position : match.start()] + str(value))
        position = end
    return "".join(out) + text[position:]


def _add_up(text: str, word: str, end: int) -> tuple[int, int]:
    """Return the value of the number that starts with `word`, and where its last word ends."""
    value = (HUNDREDS | TENS | TEENS | UNITS)[word]
    while following := _NEXT_WORD.match(text, end):
        smaller = _smaller_part(value).get(following.group(1))
        if smaller is None:
            break
        value, end = value + smaller, following.end()
    return value, end


def _smaller_part(value: int) -> dict[str, int]:
    """Return the words that may follow `value` inside one number."""
    if value % 100 == 0:
        return TENS | TEENS | UNITS | ONES
    return UNITS | ONES if value % 10 == 0 and value % 100 > 10 else {}


class Which(StrEnum):
    """Which of the coming Thursdays "quinta" means."""

    PLAIN = "plain"
    COMING = "coming"
    NEXT = "next"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A day, or a span of days with both ends inside it."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday's name: 0 is Monday."""

    index: int
    which: Which = Which.PLAIN


@dataclass(frozen=True, slots=True)
class Doubt:
    """What only the client can settle, of `choices` where there are some; `about`: the date said, where it is one."""

    question: Question
    choices: tuple[Choice, ...] = ()
    about: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time as said; more than one reading when "3" may be 03:00 or 15:00."""

    readings: tuple[time, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Between two clock times; the same twice is an exact time, None an open end."""

    first: Clock | None
    last: Clock | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day."""

    first: time
    last: time


Day = Fixed | Weekday | Doubt
Hour = Window | Part | Doubt


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing said, and where in the marked text."""

    start: int
    end: int
    value: Day | Hour


@dataclass(slots=True)
class Scan:
    """A text while it is read.

    What a rule has read is overwritten, so that no later rule reads it again and rules for "until …" or "from …
    to …" can be written over the marks: "D===" a day, "T___" a time, "X~~~" what only looks like one. Normalised
    text has no capitals, and none of the three signs.
    """

    text: str
    now: datetime
    found: list[Mention] = field(default_factory=list)
    # The same text without marks, for whoever wants to know how a thing was said.
    source: str = field(init=False)

    def __post_init__(self) -> None:
        self.source = self.text

    @property
    def today(self) -> date:
        return self.now.date()

    def mark(self, start: int, end: int, *, letter: str) -> None:
        fill = {"D": "=", "T": "_", "X": "~"}[letter]
        self.text = self.text[:start] + letter + fill * (end - start - 1) + self.text[end:]

    def take(self, start: int, end: int, *, value: Day | Hour) -> None:
        """Remember `value`, in place of what was found inside the same stretch of text."""
        self.found = [mention for mention in self.found if mention.end <= start or mention.start >= end]
        self.found.append(Mention(start, end, value))
        self.mark(start, end, letter="D" if isinstance(value, Fixed | Weekday) else "T")

    def value_at(self, position: int) -> Day | Hour:
        return next(mention.value for mention in self.found if mention.start == position)

    def apply(self, rules: Iterable["Rule"]) -> None:
        """Read with each rule in order; a builder that answers None leaves the words to later rules."""
        for pattern, build in rules:
            position = 0
            while match := pattern.search(self.text, position):
                value = build(match, self)
                if value is not None:
                    self.take(match.start(), match.end(), value=value)
                position = max(match.end(), match.start() + 1)

    def hide(self, pattern: re.Pattern[str]) -> None:
        """Overwrite what only looks like a time."""
        for match in list(pattern.finditer(self.text)):
            self.mark(match.start(), match.end(), letter="X")


Builder = Callable[[re.Match[str], Scan], Day | Hour | None]
Rule = tuple[re.Pattern[str], Builder]


def compile_rules(*rules: tuple[str, Builder]) -> tuple[Rule, ...]:
    """Return the rules ready for `Scan.apply`."""
    return tuple((re.compile(pattern), build) for pattern, build in rules)
