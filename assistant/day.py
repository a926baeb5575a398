"""One day of a professional's agenda, laid out for reading: appointments, closed time, gaps, where now is.

Places on the rail are rows of five minutes of wall time, also on a day that the clocks make longer or shorter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from scheduling import selectors, slots
from scheduling.models import Appointment, Professional
from scheduling.slots import Interval

ROW = 300
HOUR = 3600
Status = Appointment.Status

# Icon and style of each status; the words are in templates/dashboard/status.html.
LOOKS = {
    Status.HELD: ("hold", "held"),
    Status.PENDING: ("clock", "pending"),
    Status.CONFIRMED: ("check", "confirmed"),
    Status.COMPLETED: ("check2", "done"),
    Status.NO_SHOW: ("miss", "noshow"),
    Status.CANCELLED: ("x", "cancelled"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """First row on the rail, beginning with 1, and how many rows."""

    row: int
    rows: int


@dataclass(frozen=True, slots=True)
class Card:
    """One appointment as the rail and the lists show it."""

    appointment: Appointment
    place: Place
    starts_at: datetime
    name: str
    icon: str
    look: str
    minutes_left: int
    is_now: bool
    is_over: bool

    @property
    def is_unmarked(self) -> bool:
        return self.is_over and self.appointment.status == Status.CONFIRMED

    @property
    def is_marked(self) -> bool:
        return self.appointment.status in (Status.COMPLETED, Status.NO_SHOW)

    @property
    def is_short(self) -> bool:
        """Whether there is no room for two lines."""
        return self.place.rows < 5


@dataclass(frozen=True, slots=True)
class Closed:
    """A stretch in which nothing is offered: "break" between hours, "outside" them, or time "off" within them."""

    place: Place
    why: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Free time that is worth booking."""

    place: Place
    length: str
    until: str


@dataclass(frozen=True, slots=True)
class Day:
    """What the rail shows. A day that is closed and empty has no hours."""

    date: date
    cards: list[Card]
    closed: list[Closed]
    gaps: list[Gap]
    hours: list[tuple[int, str]]
    rows: int
    now_row: int | None
    now_clock: str
    is_today: bool
    is_past: bool

    @property
    def scale(self) -> str:
        """How high a row is: short appointments need higher ones."""
        shortest = min((card.place.rows for card in self.cards), default=10)
        return "finest" if shortest < 5 else "fine" if shortest < 9 else "coarse"

    @property
    def coming(self) -> list[Card]:
        agreed = (Status.CONFIRMED, Status.PENDING)
        return [card for card in self.cards if not (card.is_over or card.is_now) and card.appointment.status in agreed]

    @property
    def running(self) -> Card | None:
        return next((card for card in self.cards if card.is_now), None)

    @property
    def received(self) -> Decimal:
        return sum(
            (one.appointment.price for one in self.cards if one.appointment.status == Status.COMPLETED), Decimal()
        )

    @property
    def expected(self) -> Decimal:
        counted = (Status.COMPLETED, Status.CONFIRMED)
        return sum((one.appointment.price for one in self.cards if one.appointment.status in counted), Decimal())

    @property
    def missed(self) -> int:
        return sum(card.appointment.status == Status.NO_SHOW for card in self.cards)

    @property
    def finished(self) -> int:
        return sum(card.is_marked for card in self.cards)


