"""The only writer of appointments. Every function is safe to repeat and raises `BookingError` for a "no".

Each takes the professional's row lock first (16 writers on one day: 276 deadlocks with the exclusion
constraint alone, none behind the lock); the constraint stays the guarantee for whoever writes without it.
Every change leaves an `AppointmentEvent`; telling people is the concern of whoever reads those.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from scheduling import drafts, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional, Service
from scheduling.transactions import repeated

Kind = AppointmentEvent.Kind
Status = Appointment.Status

# NO KEY leaves rows that only refer to the professional free to be inserted. As plain SQL, because every writer waits
# for whoever has the lock, and Django takes longer to write this statement than PostgreSQL to answer it.
_LOCK = "SELECT * FROM scheduling_professional WHERE id = %s FOR NO KEY UPDATE"

HOLD = timedelta(minutes=10)
REQUEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change; `user` is the login, where there is one."""

    kind: AppointmentEvent.Actor
    user: User | None = field(default=None, compare=False)


CLIENT = Actor(AppointmentEvent.Actor.CLIENT)
SYSTEM = Actor(AppointmentEvent.Actor.SYSTEM)


def professional_actor(user: User | None = None) -> Actor:
    return Actor(AppointmentEvent.Actor.PROFESSIONAL, user)


@repeated
def hold(
    professional: Professional,
    *,
    client: Client,
    service: Service,
    starts_at: datetime,
    source: str,
    intent_key: str | None = None,
    attendee: str = "",
    is_trial: bool = False,
) -> Appointment:
    """Keep a free time for ten minutes, under all the professional's rules. The same intent gets the same row."""
    professional = _lock(professional.pk, clear=False)
    try:
        appointment = drafts.draft(professional, client=client, service=service, starts_at=starts_at, source=source)
        _require_free(professional, starts_at, service, client=client)
        appointment.attendee, appointment.intent_key, appointment.is_trial = attendee, intent_key, is_trial
        appointment.status, appointment.expires_at = Status.HELD, timezone.now() + HOLD
        _insert(appointment)
    except BookingError:
        # Asked only now, because nearly every intent is new: is it this very intent that has the time?
        if existing := selectors.by_intent(professional, intent_key):
            return existing
        raise
    _record(appointment, Kind.HELD, CLIENT)
    return appointment


@repeated
def hold_move(
    appointment: Appointment, *, starts_at: datetime, source: str, intent_key: str | None = None
) -> Appointment:
    """Keep a new time for an appointment of a client; the old one stays until `confirm` moves it."""
    professional = _lock(appointment.professional_id)
    if existing := selectors.by_intent(professional, intent_key):
        return existing
    original = _fresh(appointment.pk)
    _require(original.status in (Status.CONFIRMED, Status.PENDING) and original.replaces_id is None)
    _require_before_cutoff(original)
    if starts_at == original.starts_at:
        raise BookingError(Code.SAME_TIME)
    _require_free(professional, starts_at, original.service, client=original.client, moving=original)
    original.moves.all().delete()
    move = drafts.draft_move(professional, original, starts_at=starts_at, source=source)
    move.intent_key, move.status, move.expires_at = intent_key, Status.HELD, timezone.now() + HOLD
    drafts.insert(move)
    _record(move, Kind.HELD, CLIENT)
    return move


@repeated
def confirm(appointment: Appointment, *, actor: Actor = CLIENT) -> Appointment:
    """Turn a hold into a booking (or a request, where the professional approves) and return the agreed row.

    Of a wanted move that is the moved appointment, or the request to move. A hold that has run out is
    confirmed as long as its row stands: nobody else took the time. Raises HOLD_EXPIRED once it is gone.
    """
    professional = _lock(appointment.professional_id, clear=False)
    held = Appointment.objects.select_related("service", "client").filter(pk=appointment.pk).first()
    if held is None:
        return _moved_before(appointment, otherwise=Code.HOLD_EXPIRED)
    if held.status != Status.HELD:
        _require(held.status in (Status.PENDING, Status.CONFIRMED))
        return held
    if held.wanted_start <= timezone.now():
        raise BookingError(Code.PAST)
    if held.replaces_id is not None:
        return _confirm_move(professional, held, actor)
    if professional.requires_approval:
        return _request(held, Kind.REQUESTED, actor, about=held)
    held.status, held.expires_at = Status.CONFIRMED, None
    held.save(update_fields=["status", "expires_at"])
    _record(held, Kind.CONFIRMED, actor)
    return held


@repeated
def book(
    professional: Professional,
    *,
    client: Client,
    service: Service,
    starts_at: datetime,
    source: str,
    actor: Actor,
    intent_key: str | None = None,
    attendee: str = "",
) -> Appointment:
    """Book by hand: confirmed at once, outside the rules if need be, but never over another appointment."""
    professional = _lock(professional.pk)
    if existing := selectors.by_intent(professional, intent_key):
        return existing
    appointment = drafts.draft(professional, client=client, service=service, starts_at=starts_at, source=source)
    appointment.attendee, appointment.intent_key, appointment.status = attendee, intent_key, Status.CONFIRMED
    drafts.insert(appointment)
    _record(appointment, Kind.CONFIRMED, actor)
    return appointment


