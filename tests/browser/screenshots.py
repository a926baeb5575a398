"""Draw docs/screenshots again: `make screenshots`. A scripted model answers, everything else is the product.

The professional's pages show the demo's data on the last Wednesday that has come, at 14:20.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client as Browser
from django.utils import timezone
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from assistant import metrics
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
def page(browser: Chromium, live_server: LiveServer, groq: GroqStandIn, size: tuple[int, int], scheme: str) -> Page:
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


PAGES = {
    "day": "/",
    "week": "/agenda/week/",
    "conversation": "/conversations/{conversation}/",
    "clients": "/clients/",
    "numbers": "/numbers/?{month}",
    "assistant": "/assistant/",
    "hours": "/settings/hours/",
    "try": "/try/",
}


def wednesday() -> datetime:
    """Return the middle of a working day: a wanting clock would draw an evening without anything."""
    now = timezone.localtime(timezone.now(), ZoneInfo("America/Sao_Paulo"))
    found = (now - timedelta(days=(now.weekday() - 2) % 7)).replace(hour=14, minute=20, second=0, microsecond=0)
    return found if found <= now else found - timedelta(days=7)


@pytest.fixture
def desk(live_server: LiveServer) -> Iterator[Professional]:
    """Ana of the demo, with half a year behind her."""
    with time_machine.travel(wednesday()):
        call_command("seed_demo", verbosity=0, stdout=StringIO())
        yield Professional.objects.get(user__username="ana@example.com")


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "light"), (DESKTOP, "dark"), (PHONE, "dark")])
def test_pages_of_the_professional(
    context: BrowserContext, live_server: LiveServer, desk: Professional, size: tuple[int, int], scheme: str
) -> None:
    login = Browser()
    assert desk.user is not None
    login.force_login(desk.user)
    context.add_cookies([{"name": "sessionid", "value": login.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    first, last = metrics.months(desk, now=timezone.now(), count=2)
    values = {
        "conversation": desk.conversations.order_by("-last_inbound_at")[0].pk,
        "month": f"from={first}&to={last - timedelta(days=1)}",
    }
    for name, path in PAGES.items():
        if scheme == "dark" and name not in ("week", "conversation"):
            continue
        page.goto(live_server.url + path.format(**values))
        if name == "assistant":
            page.get_by_role("button", name="Como foi o mês passado?").click()
            expect(page.locator(".writing")).to_have_count(0)
        page.wait_for_timeout(400)
        suffix = ("-phone" if size == PHONE else "") + ("-dark" if scheme == "dark" else "")
        page.screenshot(path=FOLDER / f"{name}{suffix}.png")
