"""The numbers page: tiles, charts and tables whose every figure opens the rows that it is counted from."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assistant import figures, metrics
from assistant.access import professional_only, shell
from assistant.agenda import day as days
from assistant.metrics import Tally
from assistant.numbers import charts, number_tiles, periods, sheets
from assistant.numbers.periods import Period
from scheduling import ids
from scheduling.models import Appointment, Professional

Status = Appointment.Status
ROWS_A_PAGE = 100


@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Show a period's figures against the one before it; without one the current month's."""
    now = timezone.now()
    firsts = metrics.months(professional, now=now)
    period = periods.read(request.GET, current=firsts[-1], months=firsts)
    spans = [(first, metrics.month_end(first)) for first in firsts]
    *by_month, found, before = metrics.tallies(professional, [*spans, period.span, period.before], now=now)
    months = list(zip(firsts, by_month, strict=True))
    spread = metrics.spread(professional, period.first, period.last)
    ranking = metrics.no_show_ranking(professional, firsts[0], metrics.month_end(firsts[-1]), limit=5)
    context = {
        "period": period,
        "fields": _fields(request, period),
        "chips": periods.chips(firsts),
        "tiles": number_tiles.tiles(professional, period, [found, before], now=now),
        "bars": _bars(months),
        "trend": _trend(months),
        "heat": _heat(spread.hours, period),
        "ranking": [(one, figures.percent(one.rate), *_client_rows(firsts, one.client_id)) for one in ranking],
        "sources": _sources(spread.sources, period),
    }
    return render(request, "numbers/page.html", shell(request, professional, section="numbers") | context)


