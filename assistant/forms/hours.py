"""The week as it is typed: several intervals a day, days on or off, each mistake explained beside its interval.

A form of its own and not one of Django's: intervals are added and removed while nothing is saved yet, and what is
wrong with one depends on its neighbours.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assistant.forms.fields import Line
from scheduling.models import Professional, WorkingHours
from scheduling.practice import Span

MOST_INTERVALS = 6
MOST_DATES = 100
FARTHEST_DAYS = 730
MIDNIGHT = time()
USUAL = [("09:00", "12:00"), ("13:00", "18:00")]
_CLOCK = re.compile(r"(\d{1,2})(?:\s*[:hH.]\s*(\d{2})?(?:min)?)?|(\d{1,2})(\d{2})")


class Typed(Protocol):
    """A submitted form: `request.POST`."""

    def getlist(self, key: str) -> list[str]: ...


@dataclass(slots=True)
class Interval:
    """One interval as typed, and what is wrong with it; `bad_*` says which of its two fields."""

    opens: str
    closes: str
    error: str = ""
    bad_opens: bool = False
    bad_closes: bool = False
    is_new: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.opens.strip() and not self.closes.strip()

    def blame(self, error: str, *, opens: bool = True, closes: bool = True) -> None:
        self.error, self.bad_opens, self.bad_closes = error, opens, closes

    def read(self) -> Span | None:
        """Return the interval if it makes sense by itself; else note why not."""
        opens, closes = parse_clock(self.opens), parse_clock(self.closes)
        if opens is None or closes is None:
            midnight = opens is not None and self.closes.strip().startswith("24")
            said = (
                _("To close at midnight, write 00:00.")
                if midnight
                else _("Use an hour from 00:00 to 23:59, like 09:00.")
            )
            self.blame(said, opens=opens is None, closes=closes is None)
            return None
        if closes != MIDNIGHT and closes <= opens:
            words = {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
            said = _(
                "It ends at %(closes)s and begins at %(opens)s. Use an end after %(opens)s, or 00:00 for midnight."
            )
            self.blame(said % words, opens=False)
            return None
        self.opens, self.closes = f"{opens:%H:%M}", f"{closes:%H:%M}"
        return opens, closes


@dataclass(slots=True)
class Day:
    """One weekday; a closed one keeps intervals up its sleeve for when it is switched on."""

    weekday: int
    name: str
    is_open: bool
    intervals: list[Interval] = field(default_factory=list)
    error: str = ""

    @property
    def can_grow(self) -> bool:
        return len(self.intervals) < MOST_INTERVALS

    @property
    def faults(self) -> int:
        return bool(self.error) + sum(bool(one.error) for one in self.intervals)

    def read(self) -> list[Span]:
        """Return the day's intervals in order, and note what is wrong with them or between them."""
        if not self.is_open:
            return []
        written = [one for one in self.intervals if not one.is_blank]
        if not written:
            self.error = _("Write the hours of this day, or switch it off.")
        read = [(span, one) for one in written if (span := one.read())]
        return check_order(sorted(read, key=lambda pair: pair[0]))


@dataclass(slots=True)
class Week:
    """The seven days, and what was done to them last: a sentence, and the value of the button that undoes it."""

    days: list[Day]
    said: str = ""
    undo: str = ""

    @classmethod
    def of(cls, professional: Professional) -> "Week":
        """Return the saved week; of a practice without hours the usual one as a proposal."""
        rows = list(professional.working_hours.filter(date=None).order_by("weekday", "opens_at"))
        saved = {
            day: [(f"{row.opens_at:%H:%M}", f"{row.closes_at:%H:%M}") for row in rows if row.weekday == day]
            for day in range(7)
        }
        model = next((spans for spans in saved.values() if spans), USUAL)
        return cls(
            [
                Day(
                    weekday=day,
                    name=weekday_name(day),
                    is_open=bool(saved[day]) if rows else day < 5,
                    intervals=[Interval(*span) for span in saved[day] or model],
                )
                for day in range(7)
            ]
        )

    @classmethod
    def typed(cls, data: Typed) -> "Week":
        """Return the week as submitted, whatever it holds."""
        switched_on = set(data.getlist("open"))
        days = [Day(day, weekday_name(day), str(day) in switched_on) for day in range(7)]
        for day in days:
            pairs = zip(data.getlist(f"opens-{day.weekday}"), data.getlist(f"closes-{day.weekday}"), strict=False)
            day.intervals = [Interval(opens[:10], closes[:10]) for opens, closes in pairs][:MOST_INTERVALS]
        return cls(days)

    def change(self, act: str) -> None:
        """Do what a button asks for, to what is typed alone: "add 4", "remove 4 1", "restore 4 1 13:00 18:00", "copy".

        Anything else changes nothing.
        """
        verb, *rest = act.split(" ")
        numbers = [int(one) for one in rest[:2] if one.isascii() and one.isdecimal() and len(one) < 3]
        if verb == "copy":
            self._copy_first()
        if not numbers or numbers[0] > 6:
            return
        day = self.days[numbers[0]]
        place = numbers[1] if len(numbers) > 1 else len(day.intervals)
        if verb == "add" and day.can_grow:
            day.intervals.append(Interval("", "", is_new=True))
            day.is_open = True
        elif verb == "remove" and place < len(day.intervals):
            gone = day.intervals.pop(place)
            day.is_open = bool(day.intervals) and day.is_open
            self.said = _("%(day)s: interval removed.") % {"day": day.name}
            opens, closes = ("".join(typed.split()) for typed in (gone.opens, gone.closes))
            self.undo = f"restore {day.weekday} {place} {opens} {closes}"
        elif verb == "restore" and day.can_grow and len(rest) >= 4:
            day.intervals.insert(place, Interval(rest[2][:10], rest[3][:10]))
            day.is_open = True

    def read(self) -> dict[int, list[Span]]:
        """Return every day's intervals; they are worth saving if there are no `faults`."""
        return {day.weekday: day.read() for day in self.days}

    @property
    def faults(self) -> int:
        return sum(day.faults for day in self.days)

    @property
    def faulty_days(self) -> str:
        return ", ".join(day.name for day in self.days if day.faults)

    def focus(self) -> Interval | None:
        """Return the first interval with a fault."""
        return next((one for day in self.days for one in day.intervals if one.error), None)

    def _copy_first(self) -> None:
        first = self.days[0]
        for day in self.days[1:]:
            day.intervals = [Interval(one.opens, one.closes) for one in first.intervals]
        self.said = _("Monday is copied to all days. Check and save.")


