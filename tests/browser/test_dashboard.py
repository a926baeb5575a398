"""The professional's day in a browser: log in, see it, say how an appointment went, change one's mind."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from intake.models import Conversation
from scheduling.models import Appointment, Professional
from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import at_both_widths, by_day_and_night
from tests.browser.test_simulator_access import FOCUSED, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Status = Appointment.Status
PASSWORD = "sineta-sineta"


@pytest.fixture
def ana() -> Professional:
    ana = cast.ana()
    assert ana.user is not None
    ana.user.set_password(PASSWORD)
    ana.user.save()
    return ana


@pytest.fixture
def over(ana: Professional) -> Appointment:
    """An appointment that ended half an hour ago."""
    return cast.on_record(cast.caio(ana), timezone.now() - timedelta(minutes=80))


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, over: Appointment) -> Iterator[Page]:
    """The log-in page."""
    page = context.new_page()
    with complaining(page) as said:
        page.goto(f"{live_server.url}/")
        yield page
    assert said == []


def log_in(page: Page, email: str = "ana@example.com", *, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Senha", exact=True).fill(password)
    # What is typed before the next page's scripts have come would search for nothing.
    with page.expect_navigation():
        page.keyboard.press("Enter")


def open_day(page: Page, appointment: Appointment) -> None:
    log_in(page)
    page.goto(f"{page.url.partition('?')[0]}?dia={appointment.local_start.date()}")


@at_both_widths
def test_attended_is_marked_and_taken_back(page: Page, over: Appointment) -> None:
    open_day(page, over)
    card = page.locator(f"#a{over.pk}")
    expect(card).to_contain_text("Como foi?")
    card.get_by_role("button", name="Atendi").click()
    expect(card.get_by_text("Atendido")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Marcado como atendido.")
    page.get_by_role("button", name="Desfazer").click()
    expect(card).to_contain_text("Como foi?")
    over.refresh_from_db()
    assert over.status == Status.CONFIRMED


def test_wrong_password_can_be_tried_again(page: Page) -> None:
    log_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_contain_text("não conferem")
    log_in(page)


def test_day_is_reached_and_marked_by_keys_alone(page: Page, over: Appointment) -> None:
    open_day(page, over)
    for _ in range(40):
        page.keyboard.press("Tab")
        name, has_ring = page.evaluate(FOCUSED)
        assert has_ring, f"{name} has the focus and shows nothing"
        if name == f"m{over.pk}":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Marcado como falta.")


@by_day_and_night
@at_both_widths
def test_nothing_is_in_anybodys_way(page: Page, ana: Professional, over: Appointment, size: tuple[int, int]) -> None:
    assert complaints(page) == []
    everything(ana)
    open_day(page, over)
    if size[0] < 800:
        page.get_by_text("Esperam você").click()
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.get_by_role("button", name="Faltou").first.click()
    expect(page.get_by_role("status")).to_be_visible()
    assert complaints(page) == []


def everything(ana: Professional) -> None:
    """Have something of every kind: a request, a hold, somebody who waits, a name that is too long."""
    soon = timezone.now() + timedelta(minutes=5)
    dora = cast.dora(ana)
    dora.name = "Maria Aparecida dos Santos Albuquerque Cavalcanti"
    dora.save()
    expires = {"expires_at": timezone.now() + timedelta(minutes=9)}
    cast.on_record(dora, soon, status=Status.PENDING, **expires)
    cast.on_record(dora, soon + timedelta(hours=1), status=Status.HELD, **expires)
    Conversation.objects.create(
        professional=ana,
        channel="whatsapp",
        address=cast.DORA_ADDRESS,
        client=dora,
        human_until=timezone.now() + timedelta(hours=1),
        human_reason="asked",
        last_inbound_at=timezone.now() - timedelta(minutes=6),
    )


@by_day_and_night
@at_both_widths
def test_login_without_a_practice_is_in_nobodys_way(
    context: BrowserContext, live_server: LiveServer, size: tuple[int, int]
) -> None:
    get_user_model().objects.create_superuser("root@example.com", "root@example.com", PASSWORD)
    page = context.new_page()
    page.goto(f"{live_server.url}/")
    log_in(page, "root@example.com")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nenhuma agenda ainda")
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("size", [(1000, 800)], ids=["1000px"])
def test_rail_of_a_tablet_has_names(page: Page, over: Appointment) -> None:
    open_day(page, over)
    expect(page.get_by_role("link", name="Sineta", exact=True)).to_be_attached()
    assert complaints(page) == []


@pytest.mark.parametrize("size", [(1000, 800), (1440, 900), (1440, 500)], ids=["tablet", "desktop", "low"])
def test_switch_and_way_out_are_in_the_rail_in_words(page: Page, live_server: LiveServer) -> None:
    log_in(page)
    for place in ("assistant", "conversations"):
        page.goto(f"{live_server.url}/{place}/")
        side = page.locator(".side")
        assert side.evaluate("one => one.offsetWidth") == 84
        expect(side.get_by_text("Recepção ligada")).to_be_visible()
        expect(side.get_by_role("switch", name="Recepção")).to_be_visible()
        way_out = side.get_by_role("button", name="Sair")
        way_out.scroll_into_view_if_needed()
        expect(way_out).to_have_text("Sair")
        expect(way_out).to_be_in_viewport()
        assert side.evaluate("one => one.scrollWidth <= one.clientWidth")
