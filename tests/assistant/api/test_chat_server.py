"""The web server as it is deployed, and a program that goes away while it waits."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings
from django.test import Client as Browser

from config import state
from tests import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(90)]


@pytest.fixture
def url(environment: dict[str, str]) -> Iterator[str]:
    """A server of our own in which one request may wait."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "4"]
    ours = {"API_WAITS_AT_ONCE": "1", "SECRET_KEY": settings.SECRET_KEY, "DEBUG": "1"}
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "config.wsgi:application"], cwd=state.PROJECT, env=environment | ours, start_new_session=True
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.fixture
def program(url: str) -> Iterator[httpx.Client]:
    cast.ana()
    browser = Browser()
    browser.force_login(cast.login("ana@example.com"))
    cookies = {"sessionid": browser.cookies["sessionid"].value, "csrftoken": "x" * 32}
    with httpx.Client(base_url=url, timeout=30, cookies=cookies, headers={"X-CSRFToken": "x" * 32}) as http:
        for _ in range(100):
            try:
                http.get("/healthz")
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield http


def test_reader_who_hangs_up_frees_the_place(program: httpx.Client) -> None:
    """W12: a place that is held for nobody would be a thread less for webhooks."""
    stored = program.post("/api/v1/chat/", json={"address": "visitor-7f3a", "text": "Oi"}).json()
    query = {"conversation": stored["conversation"], "after": stored["cursor"]}
    with program.stream("GET", "/api/v1/chat/", params=query | {"wait": 20}) as waiting:
        assert next(waiting.iter_bytes()) == b" "
        assert program.get("/api/v1/chat/", params=query | {"wait": 1}).headers["Retry-After"] == "2"
    time.sleep(3)
    assert "Retry-After" not in program.get("/api/v1/chat/", params=query | {"wait": 1}).headers