class ExtraForm(forms.Form):
    """Hours of one date; they replace its weekday's and open a closed day."""

    day = Line(label=gettext_lazy("Date"), max_length=10, help_text=gettext_lazy("As in 24/12/2026."))
    opens = Line(label=gettext_lazy("From"), max_length=10)
    closes = Line(label=gettext_lazy("Until"), max_length=10, help_text=gettext_lazy("00:00 is midnight."))

    def __init__(self, *args: Any, today: date, others: Iterable[WorkingHours] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.today, self.others = today, list(others)
        for name in ("opens", "closes", "day"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "placeholder": "00:00" if name != "day" else ""}

    def clean_day(self) -> date:
        day = parse_day(self.cleaned_data["day"])
        if day is None:
            raise ValidationError(_("There is no such date. Write it like 24/12/2026."), code="invalid")
        if day < self.today:
            raise ValidationError(_("This date is over. Use today or later."), code="past")
        if day > self.today + timedelta(days=FARTHEST_DAYS):
            raise ValidationError(_("Use a date within the next two years."), code="too_far")
        if len(self.others) >= MOST_DATES:
            said = _("You have %(most)s of them, that is the most. Remove one first.") % {"most": MOST_DATES}
            raise ValidationError(said, code="too_many")
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "opens" not in values or "closes" not in values:
            return values
        interval = Interval(values["opens"], values["closes"])
        values["span"] = interval.read()
        if values["span"] and "day" in values:
            self._compare(interval, values["span"], values["day"])
        if interval.error:
            self.add_error("opens" if interval.bad_opens else "closes", interval.error)
        return values

    def _compare(self, interval: Interval, span: Span, day: date) -> None:
        """Note if the interval shares time with another one of that date."""
        for row in self.others:
            begins_before = row.closes_at == MIDNIGHT or span[0] < row.closes_at
            if row.date == day and begins_before and (span[1] == MIDNIGHT or row.opens_at < span[1]):
                words = {"opens": f"{row.opens_at:%H:%M}", "closes": f"{row.closes_at:%H:%M}"}
                interval.blame(_("This date is open from %(opens)s to %(closes)s already.") % words)


def check_order(read: Sequence[tuple[Span, Interval]]) -> list[Span]:
    """Return sorted intervals; one that begins before the last one ends is explained."""
    before: Span | None = None
    for (opens, closes), interval in read:
        if before and before[1] == MIDNIGHT:
            interval.blame(_("The interval before it goes on until midnight. Remove one of the two."))
        elif before and opens < before[1]:
            words = {"opens": f"{opens:%H:%M}", "end": f"{before[1]:%H:%M}"}
            said = _(
                "This interval begins at %(opens)s, before the end of the one before it (%(end)s). "
                "Use %(end)s or later."
            )
            interval.blame(said % words)
        before = (opens, closes)
    return [span for span, _interval in read]


def parse_clock(typed: str) -> time | None:
    """Read an hour as people type it: 9, 09:00, 9h, 9h30, 0930; None for anything else, 24:00 and 25:60 too."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    found = _CLOCK.fullmatch(plain)
    if found is None or not plain.isascii():
        return None
    hour, minute = int(found[1] or found[3]), int(found[2] or found[4] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def parse_day(typed: str) -> date | None:
    """Read a date: 24/12/2026 or 2026-12-24; None for anything else, 30/02 too."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", plain, re.ASCII)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(plain)
    except ValueError:
        return None


def weekday_name(weekday: int) -> str:
    return str(WorkingHours.Weekday(weekday).label).replace("-feira", "")


def faults_in_words(count: int) -> str:
    return ngettext("%(count)d mistake to correct", "%(count)d mistakes to correct", count) % {"count": count}
