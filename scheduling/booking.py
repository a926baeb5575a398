"""The writer of appointments (with `desk`, for what is entered by hand).

Every function is safe to repeat and raises `BookingError` for a "no".
Each takes the professional's row lock first (16 writers on one day: 276 deadlocks with the exclusion
constraint alone, none behind the lock); the constraint stays the guarantee for whoever writes without it.
`expected` is the event that a page was made from (`selectors.version`): what has changed since raises CHANGED.
Every change leaves an `AppointmentEvent`; telling people is the concern of whoever reads those.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from django.utils import timezone

from scheduling import changes, drafts, selectors
from scheduling.changes import CLIENT as CLIENT
from scheduling.changes import SYSTEM as SYSTEM
from scheduling.changes import Actor as Actor
from scheduling.changes import professional_actor as professional_actor
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional, Service
from scheduling.transactions import repeated

Kind = AppointmentEvent.Kind
Status = Appointment.Status

HOLD = timedelta(minutes=10)
REQUEST = timedelta(hours=24)


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
    professional = changes.lock(professional.pk, clear=False)
    try:
        appointment = drafts.draft(professional, client=client, service=service, starts_at=starts_at, source=source)
        changes.require_free(professional, starts_at, service, client=client)
        appointment.attendee, appointment.intent_key, appointment.is_trial = attendee, intent_key, is_trial
        appointment.status, appointment.expires_at = Status.HELD, timezone.now() + HOLD
        changes.insert(appointment)
    except BookingError:
        # Asked only now, because nearly every intent is new: is it this very intent that has the time?
        if existing := selectors.by_intent(professional, intent_key):
            return existing
        raise
    changes.record(appointment, Kind.HELD, CLIENT)
    return appointment


@repeated
def hold_move(
    appointment: Appointment, *, starts_at: datetime, source: str, intent_key: str | None = None
) -> Appointment:
    """Keep a new time for an appointment of a client; the old one stays until `confirm` moves it."""
    professional = changes.lock(appointment.professional_id)
    if existing := selectors.by_intent(professional, intent_key):
        return existing
    original = changes.fresh(appointment.pk)
    changes.require(original.status in (Status.CONFIRMED, Status.PENDING) and original.replaces_id is None)
    changes.require_before_cutoff(original)
    if starts_at == original.starts_at:
        raise BookingError(Code.SAME_TIME)
    changes.require_free(professional, starts_at, original.service, client=original.client, moving=original)
    original.moves.all().delete()
    move = drafts.draft_move(professional, original, starts_at=starts_at, source=source)
    move.intent_key, move.status, move.expires_at = intent_key, Status.HELD, timezone.now() + HOLD
    drafts.insert(move)
    changes.record(move, Kind.HELD, CLIENT)
    return move


@repeated
def confirm(appointment: Appointment, *, actor: Actor = CLIENT) -> Appointment:
    """Turn a hold into a booking (or a request, where the professional approves) and return the agreed row.

    Of a wanted move that is the moved appointment, or the request to move. A hold that has run out is
    confirmed as long as its row stands: nobody else took the time. Raises HOLD_EXPIRED once it is gone.
    """
    professional = changes.lock(appointment.professional_id, clear=False)
    held = Appointment.objects.select_related("service", "client").filter(pk=appointment.pk).first()
    if held is None:
        return _moved_before(appointment, otherwise=Code.HOLD_EXPIRED)
    if held.status != Status.HELD:
        changes.require(held.status in (Status.PENDING, Status.CONFIRMED))
        return held
    if held.wanted_start <= timezone.now():
        raise BookingError(Code.PAST)
    if held.replaces_id is not None:
        return _confirm_move(professional, held, actor)
    if professional.requires_approval:
        return _request(held, Kind.REQUESTED, actor, about=held)
    held.status, held.expires_at = Status.CONFIRMED, None
    held.save(update_fields=["status", "expires_at"])
    changes.record(held, Kind.CONFIRMED, actor)
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
    professional = changes.lock(professional.pk)
    if existing := selectors.by_intent(professional, intent_key):
        return existing
    appointment = drafts.draft(professional, client=client, service=service, starts_at=starts_at, source=source)
    appointment.attendee, appointment.intent_key, appointment.status = attendee, intent_key, Status.CONFIRMED
    drafts.insert(appointment)
    # What is entered for the record is over: a receipt would only puzzle its client.
    changes.record(appointment, Kind.CONFIRMED, actor, quiet=starts_at <= timezone.now())
    return appointment


@repeated
def book_offered(
    professional: Professional,
    *,
    client: Client,
    service: Service,
    starts_at: datetime,
    source: str,
    actor: Actor,
    attendee: str = "",
) -> Appointment:
    """Book for a client, under all the professional's rules and without a hold; a request where they approve."""
    professional = changes.lock(professional.pk, clear=False)
    appointment = drafts.draft(professional, client=client, service=service, starts_at=starts_at, source=source)
    changes.require_free(professional, starts_at, service, client=client)
    appointment.attendee, appointment.status = attendee, Status.CONFIRMED
    if professional.requires_approval:
        appointment.status, appointment.expires_at = Status.PENDING, min(timezone.now() + REQUEST, starts_at)
    changes.insert(appointment)
    kind = Kind.REQUESTED if professional.requires_approval else Kind.CONFIRMED
    changes.record(appointment, kind, actor)
    return appointment


