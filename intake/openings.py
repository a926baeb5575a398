"""Which free times are shown to a client, and why what was asked for is not among them."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from intake.proposals import Context, ToolCode
from intake.schemas import MOST_DAYS, PartOfDay, SlotArguments
from language.tools import Refusal
from scheduling import selectors, slots
from scheduling.errors import MESSAGES, Code
from scheduling.models import Appointment, Professional, Service
from scheduling.slots import Reason

MOST_OFFERS = 6
PARTS = {
    PartOfDay.MORNING: (dt.time(0), dt.time(12)),
    PartOfDay.AFTERNOON: (dt.time(12), dt.time(18)),
    PartOfDay.EVENING: (dt.time(18), dt.time(23, 59, 59)),
}


def fitting(context: Context, free: Sequence[dt.datetime], part: PartOfDay | None) -> list[dt.datetime]:
    """Return the free times in the wanted part of the day and between the wanted hours."""
    since, until = PARTS[part] if part else (dt.time(0), dt.time.max)
    earliest, latest = context.between
    return [
        start
        for start in free
        if since <= (at := start.astimezone(context.professional.zone).time()) < until
        and (earliest or since) <= at <= (latest or until)
    ]


def alternatives(
    context: Context, service: Service, *, after: dt.date, moving: Appointment | None
) -> list[dt.datetime]:
    """Return the free times of the days that follow, within the horizon."""
    first = max(after, context.local_now.date())
    until = first + dt.timedelta(days=MOST_DAYS)
    return selectors.open_slots(context.professional, first, until, service, now=context.now, moving=moving)


def spread(free: Sequence[dt.datetime], professional: Professional, *, around: dt.time | None) -> list[dt.datetime]:
    """Choose at most six: of one day spread over it (or nearest to the asked time), of several two a day.

    An hour asked for without a day is offered on the days that have it, if any has.
    """
    exact = [start for start in free if start.astimezone(professional.zone).time() == around]
    if len(exact) > 1:
        return exact[:MOST_OFFERS]
    by_day: dict[dt.date, list[dt.datetime]] = {}
    for start in free:
        by_day.setdefault(start.astimezone(professional.zone).date(), []).append(start)
    days = list(by_day.values())[: MOST_OFFERS // 2]
    each = MOST_OFFERS // max(len(days), 1)
    return [start for day in days for start in _choose(day, each, professional, around=around)]


def _choose(
    day: list[dt.datetime], most: int, professional: Professional, *, around: dt.time | None
) -> list[dt.datetime]:
    if around is None:
        count = min(most, len(day))
        return [day[round(n * (len(day) - 1) / max(count - 1, 1))] for n in range(count)]
    asked = dt.datetime.combine(day[0].astimezone(professional.zone).date(), around, professional.zone)
    nearest = sorted(day, key=lambda start: abs(start - asked))[:most]
    return sorted(nearest, key=lambda start: (start != asked, start))


def why(
    context: Context,
    wanted: SlotArguments,
    service: Service,
    found: tuple[Sequence[dt.datetime], Sequence[dt.datetime]],
    *,
    days: tuple[dt.date, dt.date],
    moving: Appointment | None,
) -> str:
    """Say why what was asked for is not free; empty when it is. `found`: what fits, and all that is free."""
    professional = context.professional
    fitting, free = found
    if wanted.time and days[0] == days[1]:
        asked = instant(days[0], wanted.time, professional)
        if moving is not None and moving.status != Appointment.Status.HELD and moving.starts_at == asked:
            return str(MESSAGES[Code.SAME_TIME])
        reason = selectors.why_not(professional, asked, service, now=context.now, client=context.client, moving=moving)
        return _message(reason) if reason else ""
    if fitting:
        return ""
    if free:
        return _("There is nothing free in that part of the day.")
    reason = selectors.why_none(professional, *days, service, now=context.now)
    if days[0] == days[1]:
        return _message(Reason.DAILY_LIMIT if reason == Reason.SLOT_TAKEN else reason)
    if reason in (Reason.SLOT_TAKEN, Reason.DAILY_LIMIT):
        return _("Those days are already full.")
    return _("There are no appointments on those days.") if reason == Reason.DAY_OFF else _message(reason)


def _message(reason: Reason) -> str:
    return str(MESSAGES[Code(reason.value)])


def instant(day: dt.date, at: dt.time, professional: Professional) -> dt.datetime:
    """Return the instant of a wall time. Raises Refusal for one that the clocks skip."""
    wall = dt.datetime.combine(day, at)
    found = slots.wall(slots.instant(wall, professional.zone), professional.zone)
    if found.replace(tzinfo=None, fold=0) != wall:
        raise Refusal(ToolCode.NOT_OFFERED, _("This time does not exist on that day: the clocks change."))
    return found.astimezone(dt.UTC)
