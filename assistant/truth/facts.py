"""What the tool results of a thread establish, one fact a figure: its kind, its value, and whose or of when it is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from intake.phrases import normalise


class Kind(StrEnum):
    TOTAL = "total"
    COMPLETED = "completed"
    NO_SHOWS = "no_shows"
    SESSIONS = "sessions"
    RATE = "rate"
    CANCELLED = "cancelled"
    REVENUE = "revenue"
    EXPECTED = "expected"
    PRICE = "price"
    NEW_CLIENTS = "new_clients"
    COMING = "coming"
    DATE = "date"
    TIME = "time"
    SERVICE = "service"


_AHEAD = ("hoje today hoy", "amanha tomorrow manana")
_WEEKDAYS = (
    "segunda monday lunes",
    "terca tuesday martes",
    "quarta wednesday miercoles",
    "quinta thursday jueves",
    "sexta friday viernes",
    "sabado saturday",
    "domingo sunday",
)

# Of what a fact is: a month ("2026-10"), all six, the coming week, or a client by name.
SIX_MONTHS, WEEK = "six months", "week"


@dataclass(frozen=True, slots=True)
class Fact:
    kind: Kind
    value: Decimal | str
    scope: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures, the names that may be said (normalised, whole), and the words of which they consist."""

    figures: frozenset[Fact]
    names: frozenset[str]
    months: frozenset[str]
    # The words by which the coming days are named, each with its day ("amanha": "19/11").
    days: Mapping[str, str] = field(default_factory=dict)
    # What can be booked (normalised).
    services: frozenset[str] = frozenset()
    # The weekday that it is today is as well that of the last of the coming days.
    weekday: frozenset[str] = frozenset()
    # Those of whom there are figures.
    clients: frozenset[str] = frozenset()

    @property
    def name_words(self) -> frozenset[str]:
        return frozenset(word for name in self.names for word in name.split())

    def clients_in(self, text: str) -> set[str]:
        """Return the clients that are named in a plain text, be it by the first name alone."""
        words = set(re.findall(r"\w+", text))
        return {name for name in self.clients if words.issuperset(re.findall(r"\w+", name.split()[0]))}

    def is_called(self, day: str, name: str) -> bool:
        """Return whether a day of the coming week, as "19/11", is the one that is called "amanhã" or "quinta"."""
        return day == self.days[name] or (name in self.weekday and day == self.days["hoje"])


def gather(
    payloads: Iterable[Mapping[str, Any]],
    *,
    known: Iterable[str] = (),
    services: Iterable[str] = (),
    today: date | None = None,
    has_begun: bool = False,
) -> Facts:
    """Collect the facts of tool results; `known` are further names that are nobody's secret, such as the user's own.

    `services` are all that can be booked, so that one that nobody booked is recognised as well. With a `today` (local)
    the coming days have their names, and those on which nobody comes are facts as well; of a day that `has_begun` the
    results tell only what is left of it.
    """
    days = _named_days(today) if today else {}
    begun = {days["hoje"]} if days and has_begun else set()
    # To name a day is no claim.
    figures = {Fact(Kind.DATE, day, day) for day in days.values()}
    if days:
        figures.add(Fact(Kind.DATE, days["hoje"], WEEK))
    names = {normalise(name) for name in known}
    months: set[str] = set()
    for payload in payloads:
        figures.update(_told(payload))
        months.update(month["month"] for month in payload.get("months", ()))
        people = [*payload.get("clients", ()), *payload.get("appointments", ())]
        names.update(normalise(one["client"]) for one in people)
        if "appointments" in payload:
            busy = begun | {row["date"] for row in payload["appointments"]}
            figures.update(Fact(Kind.COMING, Decimal(0), day) for day in days.values() if day not in busy)
    booked = {str(fact.value) for fact in figures if fact.kind == Kind.SERVICE}
    offered = booked | {normalise(name) for name in services}
    weekday = frozenset(_WEEKDAYS[today.weekday()].split()) if today else frozenset()
    return Facts(
        frozenset(figures),
        frozenset(names | offered),
        frozenset(months),
        days,
        frozenset(offered),
        weekday,
        frozenset(names & {fact.scope for fact in figures}),
    )


def _told(payload: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield the figures of one tool's result."""
    if "six_months" in payload:
        yield from _tally(payload["six_months"], SIX_MONTHS)
    for month in payload.get("months", ()):
        yield from _tally(month, month["month"])
        yield Fact(Kind.NEW_CLIENTS, Decimal(month["new_clients"]), month["month"])
    for absent in payload.get("clients", ()):
        yield from _absences(absent)
    if "appointments" in payload:
        yield from _week(payload)


def _named_days(today: date) -> dict[str, str]:
    """Return the words for today, tomorrow and the weekdays of the coming week in three languages."""
    ahead = {word: number for number, words in enumerate(_AHEAD) for word in words.split()}
    ahead |= {
        word: (number - today.weekday() - 1) % 7 + 1 for number, words in enumerate(_WEEKDAYS) for word in words.split()
    }
    return {word: f"{today + timedelta(days=count):%d/%m}" for word, count in ahead.items()}


def number(text: str) -> Decimal:
    """Return "1.234,56", "1,234.56", "12,5" or "1.234" as a number: a sign before three digits only groups them."""
    whole, decimals = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", text.strip()).groups()  # type: ignore[union-attr]
    return Decimal(re.sub(r"\D", "", whole) or "0") + (Decimal(decimals) / 10 ** len(decimals) if decimals else 0)


def _tally(row: Mapping[str, Any], scope: str) -> Iterator[Fact]:
    for kind in (Kind.TOTAL, Kind.COMPLETED, Kind.NO_SHOWS, Kind.CANCELLED):
        yield Fact(kind, Decimal(row[kind.value]), scope)
    yield Fact(Kind.SESSIONS, Decimal(row["completed"] + row["no_shows"]), scope)
    yield from _rate(row["no_show_rate"], scope)
    for kind in (Kind.REVENUE, Kind.EXPECTED):
        yield Fact(kind, _money(row[kind.value]), scope)


def _absences(row: Mapping[str, Any]) -> Iterator[Fact]:
    scope = normalise(row["client"])
    yield Fact(Kind.NO_SHOWS, Decimal(row["no_shows"]), scope)
    yield Fact(Kind.SESSIONS, Decimal(row["sessions"]), scope)
    yield from _rate(row["no_show_rate"], scope)


def _week(payload: Mapping[str, Any]) -> Iterator[Fact]:
    yield Fact(Kind.COMING, Decimal(payload["total"]), WEEK)
    yield Fact(Kind.EXPECTED, _money(payload["expected"]), WEEK)
    yield Fact(Kind.DATE, payload["until"], WEEK)
    days: dict[str, int] = {}
    for row in payload["appointments"]:
        days[row["date"]] = days.get(row["date"], 0) + 1
        yield Fact(Kind.SERVICE, normalise(row["service"]), WEEK)
        for scope in (normalise(row["client"]), row["date"]):
            yield Fact(Kind.SERVICE, normalise(row["service"]), scope)
            yield Fact(Kind.DATE, row["date"], scope)
            yield Fact(Kind.TIME, row["time"][:5], scope)
            yield Fact(Kind.PRICE, _money(row["price"]), scope)
    for day, count in days.items():
        yield Fact(Kind.COMING, Decimal(count), day)


def _rate(written: str, scope: str) -> Iterator[Fact]:
    if found := re.match(r"[\d.,]+(?=%)", written):
        yield Fact(Kind.RATE, number(found.group()), scope)


def _money(written: str) -> Decimal:
    return number(written.removeprefix("R$"))
