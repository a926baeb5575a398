"""Figures that open the rows they are counted from: in tables, and in sentences that were proved.

Links are made here from facts and never from what a model wrote; a figure that could be of two things stays plain.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from assistant import metrics
from assistant._truth_facts import SIX_MONTHS, Fact, Kind, number
from intake.phrases import normalise
from scheduling.models import Professional

# The rows behind a figure, as the page of rows is asked for them.
STATUS = {
    Kind.TOTAL: "",
    Kind.COMPLETED: "completed",
    Kind.REVENUE: "completed",
    Kind.EXPECTED: "confirmed",
    Kind.NO_SHOWS: "no_show",
    Kind.RATE: "sessions",
    Kind.SESSIONS: "sessions",
    Kind.CANCELLED: "cancelled",
    Kind.NEW_CLIENTS: "new",
}
_FIGURE = re.compile(r"R\$\s?\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)*\s?%|\d+(?:[.,]\d+)*")
_MONTH = re.compile(r"\d{4}-\d\d")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table or a sentence; `link` opens the rows behind a figure."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where six months begin and end, and the ids of clients whose normalised name is theirs alone."""

    first: date
    last: date
    clients: Mapping[str, int]


def sources(professional: Professional, names: Iterable[str], *, now: datetime) -> Sources:
    """Return what figures of six months and of clients are linked with. One query, none without names."""
    wanted, found = set(names), dict[str, set[int]]()
    for pk, name in professional.clients.values_list("pk", "name") if wanted else ():
        if (plain := normalise(name)) in wanted:
            found.setdefault(plain, set()).add(pk)
    alone = {name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1}
    months = metrics.months(professional, now=now)
    return Sources(months[0], metrics.month_end(months[-1]), alone)


def month(name: str, kind: Kind) -> str:
    """Return the page of the rows behind a month's figure; `name` is "2026-10"."""
    first = date.fromisoformat(f"{name}-01")
    return _rows(first, metrics.month_end(first), STATUS[kind])


def client(name: str, kind: Kind, known: Sources) -> str:
    """Return the page of the rows behind a client's figure of six months; nothing where two share the name."""
    key = known.clients.get(normalise(name))
    return _rows(known.first, known.last, STATUS[kind], client_id=key) if key else ""


def cells(sentence: str, said: Iterable[Fact], known: Sources) -> list[Cell]:
    """Cut a sentence at the figures that `said` holds; joined, the texts are the sentence."""
    targets: dict[Decimal, set[str]] = {}
    for fact in said:
        if isinstance(fact.value, Decimal):
            targets.setdefault(fact.value, set()).add(_target(fact, known))
    found: list[Cell] = []
    start = 0
    for figure in _FIGURE.finditer(sentence):
        links = targets.get(number(figure.group().removeprefix("R$").removesuffix("%")), set())
        if len(links) == 1 and (link := next(iter(links))):
            found += [Cell(sentence[start : figure.start()]), Cell(figure.group(), link)]
            start = figure.end()
    return [cell for cell in (*found, Cell(sentence[start:])) if cell.text]


def _target(fact: Fact, known: Sources) -> str:
    """Return the page of a fact's rows; nothing for what has none, such as a price."""
    if fact.kind not in STATUS:
        return ""
    if _MONTH.fullmatch(fact.scope):
        return month(fact.scope, fact.kind)
    if fact.scope == SIX_MONTHS:
        return _rows(known.first, known.last, STATUS[fact.kind])
    return client(fact.scope, fact.kind, known)


def _rows(first: date, last: date, status: str, *, client_id: int | None = None) -> str:
    asked = {"from": first.isoformat(), "to": last.isoformat()}
    more = {"status": status, "client": str(client_id or "")}
    return f"{reverse('number-rows')}?{urlencode(asked | {key: value for key, value in more.items() if value})}"
