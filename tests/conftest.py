"""What every test stands on: servers of its own run, no network, no broker unless it asks for one."""

import ipaddress
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery, Task
from celery.result import AsyncResult
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright
from pytest_django import Settings

from config import celery_app, embedded
from intake import agent
from tests.standins.groq import GroqStandIn

# No test is about time: a busy machine fails none.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
NO_CHROMIUM = "no Chromium on this machine: browser tests not run"
CHROMIUM_OPTIONS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A microphone that beeps.
    "--use-fake-device-for-media-stream",
    # The pages under test need nothing beside this machine; a page that asks for more shall miss it here too.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def is_on_this_machine(host: object) -> bool:
    """Return whether a socket call with this host stays on the machine."""
    if host in {None, "", "localhost", socket.gethostname()}:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def forbid_network(event: str, arguments: Any) -> None:
    """Fail the test that leaves this machine, whatever library it does so with.

    An audit hook, because it also sees asyncio and libraries that kept a reference to socket's functions.
    """
    if event in {"socket.connect", "socket.sendto"}:
        asked, address = arguments
        host = address[0] if asked.family in {socket.AF_INET, socket.AF_INET6} else None
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
        host = arguments[0]
    else:
        return
    if not is_on_this_machine(host):
        # Not an Exception, so that no library's retry can swallow it.
        pytest.fail(f"a test reached for the network: {event} {host!r}")


sys.addaudithook(forbid_network)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CHROMIUM is None:
        terminalreporter.write_line(f"Note: {NO_CHROMIUM}.")


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey; a test with `django_db` has them, one that only needs Valkey asks for them."""
    with embedded.servers():
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the servers before pytest-django makes the test database."""


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "servers" in request.fixturenames:
        cache.clear()


@dataclass(frozen=True)
class Message:
    """A task that would have been published."""

    task: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(autouse=True)
def published(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Record Celery messages instead of sending them; a test that asks for `real_broker` sends them."""
    messages: list[Message] = []
    if "real_broker" in request.fixturenames:
        return messages

    def apply_async(task: Any, args: Any = None, kwargs: Any = None, **options: Any) -> AsyncResult[Any]:
        messages.append(Message(task.name, tuple(args or ()), dict(kwargs or {}), options))
        return AsyncResult(str(uuid4()))

    def send_task(_app: Any, name: str, args: Any = None, kwargs: Any = None, **options: Any) -> AsyncResult[Any]:
        messages.append(Message(name, tuple(args or ()), dict(kwargs or {}), options))
        return AsyncResult(str(uuid4()))

    def publish(task: Any, args: tuple[int, ...], *, after: float) -> None:
        messages.append(Message(task.name, args, options={"countdown": after}))

    monkeypatch.setattr("intake.tasks._publish", publish)
    monkeypatch.setattr(Task, "apply_async", apply_async)
    monkeypatch.setattr(Celery, "send_task", send_task)
    return messages


@pytest.fixture
def real_broker(servers: None) -> str:
    """Let Celery messages through to this process's own Valkey database, empty at the start; returns its URL."""
    with celery_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        channel.client.flushdb()
    # The connections stay in Celery's pool: it cannot be used again once it is closed.
    return settings.BROKER_URL


@pytest.fixture
def environment(transactional_db: None) -> dict[str, str]:
    """Return the environment for a real worker or web process over this test's database and broker."""
    path, _, query = (settings.DATABASE_URL or embedded.database_url()).partition("?")
    server = path.rpartition("/")[0]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}?{query}",
        "REDIS_URL": settings.BROKER_URL,
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; a module's tests share it and open a context each. Skips where there is none."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    options = [*CHROMIUM_OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs its event loop in this thread; Django would refuse the database next to it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield chromium
        chromium.close()


@pytest.fixture
def groq(settings: Settings) -> Iterator[GroqStandIn]:
    """A model that says what a test scripts, through the real SDK; one that another test had is forgotten."""
    with GroqStandIn() as standin:
        settings.GROQ_API_KEY, settings.GROQ_BASE_URL = "gsk_test", standin.url
        settings.GROQ_MODELS = ["openai/gpt-oss-120b"]
        agent.model.cache_clear()
        yield standin
    agent.model.cache_clear()
