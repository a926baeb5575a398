"""What a professional does to the agenda, in a browser: book, resolve a conflict, move, cancel, repeat, block."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from scheduling import booking, desk
from scheduling.models import Appointment, Professional
from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import at_both_widths, by_day_and_night
from tests.browser.test_simulator_access import FOCUSED, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Status = Appointment.Status
LONG_NAME = "Maria Aparecida dos Santos Albuquerque Cavalcanti"


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, ana: Professional) -> Iterator[Page]:
    """A page of Ana's, logged in; whatever the browser complains about fails the test."""
    assert ana.user is not None
    ana.user.set_password("sineta-sineta")
    ana.user.save()
    page = context.new_page()
    with complaining(page) as said:
        page.goto(f"{live_server.url}/accounts/login/")
        page.get_by_label("E-mail", exact=True).fill("ana@example.com")
        page.get_by_label("Senha", exact=True).fill("sineta-sineta")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_be_attached()
        yield page
    assert said == []


def go(page: Page, live_server: LiveServer, path: str) -> None:
    page.goto(f"{live_server.url}{path}")


def day() -> str:
    return str(cast.next_weekday(1).date())


@at_both_widths
def test_new_client_is_booked_and_taken_back(page: Page, live_server: LiveServer, ana: Professional) -> None:
    go(page, live_server, f"/agenda/new/?start={day()}T09:00")
    page.get_by_label("Nome ou telefone do cliente").press_sequentially("Zélia Prado")
    expect(page.get_by_label("Novo cliente: Zélia Prado")).to_be_checked()
    page.get_by_label("Telefone do novo cliente").fill("11 95555-4444")
    page.get_by_role("button", name="11:00").click()
    expect(page.get_by_label("Hora", exact=True)).to_have_value("11:00")
    page.get_by_role("button", name="Marcar", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Marcado para")
    booked = ana.appointments.get()
    assert (booked.client.name, booked.local_start.hour) == ("Zélia Prado", 11)
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_role("status")).to_contain_text("Cancelado.")
    booked.refresh_from_db()
    assert booked.status == Status.CANCELLED


@at_both_widths
def test_conflict_is_explained_and_resolved_by_a_button(page: Page, live_server: LiveServer, ana: Professional) -> None:
    cast.on_record(cast.dora(ana), cast.next_weekday(1, "15:00"))
    cast.caio(ana)
    go(page, live_server, f"/agenda/new/?start={day()}T15:00")
    page.get_by_label("Nome ou telefone do cliente").press_sequentially("caio")
    page.get_by_label("Caio Martins").check()
    page.get_by_role("button", name="Marcar", exact=True).click()
    said = page.locator("#said")
    expect(said).to_contain_text("15:00 já está ocupado. Livres perto:")
    expect(said).to_be_in_viewport()
    said.get_by_role("button", name="14:00").click()
    expect(page.get_by_role("status")).to_contain_text("Marcado para")
    assert ana.appointments.get(client=cast.caio(ana)).local_start.hour == 14


@at_both_widths
def test_time_in_the_break_is_asked_about(page: Page, live_server: LiveServer, ana: Professional) -> None:
    go(page, live_server, f"/agenda/new/?start={day()}T12:10&client={cast.caio(ana).pk}")
    page.get_by_role("button", name="Marcar", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Esse horário fica no seu intervalo. Marcar mesmo assim?")
    page.get_by_role("button", name="Marcar mesmo assim").click()
    expect(page.get_by_role("status")).to_contain_text("Marcado para")


@at_both_widths
def test_appointment_is_moved_and_moved_back(page: Page, live_server: LiveServer, ana: Professional) -> None:
    booked = cast.booked(cast.caio(ana), cast.next_weekday(1))
    go(page, live_server, f"/agenda/{booked.pk}/")
    page.get_by_role("link", name="Remarcar").click()
    page.get_by_role("button", name="16:00").click()
    expect(page.get_by_label("Hora", exact=True)).to_have_value("16:00")
    page.get_by_role("button", name="Remarcar").click()
    expect(page.get_by_role("status")).to_contain_text("Remarcado para")
    booked.refresh_from_db()
    assert booked.local_start.hour == 16
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_role("status")).to_contain_text("às 10:00")
    booked.refresh_from_db()
    assert booked.local_start.hour == 10


