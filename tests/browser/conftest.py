"""Ana's simulator, open in a browser that complains loudly."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import cast
from tests.browser.screen import WIDTHS


@pytest.fixture(autouse=True)
def _trial(settings: Settings, tmp_path: Path) -> None:
    settings.DEBUG = True
    settings.GROQ_API_KEY = ""
    settings.BURST_QUIET_SECONDS = 0.0
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def size() -> tuple[int, int]:
    """A desktop, unless a test asks for both widths."""
    return WIDTHS[0]


@pytest.fixture
def scheme() -> str:
    """By day, unless a test asks for both."""
    return "light"


@pytest.fixture
def context(browser: Browser, size: tuple[int, int], scheme: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="pt-BR",
        timezone_id="Asia/Tokyo",
        reduced_motion="reduce",
        color_scheme="dark" if scheme == "dark" else "light",
        permissions=["microphone"],
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer) -> Iterator[Page]:
    """Ana's simulator. Anything that the browser complains about, a refused script too, fails the test."""
    cast.ana()
    cast.bruno()
    page = context.new_page()
    with complaining(page) as complaints:
        page.goto(f"{live_server.url}/simulator/")
        yield page
    assert complaints == []


@contextmanager
def complaining(page: Page) -> Iterator[list[str]]:
    """Collect what the browser complains about."""
    complaints: list[str] = []
    page.on("console", lambda message: _note(complaints, message))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield complaints


def _note(complaints: list[str], message: ConsoleMessage) -> None:
    # What a test itself cut off or had refused is reported by the browser as well.
    expected = ("ERR_FAILED", "status of 400", "status of 429")
    if message.type in ("error", "warning") and not any(one in message.text for one in expected):
        complaints.append(message.text)
