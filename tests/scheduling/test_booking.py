"""Booking as the client lives it: a hold, a yes, a cancellation; and by hand. Moves and requests: test_moves.py."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import booking, drafts, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional
from tests import cast

pytestmark = pytest.mark.django_db

TEN = cast.at("2026-11-17 10:00")
ELEVEN = cast.at("2026-11-17 11:00")
Status = Appointment.Status
Kind = AppointmentEvent.Kind
BY_HAND = booking.professional_actor()


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(cast.MONDAY_MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def caio() -> Client:
    return cast.caio(cast.ana())


def refused(code: Code) -> pytest.RaisesExc[BookingError]:
    return pytest.raises(BookingError, match=f"^{code}$")


def story(appointment: Appointment) -> list[str]:
    return [event.kind for event in appointment.events.all()]


def by_hand(client: Client, starts_at: datetime, **changes: Any) -> Appointment:
    service = client.professional.services.all()[0]
    chosen: dict[str, Any] = {"service": service, "source": "dashboard", "actor": BY_HAND}
    return booking.book(client.professional, client=client, starts_at=starts_at, **chosen | changes)


def after_the_sweep_has_read(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Have somebody else be faster than its locks."""
    due = selectors.appointments_due

    def read() -> list[Appointment]:
        monkeypatch.setattr(selectors, "appointments_due", due)
        found = list(due())
        change()
        return found

    monkeypatch.setattr(selectors, "appointments_due", read)


