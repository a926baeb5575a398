"""Blocking an hour, a day or a week from the dashboard."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from scheduling.models import Appointment, Professional, TimeOff
from tests import cast

pytestmark = pytest.mark.django_db

BLOCK = "/agenda/block/"


def day(weekday: int = 1) -> str:
    return str(cast.next_weekday(weekday).date())


def hours(first: str, last: str, **changes: Any) -> dict[str, Any]:
    return {"date": day(), "time": first, "end_date": day(), "end_time": last, "reason": "Dentista"} | changes


def text(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def test_hours_are_blocked_and_taken_back(browser: Browser, ana: Professional) -> None:
    page = text(browser.post(BLOCK, hours("14:00", "15:30"), follow=True))
    block = ana.time_off.get()
    assert (block.starts_at, block.ends_at - block.starts_at) == (
        cast.next_weekday(1, "14:00"),
        timedelta(minutes=90),
    )
    assert "Bloqueado de" in page
    undo = reverse("block-remove", args=[block.pk])
    assert f'action="{undo}"' in page
    browser.post(undo)
    assert not ana.time_off.exists()


def test_whole_days_include_the_last_one(browser: Browser, ana: Professional) -> None:
    """T11: whole local days, not those of UTC."""
    last = str((cast.next_weekday(1) + timedelta(days=2)).date())
    browser.post(BLOCK, hours("", "", whole="on", end_date=last))
    block = ana.time_off.get()
    assert block.starts_at == cast.at(f"{day()} 00:00")
    assert block.ends_at == cast.at(f"{last} 00:00") + timedelta(days=1)


def test_day_without_a_midnight_is_blocked_from_its_beginning(browser: Browser, ana: Professional) -> None:
    """T1, T6: 2018-11-04 in São Paulo began at 01:00."""
    browser.post(BLOCK, hours("", "", whole="on", date="2018-11-04", end_date="2018-11-04"))
    block = ana.time_off.get()
    assert block.ends_at - block.starts_at == timedelta(hours=23)


def test_week_is_offered_from_monday_to_sunday(browser: Browser) -> None:
    wednesday = cast.next_weekday(2).date()
    page = text(browser.get(BLOCK, {"start": f"{wednesday}T10:00", "for": "week"}))
    assert f'value="{wednesday - timedelta(days=2)}"' in page
    assert f'value="{wednesday + timedelta(days=4)}"' in page
    assert 'name="whole" checked' in page


def test_booking_in_the_block_is_listed_and_kept_only_by_a_yes(browser: Browser, ana: Professional) -> None:
    """D6"""
    booked = cast.booked(cast.caio(ana), cast.next_weekday(1, "14:00"))
    page = text(browser.post(BLOCK, hours("13:30", "15:00")))
    assert "Há 1 horário marcado nesse período" in page
    assert reverse("appointment", args=[booked.pk]) in page
    assert not ana.time_off.exists()

    browser.post(BLOCK, hours("13:30", "15:00", keep=booked.pk))
    booked.refresh_from_db()
    assert booked.status == Appointment.Status.CONFIRMED
    assert ana.time_off.count() == 1


def test_removal_is_taken_back_with_what_stands_inside(browser: Browser, ana: Professional) -> None:
    booked = cast.booked(cast.caio(ana), cast.next_weekday(1, "14:00"))
    browser.post(BLOCK, hours("13:30", "15:00", keep=booked.pk))
    block = ana.time_off.get()
    browser.post(reverse("block-remove", args=[block.pk]))
    toast = browser.session["toast"]
    browser.post(toast["undo"], toast["fields"])
    again = ana.time_off.get()
    assert (again.starts_at, again.ends_at, again.reason) == (block.starts_at, block.ends_at, "Dentista")


def test_block_is_edited_and_the_edit_taken_back(browser: Browser, ana: Professional) -> None:
    browser.post(BLOCK, hours("14:00", "15:00"))
    block = ana.time_off.get()
    where = reverse("block-edit", args=[block.pk])
    assert 'value="14:00"' in text(browser.get(where))
    browser.post(where, hours("16:00", "17:00", reason=""))
    toast = browser.session["toast"]
    block.refresh_from_db()
    assert block.starts_at == cast.next_weekday(1, "16:00")
    browser.post(toast["undo"], toast["fields"])
    block.refresh_from_db()
    assert (block.starts_at, block.reason) == (cast.next_weekday(1, "14:00"), "Dentista")


def test_others_block_does_not_exist(browser: Browser) -> None:
    """N1: read, changed or removed."""
    start = cast.next_weekday(1)
    theirs = TimeOff.objects.create(professional=cast.bruno(), starts_at=start, ends_at=start + timedelta(hours=1))
    for pk in (theirs.pk, theirs.pk + 999, 10**17):
        assert browser.get(reverse("block-edit", args=[pk])).status_code == 404
        assert browser.post(reverse("block-edit", args=[pk]), hours("14:00", "15:00")).status_code == 404
        assert browser.post(reverse("block-remove", args=[pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.starts_at == start


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"end_time": "13:00"}, "O fim precisa vir depois do início."),
        ({"end_time": "14:00"}, "O fim precisa vir depois do início."),
        ({"end_date": "2020-01-01"}, "O fim precisa vir depois do início."),
        ({"end_date": "2099-01-01"}, "Um bloqueio dura no máximo um ano."),
        ({"date": "2027-02-30"}, "Essa data não existe."),
        ({"date": ""}, "Informe uma data"),
        ({"time": "24:00"}, "Essa hora não existe."),
        ({"end_time": "25:60"}, "Essa hora não existe."),
        ({"end_time": ""}, "Informe uma hora"),
        ({"time": "a\x00b"}, "Essa hora não existe."),
        ({"reason": "x" * 121}, 'id="reason-wrong"'),
        ({"reason": "a\x00b"}, 'id="reason-wrong"'),
        ({"whole": "on", "date": "2100-12-31", "end_date": "2100-01-01"}, "O fim precisa vir depois do início."),
    ],
)
def test_what_is_wrong_is_said_next_to_its_field(
    browser: Browser, ana: Professional, changes: dict[str, str], said: str
) -> None:
    """I2, I4, D12"""
    page = text(browser.post(BLOCK, hours("14:00", "15:00", **changes)))
    assert said in page
    assert 'aria-invalid="true"' in page
    assert not ana.time_off.exists()


def test_hour_that_the_clocks_skip_is_explained(browser: Browser, ana: Professional) -> None:
    """T4"""
    ana.timezone = "America/New_York"
    ana.save()
    skipped = hours("02:30", "05:00", date="2027-03-14", end_date="2027-03-14")
    assert "02:30 não existe nesse dia" in text(browser.post(BLOCK, skipped))


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "👩‍🚀 ﷽ ‮abc", "%s {0}", "x" * 120])
def test_odd_reasons_are_kept_as_typed(browser: Browser, ana: Professional, words: str) -> None:
    """I2: round trip, escaped."""
    browser.post(BLOCK, hours("14:00", "15:00", reason=words))
    block = ana.time_off.get()
    assert block.reason == words
    assert "<script>alert" not in text(browser.get(reverse("block-edit", args=[block.pk])))


@pytest.mark.parametrize("start", ["", "ontem", "\x00", "2026-02-30T10:00", "2100-12-31T23:59", "2100-12-31"])
@pytest.mark.parametrize("length", ["", "hour", "day", "week", "\x00"])
def test_address_that_means_nothing_gives_the_form(browser: Browser, start: str, length: str) -> None:
    """I4"""
    assert browser.get(BLOCK, {"start": start, "for": length}).status_code == 200


@pytest.mark.parametrize("keep", ["", "x", "1,2,x", "9" * 50, "\x00"])
def test_odd_yeses_are_no_yes(browser: Browser, ana: Professional, keep: str) -> None:
    cast.booked(cast.caio(ana), cast.next_weekday(1, "14:00"))
    browser.post(BLOCK, hours("13:30", "15:00", keep=keep))
    assert not ana.time_off.exists()


def test_page_takes_at_most_twelve_queries(
    browser: Browser, ana: Professional, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser.post(BLOCK, hours("14:00", "15:00"))
    with django_assert_max_num_queries(12):
        browser.get(reverse("block-edit", args=[ana.time_off.get().pk]))
