"""The door: log in, log out, and what an attacker finds there."""

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client as Browser
from pytest_django import Settings

from assistant.accounts import attempts
from scheduling.models import Professional
from tests.assistant.conftest import hashes_counted

pytestmark = pytest.mark.django_db

PASSWORD = "sineta-sineta"
LOGIN = "/accounts/login/"


@pytest.fixture
def user(ana: Professional) -> User:
    assert ana.user is not None
    ana.user.set_password(PASSWORD)
    ana.user.save()
    return ana.user


def log_in(browser: Browser, *, login: str = "ana@example.com", password: str = PASSWORD, **extra: Any) -> Any:
    return browser.post(LOGIN, {"login": login, "password": password}, **extra)


def is_inside(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


@pytest.mark.parametrize("typed", ["ana@example.com", "ANA@Example.com", "  ana@example.com "])
def test_email_opens_the_door_however_it_is_typed(user: User, typed: str) -> None:
    browser = Browser()
    assert log_in(browser, login=typed).headers["Location"] == "/"
    assert is_inside(browser)


@pytest.mark.parametrize("email", ["Ops@Example.com", ""])
def test_operator_made_user_gets_in(email: str) -> None:
    """Made on the command line or in the admin: capitals in the e-mail, or a user name alone."""
    get_user_model().objects.create_superuser("ops", email, PASSWORD)
    browser = Browser()
    assert log_in(browser, login=email.lower() or "ops", password=PASSWORD).headers["Location"] == "/admin/"


def test_login_goes_on_to_where_one_wanted_to_go(user: User) -> None:
    answer = Browser().post(LOGIN, {"login": "ana@example.com", "password": PASSWORD, "next": "/?dia=2026-11-20"})
    assert answer.headers["Location"] == "/?dia=2026-11-20"


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_login_leads_to_no_other_site(user: User, elsewhere: str) -> None:
    answer = Browser().post(LOGIN, {"login": "ana@example.com", "password": PASSWORD, "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_page_is_private_and_strict() -> None:
    answer = Browser().get(LOGIN)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "style=" not in answer.content.decode()


def test_tries_left_are_said_and_then_the_pause(user: User) -> None:
    """A1: brute force stops at the fifth try, with the right password too."""
    browser = Browser()
    assert "Restam 4 tentativas" in log_in(browser, password="?").content.decode()
    for _ in range(4):
        page = log_in(browser, password="?").content.decode()
    assert "Espere cinco minutos" in page
    assert "Espere cinco minutos" in log_in(browser).content.decode()
    assert not is_inside(browser)


def test_unknown_login_gets_the_same_answer(user: User) -> None:
    """A4: text and work are the same, whoever is asked for."""
    answers = []
    for login in ("ana@example.com", "ghost@example.com"):
        with hashes_counted() as count:
            page = log_in(Browser(), login=login, password="?").content.decode()
        answers.append(page.replace(login, "").partition("<main")[2].partition("csrf")[0])
        assert count() == 1
    assert answers[0] == answers[1]


def test_forged_forwarding_header_buys_no_tries(user: User) -> None:
    """A2: without a trusted proxy the peer counts, whatever the header says."""
    for number in range(attempts.TRIES):
        log_in(Browser(), password="?", headers={"x-forwarded-for": f"203.0.113.{number}"})
    page = log_in(Browser(), headers={"x-forwarded-for": "203.0.113.99"}).content.decode()
    assert "Espere cinco minutos" in page


def test_trusted_proxy_names_the_client_and_only_its_own_word_counts(user: User, settings: Settings) -> None:
    """A2: what the client wrote in front of the proxy's entry is nothing."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(attempts.TRIES):
        log_in(Browser(), password="?", headers={"x-forwarded-for": f"203.0.113.{number}, 198.51.100.7"})
    same = log_in(Browser(), headers={"x-forwarded-for": "192.0.2.1, 198.51.100.7"})
    other = log_in(Browser(), headers={"x-forwarded-for": "198.51.100.8"})
    assert "Espere cinco minutos" in same.content.decode()
    assert other.status_code == 302


@pytest.mark.parametrize("header", ["garbage", "", "::ffff:1.2.3.4", ",,,", "1.2.3.4:99999999", "\x00"])
def test_odd_forwarding_header_is_no_failure(user: User, settings: Settings, header: str) -> None:
    """A2"""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert log_in(Browser(), headers={"x-forwarded-for": header}).status_code == 302


def test_attacker_elsewhere_does_not_lock_the_owner_out(user: User) -> None:
    """A3"""
    for _ in range(9):
        log_in(Browser(REMOTE_ADDR="203.0.113.9"), password="?")
    assert log_in(Browser(REMOTE_ADDR="198.51.100.7")).status_code == 302


def test_one_address_cannot_go_through_many_logins(user: User) -> None:
    """A1: and what stops it has a page of its own."""
    answers = [log_in(Browser(), login=f"user{n}@example.com", password="?").status_code for n in range(31)]
    assert answers[29:] == [200, 429]


def test_without_the_cache_nobody_logs_in_and_who_is_inside_stays(user: User, settings: Settings) -> None:
    """A1: whoever can drown the cache gets no unlimited guesses; the page says so."""
    inside = Browser()
    log_in(inside)
    with unreachable_cache(settings):
        answer = log_in(Browser())
        assert answer.status_code == 503
        assert "Tente de novo em um minuto" in answer.content.decode()
        assert Browser().get(LOGIN).status_code == 200
        assert is_inside(inside)
        assert inside.get("/account/").status_code == 200


def unreachable_cache(settings: Settings) -> Any:
    from django_redis.exceptions import ConnectionInterrupted

    return patch.object(type(cache._connections["default"]), "get", side_effect=ConnectionInterrupted(None))  # type: ignore[attr-defined]


def test_switched_off_user_is_told_only_with_the_right_password(user: User) -> None:
    user.is_active = False
    user.save()
    assert log_in(Browser()).headers["Location"] == "/accounts/inactive/"
    assert "não conferem" in log_in(Browser(), password="?").content.decode()
    assert "Conta desativada" in Browser().get("/accounts/inactive/").content.decode()


def test_logout_ends_the_session_itself(user: User) -> None:
    """A5: a copied cookie is worth nothing afterwards."""
    browser, thief = Browser(), Browser()
    log_in(browser)
    thief.cookies = browser.cookies.copy()  # type: ignore[assignment]
    browser.post("/accounts/logout/")
    assert not is_inside(thief)


def test_switching_off_ends_every_session_at_once(user: User) -> None:
    """A5"""
    browser = Browser()
    log_in(browser)
    user.is_active = False
    user.save()
    assert not is_inside(browser)


def test_getting_the_logout_page_logs_nobody_out(user: User) -> None:
    """A7: a picture's address on another site is no log-out."""
    browser = Browser()
    log_in(browser)
    assert browser.get("/accounts/logout/").status_code == 200
    assert is_inside(browser)


@pytest.mark.parametrize("typed", ["\x00", "a" * 3000, "'; DROP TABLE--", "😀@😀.😀", "\ufeff", "a@b@c"])
def test_odd_logins_are_no_failure(user: User, typed: str) -> None:
    assert log_in(Browser(), login=typed, password=typed).status_code == 200
