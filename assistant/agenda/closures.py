"""Why time is closed, in the professional's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from assistant.agenda.walls import Place, Walls, common
from scheduling import holidays, slots
from scheduling.models import TimeOff
from scheduling.selectors import Calendar
from scheduling.slots import Interval

# What each kind of closed time is called where nobody wrote a reason.
_WORDS = {
    "break": _("Break"),
    "outside": _("Outside hours"),
    "off": _("Time off"),
    "closed": _("Closed"),
    "holiday": _("Holiday"),
    "skipped": _("Clocks change"),
}
_HOLIDAYS = {
    "New Year": _("New Year"),
    "Tiradentes": _("Tiradentes"),
    "Labour Day": _("Labour Day"),
    "Independence Day": _("Independence Day"),
    "Our Lady of Aparecida": _("Our Lady of Aparecida"),
    "All Souls' Day": _("All Souls' Day"),
    "Republic Day": _("Republic Day"),
    "Black Awareness Day": _("Black Awareness Day"),
    "Christmas": _("Christmas"),
    "Carnival": _("Carnival"),
    "Good Friday": _("Good Friday"),
    "Corpus Christi": _("Corpus Christi"),
}


class Part(NamedTuple):
    """A closed part of a wall clock, before it has a place."""

    span: Interval
    why: str
    reason: str = ""
    block_id: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A stretch in which nothing is offered; `reason` is a holiday's name or what the professional wrote.

    `block_id` is the time off that it is part of.
    """

    place: Place
    why: str
    reason: str
    hours: str
    block_id: int | None = None

    @property
    def word(self) -> str:
        return str(_WORDS[self.why])

    @property
    def is_told(self) -> bool:
        """Whether it says why; hours that are closed every week speak for themselves."""
        return self.why not in ("outside", "closed")


def holiday(calendar: Calendar, day: date) -> str:
    """Return the name of the holiday for which the day is closed, else nothing."""
    if day not in calendar.closed or calendar.openings([day]):
        return ""
    return str(_HOLIDAYS[holidays.named(day.year)[day]])


def reason(day: Walls, off: Sequence[TimeOff]) -> str:
    """Return what the professional wrote about time off on that day."""
    return next((one.reason for one in off if one.reason and day.one(_interval(one)) != (0, 0)), "")


def of_day(
    day: Walls, calendar: Calendar, off: Sequence[TimeOff], *, booked: Sequence[Interval], shown: Interval
) -> list[Part]:
    """Return the closed parts of what is shown of a day; never under a booking."""
    skipped = day.skipped()
    taken = slots.merge([*booked, *skipped])
    open_time = day.of(calendar.openings([day.day]))
    found = [Part(part, "skipped") for part in common(slots.subtract(skipped, booked), shown)]
    if not open_time:
        name = holiday(calendar, day.day)
        shut = slots.subtract(_some(shown), taken)
        return found + [Part(part, "holiday" if name else "closed", name) for part in shut]
    opens, closes = open_time[0][0], open_time[-1][1]
    shut = slots.subtract(slots.subtract(_some(shown), open_time), taken)
    found += [Part(part, "break" if opens <= part[0] < closes else "outside") for part in shut]
    for one in off:
        parts = slots.subtract(common(open_time, day.one(_interval(one))), taken)
        found += [Part(part, "off", one.reason, one.pk) for part in parts]
        # Where two overlap, the first is drawn.
        taken = slots.merge([*taken, *parts])
    return found


def _some(part: Interval) -> list[Interval]:
    return [part] if part[0] < part[1] else []


def _interval(off: TimeOff) -> Interval:
    return int(off.starts_at.timestamp()), int(off.ends_at.timestamp())
