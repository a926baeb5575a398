"""What the professional enters by hand: single bookings, series, and pages that show what has changed since."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from intake import notices
from intake.models import Conversation, OutboundMessage
from scheduling import booking, desk, obstacles, selectors
from scheduling.desk import Entry, Newcomer
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional, TimeOff
from scheduling.obstacles import Obstacle
from tests import cast

pytestmark = pytest.mark.django_db

Status = Appointment.Status
BY_HAND = booking.professional_actor()


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


def entry(who: Client | Newcomer, professional: Professional, key: str = "k") -> Entry:
    return Entry(who=who, service=professional.services.all()[0], intent_key=key)


def wall(moment: datetime, professional: Professional) -> datetime:
    return moment.astimezone(professional.zone).replace(tzinfo=None)


def weekly(professional: Professional, first: datetime, count: int) -> list[datetime]:
    return desk.walls(wall(first, professional), weeks=1, count=count)


def series(professional: Professional, starts: Sequence[datetime], *, key: str = "k") -> list[Appointment]:
    made = desk.book_series(
        professional, entry=entry(cast.caio(professional), professional, key), starts=starts, actor=BY_HAND
    )
    return list(professional.appointments.filter(series=made).order_by("starts_at"))


def test_newcomer_is_entered_with_the_booking(ana: Professional) -> None:
    who = Newcomer("Zélia", "+5511955554444")
    booked = desk.book(ana, entry=entry(who, ana), starts_at=cast.next_weekday(1), actor=BY_HAND)
    assert (booked.client.name, booked.client.phone, booked.source) == ("Zélia", "+5511955554444", "dashboard")


def test_refused_booking_enters_nobody(ana: Professional) -> None:
    cast.on_record(cast.caio(ana), cast.next_weekday(1))
    with pytest.raises(BookingError) as refusal:
        desk.book(ana, entry=entry(Newcomer("Zélia"), ana), starts_at=cast.next_weekday(1), actor=BY_HAND)
    assert refusal.value.code == Code.SLOT_TAKEN
    assert not Client.objects.filter(name="Zélia").exists()


def test_same_entry_twice_is_one_booking_and_one_newcomer(ana: Professional) -> None:
    made = [
        desk.book(ana, entry=entry(Newcomer("Zélia"), ana), starts_at=cast.next_weekday(1), actor=BY_HAND)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert Client.objects.filter(name="Zélia").count() == 1


def test_entry_for_the_record_is_told_to_nobody(ana: Professional) -> None:
    booked = desk.book(
        ana, entry=entry(cast.caio(ana), ana), starts_at=timezone.now() - timedelta(days=3), actor=BY_HAND
    )
    assert booked.events.get().announced_at is not None


def test_cancelling_what_is_over_is_told_to_nobody(ana: Professional) -> None:
    over = cast.on_record(cast.caio(ana), timezone.now() - timedelta(minutes=50))
    booking.cancel(over, actor=BY_HAND)
    assert over.events.get().announced_at is not None


def test_series_books_what_can_be_had_and_reports_the_rest(ana: Professional) -> None:
    """D2, D6: an occurrence that is taken or blocked is left out and named; the others stand."""
    first = cast.next_weekday(1)
    taken, blocked = first + timedelta(weeks=2), first + timedelta(weeks=4)
    cast.on_record(cast.dora(ana), taken + timedelta(minutes=20))
    TimeOff.objects.create(professional=ana, starts_at=blocked, ends_at=blocked + timedelta(minutes=10))

    rows = series(ana, weekly(ana, first, 6))

    assert [(one.starts_at - first).days // 7 for one in rows] == [0, 1, 3, 5]
    refused = AppointmentEvent.objects.get(data__has_key="refused").data["refused"]
    assert [one["why"] for one in refused] == [Obstacle.TAKEN, Obstacle.TIME_OFF]


def test_series_goes_beyond_the_clients_horizon(ana: Professional) -> None:
    assert len(series(ana, weekly(ana, cast.next_weekday(1), 52))) == 52


def test_holiday_is_left_out_by_name() -> None:
    ana = cast.ana(observes_holidays=True)
    christmas = cast.at("2026-12-25 10:00")
    found = obstacles.find(ana, christmas, ana.services.all()[0], now=cast.at("2026-12-01 10:00"), is_bound=False)
    assert found is Obstacle.HOLIDAY


def test_series_without_any_free_time_is_refused(ana: Professional) -> None:
    cast.on_record(cast.dora(ana), cast.next_weekday(1))
    with pytest.raises(BookingError) as refusal:
        series(ana, weekly(ana, cast.next_weekday(1), 1))
    assert refusal.value.code == Code.SLOT_TAKEN


def test_series_keeps_its_wall_time_when_the_clocks_change() -> None:
    """T9: 09:00 in New York before and after 2027-03-14, an hour apart in UTC."""
    ana = cast.ana(timezone="America/New_York")
    rows = series(ana, desk.walls(datetime.fromisoformat("2027-03-08 09:00"), weeks=1, count=3))
    zone = ZoneInfo("America/New_York")
    assert {one.starts_at.astimezone(zone).hour for one in rows} == {9}
    assert [one.starts_at.astimezone(UTC).hour for one in rows] == [14, 13, 13]
    assert {one.local_start.hour for one in rows} == {9}


def test_occurrence_at_an_hour_that_the_clocks_skip_is_reported() -> None:
    """T4: 02:30 on 2027-03-14 does not exist in New York."""
    ana = cast.ana(timezone="America/New_York")
    cast.open_on(ana, range(7), ("00:00", "09:00"))
    rows = series(ana, desk.walls(datetime.fromisoformat("2027-03-07 02:30"), weeks=1, count=3))
    refused = AppointmentEvent.objects.get(data__has_key="refused").data["refused"]
    assert [one.local_start.day for one in rows] == [7, 21]
    assert refused == [{"at": "2027-03-14T02:30:00", "why": Obstacle.NO_SUCH_TIME}]


def test_series_until_a_day_includes_that_day() -> None:
    found = desk.walls(datetime.fromisoformat("2026-12-01 09:00"), weeks=2, until=date(2026, 12, 29))
    assert [one.day for one in found] == [1, 15, 29]


def test_series_is_one_message(ana: Professional) -> None:
    talk(ana)
    rows = series(ana, weekly(ana, cast.next_weekday(1), 4))
    notices.announce_pending()
    said = OutboundMessage.objects.get(medium="whatsapp")
    assert all(one.reference in said.body for one in rows)
    assert said.body.startswith("Marcado 4 vezes: Sessão individual com Ana Souza.")


def test_rest_of_a_series_is_cancelled_with_one_message(ana: Professional) -> None:
    talk(ana)
    rows = series(ana, weekly(ana, cast.next_weekday(1), 4))
    notices.announce_pending()
    OutboundMessage.objects.all().delete()

    desk.cancel_following(rows[1], actor=BY_HAND, reason="férias")
    notices.announce_pending()

    states = list(ana.appointments.order_by("starts_at").values_list("status", flat=True))
    assert states == [Status.CONFIRMED, *[Status.CANCELLED] * 3]
    assert OutboundMessage.objects.get().body.startswith("Cancelado 3 vezes")


def test_following_of_another_series_stays(ana: Professional) -> None:
    own = series(ana, weekly(ana, cast.next_weekday(1), 2))
    other = series(ana, weekly(ana, cast.next_weekday(2), 2), key="other")
    desk.cancel_following(own[0], actor=BY_HAND)
    assert {one.status for one in Appointment.objects.filter(pk__in=[one.pk for one in other])} == {Status.CONFIRMED}


def talk(ana: Professional) -> None:
    """Let Caio have written once, so that news reach him."""
    Conversation.objects.create(
        professional=ana,
        channel="whatsapp",
        address=cast.CAIO_ADDRESS,
        client=cast.caio(ana),
        last_inbound_at=timezone.now(),
    )


def test_change_from_a_page_that_is_out_of_date_is_refused(ana: Professional) -> None:
    """Two tabs: the second is told, whatever it wanted to do."""
    appointment = cast.booked(cast.caio(ana), cast.next_weekday(1))
    seen = selectors.version(appointment)
    booking.reschedule(appointment, starts_at=cast.next_weekday(2), actor=BY_HAND, expected=seen)
    for change in (
        lambda: booking.reschedule(appointment, starts_at=cast.next_weekday(3), actor=BY_HAND, expected=seen),
        lambda: booking.cancel(appointment, actor=BY_HAND, expected=seen),
        lambda: desk.cancel_following(appointment, actor=BY_HAND, expected=seen),
    ):
        with pytest.raises(BookingError) as refusal:
            change()
        assert refusal.value.code == Code.CHANGED
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.status) == (cast.next_weekday(2), Status.CONFIRMED)


def test_repeated_change_is_no_change_by_another_tab(ana: Professional) -> None:
    appointment = cast.booked(cast.caio(ana), cast.next_weekday(1))
    seen = selectors.version(appointment)
    for _ in range(2):
        assert booking.cancel(appointment, actor=BY_HAND, expected=seen).status == Status.CANCELLED


def test_wanted_move_has_the_version_of_its_original(ana: Professional) -> None:
    """A move that was asked for twice is another one than the page has shown."""
    ana.requires_approval = True
    ana.save()
    original = booking.book(
        ana,
        client=cast.caio(ana),
        service=ana.services.all()[0],
        starts_at=cast.next_weekday(1),
        source="dashboard",
        actor=BY_HAND,
    )
    move = booking.confirm(booking.hold_move(original, starts_at=cast.next_weekday(2), source="whatsapp"))
    assert selectors.version(move) == selectors.version(original) == original.events.last().pk  # type: ignore[union-attr]


def test_nearby_times_are_free_and_nearest(ana: Professional) -> None:
    service = cast.only_service(ana)
    noon = cast.next_weekday(1, "10:00")
    cast.on_record(cast.caio(ana), noon)
    near = obstacles.free_near(ana, noon, service, now=timezone.now(), most=2)
    assert [f"{one.astimezone(ana.zone):%H:%M}" for one in near] == ["09:00", "11:00"]


def test_full_day_offers_the_next_one(ana: Professional) -> None:
    sunday = cast.next_weekday(6)
    near = obstacles.free_near(ana, sunday, cast.only_service(ana), now=timezone.now(), most=1)
    assert near[0].astimezone(ana.zone).date() == sunday.astimezone(ana.zone).date() + timedelta(days=1)
