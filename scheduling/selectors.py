"""Reads of the domain: free time, why a time is not free, agendas, people. Nothing here writes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from scheduling import holidays, phones, slots
from scheduling.models import (
    LONGEST,
    TRIAL,
    Appointment,
    AppointmentEvent,
    Client,
    ClientAddress,
    Professional,
    Service,
)
from scheduling.slots import Hours, Interval, Reason, Rules

DAY = timedelta(days=1)
# How long a client can take a booking back without a rule.
UNDO = timedelta(minutes=5)
# How far from a day an appointment can begin and still be in the way of one on that day: its own length, its
# buffer and the other's buffer (at most four hours each, by the constraints of Service).
MARGIN = LONGEST + 2 * timedelta(hours=4)

# Hours, time off and busy time in one round trip, as integers: this read is the most frequent of all. Three
# statements are planned faster than their union; they can travel together as long as Django binds on its own side.
# A hold or request that has lapsed is not busy even before a writer removes it.
_CALENDAR = """
SELECT EXTRACT(EPOCH FROM opens_at)::int8, EXTRACT(EPOCH FROM closes_at)::int8, weekday, "date"
  FROM scheduling_workinghours
 WHERE professional_id = %(professional)s AND ("date" IS NULL OR "date" BETWEEN %(first)s AND %(last)s);
SELECT EXTRACT(EPOCH FROM starts_at)::int8, EXTRACT(EPOCH FROM ends_at)::int8
  FROM scheduling_timeoff
 WHERE professional_id = %(professional)s AND ends_at > %(since)s AND starts_at < %(until)s;
SELECT EXTRACT(EPOCH FROM starts_at)::int8, EXTRACT(EPOCH FROM ends_at)::int8,
       buffer_before_minutes, buffer_after_minutes, COALESCE(replaces_id, id), client_id
  FROM scheduling_appointment
 WHERE professional_id = %(professional)s AND status <> 'cancelled' AND NOT is_trial
   AND starts_at >= %(since)s AND starts_at < %(until)s
   AND (status NOT IN ('held', 'pending') OR expires_at > %(now)s)
"""


@dataclass(slots=True)
class Booked:
    """One busy appointment: its own time, its time with buffers, whose it is.

    `root` is its id; a wanted move goes by the id of the appointment that it is to move.
    """

    root: int
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

    def free(self, days: Sequence[date]) -> list[Interval]:
        return slots.subtract(self.openings(days), self.off)

    def busy(self) -> list[Interval]:
        return slots.merge(one.padded for one in self.booked)

    def full_days(self, limit: int | None) -> frozenset[date]:
        """Return the local days that already hold `limit` appointments; one and its wanted move count once."""
        if limit is None:
            return frozenset()
        held = {(slots.wall(one.time[0], self.zone).date(), one.root) for one in self.booked}
        counts = Counter(day for day, _ in held)
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

    One round trip, whatever the range. `moving` is an appointment whose own time counts as free and whose agreed
    length and buffers are asked for.
    """
    now = now or timezone.now()
    first = max(date_from, now.astimezone(professional.zone).date())
    last = min(date_to, _horizon(professional, now))
    if first > last:
        return []
    calendar = _calendar(professional, first, last, now=now, moving=moving)
    full = calendar.full_days(professional.daily_limit)
    rules = _rules(professional, service, now=now, last=last, moving=moving)
    found = slots.starts(calendar.free(slots.days_between(first, last + DAY)), calendar.busy(), rules)
    if full:
        found = (start for start in found if slots.wall(start, professional.zone).date() not in full)
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
    """Return why that aware start is not offered to the client, or None if it can be booked. One round trip."""
    now = now or timezone.now()
    if starts_at.microsecond:
        return Reason.OFF_GRID
    day = starts_at.astimezone(professional.zone).date()
    calendar = _calendar(professional, day, day, now=now, moving=moving)
    return slots.explain(
        int(starts_at.timestamp()),
        now=int(now.timestamp()),
        rules=_rules(professional, service, now=now, moving=moving),
        openings=calendar.openings([day]),
        later=calendar.openings([day + DAY]),
        off=calendar.off,
        busy=calendar.busy(),
        own=[one.time for one in calendar.booked if client and one.client_id == client.pk],
        day_is_full=day in calendar.full_days(professional.daily_limit),
    )


