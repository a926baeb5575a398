"""Draw docs/screenshots again: `make screenshots`. A scripted model answers, everything else is the product."""

from collections.abc import Iterator

import pytest
from django.conf import settings as project
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from intake import agent
from scheduling.models import Professional
from tests import cast
from tests.browser.screen import answers, arrive, type_in, work
from tests.standins.groq import GroqStandIn, call, text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOLDER = project.BASE_DIR / "docs" / "screenshots"
DESKTOP, PHONE = (1440, 900), (390, 844)
pictures = pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [
        ("simulator", DESKTOP, "light"),
        ("simulator-dark", DESKTOP, "dark"),
        ("simulator-phone", PHONE, "light"),
        ("simulator-phone-dark", PHONE, "dark"),
    ],
)


@pytest.fixture
def groq(settings: Settings) -> Iterator[GroqStandIn]:
    with GroqStandIn() as standin:
        settings.GROQ_API_KEY, settings.GROQ_BASE_URL = "gsk_test", standin.url
        settings.GROQ_MODELS = ["openai/gpt-oss-120b"]
        agent.model.cache_clear()
        yield standin
    agent.model.cache_clear()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, groq: GroqStandIn, size: tuple[int, int], scheme: str) -> Page:
    """Ana's simulator, sharp enough for a phone's screen."""
    ana = cast.ana()
    cast.bruno()
    busy(ana)
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2 if size == PHONE else 1,
        locale="pt-BR",
        reduced_motion="reduce",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/simulator/")
    return page


def busy(ana: Professional) -> None:
    """Take some of Monday's times."""
    for clock in ("09:00", "13:00", "14:00", "16:00"):
        cast.on_record(cast.caio(ana), cast.next_weekday(0, clock))


def until_the_question(page: Page, groq: GroqStandIn) -> None:
    monday = timezone.localtime(cast.next_weekday(0)).date()
    wanted = {"date": str(monday)}
    groq.script(call("get_available_slots", wanted), text("Oi, Lívia! Na segunda ainda há lugar."))
    type_in(page, "oi! queria marcar uma sessão pra segunda")
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    wanted |= {"time": "10:00", "client_name": "Lívia Castro"}
    groq.script(call("book_appointment", wanted))
    type_in(page, "às 10h, meu nome é Lívia Castro")
    work(page, messages=2)
    expect(answers(page)).to_have_count(2)
    expect(page.locator(".totals")).to_contain_text("lida")


@pictures
def test_booking_half_way(page: Page, groq: GroqStandIn, name: str) -> None:
    until_the_question(page, groq)
    page.get_by_role("button", name="Sim").click()
    arrive(page, messages=3)
    expect(page.get_by_text("digitando")).to_be_visible()
    page.screenshot(path=FOLDER / f"{name}.png")


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light")])
def test_sheets_of_the_phone(page: Page, groq: GroqStandIn) -> None:
    until_the_question(page, groq)
    page.get_by_role("button", name="Ver horários").click()
    page.get_by_role("dialog").get_by_role("radio").nth(1).check()
    page.screenshot(path=FOLDER / "simulator-phone-list.png")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Anexar").press("Enter")
    page.screenshot(path=FOLDER / "simulator-phone-attach.png")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Bastidores").click()
    page.screenshot(path=FOLDER / "simulator-phone-trace.png")
