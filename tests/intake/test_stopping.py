"""Workers that are told to stop in the middle of turns, and workers that were away: every client is answered once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db.models import Q

from config import celery_app
from intake import inbox, tasks
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage, Turn
from intake.twilio import Received
from scheduling.models import Professional
from tests import cast
from tests.intake.test_pipeline import server, until, worker, worker_environment
from tests.standins import groq
from tests.standins.groq import GroqStandIn
from tests.standins.twilio import TwilioStandIn

__all__ = ["server", "worker_environment"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(90)]

ANSWER = "Como posso ajudar?"


@pytest.fixture
def model(worker_environment: dict[str, str]) -> Iterator[GroqStandIn]:
    with GroqStandIn(lambda _: groq.text(ANSWER)) as running:
        worker_environment |= {"GROQ_API_KEY": "gsk_test", "GROQ_BASE_URL": running.url}
        yield running


def write(professional: Professional, *, person: int, number: int = 0, text: str = "Atendem adolescentes?") -> None:
    """Store a message as the webhook does and wake a worker."""
    sender, sid = f"whatsapp:+55119870{person:05}", f"SM{person:016x}{number:016x}"
    received = Received(sid, "AC0", sender, professional.whatsapp_number or "", Channel.WHATSAPP, text, "text")
    stored = inbox.receive(received)
    assert stored is not None
    tasks.wake(tasks.reply, stored.conversation_id, after=stored.due_in)


def all_sent() -> bool:
    waiting = OutboundMessage.objects.filter(Q(status="pending") | Q(status="sending"))
    return not InboundMessage.objects.filter(status="pending").exists() and not waiting.exists()


def test_turn_that_ends_within_the_grace_time_is_finished(
    server: TwilioStandIn, model: GroqStandIn, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    """Q12: the worker waits for its turns, and goes."""
    log, ana = tmp_path / "worker.log", cast.ana()
    model.reply = lambda _: replace(groq.text(ANSWER), hang=1.5)
    with worker(worker_environment, log=log) as first:
        write(ana, person=1)
        until(lambda: model.requests, log=log)
        first.terminate()
        assert first.wait(15) == 0
    turn = Turn.objects.get()
    assert (turn.path, Conversation.objects.get().lease) == ("model", None)
    with worker(worker_environment, log=log):
        tasks.wake(celery_app.tasks["intake.tasks.sweep"])
        until(all_sent, log=log)
    assert [body.endswith(ANSWER) for body in server.bodies()] == [True]


def test_turns_that_outlive_the_grace_time_are_given_to_another_worker(
    server: TwilioStandIn, model: GroqStandIn, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    """Q12: within seconds, and what the stopped worker still learns is written nowhere."""
    log, ana = tmp_path / "worker.log", cast.ana()
    model.script(*[groq.hang(10)] * 4)
    with worker(worker_environment | {"STOP_GRACE_SECONDS": "3"}, log=log) as first:
        for person in range(4):
            write(ana, person=person)
        until(lambda: len(model.requests) == 4, log=log)
        with worker(worker_environment, log=log, name="second"):
            first.terminate()
            until(lambda: len(server.sent) == 4 and all_sent(), log=log)
            assert first.wait(20) == 0
    assert Turn.objects.count() == len(server.sent) == OutboundMessage.objects.count() == 4
    assert set(InboundMessage.objects.values_list("attempts", flat=True)) == {1}
    assert log.read_text().count("turn outlived its lease") == 4


def test_what_piled_up_while_the_workers_were_away_is_one_turn_for_each_person(
    server: TwilioStandIn, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    """Q15: with a wake-up for each message, as the broker kept them."""
    log, ana = tmp_path / "worker.log", cast.ana()
    for number in range(10):
        for person in range(30):
            write(ana, person=person, number=number, text=f"Oi {number}")
    with worker(worker_environment, log=log):
        until(lambda: len(server.sent) >= 30 and all_sent(), log=log)
    assert Turn.objects.count() == len(server.sent) == 30
    assert len({one.to for one in server.sent}) == 30
    assert {turn.inbound.count() for turn in Turn.objects.all()} == {10}
