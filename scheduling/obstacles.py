"""What stands in the way of a time that the professional chooses by hand, and which times near it are free.

Only another appointment forbids; everything else is a rule of the professional's own, asked about once. Notice
and horizon bind clients, so that they never hide a time's other obstacle where many times are looked at.
"""

from copy import copy
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling import holidays, selectors
from scheduling.models import Appointment, Professional, Service
from scheduling.slots import Reason

# How far beside a full day is looked for free times.
_AHEAD = timedelta(days=14)
_FARTHEST = 730


class Obstacle(StrEnum):
    """Why a time needs a second thought; TAKEN and NO_SUCH_TIME cannot be had at all."""

    TAKEN = "taken"
    NO_SUCH_TIME = "no_such_time"
    PAST = Reason.PAST.value
    MINIMUM_NOTICE = Reason.MINIMUM_NOTICE.value
    BEYOND_HORIZON = Reason.BEYOND_HORIZON.value
    HOLIDAY = "holiday"
    TIME_OFF = "time_off"
    CLOSED_DAY = "closed_day"
    OUTSIDE_HOURS = Reason.OUTSIDE_HOURS.value
    BREAK = Reason.BREAK.value
    BUFFER = "buffer"
    DAILY_LIMIT = Reason.DAILY_LIMIT.value
    OFF_GRID = Reason.OFF_GRID.value


def find(
    professional: Professional,
    starts_at: datetime,
    service: Service,
    *,
    now: datetime,
    moving: Appointment | None = None,
    is_bound: bool = True,
) -> Obstacle | None:
    """Return the first obstacle of that start, None if clients could book it; `is_bound` by notice and horizon."""
    length = moving.ends_at - moving.starts_at if moving else service.duration
    others = selectors.overlapping(professional, starts_at, starts_at + length, now=now)
    if moving is not None:
        others = others.exclude(pk=moving.pk).exclude(replaces=moving)
    if others.exists():
        return Obstacle.TAKEN
    rules = professional if is_bound else unbound(professional)
    reason = selectors.why_not(rules, starts_at, service, now=now, moving=moving)
    if reason is Reason.DAY_OFF:
        return _closed(professional, starts_at, starts_at + length)
    if reason in (Reason.SLOT_TAKEN, Reason.OWN_APPOINTMENT):
        return Obstacle.BUFFER
    return Obstacle(reason.value) if reason else None


def free_near(
    professional: Professional,
    starts_at: datetime,
    service: Service,
    *,
    now: datetime,
    moving: Appointment | None = None,
    most: int = 4,
) -> list[datetime]:
    """Return the free starts nearest to that one, of its day or else of the next days that have any, in order."""
    day = starts_at.astimezone(professional.zone).date()
    free = free_on(professional, starts_at, service, now=now, moving=moving)
    if not free:
        following = (day + selectors.DAY, day + _AHEAD)
        free = selectors.open_slots(unbound(professional), *following, service, now=now, moving=moving)
    return sorted(sorted(free, key=lambda one: abs(one - starts_at))[:most])


def free_on(
    professional: Professional, moment: datetime, service: Service, *, now: datetime, moving: Appointment | None = None
) -> list[datetime]:
    """Return the free starts of that moment's local day, whatever notice and horizon clients have."""
    day = moment.astimezone(professional.zone).date()
    return selectors.open_slots(unbound(professional), day, day, service, now=now, moving=moving)


def unbound(professional: Professional) -> Professional:
    """Return the professional without the rules that bind clients only."""
    free = copy(professional)
    free.minimum_notice_minutes, free.booking_horizon_days = 0, _FARTHEST
    return free


def _closed(professional: Professional, starts_at: datetime, ends_at: datetime) -> Obstacle:
    if professional.time_off.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        return Obstacle.TIME_OFF
    day = starts_at.astimezone(professional.zone).date()
    is_holiday = professional.observes_holidays and day in holidays.brazilian(day.year)
    return Obstacle.HOLIDAY if is_holiday else Obstacle.CLOSED_DAY
