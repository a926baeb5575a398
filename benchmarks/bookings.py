"""Writes: a booking against its own statements without the product, and against a path that guards nothing."""

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from multiprocessing.pool import Pool
from typing import Any

import psycopg
from django.db import connection

from benchmarks import clients, data, peer
from benchmarks.figures import Row, speed, take_turns
from benchmarks.recording import Statement, record, replay
from scheduling import booking, drafts
from scheduling.models import Appointment, AppointmentEvent, Client, Service

EACH = 40
ROUNDS = 7
# Days ahead of what the batches take.
FAR_SLOT = 6000
# Every batch takes the next free hours, of everybody's calendar.
_batches = count()


Work = Callable[[int, int], object]


def measure() -> list[Row]:
    """Return the rows about writing, with one client and with eight at once, each of a professional of its own."""
    rows = []
    recordings = {number: _record(number) for number in range(1, 9)}
    works = (functools.partial(_replay, recordings), _book, _hold, _peer)
    with clients.processes(8) as pool:
        pool.map(_ready, range(8), chunksize=1)
        for number in (1, 8):
            bare, ours, held, unguarded = take_turns(
                ROUNDS, *(functools.partial(_batch, pool, number, work) for work in works)
            )
            with_clients = "one client" if number == 1 else f"{number} clients"
            over = "the same statements through psycopg"
            rows.append(speed(f"hold and confirm, {with_clients}", ours, bare, over=over, least=0.3))
            least = 0.7 if number == 1 else 1.0
            over = "django-appointment, which guards nothing"
            rows.append(speed(f"hold, {with_clients}", held, unguarded, over=over, least=least))
    return rows


def _batch(pool: Pool, number: int, work: Work) -> float:
    """Let so many clients do the work at once; return the seconds of one piece over all of them."""
    first = next(_batches) * EACH
    started = time.perf_counter()
    pool.starmap(_repeat, [(work, client + 1, first) for client in range(number)], chunksize=1)
    return (time.perf_counter() - started) / (number * EACH)


def _repeat(work: Work, professional: int, first: int) -> None:
    for slot in range(first, first + EACH):
        work(professional, slot)


def _ready(_number: int) -> None:
    connection.ensure_connection()
    _link()
    # Long enough that every process gets one of these.
    time.sleep(0.2)


def _hold(professional: int, slot: int) -> Appointment:
    person = _person(professional)
    return booking.hold(
        person.professional,
        client=person,
        service=_service(professional),
        starts_at=data.free_start(slot),
        source="whatsapp",
        intent_key=f"bench:{slot}",
    )


def _book(professional: int, slot: int) -> None:
    booking.confirm(_hold(professional, slot))


def _peer(professional: int, slot: int) -> None:
    peer.save(professional, data.free_start(slot))


def _replay(recordings: dict[int, "Recording"], professional: int, slot: int) -> None:
    recorded = recordings[professional]
    changed = recorded.changed_to(slot)
    identity = replay(_link(), recorded.hold, changed, identity=recorded.appointment.pk)
    replay(_link(), recorded.confirm, {recorded.appointment.pk: identity})


@dataclass(frozen=True, slots=True)
class Recording:
    """The statements of one hold and its confirmation, and the row that they made."""

    appointment: Appointment
    hold: list[Statement]
    confirm: list[Statement]

    def changed_to(self, slot: int) -> dict[Any, Any]:
        """Return what to replace so that the statements are about another hour."""
        old, start = self.appointment, data.free_start(slot)
        shift = start - old.starts_at
        days = timedelta(days=(start.astimezone(data.ZONE).date() - old.local_start.date()).days)
        changed: dict[Any, Any] = {
            old.starts_at: start,
            old.ends_at: old.ends_at + shift,
            old.local_start: old.local_start + shift,
            old.reference: drafts.new_reference(),
            old.intent_key: f"bench:{slot}",
        }
        for statement in self.hold:
            if isinstance(statement.parameters, Mapping):
                bounds = (statement.parameters[name] for name in ("first", "last", "since", "until"))
                changed |= {bound: bound + days for bound in bounds}
        return changed


def _record(professional: int) -> Recording:
    """Hold and confirm an hour that no batch takes, and remove the row."""
    held: list[Appointment] = []
    hold = record(lambda: held.append(_hold(professional, FAR_SLOT)))
    confirm = record(lambda: booking.confirm(held[0]))
    recording = Recording(Appointment.objects.get(pk=held[0].pk), hold, confirm)
    AppointmentEvent.objects.filter(appointment=held[0]).delete()
    held[0].delete()
    return recording


@functools.cache
def _person(professional: int) -> Client:
    return Client.objects.select_related("professional").filter(professional=professional).order_by("pk")[0]


@functools.cache
def _service(professional: int) -> Service:
    return Service.objects.get(professional=professional)


@functools.cache
def _link() -> "psycopg.Connection[Any]":
    """Return this process's connection without the product."""
    return psycopg.connect(**plain_connection())


def plain_connection() -> dict[str, Any]:
    """Return psycopg's own arguments for the same database, without what Django adds to a connection."""
    given = connection.get_connection_params()
    return {name: value for name, value in given.items() if name not in {"cursor_factory", "context"}}
