"""Reads of the domain: free time, why a time is not free, agendas, people. Nothing here writes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from scheduling import holidays, phones, slots
from scheduling.models import LONGEST, Appointment, Client, Professional, Service
from scheduling.slots import Hours, Interval, Reason, Rules

MARGIN = timedelta(hours=12 + 4)  # the longest appointment and the longest buffer

# Hours, time off and busy time in one round trip, as integers: this read is the most frequent of all.
# A hold or request that has lapsed is not busy even before a writer removes it.
_CALENDAR = """
SELECT 0, weekday, "date", EXTRACT(EPOCH FROM opens_at)::int8, EXTRACT(EPOCH FROM closes_at)::int8,
       0, 0, 0::int8, 0::int8
  FROM scheduling_workinghours
 WHERE professional_id = %(professional)s AND ("date" IS NULL OR "date" BETWEEN %(first)s AND %(last)s)
UNION ALL
SELECT 1, NULL, NULL, EXTRACT(EPOCH FROM starts_at)::int8, EXTRACT(EPOCH FROM ends_at)::int8, 0, 0, 0, 0
  FROM scheduling_timeoff
 WHERE professional_id = %(professional)s AND ends_at > %(since)s AND starts_at < %(until)s
UNION ALL
SELECT 2, NULL, NULL, EXTRACT(EPOCH FROM starts_at)::int8, EXTRACT(EPOCH FROM ends_at)::int8,
       buffer_before_minutes, buffer_after_minutes, id, client_id
  FROM scheduling_appointment
 WHERE professional_id = %(professional)s AND status <> 'cancelled' AND NOT is_trial
   AND starts_at >= %(since)s AND starts_at < %(until)s
   AND (status NOT IN ('held', 'pending') OR expires_at > %(now)s)
"""


@dataclass(slots=True)
class Booked:
    """One busy appointment: its own time, its time with buffers, whose it is."""

    id: int
    client_id: int
    time: Interval
    padded: Interval


@dataclass(slots=True)
class Calendar:
    """What stands in a professional's calendar between two local days, both included."""

    zone: ZoneInfo
    closed: frozenset[date]
    hours: list[Hours] = field(default_factory=list)
    off: list[Interval] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)

    def openings(self, days: Sequence[date]) -> list[Interval]:
        return slots.openings(self.hours, days, self.zone, closed=self.closed)

    def busy(self) -> list[Interval]:
        return slots.merge(one.padded for one in self.booked)

    def full_days(self, limit: int | None) -> frozenset[date]:
        """Return the local days that already hold `limit` appointments."""
        if limit is None:
            return frozenset()
        counts = Counter(slots.wall(one.time[0], self.zone).date() for one in self.booked)
        return frozenset(day for day, count in counts.items() if count >= limit)


def open_slots(
    professional: Professional,
    date_from: date,
    date_to: date,
    service: Service,
    *,
    now: datetime | None = None,
    moving: Appointment | None = None,
) -> list[datetime]:
    """Return the starts that can be booked on those local days (both included), aware in UTC, in order.

    One query, whatever the range. `moving` is an appointment whose own time counts as free.
    """
    now = now or timezone.now()
    last_day = min(date_to, _horizon(professional, now))
    if date_from > last_day:
        return []
    calendar = _calendar(professional, date_from, last_day, now=now, moving=moving)
    full = calendar.full_days(professional.daily_limit)
    days = [day for day in slots.days_between(date_from, last_day) if day not in full]
    free = slots.subtract(calendar.openings(days), calendar.off)
    found = slots.starts(free, calendar.busy(), _rules(professional, service, now=now))
    return [datetime.fromtimestamp(start, UTC) for start in found]


def why_not(
    professional: Professional,
    starts_at: datetime,
    service: Service,
    *,
    now: datetime | None = None,
    client: Client | None = None,
    moving: Appointment | None = None,
) -> Reason | None:
    """Return why that aware start is not offered to the client, or None if it can be booked. One query."""
    now = now or timezone.now()
    day = starts_at.astimezone(professional.zone).date()
    calendar = _calendar(professional, day, day, now=now, moving=moving)
    return slots.explain(
        int(starts_at.timestamp()),
        now=int(now.timestamp()),
        rules=_rules(professional, service, now=now),
        openings=calendar.openings([day]),
        off=calendar.off,
        busy=calendar.busy(),
        own=[one.time for one in calendar.booked if client and one.client_id == client.pk],
        day_is_full=day in calendar.full_days(professional.daily_limit),
    )


def overlapping(professional: Professional, starts_at: datetime, ends_at: datetime) -> QuerySet[Appointment]:
    """Return the live appointments that share time with the interval."""
    return live(professional).filter(starts_at__gt=starts_at - LONGEST, starts_at__lt=ends_at, ends_at__gt=starts_at)