@at_both_widths
def test_appointment_is_cancelled_after_a_question(page: Page, live_server: LiveServer, ana: Professional) -> None:
    booked = cast.booked(cast.caio(ana), cast.next_weekday(1))
    go(page, live_server, f"/agenda/{booked.pk}/")
    page.get_by_role("link", name="Cancelar horário").click()
    expect(page.get_by_role("heading", name="Cancelar Caio Martins?")).to_be_visible()
    page.get_by_label("Motivo").fill("Ligou para desmarcar")
    page.get_by_role("button", name="Cancelar horário").click()
    expect(page.get_by_role("status")).to_contain_text("Cancelado.")
    booked.refresh_from_db()
    assert (booked.status, booked.cancel_reason) == (Status.CANCELLED, "Ligou para desmarcar")


@at_both_widths
def test_series_with_one_conflict_is_reported(page: Page, live_server: LiveServer, ana: Professional) -> None:
    cast.on_record(cast.dora(ana), cast.next_weekday(1) + timedelta(weeks=2))
    go(page, live_server, f"/agenda/new/?start={day()}T10:00&client={cast.caio(ana).pk}")
    page.get_by_text("Toda semana").click()
    page.get_by_role("textbox", name="Quantas vezes").fill("4")
    page.get_by_role("button", name="Marcar", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("3 de 4 marcados.")
    expect(page.get_by_role("region", name="Não marcados")).to_contain_text("ocupado")
    assert ana.appointments.exclude(series=None).count() == 3


@at_both_widths
def test_block_over_an_appointment_is_agreed_to(page: Page, live_server: LiveServer, ana: Professional) -> None:
    cast.booked(cast.caio(ana), cast.next_weekday(1, "14:00"))
    go(page, live_server, f"/agenda/block/?start={day()}T14:00")
    page.get_by_role("link", name="Um dia inteiro").click()
    page.get_by_role("button", name="Bloquear", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Há 1 horário marcado nesse período")
    expect(page.get_by_role("alert")).to_contain_text("Caio Martins")
    page.get_by_role("button", name="Bloquear e manter 1 horário").click()
    expect(page.get_by_role("status")).to_contain_text("Bloqueado de")
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_role("status")).to_contain_text("Bloqueio removido.")
    assert not ana.time_off.exists()


@at_both_widths
def test_all_of_it_works_without_scripts(
    browser: object, live_server: LiveServer, ana: Professional, size: tuple[int, int]
) -> None:
    context: BrowserContext = browser.new_context(  # type: ignore[attr-defined]
        viewport={"width": size[0], "height": size[1]}, java_script_enabled=False, locale="pt-BR"
    )
    assert ana.user is not None
    ana.user.set_password("sineta-sineta")
    ana.user.save()
    cast.caio(ana)
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/?next=/agenda/new/")
    page.get_by_label("E-mail", exact=True).fill("ana@example.com")
    page.get_by_label("Senha", exact=True).fill("sineta-sineta")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Novo horário")).to_be_visible()
    go(page, live_server, f"/agenda/new/?start={day()}T10:00")
    page.get_by_label("Nome ou telefone do cliente").fill("caio")
    page.get_by_role("button", name="Procurar").click()
    page.get_by_label("Caio Martins").check()
    page.get_by_role("button", name="16:00").click()
    page.get_by_role("button", name="Marcar", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Marcado para")
    assert ana.appointments.get().local_start.hour == 16
    context.close()


def test_second_tab_is_told(page: Page, context: BrowserContext, live_server: LiveServer, ana: Professional) -> None:
    """Two tabs: the second sees the present state."""
    booked = cast.booked(cast.caio(ana), cast.next_weekday(1))
    go(page, live_server, f"/agenda/{booked.pk}/cancel/")
    other = context.new_page()
    other.goto(f"{live_server.url}/agenda/{booked.pk}/move/")
    other.get_by_label("Hora", exact=True).fill("16:00")
    other.get_by_role("button", name="Remarcar").click()
    expect(other.get_by_role("status")).to_contain_text("Remarcado para")
    page.get_by_role("button", name="Cancelar horário").click()
    expect(page.get_by_role("status")).to_contain_text("mudou em outra aba")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("às 16:00")


def test_time_is_booked_by_keys_alone(page: Page, live_server: LiveServer, ana: Professional) -> None:
    cast.caio(ana)
    go(page, live_server, f"/agenda/new/?start={day()}T10:00")
    page.get_by_label("Nome ou telefone do cliente").focus()
    page.keyboard.type("caio")
    expect(page.get_by_label("Caio Martins")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(40):
        page.keyboard.press("Tab")
        name, has_ring = page.evaluate(FOCUSED)
        assert has_ring, f"{name} has the focus and shows nothing"
        if name == "Marcar":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Marcado para")


@by_day_and_night
@at_both_widths
def test_nothing_is_in_anybodys_way(
    page: Page, live_server: LiveServer, ana: Professional, size: tuple[int, int]
) -> None:
    for path in everything(ana):
        go(page, live_server, path)
        assert complaints(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    go(page, live_server, f"/agenda/new/?start={day()}T15:00")
    page.get_by_label("Nome ou telefone do cliente").press_sequentially("maria")
    expect(page.get_by_text("Novo cliente: maria")).to_be_visible()
    page.get_by_text("Toda semana").click()
    assert complaints(page) == []
    page.get_by_role("button", name="Marcar", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert complaints(page) == []
    page.get_by_label(LONG_NAME).check()
    page.get_by_role("button", name="Marcar", exact=True).click()
    expect(page.locator("#said")).to_be_visible()
    assert complaints(page) == []
    go(page, live_server, f"/agenda/block/?start={day()}T15:00")
    page.get_by_role("button", name="Bloquear", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def everything(ana: Professional) -> list[str]:
    """Have an appointment in every state, and return every page."""
    dora = cast.dora(ana)
    dora.name = LONG_NAME
    dora.save()
    soon, expires = cast.next_weekday(1, "15:00"), {"expires_at": cast.next_weekday(1, "14:00")}
    rows = [
        cast.on_record(dora, soon, attendee=LONG_NAME),
        cast.on_record(dora, soon + timedelta(days=1), status=Status.PENDING, **expires),
        cast.on_record(dora, soon + timedelta(days=2), status=Status.HELD, **expires),
        cast.on_record(dora, soon - timedelta(days=60), status=Status.NO_SHOW),
        cast.on_record(dora, soon - timedelta(days=61), status=Status.COMPLETED),
        cast.on_record(dora, soon + timedelta(days=3), status=Status.CANCELLED, cancel_reason="Viajou"),
    ]
    cast.on_record(dora, soon + timedelta(weeks=2, minutes=10))
    walls = desk.walls((soon + timedelta(weeks=1)).astimezone(ana.zone).replace(tzinfo=None), weeks=1, count=4)
    entry = desk.Entry(who=dora, service=ana.services.all()[0], intent_key="k")
    series = desk.book_series(ana, entry=entry, starts=walls, actor=booking.professional_actor())
    first = ana.appointments.filter(series=series).order_by("starts_at")[0]
    block = ana.time_off.create(starts_at=soon + timedelta(days=20), ends_at=soon + timedelta(days=21))
    return [
        *(f"/agenda/{one.pk}/" for one in [*rows, first]),
        f"/agenda/{first.pk}/cancel/",
        f"/agenda/{first.pk}/move/",
        f"/agenda/series/{series}/",
        f"/agenda/block/{block.pk}/",
        "/agenda/block/",
        "/agenda/new/",
    ]
