"""A month of days: how many appointments each has, what needs attention, and what is closed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assistant.agenda import closures
from assistant.agenda.day import LOOKS
from assistant.agenda.walls import walls
from assistant.agenda.week import monday
from assistant.counts import tally
from scheduling import slots
from scheduling.agenda import Brief
from scheduling.models import Appointment, Professional, TimeOff
from scheduling.selectors import Calendar

Status = Appointment.Status
# A phone shows no more dots than this.
DOTS = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the month's grid; days of the months before and after fill its first and last week."""

    date: date
    counts: Counter[str]
    since: str
    until: str
    is_inside: bool
    is_today: bool
    is_past: bool
    is_closed: bool
    reason: str

    @property
    def count(self) -> int:
        return self.counts.total()

    @property
    def pending(self) -> int:
        return self.counts["pending"]

    @property
    def notes(self) -> list[tuple[str, str, str]]:
        """What needs attention: look, icon and words; what goes as agreed needs no word of its own."""
        told = {"noshow": ("noshow", "miss"), "unmarked": ("done", "info"), "pending": ("pending", "clock")}
        told["held"] = ("held", "hold")
        return [(*told[look], text) for look, text in tally(self.counts) if look in told]

    @property
    def dots(self) -> range:
        return range(min(self.count, DOTS))


@dataclass(frozen=True, slots=True)
class Month:
    """Whole weeks from Monday on."""

    first: date
    weeks: list[list[Cell]]

    @property
    def counts(self) -> Counter[str]:
        return sum((cell.counts for week in self.weeks for cell in week if cell.is_inside), Counter())

    @property
    def count(self) -> int:
        return self.counts.total()

    @property
    def totals(self) -> list[str]:
        return [text for _, text in tally(self.counts)]


def span(day: date) -> tuple[date, date]:
    """Return the first and last day of the whole weeks around that day's month."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return monday(first), monday(last) + timedelta(days=6)


def lay_out(
    professional: Professional,
    day: date,
    rows: Sequence[Brief],
    *,
    calendar: Calendar,
    now: datetime,
    off: Sequence[TimeOff] = (),
) -> Month:
    """Lay out the weeks around that day's month."""
    by_day: dict[date, list[Brief]] = {}
    for row in rows:
        by_day.setdefault(row.starts_at.astimezone(professional.zone).date(), []).append(row)
    cells = [
        _cell(professional, one, by_day.get(one, []), calendar, off, now=now, month=day.month)
        for one in slots.days_between(*span(day))
    ]
    return Month(day.replace(day=1), [cells[at : at + 7] for at in range(0, len(cells), 7)])


def _cell(
    professional: Professional,
    day: date,
    rows: Sequence[Brief],
    calendar: Calendar,
    off: Sequence[TimeOff],
    *,
    now: datetime,
    month: int,
) -> Cell:
    zone, today = professional.zone, now.astimezone(professional.zone).date()
    wall = walls(zone, day)
    return Cell(
        date=day,
        counts=Counter(_look(row, now) for row in rows),
        since=f"{rows[0].starts_at.astimezone(zone):%H:%M}" if rows else "",
        until=f"{max(row.ends_at for row in rows).astimezone(zone):%H:%M}" if rows else "",
        is_inside=day.month == month,
        is_today=day == today,
        is_past=day < today,
        is_closed=not wall.of(calendar.free([day])),
        reason=closures.holiday(calendar, day) or closures.reason(wall, off),
    )


def _look(row: Brief, now: datetime) -> str:
    is_unmarked = row.status == Status.CONFIRMED and row.ends_at <= now
    return "unmarked" if is_unmarked else LOOKS[Status(row.status)][1]
