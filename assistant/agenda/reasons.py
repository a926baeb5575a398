"""Why a time needs a second thought, in the words that a professional reads."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import wording
from scheduling.models import Professional
from scheduling.obstacles import Obstacle

# In a sentence of its own, before the question whether to go on.
_SENTENCES: dict[Obstacle, Promise] = {
    Obstacle.PAST: gettext_lazy("This time has already passed; the client will not be told."),
    Obstacle.MINIMUM_NOTICE: gettext_lazy("This is sooner than the notice you ask of clients."),
    Obstacle.BEYOND_HORIZON: gettext_lazy("This is further ahead than clients can book."),
    Obstacle.HOLIDAY: gettext_lazy("This day is a holiday."),
    Obstacle.TIME_OFF: gettext_lazy("You have blocked this time."),
    Obstacle.CLOSED_DAY: gettext_lazy("You do not work on this day."),
    Obstacle.OUTSIDE_HOURS: gettext_lazy("This time is outside your working hours."),
    Obstacle.BREAK: gettext_lazy("This time falls into your break."),
    Obstacle.BUFFER: gettext_lazy("This leaves less time between appointments than you have set."),
    Obstacle.DAILY_LIMIT: gettext_lazy("This day has reached your limit of appointments."),
    Obstacle.OFF_GRID: gettext_lazy("Clients are not offered this time."),
}
# In one or two words, behind a date in a list.
_SHORT: dict[Obstacle, Promise] = {
    Obstacle.TAKEN: gettext_lazy("taken"),
    Obstacle.NO_SUCH_TIME: gettext_lazy("the clocks skip this time"),
    Obstacle.PAST: gettext_lazy("already passed"),
    Obstacle.HOLIDAY: gettext_lazy("holiday"),
    Obstacle.TIME_OFF: gettext_lazy("blocked"),
    Obstacle.CLOSED_DAY: gettext_lazy("no working day"),
    Obstacle.OUTSIDE_HOURS: gettext_lazy("outside your hours"),
    Obstacle.BREAK: gettext_lazy("break"),
    Obstacle.BUFFER: gettext_lazy("too close to another"),
    Obstacle.DAILY_LIMIT: gettext_lazy("day is full"),
}


def sentence(obstacle: Obstacle) -> str:
    return str(_SENTENCES[obstacle])


def short(obstacle: Obstacle) -> str:
    return str(_SHORT.get(obstacle, obstacle.value))


def taken(starts_at: datetime, free: Sequence[datetime], professional: Professional, *, is_new: bool) -> str:
    """Say that a time is taken, `is_new` since it was looked at, and what is free near it."""
    said = _("%(time)s has just been taken.") if is_new else _("%(time)s is already taken.")
    words = [said % {"time": wording.clock(starts_at, professional)}]
    words.append(_("Free nearby:") if free else _("Nothing is free in the two weeks after it."))
    return " ".join(words)


def names(free: Sequence[datetime], beside: datetime, professional: Professional) -> list[tuple[str, str]]:
    """Return free times as (wall time for a form, label): of the same day only the hour."""
    day = beside.astimezone(professional.zone).date()
    found = []
    for one in free:
        local = one.astimezone(professional.zone)
        label = wording.clock(one, professional) if local.date() == day else wording.short(one, professional)
        found.append((f"{local:%Y-%m-%dT%H:%M}", label))
    return found
