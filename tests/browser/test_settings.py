"""Settings and first steps in a browser: an overlap explained and corrected, a service, five steps to the end."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from scheduling.models import Professional, TimeOff
from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import at_both_widths, by_day_and_night
from tests.browser.test_dashboard import PASSWORD, log_in
from tests.browser.test_simulator_access import FOCUSED, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PARTS = ("", "profile/", "services/", "services/new/", "hours/", "time-off/", "rules/", "reception/", "whatsapp/")
STEPS = ("you", "services", "week", "rules", "whatsapp")


@pytest.fixture
def ana() -> Professional:
    ana = cast.ana()
    assert ana.user is not None
    ana.user.set_password(PASSWORD)
    ana.user.save()
    return ana


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, ana: Professional) -> Iterator[Page]:
    """Ana, logged in. A conflict is reported by the browser as well; what stands at /try/ is another test's matter."""
    page = context.new_page()
    with complaining(page) as said:
        page.goto(f"{live_server.url}/")
        log_in(page)
        yield page
    expected = "404" if page.url.endswith("/try/") else "409"
    assert [one for one in said if expected not in one] == []


def go(page: Page, live_server: LiveServer, path: str) -> None:
    page.goto(f"{live_server.url}{path}")


def toast(page: Page) -> Locator:
    return page.locator(".toast")


def save(page: Page) -> None:
    page.locator(".savebar").get_by_role("button", name="Salvar").click()


@at_both_widths
def test_overlap_is_explained_and_corrected(page: Page, live_server: LiveServer, ana: Professional) -> None:
    go(page, live_server, "/settings/hours/")
    begins = page.get_by_label("Terça: início").nth(1)
    begins.fill("11:30")
    save(page)
    expect(page.get_by_text("Use 12:00 ou mais tarde.")).to_be_visible()
    expect(page.locator(".savebar")).to_contain_text("1 erro para corrigir")
    expect(begins).to_be_focused()
    expect(begins).to_have_accessible_description(
        "Este intervalo começa às 11:30, antes do fim do anterior (12:00). Use 12:00 ou mais tarde."
    )
    begins.fill("12:00")
    save(page)
    expect(toast(page)).to_contain_text("Salvo.")
    opens = ana.working_hours.filter(weekday=1).values_list("opens_at", flat=True)
    assert [f"{one:%H:%M}" for one in opens] == ["09:00", "12:00"]


@at_both_widths
def test_intervals_come_and_go_in_place(page: Page, live_server: LiveServer, ana: Professional) -> None:
    go(page, live_server, "/settings/hours/")
    page.evaluate("window.scrollTo(0, 120)")
    page.get_by_role("button", name="Sexta: remover intervalo 2").click()
    expect(toast(page)).to_contain_text("Sexta: intervalo removido.")
    expect(page.get_by_label("Sexta: início")).to_have_count(1)
    toast(page).get_by_role("button", name="Desfazer").click()
    expect(page.get_by_label("Sexta: início")).to_have_count(2)
    page.get_by_role("button", name="Sexta: adicionar intervalo").click()
    expect(page.get_by_label("Sexta: início").nth(2)).to_be_focused()
    page.keyboard.type("19:00")
    page.get_by_label("Sexta: fim").nth(2).fill("21:00")
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Salvo.")
    assert ana.working_hours.filter(weekday=4).count() == 3


def test_closed_day_is_switched_on(page: Page, live_server: LiveServer, ana: Professional) -> None:
    go(page, live_server, "/settings/hours/")
    expect(page.get_by_label("Sábado: início").first).to_be_hidden()
    page.get_by_role("switch", name="Sábado").click()
    expect(page.get_by_label("Sábado: início").first).to_have_value("09:00")
    save(page)
    expect(toast(page)).to_contain_text("Salvo.")
    assert ana.working_hours.filter(weekday=5).count() == 2


@at_both_widths
def test_service_is_added_and_taken_back(page: Page, live_server: LiveServer, ana: Professional) -> None:
    go(page, live_server, "/settings/services/")
    page.get_by_role("link", name="Novo serviço").click()
    page.get_by_label("Serviço", exact=True).fill("Avaliação")
    page.get_by_label("Duração (minutos)").fill("30")
    save(page)
    expect(page.get_by_label("Preço (R$)")).to_be_focused()
    page.get_by_label("Preço (R$)").fill("1.234,56")
    save(page)
    expect(page.get_by_text("30 min · R$ 1.234,56")).to_be_visible()
    page.get_by_role("button", name="Subir Avaliação").click()
    page.get_by_role("link", name="Avaliação").click()
    page.get_by_role("button", name="Apagar serviço").click()
    expect(toast(page)).to_contain_text("Avaliação foi apagado.")
    toast(page).get_by_role("button", name="Desfazer").click()
    expect(page.get_by_role("link", name="Avaliação")).to_be_visible()


