"""Which sentences of a model's answer may be shown: those whose every figure, date and name a tool result holds.

A figure has to stand beside its own label, month or client: nine no-shows are not nine cancellations, and October's
are not September's. What is computed from figures (a difference, "half of them") is no tool's result and does not pass.
A doubt counts against the sentence: code has a table that is right.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from assistant.truth import claims
from assistant.truth.facts import SIX_MONTHS, WEEK, Fact, Facts, Kind
from assistant.truth.names import unknown_name
from assistant.truth.reading import DATE, MONEY, PART, Said, blank, day_of, denied_in, first_label, said_in
from assistant.truth.words import (
    COMPARED,
    COMPUTED,
    DEEDS,
    MONTHS,
    SIGNED,
)

_THIS_MONTH = re.compile(r"\b(?:d?n?este|d?n?esse|this) (?:mes|month)\b|\bmes atual\b")
# "Em agosto …, nada mais nesse mês": August.
_THAT_MONTH = re.compile(r"\b(?:d?n?esse|that|ese) (?:mes|month)\b")
_UNTIL_TODAY = re.compile(r"\bate (?:hoje|agora)\b|\b(?:until|through|as of) (?:today|now)\b|\bhasta (?:hoy|ahora)\b")
_UP_TO = re.compile(r"(?:\b(?:a|ate|to|until|through|hasta|al)|[–-]) ?(?:o dia |dia |el )?$")
_LAST_MONTH = re.compile(r"\bmes (?:passado|pasado|anterior)\b|\blast month\b")
_STRETCHES = (
    (
        re.compile(
            r"\b(?:6|seis|six)[ -](?:ultimos |last )?(?:meses|months?)\b|\bsemestre\b|\bultimos seis\b|\blast six\b"
        ),
        SIX_MONTHS,
    ),
    (re.compile(r"\bsemana\b|\bweek\b|\b(?:7|sete|siete|seven) (?:proximos |next )?(?:dias|days)\b"), WEEK),
)
_LINK = re.compile(
    r"\b(?:https?|hxxps?|javascript|vbscript|mailto|ftp|tel):|\bdata:(?=[a-z]+/|[,;])|//|www\.|\]\s*[(\[]|!\[|<[a-z/!]|@[\w-]+\."
    r"|\b[a-z0-9-]+\.(?:com|net|org|io|br|app|dev|co|info|xyz|me|ly|site|online|link|page|example|test)\b"
)
_ABBREVIATION = re.compile(r"(?:\b(?:dr|dra|sr|sra|srta|prof|profa|ex|obs|mr|mrs|ms|st)|R\$)\.$", re.IGNORECASE)

_OF_PEOPLE = (Kind.NO_SHOWS, Kind.SESSIONS, Kind.RATE)
_EITHER_SIDE = (Kind.TIME, Kind.DATE, Kind.SERVICE)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the sentences so far were about: months, clients, days. A sentence that names nothing is about the same."""

    of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a sentence, where it stands in it, and the one fact that holds it."""

    start: int
    end: int
    fact: Fact


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences with the white space behind them; joined they are the text."""
    for line in re.findall(r"[^\n]*\n+|[^\n]+", text):
        start = 0
        for stop in re.finditer(r"[.!?…]+[*_\"')\]]*\s+", line):
            if not _ABBREVIATION.search(line[start : stop.start() + 1]) and not re.match(
                r"\s*\d{1,2}[.)]\s*$", line[start : stop.end()]
            ):
                yield line[start : stop.end()]
                start = stop.end()
        if line[start:]:
            yield line[start:]


