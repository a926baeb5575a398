"""A whole first week in one sitting: from the sign-up to a client who wants to be forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from intake import agent, inbox, notices, tasks
from intake.models import Conversation, InboundMessage
from scheduling.models import Appointment, Client, Professional
from tests.browser.conftest import complaining
from tests.browser.screen import answers, arrive, at_both_widths, type_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Status = Appointment.Status
NAME = "Lívia Castro"


@at_both_widths
def test_a_new_professional_runs_the_practice_from_here(
    context: BrowserContext, live_server: LiveServer, size: tuple[int, int]
) -> None:
    agent.model.cache_clear()
    page, phone = context.new_page(), context.new_page()
    with complaining(page) as said:
        sign_up(page, live_server)
        take_first_steps(page)
        try_the_reception(page)
        # The operator assigns the number that was asked for.
        Professional.objects.update(whatsapp_number="+5511987650000")
        page.goto(f"{live_server.url}/")
        expect(page.get_by_text("Esperam você")).to_have_count(0)
        book(phone, live_server)
        approve(page)
        talk_by_hand(page, phone, live_server)
        mark_as_missed(page, live_server)
        erase(page, live_server)
    assert [one for one in said if "htmx:" not in one] == []


def sign_up(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("link", name="Criar conta").click()
    page.get_by_label("Seu nome").fill("Carla Dias")
    page.get_by_label("E-mail").fill("carla@example.com")
    page.get_by_label("Senha", exact=True).fill("jabuticaba-84")
    page.keyboard.press("Enter")
    page.wait_for_url("**/start/**")


def take_first_steps(page: Page) -> None:
    if page.get_by_role("link", name="Começar").count():
        page.get_by_role("link", name="Começar").click()
    page.get_by_label("Profissão").fill("Barbeira")
    page.get_by_label("Fuso horário").select_option("America/Sao_Paulo")
    page.get_by_role("button", name="Continuar").click()
    for number in range(page.get_by_label("Preço (R$)").count()):
        page.get_by_label("Preço (R$)").nth(number).fill("50")
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", name="Quando você atende?")).to_be_visible()
    page.get_by_role("button", name="Continuar").click()
    page.get_by_label("Eu aprovo cada horário").check()
    page.get_by_role("button", name="Continuar").click()
    page.get_by_label("Número de WhatsApp").fill("11 98765-0000")
    page.get_by_role("button", name="Pedir este número").click()
    page.get_by_role("button", name="Testar a recepção").click()
    page.wait_for_url("**/try/")


def work(page: Page, *, messages: int) -> None:
    """Be the worker: wait for the message, answer it, announce what happened, deliver."""
    arrive(page, messages=messages)
    for conversation_id in inbox.due():
        tasks.reply(conversation_id)
    notices.announce_pending()
    tasks.deliver()


def try_the_reception(page: Page) -> None:
    page.get_by_role("button", name="Oi", exact=True).click()
    work(page, messages=1)
    expect(page.locator("#messages")).to_contain_text("Carla Dias")


def book(phone: Page, live_server: LiveServer) -> None:
    """A client of the simulator asks for a time and says yes."""
    before = InboundMessage.objects.count()
    phone.goto(f"{live_server.url}/simulator/?professional={Professional.objects.get().pk}")
    type_in(phone, f"oi, quero marcar, meu nome é {NAME}")
    work(phone, messages=before + 1)
    for number in range(2, 7):
        if Appointment.objects.filter(status=Status.PENDING).exists():
            return
        newest = answers(phone).last
        expect(newest).to_be_visible()
        yes = newest.get_by_role("button", name="Sim")
        if yes.count():
            yes.click()
        elif newest.locator("[data-list]").count():
            newest.locator("[data-list]").click()
            phone.get_by_role("dialog").get_by_role("radio").first.check()
            phone.get_by_role("dialog").get_by_role("button", name="Enviar").click()
        else:
            type_in(phone, "1")
        count = answers(phone).count()
        work(phone, messages=before + number)
        expect(answers(phone)).not_to_have_count(count)
    assert Appointment.objects.filter(status=Status.PENDING).exists()


def approve(page: Page) -> None:
    """It shows up on the open page; one tap and it is agreed."""
    waits = page.locator(".asksum")
    expect(waits).to_contain_text(NAME)
    if not page.get_by_role("button", name=f"Aprovar: {NAME}").is_visible():
        waits.locator("summary").click()
    page.get_by_role("button", name=f"Aprovar: {NAME}").click()
    expect(page.get_by_role("status").first).to_contain_text("Aprovado")
    assert Appointment.objects.get(is_trial=False).status == Status.CONFIRMED
    notices.announce_pending()
    tasks.deliver()
    week = Appointment.objects.get(is_trial=False).local_start.date()
    page.goto(f"{page.url.partition('?')[0].rstrip('/')}/agenda/week/?dia={week}".replace("/#", "/"))
    expect(page.get_by_text(NAME).locator("visible=true").first).to_be_visible()


def talk_by_hand(page: Page, phone: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/conversations/")
    page.get_by_role("link", name=NAME).first.click()
    page.get_by_role("button", name="Assumir").first.click()
    expect(page.get_by_text("Você responde agora.", exact=True)).to_be_visible()
    page.get_by_role("textbox", name="Responder").fill("Oi, Lívia, aqui é a Carla")
    page.keyboard.press("Enter")
    expect(page.locator(".ms.professional")).to_contain_text("aqui é a Carla")
    tasks.deliver()
    expect(answers(phone).filter(has_text="aqui é a Carla")).to_be_visible()
    page.get_by_role("button", name="Devolver").click()
    expect(page.get_by_role("status").filter(has_text="Conversa devolvida")).to_be_visible()
    assert Conversation.objects.get(channel="simulator").human_until is None


def mark_as_missed(page: Page, live_server: LiveServer) -> None:
    """The day comes, and nobody did."""
    appointment = Appointment.objects.get(is_trial=False)
    back = appointment.starts_at - (timezone.now() - timedelta(minutes=80))
    Appointment.objects.filter(pk=appointment.pk).update(
        starts_at=appointment.starts_at - back,
        ends_at=appointment.ends_at - back,
        local_start=appointment.local_start - back,
    )
    appointment.refresh_from_db()
    page.goto(f"{live_server.url}/?dia={appointment.local_start.date()}")
    page.get_by_role("button", name=f"Faltou: {NAME}").click()
    expect(page.get_by_role("status").first).to_contain_text("Marcado como falta.")


def erase(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/clients/")
    page.get_by_role("link", name=NAME).first.click()
    page.get_by_role("link", name="Apagar dados").click()
    page.get_by_label("Entendo que não dá para desfazer.").check()
    page.get_by_role("button", name="Apagar tudo").click()
    expect(page.get_by_role("status")).to_contain_text("Apagado.")
    assert not Client.objects.filter(name=NAME).exists()
    assert Appointment.objects.get(is_trial=False).status == Status.NO_SHOW
