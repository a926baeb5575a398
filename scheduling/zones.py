"""Appointments and time zones: what happens to the agreed wall times when a zone is changed, or its rules are.

Two occasions, one way: a professional takes another zone (T13), or a new `tzdata` gives a zone other rules, as a
decree on daylight saving time would (T14). The agreed wall time stands beside each appointment, so its instant can be
found again. All of a professional's rows change together or none does: what would overlap is listed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from scheduling import drafts, slots
from scheduling.models import LONGEST, Appointment, AppointmentEvent, Professional, TimeOff
from scheduling.transactions import repeated

Status = Appointment.Status
Interval = tuple[datetime, datetime]


class Keep(StrEnum):
    """What of the coming appointments stays when the professional takes another zone."""

    WALL = "wall"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Conflict:
    """An appointment that cannot go where its wall time lies now: another is there, or that moment is over."""

    reference: str
    starts_at: datetime
    other: str = ""


class ZoneError(Exception):
    """Nothing was changed, because of these."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(", ".join(one.reference for one in conflicts))
        self.conflicts = list(conflicts)


@dataclass(slots=True)
class _Plan:
    """Where an appointment goes; `start` is the agreed one, the row of a wanted move occupies less."""

    row: Appointment
    start: datetime
    span: Interval
    zone: str
    wall: datetime


def concerned(professional: Professional) -> int:
    """Return how many agreed or requested appointments a change of the zone would concern."""
    return _coming(professional).filter(status__in=[Status.CONFIRMED, Status.PENDING], replaces=None).count()


@repeated
def change(professional: Professional, zone: str, *, keep: Keep, user: User | None = None) -> int:
    """Give the professional another zone and return how many appointments that concerned. Raises ZoneError.

    With WALL the coming appointments and time off keep what the clock on the wall shows, with INSTANT their moment.
    """
    professional = _lock(professional)
    before, rows = professional.zone, list(_coming(professional))
    professional.timezone = zone
    professional.save(update_fields=["timezone"])
    if keep == Keep.WALL:
        _carry_time_off(professional, before)
        plans = _plans(rows, zone)
    else:
        plans = [_unmoved(row, zone) for row in rows]
    return _apply(professional, plans, actor=AppointmentEvent.Actor.PROFESSIONAL, user=user)


@repeated
def recompute(professional: Professional, *, dry_run: bool = False) -> int:
    """Put coming appointments back to their agreed wall time where the zone's rules have changed under them.

    Returns how many that concerns. Raises ZoneError.
    """
    professional = _lock(professional)
    plans = _plans([row for row in _coming(professional) if _is_stale(row)], "")
    if dry_run:
        _refuse_conflicts(professional, plans)
        return len(plans)
    return _apply(professional, plans, actor=AppointmentEvent.Actor.SYSTEM)


def _coming(professional: Professional) -> QuerySet[Appointment]:
    now = timezone.now()
    rows = Appointment.objects.filter(professional=professional, status__in=["held", "pending", "confirmed"])
    return rows.filter(Q(starts_at__gt=now) | Q(move_to__gt=now)).select_related("replaces").order_by("starts_at")


def _is_stale(row: Appointment) -> bool:
    """Return whether the zone's rules no longer give this start. A wall time that occurs twice has two right ones."""
    zone = ZoneInfo(row.timezone)
    is_shown = row.wanted_start.astimezone(zone).replace(tzinfo=None) == row.local_start
    return not is_shown and _instant(row.local_start, zone) != row.wanted_start


def _plans(rows: Sequence[Appointment], zone: str) -> list[_Plan]:
    """Say where the rows' wall times lie in that zone, or in their own; wanted moves come after what they move."""
    found: dict[int, _Plan] = {}
    for row in sorted(rows, key=lambda one: one.replaces_id is not None):
        name = zone or row.timezone
        start = _instant(row.local_start, ZoneInfo(name))
        span = (start, start + (row.ends_at - row.starts_at))
        if row.replaces is not None:
            old = found[row.replaces.pk].span if row.replaces.pk in found else _span(row.replaces)
            span = drafts.beyond((start, start + (old[1] - old[0])), old)
        found[row.pk] = _Plan(row, start, span, name, row.local_start)
    return list(found.values())


