"""Writes of a practice's own settings: who it is, its rules, services and hours. Never an appointment but by `zones`.

Each write takes the professional's row lock, and a change of what stands already says what its author had seen
(`version`): of two tabs that edit the same settings the second is told instead of undoing the first.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Max, Model

from scheduling import zones
from scheduling.models import Professional, Service, WorkingHours
from scheduling.transactions import repeated
from scheduling.zones import Keep

Span = tuple[time, time]

MOST_SERVICES = 50


class SettingError(Exception):
    """A setting was not written, for a reason that a form can explain."""


class ChangedError(SettingError):
    """The saved values are not those that the author of the change had seen."""


class NameTakenError(SettingError):
    """Another service of the professional has that name."""


class TooManyError(SettingError):
    """The professional has MOST_SERVICES services."""


class InUseError(SettingError):
    """A service that appointments refer to can be deactivated but not deleted."""


def fingerprint(values: Iterable[object]) -> str:
    return hashlib.sha256(repr([str(value) for value in values]).encode()).hexdigest()[:16]


def version(row: Model, names: Iterable[str]) -> str:
    """Return what those fields hold, in sixteen characters."""
    return fingerprint(getattr(row, name) for name in sorted(names))


def week_version(professional: Professional) -> str:
    return fingerprint(_weekly(professional).values_list("weekday", "opens_at", "closes_at"))


@repeated
def update(
    professional: Professional,
    *,
    values: Mapping[str, Any],
    seen: str,
    keep: Keep = Keep.WALL,
    user: User | None = None,
) -> None:
    """Write fields of the professional. Raises ChangedError, or ZoneError if a new zone makes appointments meet."""
    current = _lock(professional)
    _require_seen(version(current, values), seen)
    if values.get("timezone", current.timezone) != current.timezone:
        zones.change(current, values["timezone"], keep=keep, user=user)
    for name, value in values.items():
        setattr(current, name, value)
    current.save(update_fields=list(values))


@repeated
def save_service(
    professional: Professional, *, values: Mapping[str, Any], service: Service | None = None, seen: str = ""
) -> Service:
    """Add a service behind the others, or change one. Raises ChangedError, NameTakenError or TooManyError."""
    _lock(professional)
    own = Service.objects.filter(professional=professional)
    if service is None:
        if own.count() >= MOST_SERVICES:
            raise TooManyError
        last = own.aggregate(last=Max("position"))["last"]
        service = Service(professional=professional, position=0 if last is None else last + 1)
    else:
        service.refresh_from_db()
        _require_seen(version(service, values), seen)
    if own.filter(name__iexact=values["name"]).exclude(pk=service.pk).exists():
        raise NameTakenError
    for name, value in values.items():
        setattr(service, name, value)
    service.save()
    return service


@repeated
def move_service(service: Service, *, up: bool) -> None:
    """Swap a service with its neighbour; at the end of the list nothing happens."""
    _lock(service.professional)
    order = list(Service.objects.filter(professional=service.professional))
    here = order.index(service)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    for position, one in enumerate(order):
        one.position = position
    Service.objects.bulk_update(order, ["position"])


@repeated
def set_active(service: Service, *, active: bool) -> None:
    """Offer a service to clients or not; what is booked of it stays."""
    _lock(service.professional)
    service.is_active = active
    service.save(update_fields=["is_active"])


@repeated
def remove_service(service: Service) -> None:
    """Delete a service that was never booked. Raises InUseError."""
    _lock(service.professional)
    if service.appointments.exists():
        raise InUseError
    service.delete()


@repeated
def save_week(professional: Professional, *, week: Mapping[int, Sequence[Span]], seen: str) -> None:
    """Replace the hours of every weekday; extra hours of dates stay. Raises ChangedError."""
    _lock(professional)
    _require_seen(week_version(professional), seen)
    _weekly(professional).delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(professional=professional, weekday=weekday, opens_at=opens, closes_at=closes)
        for weekday, spans in week.items()
        for opens, closes in spans
    )


@repeated
def add_extra(professional: Professional, *, day: date, span: Span) -> WorkingHours:
    """Open a date at those hours; together with its other extra hours they replace its weekday's."""
    _lock(professional)
    opens, closes = span
    return WorkingHours.objects.create(professional=professional, date=day, opens_at=opens, closes_at=closes)


def _weekly(professional: Professional) -> Any:
    return WorkingHours.objects.filter(professional=professional, date=None).order_by("weekday", "opens_at")


def _lock(professional: Professional) -> Professional:
    return Professional.objects.select_for_update(no_key=True).get(pk=professional.pk)


def _require_seen(current: str, seen: str) -> None:
    if current != seen:
        raise ChangedError
