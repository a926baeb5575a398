"""Ana tries her reception in a browser: types, taps, sees what was done, begins anew."""

from collections.abc import Iterator

import pytest
from django.test import Client as Browser
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from intake import agent, inbox, tasks
from intake.models import InboundMessage
from scheduling.models import Appointment
from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import arrive, at_both_widths, by_day_and_night
from tests.browser.test_simulator_access import complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer) -> Iterator[Page]:
    """Ana's trial, logged in."""
    agent.model.cache_clear()
    cast.ana()
    login = Browser()
    login.force_login(cast.login("ana@example.com"))
    context.add_cookies([{"name": "sessionid", "value": login.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    with complaining(page) as said:
        page.goto(f"{live_server.url}/try/")
        yield page
    assert said == []


def work(page: Page) -> None:
    """Be the worker for one more message, and wait until the page has the answer."""
    answers = page.locator("#messages .wbox:not(.o)")
    before = answers.count()
    arrive(page, messages=InboundMessage.objects.filter(status="done").count() + 1)
    for conversation_id in inbox.due():
        tasks.reply(conversation_id)
    tasks.deliver()
    expect(answers).not_to_have_count(before)


def write(page: Page, text: str) -> None:
    page.get_by_label("Mensagem", exact=True).fill(text)
    page.keyboard.press("Enter")
    work(page)


@by_day_and_night
@at_both_widths
def test_booking_is_tried_by_tapping_and_forgotten(page: Page, size: tuple[int, int]) -> None:
    assert complaints(page) == []
    page.get_by_role("button", name="Quero marcar para segunda").click()
    work(page)
    page.get_by_text("Ver horários").last.click()
    page.locator(".wlist[open] [name=option]").first.click()
    work(page)
    write(page, "Lívia Castro")
    assert complaints(page) == []
    page.get_by_role("button", name="Sim", exact=True).click()
    work(page)
    expect(page.locator("#messages")).to_contain_text("Marcado")
    expect(page.locator("#trace")).to_contain_text("Confirmou o horário")
    assert Appointment.objects.get().is_trial
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.get_by_role("button", name="Recomeçar").click()
    expect(page.locator("#messages")).to_contain_text("Nada escrito ainda")
    assert not Appointment.objects.exists()


def test_earlier_turn_is_shown_when_it_is_chosen(page: Page) -> None:
    write(page, "oi")
    write(page, "quanto custa?")
    page.get_by_role("link", name="1. “oi”").click()
    expect(page.locator("#trace")).to_contain_text("Recebeu “oi”")


def test_what_is_too_long_is_explained_beside_the_field(page: Page) -> None:
    page.locator("#body").evaluate("field => { field.removeAttribute('maxlength'); field.value = 'a'.repeat(1001); }")
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("alert")).to_contain_text("no máximo 1000")
    expect(page.locator("#body")).to_have_attribute("aria-invalid", "true")
    write(page, "oi")
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.locator("#body")).to_have_value("")


def test_trial_goes_on_without_scripts(page: Page, context: BrowserContext, live_server: LiveServer) -> None:
    plain = context.browser.new_context(java_script_enabled=False) if context.browser else pytest.skip("no browser")
    plain.add_cookies([one for one in context.cookies() if one["name"] == "sessionid"])  # type: ignore[misc]
    page = plain.new_page()
    page.goto(f"{live_server.url}/try/")
    page.locator("#body").fill("oi")
    page.get_by_role("button", name="Enviar").click()
    arrive(page, messages=1)
    for conversation_id in inbox.due():
        tasks.reply(conversation_id)
    page.goto(f"{live_server.url}/try/")
    page.get_by_text("Ver opções").click()
    page.locator("[name=option]").first.click()
    arrive(page, messages=2)
    assert InboundMessage.objects.latest("pk").button_payload
    plain.close()
