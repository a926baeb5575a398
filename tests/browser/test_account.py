"""Accounts in a browser: sign up, guard the account, come back with a passkey; at both widths, by day and night."""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from scheduling.models import Professional
from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import at_both_widths, by_day_and_night
from tests.browser.test_dashboard import PASSWORD, log_in
from tests.browser.test_simulator_access import FOCUSED, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TODAY = re.compile(r":\d+/$")


@pytest.fixture
def ana() -> Professional:
    ana = cast.ana()
    assert ana.user is not None
    ana.user.set_password(PASSWORD)
    ana.user.save()
    return ana


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, ana: Professional) -> Iterator[Page]:
    """The log-in page."""
    page = context.new_page()
    with complaining(page) as said:
        page.goto(f"{live_server.url}/accounts/login/")
        yield page
    assert said == []


@pytest.fixture
def key(page: Page) -> None:
    """A device with a fingerprint reader that always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def open_account(page: Page) -> None:
    log_in(page)
    page.wait_for_url(TODAY)
    page.goto(f"{page.url}account/")


def be_sure(page: Page) -> None:
    expect(page.get_by_role("heading", name="É você?")).to_be_visible()
    page.get_by_label("Senha", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


@at_both_widths
def test_somebody_new_signs_up_by_keys_alone(context: BrowserContext, live_server: LiveServer) -> None:
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("link", name="Criar conta").click()
    page.get_by_label("Seu nome").fill("Carla Dias")
    page.keyboard.press("Tab")
    page.keyboard.type("carla@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("jabuticaba-84")
    page.keyboard.press("Enter")
    page.wait_for_url("**/start/**")
    practice = Professional.objects.get(name="Carla Dias")
    assert practice.timezone == "Asia/Tokyo", "the browser's own"


def test_passkey_is_added_and_opens_the_door_alone(page: Page, key: None, live_server: LiveServer) -> None:
    # A passkey belongs to a host name, never to an address.
    page.goto(f"{live_server.url.replace('127.0.0.1', 'localhost')}/accounts/login/")
    open_account(page)
    page.get_by_role("link", name="Adicionar").click()
    be_sure(page)
    page.get_by_label("Nome").fill("Celular da Ana")
    page.get_by_role("button", name="Adicionar").click()
    expect(page.get_by_role("heading", name="Códigos de recuperação")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Chave de acesso adicionada.")
    page.get_by_role("link", name="Já guardei").click()
    expect(page.get_by_text("Celular da Ana", exact=True).first).to_be_visible()

    page.get_by_role("button", name="Sair deste aparelho").click()
    page.get_by_role("button", name="Entrar com chave de acesso").click()
    page.wait_for_url(TODAY)
    assert Authenticator.objects.get(type="webauthn").last_used_at is not None

    page.goto(f"{page.url}account/")
    page.get_by_role("button", name="Sair deste aparelho").click()
    log_in(page)
    page.get_by_role("button", name="Usar chave de acesso").click()
    page.wait_for_url(TODAY)


def test_passkey_that_is_refused_is_explained(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url.replace('127.0.0.1', 'localhost')}/accounts/login/")
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError'))")
    page.reload()
    page.get_by_role("button", name="Entrar com chave de acesso").click()
    expect(page.get_by_text("A chave de acesso não foi usada.")).to_be_visible()
    assert complaints(page) == []


@at_both_widths
def test_app_is_switched_on_and_asked_for(page: Page) -> None:
    open_account(page)
    page.get_by_role("link", name="Ativar").click()
    be_sure(page)
    page.get_by_text("Ou digite a chave").click()
    secret = page.locator(".key").inner_text()
    page.get_by_label("Código").fill(code(secret))
    page.get_by_role("button", name="Ativar").click()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="Já guardei").click()
    page.get_by_role("button", name="Sair deste aparelho").click()
    log_in(page)
    page.get_by_label("Código do aplicativo ou de recuperação").fill(codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url(TODAY)


def test_another_place_is_logged_out(page: Page, context: BrowserContext, live_server: LiveServer) -> None:
    other = context.browser.new_context(locale="pt-BR").new_page()  # type: ignore[union-attr]
    other.goto(f"{live_server.url}/accounts/login/")
    open_account(other)
    open_account(page)
    page.get_by_role("button", name=re.compile("^Sair Chrome")).click()
    expect(page.get_by_role("status")).to_contain_text("Aparelho desconectado.")
    other.reload()
    expect(other.get_by_role("heading", name="Entrar")).to_be_visible()
    other.context.close()


def test_account_is_reached_by_keys_alone(page: Page) -> None:
    open_account(page)
    reached = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        name, has_ring = page.evaluate(FOCUSED)
        assert has_ring, f"{name} has the focus and shows nothing"
        reached.add(name)
    assert {"Trocar E-mail", "Trocar Senha", "Ativar", "Adicionar Chave de acesso", "Sair deste aparelho"} <= reached


def test_pages_work_without_javascript(context: BrowserContext, live_server: LiveServer, ana: Professional) -> None:
    plain = context.browser.new_context(java_script_enabled=False, locale="pt-BR").new_page()  # type: ignore[union-attr]
    plain.goto(f"{live_server.url}/accounts/login/")
    expect(plain.get_by_role("button", name="Entrar com chave de acesso")).to_be_hidden()
    open_account(plain)
    expect(plain.get_by_role("heading", level=1)).to_have_text("Conta e segurança")
    plain.context.close()


@by_day_and_night
@at_both_widths
def test_nothing_is_in_anybodys_way(page: Page, ana: Professional, size: tuple[int, int], settings: Settings) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 10_000
    base = page.url.partition("/accounts/")[0]
    look(page, size)
    log_in(page, password="wrong")
    expect(page.get_by_role("alert").first).to_contain_text("Restam 4 tentativas")
    look(page, size)
    for path in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/password/reset/sent/",
                 "/accounts/confirm-email/", "/accounts/confirm-email/x/", "/accounts/inactive/",
                 "/accounts/password/reset/done/"):  # fmt: skip
        page.goto(base + path)
        look(page, size)
    page.goto(f"{base}/accounts/signup/")
    page.get_by_label("Seu nome").fill("M" * 120)
    page.get_by_label("E-mail").fill("ana@example.com")
    page.get_by_label("Senha").fill("12345678")
    page.keyboard.press("Enter")
    expect(page.get_by_text("muito comum")).to_be_visible()
    look(page, size)
    inside(page, ana, size, base)


def inside(page: Page, ana: Professional, size: tuple[int, int], base: str) -> None:
    assert ana.user is not None
    ana.user.emailaddress_set.create(email=f"{'comprido' * 7}@example.com")  # type: ignore[attr-defined]
    page.goto(f"{base}/accounts/login/")
    open_account(page)
    look(page, size)
    page.goto(f"{base}/accounts/factor/app/on/")
    look(page, size)
    be_sure(page)
    page.get_by_text("Ou digite a chave").click()
    look(page, size)
    page.get_by_label("Código").fill("000000")
    with page.expect_navigation():
        page.get_by_role("button", name="Ativar").click()
    look(page, size)
    for path in ("/accounts/passkeys/add/", "/accounts/email/", "/accounts/password/change/", "/accounts/logout/"):
        page.goto(base + path)
        look(page, size)


def look(page: Page, size: tuple[int, int]) -> None:
    assert complaints(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], page.url
