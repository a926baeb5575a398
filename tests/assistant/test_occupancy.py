"""How much of the offered time is booked equals what a person would count by hand."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from assistant.numbers import occupancy
from assistant.numbers.occupancy import Occupancy
from scheduling.models import Appointment, Professional, TimeOff, WorkingHours
from tests import cast

pytestmark = pytest.mark.django_db

Status = Appointment.Status
NOW = cast.at("2026-11-18 14:20")
MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)
HOUR = timedelta(hours=1)


def taken(professional: Professional, local: str, *, minutes: int = 60, **changes: object) -> None:
    start = cast.at(local, professional.timezone)
    ends = start + timedelta(minutes=minutes)
    cast.on_record(cast.caio(professional), start, ends_at=ends, **changes)


def of_week(professional: Professional) -> Occupancy:
    return occupancy.of(professional, [(MONDAY, SUNDAY)], now=NOW)[0]


def test_booked_is_counted_inside_the_working_hours(ana: Professional) -> None:
    taken(ana, "2026-11-16 09:00")
    taken(ana, "2026-11-17 17:00")
    assert of_week(ana) == Occupancy(offered=40 * HOUR, booked=2 * HOUR)
    assert of_week(ana).rate == Decimal(1) / 20


def test_what_lies_outside_the_hours_counts_in_neither(ana: Professional) -> None:
    taken(ana, "2026-11-16 11:30")
    taken(ana, "2026-11-21 10:00")
    assert of_week(ana) == Occupancy(offered=40 * HOUR, booked=HOUR / 2)


def test_day_off_offers_nothing(ana: Professional) -> None:
    off = {"starts_at": cast.at("2026-11-17 00:00"), "ends_at": cast.at("2026-11-18 15:00")}
    TimeOff.objects.create(professional=ana, **off)
    taken(ana, "2026-11-17 09:00")
    taken(ana, "2026-11-18 15:00")
    days = dict(occupancy.by_day(ana, MONDAY, SUNDAY, now=NOW))
    assert date(2026, 11, 17) not in days
    assert days[date(2026, 11, 18)] == Occupancy(offered=3 * HOUR, booked=HOUR)


def test_observed_holiday_offers_nothing(ana: Professional) -> None:
    Professional.objects.filter(pk=ana.pk).update(observes_holidays=True)
    days = dict(occupancy.by_day(Professional.objects.get(), MONDAY, SUNDAY, now=NOW))
    assert date(2026, 11, 20) not in days


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.HELD, Status.PENDING])
def test_what_is_not_agreed_fills_nothing(ana: Professional, status: Status) -> None:
    taken(ana, "2026-11-16 09:00", status=status, expires_at=timezone.now() + HOUR)
    assert of_week(ana).booked == timedelta()


def test_trial_and_wanted_move_fill_nothing(ana: Professional) -> None:
    taken(ana, "2026-11-16 09:00", is_trial=True)
    taken(ana, "2026-11-16 10:00")
    soon = timezone.now() + HOUR
    taken(ana, "2026-11-16 13:00", status=Status.PENDING, replaces=Appointment.objects.last(), expires_at=soon)
    assert of_week(ana).booked == HOUR


def test_nothing_offered_has_no_rate(ana: Professional) -> None:
    saturday = date(2026, 11, 21)
    assert occupancy.of(ana, [(saturday, SUNDAY)], now=NOW)[0].rate is None


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 8), 24)])
def test_day_of_a_clock_change_has_its_own_length(ana: Professional, day: date, hours: int) -> None:
    """T7: New York, open all Sunday."""
    ana.timezone = "America/New_York"
    ana.save()
    cast.open_on(ana, [6], ("00:00", "00:00"))
    taken(ana, f"{day} 00:30", minutes=180)
    assert occupancy.of(ana, [(day, day)], now=NOW) == [Occupancy(offered=hours * HOUR, booked=3 * HOUR)]


def test_appointment_over_midnight_fills_both_days(ana: Professional) -> None:
    WorkingHours.objects.all().delete()
    cast.open_on(ana, range(7), ("00:00", "00:00"))
    taken(ana, "2026-11-15 23:00", minutes=120)
    days = dict(occupancy.by_day(ana, date(2026, 11, 15), MONDAY, now=NOW))
    assert [one.booked for one in days.values()] == [HOUR, HOUR]
    assert [one.booked for one in occupancy.of(ana, [(MONDAY, MONDAY), (MONDAY, SUNDAY)], now=NOW)] == [HOUR, HOUR]


def test_anothers_appointments_fill_nothing(ana: Professional) -> None:
    """N1."""
    taken(cast.bruno(), "2026-11-17 09:00")
    assert of_week(ana).booked == timedelta()


def test_any_period_costs_the_same(ana: Professional, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        occupancy.by_day(ana, date(2025, 1, 1), SUNDAY, now=NOW)


class TestAgainstAMinuteByMinuteCount(TestCase):
    @settings(max_examples=15)
    @given(
        starts=st.sets(st.integers(0, 3 * 24 * 4 - 1), max_size=12),
        zone=st.sampled_from(["America/Sao_Paulo", "America/New_York", "Atlantic/Azores"]),
        off=st.tuples(st.integers(0, 71), st.integers(1, 30)),
    )
    def test_it_equals_it(self, starts: set[int], zone: str, off: tuple[int, int]) -> None:
        ana = cast.ana(timezone=zone)
        cast.open_on(ana, [5, 6], ("00:00", "04:00"), ("22:00", "00:00"))
        first = date(2026, 10, 31)
        midnight = cast.at(f"{first} 00:00", zone)
        away = midnight + off[0] * HOUR
        TimeOff.objects.create(professional=ana, starts_at=away, ends_at=away + off[1] * HOUR)
        quarters = [midnight + timedelta(minutes=15 * number) for number in starts]
        for start in quarters:
            cast.on_record(cast.caio(ana), start, ends_at=start + timedelta(minutes=15))
        offered = booked = 0
        for number in range(4 * 24 * 4):
            local = (midnight + timedelta(minutes=15 * number)).astimezone(ZoneInfo(zone))
            spans = [(9, 12), (13, 18)] if local.weekday() < 5 else [(0, 4), (22, 24)]
            is_off = away <= local < away + off[1] * HOUR
            if local.date() <= date(2026, 11, 2) and not is_off and any(a <= local.hour < b for a, b in spans):
                offered += 15
                # By number: a local time that occurs twice equals no time of another zone.
                booked += 15 * (number in starts)
        [found] = occupancy.of(ana, [(first, date(2026, 11, 2))], now=NOW)
        assert found == Occupancy(timedelta(minutes=offered), timedelta(minutes=booked))