def live(professional: Professional, *, now: datetime | None = None) -> QuerySet[Appointment]:
    """Return the appointments that occupy time: neither cancelled nor lapsed nor of a trial."""
    lapsed = Q(status__in=["held", "pending"], expires_at__lte=now or timezone.now())
    return (
        Appointment.objects.filter(professional=professional, is_trial=False)
        .exclude(status="cancelled")
        .exclude(lapsed)
    )


def agenda(professional: Professional, date_from: date, date_to: date) -> QuerySet[Appointment]:
    """Return the live appointments that start on those local days, both included, with client and service."""
    since, until = _bounds(professional, date_from, date_to)
    return (
        live(professional)
        .filter(starts_at__gte=since, starts_at__lt=until)
        .select_related("client", "service")
        .order_by("starts_at")
    )


def find_client(professional: Professional, address: str) -> Client | None:
    """Return the client of this professional with that channel address, in either form of the ninth digit."""
    return (
        Client.objects.filter(
            professional=professional,
            addresses__professional=professional,
            addresses__address__in=phones.variants(address),
        )
        .order_by("pk")
        .first()
    )


def coming(client: Client, *, now: datetime | None = None) -> QuerySet[Appointment]:
    """Return the client's agreed or requested appointments that have not started, without wanted moves."""
    return (
        live(client.professional, now=now)
        .filter(client=client, status__in=["confirmed", "pending"], replaces=None, starts_at__gt=now or timezone.now())
        .select_related("service")
        .order_by("starts_at")
    )


def last_visit(client: Client, *, now: datetime | None = None) -> Appointment | None:
    """Return the client's latest appointment that has started and was not cancelled."""
    return (
        client.appointments.filter(
            starts_at__lte=now or timezone.now(), status__in=["confirmed", "completed", "no_show"]
        )
        .select_related("service")
        .order_by("-starts_at")
        .first()
    )


def appointments_due(*, now: datetime | None = None) -> QuerySet[Appointment]:
    """Return confirmed appointments that ended an hour ago or earlier: the sweep marks them completed."""
    return Appointment.objects.filter(status="confirmed", ends_at__lte=(now or timezone.now()) - timedelta(hours=1))


def requests_lapsed(*, now: datetime | None = None) -> QuerySet[Appointment]:
    """Return holds and requests whose time has run out."""
    return Appointment.objects.filter(status__in=["held", "pending"], expires_at__lte=now or timezone.now())


def _calendar(
    professional: Professional, first: date, last: date, *, now: datetime, moving: Appointment | None
) -> Calendar:
    since, until = _bounds(professional, first, last)
    years = range(first.year, last.year + 1) if professional.observes_holidays else ()
    calendar = Calendar(professional.zone, frozenset().union(*(holidays.brazilian(year) for year in years)))
    ignored = {moving.pk, *moving.moves.values_list("pk", flat=True)} if moving else set()
    with connection.cursor() as cursor:
        cursor.execute(
            _CALENDAR,
            {
                "professional": professional.pk,
                "first": first,
                "last": last,
                "since": since - MARGIN,
                "until": until + MARGIN,
                "now": now,
            },
        )
        for kind, weekday, day, start, end, before, after, pk, client_id in cursor.fetchall():
            if kind == 0:
                calendar.hours.append(Hours(start, end or slots.DAY, weekday, day))
            elif kind == 1:
                calendar.off.append((start, end))
            elif pk not in ignored:
                calendar.booked.append(Booked(pk, client_id, (start, end), (start - before * 60, end + after * 60)))
    calendar.off = slots.merge(calendar.off)
    return calendar


def _rules(professional: Professional, service: Service, *, now: datetime) -> Rules:
    earliest = now + timedelta(minutes=professional.minimum_notice_minutes)
    _, latest = _bounds(professional, *[_horizon(professional, now)] * 2)
    return Rules(
        length=service.duration_minutes * 60,
        before=service.buffer_before_minutes * 60,
        after=service.buffer_after_minutes * 60,
        step=professional.slot_step_minutes * 60,
        earliest=-int(-earliest.timestamp() // 1),
        latest=int(latest.timestamp()) - 1,
        daily_limit=professional.daily_limit,
    )


def _horizon(professional: Professional, now: datetime) -> date:
    """Return the last local day that can be booked."""
    return now.astimezone(professional.zone).date() + timedelta(days=professional.booking_horizon_days)


def _bounds(professional: Professional, first: date, last: date) -> tuple[datetime, datetime]:
    """Return the instants at which the first local day begins and the last one ends."""
    since, until = (
        slots.instant(datetime.combine(day, time()), professional.zone) for day in (first, last + timedelta(days=1))
    )
    return datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)
