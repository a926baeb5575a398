"""What the professional enters by hand: one booking or a series, for a client who is known or new.

A booking by hand may leave the rules, it never overlaps another. Of a series each occurrence is booked or refused
with its obstacle, in one transaction; the first event carries all of it, so that the client is told once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from scheduling import booking, changes, clients, drafts, obstacles, selectors, slots
from scheduling.changes import Actor, Kind, Status
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional, Service
from scheduling.obstacles import Obstacle
from scheduling.transactions import repeated

MOST_OCCURRENCES = 52
# What clients could not book, but is no reason to leave an occurrence out.
_HARMLESS = frozenset({Obstacle.OFF_GRID})


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A client whom the professional enters with the first booking."""

    name: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is wanted. `intent_key` makes a repeated entry the same one."""

    who: Client | Newcomer
    service: Service
    intent_key: str
    attendee: str = ""
    source: str = Appointment.Source.DASHBOARD


@repeated
def book(professional: Professional, *, entry: Entry, starts_at: datetime, actor: Actor) -> Appointment:
    """Book once, with the newcomer if there is one. Raises SLOT_TAKEN, and then nobody was entered either."""
    changes.lock(professional.pk)
    if existing := selectors.by_intent(professional, entry.intent_key):
        return existing
    return booking.book(
        professional,
        client=_client(professional, entry),
        service=entry.service,
        starts_at=starts_at,
        source=entry.source,
        actor=actor,
        intent_key=entry.intent_key,
        attendee=entry.attendee,
    )


@repeated
def book_series(
    professional: Professional,
    *,
    entry: Entry,
    starts: Sequence[datetime],
    actor: Actor,
    accepted: Collection[Obstacle] = (),
) -> UUID:
    """Book each naive wall time that can be had and return the series. Raises SLOT_TAKEN if none can.

    `accepted` are the obstacles that the professional has agreed to.
    """
    professional = changes.lock(professional.pk)
    if existing := selectors.by_intent(professional, entry.intent_key):
        return existing.series or uuid4()
    now, series = timezone.now(), uuid4()
    client = _client(professional, entry)
    booked: list[Appointment] = []
    refused: list[tuple[datetime, Obstacle]] = []
    for wall in starts:
        start = datetime.fromtimestamp(slots.instant(wall, professional.zone), UTC)
        obstacle = _obstacle(professional, wall, start, entry.service, now=now)
        if obstacle is not None and obstacle not in _HARMLESS and obstacle not in accepted:
            refused.append((wall, obstacle))
            continue
        one = drafts.draft(professional, client=client, service=entry.service, starts_at=start, source=entry.source)
        one.attendee, one.status, one.series = entry.attendee, Status.CONFIRMED, series
        one.intent_key = entry.intent_key if not booked else None
        drafts.insert(one)
        booked.append(one)
    if not booked:
        raise BookingError(Code.SLOT_TAKEN)
    left_out = [{"at": wall.isoformat(), "why": why.value} for wall, why in refused]
    _record_together(booked, Kind.CONFIRMED, actor, now=now, refused=left_out)
    return series


@repeated
def cancel_following(
    appointment: Appointment, *, actor: Actor, reason: str = "", expected: int | None = None
) -> list[Appointment]:
    """Cancel this occurrence and all later ones of its series that still stand; return those that were cancelled."""
    changes.lock(appointment.professional_id, clear=False)
    current = changes.fresh(appointment.pk)
    if current.status != Status.CANCELLED:
        changes.require_unchanged(current, expected)
    rows = list(selectors.following(current).select_related("professional", "service", "client", "replaces"))
    for one in rows:
        changes.end(one, reason=reason)
    _record_together(rows, Kind.CANCELLED, actor, now=timezone.now(), reason=reason)
    return rows


def walls(first: datetime, *, weeks: int, count: int | None = None, until: date | None = None) -> list[datetime]:
    """Return the naive wall times of a series: every so many weeks, so many times or until a day, at most 52."""
    most = min(count or MOST_OCCURRENCES, MOST_OCCURRENCES)
    found = [first + timedelta(weeks=weeks * number) for number in range(most)]
    return [one for one in found if until is None or one.date() <= until]


def _client(professional: Professional, entry: Entry) -> Client:
    if isinstance(entry.who, Client):
        return entry.who
    return clients.enter(professional, name=entry.who.name, phone=entry.who.phone)


def _obstacle(
    professional: Professional, wall: datetime, start: datetime, service: Service, *, now: datetime
) -> Obstacle | None:
    if start.astimezone(professional.zone).replace(tzinfo=None, fold=0) != wall:
        return Obstacle.NO_SUCH_TIME
    return obstacles.find(professional, start, service, now=now, is_bound=False)


def _record_together(
    rows: Sequence[Appointment], kind: AppointmentEvent.Kind, actor: Actor, *, now: datetime, **data: object
) -> None:
    """Record the event of each row; the first that lies ahead tells of all that do, the others are told with it."""
    ahead = [one for one in rows if one.starts_at > now]
    together = [{"at": one.starts_at.isoformat(), "reference": one.reference} for one in ahead]
    for one in rows:
        is_first = one is (ahead or rows)[0]
        told = {"occurrences": together, **data} if is_first else {}
        changes.record(one, kind, actor, quiet=not (is_first and ahead), **told)