def _unmoved(row: Appointment, zone: str) -> _Plan:
    wall = row.wanted_start.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    return _Plan(row, row.wanted_start, _span(row), zone, wall)


def _apply(
    professional: Professional, plans: Sequence[_Plan], *, actor: AppointmentEvent.Actor, user: User | None = None
) -> int:
    """Write the plans and an event for each. Nobody is told: what was agreed, on the wall or in truth, still holds."""
    _refuse_conflicts(professional, plans)
    now, told = timezone.now(), [one for one in plans if one.row.replaces_id is None and one.row.status != Status.HELD]
    for one in told:
        moment = {"from": one.row.starts_at.isoformat(), "to": one.start.isoformat(), "zone": one.zone}
        data = {"at": moment["to"], **moment}
        kind = AppointmentEvent.Kind.MOVED
        drafts.log(one.row, kind=kind, actor=actor, user=user, data=data, announced_at=now)
    _write(plans)
    return len(told)


def _write(plans: Sequence[_Plan]) -> None:
    """Store all rows, whose new places may be the old ones of others.

    The constraint looks at each row as it is written, so all are first taken out of its sight, in this transaction
    alone, and judged as they come back.
    """
    occupying = Appointment.objects.filter(pk__in=[one.row.pk for one in plans if not one.row.is_trial])
    parked = list(occupying.values_list("pk", flat=True))
    occupying.update(is_trial=True)
    for one in plans:
        row = one.row
        row.starts_at, row.ends_at = one.span
        row.local_start, row.timezone = one.wall, one.zone
        row.move_to = one.start if row.move_to is not None else None
        if row.expires_at is not None:
            row.expires_at = min(row.expires_at, one.start)
        row.save(update_fields=["starts_at", "ends_at", "local_start", "timezone", "move_to", "expires_at"])
    Appointment.objects.filter(pk__in=parked).update(is_trial=False)


def _refuse_conflicts(professional: Professional, plans: Sequence[_Plan]) -> None:
    """Raise ZoneError if a planned row would meet another, or a moment that is over."""
    now = timezone.now()
    conflicts = [Conflict(one.row.reference, one.start) for one in plans if one.start <= now < one.row.wanted_start]
    places = [(one.span, one.row.reference) for one in plans if not one.row.is_trial]
    places += [(_span(row), row.reference) for row in _others(professional, plans)]
    latest: tuple[datetime, str] | None = None
    for (starts, ends), reference in sorted(places):
        if latest and starts < latest[0]:
            conflicts.append(Conflict(reference, starts, latest[1]))
        if latest is None or ends > latest[0]:
            latest = ends, reference
    if conflicts:
        raise ZoneError(conflicts)


def _others(professional: Professional, plans: Sequence[_Plan]) -> Iterable[Appointment]:
    """Return what else occupies the time in which the planned rows will lie."""
    if not plans:
        return []
    first, last = min(one.span[0] for one in plans), max(one.span[1] for one in plans)
    rows = Appointment.objects.filter(professional=professional, is_trial=False).exclude(status=Status.CANCELLED)
    near = rows.filter(starts_at__gt=first - LONGEST, starts_at__lt=last, ends_at__gt=first)
    return near.exclude(pk__in=[one.row.pk for one in plans])


def _carry_time_off(professional: Professional, before: ZoneInfo) -> None:
    """Let coming time off keep its wall time, too. One whose end the clocks would put before its start stays."""
    for one in TimeOff.objects.filter(professional=professional, ends_at__gt=timezone.now()):
        starts, ends = (
            _instant(moment.astimezone(before).replace(tzinfo=None, fold=0), professional.zone)
            for moment in (one.starts_at, one.ends_at)
        )
        if starts < ends:
            one.starts_at, one.ends_at = starts, ends
            one.save(update_fields=["starts_at", "ends_at"])


def _lock(professional: Professional) -> Professional:
    return Professional.objects.select_for_update(no_key=True).get(pk=professional.pk)


def _span(row: Appointment) -> Interval:
    return row.starts_at, row.ends_at


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(slots.instant(wall, zone), UTC)
