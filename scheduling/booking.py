"""The only writer of appointments. Every function is safe to repeat and raises `BookingError` for a "no".

Each takes the professional's row lock first (16 writers on one day: 276 deadlocks with the exclusion
constraint alone, none behind the lock); the constraint stays the guarantee for whoever writes without it.
Every change leaves an `AppointmentEvent`; telling people is the concern of whoever reads those.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from scheduling import selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional, Service

Kind = AppointmentEvent.Kind
Status = Appointment.Status

HOLD = timedelta(minutes=10)
REQUEST = timedelta(hours=24)

# No 0, O, 1, I or L: people read references aloud. No vowels: no words.
_REFERENCE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
_REFERENCE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change; `user` is the login, where there is one."""

    kind: AppointmentEvent.Actor
    user: User | None = field(default=None, compare=False)


CLIENT = Actor(AppointmentEvent.Actor.CLIENT)
SYSTEM = Actor(AppointmentEvent.Actor.SYSTEM)


def professional_actor(user: User | None = None) -> Actor:
    return Actor(AppointmentEvent.Actor.PROFESSIONAL, user)


def new_reference(pick: Callable[[str], str] = secrets.choice) -> str:
    """Return a short code that a client can read aloud; unique only once its row is in."""
    return "".join(pick(_REFERENCE_LETTERS) for _ in range(_REFERENCE_LENGTH))


@transaction.atomic
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
    professional = _lock(professional.pk)
    if existing := _by_intent(professional, intent_key):
        return existing
    _require_free(professional, starts_at, service, client=client)
    appointment = _draft(professional, client=client, service=service, starts_at=starts_at, source=source)
    appointment.attendee, appointment.intent_key, appointment.is_trial = attendee, intent_key, is_trial
    appointment.status, appointment.expires_at = Status.HELD, timezone.now() + HOLD
    _insert(appointment)
    _record(appointment, Kind.HELD, CLIENT)
    return appointment


@transaction.atomic
def hold_move(
    appointment: Appointment, *, starts_at: datetime, source: str, intent_key: str | None = None
) -> Appointment:
    """Keep a new time for an appointment of a client; the old one stays until `confirm` moves it."""
    professional = _lock(appointment.professional_id)
    if existing := _by_intent(professional, intent_key):
        return existing
    original = _fresh(appointment.pk)
    _require(original.status in (Status.CONFIRMED, Status.PENDING) and original.replaces_id is None)
    _require_before_cutoff(original)
    if starts_at == original.starts_at:
        raise BookingError(Code.SAME_TIME)
    _require_free(professional, starts_at, original.service, client=original.client, moving=original)
    original.moves.all().delete()
    move = _draft(professional, client=original.client, service=original.service, starts_at=starts_at, source=source)
    move.attendee, move.intent_key, move.price, move.is_trial = (
        original.attendee,
        intent_key,
        original.price,
        original.is_trial,
    )
    move.replaces, move.move_to = original, starts_at
    wanted = (starts_at, starts_at + (original.ends_at - original.starts_at))
    move.starts_at, move.ends_at = _beyond(wanted, (original.starts_at, original.ends_at))
    move.status, move.expires_at = Status.HELD, timezone.now() + HOLD
    _insert(move)
    _record(move, Kind.HELD, CLIENT)
    return move


@transaction.atomic
def confirm(appointment: Appointment, *, actor: Actor = CLIENT) -> Appointment:
    """Turn a hold into a booking (or a request, where the professional approves) and return the agreed row.

    Of a wanted move that is the moved appointment, or the request to move. A hold that has run out is
    confirmed as long as its row stands: nobody else took the time. Raises HOLD_EXPIRED once it is gone.
    """
    professional = _lock(appointment.professional_id, clear=False)
    held = Appointment.objects.select_related("service", "client", "replaces").filter(pk=appointment.pk).first()
    if held is None:
        raise BookingError(Code.HOLD_EXPIRED)
    if held.status != Status.HELD:
        _require(held.status in (Status.PENDING, Status.CONFIRMED))
        return held
    if held.wanted_start <= timezone.now():
        raise BookingError(Code.PAST)
    if held.replaces is not None:
        return _confirm_move(professional, held, actor)
    if professional.requires_approval:
        return _request(held, Kind.REQUESTED, actor, about=held)
    held.status, held.expires_at = Status.CONFIRMED, None
    held.save(update_fields=["status", "expires_at"])
    _record(held, Kind.CONFIRMED, actor)
    return held


@transaction.atomic
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
    if existing := _by_intent(professional, intent_key):
        return existing
    appointment = _draft(professional, client=client, service=service, starts_at=starts_at, source=source)
    appointment.attendee, appointment.intent_key, appointment.status = attendee, intent_key, Status.CONFIRMED
    _insert(appointment)
    _record(appointment, Kind.CONFIRMED, actor)
    return appointment


