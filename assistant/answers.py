"""Answers that code writes from what the tools told: a sentence or two, and a table whose figures open their rows.

They are what is shown without a model, and in the place of whatever a model could not prove.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistant import figures, linking, metrics, questions
from assistant.linking import Rows
from assistant.models import Question
from assistant.questions import Asked, Topic
from assistant.truth.facts import Kind, number

Payload = Mapping[str, Any]

# Which tool tells of what.
TOOLS = {Topic.UPCOMING: "get_upcoming", Topic.RANKING: "get_no_show_clients"}
# The figure of a month that a topic asks for.
_FIGURES = {
    Topic.REVENUE: "revenue",
    Topic.NO_SHOWS: "no_shows",
    Topic.CANCELLED: "cancelled",
    Topic.COUNT: "total",
    Topic.NEW_CLIENTS: "new_clients",
}
# What a table tells of each month, and how many months stand side by side in it.
_SHOWN = ("total", "completed", "no_shows", "no_show_rate", "cancelled", "revenue")
MOST_ASIDE = 3
# What is called otherwise as a fact.
_KINDS = {"no_show_rate": Kind.RATE}


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table; `link` opens the rows behind a figure."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The first column is text, the others are figures."""

    columns: list[str]
    rows: list[list[Cell]]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Written:
    """An answer of code's: sentences, one a line, and tables."""

    text: str
    tables: list[Table] = field(default_factory=list)


def tool_for(asked: Asked) -> str:
    return TOOLS.get(asked.topic, "get_stats")


def write(asked: Asked, payload: Payload, *, rows: Rows) -> Written:
    """Answer a question from its tool's result. The caller chooses the language."""
    if asked.topic == Topic.UPCOMING:
        return _coming(asked, payload)
    if asked.topic == Topic.RANKING:
        return Written(_ranking_line(payload), [ranking(payload, rows)] if payload["clients"] else [])
    months = [month for month in payload["months"] if date.fromisoformat(f"{month['month']}-01") in asked.months]
    if asked.topic == Topic.COMPARE and len(months) == 2:
        return Written(_("%(first)s and %(second)s side by side:") % _two(months), [comparison(*months)])
    if asked.topic in (Topic.SUMMARY, Topic.COMPARE):
        return Written("\n".join(_summary(months[0])) if len(months) == 1 else "", [month_table(months)])
    return _single_figure(asked.topic, months, payload)


def of_tools(results: Mapping[str, Payload], *, rows: Rows, today: date) -> Written:
    """Tell all that these tools told: a table of each, and a sentence where there is nothing to list."""
    asked = {
        "get_stats": Asked(Topic.SUMMARY, tuple(questions.known_months(today))),
        "get_upcoming": Asked(Topic.UPCOMING, first=today, last=today + metrics.WEEK),
        "get_no_show_clients": Asked(Topic.RANKING),
    }
    written = [write(asked[name], payload, rows=rows) for name, payload in results.items()]
    tables = [table for one in written for table in one.tables]
    return Written("\n".join(one.text for one in written if not one.tables), tables)


def mark(path: Question.Path, *, instead: bool) -> str:
    """Say that code speaks, on its own or `instead` of a model; "" where that goes without saying."""
    if not instead:
        return _("Straight from the agenda") if path == Question.Path.TOOLS else ""
    if path == Question.Path.HELP:
        return _("Left out what the agenda does not tell")
    return _("Showing it straight from the agenda")


def month_table(months: Sequence[Payload]) -> Table:
    """Return what each month had: up to three side by side, as a phone shows them; more one below the other."""
    if len(months) <= MOST_ASIDE:
        return Table(["", *map(_title, months)], [_line(key, months) for key in _SHOWN])
    rows = [[Cell(_title(month)), *(_figure(month, key) for key in _SHOWN)] for month in months]
    return Table(["", *(_labels()[key] for key in _SHOWN)], rows)


def comparison(before: Payload, after: Payload) -> Table:
    """Return two months side by side with the difference, which code alone may compute."""
    keys = ("total", "completed", "no_shows", "cancelled", "new_clients", "revenue", "no_show_rate")
    rows = [[*_line(key, (before, after)), Cell(_difference(before, after, key))] for key in keys]
    return Table(["", _title(before), _title(after), _("Difference")], rows)


def _labels() -> dict[str, str]:
    return {
        "total": _("Appointments"),
        "completed": _("Took place"),
        "no_shows": _("No-shows"),
        "no_show_rate": _("Rate"),
        "cancelled": _("Cancellations"),
        "new_clients": _("New clients"),
        "revenue": _("Received, R$"),
    }


def _line(key: str, months: Sequence[Payload]) -> list[Cell]:
    return [Cell(_labels()[key]), *(_figure(month, key) for month in months)]


def _title(month: Payload) -> str:
    return str(month["name"][:1].upper() + month["name"][1:])


def _difference(before: Payload, after: Payload, key: str) -> str:
    if key == "no_show_rate":
        return ""
    if key != "revenue":
        return _signed(after[key] - before[key])
    money = number(_bare(after[key])) - number(_bare(before[key]))
    sign = "−" if money < 0 else "+" if money else ""
    return f"{sign}{_bare(figures.money(abs(money)))}"


