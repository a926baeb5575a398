"""The demo's data: complete, plausible, the same for everybody, and of no consequence."""

import random
from collections import Counter
from datetime import datetime, timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from scheduling import demo, phones, selectors, slots
from scheduling.models import Appointment, AppointmentEvent, ClientAddress, Professional
from tests import cast

pytestmark = pytest.mark.django_db

# A Friday afternoon in São Paulo.
NOW = cast.at("2026-11-20 14:10")


@pytest.fixture
def people() -> tuple[Professional, Professional]:
    demo.seed(password="demo", now=NOW)
    ana, bruno = Professional.objects.order_by("name")
    return ana, bruno


def counts(professional: Professional) -> Counter[str]:
    return Counter(professional.appointments.values_list("status", flat=True))


def test_the_command_writes_once_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "correct horse")
    first, second = StringIO(), StringIO()
    call_command("seed_demo", stdout=first)
    before = list(Appointment.objects.values_list("pk", "status"))
    call_command("seed_demo", stdout=second)
    assert "Wrote the demo" in first.getvalue()
    assert "nothing was changed" in second.getvalue()
    assert list(Appointment.objects.values_list("pk", "status")) == before
    assert authenticate(username="ana@example.com", password="correct horse")
    assert "correct horse" in second.getvalue()


def test_a_password_changed_since_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "correct horse")
    call_command("seed_demo", stdout=StringIO())
    user = User.objects.get(username="ana@example.com")
    user.set_password("her own")
    user.save()
    output = StringIO()
    call_command("seed_demo", stdout=output)
    assert "ana@example.com  (as you set it)" in output.getvalue()


def test_only_the_admin_is_a_superuser(people: tuple[Professional, Professional]) -> None:
    assert list(User.objects.filter(is_superuser=True).values_list("username", flat=True)) == ["admin@example.com"]
    assert [professional.user and professional.user.username for professional in people] == [
        "ana@example.com",
        "bruno@example.com",
    ]


def test_ana_and_bruno_are_who_they_should_be(people: tuple[Professional, Professional]) -> None:
    ana, bruno = people
    assert (ana.whatsapp_number, ana.plan) == ("+14155238886", "pro")
    assert (bruno.whatsapp_number, bruno.plan, bruno.trial_ends_at) == ("+14155238887", "free", None)
    assert [
        f"{row.name} {row.duration_minutes} {row.price}" for row in (*ana.services.all(), *bruno.services.all())
    ] == [
        "Sessão individual 50 200.00",
        "Sessão de casal 80 320.00",
        "Corte 30 50.00",
        "Barba 30 40.00",
        "Corte e barba 60 80.00",
    ]


def test_half_a_year_has_about_six_hundred_appointments(people: tuple[Professional, Professional]) -> None:
    assert 550 <= Appointment.objects.count() <= 650
    for professional in people:
        found = counts(professional)
        assert 0.07 <= found["no_show"] / (found["no_show"] + found["completed"]) <= 0.16
        assert 0.05 <= found["cancelled"] / professional.appointments.count() <= 0.15
        assert found["pending"] == 3
        assert found["confirmed"] >= 10


def test_nothing_overlaps_and_everything_is_inside_the_hours(people: tuple[Professional, Professional]) -> None:
    for professional in people:
        rows = list(professional.appointments.exclude(status="cancelled").order_by("starts_at"))
        assert all(earlier.ends_at <= later.starts_at for earlier, later in pairwise(rows))
        hours = [
            slots.Hours(row.opens_at.hour * 3600, row.closes_at.hour * 3600, row.weekday)
            for row in professional.working_hours.all()
        ]
        for row in professional.appointments.all():
            open_time = slots.openings(hours, [row.local_start.date()], professional.zone)
            assert slots.within((int(row.starts_at.timestamp()), int(row.ends_at.timestamp())), open_time)
            assert cast.at(f"{row.local_start}") == row.starts_at


def test_statuses_fit_the_clock(people: tuple[Professional, Professional]) -> None:
    past = Appointment.objects.filter(ends_at__lte=NOW - timedelta(hours=1))
    assert not past.filter(status__in=["confirmed", "pending", "held"]).exists()
    assert not Appointment.objects.filter(starts_at__gt=NOW, status__in=["completed", "no_show"]).exists()
    assert not Appointment.objects.filter(status="pending", expires_at__lte=NOW).exists()
    assert not Appointment.objects.filter(created_at__gt=NOW).exists()


def test_nobody_is_told_of_history(people: tuple[Professional, Professional]) -> None:
    assert not AppointmentEvent.objects.filter(announced_at=None).exists()
    assert not Appointment.objects.filter(events=None).exists()


def test_clients_have_addresses_that_belong_to_nobody(people: tuple[Professional, Professional]) -> None:
    for row in ClientAddress.objects.select_related("client"):
        assert row.address.startswith("whatsapp:+55119000")
        assert phones.phone(row.address) == row.client.phone


def test_plenty_is_free_in_the_coming_days(people: tuple[Professional, Professional]) -> None:
    for professional in people:
        service = professional.services.all()[0]
        days = [NOW.date() + timedelta(days=n) for n in range(1, 15)]
        free = [len(selectors.open_slots(professional, day, day, service, now=NOW)) for day in days]
        assert free.count(0) == 4  # the days off
        assert min(count for count in free if count) >= 4


def test_the_same_date_gives_the_same_rows() -> None:
    def rows() -> list[object]:
        fields = ("reference", "starts_at", "client__name", "service__name", "price", "created_at")
        return list(Appointment.objects.order_by("pk").values_list(*fields))

    demo.seed(password="demo", now=NOW)
    first = rows()
    Appointment.objects.all().delete()
    Professional.objects.all().delete()
    User.objects.all().delete()
    demo.seed(password="demo", now=NOW)
    assert rows() == first


@pytest.mark.parametrize("now", [timezone.now(), cast.at("2027-03-01 00:05"), cast.at("2026-12-31 23:50")])
def test_any_day_is_a_good_day_to_start(now: datetime) -> None:
    assert 500 <= demo.seed(password="demo", now=now) <= 700


def test_seeding_leaves_the_global_random_alone() -> None:
    random.seed(1)
    expected = random.random()
    random.seed(1)
    demo.seed(password="demo", now=NOW)
    assert random.random() == expected