@repeated
def reschedule(appointment: Appointment, *, starts_at: datetime, actor: Actor) -> Appointment:
    """Move an appointment by hand, outside the rules if need be, but never over another appointment."""
    _lock(appointment.professional_id)
    current = _fresh(appointment.pk)
    _require(current.status in (Status.CONFIRMED, Status.PENDING) and current.replaces_id is None)
    if starts_at <= timezone.now():
        raise BookingError(Code.PAST)
    if starts_at != current.starts_at:
        _move(current, starts_at, actor)
    return current


@repeated
def cancel(appointment: Appointment, *, actor: Actor, reason: str = "") -> Appointment:
    """Cancel; a client only before the cut-off. A cancelled appointment stays as it is.

    Of a wanted move only the wish ends: the old time stays, and its row is returned.
    """
    _lock(appointment.professional_id, clear=False)
    current = _fresh(appointment.pk)
    if current.status == Status.CANCELLED:
        return current
    _require(current.status in (Status.PENDING, Status.CONFIRMED))
    if actor.kind == AppointmentEvent.Actor.CLIENT:
        require_changeable(current)
    return _close(current, Kind.CANCELLED, actor, reason=reason)


@repeated
def undo(booked: AppointmentEvent, *, asked_at: datetime) -> Appointment:
    """Take back what a client booked a moment ago, whatever the cut-off. Raises NOT_POSSIBLE later, or twice."""
    _lock(booked.appointment.professional_id, clear=False)
    current = _fresh(booked.appointment_id)
    _require(selectors.can_be_undone(booked, asked_at=asked_at) and current.starts_at > timezone.now())
    return _close(current, Kind.CANCELLED, CLIENT, undone=True)


def require_changeable(appointment: Appointment) -> None:
    """Raise BookingError unless its client may still cancel or move the appointment."""
    _require(appointment.status in (Status.CONFIRMED, Status.PENDING) and appointment.starts_at > timezone.now())
    _require_before_cutoff(appointment)


def is_changeable(appointment: Appointment) -> bool:
    """Return whether its client may still cancel or move the appointment."""
    try:
        require_changeable(appointment)
    except BookingError:
        return False
    return True


@repeated
def release(appointment: Appointment) -> None:
    """Drop a hold that its client no longer wants; anything already agreed stays."""
    _lock(appointment.professional_id, clear=False)
    Appointment.objects.filter(pk=appointment.pk, status=Status.HELD).delete()


@repeated
def approve(appointment: Appointment, *, actor: Actor) -> Appointment:
    """Agree to a request and return the agreed appointment (of a wanted move: the moved one)."""
    _lock(appointment.professional_id, clear=False)
    if not Appointment.objects.filter(pk=appointment.pk).exists():
        return _moved_before(appointment, otherwise=Code.NOT_FOUND)
    current = _fresh(appointment.pk)
    if current.status == Status.CONFIRMED:
        return current
    _require(current.status == Status.PENDING and current.wanted_start > timezone.now())
    if current.replaces is not None:
        return _fulfil(current, current.replaces, actor, Kind.APPROVED)
    current.status, current.expires_at = Status.CONFIRMED, None
    current.save(update_fields=["status", "expires_at"])
    _record(current, Kind.APPROVED, actor)
    return current


@repeated
def decline(appointment: Appointment, *, actor: Actor, reason: str = "") -> Appointment:
    """Refuse a request. Of a refused move the old time stays, and its row is returned."""
    _lock(appointment.professional_id, clear=False)
    current = _fresh(appointment.pk)
    if current.status == Status.CANCELLED:
        return current
    _require(current.status == Status.PENDING)
    return _close(current, Kind.DECLINED, actor, reason=reason)


@repeated
def mark(appointment: Appointment, *, status: Status, actor: Actor) -> Appointment:
    """Mark an appointment that has begun as completed or missed; either can be corrected or taken back (confirmed)."""
    _lock(appointment.professional_id, clear=False)
    current = _fresh(appointment.pk)
    if current.status == status:
        return current
    _require(status in (Status.COMPLETED, Status.NO_SHOW, Status.CONFIRMED))
    _require(current.status in (Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW))
    _require(current.starts_at <= timezone.now())
    current.status = status
    current.save(update_fields=["status"])
    _record(current, Kind(status.value), actor, **{"unmarked": True} if status == Status.CONFIRMED else {})
    return current


def lapse_due() -> int:
    """End the holds and requests whose time has run out; return how many professionals were concerned."""
    concerned = set(selectors.requests_lapsed().values_list("professional_id", flat=True))
    for professional_id in sorted(concerned):
        # Whose row is not to be had in time keeps the others from nothing.
        with suppress(BookingError):
            repeated(_lock)(professional_id)
    return len(concerned)


def complete_due() -> int:
    """Mark confirmed appointments that ended an hour ago as completed; return how many."""
    count = 0
    for appointment in selectors.appointments_due()[:500]:
        # One that was cancelled or moved since it was read is no longer due, and no reason to leave the others.
        with suppress(BookingError):
            mark(appointment, status=Status.COMPLETED, actor=SYSTEM)
            count += 1
    return count