def ranking(payload: Payload, rows: Rows) -> Table:
    kinds = {"no_shows": Kind.NO_SHOWS, "sessions": Kind.SESSIONS, "no_show_rate": Kind.RATE}
    written = [
        [
            Cell(one["client"]),
            *(Cell(str(one[key]).split()[0], rows.of_client(one["client"], kind)) for key, kind in kinds.items()),
        ]
        for one in payload["clients"]
    ]
    return Table([_("Client"), _("No-shows"), _("Sessions"), _("Rate")], written)


def _single_figure(topic: Topic, months: Sequence[Payload], payload: Payload) -> Written:
    """Answer with one figure a month; of all six with theirs together as well."""
    key = _FIGURES[topic]
    whole = payload["six_months"] if len(months) == metrics.MONTHS and key in payload["six_months"] else None
    lines = [_figure_line(topic, month["name"], month) for month in months] if whole is None else []
    if whole is not None:
        lines = [_figure_line(topic, _("last six months"), whole)]
    return Written("\n".join(lines), [month_table(months)] if len(months) > 1 else [])


def _figure_line(topic: Topic, when: str, row: Payload) -> str:
    when = when[:1].upper() + when[1:]
    if topic == Topic.NO_SHOWS:
        return _("%(when)s. No-show rate: %(rate)s") % {"when": when, "rate": row["no_show_rate"]}
    if topic == Topic.REVENUE:
        values = {"when": when, "revenue": row["revenue"], "expected": row["expected"]}
        if number(row["expected"].removeprefix("R$")):
            return _("%(when)s: %(revenue)s received, %(expected)s still expected.") % values
        return _("%(when)s: %(revenue)s received.") % values
    count = row[_FIGURES[topic]]
    counted = {
        Topic.CANCELLED: ngettext("%(when)s: %(count)s cancellation.", "%(when)s: %(count)s cancellations.", count),
        Topic.COUNT: ngettext("%(when)s: %(count)s appointment.", "%(when)s: %(count)s appointments.", count),
        Topic.NEW_CLIENTS: ngettext("%(when)s: %(count)s new client.", "%(when)s: %(count)s new clients.", count),
    }[topic]
    line = counted % {"when": when, "count": count}
    if topic == Topic.COUNT:
        attended = ngettext("%(count)s of them took place.", "%(count)s of them took place.", row["completed"])
        line = f"{line} {attended % {'count': row['completed']}}"
    return line


def _summary(month: Payload) -> list[str]:
    """The month in the fixed form: total, completed, no-shows with rate, cancelled, revenue."""
    total, completed, missed, cancelled = (month[key] for key in ("total", "completed", "no_shows", "cancelled"))
    whole = ngettext("%(name)s: %(count)s appointment", "%(name)s: %(count)s appointments", total)
    counted = [
        whole % {"name": _title(month), "count": total},
        ngettext("%(count)s took place", "%(count)s took place", completed) % {"count": completed},
        ngettext("%(count)s no-show", "%(count)s no-shows", missed) % {"count": missed},
        ngettext("%(count)s cancelled", "%(count)s cancelled", cancelled) % {"count": cancelled},
    ]
    return [
        f"{', '.join(counted)}.",
        _("No-show rate: %(rate)s") % {"rate": month["no_show_rate"]},
        _("Received: %(revenue)s") % {"revenue": month["revenue"]},
    ]


def _ranking_line(payload: Payload) -> str:
    if not payload["clients"]:
        return _("Nobody missed an appointment in the last six months.")
    return _("Who missed most in the last six months:")


def _coming(asked: Asked, payload: Payload) -> Written:
    days = {f"{day:%d/%m}" for day in _days(asked)}
    rows = [row for row in payload["appointments"] if row["date"] in days]
    period = f"{asked.first:%d/%m}" + (f" – {asked.last:%d/%m}" if asked.last != asked.first else "")
    if asked.first and f"{asked.first + metrics.WEEK:%d/%m}" == payload["until"]:
        period = _("%(period)s, from now on") % {"period": period}
    if not rows:
        return Written(_("%(period)s: nothing booked.") % {"period": period})
    counted = ngettext("%(period)s: %(count)s appointment.", "%(period)s: %(count)s appointments.", len(rows))
    return Written(counted % {"period": period, "count": len(rows)}, [_coming_table(rows)])


def _coming_table(rows: Sequence[Payload]) -> Table:
    columns = [_("Client"), _("Service"), _("Day"), _("Time"), _("Status")]
    return Table(
        columns,
        [
            [
                Cell(row["client"]),
                Cell(row["service"]),
                Cell(f"{row['weekday']}, {row['date']}"),
                Cell(row["time"]),
                Cell(row["status"]),
            ]
            for row in rows
        ],
    )


def _figure(month: Payload, key: str) -> Cell:
    text = str(month[key]).split()[0] if key == "no_show_rate" else _bare(str(month[key]))
    return Cell(text, linking.to_month(month["month"], _KINDS.get(key) or Kind(key)))


def _bare(price: str) -> str:
    """Return a price without its currency, which the table names once."""
    return price.removeprefix("R$").strip()


def _days(asked: Asked) -> list[date]:
    assert asked.first is not None and asked.last is not None  # noqa: S101, PT018 - a question about coming days
    return [date.fromordinal(n) for n in range(asked.first.toordinal(), asked.last.toordinal() + 1)]


def _two(months: Sequence[Payload]) -> dict[str, str]:
    first, second = (month["name"] for month in months)
    return {"first": first[:1].upper() + first[1:], "second": second}


def _signed(count: int) -> str:
    return f"−{-count}" if count < 0 else f"+{count}" if count else "0"
