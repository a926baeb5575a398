"""Dates and times as a professional types them: their own wall clock, with what is wrong said in words."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from scheduling import slots
from scheduling.models import Professional

# A browser's own field sends the first form of each; the others are what people write where it has none. ASCII digits
# only: what other scripts call digits is asked about, never guessed at.
_DAYS = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", re.ASCII),
    re.compile(r"(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<y>\d{4})", re.ASCII),
)
# A phone's keyboard of digits has no colon.
_CLOCK = re.compile(r"(\d\d?)[:hH]?(\d\d)(?::00)?|(\d\d?)[hH]?", re.ASCII)
YEARS = range(2000, 2101)


class DayField(forms.Field):
    """A date of these hundred years."""

    widget = forms.TextInput

    def clean(self, value: Any) -> date | None:
        """Return the date. Raises ValidationError that says what to enter."""
        text = str(value or "").strip()
        if not text:
            if self.required:
                raise ValidationError(_("Enter a date, such as 27/11/2026."), code="required")
            return None
        day = read_day(text)
        if day is None:
            raise ValidationError(_("There is no such date. Enter one such as 27/11/2026."), code="invalid")
        return day


class ClockField(forms.Field):
    """A time of the day to the minute."""

    widget = forms.TextInput

    def clean(self, value: Any) -> time | None:
        """Return the time. Raises ValidationError that says what to enter."""
        text = str(value or "").strip()
        if not text:
            if self.required:
                raise ValidationError(_("Enter a time, such as 15:00."), code="required")
            return None
        clock = read_clock(text)
        if clock is None:
            raise ValidationError(_("There is no such time. Enter one from 00:00 to 23:59."), code="invalid")
        return clock


def read_day(text: str) -> date | None:
    """Return the date as typed, or None if there is no such date."""
    for form in _DAYS:
        if found := form.fullmatch(text):
            try:
                day = date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                return None
            return day if day.year in YEARS else None
    return None


def read_clock(text: str) -> time | None:
    """Return the time of day as typed, or None if there is no such time."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    try:
        return time(int(found[1] or found[3]), int(found[2] or 0))
    except ValueError:
        return None


def read_wall(text: str) -> datetime | None:
    """Return a naive date and time as a URL or a button names it (2026-11-27T15:00), or None."""
    day, _t, clock = text.partition("T")
    on, at = read_day(day), read_clock(clock)
    return datetime.combine(on, at) if on and at else None


def moment(wall: datetime, professional: Professional) -> datetime:
    """Return the instant of a naive wall time, of one that occurs twice the first.

    Raises ValidationError for one that the clocks skip.
    """
    found = datetime.fromtimestamp(slots.instant(wall, professional.zone), UTC)
    local = found.astimezone(professional.zone)
    if local.replace(tzinfo=None, fold=0) != wall:
        raise ValidationError(
            _("%(time)s does not exist on this day: the clocks go forward. The next time is %(after)s."),
            code="skipped",
            params={"time": f"{wall:%H:%M}", "after": f"{local:%H:%M}"},
        )
    return found


def midnight(day: date, professional: Professional) -> datetime:
    """Return the instant at which a local day begins, also where the clocks skip its midnight."""
    return datetime.fromtimestamp(slots.instant(datetime.combine(day, time()), professional.zone), UTC)