def test_second_tab_sees_what_is_there_now(
    page: Page, context: BrowserContext, live_server: LiveServer, ana: Professional
) -> None:
    go(page, live_server, "/settings/rules/")
    other = context.new_page()
    go(other, live_server, "/settings/rules/")
    page.get_by_label("Máximo de horários por dia").fill("6")
    save(page)
    expect(toast(page)).to_contain_text("Salvo.")
    other.get_by_label("Máximo de horários por dia").fill("9")
    save(other)
    expect(other.get_by_role("alert")).to_contain_text("mudaram em outra aba")
    expect(other.get_by_label("Máximo de horários por dia")).to_have_value("6")


def test_other_zone_asks_before_it_saves(page: Page, live_server: LiveServer, ana: Professional) -> None:
    """T13: the answer is chosen beside the field."""
    appointment = cast.booked(cast.caio(ana), cast.next_weekday(0))
    go(page, live_server, "/settings/profile/")
    page.get_by_label("Fuso horário").select_option("America/Manaus")
    save(page)
    expect(page.get_by_text("1 horário já está marcado.")).to_be_visible()
    page.get_by_label("Manter a hora combinada").check()
    save(page)
    expect(toast(page)).to_contain_text("Salvo.")
    appointment.refresh_from_db()
    assert appointment.timezone == "America/Manaus"


@at_both_widths
def test_five_steps_lead_to_the_trial(page: Page, live_server: LiveServer, ana: Professional) -> None:
    Professional.objects.update(profession="", whatsapp_number=None)
    ana.services.all().delete()
    ana.working_hours.all().delete()
    go(page, live_server, "/settings/")
    page.get_by_role("link", name="Continuar").click()
    expect(page.get_by_role("heading", name="Quem é você?")).to_be_visible()
    page.get_by_label("Profissão").fill("Barbeiro")
    page.get_by_role("button", name="Continuar").click()
    for number, price in enumerate(("50", "40", "80")):
        page.get_by_label("Preço (R$)").nth(number).fill(price)
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", name="Quando você atende?")).to_be_visible()
    page.get_by_role("link", name="Voltar").click()
    expect(page.get_by_text("Corte e barba (60 min, R$ 80,00)")).to_be_visible()
    page.get_by_role("button", name="Pular").click()
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", name="Com quais regras?")).to_be_visible()
    page.get_by_role("button", name="Continuar").click()
    page.get_by_label("Número de WhatsApp").fill("11 98765-4321")
    page.get_by_role("button", name="Pedir este número").click()
    expect(page.get_by_text("O operador recebeu seu pedido.")).to_be_visible()
    expect(page.locator("#webhook")).to_have_text(f"{settings.PUBLIC_BASE_URL}/webhooks/twilio/whatsapp/")
    page.get_by_role("button", name="Testar a recepção").click()
    page.wait_for_url("**/try/")
    ana.refresh_from_db()
    assert ana.onboarded_at is not None
    assert (ana.services.count(), ana.working_hours.count()) == (3, 10)


def test_week_is_reached_by_keys_alone(page: Page, live_server: LiveServer, ana: Professional) -> None:
    go(page, live_server, "/settings/hours/")
    names = []
    for _ in range(70):
        page.keyboard.press("Tab")
        name, has_ring = page.evaluate(FOCUSED)
        assert has_ring, f"{name} has the focus and shows nothing"
        names.append(name)
        if name == "Salvar":
            break
    assert {"open0", "o0-0", "Segunda: adicionar intervalo", "Salvar"} <= set(names)


@by_day_and_night
@at_both_widths
def test_nothing_is_in_anybodys_way(
    page: Page, live_server: LiveServer, ana: Professional, size: tuple[int, int]
) -> None:
    everything(ana)
    one = f"services/{ana.services.latest('pk').pk}/"
    for path in [f"/settings/{part}" for part in (*PARTS, one)] + [f"/start/{step}/" for step in STEPS]:
        go(page, live_server, path)
        assert (path, complaints(page)) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    go(page, live_server, "/settings/hours/")
    page.get_by_label("Terça: início").nth(1).fill("11:30")
    page.get_by_label("Quarta: fim").first.fill("25:00")
    save(page)
    expect(page.locator(".savebar")).to_contain_text("2 erros para corrigir")
    assert complaints(page) == []


def everything(ana: Professional) -> None:
    """Names of forty letters, a service that is not offered, time off, extra hours."""
    long = "Maria Aparecida dos Anjos Cavalcanti Lima"
    cast.service(ana, f"Sessão de {long}", 90, "1234.56", is_active=False, position=2, buffer_after_minutes=10)
    starts = cast.next_weekday(0)
    TimeOff.objects.create(professional=ana, starts_at=starts, ends_at=cast.next_weekday(0, "18:00"), reason=long)
    cast.open_on_date(ana, starts.date(), ("09:00", "12:00"))
    Professional.objects.update(name=long, profession="Psicóloga e orientadora de carreira")