@transaction.atomic
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


@transaction.atomic
def cancel(appointment: Appointment, *, actor: Actor, reason: str = "") -> Appointment:
    """Cancel; a client only before the cut-off. A cancelled appointment stays as it is."""
    _lock(appointment.professional_id, clear=False)
    current = _fresh(appointment.pk)
    if current.status == Status.CANCELLED:
        return current
    _require(current.status in (Status.PENDING, Status.CONFIRMED))
    if actor.kind == AppointmentEvent.Actor.CLIENT:
        require_changeable(current)
    current.moves.all().delete()
    _close(current, Kind.CANCELLED, actor, reason=reason)
    return current


def require_changeable(appointment: Appointment) -> None:
    """Raise BookingError unless its client may still cancel or move the appointment."""
    _require(appointment.status in (Status.CONFIRMED, Status.PENDING) and appointment.starts_at > timezone.now())
    _require_before_cutoff(appointment)


@transaction.atomic
def release(appointment: Appointment) -> None:
    """Drop a hold that its client no longer wants; anything already agreed stays."""
    _lock(appointment.professional_id, clear=False)
    Appointment.objects.filter(pk=appointment.pk, status=Status.HELD).delete()


@transaction.atomic
def approve(appointment: Appointment, *, actor: Actor) -> Appointment:
    """Agree to a request and return the agreed appointment (of a wanted move: the moved one)."""
    _lock(appointment.professional_id, clear=False)
    current = _fresh(appointment.pk)
    if current.status == Status.CONFIRMED:
        return current
    _require(current.status == Status.PENDING and current.wanted_start > timezone.now())
    if current.replaces is not None:
        original, target = current.replaces, current.wanted_start
        current.delete()
        return _move(original, target, actor, Kind.APPROVED)
    current.status, current.expires_at = Status.CONFIRMED, None
    current.save(update_fields=["status", "expires_at"])
    _record(current, Kind.APPROVED, actor)
    return current


@transaction.atomic
def decline(appointment: Appointment, *, actor: Actor, reason: str = "") -> Appointment:
    """Refuse a request. Of a refused move the old time stays, and its row is returned."""
    _lock(appointment.professional_id, clear=False)
    current = _fresh(appointment.pk)
    if current.status == Status.CANCELLED:
        return current
    _require(current.status == Status.PENDING)
    return _close(current, Kind.DECLINED, actor, reason=reason)


@transaction.atomic
def mark(appointment: Appointment, *, status: Status, actor: Actor) -> Appointment:
    """Mark an appointment that has begun as completed or as a no-show; either can be corrected."""
    _lock(appointment.professional_id, clear=False)
    current = _fresh(appointment.pk)
    if current.status == status:
        return current
    _require(status in (Status.COMPLETED, Status.NO_SHOW))
    _require(current.status in (Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW))
    _require(current.starts_at <= timezone.now())
    current.status = status
    current.save(update_fields=["status"])
    _record(current, Kind(status.value), actor)
    return current


def lapse_due() -> int:
    """End the holds and requests whose time has run out; return how many professionals were concerned."""
    concerned = set(selectors.requests_lapsed().values_list("professional_id", flat=True))
    for professional_id in sorted(concerned):
        with transaction.atomic():
            _lock(professional_id)
    return len(concerned)


def complete_due() -> int:
    """Mark confirmed appointments that ended an hour ago as completed; return how many."""
    due = list(selectors.appointments_due()[:500])
    for appointment in due:
        mark(appointment, status=Status.COMPLETED, actor=SYSTEM)
    return len(due)


def _lock(professional_id: int, *, clear: bool = True) -> Professional:
    """Serialise the writers of one professional; NO KEY leaves rows that only refer to it free to be inserted."""
    professional = Professional.objects.select_for_update(no_key=True).get(pk=professional_id)
    if clear:
        _clear_lapsed(professional)
    return professional


def _clear_lapsed(professional: Professional) -> None:
    lapsed = selectors.requests_lapsed().filter(professional=professional).select_related("replaces")
    for appointment in lapsed:
        if appointment.status == Status.HELD:
            appointment.delete()
        else:
            _close(appointment, Kind.LAPSED, SYSTEM)


def _fresh(pk: int) -> Appointment:
    found = Appointment.objects.select_related("professional", "service", "client", "replaces").filter(pk=pk).first()
    if found is None:
        raise BookingError(Code.NOT_FOUND)
    return found


