"""The admin's door is everybody's, and an operator needs a second factor to pass it."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from assistant.accounts import attempts
from tests import cast

pytestmark = pytest.mark.django_db

PASSWORD = "sineta-sineta"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _production(settings: Settings) -> None:
    settings.DEBUG = False
    # No collected files are needed to ask for a page.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def operator() -> User:
    return User.objects.create_superuser("ops@example.com", "ops@example.com", PASSWORD)


def code() -> str:
    """Return what the authenticator app shows now."""
    return str(format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))))


def log_in(email: str = "ops@example.com", password: str = PASSWORD) -> tuple[Browser, Any]:
    browser = Browser()
    return browser, browser.post("/accounts/login/?next=/admin/", {"login": email, "password": password})


def test_admin_sends_strangers_to_everybodys_login() -> None:
    answer = Browser().get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"


def test_admins_own_login_takes_no_password(operator: User) -> None:
    """A1: no second door, so none without limits."""
    browser = Browser()
    browser.post("/admin/login/", {"username": "ops@example.com", "password": PASSWORD})
    assert browser.get("/admin/").status_code == 302
    assert browser.get("/account/").status_code == 302


def test_guesses_on_the_way_to_the_admin_are_counted(operator: User) -> None:
    """A1"""
    for _ in range(attempts.TRIES):
        log_in(password="?")
    assert "Espere cinco minutos" in log_in()[1].content.decode()


def test_admins_own_password_page_is_the_accounts(operator: User) -> None:
    """A1: there the old password could be guessed without limits."""
    browser, _ = log_in()
    assert browser.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"


def test_password_alone_opens_nothing_and_says_what_does(operator: User) -> None:
    """A9"""
    browser, _ = log_in()
    answer = browser.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert 'href="/accounts/factor/app/on/"' in answer.content.decode()
    for path in ("/admin/auth/user/", "/admin/scheduling/professional/", "/admin/jsi18n/"):
        assert browser.get(path).status_code == 302


def test_trial_asks_for_no_second_factor(operator: User, settings: Settings) -> None:
    """A9: only there."""
    settings.DEBUG = True
    browser, _ = log_in()
    assert browser.get("/admin/").status_code == 200


def test_second_factor_opens_the_admin(operator: User) -> None:
    """A9: and from then on a password without it does not even log in."""
    TOTP.activate(operator, SECRET)
    browser, answer = log_in()
    assert answer.headers["Location"] == "/accounts/factor/"
    assert browser.get("/admin/").status_code == 302
    wrong = browser.post("/accounts/factor/", {"code": "000000"})
    assert "não confere" in wrong.content.decode()
    assert browser.post("/accounts/factor/", {"code": code()}).headers["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_codes_cannot_be_guessed(operator: User) -> None:
    """A1: nor used twice."""
    TOTP.activate(operator, SECRET)
    browser, _ = log_in()
    for _ in range(5):
        browser.post("/accounts/factor/", {"code": "000000"})
    assert "Espere cinco minutos" in browser.post("/accounts/factor/", {"code": code()}).content.decode()


def test_recovery_codes_alone_are_no_second_factor(operator: User) -> None:
    """A9"""
    RecoveryCodes.activate(operator)
    browser, _ = log_in()
    assert browser.get("/admin/", follow=True).status_code == 403


def test_professional_is_told_kindly_and_strangers_get_no_way_out(operator: User) -> None:
    ana = cast.ana()
    browser = Browser()
    browser.force_login(ana.user)  # type: ignore[arg-type]
    page = browser.get("/admin/login/?next=https://example.com/")
    assert page.status_code in (302, 403)
    assert "example.com/" not in page.headers.get("Location", "")


def test_operator_without_a_practice_has_the_accounts_pages(operator: User) -> None:
    browser, _ = log_in()
    page = browser.get("/account/").content.decode()
    assert "Conta e segurança" in page
    assert 'class="app"' not in page


def test_lost_device_is_forgotten_by_a_command(operator: User, capsys: pytest.CaptureFixture[str]) -> None:
    browser, _ = log_in()
    TOTP.activate(operator, SECRET)
    RecoveryCodes.activate(operator)
    call_command("forget_second_factor", "OPS@example.com")
    assert "password alone" in capsys.readouterr().out
    assert not operator.authenticator_set.exists()  # type: ignore[attr-defined]
    assert browser.get("/account/").status_code == 302, "whoever has the device may be inside"
    with pytest.raises(CommandError, match="No login"):
        call_command("forget_second_factor", "ghost@example.com")


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{prefix}{one.pattern}")
        else:
            assert isinstance(one, URLPattern)
            yield f"{prefix}{one.pattern}", one.callback


def test_only_the_webhooks_are_exempt_from_csrf() -> None:
    """A7: over every route there is; Twilio's signature stands in for the token.

    What programs call is asked for it by REST framework's session itself: `test_csrf_token_is_needed`.
    """
    routes = list(patterns(get_resolver()))
    assert len(routes) > 40
    exempt = {route for route, view in routes if getattr(view, "csrf_exempt", False) and not hasattr(view, "cls")}
    assert exempt == {"webhooks/twilio/whatsapp/", "webhooks/twilio/status/<int:outbox_id>/"}


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/logout/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/change/",
        "/accounts/email/",
        "/account/sessions/end/",
        "/account/sessions/1/end/",
        "/accounts/passkeys/login/",
        "/accounts/factor/app/on/",
        "/reception/",
    ],
)
def test_form_of_another_site_is_refused_kindly(operator: User, path: str) -> None:
    """A7"""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(operator)
    answer = browser.post(path, {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "aberta tempo demais" in answer.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example"])
def test_forged_host_is_refused(host: str, settings: Settings) -> None:
    """A8"""
    settings.ALLOWED_HOSTS = ["sineta.example"]
    for path in ("/", "/accounts/login/", "/accounts/password/reset/", "/admin/"):
        assert Browser().get(path, headers={"host": host}).status_code == 400
