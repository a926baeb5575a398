"""The assistant in a browser: ask, watch the answer arrive, open a figure's rows."""

import time
from collections.abc import Iterator

import pytest
from django.conf import settings as project
from django.test import Client as Browser
from django.utils import timezone
from django_ratelimit import core
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from assistant import metrics
from intake import agent as intake_agent
from intake.models import Channel, Conversation
from scheduling.models import Appointment, Professional
from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import at_both_widths, by_day_and_night
from tests.browser.test_simulator_access import complaints
from tests.intake.conversing import say
from tests.standins.groq import GroqStandIn, call, status, text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Status = Appointment.Status


@pytest.fixture
def ana() -> Professional:
    """Ana; last month two of ten did not come."""
    ana = cast.ana()
    first = metrics.months(ana, now=timezone.now(), count=2)[0]
    for number in range(10):
        moment = cast.at(f"{first.replace(day=number + 1)} 10:00")
        cast.on_record(cast.caio(ana), moment, status=Status.NO_SHOW if number < 2 else Status.COMPLETED)
    return ana


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, ana: Professional) -> Iterator[Page]:
    """Ana's assistant."""
    intake_agent.model.cache_clear()
    browser = Browser()
    browser.force_login(cast.login("ana@example.com"))
    cookie = browser.cookies[project.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    with complaining(page) as said:
        page.goto(f"{live_server.url}/assistant/")
        yield page
    assert said == []
    intake_agent.model.cache_clear()


def ask(page: Page, question: str) -> None:
    page.get_by_label("Sua pergunta").fill(question)
    page.keyboard.press("Enter")


@at_both_widths
def test_answer_arrives_and_its_figure_opens_its_rows(page: Page) -> None:
    ask(page, "como foi o mês passado?")
    answer = page.locator("article.a").first
    expect(answer).to_contain_text("Consultei seus últimos seis meses")
    expect(answer).to_contain_text("Taxa de no-show: 20,0% (2 de 10)")
    answer.locator(".ans").get_by_role("link", name="2", exact=True).first.click()
    expect(page.get_by_text("Caio Martins")).to_have_count(2)
    page.go_back()
    expect(page.locator("article.a").first).to_contain_text("Taxa de no-show: 20,0%")


def test_what_stands_around_the_talk_follows_it(page: Page) -> None:
    expect(page.get_by_text("O que você perguntar fica guardado aqui.")).to_be_attached()
    for left in (19, 18):
        ask(page, "como foi o mês passado?")
        expect(page.locator("#left")).to_contain_text(f"Restam {left} de 20")
    expect(page.locator(".older [aria-current=page]")).to_have_text("como foi o mês passado?")
    expect(page.get_by_role("heading", level=1)).to_have_text("como foi o mês passado?")
    page.get_by_label("Renomear ou apagar").click()
    expect(page.get_by_role("button", name="Apagar estas perguntas")).to_be_visible()


@at_both_widths
@pytest.mark.parametrize("question", ["como foi o mês passado?", "compara este mês com o mês passado"])
def test_table_is_read_without_scrolling(page: Page, question: str) -> None:
    ask(page, question)
    box = page.locator(".box")
    expect(box.get_by_role("link", name="10", exact=True)).to_be_visible()
    assert box.evaluate("one => one.scrollWidth <= one.clientWidth")
    tall = box.locator("tbody td:first-child").evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert max(tall) <= 48, "a label is broken into lines"


@at_both_widths
def test_figure_in_a_model_s_sentence_opens_as_many_rows(page: Page, groq: GroqStandIn) -> None:
    groq.script(
        call("get_stats", {}), text("No mês passado foram **10** atendimentos. Desses, 2 faltas e 8 realizados.")
    )
    ask(page, "como foi o mês passado?")
    answer = page.locator("article.a .ans")
    expect(answer.get_by_role("link")).to_have_text(["10", "2", "8"])
    # With its end the answer has an address of its own.
    expect(page.locator(".writing")).to_have_count(0)
    page.reload()
    for number, figure in enumerate(["10", "2", "8"]):
        answer.get_by_role("link").nth(number).click()
        expect(page.locator(".lead")).to_contain_text(f"{figure} horários")
        expect(page.locator("ul.rows > li")).to_have_count(int(figure))
        page.go_back()


def test_answer_of_a_model_makes_no_mark_up(page: Page, groq: GroqStandIn) -> None:
    """P11"""
    groq.script(call("get_stats", {}), text("No mês passado foram 10 atendimentos & 2 faltas < 8 realizados."))
    ask(page, "como foi o mês passado?")
    answer = page.locator("article.a .ans")
    expect(answer).to_have_text("No mês passado foram 10 atendimentos & 2 faltas < 8 realizados.")
    expect(answer.get_by_role("link")).to_have_count(3)


def test_english_question_is_answered_in_english(page: Page, ana: Professional) -> None:
    ana.language = "en"
    ana.save()
    page.reload()
    page.get_by_label("Your question").fill("how was last month?")
    page.keyboard.press("Enter")
    answer = page.locator("article.a").first
    expect(answer).to_contain_text("10 appointments, 8 took place, 2 no-shows")
    answer.locator(".ans").get_by_role("link", name="10", exact=True).first.click()
    expect(page.locator(".lead")).to_contain_text("10 appointments")


def test_free_plan_is_shown_what_would_help(context: BrowserContext, live_server: LiveServer, page: Page) -> None:
    cast.bruno()
    browser = Browser()
    browser.force_login(cast.login("bruno@example.com"))
    cookie = browser.cookies[project.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    shown = context.new_page()
    shown.goto(f"{live_server.url}/assistant/")
    expect(shown.get_by_role("heading", level=1)).to_contain_text("O assistente faz parte do plano Pro")
    assert complaints(shown) == []


def test_model_is_heard_as_far_as_it_is_right(page: Page, groq: GroqStandIn) -> None:
    groq.script(call("get_stats", {}), text("A taxa de no-show foi 20,0%. Foram 14 faltas."))
    ask(page, "como foi o mês passado?")
    answer = page.locator("article.a").first
    expect(answer).to_contain_text("Mostrando direto da agenda")
    expect(answer).to_contain_text("A taxa de no-show foi 20,0%.")
    expect(answer).not_to_contain_text("14")


def test_outage_of_the_model_is_marked_at_once_as_it_is_later(page: Page, groq: GroqStandIn) -> None:
    """L1, L5: what code says is marked while it arrives, not only in the stored page."""
    groq.reply = lambda _body: status(503)
    ask(page, "como foi o mês passado?")
    answer = page.locator("article.a").first
    for _ in range(2):
        expect(answer.locator(".src").last).to_have_text("Direto da agenda")
        expect(answer.locator(".src").last.locator("svg")).to_be_visible()
        expect(answer.locator(".src + .ans")).to_contain_text("Taxa de no-show: 20,0% (2 de 10)")
        expect(page.locator(".writing")).to_have_count(0)
        page.reload()


def test_what_code_says_in_the_model_s_place_is_marked_at_once_as_it_is_later(page: Page, groq: GroqStandIn) -> None:
    groq.script(text("Olá! O mês passado teve 80 atendimentos."))
    ask(page, "como foi o mês passado?")
    answer = page.locator("article.a").first
    for _ in range(2):
        expect(answer.locator(".ans")).to_have_count(2)
        expect(answer.locator(".ans").first).to_have_text("Olá!")
        expect(answer.locator(".src").last).to_have_text("Mostrando direto da agenda")
        expect(answer.locator(".src + .ans").last).to_contain_text("Taxa de no-show: 20,0% (2 de 10)")
        expect(page.locator(".writing")).to_have_count(0)
        page.reload()


def test_suggestion_is_one_tap(page: Page) -> None:
    page.get_by_role("button", name="Quem mais falta?").click()
    expect(page.locator("article.a").first).to_contain_text("Caio Martins")


def test_limit_is_said_in_words(page: Page, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # The hour of the counter begins at a minute of the clock; it shall not turn between two questions.
    hour_ends = int(time.time()) + 1800
    monkeypatch.setattr(core, "_get_window", lambda _value, _period: hour_ends)
    settings.QUESTIONS_PER_HOUR = 1
    ask(page, "quem mais falta?")
    expect(page.locator("article.a").first).to_contain_text("Caio Martins")
    expect(page.locator(".writing")).to_have_count(0)
    ask(page, "quem mais falta?")
    expect(page.get_by_role("alert")).to_contain_text("A próxima libera em")


@by_day_and_night
@at_both_widths
def test_nothing_is_in_anybodys_way(page: Page, size: tuple[int, int]) -> None:
    assert complaints(page) == []
    ask(page, "compara este mês com o mês passado")
    expect(page.locator("article.a table")).to_be_visible()
    expect(page.locator(".writing")).to_have_count(0)
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.reload()
    page.get_by_label("Renomear ou apagar").click()
    assert complaints(page) == []


@by_day_and_night
@at_both_widths
def test_numbers_are_in_nobodys_way(page: Page, size: tuple[int, int]) -> None:
    page.goto(page.url.replace("/assistant/", "/numbers/"))
    page.get_by_role("link", name="6 meses").click()
    expect(page.get_by_role("heading", level=1)).to_be_attached()
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.locator(".tile .sub a").first.click()
    expect(page.get_by_text("Caio Martins").first).to_be_visible()
    page.go_back()
    page.locator(".tile .to").nth(2).click()
    expect(page.get_by_text("Caio Martins").first).to_be_visible()
    assert complaints(page) == []


@by_day_and_night
@at_both_widths
def test_rows_behind_the_numbers_are_in_nobodys_way(
    page: Page, live_server: LiveServer, ana: Professional, size: tuple[int, int]
) -> None:
    for address in (cast.CAIO_ADDRESS, cast.DORA_ADDRESS):
        say(ana, "quanto custa?", "quero falar com uma pessoa", address=address)
    Conversation.objects.update(channel=Channel.WHATSAPP, profile_name="Maria Aparecida dos Anjos Cavalcanti Lima")
    for part in ("answers", "conversations", "days"):
        page.goto(f"{live_server.url}/numbers/{part}/")
        expect(page.locator(".lead")).to_be_attached()
        assert (part, complaints(page)) == (part, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], part


@by_day_and_night
@at_both_widths
def test_period_that_is_none_is_explained_where_it_is_seen(page: Page, size: tuple[int, int]) -> None:
    page.goto(page.url.replace("/assistant/", "/numbers/?from=2026-02-01&to=2026-01-01"))
    expect(page.get_by_label("Até")).to_be_focused()
    expect(page.get_by_text("Informe 01/02/2026 ou um dia posterior.")).to_be_visible()
    box = page.locator(".drop").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    assert complaints(page) == []