def _by_intent(professional: Professional, intent_key: str | None) -> Appointment | None:
    if intent_key is None:
        return None
    return Appointment.objects.filter(professional=professional, intent_key=intent_key).first()


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


def _draft(
    professional: Professional, *, client: Client, service: Service, starts_at: datetime, source: str
) -> Appointment:
    if client.professional_id != professional.pk or service.professional_id != professional.pk:
        raise BookingError(Code.NOT_FOUND)
    return Appointment(
        professional=professional,
        client=client,
        service=service,
        starts_at=starts_at,
        ends_at=starts_at + service.duration,
        local_start=_wall(starts_at, professional),
        timezone=professional.timezone,
        buffer_before_minutes=service.buffer_before_minutes,
        buffer_after_minutes=service.buffer_after_minutes,
        price=service.price,
        source=source,
    )


def _wall(moment: datetime, professional: Professional) -> datetime:
    return moment.astimezone(professional.zone).replace(tzinfo=None, fold=0)


def _beyond(wanted: tuple[datetime, datetime], old: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """Return what the wanted time adds to the old one of the same length: always one interval."""
    if wanted[0] < old[0] < wanted[1]:
        return wanted[0], old[0]
    if wanted[0] < old[1] < wanted[1]:
        return old[1], wanted[1]
    return wanted


def _insert(appointment: Appointment) -> None:
    """Insert with a new reference; another writer's overlapping row is a refusal, its equal reference a retry."""
    for _attempt in range(5):
        appointment.reference = new_reference()
        try:
            with transaction.atomic():
                appointment.save(force_insert=True)
        except IntegrityError as error:
            if _constraint(error) == "appointment_no_double_booking":
                raise BookingError(Code.SLOT_TAKEN) from error
            if "reference" not in _constraint(error):
                raise
        else:
            return
    raise RuntimeError("No free reference in five tries: lengthen _REFERENCE_LENGTH.")


def _constraint(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def _confirm_move(professional: Professional, held: Appointment, actor: Actor) -> Appointment:
    original = _fresh(held.replaces_id or 0)
    _require(original.status in (Status.CONFIRMED, Status.PENDING))
    if professional.requires_approval and original.status == Status.CONFIRMED:
        return _request(held, Kind.MOVE_REQUESTED, actor, about=original)
    target = held.wanted_start
    held.delete()
    return _move(original, target, actor)


def _request(held: Appointment, kind: Kind, actor: Actor, *, about: Appointment) -> Appointment:
    held.status, held.expires_at = Status.PENDING, min(timezone.now() + REQUEST, held.wanted_start)
    held.save(update_fields=["status", "expires_at"])
    _record(about, kind, actor, to=held.wanted_start.isoformat(), request=held.pk)
    return held


def _move(appointment: Appointment, starts_at: datetime, actor: Actor, kind: Kind = Kind.MOVED) -> Appointment:
    before = appointment.starts_at
    appointment.moves.all().delete()
    appointment.ends_at = starts_at + (appointment.ends_at - appointment.starts_at)
    appointment.starts_at = starts_at
    appointment.local_start = _wall(starts_at, appointment.professional)
    appointment.timezone = appointment.professional.timezone
    if appointment.expires_at is not None:
        appointment.expires_at = min(appointment.expires_at, starts_at)
    try:
        with transaction.atomic():
            appointment.save(update_fields=["starts_at", "ends_at", "local_start", "timezone", "expires_at"])
    except IntegrityError as error:
        if _constraint(error) == "appointment_no_double_booking":
            raise BookingError(Code.SLOT_TAKEN) from error
        raise
    _record(appointment, kind, actor, **{"from": before.isoformat(), "to": starts_at.isoformat()})
    return appointment


def _close(appointment: Appointment, kind: Kind, actor: Actor, *, reason: str = "") -> Appointment:
    """End a live row: cancelled, declined or lapsed. A wanted move disappears, its original stays."""
    if appointment.replaces is not None:
        original, wanted = appointment.replaces, appointment.wanted_start
        appointment.delete()
        _record(original, kind, actor, to=wanted.isoformat(), move=True, reason=reason)
        return original
    appointment.status, appointment.expires_at, appointment.cancel_reason = Status.CANCELLED, None, reason
    appointment.save(update_fields=["status", "expires_at", "cancel_reason"])
    _record(appointment, kind, actor, reason=reason)
    return appointment


def _record(appointment: Appointment, kind: Kind, actor: Actor, **data: Any) -> None:
    AppointmentEvent.objects.create(
        appointment=appointment,
        kind=kind,
        actor=actor.kind,
        user=actor.user,
        data=data,
        # A hold concerns nobody but its client, who is asked for the "sim" in the same breath.
        announced_at=timezone.now() if kind == Kind.HELD else None,
    )
