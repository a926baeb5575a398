"""Free times of 30 days among a million appointments."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from benchmarks import data, peer
from benchmarks.figures import Row, cost, repeated, speed, take_turns
from scheduling import selectors
from scheduling.models import Appointment, Professional, Service
from scheduling.selectors import MARGIN

DAYS = 30
ROUNDS = 15

_BUSY = """
SELECT EXTRACT(EPOCH FROM starts_at)::int8, EXTRACT(EPOCH FROM ends_at)::int8,
       buffer_before_minutes, buffer_after_minutes
  FROM scheduling_appointment
 WHERE professional_id = %s AND status <> 'cancelled' AND NOT is_trial AND starts_at >= %s AND starts_at < %s
   AND (status NOT IN ('held', 'pending') OR expires_at > %s)
"""


def measure() -> list[Row]:
    """Return the rows about reading free times; asserts first that all three lists are the same."""
    professional = data.professional()
    service = professional.services.get()
    first = timezone.now().astimezone(professional.zone).date()
    last = first + timedelta(days=DAYS - 1)
    offered = selectors.open_slots(professional, first, last, service)
    assert offered == naive(professional, first, last, service), "open_slots differs from the naive reference"
    local = [start.astimezone(professional.zone).replace(tzinfo=None) for start in offered]
    same = peer.slots(professional.pk, first, DAYS) == local

    def ours() -> object:
        return selectors.open_slots(professional, first, last, service)

    batch = repeated(ours, 20)
    base, whole = take_turns(ROUNDS, repeated(lambda: fetch_busy(professional, first), 20), batch)
    other, mine = take_turns(3, repeated(lambda: peer.slots(professional.pk, first, DAYS), 1), batch)
    few, many = take_turns(ROUNDS, lambda: among_few(batch), batch)
    data_note = f"{Appointment.objects.count():,} appointments"
    note = "django-appointment" + ("" if same else " (whose list differs)")
    return [
        cost(f"free times of 30 days, {data_note}", whole, base, over="the one query for its busy rows", most=3.5),
        speed("the same", mine, other, over=note, least=250),
        cost("the same", many, few, over="itself with 1,000 appointments", most=1.2),
        Row("the same list as a naive reference", f"{len(offered)} times", "", "equal", "equal", met=True),
    ]


def fetch_busy(professional: Professional, first: date) -> object:
    """Fetch the busy rows of those days, as little as anybody can do: integers, times of day cost Django more."""
    since = datetime(first.year, first.month, first.day, tzinfo=professional.zone)
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, [professional.pk, since - MARGIN, since + timedelta(days=DAYS) + MARGIN, timezone.now()])
        return cursor.fetchall()


def among_few(batch: Callable[[], float]) -> float:
    """Run the batch over a copy of the professional's rows alone."""
    data.run("SET search_path TO small, public")
    try:
        return batch()
    finally:
        data.run("RESET search_path")


def naive(professional: Professional, first: date, last: date, service: Service) -> list[datetime]:
    """Return the free starts by trying every half hour of every day against every appointment."""
    now = timezone.now()
    taken = list(Appointment.objects.filter(professional=professional, ends_at__gt=now))
    earliest = now + timedelta(minutes=professional.minimum_notice_minutes)
    free = []
    for day in range((last - first).days + 1):
        opens = datetime(first.year, first.month, first.day, 9, tzinfo=professional.zone) + timedelta(days=day)
        for start in (opens + timedelta(minutes=30 * step) for step in range(18)):
            end = start + service.duration
            fits = end <= opens + timedelta(hours=9) and start >= earliest
            if fits and not any(one.starts_at < end and start < one.ends_at for one in taken):
                free.append(start)
    return free