@repeated
def reschedule(
    appointment: Appointment,
    *,
    starts_at: datetime,
    actor: Actor,
    expected: int | None = None,
    is_bound: bool = False,
) -> Appointment:
    """Move an appointment by hand, never over another one; outside the rules if need be, unless it `is_bound`."""
    changes.lock(appointment.professional_id)
    current = changes.fresh(appointment.pk)
    if starts_at != current.starts_at:
        changes.require_unchanged(current, expected)
    changes.require(current.status in (Status.CONFIRMED, Status.PENDING) and current.replaces_id is None)
    if starts_at <= timezone.now():
        raise BookingError(Code.PAST)
    if starts_at != current.starts_at:
        if is_bound:
            changes.require_free(
                current.professional, starts_at, current.service, client=current.client, moving=current
            )
        changes.move(current, starts_at, actor)
    return current


@repeated
def cancel(appointment: Appointment, *, actor: Actor, reason: str = "", expected: int | None = None) -> Appointment:
    """Cancel; a client only before the cut-off. A cancelled appointment stays as it is.

    Of a wanted move only the wish ends: the old time stays, and its row is returned.
    """
    changes.lock(appointment.professional_id, clear=False)
    current = changes.fresh(appointment.pk)
    if current.status == Status.CANCELLED:
        return current
    changes.require_unchanged(current, expected)
    changes.require(current.status in (Status.PENDING, Status.CONFIRMED))
    if actor.kind == AppointmentEvent.Actor.CLIENT:
        require_changeable(current)
    # What is over is only put right in the books: a message about it would puzzle its client.
    return changes.close(current, Kind.CANCELLED, actor, reason=reason, quiet=current.wanted_start <= timezone.now())


@repeated
def undo(booked: AppointmentEvent, *, asked_at: datetime) -> Appointment:
    """Take back what a client booked a moment ago, whatever the cut-off. Raises NOT_POSSIBLE later, or twice."""
    changes.lock(booked.appointment.professional_id, clear=False)
    current = changes.fresh(booked.appointment_id)
    changes.require(selectors.can_be_undone(booked, asked_at=asked_at) and current.starts_at > timezone.now())
    return changes.close(current, Kind.CANCELLED, CLIENT, undone=True)


def require_changeable(appointment: Appointment) -> None:
    """Raise BookingError unless its client may still cancel or move the appointment."""
    changes.require(appointment.status in (Status.CONFIRMED, Status.PENDING) and appointment.starts_at > timezone.now())
    changes.require_before_cutoff(appointment)


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
    changes.lock(appointment.professional_id, clear=False)
    Appointment.objects.filter(pk=appointment.pk, status=Status.HELD).delete()


