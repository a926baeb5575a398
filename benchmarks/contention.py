"""Many writers at one calendar: the database refuses whatever would overlap, and nobody waits long."""

import functools
import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.pool import Pool

from django.db import DatabaseError, IntegrityError, OperationalError, connection

from benchmarks import clients, data
from benchmarks.figures import Row, limit
from scheduling import booking, drafts
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, Client, Professional

PROCESSES = 8
RIVALS = 64
RACES = 100
# Far from what the other benchmarks book; its own professional keeps the mixed writers apart.
FIRST_RACE = 5000
WRITERS = 16
ACTIONS = 200
MIXED = 20
HOURS = 18

_OVERLAPS = """
SELECT count(*) FROM scheduling_appointment a JOIN scheduling_appointment b
    ON a.professional_id = b.professional_id AND a.id < b.id
   AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
 WHERE a.professional_id = ANY(%s) AND a.status <> 'cancelled' AND b.status <> 'cancelled'
   AND NOT a.is_trial AND NOT b.is_trial
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one client got, and in how many seconds."""

    won: bool
    deadlocked: bool
    seconds: float


def measure() -> list[Row]:
    """Return the rows about writers of one calendar at the same time."""
    with clients.processes(PROCESSES) as pool:
        races = [_race(pool, slot) for slot in range(FIRST_RACE, FIRST_RACE + RACES)]
        mixed = [outcome for part in pool.map(_mix, range(PROCESSES), chunksize=1) for outcome in part]
    every = [outcome for race in races for outcome in race]
    winners = sum(sum(outcome.won for outcome in race) == 1 for race in races)
    what = f"{RIVALS} clients want one hour, {RACES} times"
    return [
        Row(f"{what}: one winner", f"{winners} times", "", f"{winners}", f"{RACES}", winners == RACES),
        limit(f"{what}: deadlocks", sum(outcome.deadlocked for outcome in every), most=0),
        limit(f"{what}: slowest client", max(outcome.seconds for outcome in every), most=0.5, unit=" s"),
        limit(f"{WRITERS} writers by every way, {ACTIONS} times each: overlaps", _overlaps(), most=0),
        Row("the same: writes that went through", str(sum(one.won for one in mixed)), f"of {len(mixed)}", "", ""),
        Row("the same: deadlocks, raw SQL takes no lock", str(sum(one.deadlocked for one in mixed)), "", "", ""),
    ]


def _overlaps() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPS, [[1, MIXED]])
        return int(cursor.fetchone()[0])


def _race(pool: Pool, slot: int) -> list[Outcome]:
    """Let all rivals, each another client of one professional, hold the same hour at the same moment."""
    start_at = time.time() + 0.08
    parts = pool.starmap(_rivals, [(part, slot, start_at) for part in range(PROCESSES)], chunksize=1)
    return [outcome for part in parts for outcome in part]


def _rivals(part: int, slot: int, start_at: float) -> list[Outcome]:
    each = RIVALS // PROCESSES
    mine = range(part * each, (part + 1) * each)
    return clients.at_once(functools.partial(_want, slot=slot), mine, start_at=start_at)


def _want(number: int, *, slot: int) -> Outcome:
    person = _people(1)[number]
    started = time.perf_counter()
    won = deadlocked = False
    try:
        booking.hold(
            person.professional,
            client=person,
            service=person.professional.services.all()[0],
            starts_at=data.free_start(slot),
            source="whatsapp",
        )
        won = True
    except BookingError:
        pass
    except OperationalError as error:
        deadlocked = "deadlock" in str(error)
        if not deadlocked:
            raise
    return Outcome(won, deadlocked, time.perf_counter() - started)


def _mix(part: int) -> list[Outcome]:
    """Run this process's share of the mixed writers."""
    each = WRITERS // PROCESSES
    parts = clients.at_once(_write_much, range(part * each, (part + 1) * each), start_at=time.time() + 0.2)
    return [outcome for writer in parts for outcome in writer]


def _write_much(writer: int) -> list[Outcome]:
    dice = random.Random(writer)
    return [_write(dice, _people(MIXED)[writer]) for _ in range(ACTIONS)]


def _write(dice: random.Random, person: Client) -> Outcome:
    """Change something of the shared calendar in one of the ways that there are; a refusal is an answer."""
    started = time.perf_counter()
    won = deadlocked = False
    try:
        dice.choice((_by_client, _by_hand, _moved, _cancelled, _by_admin, _by_sql))(dice, person)
        won = True
    except (BookingError, IntegrityError):
        pass
    except DatabaseError as error:
        deadlocked = "deadlock" in str(error)
        if not deadlocked:
            raise
    return Outcome(won, deadlocked, time.perf_counter() - started)


def _by_client(dice: random.Random, person: Client) -> None:
    service = person.professional.services.all()[0]
    start = data.free_start(dice.randrange(HOURS))
    booking.confirm(
        booking.hold(person.professional, client=person, service=service, starts_at=start, source="whatsapp")
    )


def _by_hand(dice: random.Random, person: Client) -> None:
    actor, service = booking.professional_actor(), person.professional.services.all()[0]
    start = _odd_start(dice)
    booking.book(person.professional, client=person, service=service, starts_at=start, source="dashboard", actor=actor)


def _moved(dice: random.Random, person: Client) -> None:
    booking.reschedule(_any(dice, person.professional), starts_at=_odd_start(dice), actor=booking.SYSTEM)


def _cancelled(dice: random.Random, person: Client) -> None:
    booking.cancel(_any(dice, person.professional), actor=booking.SYSTEM)


def _by_admin(dice: random.Random, person: Client) -> None:
    """Save a changed row as a form does, past the booking functions."""
    appointment = _any(dice, person.professional)
    length = appointment.ends_at - appointment.starts_at
    appointment.starts_at = _odd_start(dice)
    appointment.ends_at = appointment.starts_at + length
    appointment.save()


def _by_sql(dice: random.Random, person: Client) -> None:
    start = _odd_start(dice)
    service = person.professional.services.all()[0]
    row = drafts.draft(person.professional, client=person, service=service, starts_at=start, source="admin")
    row.status, row.reference = Appointment.Status.CONFIRMED, drafts.new_reference()
    row.ends_at = start + timedelta(minutes=dice.choice((20, 50, 110)))
    # One INSERT without lock or transaction: what any other program would send.
    Appointment.objects.bulk_create([row])


def _any(dice: random.Random, professional: Professional) -> Appointment:
    first = data.free_start(0) - timedelta(days=1)
    found = list(Appointment.objects.filter(professional=professional, starts_at__gt=first, status="confirmed"))
    if not found:
        raise BookingError(Code.NOT_FOUND)
    return dice.choice(found)


def _odd_start(dice: random.Random) -> datetime:
    return data.free_start(dice.randrange(HOURS)) + timedelta(minutes=dice.choice((0, 10, 25, 40)))


@functools.cache
def _people(professional: int) -> list[Client]:
    found = Client.objects.select_related("professional").filter(professional=professional)
    return list(found.order_by("pk")[:RIVALS])
