"""A key made on its page, and the description of the interface, in a browser under their strict policies."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client as Browser
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import at_both_widths, by_day_and_night
from tests.browser.test_simulator_access import complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer) -> Iterator[Page]:
    """Ana's keys."""
    cast.ana()
    browser = Browser()
    browser.force_login(cast.login("ana@example.com"))
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    with complaining(page) as said:
        page.goto(f"{live_server.url}/settings/keys/")
        yield page
    # ReDoc wants its maker's logo from elsewhere, and does not get it.
    assert [one for one in said if "redoc/logo-mini.svg" not in one] == []


@by_day_and_night
@at_both_widths
def test_key_is_made_shown_once_and_revoked(page: Page, size: tuple[int, int]) -> None:
    expect(page.get_by_text("Nenhuma chave ainda")).to_be_visible()
    page.get_by_label("Para qual programa é?").fill("Meu site")
    page.get_by_role("button", name="Criar chave").click()
    expect(page.locator("#key")).to_contain_text("sineta_")
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.goto(page.url)
    expect(page.locator("#key")).to_have_count(0)
    page.locator("summary", has_text="Revogar").click()
    page.get_by_role("button", name="Revogar “Meu site”").click()
    expect(page.locator(".toast")).to_contain_text("não abre mais nada")
    expect(page.get_by_text("Nenhuma chave ainda")).to_be_visible()
    assert complaints(page) == []


def test_program_books_moves_and_cancels_with_a_key_made_here(page: Page, live_server: LiveServer) -> None:
    page.get_by_label("Para qual programa é?").fill("Meu site")
    page.get_by_role("button", name="Criar chave").click()
    call = Program(live_server.url, page.locator("#key").inner_text())
    service = call("professional/")["services"][0]["id"]
    first, *_between, last = [one["starts_at"] for one in call(f"slots/?service={service}")["slots"]]

    booked = call("appointments/", service=service, starts_at=first, client={"name": "Caio Martins"})
    shown = agenda_at(page, live_server, first)
    expect(shown).to_contain_text("Caio Martins")

    call(f"appointments/{booked['reference']}/reschedule/", starts_at=last)
    expect(agenda_at(page, live_server, first)).not_to_contain_text("Caio Martins")
    expect(agenda_at(page, live_server, last)).to_contain_text("Caio Martins")

    assert call(f"appointments/{booked['reference']}/cancel/", reason="teste")["status"] == "cancelled"
    expect(agenda_at(page, live_server, last)).not_to_contain_text("Caio Martins")
    page.goto(f"{live_server.url}/settings/keys/")
    expect(page.get_by_text("usada pela última vez")).to_be_visible()


class Program:
    """What calls with a key, over HTTP."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._headers = f"{url}/api/v1/", {"Authorization": f"Bearer {key}"}

    def __call__(self, path: str, **body: Any) -> Any:
        method = "POST" if body else "GET"
        answer = httpx.request(method, f"{self._url}{path}", headers=self._headers, json=body or None)
        return answer.raise_for_status().json()


def agenda_at(page: Page, live_server: LiveServer, moment: str) -> Locator:
    page.goto(f"{live_server.url}/?dia={moment[:10]}")
    return page.locator("main")


def test_description_is_shown_to_try_and_to_read(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/api/docs/")
    expect(page.get_by_text("Book a time")).to_be_visible()
    page.goto(f"{live_server.url}/api/redoc/")
    expect(page.get_by_role("heading", name="Book a time")).to_be_attached()