def _lock(professional_id: int, *, clear: bool = True) -> Professional:
    """Serialise the writers of one professional; return the row as it is now. Raises NOT_FOUND if it is gone."""
    professional = next(iter(Professional.objects.raw(_LOCK, [professional_id])), None)
    if professional is None:
        raise BookingError(Code.NOT_FOUND)
    if clear:
        _clear_lapsed(professional)
    return professional


def _clear_lapsed(professional: Professional) -> bool:
    """End the professional's holds and requests whose time has run out; return whether there were any."""
    lapsed = list(selectors.requests_lapsed().filter(professional=professional).select_related("replaces"))
    for appointment in lapsed:
        if appointment.status == Status.HELD:
            appointment.delete()
        else:
            _close(appointment, Kind.LAPSED, SYSTEM)
    return bool(lapsed)


def _insert(appointment: Appointment) -> None:
    """Insert; what has lapsed gives way. To find out from the refusal spares every other writer the question."""
    try:
        drafts.insert(appointment)
    except BookingError:
        if not _clear_lapsed(appointment.professional):
            raise
        drafts.insert(appointment)


def _fresh(pk: int) -> Appointment:
    found = Appointment.objects.select_related("professional", "service", "client", "replaces").filter(pk=pk).first()
    if found is None:
        raise BookingError(Code.NOT_FOUND)
    return found


def _require(condition: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise BookingError(Code.NOT_POSSIBLE)


def _require_before_cutoff(appointment: Appointment) -> None:
    cutoff = timedelta(hours=appointment.professional.cancellation_cutoff_hours)
    if appointment.status == Status.CONFIRMED and appointment.starts_at - timezone.now() < cutoff:
        raise BookingError(Code.CUTOFF_PASSED)


def _require_free(
    professional: Professional,
    starts_at: datetime,
    service: Service,
    *,
    client: Client,
    moving: Appointment | None = None,
) -> None:
    if reason := selectors.why_not(professional, starts_at, service, client=client, moving=moving):
        raise BookingError(Code(reason.value))


def _confirm_move(professional: Professional, held: Appointment, actor: Actor) -> Appointment:
    original = _fresh(held.replaces_id or 0)
    if professional.requires_approval and original.status == Status.CONFIRMED:
        return _request(held, Kind.MOVE_REQUESTED, actor, about=original)
    return _fulfil(held, original, actor, Kind.MOVED)


def _request(held: Appointment, kind: Kind, actor: Actor, *, about: Appointment) -> Appointment:
    held.status, held.expires_at = Status.PENDING, min(timezone.now() + REQUEST, held.wanted_start)
    held.save(update_fields=["status", "expires_at"])
    _record(about, kind, actor, to=held.wanted_start.isoformat(), request=held.pk)
    return held


def _fulfil(move: Appointment, original: Appointment, actor: Actor, kind: Kind) -> Appointment:
    """Swap the old time for the wanted one; the wanted move's row disappears and its id stays in the event."""
    _require(original.status in (Status.CONFIRMED, Status.PENDING))
    fulfilled = move.pk
    return _move(original, move.wanted_start, actor, kind, request=fulfilled)


def _moved_before(move: Appointment, *, otherwise: Code) -> Appointment:
    """Return the appointment that this wanted move, whose row is gone, has moved already; raise if it has not."""
    if moved := selectors.moved_by(move):
        return moved
    raise BookingError(otherwise)


def _move(
    appointment: Appointment, starts_at: datetime, actor: Actor, kind: Kind = Kind.MOVED, **data: Any
) -> Appointment:
    before = appointment.starts_at
    appointment.moves.all().delete()
    drafts.shift(appointment, starts_at)
    _record(appointment, kind, actor, **{"from": before.isoformat(), "to": starts_at.isoformat()}, **data)
    return appointment


def _close(appointment: Appointment, kind: Kind, actor: Actor, *, reason: str = "", **data: Any) -> Appointment:
    """End a live row with its wanted moves. A wanted move itself disappears, its original stays."""
    if appointment.replaces is not None:
        original, wanted = appointment.replaces, appointment.wanted_start
        appointment.delete()
        _record(original, kind, actor, to=wanted.isoformat(), move=True, reason=reason)
        return original
    appointment.moves.all().delete()
    appointment.status, appointment.expires_at, appointment.cancel_reason = Status.CANCELLED, None, reason
    appointment.save(update_fields=["status", "expires_at", "cancel_reason"])
    _record(appointment, kind, actor, reason=reason, **data)
    return appointment


def _record(appointment: Appointment, kind: Kind, actor: Actor, **data: Any) -> None:
    drafts.log(
        appointment,
        kind=kind,
        actor=actor.kind,
        user=actor.user,
        # The start at that moment: whoever tells of this event later must not read a newer one from the row.
        data={"at": appointment.starts_at.isoformat(), **data},
        # A hold concerns nobody but its client, who is asked for the "sim" in the same breath; a mark nobody at all.
        announced_at=timezone.now() if kind == Kind.HELD or "unmarked" in data else None,
    )
