"""The numbers page: tiles, charts and tables whose every figure opens the rows that it is counted from."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assistant import charts, dates, figures, metrics
from assistant import day as days
from assistant.access import professional_only, shell
from assistant.metrics import Tally
from scheduling.models import Appointment, Professional

ROWS_A_PAGE = 100
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included, and what they are called."""

    first: date
    last: date
    title: str

    @property
    def before(self) -> tuple[date, date]:
        """The stretch of the same kind before it: the month before a month, else as many days."""
        if self.first.day == 1 and self.last == metrics.month_end(self.first):
            last = self.first - timedelta(days=1)
            return last.replace(day=1), last
        return self.first - (self.last - self.first) - timedelta(days=1), self.first - timedelta(days=1)

    @property
    def query(self) -> str:
        return urlencode({"from": self.first.isoformat(), "to": self.last.isoformat()})


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure, its change in words and whether that is good, and its base."""

    label: str
    figure: str
    link: str
    change: str
    direction: str
    base: str
    is_good: bool | None = None


@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Show a period's figures against the one before it; without one the current month's."""
    now = timezone.now()
    months = metrics.by_month(professional, now=now)
    period = _period(request, months[-1][0], months)
    tally = metrics.tally(professional, period.first, period.last)
    before = metrics.tally(professional, *period.before)
    ranking = metrics.no_show_ranking(professional, months[0][0], metrics.month_end(months[-1][0]), limit=5)
    context = {
        "period": period,
        "chips": _chips(months),
        "tiles": _tiles(professional, period, tally, before),
        "bars": _bars(months),
        "trend": _trend(months),
        "heat": _heat(professional, period),
        "ranking": [(one, figures.percent(one.rate), _client_rows(months, one.client_id)) for one in ranking],
        "sources": _sources(professional, period),
    }
    return render(request, "numbers/page.html", shell(request, professional, section="numbers") | context)


@professional_only
@require_GET
def rows(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List the appointments that a figure is counted from; the URL says of which period, status and client."""
    now = timezone.now()
    period = _period(request, now.astimezone(professional.zone).date().replace(day=1), [])
    found = _filtered(request, professional, period)
    shown = Paginator(found.select_related("client", "service").order_by("starts_at", "pk"), ROWS_A_PAGE)
    shown_page = shown.get_page(request.GET.get("page"))
    context = {
        "period": period,
        "count": shown.count,
        "page": shown_page,
        "cards": days.cards(professional, list(shown_page), now=now),
        "query": urlencode({key: value for key, value in request.GET.items() if key != "page"}),
    }
    return render(request, "numbers/rows.html", shell(request, professional, section="numbers") | context)


@professional_only
@require_GET
def export(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Return the same rows as a table for a spreadsheet, in which nothing that a client wrote is a formula."""
    period = _period(request, timezone.now().astimezone(professional.zone).date().replace(day=1), [])
    found = _filtered(request, professional, period)
    name = f"sineta-{period.first}-{period.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    # The mark at the beginning lets spreadsheets read accents.
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)
    sheet = csv.writer(response)
    columns = (_("Day"), _("Time"), _("Client"), _("Service"), _("Status"), _("Price"), _("Reference"), _("Source"))
    sheet.writerow(columns)
    for row in found.select_related("client", "service").order_by("starts_at", "pk").iterator(chunk_size=1000):
        local = row.starts_at.astimezone(professional.zone)
        written = (f"{local:%Y-%m-%d}", f"{local:%H:%M}", row.attendee or str(row.client), row.service.name)
        ends = (row.get_status_display(), f"{row.price:.2f}", row.reference, row.get_source_display())
        sheet.writerow([plain_cell(text) for text in (*written, *map(str, ends))])
    return response


def plain_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r") else text


def _filtered(request: HttpRequest, professional: Professional, period: Period) -> QuerySet[Appointment]:
    """Return the rows of the figure that the URL names: of a status, or "sessions", "coming", "new" people's first."""
    status, client = request.GET.get("status", ""), request.GET.get("client", "")
    if status == "new":
        return metrics.first_visits(professional, period.first, period.last)
    found = metrics.appointments(professional, period.first, period.last)
    if status in Appointment.Status.values:
        found = found.filter(status=status)
    if status == "sessions":
        found = found.filter(status__in=["completed", "no_show"])
    if status == "coming":
        found = found.filter(pk__in=metrics.upcoming(professional, now=timezone.now()).values("pk"))
    if client.isascii() and client.isdigit() and len(client) < 18:
        found = found.filter(client_id=int(client))
    return found


def _period(request: HttpRequest, current: date, months: Sequence[tuple[date, Tally]]) -> Period:
    """Return the period that the URL names, the current month where it names none or a wrong one."""
    first, last = dates.typed(request.GET.get("from", "")), dates.typed(request.GET.get("to", ""))
    if first is None or last is None or last < first or last - first > LONGEST:
        first, last = current, metrics.month_end(current)
    if first.day == 1 and last == metrics.month_end(first):
        return Period(first, last, figures.month(first))
    if months and (first, last) == (months[0][0], metrics.month_end(months[-1][0])):
        return Period(first, last, _("six months"))
    return Period(first, last, f"{first:%d/%m/%Y} – {last:%d/%m/%Y}")


