"""The simulator in a real Chromium: what is typed and tapped reaches the real webhook and books."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from intake.models import Conversation, InboundMessage
from scheduling.models import Appointment
from tests.browser.screen import answers, arrive, at_both_widths, field, own, tap_first, type_in, until, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_typed_message_is_answered(page: Page) -> None:
    expect(page.get_by_text("Nada escrito ainda")).to_be_visible()
    type_in(page, "oi")
    expect(own(page)).to_contain_text("oi")
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    expect(field(page)).to_be_focused()


def test_ticks_go_from_sent_to_read(page: Page) -> None:
    type_in(page, "oi")
    arrive(page, messages=1)
    expect(page.get_by_label("enviada")).to_be_visible()
    expect(page.get_by_text("Psicóloga, digitando")).to_be_visible()
    InboundMessage.objects.update(attempts=1)
    expect(page.get_by_label("entregue")).to_be_visible()
    work(page, messages=1)
    expect(page.get_by_label("lida")).to_be_visible()
    expect(page.get_by_text("Psicóloga", exact=True)).to_be_visible()


@at_both_widths
def test_answer_on_the_screen_is_reported_read(page: Page) -> None:
    type_in(page, "oi")
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    expect(page.locator(".totals").get_by_text("Entregue e lida às")).to_have_count(1)


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
    expect(own(page).last).to_contain_text(answers(page).locator("data").nth(1).text_content() or "-")


@at_both_widths
def test_reply_quotes_the_message_it_answers(page: Page) -> None:
    type_in(page, "oi")
    work(page, messages=1)
    quoted = answers(page).first
    quoted.hover()
    quoted.get_by_label("Responder a esta mensagem").click()
    expect(page.locator("#quoting")).to_contain_text("Recepção de Ana")
    type_in(page, "é sobre isso")
    expect(page.locator("#quoting")).to_be_hidden()
    arrive(page, messages=2)
    expect(own(page).last.locator(".quo")).to_contain_text("Aqui é a recepção")
    expect(page.locator(".wbox.o").last.locator(".quo")).to_contain_text("Recepção de Ana")
    message = InboundMessage.objects.get(body="é sobre isso")
    assert message.replied_sid == quoted.get_attribute("data-sid")


def test_quote_is_chosen_and_let_go_by_keyboard(page: Page) -> None:
    type_in(page, "oi")
    work(page, messages=1)
    answers(page).first.get_by_label("Responder a esta mensagem").press("Enter")
    expect(page.locator("#quoting")).to_be_visible()
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#quoting")).to_be_hidden()
    type_in(page, "outra coisa")
    arrive(page, messages=2)
    assert InboundMessage.objects.get(body="outra coisa").replied_sid == ""


@at_both_widths
def test_server_that_is_away_is_said_until_it_is_back(page: Page) -> None:
    state = re.compile("/simulator/state/")
    page.route(state, lambda route: route.abort())
    expect(page.get_by_text("Sem resposta do servidor. Tentando de novo.")).to_be_visible()
    page.unroute(state)
    expect(page.get_by_text("Sem resposta do servidor. Tentando de novo.")).to_be_hidden()


@at_both_widths
def test_worker_that_is_away_is_said_on_the_phone(page: Page) -> None:
    type_in(page, "oi")
    arrive(page, messages=1)
    Conversation.objects.update(reply_due_at=timezone.now() - timedelta(minutes=1))
    expect(page.locator(".phone").get_by_text("Confira se o worker está no ar.")).to_be_visible()
    expect(page.locator("#typing")).to_have_count(0)


def test_reader_of_the_newest_message_stays_with_it_and_others_are_left_alone(page: Page) -> None:
    for number in range(1, 4):
        type_in(page, "oi\n" * 8)
        work(page, messages=number)
        expect(answers(page)).to_have_count(number)
    answers(page).last.get_by_label("Responder a esta mensagem").press("Enter")
    below = "(wall => wall.scrollHeight - wall.scrollTop - wall.clientHeight)(document.getElementById('wall'))"
    until(page, lambda: page.evaluate(below) < 2)
    type_in(page, "mais")
    arrive(page, messages=4)
    page.evaluate("document.getElementById('wall').scrollTop = 0")
    work(page, messages=4)
    expect(answers(page)).to_have_count(4)
    assert page.evaluate("document.getElementById('wall').scrollTop") == 0


def test_message_that_does_not_arrive_can_be_sent_again(page: Page) -> None:
    """W6: the second try is the same message, stored once."""
    webhook = re.compile("/webhooks/")

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    # Once the page looks again it finds the message stored and has nothing to try again.
    state = re.compile("/simulator/state/")
    page.route(state, lambda route: route.abort())
    page.route(webhook, lose_the_answer)
    type_in(page, "oi")
    expect(page.get_by_text("A mensagem não chegou ao servidor.")).to_be_visible()
    page.unroute(webhook)
    page.get_by_role("button", name="Tentar de novo").click()
    page.unroute(state)
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
    page.get_by_text("Chamada e resultado").first.click()
    expect(page.get_by_label("Chamada", exact=True)).to_contain_text("get_professional_info")
    expect(page.get_by_label("Resultado", exact=True)).to_contain_text("Sessão individual")
    expect(page.locator(".totals")).to_contain_text("Guiado")


@at_both_widths
def test_starting_over_empties_the_phone(page: Page, size: tuple[int, int]) -> None:
    type_in(page, "oi")
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    if size[0] < 800:
        page.get_by_role("button", name="Trocar de conversa").click()
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
    expect(page.get_by_text("Entregue e lida às")).to_be_visible()
    page.evaluate(
        "() => { window.changes = 0; new MutationObserver((all) => { window.changes += all.length; })"
        ".observe(document.getElementById('simulator'), { subtree: true, childList: true, characterData: true }); }"
    )
    page.wait_for_timeout(2300)
    assert page.evaluate("window.changes") == 0


@at_both_widths
def test_somebody_else_writes_in_a_conversation_of_their_own(page: Page, size: tuple[int, int]) -> None:
    type_in(page, "oi, aqui é a Lívia")
    work(page, messages=1)
    if size[0] < 800:
        page.get_by_role("button", name="Trocar de conversa").click()
    page.get_by_role("link", name="Novo cliente").click()
    expect(page.get_by_text("Nada escrito ainda")).to_be_visible()
    type_in(page, "oi, sou novo aqui")
    work(page, messages=2)
    assert Conversation.objects.count() == 2
    if size[0] < 800:
        page.get_by_role("button", name="Trocar de conversa").click()
    page.reload()
    if size[0] < 800:
        page.get_by_role("button", name="Trocar de conversa").click()
    page.get_by_text("Escolher cliente").click()
    page.get_by_role("link", name="Lívia Castro").click()
    expect(own(page)).to_contain_text("oi, aqui é a Lívia")


def test_message_on_its_way_shows_the_professionals_hour(page: Page) -> None:
    """T11: the browser's own zone is another."""
    page.route(re.compile("/simulator/sign/"), lambda route: route.abort())
    before = timezone.localtime(timezone=ZoneInfo("America/Sao_Paulo"))
    type_in(page, "oi")
    expect(own(page).locator(".clock")).to_have_text(
        re.compile("|".join(f"{before + timedelta(minutes=late):%H:%M}" for late in (0, 1)))
    )
