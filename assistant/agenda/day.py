"""One day of a professional's agenda, laid out for reading: appointments, closed time, gaps, where now is.

Places on the rail are rows of five minutes of wall time, also on a day that the clocks make longer or shorter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from assistant.agenda import closures
from assistant.agenda.closures import Closed
from assistant.agenda.walls import HOUR, ROW, Place, Rail, Walls, abreast, clock_of, reach, walls
from scheduling import selectors, slots
from scheduling.models import Appointment, Professional, TimeOff
from scheduling.selectors import Calendar
from scheduling.slots import Interval

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
class Card:
    """One appointment as the rail and the lists show it."""

    appointment: Appointment
    place: Place
    starts_at: datetime
    ends_at: datetime
    name: str
    icon: str
    look: str
    minutes_left: int
    is_now: bool
    is_over: bool
    is_rest: bool = False

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

    @property
    def is_movable(self) -> bool:
        """Whether it can be dragged to another time; the rest of one that began the day before cannot."""
        agreed = self.appointment.status in (Status.CONFIRMED, Status.PENDING) and not self.appointment.replaces_id
        return agreed and not (self.is_now or self.is_over or self.is_rest)

    @property
    def clock(self) -> str:
        """The hour at which it begins, for its professional wherever the server stands; of a rest the day's first."""
        return "00:00" if self.is_rest else f"{self.starts_at:%H:%M}"

    @property
    def until(self) -> str:
        return f"{self.ends_at:%H:%M}"

    @property
    def length(self) -> str:
        minutes = round((self.appointment.ends_at - self.appointment.starts_at).total_seconds() / 60)
        return f"{minutes} min" if minutes < 120 else _length(minutes)

    @property
    def shown_look(self) -> str:
        """How it is drawn: over and not marked it steps back, and asks how it was."""
        return "done" if self.is_unmarked else self.look

    @property
    def shown_icon(self) -> str:
        return "info" if self.is_unmarked else self.icon


@dataclass(frozen=True, slots=True)
class Gap:
    """Free time that is worth booking; `start` is its wall time as URLs name it."""

    place: Place
    start: str
    length: str
    since: str
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
    is_open: bool
    reason: str

    @property
    def own(self) -> list[Card]:
        """The appointments that begin on this day and were not cancelled."""
        return [card for card in self.cards if not card.is_rest and card.look != "cancelled"]

    @property
    def blocks(self) -> list[Closed]:
        """The day's time off, each once: from its first to its last part between hours and bookings."""
        found: dict[int, Closed] = {}
        for part in self.closed:
            if part.block_id:
                known = found.get(part.block_id, part)
                hours = f"{known.hours.partition('–')[0]}–{part.hours.partition('–')[2]}"
                found[part.block_id] = replace(known, hours=hours)
        return list(found.values())

    @property
    def start(self) -> str:
        """The first time of the day that can still be booked, as URLs name it."""
        return self.gaps[0].start if self.gaps else ""

    @property
    def scale(self) -> str:
        """How high a row is: short appointments need higher ones."""
        shortest = min((card.place.rows for card in self.own), default=10)
        return "finest" if shortest < 5 else "fine" if shortest < 9 else "coarse"

    @property
    def coming(self) -> list[Card]:
        agreed = (Status.CONFIRMED, Status.PENDING)
        return [card for card in self.own if not (card.is_over or card.is_now) and card.appointment.status in agreed]

    @property
    def running(self) -> Card | None:
        return next((card for card in self.cards if card.is_now), None)

    @property
    def received(self) -> Decimal:
        return sum((one.appointment.price for one in self.own if one.appointment.status == Status.COMPLETED), Decimal())

    @property
    def expected(self) -> Decimal:
        counted = (Status.COMPLETED, Status.CONFIRMED)
        return sum((one.appointment.price for one in self.own if one.appointment.status in counted), Decimal())

    @property
    def missed(self) -> int:
        return sum(card.appointment.status == Status.NO_SHOW for card in self.own)

    @property
    def finished(self) -> int:
        return sum(card.is_marked for card in self.own)


