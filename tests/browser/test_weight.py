"""What a first visit costs, from the real web server: everything that a page loads, as it goes over the wire."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client as Door
from playwright.sync_api import Browser

from config import demo, state
from scheduling.models import Professional
from tests import cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

MOST_BYTES = 150_000
PAGES = [
    "/",
    "/agenda/week/",
    "/agenda/month/",
    "/agenda/new/",
    "/clients/",
    "/clients/{client}/",
    "/conversations/",
    "/conversations/{conversation}/",
    "/numbers/",
    "/assistant/",
    "/settings/",
    "/settings/hours/",
    "/try/",
    "/account/",
]
# To whoever has no session yet.
DOORS = ["/accounts/login/", "/accounts/signup/"]


@pytest.fixture
def web(environment: dict[str, str], real_broker: str, debug: str) -> Iterator[str]:
    """The web server as the trial starts it, over this test's database; its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    own = {"DEBUG": debug, "SECRET_KEY": settings.SECRET_KEY, "ALLOWED_HOSTS": "127.0.0.1", "LOG_LEVEL": "WARNING"}
    command = demo.parts(port)[0].command
    with subprocess.Popen(command, cwd=state.PROJECT, env=environment | own) as process:  # noqa: S603 - the product's
        while not demo.web_answers(port) and process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def paths() -> list[str]:
    """Every page of the demo's Ana, who has half a year behind her."""
    call_command("seed_demo", verbosity=0, stdout=StringIO())
    ana = Professional.objects.get(user__username="ana@example.com")
    values = {"client": ana.clients.all()[0].pk, "conversation": ana.conversations.order_by("-last_inbound_at")[0].pk}
    return [path.format(**values) for path in PAGES]


def weight(browser: Browser, url: str, key: str) -> int:
    """Return the bytes that a browser without a cache receives for a page, headers included."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    if key:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": url}])
    page = context.new_page()
    received: list[int] = []
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    answer = page.goto(url)
    assert answer
    # Fonts come once something is drawn with them.
    page.wait_for_load_state("networkidle")
    assert (answer.status, page.url) == (200, url)
    context.close()
    return sum(received)


@pytest.mark.parametrize("debug", ["1", "0"], ids=["demo", "production"])
def test_first_visit_is_light(browser: Browser, paths: list[str], web: str, debug: str) -> None:
    door = Door()
    door.force_login(cast.login("ana@example.com"))
    key = door.cookies[settings.SESSION_COOKIE_NAME].value
    keys = dict.fromkeys(paths, key) | dict.fromkeys(DOORS, "") | ({"/simulator/": ""} if debug == "1" else {})
    weights = {path: weight(browser, web + path, key) for path, key in keys.items()}
    assert {path: size for path, size in weights.items() if size >= MOST_BYTES} == {}
    assert min(weights.values()) > 50_000