def lay_out(
    professional: Professional, day: date, rows: Sequence[Appointment], *, now: datetime, worth: int = 15
) -> Day:
    """Lay out a local day's appointments between its hours; gaps shorter than `worth` minutes are not shown."""
    walls = Walls(professional.zone, day)
    calendar = selectors.calendar(professional, day, now=now)
    open_time, free = walls.of(calendar.openings([day])), walls.of(calendar.free([day]))
    booked = walls.of(_interval(one) for one in rows)
    first, last = _reach([*open_time, *booked])
    local = now.astimezone(professional.zone)
    clock = walls.seconds(int(now.timestamp()))
    rail = Rail(first)
    opens, closes = (open_time[0][0], open_time[-1][1]) if open_time else (last, last)
    closed = [
        (part, "break" if opens <= part[0] < closes else "outside")
        for part in slots.subtract(slots.subtract([(first, last)], open_time), booked)
    ]
    off = [(part, "off") for part in slots.subtract(slots.subtract(open_time, free), booked)]
    # The next full five minutes; on a day to come all of it is ahead.
    ahead = slots.subtract(slots.subtract(free, walls.of(calendar.busy())), [(0, -(-clock // ROW) * ROW)])
    return Day(
        date=day,
        cards=[_card(one, rail.place(walls.one(_interval(one))), now=now, zone=professional.zone) for one in rows],
        closed=[Closed(rail.place(part), why) for part, why in closed + off],
        gaps=[_gap(part, rail) for part in ahead if part[1] - part[0] >= worth * 60],
        hours=[(rail.row(at), clock_of(at)) for at in range(first, last + 1, HOUR)] if first < last else [],
        rows=(last - first) // ROW,
        now_row=rail.row(clock) if local.date() == day and first <= clock < last else None,
        now_clock=f"{local:%H:%M}",
        is_today=local.date() == day,
        is_past=day < local.date(),
    )


@dataclass(frozen=True, slots=True)
class Walls:
    """The wall clock of one local day: seconds after its midnight, cut off at its ends."""

    zone: ZoneInfo
    day: date

    def seconds(self, moment: int) -> int:
        local = slots.wall(moment, self.zone)
        seconds = (local.date() - self.day).days * slots.DAY + local.hour * HOUR + local.minute * 60
        return min(max(seconds, 0), slots.DAY)

    def one(self, interval: Interval) -> Interval:
        return self.seconds(interval[0]), self.seconds(interval[1])

    def of(self, intervals: Iterable[Interval]) -> list[Interval]:
        return slots.merge(self.one(interval) for interval in intervals)


@dataclass(frozen=True, slots=True)
class Rail:
    """Rows from the first hour shown on."""

    first: int

    def row(self, seconds: int) -> int:
        return 1 + (seconds - self.first) // ROW

    def place(self, part: Interval) -> Place:
        row = self.row(part[0])
        return Place(row, max(1, self.row(part[1] + ROW - 1) - row))


def cards(professional: Professional, rows: Sequence[Appointment], *, now: datetime) -> list[Card]:
    """Return the appointments as a list shows them, without places."""
    return [_card(one, Place(1, 1), now=now, zone=professional.zone) for one in rows]


def clock_of(seconds: int) -> str:
    return f"{seconds // HOUR:02}:{seconds % HOUR // 60:02}"


def _interval(appointment: Appointment) -> Interval:
    return int(appointment.starts_at.timestamp()), int(appointment.ends_at.timestamp())


def _reach(intervals: Sequence[Interval]) -> Interval:
    """Return the full hours around all of them; nothing for none."""
    if not intervals:
        return 0, 0
    first, last = min(start for start, _ in intervals), max(end for _, end in intervals)
    return first // HOUR * HOUR, -(-last // HOUR) * HOUR


def _gap(part: Interval, rail: Rail) -> Gap:
    return Gap(rail.place(part), _length((part[1] - part[0]) // 60), clock_of(part[1]))


def _length(minutes: int) -> str:
    """Return a length as people say it: "40 min", "2 h", "1 h 30"."""
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h {rest:02}" if rest else f"{hours} h"


def _card(appointment: Appointment, place: Place, *, now: datetime, zone: ZoneInfo) -> Card:
    icon, look = LOOKS[Status(appointment.status)]
    left = appointment.expires_at - now if appointment.expires_at else None
    return Card(
        appointment=appointment,
        place=place,
        starts_at=appointment.wanted_start.astimezone(zone),
        name=appointment.attendee or str(appointment.client),
        icon=icon,
        look=look,
        minutes_left=max(1, round(left.total_seconds() / 60)) if left else 0,
        is_now=appointment.starts_at <= now < appointment.ends_at,
        is_over=appointment.ends_at <= now,
    )