def fault(sentence: str, facts: Facts, *, scope: Scope) -> tuple[str | None, Scope]:
    """Return what no tool result holds of the sentence, None if all of it is held, and what the talk is about now."""
    text, _places = _plain(sentence)
    scope = _follow(text, facts, scope)
    if _LINK.search(text):
        return "a link", scope
    if unknown := unknown_name(sentence, text, facts):
        return f"a name: {unknown}", scope
    said_all = [*said_in(text), *denied_in(text), *_said_days(text, facts), *_services(text, facts)]
    if reason := claims.untold(text, said_all, facts):
        return reason, scope
    if DEEDS.search(unicodedata.normalize("NFC", sentence)):
        return "a deed", scope
    if COMPUTED.search(text) or SIGNED.search(text) or COMPARED.search(text):
        return "something computed", scope
    for said in said_all:
        if not _holding(said, facts, _nearest(text, said, facts, scope)):
            return f"a figure: {said.value}", scope
    return None, scope


def figures(sentence: str, facts: Facts, *, scope: Scope) -> Iterator[Figure]:
    """Yield the figures of a proved sentence of which it is clear which fact they are; `scope` is that behind it.

    The same number in two cells is told of none, unless the month, the person or the label that is said decides.
    """
    text, places = _plain(sentence)
    for said in said_in(text):
        if (fact := _only(said, _holding(said, facts, _nearest(text, said, facts, scope)))) is not None:
            start, end = said.span
            yield Figure(places[start], places[end - 1] + 1, fact)


def _only(said: Said, held: set[Fact]) -> Fact | None:
    """Return the fact that is meant: of the most special kind that holds the figure, where that is one only."""
    for kind in said.kinds:
        if of_kind := [fact for fact in held if fact.kind == kind]:
            return of_kind[0] if len(of_kind) == 1 else None
    return None


def _plain(sentence: str) -> tuple[str, list[int]]:
    """Return the sentence in small letters without accents, invisible characters and marks of emphasis.

    With it, for each of its characters, where that stood.
    """
    kept: list[tuple[str, int]] = []
    for place, written in enumerate(sentence):
        for character in unicodedata.normalize("NFKD", written).casefold():
            if unicodedata.category(character) in ("Mn", "Cf", "Me") or character in "*_`#":
                continue
            if character.isspace() and kept and kept[-1][0] == " ":
                continue
            kept.append((" " if character.isspace() else character, place))
    return "".join(character for character, _place in kept), [place for _character, place in kept]


def _follow(text: str, facts: Facts, before: Scope) -> Scope:
    """Return what the sentence names of months, clients and days; what it was about before where it names nothing."""
    named = _months(text, facts) | facts.clients_in(text)
    named |= _days(text, facts)
    named |= {str(said.value) for said in _days_in(text, facts)}
    named |= {scope for words, scope in _STRETCHES if words.search(text)}
    if _UNTIL_TODAY.search(text):
        named = (named - {WEEK, *facts.days.values()}) or set(sorted(facts.months)[-1:])
    return Scope(frozenset(named)) if named else before


def _days(text: str, facts: Facts) -> set[str]:
    """Return the days that are named; up to its last day the coming week is: "de 18/11 a 25/11"."""
    named = {day_of(found): text[: found.start()] for found in DATE.finditer(text)}
    today = facts.days.get("hoje")
    last = {
        day
        for day, before in named.items()
        if day != today and _UP_TO.search(before) and Fact(Kind.DATE, day, WEEK) in facts.figures
    }
    return {*named} - last - {today} | {WEEK} if last else {*named}


def _months(text: str, facts: Facts) -> set[str]:
    """Return the months that are named; one that no tool told of fits no figure."""
    text = DATE.sub(blank, text)
    numbers = {number for name, number in MONTHS.items() if re.search(rf"\b{name}\b", text)}
    named = {month for month in facts.months if int(month[5:]) in numbers}
    told, known = {int(month[5:]) for month in facts.months}, sorted(facts.months)
    named |= {f"unknown month {number}" for number in numbers - told}
    if _THIS_MONTH.search(text) and not (numbers and _THAT_MONTH.search(text)):
        named.update(known[-1:])
    if _LAST_MONTH.search(text):
        named.update(known[-2:-1])
    if not numbers:
        # No tool tells of a whole year.
        named |= {f"year {year}" for year in re.findall(r"\b20\d\d\b(?![.,]?\d)", MONEY.sub(blank, text))}
    return named


