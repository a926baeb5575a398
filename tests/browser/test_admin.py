"""The admin in a browser, under its policy: Ana approves a request there, at her desk and on her phone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client as Browser
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from scheduling.models import Appointment
from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import at_both_widths, by_day_and_night

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def request_() -> Appointment:
    caio = cast.caio(cast.ana(requires_approval=True))
    cast.on_record(caio, timezone.now() - timedelta(days=1), status="no_show")
    return cast.booked(caio, cast.next_weekday(1))


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, request_: Appointment) -> Iterator[Page]:
    """The overview, with Ana logged in. Whatever the browser refuses or complains about fails the test."""
    browser = Browser()
    browser.force_login(cast.login("ana@example.com"))
    context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    with complaining(page) as said:
        page.goto(f"{live_server.url}/admin/")
        yield page
    assert said == []


@at_both_widths
def test_request_is_approved(page: Page, request_: Appointment, size: tuple[int, int]) -> None:
    page.get_by_role("link", name="Pedidos").click()
    expect(page.get_by_text("Caio Martins")).to_be_visible()
    page.locator("input.action-select").first.check()
    page.get_by_label("Ação a executar").select_option("approve")
    page.get_by_role("button", name="Executar").click()
    expect(page.get_by_text("1 horário alterado.")).to_be_visible()
    request_.refresh_from_db()
    assert request_.status == "confirmed"
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_appointment_is_cancelled_with_a_reason(page: Page, request_: Appointment) -> None:
    page.get_by_role("link", name="Pedidos").click()
    page.locator("input.action-select").first.check()
    page.get_by_label("Ação a executar").select_option("cancel")
    page.get_by_role("button", name="Executar").click()
    page.get_by_label("Motivo").fill("Estou doente")
    page.get_by_role("button", name="Cancelar atendimentos").click()
    expect(page.get_by_role("heading", name="Atendimentos")).to_be_visible()
    request_.refresh_from_db()
    assert (request_.status, request_.cancel_reason) == ("cancelled", "Estou doente")


@by_day_and_night
@at_both_widths
def test_overview_is_in_nobodys_way(page: Page, size: tuple[int, int]) -> None:
    """Of our own part of the page: what unfold draws around it is unfold's."""
    found = Axe().run(page, context=".adm-tiles").response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
