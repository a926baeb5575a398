"""The floor that the other tests stand on."""

import socket
import urllib.request
from contextlib import closing
from typing import Any

import psycopg
import pytest
from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser

from config import celery_app, embedded
from tests.conftest import Message


@shared_task(name="tests.ring")
def ring(bell: int) -> None:
    """Nothing: only published, never run."""


@pytest.mark.parametrize("address", [("93.184.216.34", 80), ("2606:2800:220:1::1", 443, 0, 0)])
def test_connection_off_this_machine_fails_the_test(address: Any) -> None:
    family = socket.AF_INET6 if len(address) == 4 else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(pytest.fail.Exception, match="network"):
        outside.connect(address)


def test_name_look_up_fails_the_test() -> None:
    with pytest.raises(pytest.fail.Exception, match="network"):
        urllib.request.urlopen("http://example.com/")


def test_loopback_is_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


@pytest.mark.django_db
def test_database_is_postgresql_of_this_run() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('unix_socket_directories')")
        version, sockets = cursor.fetchone()
    assert version >= 150000
    assert str(embedded.socket_folder()) == sockets


def test_environment_leads_another_process_to_this_database(environment: dict[str, str]) -> None:
    with closing(psycopg.connect(environment["DATABASE_URL"])) as other:
        assert other.info.dbname == connection.settings_dict["NAME"]
    assert embedded.broker_and_cache(environment["REDIS_URL"]) == (settings.BROKER_URL, settings.CACHE_URL)


def test_cache_is_shared_and_empty(servers: None) -> None:
    assert cache.get("leftover") is None
    cache.set("leftover", 1)
    assert cache.get("leftover") == 1


def test_publishing_is_recorded_without_a_broker(published: list[Message]) -> None:
    ring.delay(3)
    ring.apply_async((4,), countdown=5)
    celery_app.send_task("tests.other", kwargs={"bell": 5})
    assert published == [
        Message("tests.ring", (3,)),
        Message("tests.ring", (4,), {}, {"countdown": 5}),
        Message("tests.other", (), {"bell": 5}),
    ]


@pytest.mark.parametrize("_run", [1, 2])
def test_real_broker_takes_messages_again_and_again(real_broker: str, published: list[Message], _run: int) -> None:
    ring.apply_async((3,), queue="turns")
    with celery_app.connection_for_read() as broker:
        channel: Any = broker.default_channel
        assert channel.client.llen("turns") == 1
    assert real_broker == settings.CELERY_BROKER_URL
    assert published == []


@pytest.mark.browser
def test_browser_opens_pages_of_this_machine_only(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>Oi</h1>")
    assert page.inner_text("h1") == "Oi"
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.com/")
