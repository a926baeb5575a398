"""Booking and moving in somebody's name without a hold: only what is offered, whoever asks."""

from datetime import timedelta

import pytest

from scheduling import booking, clients, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, Client, Professional
from tests import cast

pytestmark = pytest.mark.django_db

Status = Appointment.Status


def offered(client: Client, start_at: str = "10:00") -> Appointment:
    professional = client.professional
    return booking.book_offered(
        professional,
        client=client,
        service=professional.services.all()[0],
        starts_at=cast.next_weekday(1, start_at),
        source="api",
        actor=booking.SYSTEM,
    )


def test_offered_time_is_confirmed_in_one_event() -> None:
    booked = offered(cast.caio(cast.ana()))
    assert (booked.status, booked.expires_at, booked.reference != "") == (Status.CONFIRMED, None, True)
    assert [event.kind for event in booked.events.all()] == ["confirmed"]


def test_request_lapses_like_a_clients() -> None:
    request = offered(cast.caio(cast.ana(requires_approval=True)))
    assert request.status == Status.PENDING
    assert request.expires_at is not None
    assert request.expires_at <= request.starts_at
    assert [event.kind for event in request.events.all()] == ["requested"]


def test_time_that_a_lapsed_hold_keeps_is_free() -> None:
    ana = cast.ana()
    cast.held(cast.dora(ana), cast.next_weekday(1))
    Appointment.objects.update(expires_at=cast.next_weekday(1) - timedelta(days=30))
    assert offered(cast.caio(ana)).status == Status.CONFIRMED


def test_every_offer_and_nothing_else_is_booked() -> None:
    """D12"""
    ana = cast.ana()
    caio, day, service = cast.caio(ana), cast.next_weekday(1).date(), ana.services.all()[0]
    offers = set(selectors.open_slots(ana, day, day, service))
    for minute in range(0, 24 * 60, 30):
        start = cast.at(f"{day} 00:00") + timedelta(minutes=minute)
        if start not in offers:
            with pytest.raises(BookingError):
                offered(caio, f"{minute // 60:02}:{minute % 60:02}")
    assert offers
    assert not Appointment.objects.exists()


def test_bound_move_obeys_the_rules_and_keeps_the_old_time() -> None:
    """D4"""
    row = cast.booked(cast.caio(cast.ana()), cast.next_weekday(1))
    late = cast.next_weekday(1, "20:00")
    with pytest.raises(BookingError) as refusal:
        booking.reschedule(row, starts_at=late, actor=booking.SYSTEM, is_bound=True)
    assert refusal.value.code == Code.OUTSIDE_HOURS
    assert booking.reschedule(row, starts_at=late, actor=booking.professional_actor()).starts_at == late


def test_bound_move_may_overlap_its_own_old_time() -> None:
    row = cast.booked(cast.caio(cast.ana(slot_step_minutes=10)), cast.next_weekday(1))
    later = cast.next_weekday(1, "10:10")
    assert booking.reschedule(row, starts_at=later, actor=booking.SYSTEM, is_bound=True).starts_at == later


def test_phone_of_two_people_makes_a_third() -> None:
    """A mother's phone stands for two children: nobody can tell which of them it is."""
    ana = cast.ana()
    for name in ("Lia", "Leo"):
        clients.enter(ana, name=name, phone="+5511987654321")
    assert clients.known_or_new(ana, name="Léa", phone="+5511987654321").name == "Léa"
    assert ana.clients.count() == 3


def test_phone_of_anothers_client_is_not_known_here() -> None:
    """N3"""
    ana, bruno = cast.ana(), cast.bruno()
    theirs = clients.enter(bruno, name="Caio", phone="+5511987654321")
    found = clients.known_or_new(ana, name="Caio M.", phone="+5511987654321")
    assert (found.professional, found.pk != theirs.pk) == (ana, True)
    assert Professional.objects.get(pk=bruno.pk).clients.count() == 1