@repeated
def approve(appointment: Appointment, *, actor: Actor, expected: int | None = None) -> Appointment:
    """Agree to a request and return the agreed appointment (of a wanted move: the moved one)."""
    changes.lock(appointment.professional_id, clear=False)
    if not Appointment.objects.filter(pk=appointment.pk).exists():
        return _moved_before(appointment, otherwise=Code.NOT_FOUND)
    current = changes.fresh(appointment.pk)
    if current.status == Status.CONFIRMED and selectors.is_just_approved(current):
        return current
    changes.require_unchanged(current, expected)
    changes.require(current.status == Status.PENDING and current.wanted_start > timezone.now())
    if current.replaces is not None:
        return _fulfil(current, current.replaces, actor, Kind.APPROVED)
    current.status, current.expires_at = Status.CONFIRMED, None
    current.save(update_fields=["status", "expires_at"])
    changes.record(current, Kind.APPROVED, actor)
    return current


@repeated
def decline(appointment: Appointment, *, actor: Actor, reason: str = "", expected: int | None = None) -> Appointment:
    """Refuse a request. Of a refused move the old time stays, and its row is returned."""
    changes.lock(appointment.professional_id, clear=False)
    current = changes.fresh(appointment.pk)
    if current.status == Status.CANCELLED:
        return current
    changes.require_unchanged(current, expected)
    changes.require(current.status == Status.PENDING)
    return changes.close(current, Kind.DECLINED, actor, reason=reason)


@repeated
def mark(appointment: Appointment, *, status: Status, actor: Actor, expected: int | None = None) -> Appointment:
    """Mark an appointment that has begun as completed or missed; either can be corrected or taken back (confirmed)."""
    changes.lock(appointment.professional_id, clear=False)
    current = changes.fresh(appointment.pk)
    if current.status == status:
        return current
    changes.require_unchanged(current, expected)
    changes.require(status in (Status.COMPLETED, Status.NO_SHOW, Status.CONFIRMED))
    changes.require(current.status in (Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW))
    changes.require(current.starts_at <= timezone.now())
    return changes.mark(current, status, actor)


def lapse_due() -> int:
    """End the holds and requests whose time has run out; return how many professionals were concerned."""
    concerned = set(selectors.requests_lapsed().values_list("professional_id", flat=True))
    for professional_id in sorted(concerned):
        # Whose row is not to be had in time keeps the others from nothing.
        with suppress(BookingError):
            repeated(changes.lock)(professional_id)
    return len(concerned)


def complete_due() -> int:
    """Mark confirmed appointments that ended an hour ago as completed; return how many."""
    count = 0
    for appointment in selectors.appointments_due()[:500]:
        # One that was marked, cancelled or moved since it was read is no longer due: no reason to leave the others.
        with suppress(BookingError):
            _complete(appointment)
            count += 1
    return count


@repeated
def _complete(appointment: Appointment) -> None:
    changes.lock(appointment.professional_id, clear=False)
    changes.require(selectors.appointments_due().filter(pk=appointment.pk).exists())
    changes.mark(changes.fresh(appointment.pk), Status.COMPLETED, SYSTEM)


def _confirm_move(professional: Professional, held: Appointment, actor: Actor) -> Appointment:
    original = changes.fresh(held.replaces_id or 0)
    if professional.requires_approval and original.status == Status.CONFIRMED:
        return _request(held, Kind.MOVE_REQUESTED, actor, about=original)
    return _fulfil(held, original, actor, Kind.MOVED)


def _request(held: Appointment, kind: Kind, actor: Actor, *, about: Appointment) -> Appointment:
    """Ask the professional; a wish to move ends with the time that it is to replace."""
    changes.require(about.starts_at > timezone.now())
    until = min(timezone.now() + REQUEST, held.wanted_start, about.starts_at)
    held.status, held.expires_at = Status.PENDING, until
    held.save(update_fields=["status", "expires_at"])
    changes.record(about, kind, actor, to=held.wanted_start.isoformat(), request=held.pk)
    return held


def _fulfil(move: Appointment, original: Appointment, actor: Actor, kind: Kind) -> Appointment:
    """Swap the old time for the wanted one; the wanted move's row disappears and its id stays in the event."""
    changes.require(original.status in (Status.CONFIRMED, Status.PENDING))
    fulfilled = move.pk
    return changes.move(original, move.wanted_start, actor, kind, request=fulfilled)


def _moved_before(move: Appointment, *, otherwise: Code) -> Appointment:
    """Return the appointment that this wanted move, whose row is gone, has moved already; raise if it has not."""
    if moved := selectors.moved_by(move):
        return moved
    raise BookingError(otherwise)
