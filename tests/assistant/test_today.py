"""The first page: one professional's day, and what can be done from it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries

from intake.models import Conversation
from scheduling import booking
from scheduling.models import Appointment, AppointmentEvent, Professional, TimeOff
from tests import cast

pytestmark = pytest.mark.django_db

Status = Appointment.Status


def finished(professional: Professional, **changes: object) -> Appointment:
    """An appointment that ended half an hour ago."""
    return cast.on_record(cast.caio(professional), timezone.now() - timedelta(minutes=80), **changes)


def day_of(appointment: Appointment) -> str:
    return str(appointment.local_start.date())


def text(browser: Browser, **query: str) -> str:
    return browser.get("/", query).content.decode()


def test_stranger_is_asked_to_log_in() -> None:
    assert Browser().get("/").headers["Location"] == "/accounts/login/?next=/"


def test_login_by_email_leads_to_the_day(ana: Professional) -> None:
    user = cast.login("ana@example.com")
    user.set_password("sineta-sineta")
    user.save()
    answer = Browser().post("/accounts/login/", {"login": "ana@example.com", "password": "sineta-sineta"})
    assert answer.headers["Location"] == "/"


def test_wrong_password_is_said_without_telling_which_was_wrong(ana: Professional) -> None:
    answer = Browser().post("/accounts/login/", {"login": "ana@example.com", "password": "?"})
    assert "E-mail e senha não conferem" in answer.content.decode()


def test_login_without_a_practice_gets_a_kind_page() -> None:
    user = cast.login("admin@example.com")
    user.is_superuser = True
    user.save()
    browser = Browser()
    browser.force_login(user)
    answer = browser.get("/")
    assert answer.status_code == 403
    assert 'href="/admin/"' in answer.content.decode()


def test_day_shows_its_own_appointments_alone(browser: Browser, ana: Professional) -> None:
    """N1: another professional's rows are nowhere."""
    monday = cast.next_weekday(1)
    cast.on_record(cast.caio(ana), monday)
    cast.on_record(cast.dora(cast.bruno()), monday)
    page = text(browser, dia=str(monday.date()))
    assert "Caio Martins" in page
    assert "Dora Alves" not in page


