"""The figures of six months: one statement over 10,000 appointments of one professional, among a million."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assistant import metrics
from assistant.metrics import Tally
from benchmarks import data
from benchmarks.figures import Row, cost, repeated, speed, take_turns
from scheduling import selectors
from scheduling.models import Appointment, Professional

ROUNDS = 15
APPOINTMENTS = 10_000
BUSY = 1001
Status = Appointment.Status

# As many as fit between the edges, in every state but those that no figure counts: whoever is this busy never sleeps.
_BUSY = """
INSERT INTO scheduling_professional
  (id, name, profession, about, address, link, email, language, timezone, plan, bot_enabled, slot_step_minutes,
   minimum_notice_minutes, booking_horizon_days, requires_approval, cancellation_cutoff_hours, observes_holidays,
   requested_number)
VALUES (%(busy)s, 'Busy', '', '', '', '', '', 'pt-br', 'America/Sao_Paulo', 'pro', true, 30, 120, 730, false, 0, false,
        '');
INSERT INTO scheduling_service
  (id, professional_id, name, description, duration_minutes, buffer_before_minutes, buffer_after_minutes, price,
   is_active, position)
VALUES (%(busy)s, %(busy)s, 'Session', '', 20, 0, 0, 200, true, 0);
INSERT INTO scheduling_client (id, professional_id, name, address, email, notes, is_blocked)
SELECT 900000 + c, %(busy)s, 'Client ' || c, '', '', '', false FROM generate_series(0, 499) c;
INSERT INTO scheduling_appointment
  (professional_id, client_id, service_id, attendee, starts_at, ends_at, local_start, timezone, buffer_before_minutes,
   buffer_after_minutes, status, reference, price, source, is_trial, cancel_reason)
SELECT %(busy)s, 900000 + k %% 500, %(busy)s, '', start, start + interval '20 minutes',
       start AT TIME ZONE 'America/Sao_Paulo', 'America/Sao_Paulo', 0, 0,
       (ARRAY['completed', 'completed', 'completed', 'no_show', 'cancelled', 'confirmed'])[1 + k %% 6],
       'I' || k, 100 + k %% 150, 'whatsapp', false, ''
  FROM generate_series(0, %(count)s - 1) k,
       LATERAL (SELECT %(since)s::timestamptz + k * (%(until)s::timestamptz - %(since)s) / %(count)s AS start) starts
"""

# As life writes them: everybody's among each other's, in the order of time, and not one professional after the other.
_MIX = """
CREATE INDEX by_time ON scheduling_appointment (starts_at);
CLUSTER scheduling_appointment USING by_time;
DROP INDEX by_time
"""

_COUNT = """
SELECT count(*) FROM scheduling_appointment
 WHERE professional_id = %s AND starts_at >= %s AND starts_at < %s
   AND NOT is_trial AND replaces_id IS NULL AND status <> 'held'
"""


def measure() -> list[Row]:
    """Return the rows about the figures of six months; asserts first that all ways come to the same."""
    now = timezone.now()
    professional, since, until = _prepare(now)
    with CaptureQueriesContext(connection) as statements:
        found = metrics.by_month(professional, now=now)
    assert found == naive(professional, now) == aggregated(professional, now), "by_month differs from the references"
    assert "Index Only Scan using appointment_counted" in _plan(statements.captured_queries[0]["sql"])

    ours = repeated(lambda: metrics.by_month(professional, now=now), 20)
    bare, mine = take_turns(ROUNDS, repeated(lambda: _count(since, until), 20), ours)
    orm, same = take_turns(ROUNDS, repeated(lambda: aggregated(professional, now), 5), ours)
    loop, again = take_turns(3, repeated(lambda: naive(professional, now), 1), ours)
    total = sum(tally.total for _first, tally in found)
    what = f"figures of six months, {total:,} of {Appointment.objects.count():,} appointments"
    return [
        cost(what, mine, bare, over="a bare count of the same rows", most=7),
        speed("the same", same, orm, over="two aggregates of Django's", least=4),
        speed("the same", again, loop, over="a loop that reads row by row", least=400),
        Row("the same, statements", str(len(statements)), "", str(len(statements)), "1", met=len(statements) == 1),
        Row("the same figures as a naive reference", f"{len(found)} months", "", "equal", "equal", met=True),
    ]


def naive(professional: Professional, now: datetime) -> list[tuple[date, Tally]]:
    """Return the figures by fetching one appointment after the other."""
    found: dict[date, list[Appointment]] = {first: [] for first in metrics.months(professional, now=now)}
    for pk in Appointment.objects.filter(professional=professional).values_list("pk", flat=True):
        row = Appointment.objects.get(pk=pk)
        month = row.starts_at.astimezone(professional.zone).date().replace(day=1)
        if month in found and not row.is_trial and row.replaces_id is None and row.status != Status.HELD:
            found[month].append(row)
    return [(first, _counted(rows, now)) for first, rows in found.items()]


def aggregated(professional: Professional, now: datetime) -> list[tuple[date, Tally]]:
    """Return the figures as one would ask Django for them: the counts, then the money."""
    firsts = metrics.months(professional, now=now)
    rows = metrics.appointments(professional, firsts[0], metrics.month_end(firsts[-1]))
    monthly = rows.annotate(month=TruncMonth("starts_at", tzinfo=professional.zone)).values("month")
    ends = (Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED)
    counts = monthly.annotate(total=Count("pk"), **{end.value: Count("pk", filter=Q(status=end)) for end in ends})
    paid = {"revenue": Q(status=Status.COMPLETED), "expected": Q(status=Status.CONFIRMED, starts_at__gte=now)}
    sums = monthly.annotate(**{name: Sum("price", filter=one, default=Decimal()) for name, one in paid.items()})
    found: dict[date, Any] = {one["month"].date(): one for one in counts}
    money: dict[date, Any] = {one["month"].date(): one for one in sums}
    return [
        (
            first,
            Tally(
                *(found[first][name] for name in ("total", "completed", "no_show", "cancelled")),
                *(money[first][name] for name in paid),
            ),
        )
        for first in firsts
    ]


def _prepare(now: datetime) -> tuple[Professional, datetime, datetime]:
    """Write the busy professional's rows; return whose they are and the six months' two ends."""
    firsts = metrics.months(data.professional(), now=now)
    since, until = selectors.bounds(data.professional(), firsts[0], metrics.month_end(firsts[-1]))
    data.run(_BUSY, {"busy": BUSY, "count": APPOINTMENTS, "since": since, "until": until})
    data.run(_MIX)
    data.run("VACUUM ANALYZE scheduling_appointment")
    return data.professional(BUSY), since, until


def _counted(rows: list[Appointment], now: datetime) -> Tally:
    by_status = {status: [row.price for row in rows if row.status == status] for status in Status}
    return Tally(
        len(rows),
        len(by_status[Status.COMPLETED]),
        len(by_status[Status.NO_SHOW]),
        len(by_status[Status.CANCELLED]),
        sum(by_status[Status.COMPLETED], Decimal()),
        sum((row.price for row in rows if row.status == Status.CONFIRMED and row.starts_at >= now), Decimal()),
    )


def _count(since: datetime, until: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [BUSY, since, until])
        return int(cursor.fetchone()[0])


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
