"""The three tools of the professional's assistant. They read, and nothing else: whose figures stands in the context.

What they return is written as people read it, so that a model repeats figures instead of computing them. Names of
clients are data: they come as one short line without marks or links.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from pydantic import BaseModel

from assistant import figures, metrics
from assistant.metrics import Tally
from intake import wording
from language import masking
from language.tools import Arguments, Tool, Toolbox
from scheduling.models import Appointment, Professional

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Context:
    """Whose business, seen from when (aware)."""

    professional: Professional
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.professional.zone).date()


class NoArguments(Arguments):
    pass


class Figures(BaseModel):
    """What became of the appointments of a time."""

    total: int
    completed: int
    no_shows: int
    no_show_rate: str
    cancelled: int
    revenue: str
    expected: str


class MonthFigures(Figures):
    month: str
    name: str
    new_clients: int


class Stats(BaseModel):
    six_months: Figures
    months: list[MonthFigures]
    current_month_is_unfinished: bool = True


class Coming(BaseModel):
    client: str
    service: str
    date: str
    weekday: str
    time: str
    status: str
    price: str


class Upcoming(BaseModel):
    appointments: list[Coming]
    total: int
    expected: str
    until: str


class Absent(BaseModel):
    client: str
    no_shows: int
    sessions: int
    no_show_rate: str


class NoShowClients(BaseModel):
    clients: list[Absent]
    six_months: Figures


def get_stats(context: Context, _given: NoArguments) -> Stats:
    """Return the figures of the current month and the five before it, and of all six."""
    professional = context.professional
    months = metrics.by_month(professional, now=context.now)
    new = metrics.new_by_month(professional, now=context.now)
    rows = [
        MonthFigures(
            month=f"{first:%Y-%m}", name=figures.month(first), new_clients=new[first], **_figures(tally).model_dump()
        )
        for first, tally in months
    ]
    return Stats(six_months=_figures(metrics.whole([tally for _first, tally in months])), months=rows)


def get_upcoming(context: Context, _given: NoArguments) -> Upcoming:
    """Return the agreed and requested appointments of the next seven days."""
    rows = metrics.upcoming(context.professional, now=context.now)
    return Upcoming(
        appointments=[_coming(row, context.professional) for row in rows],
        total=len(rows),
        expected=figures.money(metrics.tally_of(rows, now=context.now).expected),
        until=f"{context.today + metrics.WEEK:%d/%m}",
    )


def get_no_show_clients(context: Context, _given: NoArguments) -> NoShowClients:
    """Return who missed most in six months."""
    first = metrics.months(context.professional, now=context.now)[0]
    last = metrics.month_end(context.today)
    rows = metrics.no_show_ranking(context.professional, first, last)
    return NoShowClients(
        clients=[
            Absent(
                client=name_of(row.name),
                no_shows=row.no_shows,
                sessions=row.sessions,
                no_show_rate=f"{figures.percent(row.rate)} ({figures.part(row.no_shows, row.sessions)})",
            )
            for row in rows
        ],
        six_months=_figures(metrics.tally(context.professional, first, last, now=context.now)),
    )


def name_of(name: str) -> str:
    """Return a name as one short line: its owner chose it, and a model is going to read it."""
    return " ".join(masking.for_model(name).split())[:LONGEST_NAME] or "–"


def _figures(tally: Tally) -> Figures:
    return Figures(
        total=tally.total,
        completed=tally.completed,
        no_shows=tally.no_shows,
        no_show_rate=figures.no_shows(tally),
        cancelled=tally.cancelled,
        revenue=figures.money(tally.revenue),
        expected=figures.money(tally.expected),
    )


def _coming(row: Appointment, professional: Professional) -> Coming:
    local = row.starts_at.astimezone(professional.zone)
    return Coming(
        client=name_of(row.attendee or str(row.client)),
        service=row.service.name,
        date=f"{local:%d/%m}",
        weekday=date_format(local, "l").lower(),
        time=wording.clock(row.starts_at, professional),
        status=str(row.get_status_display()),
        price=figures.money(row.price),
    )


TOOLBOX: Toolbox[Context] = Toolbox(
    [
        Tool(
            "get_stats",
            "Números dos últimos seis meses, no total e mês a mês: atendimentos, comparecimentos, faltas e taxa,"
            " cancelamentos, receita, clientes novos. Use para meses, faturamento, taxas e comparações.",
            NoArguments,
            Stats,
            get_stats,
        ),
        Tool(
            "get_upcoming",
            "Atendimentos dos próximos sete dias: cliente, serviço, data, hora. Use para hoje, amanhã e esta semana.",
            NoArguments,
            Upcoming,
            get_upcoming,
        ),
        Tool(
            "get_no_show_clients",
            "Clientes que mais faltaram em seis meses: faltas, sessões, taxa. Use para saber quem falta.",
            NoArguments,
            NoShowClients,
            get_no_show_clients,
        ),
    ]
)