def why_none(
    professional: Professional, date_from: date, date_to: date, service: Service, *, now: datetime | None = None
) -> Reason:
    """Return why nothing is offered on those local days; SLOT_TAKEN when only their bookings are the cause."""
    now = now or timezone.now()
    if date_to < now.astimezone(professional.zone).date():
        return Reason.PAST
    last_day = min(date_to, _horizon(professional, now))
    if date_from > last_day:
        return Reason.BEYOND_HORIZON
    calendar = _calendar(professional, date_from, last_day, now=now, moving=None)
    free = slots.subtract(calendar.openings(slots.days_between(date_from, last_day)), calendar.off)
    rules = _rules(professional, service, now=now)
    if not any(end - start >= rules.length for start, end in free):
        return Reason.DAY_OFF
    if not any(slots.starts(free, [], rules)):
        return Reason.MINIMUM_NOTICE
    full = calendar.full_days(professional.daily_limit)
    return Reason.DAILY_LIMIT if full.issuperset(slots.days_between(date_from, last_day)) else Reason.SLOT_TAKEN


def calendar(professional: Professional, day: date, *, now: datetime, last: date | None = None) -> Calendar:
    """Return what stands in the professional's calendar on a local day, or until the last one. One round trip."""
    return _calendar(professional, day, last or day, now=now, moving=None)


def overlapping(
    professional: Professional, starts_at: datetime, ends_at: datetime, *, now: datetime | None = None
) -> QuerySet[Appointment]:
    """Return the live appointments that share time with the interval."""
    return live(professional, now=now).filter(
        starts_at__gt=starts_at - LONGEST, starts_at__lt=ends_at, ends_at__gt=starts_at
    )


def live(professional: Professional, *, now: datetime | None = None, is_trial: bool = False) -> QuerySet[Appointment]:
    """Return the appointments that occupy time: neither cancelled nor lapsed nor of a trial (or only of a trial)."""
    lapsed = Q(status__in=["held", "pending"], expires_at__lte=now or timezone.now())
    return (
        Appointment.objects.filter(professional=professional, is_trial=is_trial)
        .exclude(status="cancelled")
        .exclude(lapsed)
    )


def bounds(professional: Professional, first: date, last: date) -> tuple[datetime, datetime]:
    """Return the instants at which the first local day begins and the last one ends."""
    since, until = (
        slots.instant(datetime.combine(day, time()), professional.zone) for day in (first, last + timedelta(days=1))
    )
    return datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)


def find_client(professional: Professional, address: str) -> Client | None:
    """Return the client of this professional who writes from that channel address.

    Either form of the ninth digit counts, and so does the phone of a client whom the professional entered by
    hand, as long as only one has it (a mother may have given hers for two children). A phone that somebody merely told
    a program makes nobody that person. The address of a trial has its own test client, whom no other address finds.
    """
    everybody = Client.with_trials if address.startswith(TRIAL) else Client.objects
    people = everybody.filter(professional=professional)
    forms = phones.variants(address)
    known = people.filter(addresses__professional=professional, addresses__address__in=forms).order_by("pk").first()
    phone = phones.phone(address)
    if known is not None or phone is None:
        return known
    told = ClientAddress.objects.filter(client=OuterRef("pk"), address__startswith=phones.API)
    same_phone = list(people.filter(~Exists(told), phone__in=phones.variants(phone))[:2])
    return same_phone[0] if len(same_phone) == 1 else None


def coming(client: Client, *, now: datetime | None = None) -> QuerySet[Appointment]:
    """Return the client's agreed or requested appointments that have not started, without wanted moves."""
    return (
        live(client.professional, now=now, is_trial=client.is_trial)
        .filter(client=client, status__in=["confirmed", "pending"], replaces=None, starts_at__gt=now or timezone.now())
        .select_related("service", "professional")
        .order_by("starts_at")
    )


def under_way(client: Client, *, now: datetime) -> Appointment | None:
    """Return the client's appointment that has begun and not ended."""
    running = live(client.professional, now=now, is_trial=client.is_trial).filter(starts_at__lte=now, ends_at__gt=now)
    return running.filter(client=client).first()


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


def by_intent(professional: Professional, intent_key: str | None) -> Appointment | None:
    """Return the appointment that this very intent made, unless its hold has run out."""
    if intent_key is None:
        return None
    lapsed = Q(status=Appointment.Status.HELD, expires_at__lte=timezone.now())
    return Appointment.objects.filter(~lapsed, professional=professional, intent_key=intent_key).first()


