"""Every figure equals a naive count in Python, over random appointments at the edges of months in zones that change."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from assistant import metrics
from assistant.metrics import Clients, Tally
from scheduling.models import Appointment, Professional
from tests import cast

Status = Appointment.Status
# Midnights of months by UTC, and of the days on which Azores, New York and São Paulo (in 2018) moved their clocks.
EDGES = [datetime(year, month, 1, tzinfo=UTC) for year in (2018, 2019) for month in range(1, 13)]
EDGES += [datetime(2018, month, day, tzinfo=UTC) for month, day in ((2, 18), (3, 11), (3, 25), (10, 28), (11, 4))]
ZONES = ("Atlantic/Azores", "America/New_York", "America/Sao_Paulo")
NOW = datetime(2019, 1, 1, 2, 30, tzinfo=UTC)

moments = st.builds(
    lambda edge, minutes: edge + timedelta(minutes=minutes), st.sampled_from(EDGES), st.integers(-360, 360)
)
rows = st.fixed_dictionaries(
    {
        "starts_at": moments,
        "status": st.sampled_from(Status.values),
        "is_trial": st.sampled_from([False, False, False, True]),
        "is_move": st.sampled_from([False, False, False, True]),
        "client": st.integers(0, 2),
        "price": st.decimals(0, 500, places=2),
        "source": st.sampled_from(["whatsapp", "dashboard", "api"]),
    }
)


class TestAgainstANaiveCount(TestCase):
    @settings(max_examples=60)
    @given(zone=st.sampled_from(ZONES), drawn=st.lists(rows, max_size=25, unique_by=lambda row: row["starts_at"]))
    def test_every_figure_equals_it(self, zone: str, drawn: list[dict[str, Any]]) -> None:
        """T11."""
        ana = cast.ana(timezone=zone)
        write(ana, drawn)
        seen = [row for row in drawn if not (row["is_trial"] or row["is_move"] or row["status"] == Status.HELD)]
        for first, found in metrics.by_month(ana, now=NOW, count=13):
            last = metrics.month_end(first)
            inside = [row for row in seen if first <= local_day(row, zone) <= last]
            assert found == metrics.tally(ana, first, last, now=NOW) == tally(inside)
            assert metrics.appointments(ana, first, last).count() == len(inside)
            spread, both = metrics.spread(ana, first, last), [(first, last), (first.replace(day=10), last)]
            assert spread.sources == Counter(row["source"] for row in inside)
            assert metrics.clients(ana, both) == [clients(seen, *span, zone) for span in both]
            assert metrics.clients(ana, both)[0] == visits(ana, first, last)
            assert ranking(ana, first, last) == missed(inside)
            assert spread.hours == heat(inside, zone)
        assert metrics.new_by_month(ana, now=NOW, count=13) == {
            first: clients(seen, first, metrics.month_end(first), zone).new
            for first in metrics.months(ana, now=NOW, count=13)
        }


def write(ana: Professional, drawn: list[dict[str, Any]]) -> None:
    """Write the rows, a wanted move with the row that it moves, which is of another time and cancelled: not counted."""
    people = [cast.caio(ana), cast.dora(ana), ana.clients.create(name="Elisa Prado")]
    moved = cast.on_record(people[0], datetime(2001, 1, 1, tzinfo=UTC), status=Status.CANCELLED)
    for row in drawn:
        start = row["starts_at"]
        fields = {name: row[name] for name in ("status", "is_trial", "price", "source")}
        fields |= {"ends_at": start + timedelta(seconds=30), "expires_at": timezone.now() + timedelta(hours=1)}
        cast.on_record(people[row["client"]], start, replaces=moved if row["is_move"] else None, **fields)


def local_day(row: dict[str, Any], zone: str) -> date:
    moment: datetime = row["starts_at"]
    return moment.astimezone(ZoneInfo(zone)).date()


def tally(inside: list[dict[str, Any]]) -> Tally:
    counts = Counter(row["status"] for row in inside)
    received = (row["price"] for row in inside if row["status"] == "completed")
    expected = (row["price"] for row in inside if row["status"] == "confirmed" and row["starts_at"] >= NOW)
    ends = (counts["completed"], counts["no_show"], counts["cancelled"])
    return Tally(len(inside), *ends, sum(received, Decimal()), sum(expected, Decimal()))


def visits(ana: Professional, first: date, last: date) -> Clients:
    """Return how many rows each of the two figures opens."""
    return Clients(*(metrics.first_visits(ana, first, last, is_new=one).count() for one in (True, False)))


def clients(seen: list[dict[str, Any]], first: date, last: date, zone: str) -> Clients:
    came: dict[int, list[date]] = {}
    for row in seen:
        if row["status"] in ("confirmed", "completed", "no_show"):
            came.setdefault(row["client"], []).append(local_day(row, zone))
    inside = [days for days in came.values() if any(first <= day <= last for day in days)]
    new = sum(first <= min(days) for days in inside)
    return Clients(new, len(inside) - new)


def ranking(ana: Professional, first: date, last: date) -> Counter[tuple[int, int]]:
    """Return how many people missed so many of so many."""
    return Counter((one.no_shows, one.sessions) for one in metrics.no_show_ranking(ana, first, last))


def missed(inside: list[dict[str, Any]]) -> Counter[tuple[int, int]]:
    no_shows = Counter(row["client"] for row in inside if row["status"] == "no_show")
    sessions = Counter(row["client"] for row in inside if row["status"] in ("no_show", "completed"))
    return Counter((count, sessions[client]) for client, count in no_shows.items())


def heat(inside: list[dict[str, Any]], zone: str) -> dict[tuple[int, int], int]:
    walls = [row["starts_at"].astimezone(ZoneInfo(zone)) for row in inside if row["status"] != "cancelled"]
    return dict(Counter((wall.weekday(), wall.hour) for wall in walls))
