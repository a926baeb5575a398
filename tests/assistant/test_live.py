"""What a page asks every few seconds: nothing new costs next to nothing, and whatever is new is noticed."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from intake.models import Conversation
from scheduling import booking
from scheduling.models import Appointment, Client, Professional, TimeOff
from tests import cast

pytestmark = pytest.mark.django_db

PATHS = ["/", "/agenda/week/", "/agenda/month/"]
every_page = pytest.mark.parametrize("path", PATHS)
ASKED = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _frozen() -> object:
    """The version of today's page changes with the minute."""
    with time_machine.travel(cast.MONDAY_MORNING, tick=False):
        yield


@pytest.fixture
def browser(_frozen: object, ana: Professional) -> Browser:
    browser = Browser()
    browser.force_login(cast.login("ana@example.com"))
    return browser


@pytest.fixture
def tuesday(browser: Browser, ana: Professional) -> Appointment:
    return cast.booked(cast.caio(ana), cast.at("2026-11-17 10:00"))


def question(browser: Browser, path: str, *, dia: str = "2026-11-17") -> str:
    """Return what the open page will ask."""
    found = re.search(r'hx-get="([^"]+)"', browser.get(path, {"dia": dia}).content.decode())
    assert found
    return unescape(found[1])


@every_page
def test_nothing_new_is_answered_with_three_queries(
    browser: Browser, tuesday: Appointment, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    asked = question(browser, path)
    with django_assert_max_num_queries(3):
        answer = browser.get(asked, headers=ASKED)
    assert (answer.status_code, answer.content) == (204, b"")


@every_page
def test_new_booking_comes_in(browser: Browser, tuesday: Appointment, path: str) -> None:
    asked = question(browser, path)
    cast.booked(cast.dora(tuesday.professional), cast.at("2026-11-17 14:00"))
    page = browser.get(asked, headers=ASKED).content.decode()
    assert page.startswith('<div id="live"')
    assert "Dora Alves" in page
    assert browser.get(question(browser, path), headers=ASKED).status_code == 204


def cancelled(one: Appointment) -> object:
    return booking.cancel(one, actor=booking.SYSTEM)


def moved_away(one: Appointment) -> object:
    return booking.reschedule(one, starts_at=one.starts_at + timedelta(days=70), actor=booking.SYSTEM)


def renamed(one: Appointment) -> object:
    return Client.objects.filter(pk=one.client_id).update(name="Caio Martins Filho")


def off(one: Appointment) -> object:
    return TimeOff.objects.create(
        professional=one.professional, starts_at=one.starts_at, ends_at=one.starts_at + timedelta(hours=1)
    )


def shut(one: Appointment) -> object:
    return one.professional.working_hours.filter(weekday=1).delete()


def called(one: Appointment) -> object:
    return Conversation.objects.create(
        professional=one.professional,
        channel="whatsapp",
        address=cast.DORA_ADDRESS,
        human_until=timezone.now() + timedelta(hours=1),
        human_reason="asked",
    )


def far_request(one: Appointment) -> object:
    return cast.on_record(
        one.client,
        one.starts_at + timedelta(days=80),
        status="pending",
        expires_at=timezone.now() + timedelta(hours=9),
    )


@pytest.mark.parametrize("change", [cancelled, moved_away, renamed, off, shut, called, far_request])
def test_every_change_is_noticed(
    browser: Browser, tuesday: Appointment, change: Callable[[Appointment], object]
) -> None:
    asked = question(browser, "/")
    change(tuesday)
    assert browser.get(asked, headers=ASKED).status_code == 200


def test_hold_that_ran_out_disappears_by_itself(browser: Browser, ana: Professional) -> None:
    cast.held(cast.caio(ana), cast.at("2026-11-24 10:00"))
    asked = question(browser, "/agenda/week/", dia="2026-11-24")
    with time_machine.travel(cast.MONDAY_MORNING + timedelta(minutes=11)):
        answer = browser.get(asked, headers=ASKED)
    assert answer.status_code == 200
    assert "Caio Martins" not in answer.content.decode()


def test_clock_moves_on_today_alone(browser: Browser, ana: Professional) -> None:
    today, later = question(browser, "/", dia="2026-11-16"), question(browser, "/", dia="2026-12-16")
    with time_machine.travel(cast.MONDAY_MORNING + timedelta(minutes=1)):
        assert "09:01" in browser.get(today, headers=ASKED).content.decode()
        assert browser.get(later, headers=ASKED).status_code == 204


def test_others_bookings_are_no_news(browser: Browser, tuesday: Appointment) -> None:
    """N1: not even that something changed can be told from another's bookings."""
    asked = question(browser, "/agenda/week/")
    theirs = cast.on_record(cast.dora(cast.bruno()), tuesday.starts_at)
    for change in (far_request, called, off, shut, cancelled):
        change(theirs)
        assert browser.get(asked, headers=ASKED).status_code == 204


def test_version_of_anothers_page_is_worth_nothing(browser: Browser, tuesday: Appointment) -> None:
    """N1: who asks with another's version gets their own page."""
    asked = question(browser, "/agenda/week/")
    cast.bruno()
    other = Browser()
    other.force_login(cast.login("bruno@example.com"))
    answer = other.get(asked, headers=ASKED)
    assert answer.status_code == 200
    assert "Caio Martins" not in answer.content.decode()


@every_page
@pytest.mark.parametrize("typed", ["", "\x00", "\ud800", "0" * 5000, "' OR 1=1 --"])
def test_odd_version_gets_the_page(browser: Browser, path: str, typed: str) -> None:
    """I2: a version that nobody gave out is simply an old one."""
    query: dict[str, str | bytes] = {"dia": "2026-11-17", "v": typed.encode("utf-8", "surrogatepass")}
    assert browser.get(path, query, headers=ASKED).status_code == 200


def test_what_was_said_last_waits_for_the_next_page(browser: Browser, tuesday: Appointment) -> None:
    """The question in the background takes no sentence away from the page that comes."""
    asked = question(browser, "/")
    cancelled(tuesday)
    browser.post("/reception/", {"on": "0", "next": "/"})
    browser.get(asked, headers=ASKED)
    assert "A recepção está em silêncio agora." in browser.get("/").content.decode()


@every_page
def test_address_with_a_version_shows_the_whole_page(browser: Browser, path: str) -> None:
    assert browser.get(question(browser, path)).content.decode().startswith("<!doctype html>")


def test_stranger_learns_nothing(browser: Browser, tuesday: Appointment) -> None:
    """N1: whoever is not logged in is sent to the log-in, whatever they know."""
    assert Browser().get(question(browser, "/"), headers=ASKED).status_code == 302
