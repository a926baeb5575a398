"""The way around the agenda: a day, a week or a month before and after, today, and the same day seen otherwise."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Nav:
    """Where the arrows and the three views lead; `here` is the view that is shown."""

    here: str
    back: str
    back_label: Promise
    ahead: str
    ahead_label: Promise
    today: str
    is_current: bool
    day: str
    week: str
    month: str


def of_day(day: date, *, is_today: bool) -> Nav:
    step = timedelta(days=1)
    labels = (_("Previous day"), _("Next day"))
    return _nav("today", day, day - step, day + step, labels=labels, is_current=is_today)


def of_week(day: date, *, monday: date, is_current: bool, **kept: str) -> Nav:
    step = timedelta(days=7)
    labels = (_("Previous week"), _("Next week"))
    return _nav("week", day, monday - step, monday + step, labels=labels, is_current=is_current, **kept)


def of_month(day: date, *, is_current: bool) -> Nav:
    first = day.replace(day=1)
    before, after = (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1)
    labels = (_("Previous month"), _("Next month"))
    return _nav("month", day, before, after, labels=labels, is_current=is_current)


def _nav(
    here: str,
    day: date,
    before: date,
    after: date,
    *,
    labels: tuple[Promise, Promise],
    is_current: bool,
    **kept: str,
) -> Nav:
    path = reverse(here)
    query = "".join(f"&{name}={value}" for name, value in kept.items())
    return Nav(
        here=here,
        back=f"{path}?dia={before}{query}",
        back_label=labels[0],
        ahead=f"{path}?dia={after}{query}",
        ahead_label=labels[1],
        today=f"{path}?{query.removeprefix('&')}" if query else path,
        is_current=is_current,
        day=f"{reverse('today')}?dia={day}",
        week=f"{reverse('week')}?dia={day}",
        month=f"{reverse('month')}?dia={day}",
    )
