"""The writer of time off. What is booked inside it stays, and only if whoever blocks the time said so."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from scheduling import changes, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, Professional, TimeOff
from scheduling.transactions import repeated


class StandingError(Exception):
    """Appointments stand in the time that was to be blocked, and nobody has agreed to keep them."""

    def __init__(self, appointments: list[Appointment]) -> None:
        super().__init__(len(appointments))
        self.appointments = appointments


@repeated
def block(
    professional: Professional,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    keeping: Collection[int] = (),
) -> TimeOff:
    """Offer nothing between the instants. The same block twice is one. Raises StandingError.

    Behind the lock, so that no booking slips in between the look and the block.
    """
    changes.lock(professional.pk)
    same = TimeOff.objects.filter(professional=professional, starts_at=starts_at, ends_at=ends_at, reason=reason)
    if existing := same.first():
        return existing
    _require_agreed(professional, starts_at, ends_at, keeping)
    return TimeOff.objects.create(professional=professional, starts_at=starts_at, ends_at=ends_at, reason=reason)


@repeated
def change(
    time_off: TimeOff,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    keeping: Collection[int] = (),
) -> TimeOff:
    """Give a block another time or reason. Raises StandingError, and BookingError NOT_FOUND if it is gone."""
    changes.lock(time_off.professional_id)
    current = TimeOff.objects.filter(pk=time_off.pk).select_related("professional").first()
    if current is None:
        raise BookingError(Code.NOT_FOUND)
    _require_agreed(current.professional, starts_at, ends_at, keeping)
    current.starts_at, current.ends_at, current.reason = starts_at, ends_at, reason
    current.save(update_fields=["starts_at", "ends_at", "reason"])
    return current


@repeated
def remove(time_off: TimeOff) -> None:
    """Offer the time again."""
    changes.lock(time_off.professional_id, clear=False)
    TimeOff.objects.filter(pk=time_off.pk).delete()


def standing(professional: Professional, starts_at: datetime, ends_at: datetime) -> QuerySet[Appointment]:
    """Return the appointments to come that share time with the interval, in order."""
    open_ones = (Appointment.Status.HELD, Appointment.Status.PENDING, Appointment.Status.CONFIRMED)
    rows = selectors.overlapping(professional, starts_at, ends_at).filter(
        status__in=open_ones, ends_at__gt=timezone.now()
    )
    return rows.select_related("client", "service").order_by("starts_at")


def _require_agreed(
    professional: Professional, starts_at: datetime, ends_at: datetime, keeping: Collection[int]
) -> None:
    rows = list(standing(professional, starts_at, ends_at))
    if not {one.pk for one in rows} <= set(keeping):
        raise StandingError(rows)