def moved_by(move: Appointment) -> Appointment | None:
    """Return the appointment that a wanted move, whose row is gone since, has moved."""
    kinds = AppointmentEvent.Kind
    events = AppointmentEvent.objects.select_related("appointment").filter(kind__in=[kinds.MOVED, kinds.APPROVED])
    event = events.filter(appointment__professional_id=move.professional_id, data__request=move.pk).first()
    return event.appointment if event else None


def is_just_approved(appointment: Appointment) -> bool:
    """Return whether an approval is the last thing that happened to it: the same one again changes nothing."""
    latest = appointment.events.order_by("-pk").first()
    return latest is not None and latest.kind == AppointmentEvent.Kind.APPROVED


def version(appointment: Appointment) -> int:
    """Return the id of the newest event of an appointment (of a wanted move: its original's, too), 0 without any."""
    rows = [appointment.pk, appointment.replaces_id or appointment.pk]
    newest = AppointmentEvent.objects.filter(appointment_id__in=rows).aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def versioned(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Return the rows with what `version` would say of each, as `seen`."""
    both = Q(appointment=OuterRef("pk")) | Q(appointment=OuterRef("replaces"))
    newest = AppointmentEvent.objects.filter(both).order_by("-pk").values("pk")[:1]
    return rows.annotate(seen=Coalesce(Subquery(newest), 0))


def following(appointment: Appointment) -> QuerySet[Appointment]:
    """Return this occurrence and the later ones of its series that can still be cancelled, in order."""
    standing = Appointment.objects.filter(
        professional_id=appointment.professional_id, status__in=["confirmed", "pending"], replaces=None
    )
    own = Q(pk=appointment.pk)
    later = Q(series=appointment.series, starts_at__gt=appointment.starts_at) if appointment.series else own
    return standing.filter(own | later).order_by("starts_at")


def can_be_undone(event: AppointmentEvent, *, asked_at: datetime) -> bool:
    """Return whether a client's own booking was fresh when they asked, and nothing but an approval came after it."""
    kinds = AppointmentEvent.Kind
    own = event.actor == AppointmentEvent.Actor.CLIENT and event.kind in (kinds.CONFIRMED, kinds.REQUESTED)
    later = AppointmentEvent.objects.filter(appointment=event.appointment_id, pk__gt=event.pk)
    return own and asked_at - event.created_at <= UNDO and not later.exclude(kind=kinds.APPROVED).exists()


def _calendar(
    professional: Professional, first: date, last: date, *, now: datetime, moving: Appointment | None
) -> Calendar:
    since, until = bounds(professional, first, last)
    years = range(first.year, (last + DAY).year + 1) if professional.observes_holidays else ()
    calendar = Calendar(professional.zone, frozenset().union(*(holidays.brazilian(year) for year in years)))
    with connection.cursor() as cursor:
        cursor.execute(
            _CALENDAR,
            {
                "professional": professional.pk,
                "first": first,
                "last": last + DAY,
                "since": since - MARGIN,
                "until": until + MARGIN,
                "now": now,
            },
        )
        calendar.hours = [Hours(opens, closes or slots.DAY, *when) for opens, closes, *when in cursor.fetchall()]
        cursor.nextset()
        calendar.off = slots.merge(cursor.fetchall())
        cursor.nextset()
        calendar.booked = [
            Booked(root, client_id, (start, end), (start - before * 60, end + after * 60))
            for start, end, before, after, root, client_id in cursor.fetchall()
            if moving is None or root != moving.pk
        ]
    return calendar


def _rules(
    professional: Professional,
    service: Service,
    *,
    now: datetime,
    last: date | None = None,
    moving: Appointment | None = None,
) -> Rules:
    """Return the rules of starts until the last day (by default the horizon); a moved one keeps what was agreed.

    A hold that is given up for another time agreed nothing: the service may change with the time.
    """
    kept = moving if moving is not None and moving.status != Appointment.Status.HELD else None
    agreed = kept or service
    length = kept.ends_at - kept.starts_at if kept else service.duration
    earliest = now + timedelta(minutes=professional.minimum_notice_minutes)
    _, latest = bounds(professional, *[last or _horizon(professional, now)] * 2)
    return Rules(
        length=int(length.total_seconds()),
        before=agreed.buffer_before_minutes * 60,
        after=agreed.buffer_after_minutes * 60,
        step=professional.slot_step_minutes * 60,
        earliest=-int(-earliest.timestamp() // 1),
        latest=int(latest.timestamp()) - 1,
    )


def _horizon(professional: Professional, now: datetime) -> date:
    """Return the last local day that can be booked."""
    return now.astimezone(professional.zone).date() + timedelta(days=professional.booking_horizon_days)
