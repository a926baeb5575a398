"""The data: professionals who are open every day from 09 to 18, with 1,000 appointments each.

Of each 1,000 a hundred lie in the coming 30 days, the others behind. Everything is written by SQL.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from scheduling.models import Client, Professional, Service

ZONE = ZoneInfo("America/Sao_Paulo")
PROFESSIONALS = 1000
APPOINTMENTS_EACH = 1000
CLIENTS_EACH = 64
SLOTS_A_DAY = 9
# Beyond the days with generated appointments.
FIRST_FREE_DAY = 32

_PEOPLE = """
INSERT INTO scheduling_professional
  (id, name, profession, about, address, link, email, language, timezone, plan, bot_enabled, slot_step_minutes,
   minimum_notice_minutes, booking_horizon_days, requires_approval, cancellation_cutoff_hours, observes_holidays,
   whatsapp_number, requested_number)
SELECT p, 'Professional ' || p, '', '', '', '', '', 'pt-br', 'America/Sao_Paulo', 'pro', true, 30, 120, 730, false, 0,
       false, '+1415' || lpad(p::text, 7, '0'), ''
  FROM generate_series(1, %(professionals)s) p;
INSERT INTO scheduling_service
  (id, professional_id, name, description, duration_minutes, buffer_before_minutes, buffer_after_minutes, price,
   is_active, position)
SELECT p, p, 'Session', '', 50, 0, 0, 200, true, 0 FROM generate_series(1, %(professionals)s) p;
INSERT INTO scheduling_workinghours (professional_id, weekday, opens_at, closes_at)
SELECT p, weekday, '09:00', '18:00' FROM generate_series(1, %(professionals)s) p, generate_series(0, 6) weekday;
INSERT INTO scheduling_client (id, professional_id, name, address, email, notes, is_blocked)
SELECT (p - 1) * %(clients)s + c, p, 'Client ' || c, '', '', '', false
  FROM generate_series(1, %(professionals)s) p, generate_series(1, %(clients)s) c;
"""

# Four a day at most, two hours apart: the first hundred count on from tomorrow, the rest back from yesterday. Their
# references begin with a vowel, as none that the product draws does.
_APPOINTMENTS = """
INSERT INTO scheduling_appointment
  (professional_id, client_id, service_id, attendee, starts_at, ends_at, local_start, timezone, buffer_before_minutes,
   buffer_after_minutes, status, reference, price, source, is_trial, cancel_reason)
SELECT p, (p - 1) * %(clients)s + 1 + k %% %(clients)s, p, '', wall AT TIME ZONE 'America/Sao_Paulo',
       wall AT TIME ZONE 'America/Sao_Paulo' + interval '50 minutes', wall, 'America/Sao_Paulo', 0, 0,
       CASE WHEN day > 0 THEN 'confirmed' ELSE 'completed' END, 'A' || (p * 1000 + k), 200, 'whatsapp', false, ''
  FROM generate_series(1, %(professionals)s) p, generate_series(0, %(each)s - 1) k,
       LATERAL (SELECT CASE WHEN k < 100 THEN 1 + k * 29 / 100 ELSE -1 - (k - 100) / 4 END AS day) days,
       LATERAL (SELECT %(today)s::date + day * interval '1 day' + (9 + 2 * (k %% 4) + abs(day) %% 2) * interval '1 hour'
                       AS wall) walls
"""

# The same professional alone, behind another search path: what the reads cost without the other 999,000 rows.
_SMALL = """
CREATE SCHEMA small;
CREATE TABLE small.scheduling_appointment (LIKE public.scheduling_appointment INCLUDING ALL);
CREATE TABLE small.scheduling_workinghours (LIKE public.scheduling_workinghours INCLUDING ALL);
CREATE TABLE small.scheduling_timeoff (LIKE public.scheduling_timeoff INCLUDING ALL);
INSERT INTO small.scheduling_appointment SELECT * FROM public.scheduling_appointment WHERE professional_id = 1;
INSERT INTO small.scheduling_workinghours SELECT * FROM public.scheduling_workinghours WHERE professional_id = 1;
"""


def prepare() -> None:
    """Empty the database and write the million appointments."""
    run("DROP SCHEMA IF EXISTS small CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    cache.clear()
    call_command("migrate", verbosity=0, interactive=False)
    # django-appointment ships no migrations, and its tables refer to those of the first call.
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    # One parameter list serves both.
    values = {
        "professionals": PROFESSIONALS,
        "clients": CLIENTS_EACH,
        "each": APPOINTMENTS_EACH,
        "today": timezone.now().astimezone(ZONE).date(),
    }
    run(_PEOPLE, values)
    with without_constraint("scheduling_appointment", "appointment_no_double_booking"):
        run(_APPOINTMENTS, values)
    run(_SMALL)
    move_counters(Professional, Service, Client)


def run(sql: str, values: Mapping[str, Any] | None = None) -> None:
    """Execute one or more statements."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def move_counters(*models: type[Model]) -> None:
    """Let the ids of new rows begin after those that were written."""
    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        run(statement)


@contextmanager
def generating() -> Iterator[None]:
    """Write a million rows in the time that there is: references are right, and an index is built in one go."""
    run("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'")
    yield
    run("RESET session_replication_role; RESET maintenance_work_mem")
    # As autovacuum would have, on data that grew slowly.
    run("VACUUM ANALYZE")


@contextmanager
def without_constraint(table: str, name: str) -> Iterator[None]:
    """Build the constraint's index in one go afterwards: row by row, a million rows take five times as long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        definition = cursor.fetchone()[0]
    run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def professional(number: int = 1) -> Professional:
    return Professional.objects.get(pk=number)


def free_start(slot: int) -> datetime:
    """Return the start of a free hour after the generated days, aware in UTC; every number is another hour."""
    day = timezone.now().astimezone(ZONE).date() + timedelta(days=FIRST_FREE_DAY + slot // SLOTS_A_DAY)
    return datetime(day.year, day.month, day.day, 9 + slot % SLOTS_A_DAY, tzinfo=ZONE).astimezone(UTC)
