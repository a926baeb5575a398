"""The figures that a sentence says: of which kinds each may be, its value, and where it stands.

A sentence is read plain: in small letters, without accents and marks of emphasis.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assistant.truth.facts import Kind, number
from assistant.truth.words import EARNED, ENGLISH_MONTHS, EXPECTED, LABELS, MONTHS, NONE, STRUCTURE, WORDED

_AMOUNT = r"\d+(?:[.,]\d+)*"
MONEY = re.compile(
    rf"r\$ ?(?P<a>{_AMOUNT})|(?P<b>{_AMOUNT}) ?(?:reais|real|brl)\b|\b(?P<c>\d{{1,3}}(?:[.,]\d{{3}})+[.,]\d\d)\b(?! ?%)"
)
_PERCENT = re.compile(rf"(?P<a>{_AMOUNT}) ?(?:%|por ?cento|percent|por ciento)")
# "20/11", "20 de novembro", "November 20,"; "outubro, 9" is nine of something in October.
DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:/(?P<month>\d{{1,2}})(?:/\d{{2,4}})?\b| (?:de |of )?(?P<named>{'|'.join(MONTHS)})\b)"
    rf"|\b(?P<first>{'|'.join(ENGLISH_MONTHS.split())}) (?P<behind>\d{{1,2}})(?:st|nd|rd|th)?(?=,| at\b|\.|$)"
)
# A day of whichever month: "sexta, dia 20".
_DAY = re.compile(r"\bdia (?P<day>\d{1,2})\b(?!/| de\b)")
_TIME = re.compile(
    r"\b(?P<hour>\d{1,2})(?::(?P<minute>\d\d)|(?= ?[ap]\.?m\b)| ?h(?P<more>\d\d)?\b)(?: ?(?P<half>[ap])\.?m\b)?"
    r"|\b(?:as|at|a las) (?P<bare>\d{1,2})(?=$|[,.;)]| e\b| and\b| y\b| com\b| with\b| con\b)"
)
_PAIR = re.compile(
    r"\b(?P<part>\d+) (?:(?:vezes|veces|times|faltas|ausencias|no-shows) )?"
    r"(?:d[aeo]s?|of(?: the| your)?|em|out of|sobre|de las) (?P<whole>\d+)\b"
)
_OF_A_TOTAL = re.compile(r"\b(?:de|em|of|from|sobre) (?:um|a|un) total (?:de|of) (?P<whole>\d+)\b")
_NUMBER = re.compile(_AMOUNT)
# In Portuguese "dos" is "of the".
_SPANISH_TWO = r"\bdos(?= (?:ausencias|citas|cancelaciones|sesiones|clientes nuevos|nuevos clientes)\b)"
# Where one part of a sentence ends and another month's or person's may begin.
PART = re.compile(r";|\||,(?!\d)|\b(?:e|and|y|mas|but|pero|enquanto|while|contra|versus|vs)\b")
_PARTS = (Kind.NO_SHOWS, Kind.COMPLETED, Kind.CANCELLED)


@dataclass(frozen=True, slots=True)
class Said:
    """A figure as it is said: the kinds that it may be of, its value, and where it stands in the plain sentence."""

    kinds: tuple[Kind, ...]
    value: Decimal | str
    span: tuple[int, int]


def _money_kinds(text: str, start: int, end: int) -> tuple[Kind, ...]:
    """Return what an amount may be: what is said behind it in its part, else before it there, else in the sentence."""
    behind, before = PART.split(text[end:], 1)[0], PART.split(text[:start])[-1]
    for said in (behind, before, text):
        if EXPECTED.search(said):
            return (Kind.EXPECTED, Kind.PRICE)
        if EARNED.search(said):
            return (Kind.REVENUE,)
    return (Kind.REVENUE, Kind.PRICE, Kind.EXPECTED)


def said_in(text: str) -> Iterator[Said]:
    """Yield every figure of a sentence with the kinds that it may be of."""
    rest = text
    for found in MONEY.finditer(text):
        yield Said(_money_kinds(text, *found.span()), number(found["a"] or found["b"] or found["c"]), found.span())
    rest = MONEY.sub(blank, rest)
    for found in _PERCENT.finditer(rest):
        yield Said((Kind.RATE,), number(found["a"]), found.span())
    rest = _PERCENT.sub(blank, rest)
    for found in DATE.finditer(rest):
        yield Said((Kind.DATE,), day_of(found), found.span())
    rest = DATE.sub(blank, rest)
    for found in _DAY.finditer(rest):
        yield Said((Kind.DATE,), f"{int(found['day']):02}/", found.span())
    rest = _DAY.sub(blank, rest)
    for found in _TIME.finditer(rest):
        yield Said((Kind.TIME,), _clock(found), found.span())
    rest = STRUCTURE.sub(blank, _TIME.sub(blank, rest))
    for found in _OF_A_TOTAL.finditer(rest):
        yield Said((Kind.SESSIONS, Kind.TOTAL), Decimal(found["whole"]), found.span("whole"))
    rest = _OF_A_TOTAL.sub(blank, rest)
    for found in _PAIR.finditer(rest):
        part, whole = _pair_kinds(rest, found)
        yield Said(part, Decimal(found["part"]), found.span("part"))
        yield Said(whole, Decimal(found["whole"]), found.span("whole"))
    rest = _PAIR.sub(blank, rest)
    yield from _counts(rest)


def day_of(date: re.Match[str]) -> str:
    """Return a found DATE as "20/11"."""
    month = int(date["month"]) if date["month"] else MONTHS[date["named"] or date["first"]]
    return f"{int(date['day'] or date['behind']):02}/{month:02}"


def _clock(time: re.Match[str]) -> str:
    """Return a found time as "15:00"."""
    hour = int(time["hour"] or time["bare"])
    if time["half"]:
        hour = hour % 12 + (12 if time["half"] == "p" else 0)
    return f"{hour:02}:{time['minute'] or time['more'] or '00'}"


def _pair_kinds(text: str, pair: re.Match[str]) -> tuple[tuple[Kind, ...], tuple[Kind, ...]]:
    """Return what "9 de 72" is: no-shows of sessions, unless "63 dos 81 atendimentos foram realizados" is said."""
    behind = re.split(r"[,;.:()]|\d", text[pair.end() :])[0]
    before = re.split(r"[,;:()]|\d", text[: pair.start()])[-1]
    labels = [kinds for said in (behind, before) for label, kinds in LABELS if label.search(said)]
    part = next((kinds for kinds in labels if kinds[0] in _PARTS), (Kind.NO_SHOWS,))
    is_of_all = Kind.SESSIONS not in (found := _first_of(behind)) and Kind.TOTAL in found
    return part, (Kind.TOTAL,) if is_of_all else (Kind.SESSIONS,)


def _first_of(behind: str) -> tuple[Kind, ...]:
    """Return the kinds of the label that begins first."""
    found = [(match.start(), kinds) for label, kinds in LABELS if (match := label.search(behind))]
    return min(found, key=lambda each: each[0], default=(0, ()))[1]


def denied_in(text: str) -> Iterator[Said]:
    """Yield a zero for everything that there is said to be none of."""
    for found in NONE.finditer(text):
        # "Não faltou" has its label inside.
        behind = re.split(r"[,;.:]|\d", text[found.start() :])[0]
        if kinds := first_label(behind):
            yield Said(kinds, Decimal(0), found.span())


def _counts(text: str) -> Iterator[Said]:
    """Yield the plain numbers, digits and words, with the kinds of the label that stands nearest."""
    for found in re.finditer(rf"{_NUMBER.pattern}|\b(?:{'|'.join(WORDED)})\b|{_SPANISH_TWO}", text):
        said = found.group()
        value = Decimal(2 if said == "dos" else WORDED[said]) if said[0].isalpha() else number(said)
        yield Said(_label(text, *found.span()), value, found.span())


def _label(text: str, start: int, end: int) -> tuple[Kind, ...]:
    """Return the kinds of the nearest label: behind the number first ("9 faltas"), else before it ("Faltas: 9")."""
    stop = re.search(r"[,;.:()]|\be\b|\band\b|\by\b|\d", text[end:])
    behind = text[end : end + (stop.start() if stop else len(text))]
    if kinds := first_label(behind):
        done = first_label(PART.split(text[:start])[-1])
        # "Foram realizadas 63 sessões".
        return done if done and done[0] == Kind.COMPLETED and kinds[0] in (Kind.SESSIONS, Kind.TOTAL) else kinds
    before = re.split(r"[,;()]|\d\b|\band\b", text[:start])[-1]
    return first_label(before) or first_label(text) or (Kind.TOTAL, Kind.COMING)


def first_label(text: str) -> tuple[Kind, ...] | None:
    found = [(match.start(), kinds) for label, kinds in LABELS if (match := label.search(text))]
    # "sessões realizadas", "atendimentos cancelados": the more special word of two decides.
    return min(found, key=lambda each: [kinds for _, kinds in LABELS].index(each[1]))[1] if found else None


def blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
