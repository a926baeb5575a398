"""The professional's conversations in a browser: who waits, what was done, answering by hand, giving back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from intake import outbox
from intake.models import Conversation, OutboundMessage
from intake.twilio import Report
from scheduling.models import Professional
from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import at_both_widths, by_day_and_night, until
from tests.browser.test_dashboard import PASSWORD, log_in
from tests.browser.test_simulator_access import FOCUSED, complaints
from tests.intake.conversing import conversation_of, say
from tests.intake.phone import heard, said, talk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana() -> Professional:
    ana = cast.ana()
    assert ana.user is not None
    ana.user.set_password(PASSWORD)
    ana.user.save()
    return ana


@pytest.fixture
def otavio(ana: Professional) -> Conversation:
    """He asked for a person six minutes ago."""
    say(ana, "quanto custa?", "quero falar com uma pessoa", "posso levar minha mãe?")
    since = timezone.now() - 6 * MINUTE
    Conversation.objects.update(profile_name="Otávio Reis", human_since=since)
    return conversation_of(ana)


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, otavio: Conversation) -> Iterator[Page]:
    """The list of conversations."""
    page = context.new_page()
    with complaining(page) as found:
        page.goto(f"{live_server.url}/conversations/")
        log_in(page)
        expect(page.get_by_role("search")).to_be_visible()
        yield page
    # What a test cut off on purpose, or a newer request did, is reported by htmx as well.
    assert [one for one in found if not one.startswith(("htmx:sendError", "htmx:sendAbort", "htmx:afterRequest"))] == []


def shown(page: Page) -> Locator:
    return page.locator("#window")


def open_first(page: Page) -> None:
    page.get_by_role("link", name="Otávio Reis").first.click()
    expect(page.get_by_role("heading", name="Otávio Reis")).to_be_visible()


def field(page: Page) -> Locator:
    return page.get_by_label("Responder como Ana")


def newest(otavio: Conversation) -> OutboundMessage:
    return otavio.outbound.filter(author="professional").latest("pk")


@at_both_widths
def test_who_waits_is_answered_and_given_back(page: Page, otavio: Conversation, size: tuple[int, int]) -> None:
    expect(page.get_by_text("Pediu uma pessoa há 6 min")).to_be_visible()
    open_first(page)
    expect(page.get_by_text("Otávio espera por você.")).to_be_visible()
    read_the_trace(page, is_sheet=size[0] < 1200)

    field(page).fill("Pode sim, Otávio")
    page.keyboard.press("Enter")
    mine = page.locator(".ms.professional")
    expect(mine).to_contain_text("Pode sim, Otávio")
    expect(mine).to_contain_text("na fila")
    expect(page.get_by_text("Você responde agora.")).to_be_visible()
    expect(field(page)).to_have_value("")
    expect(field(page)).to_be_focused()

    field(page).fill("ainda escrevendo")
    outbox.deliver_due()
    expect(mine).to_contain_text("entregue")
    outbox.record(newest(otavio).pk, Report(sid="", status=OutboundMessage.Status.READ, error_code=""))
    expect(mine).to_contain_text("lida")
    expect(field(page)).to_have_value("ainda escrevendo")
    expect(field(page)).to_be_focused()

    page.get_by_role("button", name="Devolver").click()
    expect(page.get_by_role("status").filter(has_text="Conversa devolvida")).to_be_visible()
    expect(page.get_by_text("A recepção responde.")).to_be_visible()
    otavio.refresh_from_db()
    assert otavio.human_until is None


def read_the_trace(page: Page, *, is_sheet: bool) -> None:
    trace = page.locator("#trace")
    first = shown(page).locator(".why").first
    first.click()
    expect(trace.get_by_text("Recebeu “quanto custa?”")).to_be_visible()
    expect(first).to_have_attribute("aria-current", "true")
    trace.get_by_text("Chamada e resultado").first.click()
    expect(trace.get_by_text("get_professional_info").first).to_be_visible()
    if is_sheet:
        page.keyboard.press("Escape")
        expect(trace).to_be_hidden()
        expect(first).to_be_focused()


def test_step_asked_for_stays_when_the_newest_comes_late(page: Page) -> None:
    held: list[Route] = []
    page.route("**/turns/0/", lambda route: held.append(route))
    open_first(page)
    until(page, lambda: held)
    shown(page).locator(".why").first.click()
    asked_for = page.locator("#trace").get_by_text("Recebeu “quanto custa?”")
    expect(asked_for).to_be_visible()
    held[0].continue_()
    page.wait_for_timeout(500)
    expect(asked_for).to_be_visible()


@at_both_widths
def test_taking_over_is_undone_with_one_tap(page: Page, ana: Professional, otavio: Conversation) -> None:
    Conversation.objects.update(human_until=None, human_since=None, human_reason="")
    open_first(page)
    page.get_by_role("button", name="Assumir").click()
    expect(page.get_by_text("Você responde agora.").first).to_be_visible()
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_text("A recepção responde.")).to_be_visible()


def test_what_is_written_meanwhile_appears_without_reloading(page: Page, otavio: Conversation) -> None:
    open_first(page)
    field(page).fill("meia frase")
    heard(otavio, "esqueci de perguntar", received_at=timezone.now())
    Conversation.objects.update(last_inbound_at=timezone.now())
    expect(shown(page)).to_contain_text("esqueci de perguntar")
    expect(page.locator("#rows")).to_contain_text("esqueci de perguntar")
    expect(field(page)).to_have_value("meia frase")
    expect(page.locator("#heard")).to_contain_text("esqueci de perguntar")


def test_double_click_sends_once(page: Page, otavio: Conversation) -> None:
    open_first(page)
    field(page).fill("uma vez só")
    page.get_by_role("button", name="Enviar").dblclick()
    expect(page.locator(".ms.professional")).to_have_count(1)
    page.reload()
    expect(page.locator(".ms.professional")).to_have_count(1)


@at_both_widths
def test_closed_window_leaves_other_ways(page: Page, ana: Professional, otavio: Conversation) -> None:
    """O2"""
    client = cast.caio(ana)
    client.email = "caio@example.com"
    client.save()
    Conversation.objects.update(channel="whatsapp", client=client, last_inbound_at=timezone.now() - timedelta(hours=25))
    page.reload()
    page.get_by_role("link", name="Caio Martins").first.click()
    expect(page.get_by_text("Passaram 24 horas da última mensagem.")).to_be_visible()
    expect(page.get_by_role("link", name="Escrever e-mail")).to_be_visible()
    expect(page.locator("textarea")).to_have_count(0)


def test_server_that_is_away_is_said_and_nothing_typed_is_lost(page: Page, otavio: Conversation) -> None:
    open_first(page)
    page.route("**/answer/", lambda route: route.abort())
    field(page).fill("ainda aqui")
    page.keyboard.press("Enter")
    expect(page.get_by_text("O servidor não responde.")).to_be_visible()
    expect(field(page)).to_have_value("ainda aqui")
    page.unroute("**/answer/")
    page.get_by_role("button", name="Enviar").click()
    expect(page.locator(".ms.professional")).to_contain_text("ainda aqui")
    expect(page.get_by_text("O servidor não responde.")).to_be_hidden()


def test_login_that_has_ended_asks_for_itself(page: Page, otavio: Conversation) -> None:
    open_first(page)
    page.context.clear_cookies()
    expect(page.get_by_label("Senha", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Otávio Reis")).to_have_count(0)


@at_both_widths
def test_search_finds_while_one_types(page: Page, otavio: Conversation) -> None:
    page.get_by_label("Buscar conversas").fill("MAE")
    expect(page.get_by_text("1 conversa encontrada")).to_be_visible()
    expect(page.locator("mark")).to_have_text("mãe")
    page.locator(".cv").first.click()
    expect(page.get_by_role("heading", name="Otávio Reis")).to_be_visible()
    expect(page.locator(".ms:target")).to_contain_text("posso levar minha mãe?")


def test_older_messages_and_conversations_are_shown_on_demand(
    page: Page, ana: Professional, otavio: Conversation
) -> None:
    for number in range(60):
        heard(otavio, f"velha {number}", received_at=timezone.now() - timedelta(days=1) + number * MINUTE)
        talk(ana, address=f"x{number}", profile_name=f"P{number}", last_inbound_at=timezone.now() - number * MINUTE)
    page.reload()
    expect(page.locator(".cv")).to_have_count(31)
    page.get_by_role("link", name="Mostrar mais").click()
    expect(page.locator(".cv")).to_have_count(61)
    open_first(page)
    page.get_by_role("link", name="Mensagens anteriores").click()
    messages = page.locator("#msgs")
    expect(messages.get_by_text("velha 0", exact=True)).to_be_attached()
    expect(messages.get_by_text("velha 59", exact=True)).to_have_count(1)
    expect(page.locator("#window")).to_have_count(1)


def test_answer_is_reached_and_sent_by_keys_alone(page: Page, otavio: Conversation) -> None:
    open_first(page)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name, has_ring = page.evaluate(FOCUSED)
        assert has_ring, f"{name} has the focus and shows nothing"
        reached.append(name)
        if name == "text":
            break
    page.keyboard.type("por teclas")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".ms.professional")).to_contain_text("por teclas")
    assert "msgs" in reached


@by_day_and_night
@at_both_widths
def test_nothing_is_in_anybodys_way(page: Page, ana: Professional, otavio: Conversation, size: tuple[int, int]) -> None:
    everything(ana, otavio)
    page.reload()
    check(page, size)
    page.get_by_label("Buscar conversas").fill("mae")
    expect(page.get_by_text("1 conversa encontrada")).to_be_visible()
    check(page, size)
    page.reload()
    open_first(page)
    expect(page.locator("#trace .step").first).to_be_attached()
    check(page, size)
    shown(page).locator(".why").first.click()
    expect(page.locator("#trace .step").first).to_be_visible()
    page.locator("#trace summary").first.click()
    check(page, size)
    page.keyboard.press("Escape")
    Conversation.objects.update(channel="whatsapp", last_inbound_at=timezone.now() - timedelta(hours=25))
    page.reload()
    expect(page.get_by_text("Passaram 24 horas")).to_be_visible()
    check(page, size)


def check(page: Page, size: tuple[int, int]) -> None:
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def everything(ana: Professional, otavio: Conversation) -> None:
    """Have one of everything: each side, each tick, a quote, a picture, a long name and a long word."""
    for status in ("pending", "sent", "read", "failed"):
        said(otavio, f"estado {status}", status=status, error_code="63016", author="professional")
    asked = said(otavio, "Confirma?", options=[{"id": "1", "label": "Sim"}])
    heard(otavio, "Sim", replied_sid=f"SM{asked.pk:032x}", button_payload="1", kind="tap")
    heard(otavio, "a" * 300, kind="image", media=[{"url": "https://x", "type": "image/png"}])
    now = timezone.now()
    fields = {"last_inbound_at": now - 28 * MINUTE, "human_until": now + 60 * MINUTE, "human_since": now}
    name = "Maria Aparecida dos Santos Albuquerque Cavalcanti"
    talk(ana, address="a", profile_name=name, **fields)
    talk(ana, address="b", profile_name=name, channel="whatsapp", **fields | {"last_inbound_at": now})
    talk(ana, address="c", profile_name=name, last_inbound_at=now)
