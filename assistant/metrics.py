"""One number, one function, always of one professional: pages and the assistant read the same ones.

A period is two local days, both included; months are the professional's local months. An appointment belongs to the
day on which it starts. Holds, wanted moves and trials never count; money is in reais. A rate is a share between 0 and
1, or None where nothing was counted.
"""

import operator
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import reduce

from django.db.models import Aggregate, Count, Exists, F, Func, IntegerField, Min, OuterRef, Q, QuerySet, Sum, Value

from scheduling import selectors, slots
from scheduling.models import Appointment, Professional

Status = Appointment.Status
MONTHS = 6
WEEK = timedelta(days=7)
DAY = timedelta(days=1)

# Two local days, both included.
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of appointments; `expected` is the price of those that `expected` names."""

    total: int = 0
    completed: int = 0
    no_shows: int = 0
    cancelled: int = 0
    revenue: Decimal = Decimal(0)
    expected: Decimal = Decimal(0)

    @property
    def open(self) -> int:
        """How many have no end yet: agreed ones and requests."""
        return self.total - self.completed - self.no_shows - self.cancelled

    @property
    def sessions(self) -> int:
        """How many were to take place and are over: what the no-show rate is a share of."""
        return self.completed + self.no_shows

    @property
    def no_show_rate(self) -> Decimal | None:
        return share(self.no_shows, self.sessions)


@dataclass(frozen=True, slots=True)
class Absences:
    """One client's no-shows among the sessions that were to take place."""

    client_id: int
    name: str
    no_shows: int
    sessions: int

    @property
    def rate(self) -> Decimal | None:
        return share(self.no_shows, self.sessions)


@dataclass(frozen=True, slots=True)
class Clients:
    """People with an appointment in a period: whether it holds their first one of all."""

    new: int
    returning: int


@dataclass(frozen=True, slots=True)
class Spread:
    """When and by which way the appointments of a period came: the cancelled ones have a way and no hour.

    An hour is a weekday (Monday is 0) and a wall-clock hour.
    """

    hours: dict[tuple[int, int], int]
    sources: dict[str, int]


def share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None


def months(professional: Professional, *, now: datetime, count: int = MONTHS) -> list[date]:
    """Return the first days of the current local month and of those before it, the oldest first."""
    first = now.astimezone(professional.zone).date().replace(day=1)
    found = [first]
    while len(found) < count:
        found.append((found[-1] - DAY).replace(day=1))
    return found[::-1]


def month_end(day: date) -> date:
    """Return the last day of the month in which that day lies."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - DAY


def by_month(professional: Professional, *, now: datetime, count: int = MONTHS) -> list[tuple[date, Tally]]:
    """Return each month's first day and its tally, the oldest first. One statement."""
    firsts = months(professional, now=now, count=count)
    spans = [(first, month_end(first)) for first in firsts]
    return list(zip(firsts, tallies(professional, spans, now=now), strict=True))


def whole(tallies: Iterable[Tally]) -> Tally:
    """Return what several stretches come to together."""
    rows = list(tallies)
    return Tally(
        total=sum(one.total for one in rows),
        completed=sum(one.completed for one in rows),
        no_shows=sum(one.no_shows for one in rows),
        cancelled=sum(one.cancelled for one in rows),
        revenue=sum((one.revenue for one in rows), Decimal()),
        expected=sum((one.expected for one in rows), Decimal()),
    )


def tally(professional: Professional, first: date, last: date, *, now: datetime) -> Tally:
    """Return what became of the appointments of those days. One statement."""
    return tallies(professional, [(first, last)], now=now)[0]


def tallies(professional: Professional, spans: Sequence[Span], *, now: datetime) -> list[Tally]:
    """Return the tally of each of those stretches of days, which may overlap. One statement."""
    days = sorted({edge for first, last in spans for edge in (first, last + DAY)})
    parts = list(zip(days[:-1], _tallies(professional, days, now=now), strict=True))
    return [whole(part for day, part in parts if first <= day <= last) for first, last in spans]


