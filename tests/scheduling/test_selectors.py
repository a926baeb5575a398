"""Free time and the reasons for time that is not free, read from the database."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from scheduling import agenda, booking, selectors
from scheduling.models import Appointment, Professional, Service, TimeOff
from scheduling.slots import Reason
from tests import cast

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 16)
TUESDAY = date(2026, 11, 17)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(cast.MONDAY_MORNING, tick=False):
        yield


def first_service(professional: Professional) -> Service:
    return professional.services.all()[0]


def offered(professional: Professional, first: date, last: date | None = None, **options: Any) -> list[str]:
    """Return the offers of the first service as local clock times, with the date where there are several."""
    shown = "%H:%M" if last is None else "%d %H:%M"
    found = selectors.open_slots(professional, first, last or first, first_service(professional), **options)
    return [f"{start.astimezone(professional.zone):{shown}}" for start in found]


def reason(professional: Professional, local: str, **options: Any) -> Reason | None:
    moment = cast.at(local, professional.timezone)
    return selectors.why_not(professional, moment, first_service(professional), **options)


def time_off(professional: Professional, first: str, last: str) -> None:
    TimeOff.objects.create(professional=professional, starts_at=cast.at(first), ends_at=cast.at(last))


class TestOpenSlots:
    def test_a_free_day_is_offered_on_the_grid(self) -> None:
        found = " ".join(offered(cast.ana(), TUESDAY))
        assert found == "09:00 09:30 10:00 10:30 11:00 13:00 13:30 14:00 14:30 15:00 15:30 16:00 16:30 17:00"

    def test_minimum_notice_and_past_are_left_out(self) -> None:
        assert offered(cast.ana(), MONDAY)[0] == "11:00"
        assert offered(cast.ana(user=None, whatsapp_number=None, minimum_notice_minutes=0), MONDAY)[0] == "09:00"

    def test_past_days_offer_nothing(self) -> None:
        assert offered(cast.ana(), date(2020, 1, 1), MONDAY - DAY) == []

    def test_horizon_ends_with_its_last_day(self) -> None:
        """D12"""
        found = offered(cast.ana(booking_horizon_days=1), MONDAY, MONDAY + 9 * DAY)
        assert found[-1] == "17 17:00"

    def test_booked_time_is_not_offered_and_cancelled_time_is(self) -> None:
        """D5"""
        caio = cast.caio(cast.ana())
        appointment = cast.booked(caio, cast.at("2026-11-17 10:00"))
        assert offered(caio.professional, TUESDAY)[:3] == ["09:00", "11:00", "13:00"]
        booking.cancel(appointment, actor=booking.professional_actor())
        assert len(offered(caio.professional, TUESDAY)) == 14

    def test_buffers_of_both_sides_are_kept_free(self) -> None:
        caio = cast.caio(cast.ana())
        cast.only_service(caio.professional, buffer_after_minutes=15)
        cast.booked(caio, cast.at("2026-11-17 10:00"))
        assert offered(caio.professional, TUESDAY)[:3] == ["13:00", "13:30", "14:00"]

    def test_a_long_appointment_of_the_day_before_still_counts_with_its_buffer(self) -> None:
        ana = cast.ana()
        cast.open_on(ana, [1], ("00:00", "08:00"))
        long = cast.service(ana, "Retiro", 720, "900", buffer_after_minutes=240)
        cast.on_record(cast.caio(ana), cast.at("2026-11-16 04:30"), service=long, buffer_after_minutes=240)
        cast.only_service(ana, buffer_before_minutes=240)
        assert offered(ana, TUESDAY)[0] == "00:30"
        assert reason(ana, "2026-11-17 00:00") == Reason.SLOT_TAKEN

    def test_time_off_is_not_offered(self) -> None:
        ana = cast.ana()
        time_off(ana, "2026-11-17 09:00", "2026-11-17 16:00")
        assert offered(ana, TUESDAY) == ["16:00", "16:30", "17:00"]

    def test_holidays_are_closed_only_where_observed(self) -> None:
        holiday = date(2026, 11, 20)
        assert offered(cast.bruno(), holiday)
        assert offered(cast.ana(observes_holidays=True), holiday) == []

    def test_extra_hours_of_a_date_open_a_holiday(self) -> None:
        ana = cast.ana(observes_holidays=True)
        cast.open_on_date(ana, date(2026, 11, 20), ("10:00", "11:00"))
        assert offered(ana, date(2026, 11, 20)) == ["10:00"]

    def test_a_full_day_is_not_offered(self) -> None:
        caio = cast.caio(cast.ana(daily_limit=1))
        cast.booked(caio, cast.at("2026-11-17 10:00"))
        assert offered(caio.professional, TUESDAY) == []
        assert offered(caio.professional, TUESDAY + DAY)

    def test_day_filters_use_the_local_day(self) -> None:
        """T11: 23:30 in São Paulo is already tomorrow in UTC."""
        caio = cast.caio(cast.ana(daily_limit=1))
        cast.open_on(caio.professional, [0], ("20:00", "00:00"))
        cast.on_record(caio, cast.at("2026-11-17 23:00"))
        assert offered(caio.professional, MONDAY)[-1] == "23:00"
        assert offered(caio.professional, TUESDAY) == []
        assert offered(caio.professional, TUESDAY + DAY)

    def test_closing_at_midnight_allows_the_last_slot_before_it(self) -> None:
        ana = cast.ana()
        cast.open_on(ana, [1], ("22:00", "00:00"))
        assert offered(ana, TUESDAY)[-3:] == ["22:00", "22:30", "23:00"]

    @pytest.mark.parametrize("last", [TUESDAY, TUESDAY + DAY])
    def test_open_hours_on_both_sides_of_midnight_are_one_night(self, last: date) -> None:
        ana = cast.ana(slot_step_minutes=50)
        cast.open_on(ana, [1], ("22:00", "00:00"))
        cast.open_on(ana, [2], ("00:00", "02:00"))
        assert [line for line in offered(ana, TUESDAY, last) if line[3:] > "19"] == [
            "17 22:00",
            "17 22:50",
            "17 23:40",
        ]
        assert offered(ana, TUESDAY + DAY)[:2] == ["00:00", "00:50"]
        assert reason(ana, "2026-11-17 23:40") is None

    def test_a_professional_in_kolkata_has_her_own_clock(self) -> None:
        ana = cast.ana(timezone="Asia/Kolkata")
        assert offered(ana, TUESDAY)[0] == "09:00"
        found = selectors.open_slots(ana, TUESDAY, TUESDAY, first_service(ana))
        assert found[0] == cast.at("2026-11-17 03:30", "UTC")

    def test_weekly_hours_keep_their_wall_time_over_a_clock_change(self) -> None:
        """T9"""
        bruno = cast.bruno(timezone="America/New_York", booking_horizon_days=365)
        before, after = (offered(bruno, day)[0] for day in (date(2027, 3, 13), date(2027, 3, 16)))
        assert before == after == "09:00"

    def test_lapsed_holds_and_trial_rows_are_free_again(self) -> None:
        caio = cast.caio(cast.ana())
        cast.held(caio, cast.at("2026-11-17 10:00"))
        assert "10:00" not in offered(caio.professional, TUESDAY)
        assert "10:00" in offered(caio.professional, TUESDAY, now=timezone.now() + booking.HOLD)

    def test_another_professional_s_rows_do_not_matter(self) -> None:
        """N3"""
        cast.booked(cast.caio(cast.ana()), cast.at("2026-11-17 10:00"))
        assert "10:00" in offered(cast.bruno(), TUESDAY)

    @pytest.mark.parametrize("days", [0, 13, 59])
    def test_one_query_whatever_the_range(self, days: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        caio = cast.caio(cast.ana())
        appointment = cast.booked(caio, cast.at("2026-11-17 10:00"))
        service = first_service(caio.professional)
        with django_assert_num_queries(1):
            selectors.open_slots(caio.professional, TUESDAY, TUESDAY + days * DAY, service)
        with django_assert_num_queries(1):
            selectors.open_slots(caio.professional, TUESDAY, TUESDAY + days * DAY, service, moving=appointment)


class TestMoving:
    @pytest.fixture
    def appointment(self) -> Appointment:
        return cast.booked(cast.caio(cast.ana()), cast.at("2026-11-17 10:00"))

    def test_its_own_time_counts_as_free(self, appointment: Appointment) -> None:
        assert "10:30" in offered(appointment.professional, TUESDAY, moving=appointment)

    def test_the_time_of_its_own_wanted_move_counts_as_free(self, appointment: Appointment) -> None:
        booking.hold_move(appointment, starts_at=cast.at("2026-11-17 15:00"), source="whatsapp")
        assert "15:00" in offered(appointment.professional, TUESDAY, moving=appointment)
        assert "15:00" not in offered(appointment.professional, TUESDAY)

    def test_it_asks_for_the_agreed_length_not_for_the_service_s_of_today(self, appointment: Appointment) -> None:
        cast.only_service(appointment.professional, duration_minutes=180)
        assert "17:00" in offered(appointment.professional, TUESDAY, moving=appointment)

    def test_a_wanted_move_inside_the_day_does_not_count_twice_for_the_limit(self, appointment: Appointment) -> None:
        Professional.objects.update(daily_limit=2)
        booking.hold_move(appointment, starts_at=cast.at("2026-11-17 15:00"), source="whatsapp")
        ana = Professional.objects.get()
        assert "09:00" in offered(ana, TUESDAY)
        assert reason(ana, "2026-11-17 09:00") is None

    def test_a_full_day_does_not_hinder_a_move_inside_it(self, appointment: Appointment) -> None:
        Professional.objects.update(daily_limit=1)
        ana = Professional.objects.get()
        assert reason(ana, "2026-11-17 15:00", moving=appointment) is None
        assert reason(ana, "2026-11-17 15:00") == Reason.DAILY_LIMIT


class TestWhyNot:
    @pytest.mark.parametrize(
        ("local", "expected"),
        [
            ("2026-11-17 09:00", None),
            ("2026-11-16 08:00", Reason.PAST),
            ("2026-11-16 10:30", Reason.MINIMUM_NOTICE),
            ("2027-03-01 09:00", Reason.BEYOND_HORIZON),
            ("2026-11-21 09:00", Reason.DAY_OFF),
            ("2026-11-17 08:00", Reason.OUTSIDE_HOURS),
            ("2026-11-17 17:30", Reason.OUTSIDE_HOURS),
            ("2026-11-17 12:00", Reason.BREAK),
            ("2026-11-17 11:30", Reason.BREAK),
            ("2026-11-17 09:10", Reason.OFF_GRID),
            ("2026-11-18 14:00", Reason.DAY_OFF),
            ("2026-11-19 14:30", Reason.SLOT_TAKEN),
        ],
    )
    def test_the_first_reason_is_told(self, local: str, expected: Reason | None) -> None:
        ana = cast.ana()
        time_off(ana, "2026-11-18 13:00", "2026-11-18 15:00")
        cast.on_record(cast.caio(ana), cast.at("2026-11-19 14:00"))
        assert reason(ana, local) == expected

    def test_one_s_own_appointment_is_named_as_such(self) -> None:
        caio = cast.caio(cast.ana())
        cast.booked(caio, cast.at("2026-11-17 10:00"))
        assert reason(caio.professional, "2026-11-17 10:30", client=caio) == Reason.OWN_APPOINTMENT
        dora = cast.dora(caio.professional)
        assert reason(caio.professional, "2026-11-17 10:30", client=dora) == Reason.SLOT_TAKEN

    def test_a_fraction_of_a_second_is_off_the_grid(self) -> None:
        ana = cast.ana()
        start = cast.at("2026-11-17 09:00") + timedelta(microseconds=1)
        assert selectors.why_not(ana, start, first_service(ana)) == Reason.OFF_GRID

    def test_one_query(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        caio = cast.caio(cast.ana())
        appointment = cast.booked(caio, cast.at("2026-11-17 10:00"))
        service = first_service(caio.professional)
        with django_assert_num_queries(1):
            selectors.why_not(caio.professional, cast.at("2026-11-17 11:00"), service, client=caio, moving=appointment)


clock = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
PRACTICES = st.fixed_dictionaries(
    {
        "timezone": st.sampled_from(["America/Sao_Paulo", "America/New_York", "Asia/Kolkata", "Atlantic/Azores"]),
        "slot_step_minutes": st.sampled_from([15, 30, 50]),
        "minimum_notice_minutes": st.sampled_from([0, 120, 1000]),
        "booking_horizon_days": st.integers(0, 4),
        "daily_limit": st.sampled_from([None, 1, 2]),
        "observes_holidays": st.booleans(),
    }
)
SERVICES = st.fixed_dictionaries(
    {
        "duration_minutes": st.sampled_from([30, 50, 80, 240]),
        "buffer_before_minutes": st.sampled_from([0, 10]),
        "buffer_after_minutes": st.sampled_from([0, 20]),
    }
)
HOURS = st.lists(st.tuples(st.integers(0, 6), clock, clock), min_size=3, max_size=8)
BUSY = st.sets(st.integers(0, 4 * 48), max_size=5)


# An ordinary week, and weeks in which the clocks change in the Azores and in New York.
NOWS = st.sampled_from([cast.MONDAY_MORNING, cast.at("2026-10-24 09:00"), cast.at("2026-10-30 09:00")])


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NOWS, PRACTICES, SERVICES, HOURS, BUSY, st.integers(0, 5 * 24))
def test_open_slots_and_why_not_agree_about_every_time(
    now: datetime,
    practice: dict[str, Any],
    changes: dict[str, Any],
    hours: list[tuple[int, str, str]],
    busy: set[int],
    off: int,
) -> None:
    """T7: also on days with a change of clocks, and whatever range of days is asked for."""
    ana = cast.ana(user=None, whatsapp_number=None, **practice)
    service = cast.only_service(ana, **changes)
    ana.working_hours.all().delete()
    for weekday, one, other in hours:
        opens, closes = sorted([one, other])
        cast.open_on(ana, [weekday], (opens, closes if opens < closes else "00:00"))
    for start in (now + timedelta(minutes=30 * n) for n in sorted(busy)):
        if not selectors.overlapping(ana, start, start + service.duration).exists():
            cast.on_record(cast.dora(ana), start)
    begin = now + timedelta(hours=off)
    TimeOff.objects.create(professional=ana, starts_at=begin, ends_at=begin + timedelta(hours=5))

    first = now.astimezone(ana.zone).date()
    days = [first + n * DAY for n in range(6)]
    found = set(selectors.open_slots(ana, days[0], days[-1], service, now=now))
    day_by_day = {start for day in days for start in selectors.open_slots(ana, day, day, service, now=now)}
    times = found | {cast.at(f"{first}", ana.timezone) + timedelta(minutes=20 * n) for n in range(5 * 72)}
    bookable = {start for start in times if selectors.why_not(ana, start, service, now=now) is None}

    assert day_by_day == bookable == found


class TestPeople:
    def test_agenda_shows_the_live_rows_of_local_days(self) -> None:
        """T11"""
        caio = cast.caio(cast.ana())
        late = cast.on_record(caio, cast.at("2026-11-17 23:30"))
        cast.on_record(caio, cast.at("2026-11-18 00:30"))
        cast.on_record(caio, cast.at("2026-11-17 10:00"), status="cancelled")
        cast.on_record(cast.caio(cast.bruno()), cast.at("2026-11-17 11:00"))
        assert list(agenda.between(caio.professional, TUESDAY, TUESDAY)) == [late]

    def test_agenda_reads_client_and_service_at_once(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        caio = cast.caio(cast.ana())
        cast.on_record(caio, cast.at("2026-11-17 10:00"))
        with django_assert_num_queries(1):
            [row] = agenda.between(caio.professional, TUESDAY, TUESDAY)
            assert (row.client.name, row.service.name) == ("Caio Martins", "Sessão individual")

    def test_coming_leaves_out_holds_wanted_moves_and_the_past(self) -> None:
        caio = cast.caio(cast.ana())
        cast.on_record(caio, cast.at("2026-11-09 10:00"))
        agreed = cast.booked(caio, cast.at("2026-11-17 10:00"))
        cast.held(caio, cast.at("2026-11-18 10:00"))
        booking.hold_move(agreed, starts_at=cast.at("2026-11-19 10:00"), source="whatsapp")
        assert list(selectors.coming(caio)) == [agreed]

    def test_last_visit_is_the_latest_that_took_place_or_should_have(self) -> None:
        caio = cast.caio(cast.ana())
        cast.on_record(caio, cast.at("2026-11-02 10:00"), status="completed")
        missed = cast.on_record(caio, cast.at("2026-11-09 10:00"), status="no_show")
        cast.on_record(caio, cast.at("2026-11-10 10:00"), status="cancelled")
        cast.booked(caio, cast.at("2026-11-17 10:00"))
        assert selectors.last_visit(caio) == missed

    def test_overlapping_names_the_rows_in_the_way(self) -> None:
        """D6"""
        caio = cast.caio(cast.ana())
        row = cast.on_record(caio, cast.at("2026-11-17 10:00"))
        inside = selectors.overlapping(caio.professional, cast.at("2026-11-17 10:49"), cast.at("2026-11-17 18:00"))
        beside = selectors.overlapping(caio.professional, cast.at("2026-11-17 10:50"), cast.at("2026-11-17 18:00"))
        assert (list(inside), list(beside)) == ([row], [])

    def test_price_is_read_as_money(self) -> None:
        assert first_service(cast.ana()).price == Decimal("200.00")


def test_busy_time_is_read_from_the_index_alone() -> None:
    """The covering index must name every column that the read asks for, or history slows it down."""
    caio = cast.caio(cast.ana())
    with CaptureQueriesContext(connection) as captured:
        offered(caio.professional, TUESDAY)
    with connection.cursor() as cursor:
        # On a handful of rows the plans cost the same; without the other indexes the question is what is possible.
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'scheduling_appointment'")
        others = [name for (name,) in cursor.fetchall() if name != "appointment_busy"]
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
        )
        for name in others:
            cursor.execute(f'ALTER TABLE scheduling_appointment DROP CONSTRAINT IF EXISTS "{name}" CASCADE')
            cursor.execute(f'DROP INDEX IF EXISTS "{name}"')
        read = captured.captured_queries[-1]["sql"].rpartition(";")[2]
        cursor.execute(f"EXPLAIN {read}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Only Scan using appointment_busy" in plan