class TestHold:
    def test_it_keeps_the_time_for_ten_minutes(self, caio: Client) -> None:
        held = cast.held(caio, TEN, attendee="Lia")
        held.refresh_from_db()
        assert (held.status, held.attendee) == (Status.HELD, "Lia")
        assert held.expires_at == cast.MONDAY_MORNING + timedelta(minutes=10)

    def test_it_remembers_what_was_agreed(self, caio: Client) -> None:
        """T14: the wall time and its zone stand beside the instant."""
        cast.only_service(caio.professional, buffer_before_minutes=5, buffer_after_minutes=10)
        held = cast.held(caio, TEN)
        assert (held.local_start, held.timezone) == (datetime.fromisoformat("2026-11-17 10:00"), "America/Sao_Paulo")
        assert (held.ends_at, held.price) == (TEN + timedelta(minutes=50), Decimal(200))
        assert (held.buffer_before_minutes, held.buffer_after_minutes) == (5, 10)

    def test_it_is_announced_to_nobody(self, caio: Client) -> None:
        [event] = cast.held(caio, TEN).events.all()
        assert event.announced_at is not None

    @pytest.mark.parametrize(
        ("local", "code"),
        [
            ("2026-11-16 08:00", Code.PAST),
            ("2026-11-16 10:00", Code.MINIMUM_NOTICE),
            ("2027-06-01 10:00", Code.BEYOND_HORIZON),
            ("2026-11-22 10:00", Code.DAY_OFF),
            ("2026-11-17 19:00", Code.OUTSIDE_HOURS),
            ("2026-11-17 12:00", Code.BREAK),
            ("2026-11-17 10:10", Code.OFF_GRID),
        ],
    )
    def test_a_time_that_is_not_offered_is_refused(self, caio: Client, local: str, code: Code) -> None:
        """D12"""
        with refused(code):
            cast.held(caio, cast.at(local))
        assert not Appointment.objects.exists()

    def test_a_taken_time_is_refused(self, caio: Client) -> None:
        cast.booked(caio, TEN)
        with refused(Code.SLOT_TAKEN):
            cast.held(cast.dora(caio.professional), TEN)

    def test_the_daily_limit_is_kept(self) -> None:
        caio = cast.caio(cast.ana(daily_limit=1))
        cast.booked(caio, TEN)
        with refused(Code.DAILY_LIMIT):
            cast.held(caio, ELEVEN)

    def test_the_same_intent_gets_the_same_row(self, caio: Client) -> None:
        """L12"""
        first = cast.held(caio, TEN, intent_key="SM1:book")
        booking.confirm(first)
        assert cast.held(caio, TEN, intent_key="SM1:book") == first
        assert Appointment.objects.count() == 1

    def test_the_same_intent_finds_its_row_wherever_it_was_moved(self, caio: Client) -> None:
        """L12"""
        first = cast.held(caio, TEN, intent_key="SM1:book")
        booking.reschedule(booking.confirm(first), starts_at=ELEVEN, actor=booking.SYSTEM)
        assert cast.held(caio, TEN, intent_key="SM1:book") == first
        assert Appointment.objects.count() == 1

    @pytest.mark.parametrize("taken", [False, True])
    def test_client_and_service_must_be_the_professional_s_own(self, caio: Client, *, taken: bool) -> None:
        """N3: and nothing is said about the other calendar."""
        bruno = cast.bruno()
        if taken:
            cast.booked(caio, TEN)
        with refused(Code.NOT_FOUND):
            cast.held(caio, TEN, service=bruno.services.all()[0])
        with refused(Code.NOT_FOUND):
            booking.hold(
                caio.professional,
                client=cast.caio(bruno),
                service=caio.professional.services.all()[0],
                starts_at=TEN,
                source="whatsapp",
            )

    def test_a_professional_who_is_gone_is_not_found(self) -> None:
        with refused(Code.NOT_FOUND):
            booking.release(Appointment(professional_id=0))

    def test_a_dead_hold_gives_way_to_the_next_writer(self, caio: Client, clock: time_machine.Traveller) -> None:
        dead = cast.held(caio, TEN)
        clock.shift(booking.HOLD)
        cast.held(cast.dora(caio.professional), TEN)
        assert not Appointment.objects.filter(pk=dead.pk).exists()

    def test_a_dead_hold_of_the_same_intent_is_made_anew(self, caio: Client, clock: time_machine.Traveller) -> None:
        dead = cast.held(caio, TEN, intent_key="SM1:book")
        clock.shift(booking.HOLD)
        assert cast.held(caio, TEN, intent_key="SM1:book") != dead
        assert Appointment.objects.count() == 1

    def test_a_dead_hold_is_no_answer_to_its_intent_when_the_time_cannot_be_had(
        self, caio: Client, clock: time_machine.Traveller
    ) -> None:
        cast.held(caio, TEN, intent_key="SM1:book")
        clock.move_to(TEN)
        with refused(Code.MINIMUM_NOTICE):
            cast.held(caio, TEN, intent_key="SM1:book")

    def test_a_dead_hold_in_nobody_s_way_waits_for_a_late_yes(
        self, caio: Client, clock: time_machine.Traveller
    ) -> None:
        dead = cast.held(caio, TEN)
        clock.shift(booking.HOLD)
        cast.held(cast.dora(caio.professional), ELEVEN)
        assert booking.confirm(dead).status == Status.CONFIRMED

    def test_a_living_hold_does_not(self, caio: Client, clock: time_machine.Traveller) -> None:
        cast.held(caio, TEN)
        clock.shift(booking.HOLD - timedelta(seconds=1))
        with refused(Code.SLOT_TAKEN):
            cast.held(cast.dora(caio.professional), TEN)

    def test_a_reference_that_exists_is_drawn_again(self, caio: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        taken = cast.booked(caio, TEN)
        drawn = iter([taken.reference, "FRESH2"])
        monkeypatch.setattr(drafts, "new_reference", lambda: next(drawn))
        assert cast.held(caio, ELEVEN).reference == "FRESH2"

    @settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_every_offer_can_be_held_until_none_is_left(self, data: st.DataObject) -> None:
        ana = cast.ana(user=None, whatsapp_number=None, slot_step_minutes=data.draw(st.sampled_from([20, 50, 60])))
        service = cast.only_service(ana, buffer_after_minutes=data.draw(st.sampled_from([0, 10])))
        caio = cast.caio(ana)
        while found := selectors.open_slots(ana, TEN.date(), TEN.date(), service):
            booking.confirm(cast.held(caio, data.draw(st.sampled_from(found))))
        # Chosen as awkwardly as can be, three of nine offers block the others with their buffers.
        assert caio.appointments.count() >= 3


class TestConfirm:
    def test_a_hold_becomes_an_appointment(self, caio: Client) -> None:
        """L17: only this turns a hold into something agreed."""
        agreed = booking.confirm(cast.held(caio, TEN))
        agreed.refresh_from_db()
        assert (agreed.status, agreed.expires_at) == (Status.CONFIRMED, None)
        assert story(agreed) == [Kind.HELD, Kind.CONFIRMED]

    def test_a_second_yes_changes_nothing(self, caio: Client) -> None:
        """L21"""
        held = cast.held(caio, TEN)
        assert booking.confirm(held) == booking.confirm(held)
        assert story(held) == [Kind.HELD, Kind.CONFIRMED]

    def test_a_late_yes_books_as_long_as_nobody_took_the_time(
        self, caio: Client, clock: time_machine.Traveller
    ) -> None:
        held = cast.held(caio, TEN)
        clock.shift(timedelta(hours=1))
        assert booking.confirm(held).status == Status.CONFIRMED

    def test_a_yes_after_the_hold_was_removed_is_refused(self, caio: Client, clock: time_machine.Traveller) -> None:
        held = cast.held(caio, TEN)
        clock.shift(timedelta(hours=1))
        booking.lapse_due()
        with refused(Code.HOLD_EXPIRED):
            booking.confirm(held)

    def test_a_yes_after_the_start_is_refused(self, caio: Client, clock: time_machine.Traveller) -> None:
        held = cast.held(caio, TEN)
        clock.move_to(TEN)
        with refused(Code.PAST):
            booking.confirm(held)

    def test_a_cancelled_appointment_stays_cancelled(self, caio: Client) -> None:
        agreed = cast.booked(caio, TEN)
        booking.cancel(agreed, actor=BY_HAND)
        with refused(Code.NOT_POSSIBLE):
            booking.confirm(agreed)

    def test_release_drops_a_hold_and_nothing_else(self, caio: Client) -> None:
        booking.release(cast.held(caio, TEN))
        assert not Appointment.objects.exists()
        agreed = cast.booked(caio, TEN)
        booking.release(agreed)
        assert Appointment.objects.get() == agreed


class TestCancel:
    def test_the_time_is_free_again(self, caio: Client) -> None:
        """D5"""
        agreed = booking.cancel(cast.booked(caio, cast.at("2026-11-19 10:00")), actor=booking.CLIENT, reason="viagem")
        assert (agreed.status, agreed.cancel_reason) == (Status.CANCELLED, "viagem")
        assert cast.booked(cast.dora(caio.professional), cast.at("2026-11-19 10:00")).pk

    def test_a_second_cancellation_changes_nothing(self, caio: Client) -> None:
        agreed = cast.booked(caio, TEN)
        booking.cancel(agreed, actor=BY_HAND)
        booking.cancel(agreed, actor=BY_HAND)
        assert story(agreed) == [Kind.HELD, Kind.CONFIRMED, Kind.CANCELLED]

    def test_the_cut_off_binds_the_client_and_not_the_professional(
        self, caio: Client, clock: time_machine.Traveller
    ) -> None:
        agreed = cast.booked(caio, TEN)
        clock.move_to(TEN - timedelta(hours=24) + timedelta(seconds=1))
        with refused(Code.CUTOFF_PASSED):
            booking.cancel(agreed, actor=booking.CLIENT)
        assert booking.cancel(agreed, actor=BY_HAND).status == Status.CANCELLED

    def test_the_last_moment_before_the_cut_off_is_early_enough(
        self, caio: Client, clock: time_machine.Traveller
    ) -> None:
        agreed = cast.booked(caio, TEN)
        clock.move_to(TEN - timedelta(hours=24))
        assert booking.cancel(agreed, actor=booking.CLIENT).status == Status.CANCELLED

    def test_a_client_cannot_cancel_what_has_begun(self, clock: time_machine.Traveller) -> None:
        agreed = cast.booked(cast.caio(cast.ana(cancellation_cutoff_hours=0)), TEN)
        clock.move_to(TEN)
        with pytest.raises(BookingError):
            booking.cancel(agreed, actor=booking.CLIENT)

    @pytest.mark.parametrize("status", ["completed", "no_show", "held"])
    def test_only_requests_and_appointments_can_be_cancelled(self, caio: Client, status: str) -> None:
        row = cast.on_record(caio, TEN, status=status, expires_at=TEN)
        with refused(Code.NOT_POSSIBLE):
            booking.cancel(row, actor=BY_HAND)

    def test_a_row_that_is_gone_is_not_found(self, caio: Client) -> None:
        row = cast.held(caio, TEN)
        booking.release(row)
        with refused(Code.NOT_FOUND):
            booking.cancel(row, actor=BY_HAND)


class TestByHand:
    def test_booking_may_break_the_rules(self, caio: Client) -> None:
        saturday_night = cast.at("2026-11-21 23:10")
        appointment = by_hand(caio, saturday_night)
        assert (appointment.status, story(appointment)) == (Status.CONFIRMED, [Kind.CONFIRMED])

    def test_booking_never_breaks_another_appointment(self, caio: Client) -> None:
        cast.booked(caio, TEN)
        with refused(Code.SLOT_TAKEN):
            by_hand(cast.dora(caio.professional), TEN + timedelta(minutes=49))

    def test_booking_again_with_the_same_intent_changes_nothing(self, caio: Client) -> None:
        first = by_hand(caio, TEN, intent_key="form-1")
        assert by_hand(caio, TEN, intent_key="form-1") == first

    def test_booking_takes_no_row_of_another_professional(self, caio: Client) -> None:
        with refused(Code.NOT_FOUND):
            by_hand(caio, TEN, service=cast.bruno().services.all()[0])

    def test_a_second_without_meaning_is_kept_as_the_first_of_two(self) -> None:
        """T2: the hour that comes twice is told apart by its instant; the wall time alone means the first."""
        caio = cast.caio(cast.ana(timezone="America/New_York"))
        second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
        first = second - timedelta(hours=1)
        rows = [by_hand(caio, start) for start in (first, second)]
        assert [row.local_start for row in rows] == [datetime.fromisoformat("2026-11-01 01:30")] * 2
        assert cast.at("2026-11-01 01:30", "America/New_York") == first

    def test_the_login_is_kept_with_the_change(self, caio: Client) -> None:
        login: User = cast.login("ana@example.com")
        appointment = by_hand(caio, TEN, actor=booking.professional_actor(login))
        assert appointment.events.get().user == login


class TestMark:
    @pytest.fixture
    def begun(self, caio: Client, clock: time_machine.Traveller) -> Appointment:
        appointment = cast.booked(caio, TEN)
        clock.move_to(TEN)
        return appointment

    def test_either_can_be_corrected(self, begun: Appointment) -> None:
        booking.mark(begun, status=Status.NO_SHOW, actor=BY_HAND)
        booking.mark(begun, status=Status.COMPLETED, actor=BY_HAND)
        assert story(begun)[2:] == [Kind.NO_SHOW, Kind.COMPLETED]

    def test_a_second_mark_changes_nothing(self, begun: Appointment) -> None:
        booking.mark(begun, status=Status.NO_SHOW, actor=BY_HAND)
        booking.mark(begun, status=Status.NO_SHOW, actor=BY_HAND)
        assert story(begun).count(Kind.NO_SHOW) == 1

    def test_an_appointment_that_has_not_begun_cannot_be_marked(self, caio: Client) -> None:
        with refused(Code.NOT_POSSIBLE):
            booking.mark(cast.booked(caio, TEN), status=Status.NO_SHOW, actor=BY_HAND)

    def test_a_mark_can_be_taken_back_and_nobody_is_told(self, begun: Appointment) -> None:
        booking.mark(begun, status=Status.NO_SHOW, actor=BY_HAND)
        assert booking.mark(begun, status=Status.CONFIRMED, actor=BY_HAND).status == Status.CONFIRMED
        event = AppointmentEvent.objects.filter(appointment=begun).latest("pk")
        assert (event.kind, event.data["unmarked"]) == (AppointmentEvent.Kind.CONFIRMED, True)
        assert event.announced_at is not None

    @pytest.mark.parametrize("status", [Status.CANCELLED, Status.HELD, Status.PENDING])
    def test_other_statuses_cannot_be_set(self, begun: Appointment, status: Status) -> None:
        booking.mark(begun, status=Status.COMPLETED, actor=BY_HAND)
        with refused(Code.NOT_POSSIBLE):
            booking.mark(begun, status=status, actor=BY_HAND)

    def test_a_cancelled_one_cannot_be_marked(self, caio: Client) -> None:
        gone = cast.on_record(caio, TEN - timedelta(days=7), status="cancelled")
        with refused(Code.NOT_POSSIBLE):
            booking.mark(gone, status=Status.COMPLETED, actor=BY_HAND)


class TestSweep:
    def test_an_hour_after_its_end_an_appointment_is_completed(
        self, caio: Client, clock: time_machine.Traveller
    ) -> None:
        appointment = cast.booked(caio, TEN)
        clock.move_to(appointment.ends_at + timedelta(minutes=59))
        assert booking.complete_due() == 0
        clock.shift(timedelta(minutes=1))
        assert booking.complete_due() == 1
        appointment.refresh_from_db()
        assert appointment.status == Status.COMPLETED

    @pytest.mark.parametrize(
        ("status", "change"),
        [
            (Status.CANCELLED, lambda one: booking.cancel(one, actor=BY_HAND)),
            (Status.NO_SHOW, lambda one: booking.mark(one, status=Status.NO_SHOW, actor=BY_HAND)),
            (
                Status.CONFIRMED,
                lambda one: booking.reschedule(one, starts_at=TEN + timedelta(days=7), actor=BY_HAND),
            ),
        ],
    )
    def test_what_happened_to_one_meanwhile_stays_and_does_not_stop_the_others(
        self,
        caio: Client,
        clock: time_machine.Traveller,
        monkeypatch: pytest.MonkeyPatch,
        status: str,
        change: Callable[[Appointment], object],
    ) -> None:
        """The sweep reads first and locks later."""
        rows = [cast.booked(caio, TEN), cast.booked(caio, ELEVEN)]
        clock.move_to(TEN + timedelta(days=1))
        after_the_sweep_has_read(monkeypatch, lambda: change(rows[0]))
        assert booking.complete_due() == 1
        assert [Appointment.objects.get(pk=one.pk).status for one in rows] == [status, Status.COMPLETED]

    def test_dead_holds_are_removed_everywhere(self, caio: Client, clock: time_machine.Traveller) -> None:
        cast.held(caio, TEN)
        bruno: Professional = cast.bruno()
        cast.held(cast.caio(bruno), cast.at("2026-11-17 15:00"))
        clock.shift(booking.HOLD)
        assert booking.lapse_due() == 2
        assert not Appointment.objects.exists()


def test_every_refusal_has_a_message() -> None:
    assert all(BookingError(code).message for code in Code)
