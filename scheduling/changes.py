"""What every change of an appointment is made of: the lock, the row as it is now, the refusal, the event.

`booking`, `desk` and `timeoff` decide what may change; nobody else calls these.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from scheduling import drafts, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional, Service

Kind = AppointmentEvent.Kind
Status = Appointment.Status

# NO KEY leaves rows that only refer to the professional free to be inserted. As plain SQL, because every writer waits
# for whoever has the lock, and Django takes longer to write this statement than PostgreSQL to answer it.
_LOCK = "SELECT * FROM scheduling_professional WHERE id = %s FOR NO KEY UPDATE"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change; `user` is the login, where there is one."""

    kind: AppointmentEvent.Actor
    user: User | None = field(default=None, compare=False)


CLIENT = Actor(AppointmentEvent.Actor.CLIENT)
SYSTEM = Actor(AppointmentEvent.Actor.SYSTEM)


def professional_actor(user: User | None = None) -> Actor:
    return Actor(AppointmentEvent.Actor.PROFESSIONAL, user)


def lock(professional_id: int, *, clear: bool = True) -> Professional:
    """Serialise the writers of one professional; return the row as it is now. Raises NOT_FOUND if it is gone."""
    professional = next(iter(Professional.objects.raw(_LOCK, [professional_id])), None)
    if professional is None:
        raise BookingError(Code.NOT_FOUND)
    if clear:
        clear_lapsed(professional)
    return professional


def clear_lapsed(professional: Professional) -> bool:
    """End the professional's holds and requests whose time has run out; return whether there were any."""
    lapsed = list(selectors.requests_lapsed().filter(professional=professional).select_related("replaces"))
    for appointment in lapsed:
        if appointment.status == Status.HELD:
            appointment.delete()
        else:
            close(appointment, Kind.LAPSED, SYSTEM)
    return bool(lapsed)


def insert(appointment: Appointment) -> None:
    """Insert; what has lapsed gives way. To find out from the refusal spares every other writer the question."""
    try:
        drafts.insert(appointment)
    except BookingError:
        if not clear_lapsed(appointment.professional):
            raise
        drafts.insert(appointment)


def fresh(pk: int) -> Appointment:
    found = Appointment.objects.select_related("professional", "service", "client", "replaces").filter(pk=pk).first()
    if found is None:
        raise BookingError(Code.NOT_FOUND)
    return found


def require(condition: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise BookingError(Code.NOT_POSSIBLE)


def require_unchanged(appointment: Appointment, expected: int | None) -> None:
    """Raise CHANGED if something happened to it after the event that its page was made from; None asks nothing."""
    if expected is not None and selectors.version(appointment) != expected:
        raise BookingError(Code.CHANGED)


def require_before_cutoff(appointment: Appointment) -> None:
    cutoff = timedelta(hours=appointment.professional.cancellation_cutoff_hours)
    if appointment.status == Status.CONFIRMED and appointment.starts_at - timezone.now() < cutoff:
        raise BookingError(Code.CUTOFF_PASSED)


def require_free(
    professional: Professional,
    starts_at: datetime,
    service: Service,
    *,
    client: Client,
    moving: Appointment | None = None,
) -> None:
    if reason := selectors.why_not(professional, starts_at, service, client=client, moving=moving):
        raise BookingError(Code(reason.value))


def move(
    appointment: Appointment, starts_at: datetime, actor: Actor, kind: Kind = Kind.MOVED, **data: Any
) -> Appointment:
    before = appointment.starts_at
    appointment.moves.all().delete()
    drafts.shift(appointment, starts_at)
    data = {"from": before.isoformat(), "to": starts_at.isoformat(), **data}
    record(appointment, kind, actor, **data)
    return appointment


def close(
    appointment: Appointment, kind: Kind, actor: Actor, *, reason: str = "", quiet: bool = False, **data: Any
) -> Appointment:
    """End a live row with its wanted moves. A wanted move itself disappears, its original stays."""
    if appointment.replaces is not None:
        original, wanted = appointment.replaces, appointment.wanted_start
        appointment.delete()
        record(original, kind, actor, to=wanted.isoformat(), move=True, reason=reason)
        return original
    end(appointment, reason=reason)
    record(appointment, kind, actor, quiet=quiet, reason=reason, **data)
    return appointment


def end(appointment: Appointment, *, reason: str) -> None:
    """Cancel a row with its wanted moves."""
    appointment.moves.all().delete()
    appointment.status, appointment.expires_at, appointment.cancel_reason = Status.CANCELLED, None, reason
    appointment.save(update_fields=["status", "expires_at", "cancel_reason"])


def mark(appointment: Appointment, status: Status, actor: Actor) -> Appointment:
    """Say how a begun appointment went, or that nobody has said so yet; wishes to move it end quietly."""
    appointment.moves.all().delete()
    appointment.status = status
    appointment.save(update_fields=["status"])
    is_back = status == Status.CONFIRMED
    # A mark that is taken back concerns nobody: its client would get a second receipt for an hour that is over.
    record(appointment, Kind(status.value), actor, quiet=is_back, **{"unmarked": True} if is_back else {})
    return appointment


def record(appointment: Appointment, kind: Kind, actor: Actor, *, quiet: bool = False, **data: Any) -> None:
    """Store what happened; of what is `quiet` nobody is told."""
    drafts.log(
        appointment,
        kind=kind,
        actor=actor.kind,
        user=actor.user,
        # The start at that moment: whoever tells of this event later must not read a newer one from the row.
        data={"at": appointment.starts_at.isoformat(), **data},
        # A hold concerns nobody but its client, who is asked for the "sim" in the same breath.
        announced_at=timezone.now() if quiet or kind == Kind.HELD else None,
    )
