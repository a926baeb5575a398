"""Figures of a sentence as links to the rows they are counted from. The text is a model's, the links are code's."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from assistant import metrics, truth
from assistant.truth import Scope
from assistant.truth.facts import SIX_MONTHS, WEEK, Fact, Facts, Kind
from intake.phrases import normalise

# The status that the page of rows is asked for; a kind that is not here is counted from no list of rows.
_STATUS = {
    Kind.TOTAL: "",
    Kind.COMPLETED: "completed",
    Kind.NO_SHOWS: "no_show",
    Kind.SESSIONS: "sessions",
    Kind.RATE: "sessions",
    Kind.CANCELLED: "cancelled",
    Kind.REVENUE: "completed",
    Kind.EXPECTED: "expected",
    Kind.NEW_CLIENTS: "new",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A stretch of a text and the page that it opens."""

    start: int
    end: int
    url: str

    def behind(self, characters: int) -> "Link":
        return Link(self.start + characters, self.end + characters, self.url)


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows of facts are: `today` is local, `clients` are ids by name."""

    today: date
    clients: Mapping[str, int]

    def links(self, sentence: str, facts: Facts, *, scope: Scope) -> list[Link]:
        """Return the links of a proved sentence, in order; `scope` is that behind it."""
        found = (
            Link(one.start, one.end, self.url(one.fact, facts)) for one in truth.figures(sentence, facts, scope=scope)
        )
        return sorted((link for link in found if link.url), key=lambda link: link.start)

    def url(self, fact: Fact, facts: Facts) -> str:
        """Return the page with the rows that a fact is counted from, "" where there is none."""
        if fact.scope in facts.months and fact.kind in _STATUS:
            return to_month(fact.scope, fact.kind)
        if fact.kind in (Kind.COMING, Kind.EXPECTED) and (days := self._coming(fact.scope)):
            return to_rows(*days, status=_STATUS.get(fact.kind, "coming"))
        if fact.kind not in _STATUS:
            return ""
        if fact.scope == SIX_MONTHS:
            return to_rows(*self._six_months(), status=_STATUS[fact.kind])
        return self.of_client(fact.scope, fact.kind)

    def of_client(self, name: str, kind: Kind) -> str:
        """Return the page with the rows of a client's figure of six months, "" where two share the name."""
        client = self.clients.get(normalise(name))
        return to_rows(*self._six_months(), status=_STATUS[kind], client=client) if client else ""

    def _six_months(self) -> tuple[date, date]:
        number = self.today.year * 12 + self.today.month - metrics.MONTHS
        return date(number // 12, number % 12 + 1, 1), metrics.month_end(self.today)

    def _coming(self, scope: str) -> tuple[date, date] | None:
        """Return the days of the coming week, or the one day in it that is written like that."""
        week = [self.today + timedelta(days=ahead) for ahead in range(metrics.WEEK.days + 1)]
        if scope == WEEK:
            return week[0], week[-1]
        return next(((day, day) for day in week if f"{day:%d/%m}" == scope), None)


def to_month(month: str, kind: Kind) -> str:
    """Return the page with the rows of a month's figure; the month is written as "2026-10"."""
    first = date.fromisoformat(f"{month}-01")
    return to_rows(first, metrics.month_end(first), status=_STATUS[kind])


def to_rows(first: date, last: date, *, status: str = "", client: int | None = None) -> str:
    """Return the page that lists the appointments of those days, both included."""
    query = {"from": first.isoformat(), "to": last.isoformat(), "status": status, "client": client}
    return f"{reverse('number-rows')}?{urlencode({name: value for name, value in query.items() if value})}"


def html(text: str, links: Iterable[Link]) -> SafeString:
    """Return the text, escaped, with its links; nothing in the text can make one."""
    pieces, done = [], 0
    for link in links:
        before, shown = text[done : link.start], text[link.start : link.end]
        pieces.append(format_html('{}<a class="lk" href="{}">{}</a>', before, link.url, shown))
        done = link.end
    return mark_safe("".join([*pieces, format_html("{}", text[done:])]))  # noqa: S308 - every piece is escaped


def as_json(text: str, links: Iterable[Link]) -> list[dict[str, Any]]:
    return [
        {"text": text[link.start : link.end], "start": link.start, "end": link.end, "url": link.url} for link in links
    ]


def from_json(stored: Iterable[Mapping[str, Any]]) -> Iterator[Link]:
    for one in stored:
        yield Link(one["start"], one["end"], one["url"])