@pytest.mark.parametrize("action", ["mark", "approve", "decline"])
def test_anothers_appointment_does_not_exist(browser: Browser, action: str) -> None:
    """N1: the same 404 as for one that is missing, and the row stays as it is."""
    theirs = finished(cast.bruno())
    for pk in (theirs.pk, theirs.pk + 999):
        assert browser.post(reverse(action, args=[pk]), {"status": "no_show"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == Status.CONFIRMED


def test_how_it_was_is_asked_marked_and_taken_back(browser: Browser, ana: Professional) -> None:
    appointment = finished(ana)
    day = day_of(appointment)
    assert "Como foi?" in text(browser, dia=day)

    browser.post(reverse("mark", args=[appointment.pk]), {"status": "no_show", "dia": day})
    appointment.refresh_from_db()
    page = text(browser, dia=day)
    assert appointment.status == Status.NO_SHOW
    assert "Marcado como falta." in page
    assert "Desfazer" in page

    browser.post(reverse("mark", args=[appointment.pk]), {"status": "confirmed", "dia": day})
    appointment.refresh_from_db()
    assert appointment.status == Status.CONFIRMED
    assert "Desfazer" not in text(browser, dia=day)


def test_day_that_is_out_of_date_is_told(browser: Browser, ana: Professional) -> None:
    """Two tabs: the second mark, from the page as it was, changes nothing."""
    appointment = finished(ana)
    booking.mark(appointment, status=Status.NO_SHOW, actor=booking.SYSTEM)
    old = re.search(r'name="version" value="(\d+)"', text(browser, dia=day_of(appointment)))
    booking.mark(appointment, status=Status.COMPLETED, actor=booking.SYSTEM)
    assert old is not None
    fields = {"status": "confirmed", "version": old[1]}
    page = browser.post(reverse("mark", args=[appointment.pk]), fields, follow=True).content.decode()
    appointment.refresh_from_db()
    assert appointment.status == Status.COMPLETED
    assert "mudou em outra aba" in page


def test_nobody_is_told_of_a_mark_that_was_taken_back(browser: Browser, ana: Professional) -> None:
    appointment = finished(ana, status=Status.COMPLETED)
    browser.post(reverse("mark", args=[appointment.pk]), {"status": "confirmed"})
    event = AppointmentEvent.objects.get(appointment=appointment)
    assert event.announced_at is not None


def test_mark_that_is_not_possible_is_explained(browser: Browser, ana: Professional) -> None:
    coming = cast.on_record(cast.caio(ana), cast.next_weekday(0))
    browser.post(reverse("mark", args=[coming.pk]), {"status": "completed"})
    coming.refresh_from_db()
    assert coming.status == Status.CONFIRMED
    assert "toast" in text(browser)


def test_unknown_mark_is_refused(browser: Browser, ana: Professional) -> None:
    assert browser.post(reverse("mark", args=[finished(ana).pk]), {"status": "held"}).status_code == 400


@pytest.mark.parametrize(("action", "status"), [("approve", Status.CONFIRMED), ("decline", Status.CANCELLED)])
def test_request_is_answered(browser: Browser, ana: Professional, action: str, status: str) -> None:
    request = cast.on_record(
        cast.caio(ana),
        cast.next_weekday(0),
        status=Status.PENDING,
        expires_at=timezone.now() + timedelta(hours=5),
    )
    assert "Caio Martins</b> quer marcar" in text(browser)
    browser.post(reverse(action, args=[request.pk]))
    request.refresh_from_db()
    assert request.status == status
    assert "quer marcar" not in text(browser)


def test_who_waits_for_a_person_is_shown(browser: Browser, ana: Professional) -> None:
    until = timezone.now() + timedelta(hours=1)
    fields = {"professional": ana, "channel": "whatsapp", "last_inbound_at": timezone.now()}
    Conversation.objects.create(address="a", profile_name="Otávio", human_until=until, human_reason="asked", **fields)
    Conversation.objects.create(address="b", profile_name="Tomada", human_until=until, **fields)
    page = text(browser)
    assert "Otávio" in page
    assert "Tomada" not in page


def test_first_two_who_wait_are_open_and_one_button_is_filled(browser: Browser, ana: Professional) -> None:
    now = timezone.now()
    for hour in (9, 11, 14):
        start = cast.next_weekday(0, f"{hour:02}:00")
        cast.on_record(cast.caio(ana), start, status=Status.PENDING, expires_at=now + timedelta(hours=5))
    called = {"human_until": now + timedelta(hours=1), "human_reason": "asked", "profile_name": "Otávio"}
    Conversation.objects.create(
        professional=ana, channel="whatsapp", address="a", last_inbound_at=now - timedelta(minutes=28), **called
    )
    shown, _summary, folded = text(browser).partition("Ver mais 2")
    assert (shown.count("quer marcar"), folded.count("quer marcar")) == (2, 1)
    assert shown.count('class="btn p block"') + folded.count('class="btn p block"') == 1
    assert f"seg, {cast.next_weekday(0):%d/%m}, às 09:00 · R$" in shown
    assert "Caio Martins, Caio Martins e mais 2" in shown
    assert '<span class="xs muted num">há 28 min</span>' in folded


def test_day_that_is_over_shows_a_phone_what_comes_tomorrow(browser: Browser, ana: Professional) -> None:
    with time_machine.travel(cast.at("2026-11-18 14:20"), tick=False):
        browser.force_login(cast.login("ana@example.com"))
        assert '<section class="card" aria-labelledby="following">' in text(browser)
        cast.booked(cast.caio(ana), cast.at("2026-11-18 17:00"))
        assert '<section class="card not-s" aria-labelledby="following">' in text(browser)


def test_time_off_and_breaks_are_drawn_closed(browser: Browser, ana: Professional) -> None:
    monday = cast.next_weekday(0, "14:00")
    TimeOff.objects.create(professional=ana, starts_at=monday, ends_at=monday + timedelta(hours=2))
    page = text(browser, dia=str(monday.date()))
    assert "Intervalo" in page
    assert "Folga" in page
    assert "2 h livres até as 18:00" in page


@pytest.mark.parametrize("typed", ["ontem", "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-20'--"])
def test_day_that_is_none_is_today(browser: Browser, typed: str) -> None:
    assert text(browser, dia=typed).count('aria-current="date"') == 1


def test_closed_day_says_so(browser: Browser) -> None:
    assert "Fechado" in text(browser, dia=str(cast.next_weekday(6).date()))


def test_names_are_escaped(browser: Browser, ana: Professional) -> None:
    client = cast.caio(ana)
    client.name = "<script>alert(1)</script>"
    client.save()
    page = text(browser, dia=str(cast.on_record(client, cast.next_weekday(0)).local_start.date()))
    assert "<script>" not in page
    assert "style=" not in page


def test_failure_is_explained_with_a_way_on() -> None:
    with translation.override("pt-br"):
        page = server_error(RequestFactory().get("/")).content.decode()
    assert "O que já estava salvo continua salvo." in page
    assert "Tentar de novo" in page


def test_page_is_private_and_strict(browser: Browser) -> None:
    answer = browser.get("/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_full_day_takes_at_most_twelve_queries_and_150_kilobytes(
    browser: Browser, ana: Professional, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    clock = cast.next_weekday(0, "09:00")
    for number in range(30):
        cast.on_record(
            cast.caio(ana), clock + number * timedelta(minutes=15), ends_at=clock + (number + 1) * timedelta(minutes=15)
        )
    with django_assert_max_num_queries(12):
        page = browser.get("/", {"dia": str(clock.date())}).content
    assert page.count(b"<article") == 30
    assert len(page) < 150_000


def test_switch_silences_the_reception_and_goes_back(browser: Browser, ana: Professional) -> None:
    answer = browser.post("/reception/", {"on": "0", "next": "/?dia=2026-11-20"})
    ana.refresh_from_db()
    assert not ana.bot_enabled
    assert answer.headers["Location"] == "/?dia=2026-11-20"
    assert "A recepção está em silêncio agora." in text(browser)


def test_switch_leads_to_no_other_site(browser: Browser) -> None:
    answer = browser.post("/reception/", {"on": "1", "next": "https://example.com/"})
    assert answer.headers["Location"] == "/"
