"""The tiles of the numbers page: each figure of a period against the one before it, with a link to its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistant import figures, metrics
from assistant.metrics import Clients, Tally
from assistant.numbers import occupancy, replies
from assistant.numbers.occupancy import Occupancy
from assistant.numbers.periods import Period
from assistant.numbers.replies import Alone
from scheduling.models import Professional

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure, its change in words and whether that is good, and its base; each link opens what it is counted from."""

    label: str
    figure: str
    link: str
    change: str
    direction: str
    base: str
    base_link: str = ""
    is_good: bool | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted on some days."""

    tally: Tally
    clients: Clients
    occupancy: Occupancy
    alone: Alone


def tiles(professional: Professional, period: Period, tallies: Sequence[Tally], *, now: datetime) -> list[Tile]:
    """Return the tiles; `tallies` are the period's and that of the one before it."""
    found, before = _counted(professional, period, tallies, now=now)
    return [*(tile(period, found, before) for tile in _COUNTED), _answer_time(professional, period)]


def rows(period: Period, status: str = "", **more: object) -> str:
    """Return where the appointments are that a figure is counted from."""
    asked = urlencode(({"status": status} if status else {}) | more)
    return f"{reverse('number-rows')}?{period.query}{f'&{asked}' if asked else ''}"


def _counted(professional: Professional, period: Period, tallies: Sequence[Tally], *, now: datetime) -> list[Counted]:
    """Return what was counted in the period, and in the one before it."""
    spans = [period.span, period.before]
    people = metrics.clients(professional, spans)
    booked = occupancy.of(professional, spans, now=now)
    alone = replies.alone(professional, spans)
    return [Counted(*one) for one in zip(tallies, people, booked, alone, strict=True)]


def _received(period: Period, found: Counted, before: Counted) -> Tile:
    amount = found.tally.expected
    expected = _("%(amount)s still expected") % {"amount": figures.money(amount)} if amount else ""
    change = _money_change(found.tally, before.tally)
    revenue, links = figures.money(found.tally.revenue), [rows(period, one) for one in ("completed", "expected")]
    return Tile(_("Received"), revenue, links[0], *change, expected, links[1])


def _took_place(period: Period, found: Counted, before: Counted) -> Tile:
    count = found.tally.completed
    change = _change(count - before.tally.completed)
    return Tile(_("Took place"), str(count), rows(period, "completed"), *change, *_of_booked(period, found))


def _no_show_rate(period: Period, found: Counted, before: Counted) -> Tile:
    points = _points_between(found.tally.no_show_rate, before.tally.no_show_rate)
    rate = figures.percent(found.tally.no_show_rate)
    base = figures.part(found.tally.no_shows, found.tally.sessions)
    good = None if not points else points < 0
    return Tile(_("No-show rate"), rate, rows(period, "sessions"), *_points(points), base, is_good=good)


def _cancellations(period: Period, found: Counted, before: Counted) -> Tile:
    count = found.tally.cancelled
    change = _change(count - before.tally.cancelled)
    return Tile(_("Cancellations"), str(count), rows(period, "cancelled"), *change, *_of_booked(period, found))


def _new_clients(period: Period, found: Counted, before: Counted) -> Tile:
    new, returning = found.clients.new, found.clients.returning
    counted = ngettext("%(count)s who returned", "%(count)s who returned", returning)
    base = counted % {"count": returning} if returning else ""
    change, link = _change(new - before.clients.new), rows(period, "returning")
    return Tile(_("New clients"), str(new), rows(period, "new"), *change, base, link)


def _occupancy(period: Period, found: Counted, before: Counted) -> Tile:
    points = _points_between(found.occupancy.rate, before.occupancy.rate)
    base = _("%(booked)s of %(offered)s offered") % {
        "booked": figures.hours(found.occupancy.booked),
        "offered": figures.hours(found.occupancy.offered),
    }
    good = None if not points else points > 0
    link = f"{reverse('number-days')}?{period.query}"
    return Tile(_("Occupancy"), figures.percent(found.occupancy.rate), link, *_points(points), base, is_good=good)


def _finished_alone(period: Period, found: Counted, before: Counted) -> Tile:
    points = _points_between(found.alone.rate, before.alone.rate)
    base = _("%(part)s conversations") % {"part": figures.part(found.alone.alone, found.alone.conversations)}
    good = None if not points else points > 0
    every = f"{reverse('number-conversations')}?{period.query}"
    label, rate = _("Finished by the reception alone"), figures.percent(found.alone.rate)
    return Tile(label, rate, f"{every}&alone=1", *_points(points), base, every, is_good=good)


def _answer_time(professional: Professional, period: Period) -> Tile:
    waits, before = replies.waits(professional, [period.span, period.before])
    base = _("you: %(time)s") % {"time": figures.wait(waits.by_hand.median)} if waits.by_hand.answers else ""
    link = f"{reverse('number-answers')}?{period.query}"
    change = _wait_change(waits.reception.median, before.reception.median)
    good = None if not change[1] else change[1] == "dn"
    figure = figures.wait(waits.reception.median)
    return Tile(_("Median answer time"), figure, link, *change, base, f"{link}&by=hand", is_good=good)


# In the order of the page; the first one leads.
_COUNTED: tuple[Callable[[Period, Counted, Counted], Tile], ...] = (
    _received,
    _took_place,
    _no_show_rate,
    _cancellations,
    _new_clients,
    _occupancy,
    _finished_alone,
)


def _of_booked(period: Period, found: Counted) -> tuple[str, str]:
    return _("of %(count)s booked") % {"count": found.tally.total}, rows(period)


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


def _wait_change(wait: timedelta | None, before: timedelta | None) -> tuple[str, str]:
    if wait is None or before is None:
        return "", ""
    difference = wait - before
    if abs(difference) < SECOND:
        return _("as before"), ""
    words = _("%(time)s slower") if wait > before else _("%(time)s faster")
    return words % {"time": figures.wait(abs(difference))}, "up" if wait > before else "dn"


def _points(points: Decimal | None) -> tuple[str, str]:
    if not points:
        return "", ""
    written = figures.percent(abs(points) / 100).rstrip("%")
    return _("%(count)s points") % {"count": written}, "up" if points > 0 else "dn"


def _points_between(rate: Decimal | None, former: Decimal | None) -> Decimal | None:
    return None if rate is None or former is None else (rate - former) * 100
