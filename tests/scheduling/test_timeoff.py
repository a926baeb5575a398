"""Blocks: nothing is offered inside, what is booked stays, and never unawares."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from scheduling import selectors, timeoff
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, Professional, TimeOff
from scheduling.timeoff import StandingError
from tests import cast

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


def test_block_over_a_booking_lists_it_and_saves_nothing(ana: Professional) -> None:
    """D6"""
    start = cast.next_weekday(1)
    booked = cast.booked(cast.caio(ana), start)
    with pytest.raises(StandingError) as listed:
        timeoff.block(ana, starts_at=start + HOUR / 2, ends_at=start + HOUR)
    assert listed.value.appointments == [booked]
    assert not TimeOff.objects.exists()


def test_block_keeps_what_was_agreed_to_and_nothing_else(ana: Professional) -> None:
    """D6: one that came in meanwhile is asked about again."""
    start = cast.next_weekday(1)
    first, second = cast.booked(cast.caio(ana), start), cast.booked(cast.dora(ana), start + HOUR)
    with pytest.raises(StandingError):
        timeoff.block(ana, starts_at=start, ends_at=start + 2 * HOUR, keeping=[first.pk])
    timeoff.block(ana, starts_at=start, ends_at=start + 2 * HOUR, keeping=[first.pk, second.pk])
    assert set(Appointment.objects.values_list("status", flat=True)) == {"confirmed"}


def test_block_beside_a_booking_asks_nothing(ana: Professional) -> None:
    start = cast.next_weekday(1)
    booked = cast.booked(cast.caio(ana), start)
    timeoff.block(ana, starts_at=booked.ends_at, ends_at=booked.ends_at + HOUR)
    timeoff.block(ana, starts_at=start - HOUR, ends_at=start)
    assert TimeOff.objects.count() == 2


def test_past_and_others_appointments_do_not_count(ana: Professional) -> None:
    """N1"""
    begin = timezone.now() - 4 * HOUR
    cast.on_record(cast.caio(ana), begin, status="completed")
    cast.on_record(cast.dora(cast.bruno()), begin + 5 * HOUR)
    timeoff.block(ana, starts_at=begin, ends_at=begin + 12 * HOUR)
    assert TimeOff.objects.count() == 1


def test_same_block_twice_is_one(ana: Professional) -> None:
    start = cast.next_weekday(1)
    blocks = [timeoff.block(ana, starts_at=start, ends_at=start + HOUR, reason="Dentista") for _ in range(2)]
    assert blocks[0] == blocks[1]


def test_block_is_changed_and_removed(ana: Professional) -> None:
    start, service = cast.next_weekday(1), cast.only_service(ana)
    block = timeoff.block(ana, starts_at=start, ends_at=start + HOUR)
    timeoff.change(block, starts_at=start + HOUR, ends_at=start + 2 * HOUR)
    assert selectors.why_not(ana, start, service) is None
    assert selectors.why_not(ana, start + HOUR, service) is not None
    timeoff.remove(block)
    timeoff.remove(block)
    assert selectors.why_not(ana, start + HOUR, service) is None


def test_change_of_a_block_that_is_gone_is_refused(ana: Professional) -> None:
    start = cast.next_weekday(1)
    block = timeoff.block(ana, starts_at=start, ends_at=start + HOUR)
    timeoff.remove(block)
    with pytest.raises(BookingError) as refusal:
        timeoff.change(block, starts_at=start, ends_at=start + 2 * HOUR)
    assert refusal.value.code == Code.NOT_FOUND


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
def test_booking_and_block_at_once_are_never_both_unawares(_round: int) -> None:
    """D6: whoever comes second sees the first."""
    ana = cast.ana()
    caio, start, gate = cast.caio(ana), cast.next_weekday(1), Barrier(2)

    def at_once(act: Any) -> str:
        try:
            gate.wait()
            act()
        except (BookingError, StandingError) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return ""

    acts = [lambda: cast.held(caio, start), lambda: timeoff.block(ana, starts_at=start, ends_at=start + HOUR)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(at_once, acts))
    assert sorted(results) in (["", "BookingError"], ["", "StandingError"])
    assert Appointment.objects.count() + TimeOff.objects.count() == 1
