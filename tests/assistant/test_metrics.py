"""Every figure equals what a person would count by hand, in the professional's own months."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assistant import metrics
from assistant.metrics import Absences, Tally
from scheduling import directory
from scheduling.models import Appointment, Professional
from tests import cast

pytestmark = pytest.mark.django_db

Status = Appointment.Status
NOW = cast.at("2026-11-18 14:20")
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def seen(professional: Professional, local: str, status: Status, **changes: object) -> Appointment:
    client = changes.pop("client", None) or cast.caio(professional)
    return cast.on_record(client, cast.at(local), status=status, **changes)  # type: ignore[arg-type]


def test_months_are_the_current_one_and_the_five_before(ana: Professional) -> None:
    first = [date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1), FIRST]
    assert metrics.months(ana, now=NOW) == first
    assert metrics.months(ana, now=cast.at("2026-01-01 00:00"))[0] == date(2025, 8, 1)


def test_month_is_counted_by_status(ana: Professional) -> None:
    for hour, status in enumerate((Status.COMPLETED, Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED), start=9):
        seen(ana, f"2026-11-05 {hour:02}:00", status)
    seen(ana, "2026-11-26 09:00", Status.CONFIRMED, price=Decimal("320.00"))
    november = metrics.tally(ana, FIRST, LAST, now=NOW)
    assert november == Tally(5, 2, 1, 1, revenue=Decimal("400.00"), expected=Decimal("320.00"))
    assert november.no_show_rate == Decimal(1) / 3


def test_expected_are_agreed_ones_that_lie_ahead(ana: Professional) -> None:
    """Neither what is over and not marked, nor a request, which nobody has agreed to."""
    seen(ana, "2026-11-18 14:00", Status.CONFIRMED)
    ahead = seen(ana, "2026-11-18 16:00", Status.CONFIRMED, price=Decimal("320.00"))
    seen(ana, "2026-11-20 09:00", Status.PENDING, expires_at=NOW + timedelta(hours=3))
    rows = metrics.appointments(ana, FIRST, LAST)
    assert list(metrics.expected(rows, now=NOW)) == [ahead]
    for found in (metrics.tally(ana, FIRST, LAST, now=NOW), metrics.tally_of(rows, now=NOW)):
        assert (found.expected, found.open) == (Decimal("320.00"), 3)


def test_figures_of_a_client_are_the_same_on_the_clients_page(ana: Professional) -> None:
    """What `scheduling.directory` counts for the people of a list is what these rows come to."""
    caio = cast.caio(ana)
    moved = seen(ana, "2026-11-05 19:00", Status.CONFIRMED)
    for hour, status in enumerate((Status.COMPLETED, Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED), start=9):
        seen(ana, f"2026-11-05 {hour:02}:00", status)
        seen(ana, f"2026-11-06 {hour:02}:00", status, is_trial=True)
        seen(ana, f"2026-11-07 {hour:02}:00", status, replaces=moved if status == Status.COMPLETED else None)
        seen(ana, f"2026-11-08 {hour:02}:00", status, client=cast.dora(ana))
    found = directory.figures([caio], now=NOW)[caio.pk]
    counted = metrics.tally_of(metrics.appointments(ana, FIRST, LAST).filter(client=caio), now=NOW)
    assert (found.completed, found.missed, found.received) == (counted.completed, counted.no_shows, counted.revenue)
    [_dora, absences] = metrics.no_show_ranking(ana, FIRST, LAST)[::-1]
    assert (found.missed, found.finished) == (absences.no_shows, absences.sessions)


def test_nothing_counted_has_no_rate(ana: Professional) -> None:
    assert metrics.tally(ana, FIRST, LAST, now=NOW).no_show_rate is None


def test_month_ends_at_the_professionals_midnight(ana: Professional) -> None:
    """T11: 23:30 in São Paulo is already the next month in UTC."""
    seen(ana, "2026-10-31 23:00", Status.COMPLETED)
    [_october, (_first, november)] = metrics.by_month(ana, now=NOW, count=2)
    assert (_october[1].completed, november.completed) == (1, 0)


def test_holds_trials_and_wanted_moves_never_count(ana: Professional) -> None:
    soon = {"expires_at": timezone.now() + timedelta(minutes=5)}
    moving = seen(ana, "2026-11-05 09:00", Status.CONFIRMED)
    seen(ana, "2026-11-05 11:00", Status.HELD, **soon)
    seen(ana, "2026-11-05 13:00", Status.PENDING, replaces=moving, **soon)
    seen(ana, "2026-11-05 15:00", Status.COMPLETED, is_trial=True)
    assert metrics.tally(ana, FIRST, LAST, now=NOW).total == 1


def test_another_professionals_rows_count_nowhere(ana: Professional) -> None:
    """N1."""
    seen(cast.bruno(), "2026-11-05 09:00", Status.NO_SHOW)
    assert metrics.by_month(ana, now=NOW) == [(first, Tally()) for first in metrics.months(ana, now=NOW)]
    assert metrics.no_show_ranking(ana, FIRST, LAST) == []
    assert metrics.spread(ana, FIRST, LAST) == metrics.Spread({}, {})


def test_six_months_are_one_statement_and_equal_a_count_by_hand(
    ana: Professional, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    draw = random.Random(7)
    people = [cast.caio(ana), cast.dora(ana)]
    ends = (Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED, Status.CONFIRMED)
    for number in range(150):
        day = date(2026, 5, 20) + timedelta(days=number * 3 // 2)
        seen(ana, f"{day} {9 + number % 2 * 3:02}:00", draw.choice(ends), client=draw.choice(people))
    with django_assert_num_queries(1):
        found = metrics.by_month(ana, now=NOW)
    for first, tally in found:
        rows = [one for one in Appointment.objects.all() if one.local_start.date().replace(day=1) == first]
        counts = Counter(one.status for one in rows)
        paid = sum((one.price for one in rows if one.status == Status.COMPLETED), Decimal())
        assert (tally.total, tally.completed, tally.revenue) == (len(rows), counts["completed"], paid)
        assert (tally.no_shows, tally.cancelled) == (counts["no_show"], counts["cancelled"])


def test_figure_is_the_number_of_its_rows(ana: Professional) -> None:
    for day in ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01"):
        seen(ana, f"{day} 10:00", Status.COMPLETED)
    assert metrics.appointments(ana, FIRST, LAST).count() == metrics.tally(ana, FIRST, LAST, now=NOW).total == 2


def test_ranking_begins_with_who_missed_most(ana: Professional) -> None:
    caio, dora = cast.caio(ana), cast.dora(ana)
    for hour, (client, status) in enumerate(
        [(caio, Status.NO_SHOW), (caio, Status.COMPLETED), (dora, Status.NO_SHOW), (dora, Status.NO_SHOW)], start=9
    ):
        seen(ana, f"2026-11-05 {hour:02}:00", status, client=client)
    assert metrics.no_show_ranking(ana, FIRST, LAST) == [
        Absences(dora.pk, "Dora Alves", 2, 2),
        Absences(caio.pk, "Caio Martins", 1, 2),
    ]


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-11-01", "2026-11-30"),
        ("2026-11-30", "2026-11-30"),
        ("2026-01-31", "2026-01-31"),
        ("2028-02-01", "2028-02-29"),
    ],
)
def test_month_ends_with_its_own_last_day(day: str, last: str) -> None:
    assert metrics.month_end(date.fromisoformat(day)) == date.fromisoformat(last)


def test_upcoming_are_the_rest_of_today_and_seven_whole_days(ana: Professional) -> None:
    inside = seen(ana, "2026-11-25 17:00", Status.CONFIRMED)
    seen(ana, "2026-11-26 09:00", Status.CONFIRMED)
    seen(ana, "2026-11-18 09:00", Status.CONFIRMED)
    seen(ana, "2026-11-20 09:00", Status.CANCELLED)
    assert list(metrics.upcoming(ana, now=NOW)) == [inside]


def test_client_is_new_once(ana: Professional) -> None:
    seen(ana, "2026-10-05 09:00", Status.COMPLETED)
    seen(ana, "2026-11-05 09:00", Status.COMPLETED)
    seen(ana, "2026-11-05 11:00", Status.CONFIRMED, client=cast.dora(ana))
    assert metrics.clients(ana, [(FIRST, LAST), (date(2026, 10, 1), date(2026, 10, 31))]) == [
        metrics.Clients(new=1, returning=1),
        metrics.Clients(new=1, returning=0),
    ]


def test_new_clients_of_each_month_are_those_of_that_month(ana: Professional) -> None:
    seen(ana, "2026-10-05 09:00", Status.COMPLETED)
    seen(ana, "2026-11-05 09:00", Status.COMPLETED)
    seen(ana, "2026-10-31 23:00", Status.COMPLETED, client=cast.dora(ana))
    found = metrics.new_by_month(ana, now=NOW)
    assert found == {first: 2 if first.month == 10 else 0 for first in metrics.months(ana, now=NOW)}
    for first, count in found.items():
        assert metrics.clients(ana, [(first, metrics.month_end(first))])[0].new == count


def test_months_together_are_the_whole(ana: Professional) -> None:
    seen(ana, "2026-10-05 09:00", Status.COMPLETED)
    seen(ana, "2026-11-05 09:00", Status.NO_SHOW)
    parts = [tally for _first, tally in metrics.by_month(ana, now=NOW)]
    assert metrics.whole(parts) == metrics.tally(ana, date(2026, 6, 1), LAST, now=NOW)


def test_stretches_of_days_may_overlap(ana: Professional) -> None:
    seen(ana, "2026-10-31 09:00", Status.COMPLETED)
    seen(ana, "2026-11-05 09:00", Status.NO_SHOW)
    spans = [(FIRST, LAST), (date(2026, 10, 31), date(2026, 11, 5)), (LAST, LAST)]
    assert [one.total for one in metrics.tallies(ana, spans, now=NOW)] == [1, 2, 0]


def test_hours_of_the_week_are_the_wall_clocks(ana: Professional) -> None:
    for local in ("2026-11-02 09:30", "2026-11-09 09:00", "2026-11-06 17:00"):
        seen(ana, local, Status.COMPLETED)
    assert metrics.spread(ana, FIRST, LAST).hours == {(0, 9): 2, (4, 17): 1}


def test_sources_are_counted(ana: Professional) -> None:
    seen(ana, "2026-11-02 09:00", Status.COMPLETED)
    seen(ana, "2026-11-03 09:00", Status.COMPLETED, source=Appointment.Source.DASHBOARD)
    assert metrics.spread(ana, FIRST, LAST).sources == {"dashboard": 1, "whatsapp": 1}
