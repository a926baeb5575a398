"""The figures that a sentence says: of which kinds each may be, its value, and where it stands.

A sentence is read plain: in small letters, without accents and marks of emphasis.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from assistant.truth.facts import Kind, number
from assistant.truth.words import (
    EARNED,
    ENGLISH_MONTHS,
    EXPECTED,
    LABELS,
    MONTHS,
    NONE,
    ONLY_ONE,
    SHORT_MONTHS,
    STRUCTURE,
    TENS,
    WORDED,
)

_AMOUNT = r"\d+(?:[.,]\d+)*"
# "Sete", "trinta", "trinta e três", "thirty-three".
_UNIT = "|".join([*WORDED, "um", "uma", "one", "uno", "una"])
_IN_WORDS = rf"\b(?:(?:{'|'.join(TENS)})(?:(?: e | y |-| )(?:{_UNIT}))?|{'|'.join(WORDED)})\b"
MONEY = re.compile(
    rf"r\$ ?(?P<a>{_AMOUNT})|(?P<b>{_AMOUNT}) ?(?:reais|real|brl)\b|\b(?P<c>\d{{1,3}}(?:[.,]\d{{3}})+[.,]\d\d)\b(?! ?%)"
)
_PERCENT = re.compile(rf"(?P<a>{_AMOUNT}|{_IN_WORDS}) ?(?:%|por ?cento|percent|por ciento)")
_ENGLISH = "|".join([*ENGLISH_MONTHS.split(), *SHORT_MONTHS])
# "20/11", "20 de novembro", "November 20,"; "outubro, 9" is nine of something in October.
DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:/(?P<month>\d{{1,2}})(?:/\d{{2,4}})?\b| (?:de |of )?(?P<named>{'|'.join(MONTHS)})\b)"
    rf"|\b(?P<first>{_ENGLISH})\.? (?P<behind>\d{{1,2}})(?:st|nd|rd|th)?(?=,| at\b|\.| ?[()]|$)"
)
# A day of whichever month: "sexta, dia 20".
_DAY = re.compile(r"\bdia (?P<day>\d{1,2})\b(?!/| de\b)")
_TIME = re.compile(
    r"\b(?P<hour>\d{1,2})(?::(?P<minute>\d\d)|(?= ?[ap]\.?m\b)| ?h(?P<more>\d\d)?\b)(?: ?(?P<half>[ap])\.?m\b)?"
    rf"|\b(?:as|at|a las) (?P<bare>\d{{1,2}}|{_IN_WORDS})(?: ?horas?\b)?(?: (?:da|de la|in the) (?P<part>\w+))?"
    r"(?=$|[,.;)]| e\b| and\b| y\b| com\b| with\b| con\b)"
)
_PAIR = re.compile(
    rf"\b(?P<part>\d+|{_IN_WORDS}) (?:(?:vezes|veces|times|faltas|ausencias|no-shows|missed sessions) )?"
    rf"(?:d[aeo]s?|of(?: the| your)?|em|out of|sobre|de las) (?P<whole>\d+|{_IN_WORDS})\b"
)
_OF_A_TOTAL = re.compile(r"\b(?:de|em|of|from|sobre) (?:um|a|un) total (?:de|of) (?P<whole>\d+)\b")
# In Portuguese "dos" is "of the", in Spanish two.
_COUNT = re.compile(
    rf"{_AMOUNT}|{_IN_WORDS}|{ONLY_ONE}"
    r"|\bdos(?= (?:ausencias|citas|cancelaciones|sesiones|clientes nuevos|nuevos clientes)\b)"
)
_STILL_TO_COME = re.compile(r"\ba receber\b|\bexpected\b|\bprevist|\bpor cobrar\b|\bpendente")
# Where one part of a sentence ends and another month's or person's may begin.
PART = re.compile(r";|\||,(?!\d)|\b(?:e|and|y|mas|but|pero|enquanto|while|contra|versus|vs)\b")
_PARTS = (Kind.NO_SHOWS, Kind.COMPLETED, Kind.CANCELLED)


@dataclass(frozen=True, slots=True)
class Said:
    """A figure as it is said: the kinds that it may be of, its value, and where it stands in the plain sentence."""

    kinds: tuple[Kind, ...]
    value: Decimal | str
    span: tuple[int, int]


def said_in(text: str) -> Iterator[Said]:
    """Yield every figure of a sentence with the kinds that it may be of; what was read is not read again."""
    for pattern, read in _READERS:
        for found in pattern.finditer(text):
            yield from read(found)
        text = pattern.sub(blank, text)


def _money(found: re.Match[str]) -> Iterator[Said]:
    """An amount may be what is said behind it in its part, else before it there, else in the sentence."""
    text, (start, end) = found.string, found.span()
    behind, before = PART.split(text[end:], 1)[0], PART.split(text[:start])[-1]
    kinds: tuple[Kind, ...] = (Kind.REVENUE, Kind.PRICE, Kind.EXPECTED)
    for said in (behind, before, text):
        if EXPECTED.search(said):
            kinds = (Kind.EXPECTED, Kind.PRICE)
            break
        if EARNED.search(said):
            kinds = (Kind.REVENUE,)
            break
    yield Said(kinds, number(found["a"] or found["b"] or found["c"]), found.span())


def _rate(found: re.Match[str]) -> Iterator[Said]:
    yield Said((Kind.RATE,), _value(found["a"]), found.span())


def _date(found: re.Match[str]) -> Iterator[Said]:
    yield Said((Kind.DATE,), day_of(found), found.span())


def _any_month(found: re.Match[str]) -> Iterator[Said]:
    yield Said((Kind.DATE,), f"{int(found['day']):02}/", found.span())


def _clock(found: re.Match[str]) -> Iterator[Said]:
    hour = int(found["hour"] or _value(found["bare"]))
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    elif hour < 12 and found["part"] in ("tarde", "noite", "noche", "afternoon", "evening"):
        hour += 12
    yield Said((Kind.TIME,), f"{hour:02}:{found['minute'] or found['more'] or '00'}", found.span())


def _nothing(_found: re.Match[str]) -> Iterator[Said]:
    yield from ()


def _of_a_total(found: re.Match[str]) -> Iterator[Said]:
    yield Said((Kind.SESSIONS, Kind.TOTAL), Decimal(found["whole"]), found.span("whole"))


def _pair(found: re.Match[str]) -> Iterator[Said]:
    """ "9 de 72" are no-shows of sessions, unless "63 dos 81 atendimentos foram realizados" is said."""
    behind = re.split(r"[,;.:()]|\d", found.string[found.end() :])[0]
    before = re.split(r"[,;:()]|\d", found.string[: found.start()])[-1]
    said = [kinds for part in (behind, before) for _start, kinds in _labels(part)]
    part = next((kinds for kinds in said if kinds[0] in _PARTS), (Kind.NO_SHOWS,))
    _start, of = min(_labels(behind), key=itemgetter(0), default=(0, (Kind.SESSIONS,)))
    yield Said(part, _value(found["part"]), found.span("part"))
    whole = Kind.TOTAL if Kind.TOTAL in of and Kind.SESSIONS not in of else Kind.SESSIONS
    yield Said((whole,), _value(found["whole"]), found.span("whole"))


def _count(found: re.Match[str]) -> Iterator[Said]:
    """A plain number, in digits or as a word, is of the kinds of the label that stands nearest."""
    yield Said(_nearest_label(found.string, *found.span()), _value(found.group()), found.span())


def _value(said: str) -> Decimal:
    """Return a number in digits or in words; a word that counts nothing else is the one of "apenas um"."""
    if not said[0].isalpha():
        return number(said)
    words = [word for word in re.split(r"[ -]", said) if word not in ("e", "y")]
    tens = sum(TENS.get(word, 0) for word in words)
    unit = 0 if words[-1] in TENS else 2 if words[-1] == "dos" else WORDED.get(words[-1], 1)
    return Decimal(tens + unit)


# In this order: what a reader took is blank for those behind it.
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Said]]], ...] = (
    (MONEY, _money),
    (_PERCENT, _rate),
    (DATE, _date),
    (_DAY, _any_month),
    (_TIME, _clock),
    (STRUCTURE, _nothing),
    (_OF_A_TOTAL, _of_a_total),
    (_PAIR, _pair),
    (_COUNT, _count),
)


def day_of(date: re.Match[str]) -> str:
    """Return a found DATE as "20/11"."""
    month = int(date["month"] or (MONTHS | SHORT_MONTHS)[date["named"] or date["first"]])
    return f"{int(date['day'] or date['behind']):02}/{month:02}"


def denied_in(text: str) -> Iterator[Said]:
    """Yield a zero for everything that there is said to be none of."""
    for found in NONE.finditer(text):
        # "Não faltou" has its label inside.
        behind = re.split(r"[,;.:]|\d", text[found.start() :])[0]
        if kinds := _to_come(behind) or first_label(behind):
            yield Said(kinds, Decimal(0), found.span())


def _to_come(text: str) -> tuple[Kind, ...] | None:
    """Return the kind of an amount of which there is none: "nada a receber", "nothing else expected"."""
    return (Kind.EXPECTED,) if _STILL_TO_COME.search(text) else None


def _nearest_label(text: str, start: int, end: int) -> tuple[Kind, ...]:
    """Return the kinds of the nearest label: behind the number first ("9 faltas"), else before it ("Faltas: 9")."""
    stop = re.search(r"[,;.:()|]|\be\b|\band\b|\by\b|\d", text[end:])
    behind = text[end : end + (stop.start() if stop else len(text))]
    if _value(text[start:end]) == 0 and (kinds := _to_come(behind)):
        return kinds
    if kinds := first_label(behind):
        done = first_label(PART.split(text[:start])[-1])
        # "Foram realizadas 63 sessões", "foram cancelados seis atendimentos".
        return (
            done
            if done and done[0] in (Kind.COMPLETED, Kind.CANCELLED) and kinds[0] in (Kind.SESSIONS, Kind.TOTAL)
            else kinds
        )
    before = re.split(r"[,;()]|\d\b|\band\b", text[:start])[-1]
    return first_label(before) or first_label(text) or (Kind.TOTAL, Kind.COMING)


def first_label(text: str) -> tuple[Kind, ...] | None:
    """Return the kinds of the most special label: "sessões realizadas", "atendimentos cancelados"."""
    return next((kinds for _start, kinds in _labels(text)), None)


def _labels(text: str) -> Iterator[tuple[int, tuple[Kind, ...]]]:
    """Yield where labels begin and their kinds, the more special ones first."""
    return ((match.start(), kinds) for label, kinds in LABELS if (match := label.search(text)))


def blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
