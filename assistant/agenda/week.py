"""Seven days side by side over one scale of hours, and what they add up to."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assistant.agenda import day as days
from assistant.agenda.day import Card, Day
from assistant.agenda.walls import HOUR, Rail, clock_of, reach
from assistant.counts import tally
from scheduling import selectors, slots
from scheduling.models import Appointment, Professional, TimeOff
from scheduling.selectors import Calendar

# Without hours and appointments a day of the weekend is narrow.
WEEKEND = ("sat", "sun")
Status = Appointment.Status
# How many rows two and three lines of text need at a scale.
_LINES = {"coarse": (9, 13), "fine": (6, 8), "finest": (4, 5)}
# From how many rows on the shortest appointment has room for its text at a scale, and how many all get at least.
_SCALES = ((9, "coarse", 1), (3, "fine", 3), (0, "finest", 2))


@dataclass(frozen=True, slots=True)
class Week:
    """What the grid and a phone's list show; `opens` is its first hour in minutes. Without any hours it has no rows."""

    days: list[Day]
    narrow: list[str]
    hours: list[tuple[int, str]]
    rows: int
    opens: int
    scale: str
    now_row: int | None
    now_clock: str
    totals: list[str]
    count: int

    @property
    def start(self) -> str:
        """The first time that can still be booked, as URLs name it."""
        return next((gap.start for day in self.days for gap in day.gaps), "")

    @property
    def two_lines(self) -> int:
        return _LINES[self.scale][0]

    @property
    def three_lines(self) -> int:
        return _LINES[self.scale][1]


def monday(day: date) -> date:
    """Return the Monday of that day's week."""
    return date.fromordinal(day.toordinal() - day.weekday())


def lay_out(
    professional: Professional,
    first: date,
    rows: Sequence[Appointment],
    *,
    calendar: Calendar,
    now: datetime,
    called_off: Sequence[Appointment] = (),
    shows_cancelled: bool = False,
    off: Sequence[TimeOff] = (),
    worth: int = 15,
) -> Week:
    """Lay out the seven local days from the first on, all over the same hours."""
    drawn = [*rows, *called_off] if shows_cancelled else list(rows)
    week = slots.days_between(first, date.fromordinal(first.toordinal() + 6))
    of_day = {day: _touching(drawn, *selectors.bounds(professional, day, day)) for day in week}
    shown = reach([part for day in week for part in days.span(professional, day, of_day[day], calendar)])
    scale, least = _scale(drawn)
    laid = [
        days.lay_out(
            professional, day, of_day[day], now=now, worth=worth, calendar=calendar, off=off, shown=shown, least=least
        )
        for day in week
    ]
    own = [card for day in laid for card in day.own]
    rail, ends = Rail(shown[0]), shown[1]
    return Week(
        days=laid,
        narrow=[name for name, day in zip(WEEKEND, laid[5:], strict=True) if not (day.cards or day.is_open)],
        hours=[(rail.row(at), clock_of(at)) for at in range(shown[0], ends + 1, HOUR)] if shown[0] < ends else [],
        rows=laid[0].rows,
        opens=shown[0] // 60,
        scale=scale,
        now_row=next((day.now_row for day in laid if day.now_row), None),
        now_clock=laid[0].now_clock,
        totals=_totals(own, called_off=sum(_begins(one, professional) in of_day for one in called_off)),
        count=len(own),
    )


def _touching(rows: Sequence[Appointment], since: datetime, until: datetime) -> list[Appointment]:
    return [one for one in rows if one.starts_at < until and one.ends_at > since]


def _begins(appointment: Appointment, professional: Professional) -> date:
    return appointment.starts_at.astimezone(professional.zone).date()


def _scale(rows: Iterable[Appointment]) -> tuple[str, int]:
    """Return how high rows are, so that the shortest appointment can be read, and how many each gets at least."""
    shortest = min((one.ends_at - one.starts_at for one in rows), default=None)
    five_minutes = int(shortest.total_seconds()) // 300 if shortest else 10
    return next((scale, least) for rows_needed, scale, least in _SCALES if five_minutes >= rows_needed)


def _totals(cards: Sequence[Card], *, called_off: int) -> list[str]:
    looks = ["unmarked" if card.is_unmarked else card.look for card in cards]
    return [text for _, text in tally(Counter(looks) + Counter(cancelled=called_off))]
