"""Erasing and merging beside others who are at work: nothing comes back, nobody waits for ever."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from intake import inbox, notices, records
from intake.models import Conversation, InboundMessage, OutboundMessage
from scheduling import clients
from scheduling.errors import BookingError
from scheduling.models import AppointmentEvent, Client, Professional
from tests import cast
from tests.intake import conversing
from tests.intake.test_records import ADDRESS, dump

pytestmark = pytest.mark.django_db(transaction=True)

CANARIES = ("Karina", "Melo", "981234567", "canario")


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


@pytest.fixture
def karina(ana: Professional) -> Client:
    karina = clients.register(ana, address=ADDRESS, name="Karina Melo")
    conversing.write(ana, "canario", address=ADDRESS, name="Karina")
    Conversation.objects.update(client=karina)
    cast.booked(karina, cast.next_weekday(0))
    return karina


@pytest.fixture
def beside() -> Iterator[Callable[[Callable[[], Any]], Future[Any]]]:
    """Run a function in a thread with a connection of its own."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        yield lambda act: pool.submit(run, act)


Beside = Callable[[Callable[[], Any]], Future[Any]]


def wait_for_a_waiter() -> None:
    """Return once somebody waits for a lock of this transaction."""
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.005)
    pytest.fail("nobody waits")


def test_notice_that_is_just_being_written_goes_too(ana: Professional, karina: Client, beside: Beside) -> None:
    """V3: the sweep tells the professional of a booking in the moment in which its client is erased."""
    event = AppointmentEvent.objects.get(kind="confirmed")
    with transaction.atomic():
        notices.announce(event)
        erased = beside(lambda: records.erase(karina, user=None))
        wait_for_a_waiter()
    erased.result(timeout=20)

    assert not OutboundMessage.objects.exists()
    assert [word for word in CANARIES if word in dump()] == []


def test_message_that_comes_meanwhile_begins_anew(ana: Professional, karina: Client, beside: Beside) -> None:
    """V2: it waits for the erasure, finds no conversation and begins one, of a person whom nobody knows."""
    with transaction.atomic():
        records.erase(karina, user=None)
        written = beside(lambda: conversing.write(ana, "oi de novo", address=ADDRESS))
        wait_for_a_waiter()
    written.result(timeout=20)

    assert InboundMessage.objects.get().body == "oi de novo"
    assert Conversation.objects.get().client is None
    karina.refresh_from_db()
    assert (karina.name, karina.addresses.count()) == ("", 0)


def test_booking_that_waits_for_the_erasure_is_fenced_off(ana: Professional, karina: Client, beside: Beside) -> None:
    """V2: a turn that wants to write finds its lease gone."""
    lease = inbox.claim(Conversation.objects.get().pk)
    assert lease is not None

    def book() -> str:
        try:
            with inbox.fenced(lease):
                cast.held(karina, cast.next_weekday(1))
        except inbox.LeaseLost:
            return "lost"
        return "booked"

    with transaction.atomic():
        records.erase(karina, user=None)
        booked = beside(book)
        wait_for_a_waiter()

    assert booked.result(timeout=20) == "lost"
    assert set(karina.appointments.values_list("status", flat=True)) == {"cancelled"}


def test_two_who_erase_at_once_erase_once(ana: Professional, karina: Client) -> None:
    with ThreadPoolExecutor(2) as pool:

        def erase(_number: int) -> None:
            try:
                records.erase(karina, user=None)
            finally:
                connections.close_all()

        list(pool.map(erase, range(2)))

    assert ana.audit.count() == 1


def test_merging_two_ways_at_once_leaves_one_record(ana: Professional, karina: Client) -> None:
    """Each wants to keep the other: one is done, the other is told, and nobody waits for ever."""
    dora = cast.dora(ana)
    cast.booked(dora, cast.next_weekday(1))

    def merge(pair: tuple[Client, Client]) -> str:
        try:
            records.merge(pair[0], other=pair[1], user=None)
        except Client.DoesNotExist:
            return "gone"
        except BookingError:
            return "busy"
        finally:
            connections.close_all()
        return "merged"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(merge, [(karina, dora), (dora, karina)]))

    assert ends.count("merged") == 1
    assert ana.clients.get().appointments.count() == 2
