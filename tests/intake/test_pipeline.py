"""From Twilio's form to its delivery report: a web server, real Celery workers, real Valkey, and a stand-in of
Twilio that calls back.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db.models.functions import Now
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config import celery_app, state
from intake import tasks, twilio
from intake.models import Conversation, InboundMessage, OutboundMessage, Turn
from scheduling.models import Appointment, Professional
from tests import cast
from tests.standins import groq
from tests.standins import twilio as standins
from tests.standins.groq import GroqStandIn
from tests.standins.twilio import TwilioStandIn, payload, signature

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(90)]

PATIENCE_SECONDS = 20


@pytest.fixture
def server(live_server: LiveServer, settings: Settings) -> Iterator[TwilioStandIn]:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    settings.PUBLIC_BASE_URL = live_server.url
    settings.BURST_QUIET_SECONDS = 0.2
    with TwilioStandIn(callbacks_to=live_server.url) as running:
        yield running


@pytest.fixture
def worker_environment(
    environment: dict[str, str], real_broker: str, server: TwilioStandIn, live_server: LiveServer, tmp_path: Path
) -> dict[str, str]:
    """What a worker needs to know; it has no key for a model unless a test adds one."""
    return environment | {
        "PUBLIC_BASE_URL": live_server.url,
        "TWILIO_ACCOUNT_SID": standins.ACCOUNT,
        "TWILIO_AUTH_TOKEN": standins.TOKEN,
        "TWILIO_API_BASE_URL": server.url,
        "EMAIL_URL": f"filemail:///{tmp_path}/letters",
    }


@contextmanager
def worker(environment: dict[str, str], *, log: Path, name: str = "first") -> Iterator[subprocess.Popen[bytes]]:
    """Run a Celery worker for both queues; it is gone afterwards, whatever happened to it."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "turns,delivery", "-c", "4"]
    command += ["--pool", "threads", "--without-mingle", "--without-gossip", "-n", f"{name}-{os.getpid()}@%h"]
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=state.PROJECT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def until(what: Callable[[], Any], *, log: Path) -> None:
    """Wait until it is so; fail with the worker's log when it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        if time.monotonic() > deadline:
            pytest.fail(f"it never happened; the worker's log:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)


def post(live_server: LiveServer, body: str) -> None:
    """Deliver a client's message as Twilio does."""
    form = payload("text", Body=body, MessageSid=f"SM{InboundMessage.objects.count():032x}")
    request = urllib.request.Request(  # noqa: S310 - our own URL
        twilio.webhook_url(),
        urlencode(form).encode(),
        {"X-Twilio-Signature": signature(twilio.webhook_url(), form)},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert answer.status == 200


def all_reported() -> bool:
    """Return whether Twilio's reports on every message are recorded."""
    open_ones = OutboundMessage.objects.filter(medium="whatsapp").exclude(status="delivered")
    return not open_ones.exists()


def wish(professional: Professional) -> str:
    """Say a free time as a client would."""
    starts_at = cast.next_weekday(3, "15:00").astimezone(professional.zone)
    return f"Quero uma sessão individual dia {starts_at:%d/%m} às 15h"


def test_client_books_and_every_message_is_reported_on(
    live_server: LiveServer, server: TwilioStandIn, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    """W12, W15: signed form, row, turn, Twilio, signed reports, booking, receipt, e-mail."""
    ana, log = cast.ana(), tmp_path / "worker.log"
    with worker(worker_environment, log=log):
        for body in ("Oi", wish(ana), "Caio Martins", "sim"):
            post(live_server, body)
            until(lambda: len(server.sent) >= InboundMessage.objects.count() and all_reported(), log=log)
        until(lambda: OutboundMessage.objects.filter(medium="email", status="sent").exists(), log=log)
    booked = Appointment.objects.get()
    assert booked.status == "confirmed"
    assert f"*{booked.reference}*" in server.bodies()[-1]
    assert [one.body for one in OutboundMessage.objects.filter(medium="whatsapp")] == server.bodies()
    assert {status for _, status in server.reported} == {200}
    assert booked.reference in "".join(letter.read_text() for letter in (tmp_path / "letters").iterdir())
    for secret in ("Caio", "11987654321", "Quero uma"):
        assert secret not in log.read_text()


def test_turn_of_a_killed_worker_is_finished_by_the_sweep(
    live_server: LiveServer, server: TwilioStandIn, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    """Q1, Q5, Q13: kill -9 while the model thinks; one answer, from the next worker."""
    cast.ana()
    log = tmp_path / "worker.log"
    with GroqStandIn(lambda _: groq.text("Como posso ajudar?")) as model:
        model.script(groq.hang(60))
        environment = worker_environment | {"GROQ_API_KEY": "gsk_test", "GROQ_BASE_URL": model.url}
        with worker(environment, log=log) as first:
            post(live_server, "Vocês atendem adolescentes?")
            until(lambda: model.requests, log=log)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        assert Conversation.objects.get().lease is not None
        assert not OutboundMessage.objects.exists()
        with worker(environment, log=log):
            # A minute later.
            Conversation.objects.update(lease_until=Now())
            tasks.wake(celery_app.tasks["intake.tasks.sweep"])
            until(lambda: server.sent and all_reported(), log=log)
    assert InboundMessage.objects.get().attempts == 2
    assert Turn.objects.count() == len(server.sent) == 1
    assert server.bodies()[0].endswith("Como posso ajudar?")


def test_message_in_the_hands_of_a_killed_worker_is_not_sent_twice(
    live_server: LiveServer, server: TwilioStandIn, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    """Q1, O1: kill -9 after Twilio took the message and before we could note it; here no report comes either."""
    cast.ana()
    log = tmp_path / "worker.log"
    server.callbacks_to = ""
    server.script(standins.silent_after_accepting(60))
    with worker(worker_environment, log=log) as first:
        post(live_server, "Oi")
        until(lambda: server.sent, log=log)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    assert OutboundMessage.objects.get().status == "sending"
    with worker(worker_environment, log=log):
        # A minute later.
        OutboundMessage.objects.update(due_at=Now())
        tasks.wake(celery_app.tasks["intake.tasks.sweep"])
        until(lambda: OutboundMessage.objects.get().status == "sent", log=log)
    assert len(server.sent) == 1
    assert OutboundMessage.objects.get().provider_sid == server.sent[0].sid


def test_two_workers_answer_every_client_once_and_in_order(
    live_server: LiveServer, server: TwilioStandIn, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    """Q2, Q11: twice the workers and every wake-up twice."""
    cast.ana()
    log = tmp_path / "worker.log"
    with worker(worker_environment, log=log), worker(worker_environment, log=log, name="second"):
        for body in ("Oi", "1"):
            post(live_server, body)
            pk = Conversation.objects.get().pk
            tasks.wake(tasks.reply, pk)
            tasks.wake(tasks.reply, pk)
            until(lambda: not InboundMessage.objects.filter(status="pending").exists(), log=log)
        until(lambda: len(server.sent) == OutboundMessage.objects.count() and all_reported(), log=log)
    assert Turn.objects.count() == 2
    assert server.bodies() == list(OutboundMessage.objects.values_list("body", flat=True))
