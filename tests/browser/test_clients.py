"""Clients in a browser: found while typing, noted about, blocked, merged, erased; by everybody, at both widths."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from intake.models import Conversation
from scheduling import clients
from scheduling.models import Appointment, Client, Professional
from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import at_both_widths, by_day_and_night
from tests.browser.test_dashboard import PASSWORD, log_in
from tests.browser.test_simulator_access import FOCUSED, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Status = Appointment.Status
LONG = "Maria Aparecida dos Santos Albuquerque Cavalcanti"


@pytest.fixture
def ana() -> Professional:
    """Ana, with Caio of some history, Dora, and somebody with a long name who is blocked."""
    ana = cast.ana()
    assert ana.user is not None
    ana.user.set_password(PASSWORD)
    ana.user.save()
    caio, now = cast.caio(ana), timezone.now()
    for number, status in enumerate([Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED, Status.COMPLETED]):
        cast.on_record(caio, now - timedelta(days=number + 1), status=status)
    cast.on_record(caio, cast.next_weekday(0))
    Conversation.objects.create(
        professional=ana, channel="whatsapp", address=cast.CAIO_ADDRESS, client=caio, last_inbound_at=now
    )
    cast.dora(ana)
    maria = clients.enter(ana, name=LONG, phone=None, email=f"{'maria' * 9}@example.com", notes="")
    clients.block(maria, blocked=True)
    return ana


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, ana: Professional) -> Iterator[Page]:
    """The list of clients."""
    page = context.new_page()
    with complaining(page) as said:
        page.goto(f"{live_server.url}/clients/")
        log_in(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Clientes")
        yield page
    assert said == []


def open_person(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


@at_both_widths
def test_person_is_found_while_typing(page: Page) -> None:
    page.get_by_label("Buscar clientes").fill("dora")
    expect(page.locator("#found li")).to_have_count(1)
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?q=dora")
    page.get_by_label("Buscar clientes").fill("8765-4321")
    expect(page.get_by_role("link", name="Caio Martins")).to_be_visible()
    expect(page.locator("#found li")).to_have_count(1)
    page.get_by_label("Buscar clientes").fill("ninguém")
    expect(page.get_by_text("Ninguém encontrado")).to_be_visible()


@at_both_widths
def test_person_is_entered_and_the_phone_explained(page: Page) -> None:
    page.get_by_role("link", name="Novo cliente").click()
    page.get_by_label("Nome", exact=True).fill("Lia Prado")
    page.get_by_label("Telefone").fill("98765")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_text("Escreva o DDD e o número")).to_be_visible()
    page.get_by_label("Telefone").fill("11 98765-0001")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_role("status")).to_contain_text("Cliente salvo.")
    assert Client.objects.get(name="Lia Prado").phone == "+5511987650001"


@at_both_widths
def test_notes_are_saved(page: Page) -> None:
    open_person(page, "Caio Martins")
    page.get_by_role("textbox", name="Anotações").fill("prefere manhãs")
    page.get_by_role("button", name="Salvar anotações").click()
    expect(page.get_by_role("status")).to_contain_text("Anotações salvas.")
    expect(page.get_by_role("textbox", name="Anotações")).to_have_value("prefere manhãs")


@at_both_widths
def test_person_is_blocked_and_unblocked(page: Page) -> None:
    open_person(page, "Dora Alves")
    page.get_by_role("button", name="Bloquear", exact=True).click()
    expect(page.get_by_text("A recepção não responde a esta pessoa.")).to_be_visible()
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_role("button", name="Bloquear", exact=True)).to_be_visible()


@at_both_widths
def test_two_records_become_one(page: Page) -> None:
    open_person(page, "Caio Martins")
    page.get_by_role("link", name="Juntar com outro cadastro").click()
    page.get_by_label("Buscar clientes").fill("dora")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Dora Alves").click()
    expect(page.get_by_text("Caio Martins fica e recebe tudo de Dora Alves.")).to_be_visible()
    page.get_by_role("button", name="Juntar").click()
    expect(page.get_by_role("status")).to_contain_text("Cadastros juntados.")
    expect(page.get_by_text("+55 11 97654-3210", exact=False).first).to_be_visible()
    assert not Client.objects.filter(name="Dora Alves").exists()


@at_both_widths
def test_person_is_erased_after_the_tick(page: Page) -> None:
    open_person(page, "Caio Martins")
    page.get_by_role("link", name="Apagar dados").click()
    expect(page.get_by_text("Apagar tudo sobre Caio Martins?")).to_be_visible()
    page.get_by_role("button", name="Apagar tudo").click()
    expect(page.get_by_text("Nada foi apagado.")).to_be_visible()
    page.get_by_label("Entendo que não dá para desfazer.").check()
    page.get_by_role("button", name="Apagar tudo").click()
    expect(page.get_by_role("status")).to_contain_text("Apagado.")
    expect(page.get_by_role("link", name="Caio Martins")).to_have_count(0)
    assert not Client.objects.filter(name="Caio Martins").exists()


def test_data_come_as_a_file(page: Page) -> None:
    open_person(page, "Caio Martins")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Exportar dados").click()
    assert coming.value.suggested_filename == "caio-martins.zip"


def test_list_is_reached_and_opened_by_keys_alone(page: Page) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        name, _has_ring = page.evaluate(FOCUSED)
        if name == "Caio Martins":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Caio Martins")


@by_day_and_night
@at_both_widths
def test_nothing_is_in_anybodys_way(page: Page, ana: Professional, size: tuple[int, int]) -> None:
    caio, maria = Client.objects.get(name="Caio Martins"), Client.objects.get(name=LONG)
    paths = ["", "?q=zzz", "new/", f"{caio.pk}/", f"{caio.pk}/edit/", f"{maria.pk}/", f"{caio.pk}/merge/?q=a"]
    paths += [f"{caio.pk}/merge/?with={maria.pk}", f"{caio.pk}/erase/", f"{maria.pk}/erase/"]
    root = page.url.partition("?")[0]
    for path in paths:
        page.goto(f"{root}{path}")
        assert complaints(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    page.get_by_role("button", name="Apagar tudo").click()
    assert complaints(page) == []
    page.goto(f"{root}new/")
    page.get_by_label("Telefone").fill("1")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_text("Escreva o nome")).to_be_visible()
    assert complaints(page) == []