def tally_of(rows: QuerySet[Appointment], *, now: datetime) -> Tally:
    """Return what became of these appointments, such as those of a list behind a figure. One statement."""
    return Tally(**rows.aggregate(**_counts(now)))


def appointments(professional: Professional, first: date, last: date) -> QuerySet[Appointment]:
    """Return the rows that every figure of that period is counted from."""
    since, until = _instants(professional, [first, last + DAY])
    return (
        Appointment.objects.filter(professional=professional, starts_at__gte=since, starts_at__lt=until)
        .filter(is_trial=False, replaces=None)
        .exclude(status=Status.HELD)
    )


def upcoming(professional: Professional, *, now: datetime) -> QuerySet[Appointment]:
    """Return the agreed or requested appointments from this moment to the end of the seventh local day, in order."""
    [until] = _instants(professional, [now.astimezone(professional.zone).date() + WEEK + DAY])
    return (
        selectors.live(professional, now=now)
        .filter(status__in=[Status.CONFIRMED, Status.PENDING], replaces=None)
        .filter(starts_at__gte=now, starts_at__lt=until)
        .select_related("client", "service")
        .order_by("starts_at")
    )


def has_begun(professional: Professional, *, now: datetime) -> bool:
    """Return whether an appointment of this local day has begun, so that those to come are not all of it."""
    today = now.astimezone(professional.zone).date()
    return appointments(professional, today, today).filter(starts_at__lt=now).exists()


def no_show_ranking(professional: Professional, first: date, last: date, *, limit: int = 10) -> list[Absences]:
    """Return who missed most, by count and then by rate; people who missed nothing are not in it."""
    sessions = Q(status__in=[Status.COMPLETED, Status.NO_SHOW])
    rows = (
        appointments(professional, first, last)
        .values("client_id", "client__name")
        .annotate(missed=Count("pk", filter=Q(status=Status.NO_SHOW)), sessions=Count("pk", filter=sessions))
        .filter(missed__gt=0)
        .order_by("-missed", "sessions", "client__name", "client_id")[:limit]
    )
    return [Absences(row["client_id"], row["client__name"], row["missed"], row["sessions"]) for row in rows]


def clients(professional: Professional, spans: Sequence[Span]) -> list[Clients]:
    """Return how many people came in each of those stretches of days, for the first time or again. One statement.

    Cancelled appointments do not count.
    """
    visits, new, came_in, people = came(professional), {}, {}, {}
    for number, (first, last) in enumerate(spans):
        since, until = _instants(professional, [first, last + DAY])
        came_in[f"in{number}"] = Q(starts_at__gte=since, starts_at__lt=until)
        people[f"people{number}"] = Count("client_id", filter=Q(**{f"in{number}__gt": 0}))
        new[f"new{number}"] = Count("client_id", filter=Q(first__gte=since, first__lt=until))
    inside = visits.filter(reduce(operator.or_, came_in.values())).values("client_id")
    visitors = visits.filter(client_id__in=inside).values("client_id").annotate(first=Min("starts_at"))
    visitors = visitors.annotate(**{name: Count("pk", filter=when) for name, when in came_in.items()})
    found = visitors.aggregate(**people, **new)
    counts = [(found[f"new{number}"], found[f"people{number}"]) for number in range(len(spans))]
    return [Clients(new, people - new) for new, people in counts]


def first_visits(professional: Professional, first: date, last: date, *, is_new: bool) -> QuerySet[Appointment]:
    """Return the first appointment of that period of everybody who came: of new people, or of those who returned."""
    visits = came(professional)
    since, until = _instants(professional, [first, last + DAY])
    theirs = visits.filter(client_id=OuterRef("client_id"))
    had_come = Exists(theirs.filter(starts_at__lt=since))
    earlier = Exists(theirs.filter(starts_at__gte=since, starts_at__lt=OuterRef("starts_at")))
    return visits.filter(~had_come if is_new else had_come, ~earlier, starts_at__gte=since, starts_at__lt=until)


