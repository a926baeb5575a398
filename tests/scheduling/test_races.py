"""Writers at the same time, in real threads with transactions of their own."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from scheduling import booking, clients, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, Client, Professional
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)

Status = Appointment.Status
BY_HAND = booking.professional_actor()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment, each in a thread; return their results, refusals as codes."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        connection.ensure_connection()
        gate.wait()
        try:
            return act()
        except BookingError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def crowd(professional: Professional, count: int) -> list[Client]:
    return [clients.register(professional, address=f"whatsapp:+551193000{n:04}") for n in range(count)]


def won(results: Sequence[Any]) -> list[Appointment]:
    return [result for result in results if isinstance(result, Appointment)]


def holding(client: Client, **changes: Any) -> Callable[[], Appointment]:
    return lambda: cast.held(client, cast.next_weekday(1), **changes)


def test_sixteen_holds_of_one_time_give_one() -> None:
    """D1"""
    results = at_once(*[holding(client) for client in crowd(cast.ana(), 16)])
    assert len(won(results)) == Appointment.objects.count() == 1
    assert results.count(Code.SLOT_TAKEN) == 15


def test_sixteen_overlapping_holds_give_one() -> None:
    """D1, D2: 10:00, 10:10 … all share time with 10:40."""
    ana = cast.ana(slot_step_minutes=10)
    start = cast.next_weekday(1)
    acts = [
        lambda client=client, n=n: cast.held(client, start + timedelta(minutes=10 * (n % 5)))
        for n, client in enumerate(crowd(ana, 16))
    ]
    assert len(won(at_once(*acts))) == Appointment.objects.count() == 1


def test_sixteen_inserts_without_the_lock_give_one() -> None:
    """D1, D7: the constraint holds without booking's help."""
    caio = cast.caio(cast.ana())
    start = cast.next_weekday(1)

    def insert(number: int) -> Appointment | None:
        try:
            with transaction.atomic():
                return cast.on_record(caio, start + timedelta(minutes=number), reference=f"R{number:03}")
        except (IntegrityError, OperationalError):
            return None

    results = at_once(*[lambda number=number: insert(number) for number in range(16)])
    assert len(won(results)) == Appointment.objects.count() == 1


def test_sixteen_holds_of_one_intent_are_one_row() -> None:
    """L12"""
    caio = cast.caio(cast.ana())
    results = at_once(*[holding(caio, intent_key="SM1:book")] * 16)
    assert len(set(won(results))) == 1
    assert len(won(results)) == 16


def test_two_requests_for_one_time_give_one() -> None:
    """D3: what waits for approval is inside the constraint, so that no second one can be approved."""
    ana = cast.ana(requires_approval=True)
    results = at_once(*[lambda client=client: cast.booked(client, cast.next_weekday(1)) for client in crowd(ana, 2)])
    [request] = won(results)
    assert request.status == Status.PENDING


def test_two_approvals_of_one_request_are_one_event() -> None:
    """D3"""
    request = cast.booked(cast.caio(cast.ana(requires_approval=True)), cast.next_weekday(1))
    results = at_once(*[lambda: booking.approve(request, actor=BY_HAND)] * 4)
    assert won(results) == [request] * 4
    assert request.events.filter(kind="approved").count() == 1


def test_two_moves_into_one_time_leave_one_where_it_was() -> None:
    """D4"""
    ana = cast.ana()
    old = [cast.next_weekday(1, "09:00"), cast.next_weekday(1, "10:30")]
    rows = [cast.booked(client, start) for client, start in zip(crowd(ana, 2), old, strict=True)]
    target = cast.next_weekday(1, "14:00")
    results = at_once(
        *[lambda row=row: booking.confirm(booking.hold_move(row, starts_at=target, source="api")) for row in rows]
    )
    assert len(won(results)) == 1
    assert results.count(Code.SLOT_TAKEN) == 1
    assert len(set(Appointment.objects.values_list("starts_at", flat=True)) & set(old)) == 1


def test_a_yes_racing_a_release_either_books_or_is_told() -> None:
    held = cast.held(cast.caio(cast.ana()), cast.next_weekday(1))
    yes, _ = at_once(lambda: booking.confirm(held), lambda: booking.release(held))
    statuses = list(Appointment.objects.values_list("status", flat=True))
    assert (yes, statuses) in [(held, [Status.CONFIRMED]), (Code.HOLD_EXPIRED, [])]


@pytest.mark.parametrize("no", [booking.cancel, booking.decline])
def test_an_approval_racing_a_no_ends_in_one_of_them(no: Callable[..., Appointment]) -> None:
    request = cast.booked(cast.caio(cast.ana(requires_approval=True)), cast.next_weekday(1))
    at_once(lambda: booking.approve(request, actor=BY_HAND), lambda: no(request, actor=BY_HAND))
    request.refresh_from_db()
    last = request.events.last()
    assert last is not None
    assert (request.status, last.kind) in [
        (Status.CONFIRMED, "approved"),
        (Status.CANCELLED, "cancelled"),
        (Status.CANCELLED, "declined"),
    ]


def test_a_late_yes_racing_the_next_client_books_one_of_them() -> None:
    late, next_one = crowd(cast.ana(), 2)
    held = cast.held(late, cast.next_weekday(1))
    Appointment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    results = at_once(lambda: booking.confirm(held), holding(next_one))
    assert len(won(results)) == Appointment.objects.count() == 1


def test_two_first_messages_in_both_forms_of_a_number_are_one_client() -> None:
    ana = cast.ana()
    forms = ["whatsapp:+5511987654321", "whatsapp:+551187654321"]
    results = at_once(*[lambda form=form: clients.register(ana, address=form) for form in forms * 4])
    assert len(set(results)) == Client.objects.count() == 1


def test_sixteen_mixed_writers_neither_deadlock_nor_overlap() -> None:
    """D1, D8: every writer takes the professional's row first."""
    ana = cast.ana(requires_approval=True)
    people = crowd(ana, 16)
    starts = selectors.open_slots(ana, cast.next_weekday(1).date(), cast.next_weekday(1).date(), ana.services.all()[0])

    def live_one(client: Client) -> Appointment | None:
        return Appointment.objects.filter(professional=ana).exclude(status="cancelled").order_by("?").first()

    def write(client: Client, rng: random.Random) -> None:
        start, row = rng.choice(starts), live_one(client)
        acts: list[Callable[[], Any]] = [lambda: cast.booked(client, start), booking.lapse_due]
        if row is not None:
            acts += [
                lambda: booking.approve(row, actor=BY_HAND),
                lambda: booking.reschedule(row, starts_at=start, actor=BY_HAND),
                lambda: booking.confirm(booking.hold_move(row, starts_at=start, source="api")),
                lambda: booking.cancel(row, actor=BY_HAND),
            ]
        try:
            rng.choice(acts)()
        except BookingError:
            return

    def work(client: Client) -> DatabaseError | None:
        rng = random.Random(client.pk)
        try:
            for _ in range(12):
                write(client, rng)
        except DatabaseError as error:
            return error
        return None

    assert at_once(*[lambda client=client: work(client) for client in people]) == [None] * 16
    assert overlaps() == 0
    assert Appointment.objects.count() > 3


def overlaps() -> int:
    """Count pairs of live rows of one professional that share time, without the constraint's help."""
    rows = sorted(
        Appointment.objects.exclude(status="cancelled").values_list("professional_id", "starts_at", "ends_at")
    )
    return sum(one[0] == two[0] and two[1] < one[2] for one, two in pairwise(rows))
