"""Two hundred messages at the same moment, through the real web server: each is taken, and few answers are given."""

import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.db.models.functions import Now
from pytest_django import Settings

from config import demo, state
from intake import tasks, twilio
from intake.models import Conversation, InboundMessage, Turn
from tests import cast
from tests.standins import twilio as standins
from tests.standins.twilio import payload, signature

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(90)]

PEOPLE, EACH = 20, 10


@pytest.fixture
def web(environment: dict[str, str], real_broker: str) -> Iterator[str]:
    """The web server as the trial starts it, over this test's database and broker; its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    own = {"DEBUG": "0", "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "127.0.0.1", "PUBLIC_BASE_URL": url}
    account = {"TWILIO_ACCOUNT_SID": standins.ACCOUNT, "TWILIO_AUTH_TOKEN": standins.TOKEN, "LOG_LEVEL": "WARNING"}
    command = demo.parts(port)[0].command
    with subprocess.Popen(command, cwd=state.PROJECT, env=os.environ | environment | own | account) as process:  # noqa: S603 - the product's
        while not demo.web_answers(port) and process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        yield url
        process.terminate()


def post(url: str, number: int, ready: Barrier) -> int:
    """Post one person's message when all are ready; return the status of the answer."""
    sender, sid = f"whatsapp:+5511977000{number % PEOPLE:03}", f"SM{number:032x}"
    form = payload("text", From=sender, MessageSid=sid)
    signed = signature(url + twilio.WEBHOOK_PATH, form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signed}
    connection = HTTPConnection(url.removeprefix("http://"), timeout=30)
    ready.wait()
    connection.request("POST", twilio.WEBHOOK_PATH, urlencode(form), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_two_hundred_messages_at_once_are_taken_and_answered_together(web: str, settings: Settings) -> None:
    """W13: nobody is told to come back later, and ten messages of one person are one turn."""
    settings.GROQ_API_KEY = ""
    cast.ana()
    ready = Barrier(PEOPLE * EACH)
    with ThreadPoolExecutor(PEOPLE * EACH) as pool:
        statuses = list(pool.map(lambda number: post(web, number, ready), range(PEOPLE * EACH)))
    assert set(statuses) == {200}
    assert (Conversation.objects.count(), InboundMessage.objects.count()) == (PEOPLE, PEOPLE * EACH)
    Conversation.objects.update(reply_due_at=Now())
    for pk in InboundMessage.objects.values_list("conversation", flat=True):
        tasks.reply(pk)
    assert Turn.objects.count() == PEOPLE
    assert set(InboundMessage.objects.values_list("status", flat=True)) == {"done"}