@professional_only
@require_GET
def rows(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List the appointments that a figure is counted from, and what they come to: the URL says which ones."""
    now = timezone.now()
    period = periods.read(request.GET, current=now.astimezone(professional.zone).date().replace(day=1))
    found = _filtered(request, professional, period)
    shown = Paginator(found.select_related("client", "service").order_by("starts_at", "pk"), ROWS_A_PAGE)
    shown_page = shown.get_page(request.GET.get("page"))
    cards = days.cards(professional, list(shown_page), now=now)
    context = {
        "period": period,
        "count": shown.count,
        "page": shown_page,
        "sums": _sums(metrics.tally_of(found, now=now), status=request.GET.get("status", "")),
        "cards": [(card, figures.money(card.appointment.price)) for card in cards],
        "query": urlencode({key: value for key, value in request.GET.items() if key != "page"}),
    }
    return render(request, "numbers/rows.html", shell(request, professional, section="numbers") | context)


@professional_only
@require_GET
def export(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Return the same rows as a table for a spreadsheet."""
    period = periods.read(request.GET, current=timezone.now().astimezone(professional.zone).date().replace(day=1))
    found = _filtered(request, professional, period)
    found = found.select_related("client", "service").order_by("starts_at", "pk")
    head = (_("Day"), _("Time"), _("Client"), _("Service"), _("Status"), _("Price"), _("Reference"), _("Source"))
    lines = (_line(row, professional) for row in found.iterator(chunk_size=1000))
    return sheets.download(f"sineta-{period.first}-{period.last}.csv", itertools.chain([head], lines))


def _line(row: Appointment, professional: Professional) -> tuple[sheets.Cell, ...]:
    local = row.starts_at.astimezone(professional.zone)
    who = (row.attendee or str(row.client), row.service.name, str(row.get_status_display()))
    return f"{local:%Y-%m-%d}", f"{local:%H:%M}", *who, row.price, row.reference, str(row.get_source_display())


def _sums(tally: Tally, *, status: str) -> list[str]:
    """Return what rows come to besides their count: money, and the rate where both its parts are among them."""
    is_share = tally.sessions and status in ("", "sessions")
    rate = _("No-show rate: %(rate)s") % {"rate": figures.no_shows(tally)} if is_share else ""
    received = _("Received: %(revenue)s") % {"revenue": figures.money(tally.revenue)} if tally.completed else ""
    expected = _("%(amount)s still expected") % {"amount": figures.money(tally.expected)} if tally.expected else ""
    return [one for one in (rate, received, expected) if one]


def _filtered(request: HttpRequest, professional: Professional, period: Period) -> QuerySet[Appointment]:
    """Return the rows of the figure that the URL names: everybody's first, an hour's, or those of a status and more."""
    status, client, source = (request.GET.get(name, "") for name in ("status", "client", "source"))
    weekday, hour = (_small(request.GET.get(name, "")) for name in ("weekday", "hour"))
    if status in ("new", "returning"):
        return metrics.first_visits(professional, period.first, period.last, is_new=status == "new")
    if weekday is not None and hour is not None:
        return metrics.of_hour(professional, period.first, period.last, weekday=weekday, hour=hour)
    found = metrics.appointments(professional, period.first, period.last)
    if source in Appointment.Source.values:
        found = found.filter(source=source)
    if (client_id := ids.typed(client)) is not None:
        found = found.filter(client_id=client_id)
    return _of_status(found, status, professional)


def _of_status(found: QuerySet[Appointment], status: str, professional: Professional) -> QuerySet[Appointment]:
    now = timezone.now()
    if status == "coming":
        return found.filter(pk__in=metrics.upcoming(professional, now=now).values("pk"))
    if status == "expected":
        return metrics.expected(found, now=now)
    several = {"sessions": (Status.COMPLETED, Status.NO_SHOW), "open": (Status.CONFIRMED, Status.PENDING)}
    asked = several.get(status) or ((status,) if status in Status.values else ())
    return found.filter(status__in=asked) if asked else found


def _small(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else None


def _fields(request: HttpRequest, period: Period) -> list[tuple[str, str, str, str]]:
    """Return name, label, day and fault of both fields: the days as typed if one is wrong, else those of the page."""
    faults = periods.faults(request.GET)
    shown = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    typed = request.GET if faults else shown
    labels = {"from": _("From"), "to": _("Until")}
    return [(name, label, typed.get(name, ""), faults.get(name, "")) for name, label in labels.items()]


def _client_rows(months: Sequence[date], client_id: int) -> tuple[str, str]:
    """Return where a person's no-shows are, and the sessions that they are a share of."""
    period = Period(months[0], metrics.month_end(months[-1]), "")
    return (
        number_tiles.rows(period, "no_show", client=client_id),
        number_tiles.rows(period, "sessions", client=client_id),
    )


def _bars(months: Sequence[tuple[date, Tally]]) -> dict[str, Any]:
    """Return the months as bars, and as a table of their parts, of which some are too thin to be tapped."""
    counts = {
        "done": [one.completed for _first, one in months],
        "noshow": [one.no_shows for _first, one in months],
        "open": [one.open for _first, one in months],
        "cancelled": [one.cancelled for _first, one in months],
    }
    made, lines = charts.bars([list(zip(counts, month, strict=True)) for month in zip(*counts.values(), strict=True)])
    spans = [periods.of_month(first) for first, _tally in months]
    names = (_("Took place"), _("No-shows"), _("To come"), _("Cancellations"))
    statuses = ("completed", "no_show", "open", "cancelled")
    parts = [
        (kind, name, list(zip(counts[kind], [number_tiles.rows(one, status) for one in spans], strict=True)))
        for kind, name, status in zip(counts, names, statuses, strict=True)
    ]
    links = [number_tiles.rows(one) for one in spans]
    return {"bars": list(zip(made, spans, links, strict=True)), "lines": lines, "spans": spans, "parts": parts}


def _trend(months: Sequence[tuple[date, Tally]]) -> dict[str, Any]:
    rates = [tally.no_show_rate for _first, tally in months]
    points, lines = charts.trend(rates)
    spans = [periods.of_month(first) for first, _tally in months]
    links = [number_tiles.rows(one, "sessions") for one in spans]
    written = [figures.percent(rate).rstrip("%") for rate in rates]
    path = " ".join(f"{point.x},{point.y}" for point in points if point)
    return {"points": list(zip(points, spans, links, written, strict=True)), "lines": lines, "path": path}


def _heat(counts: Mapping[tuple[int, int], int], period: Period) -> dict[str, Any]:
    """Return the hours of the week that are booked, with a row an hour and a column a weekday that has any."""
    weekdays = sorted({weekday for weekday, _hour in counts})
    hours = range(min(hour for _w, hour in counts), max(hour for _w, hour in counts) + 1) if counts else range(0)
    largest = max(counts.values(), default=0)
    names = [date_format(date(2026, 11, 16) + timedelta(days=weekday), "D").lower() for weekday in weekdays]

    def cell(weekday: int, hour: int) -> tuple[int, int, str]:
        count = counts.get((weekday, hour), 0)
        link = number_tiles.rows(period, weekday=weekday, hour=hour) if count else ""
        return count, charts.heat_of(count, largest), link

    table = [(f"{hour:02}h", [cell(weekday, hour) for weekday in weekdays]) for hour in hours]
    return {"weekdays": names, "rows": table}


def _sources(counts: Mapping[str, int], period: Period) -> list[tuple[str, int, str]]:
    return [
        (str(Appointment.Source(source).label), count, number_tiles.rows(period, source=source))
        for source, count in counts.items()
    ]