def _days_in(text: str, facts: Facts) -> Iterator[Said]:
    if not facts.days:
        return
    # "A las 9 de la mañana" is no day, "depois de amanhã" is not tomorrow.
    named = rf"\b(?<!\bla )(?<!depois de )(?<!pasado )(?<!after )(?:{'|'.join(facts.days)})\b"
    for found in re.finditer(named, text):
        yield Said((Kind.DATE,), facts.days[found.group()], found.span())


def _said_days(text: str, facts: Facts) -> Iterator[Said]:
    """Yield the days on which somebody who is named is said to come."""
    if people := facts.clients_in(text):
        comes = {fact.scope for fact in facts.figures if fact.kind == Kind.DATE}
        yield from (_days_in(text, facts) if people & comes else ())


def _services(text: str, facts: Facts) -> Iterator[Said]:
    """Yield what somebody who is named is said to have booked; a service that is called "sessão" is any session."""
    names = sorted((name for name in facts.services if not first_label(name) or " " in name), key=len, reverse=True)
    if names and facts.clients_in(text):
        for found in re.finditer(rf"\b(?:{'|'.join(map(re.escape, names))})\b", text):
            yield Said((Kind.SERVICE,), found.group(), found.span())


def _nearest(text: str, said: Said, facts: Facts, scope: Scope) -> Scope:
    """Return what a figure is about where a sentence names two months, or two people: those of its own part.

    How many come is said before they are named, and is no figure of theirs.
    """
    if Kind.COMING in said.kinds and not facts.clients_in(text[: said.span[1]]):
        scope = Scope(scope.of - facts.clients_in(text))
    for named_in in (partial(_months, facts=facts), facts.clients_in):
        everything = named_in(text)
        if len(everything & scope.of) > 1:
            scope = Scope(scope.of - everything | _of_part(text, said, named_in))
    return scope


def _of_part(text: str, said: Said, named_in: Callable[[str], set[str]]) -> set[str]:
    """Return what is named in a figure's part of the sentence, else in those before it, else in the first behind it.

    An hour or a service may also stand before its person: "às 9h Helena Prado e, às 14h, Bianca Moura".
    """
    edges = [0, *(found.start() for found in PART.finditer(text)), len(text)]
    parts = [(named_in(text[start:end]), start, end) for start, end in pairwise(edges)]
    own = next(n for n, (_named, _start, end) in enumerate(parts) if said.span[0] < end)
    if parts[own][0]:
        return parts[own][0]
    before = next((named for named, _start, _end in parts[own::-1] if named), set())
    behind = next((named for named, _start, _end in parts[own:] if named), set())
    return before | behind if said.kinds[0] in _EITHER_SIDE else before or behind


def _is(fact: Fact, said: Said) -> bool:
    """Whether the values agree; "20/" is the 20th of any month."""
    if fact.kind == Kind.DATE and str(said.value).endswith("/"):
        return str(fact.value).startswith(str(said.value))
    return fact.value == said.value


def _holding(said: Said, facts: Facts, scope: Scope) -> set[Fact]:
    """Return the facts of that kind and value that belong to what is talked about: to the person that is named."""
    fitting = {fact for fact in facts.figures if fact.kind in said.kinds and _is(fact, said)}
    people = {name for name in scope.of if name in facts.names}
    if people & scope.of and scope.of & facts.months:
        # Of a person in one month no tool tells.
        fitting = {fact for fact in fitting if fact.kind not in _OF_PEOPLE}
    if scope.of:
        return {fact for fact in fitting if fact.scope in (people or scope.of)}
    # What a person missed is nobody's in particular where nobody is named.
    return {fact for fact in fitting if fact.scope not in facts.names or fact.kind not in _OF_PEOPLE}
