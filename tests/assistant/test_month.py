"""The month: what each day has, what is closed, and its page."""

from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assistant.agenda import month as months
from scheduling.agenda import Brief
from scheduling.models import Appointment, Professional, TimeOff
from tests import cast
from tests.assistant import paper

Status = Appointment.Status


def brief(local: str, status: str = "confirmed", *, zone: str = "America/Sao_Paulo") -> Brief:
    starts_at = cast.at(local, zone)
    return Brief(starts_at, starts_at + timedelta(minutes=50), status)


def cells(*rows: Brief, zone: str = "America/Sao_Paulo") -> dict[date, months.Cell]:
    month = months.lay_out(
        paper.professional(zone),
        date(2026, 11, 18),
        rows,
        calendar=paper.calendar(zone, (9, 18), weekdays=(0, 1, 2, 3, 4)),
        now=cast.MONDAY_MORNING,
    )
    return {cell.date: cell for week in month.weeks for cell in week}


def test_weeks_are_whole() -> None:
    assert months.span(date(2026, 11, 18)) == (date(2026, 10, 26), date(2026, 12, 6))
    assert months.span(date(2027, 2, 28)) == (date(2027, 2, 1), date(2027, 2, 28))


def test_late_evening_belongs_to_its_local_day() -> None:
    """T11: 23:30 in São Paulo is already tomorrow in UTC."""
    found = cells(brief("2026-11-20 23:30"))
    assert (found[date(2026, 11, 20)].count, found[date(2026, 11, 21)].count) == (1, 0)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Atlantic/Azores", "America/New_York"])
def test_midnights_of_every_zone_are_told_apart(zone: str) -> None:
    """T6, T7: a day begins at its own midnight."""
    found = cells(brief("2026-11-01 00:00", zone=zone), brief("2026-11-01 23:59", zone=zone), zone=zone)
    assert found[date(2026, 11, 1)].count == 2


def test_what_needs_attention_is_told() -> None:
    found = cells(
        brief("2026-11-12 09:00"),
        brief("2026-11-12 10:00", "no_show"),
        brief("2026-11-12 11:00", "completed"),
        brief("2026-11-17 10:00", "pending"),
    )
    assert [look for look, _, _ in found[date(2026, 11, 12)].notes] == ["noshow", "done"]
    assert [look for look, _, _ in found[date(2026, 11, 17)].notes] == ["pending"]
    assert (found[date(2026, 11, 12)].since, found[date(2026, 11, 12)].until) == ("09:00", "11:50")


def test_closed_days_are_known() -> None:
    found = cells()
    assert found[date(2026, 11, 21)].is_closed
    assert not found[date(2026, 11, 20)].is_closed


@pytest.mark.django_db
class TestPage:
    def test_day_opens_and_its_appointments_stand_below(self, browser: Browser, ana: Professional) -> None:
        tuesday = cast.on_record(cast.caio(ana), cast.next_weekday(1))
        day = str(tuesday.local_start.date())
        page = browser.get("/agenda/month/", {"dia": day}).content.decode()
        assert f'href="/?dia={day}"' in page
        assert f'href="/agenda/{tuesday.pk}/"' in page
        assert "style=" not in page

    def test_month_shows_its_own_appointments_alone(self, browser: Browser) -> None:
        """N1: another professional's rows are neither counted nor listed."""
        cast.on_record(cast.dora(cast.bruno()), timezone.now())
        page = browser.get("/agenda/month/").content.decode()
        assert "Dora Alves" not in page
        assert '<b class="num">0 horários</b>' in page

    def test_holidays_and_time_off_say_why(self, browser: Browser, ana: Professional) -> None:
        ana.observes_holidays = True
        ana.save()
        start = cast.at("2026-12-28 00:00")
        TimeOff.objects.create(professional=ana, starts_at=start, ends_at=start + timedelta(days=2), reason="Recesso")
        page = browser.get("/agenda/month/", {"dia": "2026-12-01"}).content.decode()
        assert page.count("Natal") == 1
        assert page.count("Recesso") == 2

    def test_busy_month_takes_at_most_twelve_queries_and_150_kilobytes(
        self, browser: Browser, ana: Professional, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        first = cast.next_weekday(0, "09:00")
        for number in range(200):
            cast.on_record(cast.caio(ana), first + timedelta(hours=number))
        with django_assert_max_num_queries(12):
            page = browser.get("/agenda/month/", {"dia": str(first.date())}).content
        assert len(page) < 150_000
