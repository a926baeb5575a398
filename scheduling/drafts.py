"""How rows of appointments are made, stored and shifted; `booking` decides whether they may be.

The exclusion constraint's refusal becomes SLOT_TAKEN here, whoever wrote the other row.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from psycopg.types.json import Jsonb

from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional, Service

# No 0, O, 1, I or L: people read references aloud. No vowels: no words.
_REFERENCE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
_REFERENCE_LENGTH = 6

_GIVEN = [name for field in Appointment._meta.concrete_fields if (name := field.attname) not in ("id", "created_at")]
# Where a constraint refuses nothing is inserted: no error ends the transaction, so that no savepoint is needed.
_INSERT = f"""
INSERT INTO scheduling_appointment ({", ".join(_GIVEN)}) VALUES ({", ".join(["%s"] * len(_GIVEN))})
  ON CONFLICT DO NOTHING RETURNING id, created_at
"""  # noqa: S608 - the names are the model's own
_LOG = """
INSERT INTO scheduling_appointmentevent (appointment_id, kind, actor, user_id, data, announced_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""


def new_reference(pick: Callable[[str], str] = secrets.choice) -> str:
    """Return a short code that a client can read aloud; unique only once its row is in."""
    return "".join(pick(_REFERENCE_LETTERS) for _ in range(_REFERENCE_LENGTH))


def draft(
    professional: Professional, *, client: Client, service: Service, starts_at: datetime, source: str
) -> Appointment:
    """Return an unsaved appointment with what is agreed at this moment. Raises NOT_FOUND for another's rows."""
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


def draft_move(professional: Professional, original: Appointment, *, starts_at: datetime, source: str) -> Appointment:
    """Return an unsaved wanted move: it occupies what the new time adds, and keeps all that was agreed."""
    move = draft(professional, client=original.client, service=original.service, starts_at=starts_at, source=source)
    move.replaces, move.move_to = original, starts_at
    wanted = (starts_at, starts_at + (original.ends_at - original.starts_at))
    move.starts_at, move.ends_at = beyond(wanted, (original.starts_at, original.ends_at))
    for name in ("attendee", "price", "is_trial", "buffer_before_minutes", "buffer_after_minutes"):
        setattr(move, name, getattr(original, name))
    return move


def insert(appointment: Appointment) -> None:
    """Insert with a new reference; an equal one is drawn again. Raises SLOT_TAKEN for a taken time or intent."""
    for _attempt in range(5):
        appointment.reference = new_reference()
        if _inserted(appointment):
            return
        if not Appointment.objects.filter(reference=appointment.reference).exists():
            raise BookingError(Code.SLOT_TAKEN)
    raise RuntimeError("No free reference in five tries: lengthen _REFERENCE_LENGTH.")


def _inserted(appointment: Appointment) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [getattr(appointment, name) for name in _GIVEN])
        row = cursor.fetchone()
    if row is None:
        return False
    appointment.pk, appointment.created_at = row
    appointment._state.adding, appointment._state.db = False, connection.alias
    return True


def log(
    appointment: Appointment,
    *,
    kind: AppointmentEvent.Kind,
    actor: AppointmentEvent.Actor,
    user: User | None,
    data: dict[str, Any],
    announced_at: datetime | None,
) -> None:
    """Store what happened to an appointment, in the transaction of the change; without the ORM, as every hold waits."""
    row: list[Any] = [appointment.pk, kind.value, actor.value, user.pk if user else None, Jsonb(data), announced_at]
    with connection.cursor() as cursor:
        cursor.execute(_LOG, row)


def shift(appointment: Appointment, starts_at: datetime) -> None:
    """Give a stored appointment another start, with its length kept. Raises SLOT_TAKEN."""
    appointment.ends_at = starts_at + (appointment.ends_at - appointment.starts_at)
    appointment.starts_at = starts_at
    appointment.local_start = _wall(starts_at, appointment.professional)
    appointment.timezone = appointment.professional.timezone
    if appointment.expires_at is not None:
        appointment.expires_at = min(appointment.expires_at, starts_at)
    with _refusing_overlap():
        appointment.save(update_fields=["starts_at", "ends_at", "local_start", "timezone", "expires_at"])


def beyond(wanted: tuple[datetime, datetime], old: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """Return what the wanted time adds to the old one of the same length: always one interval."""
    if wanted[0] < old[0] < wanted[1]:
        return wanted[0], old[0]
    if wanted[0] < old[1] < wanted[1]:
        return old[1], wanted[1]
    return wanted


@contextmanager
def _refusing_overlap() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if _constraint(error) == "appointment_no_double_booking":
            raise BookingError(Code.SLOT_TAKEN) from error
        raise


def _constraint(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def _wall(moment: datetime, professional: Professional) -> datetime:
    return moment.astimezone(professional.zone).replace(tzinfo=None, fold=0)
