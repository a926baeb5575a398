"""Reads of an agenda over several days: what touches them, what was cancelled, and when nothing is offered.

Each read is bounded by the days that are asked for, however long the professional's history is.
"""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet

from scheduling import selectors
from scheduling.models import LONGEST, Appointment, Professional, TimeOff


class Brief(NamedTuple):
    """What a month shows of an appointment."""

    starts_at: datetime
    ends_at: datetime
    status: str


def between(
    professional: Professional, first: date, last: date, *, now: datetime | None = None
) -> QuerySet[Appointment]:
    """Return the live appointments that share time with those local days, with what is shown of them."""
    return _touching(selectors.live(professional, now=now), professional, first, last)


def cancelled(professional: Professional, first: date, last: date) -> QuerySet[Appointment]:
    """Return the cancelled appointments that would share time with those local days."""
    rows = Appointment.objects.filter(professional=professional, status="cancelled", is_trial=False)
    return _touching(rows, professional, first, last)


def brief(professional: Professional, first: date, last: date, *, now: datetime) -> list[Brief]:
    """Return the live appointments that start on those local days, both included, as little as a month shows."""
    since, until = selectors.bounds(professional, first, last)
    rows = selectors.live(professional, now=now).filter(starts_at__gte=since, starts_at__lt=until)
    return [Brief(*row) for row in rows.order_by("starts_at").values_list("starts_at", "ends_at", "status")]


def time_off(professional: Professional, first: date, last: date) -> list[TimeOff]:
    """Return the stretches of time off that share time with those local days, both included."""
    since, until = selectors.bounds(professional, first, last)
    return list(TimeOff.objects.filter(professional=professional, ends_at__gt=since, starts_at__lt=until))


def _touching(
    rows: QuerySet[Appointment], professional: Professional, first: date, last: date
) -> QuerySet[Appointment]:
    since, until = selectors.bounds(professional, first, last)
    # The lower bound of the start keeps the read inside the index: none is longer.
    touching = selectors.versioned(rows).filter(starts_at__gt=since - LONGEST, starts_at__lt=until, ends_at__gt=since)
    return touching.select_related("client", "service").order_by("starts_at", "pk")