def new_by_month(professional: Professional, *, now: datetime, count: int = MONTHS) -> dict[date, int]:
    """Return how many people came for the first time of all in each month, by its first day. One statement."""
    firsts = months(professional, now=now, count=count)
    edges = _instants(professional, [*firsts, month_end(firsts[-1]) + DAY])
    began = came(professional).values("client_id").annotate(first=Min("starts_at")).values_list("first", flat=True)
    found = Counter(bisect_right(edges, first) - 1 for first in began.filter(first__gte=edges[0], first__lt=edges[-1]))
    return {first: found[number] for number, first in enumerate(firsts)}


def came(professional: Professional) -> QuerySet[Appointment]:
    """Return the appointments by which a person is a client: agreed ones, whatever became of them but cancelled."""
    found = Appointment.objects.filter(professional=professional, is_trial=False, replaces=None)
    return found.exclude(status__in=[Status.HELD, Status.PENDING, Status.CANCELLED])


def expected(rows: QuerySet[Appointment], *, now: datetime) -> QuerySet[Appointment]:
    """Return which of these still bring their price: agreed ones that lie ahead, not requests or what is unmarked."""
    return rows.filter(_expected(now))


def spread(professional: Professional, first: date, last: date) -> Spread:
    """Return how many appointments began in each hour of the week, and how many came by each way. One statement."""
    rows = appointments(professional, first, last).annotate(weekday=_part("ISODOW"), hour=_part("HOUR"))
    counted = rows.values_list("source", "status", "weekday", "hour").annotate(count=Count("pk"))
    hours: Counter[tuple[int, int]] = Counter()
    sources: Counter[str] = Counter()
    for source, status, weekday, hour, count in counted:
        sources[source] += count
        if status != Status.CANCELLED:
            hours[weekday - 1, hour] += count
    return Spread(hours, dict(sorted(sources.items(), key=lambda one: (-one[1], one[0]))))


def of_hour(professional: Professional, first: date, last: date, *, weekday: int, hour: int) -> QuerySet[Appointment]:
    """Return the appointments that one hour of `spread` counts."""
    rows = appointments(professional, first, last).annotate(weekday=_part("ISODOW"), hour=_part("HOUR"))
    return rows.exclude(status=Status.CANCELLED).filter(weekday=weekday + 1, hour=hour)


def _part(name: str) -> Func:
    """Return a part of the agreed wall time, which needs no zone."""
    template = f"EXTRACT({name} FROM %(expressions)s)::int"
    return Func(F("local_start"), template=template, output_field=IntegerField())


def _tallies(professional: Professional, days: Sequence[date], *, now: datetime) -> list[Tally]:
    """Return the tally of each stretch between one day and the next."""
    # Edges are instants that Python computed: no zone arithmetic in SQL.
    edges = _instants(professional, days)
    stretch = Func(F("starts_at"), Value(edges), function="width_bucket", output_field=IntegerField())
    rows = appointments(professional, days[0], days[-1] - DAY).annotate(stretch=stretch)
    counted = rows.values_list("stretch").annotate(**_counts(now)).order_by()
    found = {number: Tally(*figures) for number, *figures in counted}
    return [found.get(number, Tally()) for number in range(1, len(edges))]


def _counts(now: datetime) -> dict[str, Aggregate]:
    """Return what a tally is counted by, in the order of its fields; the index of counts holds all that is read."""
    done, missed, off = (Q(status=status) for status in (Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED))
    return {
        "total": Count("status"),
        "completed": Count("status", filter=done),
        "no_shows": Count("status", filter=missed),
        "cancelled": Count("status", filter=off),
        "revenue": Sum("price", filter=done, default=Decimal()),
        "expected": Sum("price", filter=_expected(now), default=Decimal()),
    }


def _expected(now: datetime) -> Q:
    return Q(status=Status.CONFIRMED, starts_at__gte=now)


def _instants(professional: Professional, days: Iterable[date]) -> list[datetime]:
    """Return the instants at which those local days begin."""
    midnights = (slots.instant(datetime.combine(day, time()), professional.zone) for day in days)
    return [datetime.fromtimestamp(midnight, UTC) for midnight in midnights]