def lay_out(
    professional: Professional,
    day: date,
    rows: Sequence[Appointment],
    *,
    now: datetime,
    worth: int = 15,
    calendar: Calendar | None = None,
    off: Sequence[TimeOff] = (),
    shown: Interval | None = None,
    least: int = 1,
) -> Day:
    """Lay out a local day's appointments between its hours; gaps shorter than `worth` minutes are not shown.

    `shown` is the part of the day that is drawn (by default the hours around all that stands there), `least` how
    many rows an appointment is drawn with at least.
    """
    wall = walls(professional.zone, day)
    calendar = calendar or selectors.calendar(professional, day, now=now)
    parts = [wall.one(interval(one)) for one in rows]
    booked = slots.merge(part for part, one in zip(parts, rows, strict=True) if one.status != Status.CANCELLED)
    open_time = wall.of(calendar.openings([day]))
    first, last = shown or reach([*open_time, *booked])
    rail = Rail(first)
    clock = wall.seconds(int(now.timestamp()))
    local = now.astimezone(professional.zone)
    places = abreast([rail.place(part, least=least) for part in parts])
    return Day(
        date=day,
        cards=[
            card(one, place, now=now, zone=professional.zone, day=day) for one, place in zip(rows, places, strict=True)
        ],
        closed=[
            Closed(rail.place(part.span), part.why, part.reason, "–".join(map(clock_of, part.span)), part.block_id)
            for part in closures.of_day(wall, calendar, off, booked=booked, shown=(first, last))
        ],
        gaps=[_gap(part, rail, day) for part in _free(wall, calendar, clock) if part[1] - part[0] >= worth * 60],
        hours=[(rail.row(at), clock_of(at)) for at in range(first, last + 1, HOUR)] if first < last else [],
        rows=(last - first) // ROW,
        now_row=rail.row(clock) if local.date() == day and first <= clock < last else None,
        now_clock=f"{local:%H:%M}",
        is_today=local.date() == day,
        is_past=day < local.date(),
        is_open=bool(wall.of(calendar.free([day]))),
        reason=closures.holiday(calendar, day) or closures.reason(wall, off),
    )


def span(professional: Professional, day: date, rows: Sequence[Appointment], calendar: Calendar) -> list[Interval]:
    """Return where something stands on that day's wall clock: opening hours, and appointments."""
    wall = walls(professional.zone, day)
    return [*wall.of(calendar.openings([day])), *wall.of(interval(one) for one in rows)]


def cards(professional: Professional, rows: Sequence[Appointment], *, now: datetime) -> list[Card]:
    """Return the appointments as a list shows them, without places."""
    return [card(one, Place(1, 1), now=now, zone=professional.zone) for one in rows]


def card(appointment: Appointment, place: Place, *, now: datetime, zone: ZoneInfo, day: date | None = None) -> Card:
    """Return one appointment as it is shown; on a `day` after the one on which it began as the rest of it."""
    icon, look = LOOKS[Status(appointment.status)]
    left = appointment.expires_at - now if appointment.expires_at else None
    begins = appointment.starts_at.astimezone(zone).date()
    return Card(
        appointment=appointment,
        place=place,
        starts_at=appointment.wanted_start.astimezone(zone),
        ends_at=appointment.ends_at.astimezone(zone),
        name=appointment.attendee or str(appointment.client),
        icon=icon,
        look=look,
        minutes_left=max(1, round(left.total_seconds() / 60)) if left else 0,
        is_now=appointment.starts_at <= now < appointment.ends_at and appointment.status != Status.CANCELLED,
        is_over=appointment.ends_at <= now,
        is_rest=day is not None and begins < day,
    )


def interval(appointment: Appointment) -> Interval:
    return int(appointment.starts_at.timestamp()), int(appointment.ends_at.timestamp())


def _free(wall: Walls, calendar: Calendar, clock: int) -> list[Interval]:
    """Return what is free and still ahead; from the next full five minutes on, on a day to come all of it."""
    free = slots.subtract(wall.of(calendar.free([wall.day])), wall.of(calendar.busy()))
    return slots.subtract(slots.subtract(free, wall.skipped()), [(0, -(-clock // ROW) * ROW)])


def _gap(part: Interval, rail: Rail, day: date) -> Gap:
    since = clock_of(part[0])
    return Gap(rail.place(part), f"{day}T{since}", _length((part[1] - part[0]) // 60), since, clock_of(part[1]))


def _length(minutes: int) -> str:
    """Return a length as people say it: "40 min", "2 h", "1 h 30"."""
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h {rest:02}" if rest else f"{hours} h"
