"""django-appointment over the same people and hours: its data, its slots of a day, its way to a saved appointment.

It is imported by name, because only the benchmarks' environment has it.
"""

import functools
from datetime import date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import User

from benchmarks import data

_STAFF = """
INSERT INTO auth_user
  (id, username, email, first_name, last_name, password, is_superuser, is_staff, is_active, date_joined)
SELECT p, 'user' || p, 'user' || p || '@example.com', '', '', '', false, true, true, now()
  FROM generate_series(1, %(professionals)s) p;
INSERT INTO appointment_service
  (id, name, description, duration, price, down_payment, currency, reschedule_limit, allow_rescheduling,
   use_service_duration_as_slot, created_at, updated_at)
VALUES (1, 'Session', '', '50 minutes', 200, 0, 'BRL', 0, false, true, now(), now());
INSERT INTO appointment_staffmember
  (id, user_id, slot_duration, appointment_buffer_time, work_on_saturday, work_on_sunday, created_at, updated_at)
SELECT p, p, 30, 120, true, true, now(), now() FROM generate_series(1, %(professionals)s) p;
INSERT INTO appointment_staffmember_services_offered (staffmember_id, service_id)
SELECT p, 1 FROM generate_series(1, %(professionals)s) p;
INSERT INTO appointment_workinghours (staff_member_id, day_of_week, start_time, end_time, created_at, updated_at)
SELECT p, weekday, '09:00', '18:00', now(), now()
  FROM generate_series(1, %(professionals)s) p, generate_series(0, 6) weekday;
"""

_APPOINTMENTS = """
INSERT INTO appointment_appointmentrequest
  (id, date, start_time, end_time, service_id, staff_member_id, payment_type, id_request, reschedule_attempts,
   created_at, updated_at)
SELECT id, local_start::date, local_start::time, (local_start + interval '50 minutes')::time, 1, professional_id,
       'full', reference, 0, now(), now()
  FROM scheduling_appointment;
INSERT INTO appointment_appointment
  (id, client_id, appointment_request_id, phone, address, want_reminder, additional_info, paid, amount_to_pay,
   id_request, created_at, updated_at)
SELECT id, 1, id, '', '', false, '', false, 200, reference, now(), now() FROM scheduling_appointment;
"""


def prepare() -> None:
    """Write the same people, hours and appointments into its tables."""
    data.run(_STAFF, {"professionals": data.PROFESSIONALS})
    data.run(_APPOINTMENTS)
    names = ("Service", "StaffMember", "WorkingHours", "AppointmentRequest", "Appointment")
    data.move_counters(User, *(getattr(models(), name) for name in names))


def slots(number: int, first: date, days: int) -> list[datetime]:
    """Return the free local starts of so many days, naive, as its view asks for them: a day at a time."""
    services = import_module("appointment.services")
    helpers = import_module("appointment.utils.db_helpers")
    staff, service = models().StaffMember.objects.get(pk=number), models().Service.objects.get(pk=1)
    found: list[datetime] = []
    for day in (first + timedelta(days=n) for n in range(days)):
        found += services.get_available_slots_for_staff(day, staff, helpers.get_weekday_num_from_date(day), service)
    return found


def save(number: int, starts_at: datetime) -> None:
    """Save one appointment as its views do once their forms are valid, in autocommit as they are.

    The request is saved by the first view, and again by the second, which then makes the appointment.
    """
    local = starts_at.astimezone(data.ZONE)
    staff, service, user = _people(number)
    request = models().AppointmentRequest(
        date=local.date(),
        start_time=local.time(),
        end_time=(local + timedelta(minutes=50)).time(),
        service=service,
        staff_member=staff,
    )
    request.save()
    request.save()
    helpers = import_module("appointment.utils.db_helpers")
    helpers.create_and_save_appointment(request, {}, {"phone": "", "want_reminder": False}, SimpleNamespace(user=user))


def models() -> Any:
    return import_module("appointment.models")


@functools.cache
def _people(number: int) -> tuple[Any, Any, User]:
    return models().StaffMember.objects.get(pk=number), models().Service.objects.get(pk=1), User.objects.get(pk=number)
