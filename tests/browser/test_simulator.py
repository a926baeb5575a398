"""The simulator in a real Chromium: what is typed and tapped reaches the real webhook and books."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from intake import inbox, tasks
from intake.models import InboundMessage
from scheduling.models import Appointment
from tests import cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = [(1440, 900), (390, 844)]
at_both_widths = pytest.mark.parametrize("size", WIDTHS, ids=["1440px", "390px"])


@pytest.fixture(autouse=True)
def _trial(settings: Settings) -> None:
    settings.DEBUG = True
    settings.GROQ_API_KEY = ""
    settings.BURST_QUIET_SECONDS = 0.0


@pytest.fixture
def size() -> tuple[int, int]:
    """A desktop, unless a test asks for both widths."""
    return WIDTHS[0]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, size: tuple[int, int]) -> Iterator[Page]:
    """Ana's simulator. Anything that the browser complains about, a refused script too, fails the test."""
    cast.ana()
    cast.bruno()
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="pt-BR", reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: _note(complaints, message))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/simulator/")
    yield page
    context.close()
    assert complaints == []


def _note(complaints: list[str], message: ConsoleMessage) -> None:
    # A request that a test itself cut off is reported by the browser as well.
    if message.type in ("error", "warning") and "ERR_FAILED" not in message.text:
        complaints.append(message.text)


def work(page: Page, *, messages: int) -> None:
    """Be the worker: wait until that many messages arrived in all, then answer what is due."""
    for _ in range(200):
        if InboundMessage.objects.count() >= messages:
            break
        page.wait_for_timeout(25)
    for conversation_id in inbox.due():
        tasks.reply(conversation_id)
    tasks.deliver()


def type_in(page: Page, text: str) -> None:
    page.get_by_label("Mensagem", exact=True).fill(text)
    page.keyboard.press("Enter")


def answers(page: Page) -> Locator:
    return page.locator("#messages .wbox:not(.o)")


def test_typed_message_is_answered(page: Page) -> None:
    expect(page.get_by_text("Nada escrito ainda")).to_be_visible()
    type_in(page, "oi")
    expect(page.locator("#messages .wb.o")).to_contain_text("oi")
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    expect(page.get_by_label("respondida")).to_be_visible()
    expect(page.get_by_label("Mensagem", exact=True)).to_be_focused()


@at_both_widths
def test_taps_alone_book_to_the_end(page: Page) -> None:
    type_in(page, "oi, sou a Lívia Castro, quero marcar")
    work(page, messages=1)
    said = 1
    while (said := said + 1) < 10 and not Appointment.objects.filter(status="confirmed").exists():
        expect(answers(page)).to_have_count(said - 1)
        tap_first(page)
        work(page, messages=said)
    booked = Appointment.objects.select_related("client").get()
    assert (booked.status, booked.client.name) == ("confirmed", "Lívia Castro")
    expect(answers(page).last).to_contain_text(booked.reference)


def tap_first(page: Page) -> None:
    """Take the newest answer's first option: a button, or the first row of its list."""
    newest = answers(page).last
    if newest.locator("[data-list]").count():
        newest.locator("[data-list]").click()
        page.get_by_role("dialog").get_by_role("radio").first.check()
        page.get_by_role("dialog").get_by_role("button", name="Enviar").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
    else:
        newest.locator("[data-option]").first.click()


def test_list_works_by_keyboard_alone(page: Page) -> None:
    type_in(page, "oi")
    work(page, messages=1)
    answers(page).locator("[data-list]").press("Enter")
    expect(page.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    answers(page).locator("[data-list]").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#messages .wb.o").last).to_contain_text(
        answers(page).locator("data").nth(1).text_content() or "-"
    )


def test_message_that_does_not_arrive_can_be_sent_again(page: Page) -> None:
    """W6: the second try is the same message, stored once."""
    webhook = re.compile("/webhooks/")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(webhook, lose_the_answer)
    type_in(page, "oi")
    expect(page.get_by_text("A mensagem não chegou ao servidor.")).to_be_visible()
    page.unroute(webhook)
    page.get_by_role("button", name="Tentar de novo").click()
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    assert InboundMessage.objects.count() == 1


def test_reload_keeps_the_conversation(page: Page) -> None:
    type_in(page, "oi")
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    page.reload()
    expect(answers(page)).to_have_count(1)


@at_both_widths
def test_backstage_tells_what_the_reception_did(page: Page, size: tuple[int, int]) -> None:
    type_in(page, "quanto custa?")
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    if size[0] < 800:
        page.get_by_role("button", name="Bastidores").click()
    expect(page.get_by_text("Leu serviços, preços e regras")).to_be_visible()
    page.get_by_text("Registro").first.click()
    expect(page.locator("pre.code").first).to_contain_text("get_professional_info")


@at_both_widths
def test_starting_over_empties_the_phone(page: Page, size: tuple[int, int]) -> None:
    type_in(page, "oi")
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    if size[0] < 800:
        page.get_by_role("button", name="Bastidores").click()
    page.get_by_role("button", name="Recomeçar conversa").click()
    expect(answers(page)).to_have_count(0)
    assert InboundMessage.objects.count() == 0


@at_both_widths
def test_page_never_scrolls_sideways(page: Page) -> None:
    type_in(page, "palavra" * 60)
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("(wall => wall.scrollWidth <= wall.clientWidth)(document.getElementById('wall'))")


def test_hidden_page_asks_for_nothing(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })")
    page.wait_for_timeout(1500)
    asked.clear()
    page.wait_for_timeout(1500)
    assert asked == []


def test_nothing_is_redrawn_while_nothing_changes(page: Page) -> None:
    type_in(page, "oi")
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    page.wait_for_timeout(600)
    page.evaluate(
        "() => { window.changes = 0; new MutationObserver((all) => { window.changes += all.length; })"
        ".observe(document.getElementById('simulator'), { subtree: true, childList: true, characterData: true }); }"
    )
    page.wait_for_timeout(2300)
    assert page.evaluate("window.changes") == 0
