"""Wanted moves, and what waits for the professional's approval."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from scheduling import booking, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional
from tests import cast

pytestmark = pytest.mark.django_db

TEN = cast.at("2026-11-19 10:00")
HALF_PAST = cast.at("2026-11-19 10:30")
THREE = cast.at("2026-11-19 15:00")
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


@pytest.fixture
def agreed(caio: Client) -> Appointment:
    return cast.booked(caio, TEN)


def refused(code: Code) -> pytest.RaisesExc[BookingError]:
    return pytest.raises(BookingError, match=f"^{code}$")


def moved(appointment: Appointment, starts_at: datetime, intent_key: str | None = None) -> Appointment:
    """Hold the new time."""
    return booking.hold_move(appointment, starts_at=starts_at, source="whatsapp", intent_key=intent_key)


def ask_first() -> None:
    Professional.objects.update(requires_approval=True)


def only_row() -> Appointment:
    return Appointment.objects.get()


def story(appointment: Appointment) -> list[str]:
    return [event.kind for event in appointment.events.all() if event.kind != Kind.HELD]


class TestHoldMove:
    def test_the_old_time_stays_until_the_yes(self, agreed: Appointment) -> None:
        move = moved(agreed, THREE)
        agreed.refresh_from_db()
        assert (agreed.starts_at, agreed.status) == (TEN, Status.CONFIRMED)
        assert (move.status, move.wanted_start, move.replaces) == (Status.HELD, THREE, agreed)

    @pytest.mark.parametrize(
        ("wanted", "extra"),
        [
            (TEN - timedelta(minutes=30), (TEN - timedelta(minutes=30), TEN)),
            (HALF_PAST, (TEN + timedelta(minutes=50), HALF_PAST + timedelta(minutes=50))),
            (THREE, (THREE, THREE + timedelta(minutes=50))),
        ],
    )
    def test_it_occupies_what_the_new_time_adds_to_the_old(
        self, agreed: Appointment, wanted: datetime, extra: tuple[datetime, datetime]
    ) -> None:
        move = moved(agreed, wanted)
        assert (move.starts_at, move.ends_at, move.wanted_start) == (*extra, wanted)

    def test_shifted_onto_its_own_time_it_moves_at_the_yes(self, agreed: Appointment) -> None:
        """D4"""
        result = booking.confirm(moved(agreed, HALF_PAST))
        assert result == agreed == only_row()
        assert (result.starts_at, result.ends_at) == (HALF_PAST, HALF_PAST + timedelta(minutes=50))
        assert result.local_start == datetime.fromisoformat("2026-11-19 10:30")
        assert story(agreed) == [Kind.CONFIRMED, Kind.MOVED]

    def test_an_occupied_time_is_refused_and_the_old_one_stays(self, agreed: Appointment) -> None:
        """D4"""
        cast.booked(cast.dora(agreed.professional), THREE)
        with refused(Code.SLOT_TAKEN):
            moved(agreed, THREE)
        agreed.refresh_from_db()
        assert (agreed.starts_at, agreed.moves.count()) == (TEN, 0)

    def test_the_time_it_leaves_is_free_and_the_time_it_wants_is_not(self, agreed: Appointment) -> None:
        dora = cast.dora(agreed.professional)
        move = moved(agreed, THREE)
        with refused(Code.SLOT_TAKEN):
            cast.held(dora, THREE)
        booking.confirm(move)
        assert cast.held(dora, TEN).pk

    def test_the_agreed_price_length_and_buffers_are_kept(self, agreed: Appointment) -> None:
        cast.only_service(agreed.professional, price=999, duration_minutes=180, buffer_after_minutes=60)
        move = moved(agreed, cast.at("2026-11-19 17:00"))
        assert (move.price, move.buffer_after_minutes) == (Decimal(200), 0)
        result = booking.confirm(move)
        assert (result.price, result.ends_at - result.starts_at) == (Decimal(200), timedelta(minutes=50))

    def test_the_same_time_is_refused(self, agreed: Appointment) -> None:
        with refused(Code.SAME_TIME):
            moved(agreed, TEN)

    def test_the_cut_off_is_kept(self, agreed: Appointment, clock: time_machine.Traveller) -> None:
        clock.move_to(TEN - timedelta(hours=23))
        with refused(Code.CUTOFF_PASSED):
            moved(agreed, cast.at("2026-11-24 10:00"))

    def test_the_rules_are_kept(self, agreed: Appointment) -> None:
        with refused(Code.OUTSIDE_HOURS):
            moved(agreed, cast.at("2026-11-19 20:00"))

    def test_the_same_intent_gets_the_same_row(self, agreed: Appointment) -> None:
        """L12"""
        assert moved(agreed, THREE, "SM1:move") == moved(agreed, THREE, "SM1:move")

    def test_a_new_wish_replaces_the_former(self, agreed: Appointment) -> None:
        moved(agreed, THREE)
        second = moved(agreed, cast.at("2026-11-19 15:30"))
        assert agreed.moves.get() == second

    @pytest.mark.parametrize("status", ["cancelled", "completed", "no_show", "held"])
    def test_only_something_agreed_or_requested_can_move(self, caio: Client, status: str) -> None:
        row = cast.on_record(caio, TEN, status=status, expires_at=THREE)
        with refused(Code.NOT_POSSIBLE):
            moved(row, THREE)

    def test_a_wanted_move_cannot_itself_be_moved(self, agreed: Appointment) -> None:
        with refused(Code.NOT_POSSIBLE):
            moved(moved(agreed, THREE), HALF_PAST)


class TestConfirmMove:
    def test_a_second_yes_finds_the_moved_appointment(self, agreed: Appointment) -> None:
        """L21"""
        move = moved(agreed, THREE)
        first, second = booking.confirm(move), booking.confirm(move)
        assert (first, second.starts_at) == (agreed, THREE)
        assert story(agreed).count(Kind.MOVED) == 1

    def test_a_yes_after_the_hold_was_removed_is_refused(
        self, agreed: Appointment, clock: time_machine.Traveller
    ) -> None:
        move = moved(agreed, THREE)
        clock.shift(booking.HOLD)
        booking.lapse_due()
        with refused(Code.HOLD_EXPIRED):
            booking.confirm(move)
        assert only_row().starts_at == TEN

    def test_an_appointment_cancelled_meanwhile_takes_its_wanted_move_along(self, agreed: Appointment) -> None:
        move = moved(agreed, THREE)
        booking.cancel(agreed, actor=BY_HAND)
        with refused(Code.HOLD_EXPIRED):
            booking.confirm(move)
        assert only_row().status == Status.CANCELLED

    def test_a_client_may_give_up_a_wanted_move(self, agreed: Appointment) -> None:
        booking.release(moved(agreed, THREE))
        assert only_row() == agreed


class TestReschedule:
    def test_by_hand_it_may_break_the_rules(self, agreed: Appointment) -> None:
        result = booking.reschedule(agreed, starts_at=cast.at("2026-11-22 23:10"), actor=BY_HAND)
        assert result.local_start == datetime.fromisoformat("2026-11-22 23:10")
        assert story(agreed) == [Kind.CONFIRMED, Kind.MOVED]

    def test_an_occupied_time_is_refused_and_the_old_one_stays(self, agreed: Appointment) -> None:
        """D4"""
        cast.booked(cast.dora(agreed.professional), THREE)
        with refused(Code.SLOT_TAKEN):
            booking.reschedule(agreed, starts_at=THREE + timedelta(minutes=40), actor=BY_HAND)
        agreed.refresh_from_db()
        assert agreed.starts_at == TEN

    def test_it_ends_the_client_s_own_wanted_move(self, agreed: Appointment) -> None:
        moved(agreed, THREE)
        booking.reschedule(agreed, starts_at=THREE + timedelta(minutes=10), actor=BY_HAND)
        assert only_row().starts_at == THREE + timedelta(minutes=10)

    def test_the_same_time_again_changes_nothing(self, agreed: Appointment) -> None:
        booking.reschedule(agreed, starts_at=TEN, actor=BY_HAND)
        assert story(agreed) == [Kind.CONFIRMED]

    def test_the_past_is_refused(self, agreed: Appointment) -> None:
        with refused(Code.PAST):
            booking.reschedule(agreed, starts_at=cast.MONDAY_MORNING, actor=BY_HAND)

    def test_a_new_zone_of_the_professional_shows_in_the_wall_time(self, agreed: Appointment) -> None:
        """T13"""
        Professional.objects.update(timezone="America/Manaus")
        result = booking.reschedule(agreed, starts_at=THREE, actor=BY_HAND)
        assert (result.local_start, result.timezone) == (
            datetime.fromisoformat("2026-11-19 14:00"),
            "America/Manaus",
        )


class TestApproval:
    @pytest.fixture
    def request_(self, caio: Client) -> Appointment:
        ask_first()
        return cast.booked(caio, TEN)

    def test_a_yes_becomes_a_request(self, request_: Appointment) -> None:
        assert (request_.status, story(request_)) == (Status.PENDING, [Kind.REQUESTED])
        assert request_.expires_at == cast.MONDAY_MORNING + timedelta(hours=24)

    def test_a_request_for_soon_lapses_at_its_start(self, caio: Client) -> None:
        ask_first()
        soon = cast.at("2026-11-16 15:00")
        assert cast.booked(caio, soon).expires_at == soon

    def test_approved_it_is_agreed(self, request_: Appointment) -> None:
        booking.approve(request_, actor=BY_HAND)
        booking.approve(request_, actor=BY_HAND)
        request_.refresh_from_db()
        assert (request_.status, request_.expires_at) == (Status.CONFIRMED, None)
        assert story(request_) == [Kind.REQUESTED, Kind.APPROVED]

    def test_declined_its_time_is_free(self, request_: Appointment) -> None:
        booking.decline(request_, actor=BY_HAND, reason="férias")
        booking.decline(request_, actor=BY_HAND)
        assert story(request_) == [Kind.REQUESTED, Kind.DECLINED]
        assert selectors.why_not(request_.professional, TEN, request_.service) is None

    def test_unanswered_it_lapses(self, request_: Appointment, clock: time_machine.Traveller) -> None:
        clock.shift(timedelta(hours=24))
        booking.lapse_due()
        request_.refresh_from_db()
        assert (request_.status, story(request_)) == (Status.CANCELLED, [Kind.REQUESTED, Kind.LAPSED])

    def test_lapsed_it_gives_way_to_the_next_writer(self, request_: Appointment, clock: time_machine.Traveller) -> None:
        clock.shift(timedelta(hours=24))
        assert cast.held(cast.dora(request_.professional), TEN).pk
        assert story(request_) == [Kind.REQUESTED, Kind.LAPSED]

    def test_two_requests_for_one_time_cannot_both_exist(self, request_: Appointment) -> None:
        """D3"""
        with refused(Code.SLOT_TAKEN):
            cast.held(cast.dora(request_.professional), TEN)

    def test_after_its_start_it_cannot_be_approved(self, request_: Appointment, clock: time_machine.Traveller) -> None:
        clock.move_to(TEN)
        with refused(Code.NOT_POSSIBLE):
            booking.approve(request_, actor=BY_HAND)

    @pytest.mark.parametrize("status", ["confirmed", "completed", "no_show"])
    def test_only_a_request_can_be_declined(self, caio: Client, status: str) -> None:
        with refused(Code.NOT_POSSIBLE):
            booking.decline(cast.on_record(caio, TEN, status=status), actor=BY_HAND)

    def test_a_request_may_be_cancelled_within_the_cut_off(
        self, request_: Appointment, clock: time_machine.Traveller
    ) -> None:
        clock.shift(timedelta(hours=23))
        assert booking.cancel(request_, actor=booking.CLIENT).status == Status.CANCELLED

    def test_a_request_moves_without_a_second_request(self, request_: Appointment) -> None:
        result = booking.confirm(moved(request_, THREE))
        assert (result, result.status, result.starts_at) == (request_, Status.PENDING, THREE)
        assert Appointment.objects.count() == 1

    @pytest.mark.parametrize("ending", ["decline", "lapse", "cancel"])
    def test_a_request_that_ends_takes_its_wanted_move_along(
        self, request_: Appointment, clock: time_machine.Traveller, ending: str
    ) -> None:
        clock.shift(timedelta(hours=23, minutes=55))
        moved(request_, THREE)
        if ending == "lapse":
            clock.shift(timedelta(minutes=5))
            booking.lapse_due()
        else:
            getattr(booking, ending)(request_, actor=BY_HAND)
        assert only_row().status == Status.CANCELLED


class TestRequestedMove:
    @pytest.fixture
    def move(self, agreed: Appointment) -> Appointment:
        ask_first()
        return booking.confirm(moved(agreed, THREE))

    def test_the_old_time_stays_until_the_approval(self, move: Appointment, agreed: Appointment) -> None:
        agreed.refresh_from_db()
        assert (move.status, agreed.status, agreed.starts_at) == (Status.PENDING, Status.CONFIRMED, TEN)
        assert story(agreed) == [Kind.CONFIRMED, Kind.MOVE_REQUESTED]

    def test_approved_it_moves_the_appointment(self, move: Appointment, agreed: Appointment) -> None:
        assert booking.approve(move, actor=BY_HAND) == agreed == only_row()
        assert only_row().starts_at == THREE
        assert story(agreed)[-1] == Kind.APPROVED

    def test_a_second_approval_finds_the_moved_appointment(self, move: Appointment, agreed: Appointment) -> None:
        booking.approve(move, actor=BY_HAND)
        assert booking.approve(move, actor=BY_HAND) == agreed
        assert story(agreed).count(Kind.APPROVED) == 1

    def test_declined_the_old_time_stays(self, move: Appointment, agreed: Appointment) -> None:
        assert booking.decline(move, actor=BY_HAND) == agreed == only_row()
        assert (only_row().starts_at, story(agreed)[-1]) == (TEN, Kind.DECLINED)

    @pytest.mark.usefixtures("move")
    def test_lapsed_the_old_time_stays(self, agreed: Appointment, clock: time_machine.Traveller) -> None:
        clock.shift(timedelta(hours=24))
        booking.lapse_due()
        assert (only_row().starts_at, story(agreed)[-1]) == (TEN, Kind.LAPSED)

    @pytest.mark.parametrize("status", [Status.COMPLETED, Status.NO_SHOW])
    def test_it_ends_quietly_once_the_old_time_is_history(
        self, agreed: Appointment, clock: time_machine.Traveller, status: Status
    ) -> None:
        ask_first()
        clock.move_to(TEN - timedelta(hours=24))
        move = booking.confirm(moved(agreed, cast.at("2026-11-24 10:00")))
        clock.move_to(TEN)
        booking.mark(agreed, status=status, actor=BY_HAND)
        assert only_row().starts_at == TEN
        assert story(agreed)[-2:] == [Kind.MOVE_REQUESTED, Kind(status.value)]
        with refused(Code.NOT_FOUND):
            booking.approve(move, actor=BY_HAND)

    def test_it_lapses_when_the_old_time_begins(self, agreed: Appointment, clock: time_machine.Traveller) -> None:
        ask_first()
        Professional.objects.update(cancellation_cutoff_hours=2)
        clock.move_to(TEN - timedelta(hours=3))
        assert booking.confirm(moved(agreed, THREE + timedelta(days=1))).expires_at == TEN

    def test_it_cannot_be_asked_for_once_the_old_time_has_begun(
        self, agreed: Appointment, clock: time_machine.Traveller
    ) -> None:
        ask_first()
        Professional.objects.update(cancellation_cutoff_hours=0)
        clock.move_to(TEN - timedelta(minutes=5))
        move = moved(agreed, THREE + timedelta(days=1))
        clock.move_to(TEN)
        with refused(Code.NOT_POSSIBLE):
            booking.confirm(move)

    def test_the_client_may_withdraw_it(self, move: Appointment, agreed: Appointment) -> None:
        assert booking.cancel(move, actor=booking.CLIENT) == agreed
        assert (only_row().status, only_row().starts_at) == (Status.CONFIRMED, TEN)