def _chips(months: Sequence[tuple[date, Tally]]) -> list[Period]:
    current, previous = months[-1][0], months[-2][0]
    return [
        Period(current, metrics.month_end(current), _("This month")),
        Period(previous, metrics.month_end(previous), figures.month(previous).partition(" ")[0].capitalize()),
        Period(months[0][0], metrics.month_end(current), _("6 months")),
    ]


def _tiles(professional: Professional, period: Period, tally: Tally, before: Tally) -> list[Tile]:
    people = metrics.clients(professional, period.first, period.last)
    earlier = metrics.clients(professional, *period.before)
    rate, old_rate = tally.no_show_rate, before.no_show_rate
    points = None if rate is None or old_rate is None else (rate - old_rate) * 100
    expected = _("%(amount)s still expected") % {"amount": figures.money(tally.expected)} if tally.expected else ""
    attended = _("of %(count)s booked") % {"count": tally.total}
    base = figures.part(tally.no_shows, tally.sessions)
    everybody = _("of %(count)s in this time") % {"count": people.new + people.returning}
    return [
        Tile(
            _("Received"),
            figures.money(tally.revenue),
            _rows(period, "completed"),
            *_money_change(tally, before),
            expected,
        ),
        Tile(
            _("Took place"),
            str(tally.completed),
            _rows(period, "completed"),
            *_change(tally.completed - before.completed),
            attended,
        ),
        Tile(
            _("No-show rate"),
            figures.percent(rate),
            _rows(period, "no_show"),
            *_points(points),
            base,
            is_good=None if not points else points < 0,
        ),
        Tile(
            _("Cancellations"),
            str(tally.cancelled),
            _rows(period, "cancelled"),
            *_change(tally.cancelled - before.cancelled),
            attended,
        ),
        Tile(_("New clients"), str(people.new), _rows(period, "new"), *_change(people.new - earlier.new), everybody),
    ]


def _rows(period: Period, status: str = "") -> str:
    return f"{reverse('number-rows')}?{period.query}{f'&status={status}' if status else ''}"


def _client_rows(months: Sequence[tuple[date, Tally]], client_id: int) -> str:
    period = Period(months[0][0], metrics.month_end(months[-1][0]), "")
    return f"{_rows(period, 'no_show')}&client={client_id}"


def _change(difference: int) -> tuple[str, str]:
    """Return a difference of counts in words, and its direction."""
    if not difference:
        return _("as before"), ""
    words = _("%(count)s more") if difference > 0 else _("%(count)s fewer")
    return words % {"count": abs(difference)}, "up" if difference > 0 else "dn"


def _money_change(tally: Tally, before: Tally) -> tuple[str, str]:
    if not before.revenue or tally.revenue == before.revenue:
        return "", ""
    share = figures.percent(abs(tally.revenue - before.revenue) / before.revenue)
    is_more = tally.revenue > before.revenue
    words = _("%(share)s more than before") if is_more else _("%(share)s less than before")
    return words % {"share": share}, "up" if is_more else "dn"


def _points(points: Decimal | None) -> tuple[str, str]:
    if not points:
        return "", ""
    written = figures.percent(abs(points) / 100).rstrip("%")
    return _("%(count)s points") % {"count": written}, "up" if points > 0 else "dn"


def _month_period(first: date) -> Period:
    return Period(first, metrics.month_end(first), date_format(first, "b").lower())


def _bars(months: Sequence[tuple[date, Tally]]) -> dict[str, Any]:
    stacks = [
        (("done", one.completed), ("noshow", one.no_shows), ("cancelled", one.cancelled)) for _first, one in months
    ]
    made, lines = charts.bars(stacks)
    periods = [_month_period(first) for first, _tally in months]
    return {"bars": list(zip(made, periods, [_rows(one) for one in periods], strict=True)), "lines": lines}


def _trend(months: Sequence[tuple[date, Tally]]) -> dict[str, Any]:
    rates = [tally.no_show_rate for _first, tally in months]
    points, lines = charts.trend(rates)
    periods = [_month_period(first) for first, _tally in months]
    links = [_rows(one, "no_show") for one in periods]
    written = [figures.percent(rate).rstrip("%") for rate in rates]
    path = " ".join(f"{point.x},{point.y}" for point in points if point)
    return {"points": list(zip(points, periods, links, written, strict=True)), "lines": lines, "path": path}


def _heat(professional: Professional, period: Period) -> dict[str, Any]:
    """Return the hours of the week that are booked, with a row an hour and a column a weekday that has any."""
    counts = metrics.heat(professional, period.first, period.last)
    weekdays = sorted({weekday for weekday, _hour in counts})
    hours = range(min(hour for _w, hour in counts), max(hour for _w, hour in counts) + 1) if counts else range(0)
    largest = max(counts.values(), default=0)
    names = [date_format(date(2026, 11, 16) + timedelta(days=weekday), "D").lower() for weekday in weekdays]
    table = [
        (
            f"{hour:02}h",
            [(counts.get((w, hour), 0), charts.heat_of(counts.get((w, hour), 0), largest)) for w in weekdays],
        )
        for hour in hours
    ]
    return {"weekdays": names, "rows": table}


def _sources(professional: Professional, period: Period) -> list[tuple[str, int]]:
    found = metrics.sources(professional, period.first, period.last)
    return [(str(Appointment.Source(source).label), count) for source, count in found.items()]
