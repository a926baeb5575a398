"""Turns and webhooks that find their rows locked: given back or refused soon, never broken, never lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event
from urllib.parse import urlencode

import pytest
from django.db import connection, connections, transaction
from django.db.models.functions import Now
from django.test import Client
from pytest_django import Settings

from intake import agent, inbox, tasks, twilio
from intake.inbox import GivenBack
from intake.models import Conversation, InboundMessage, OutboundMessage, Recovery, Turn
from tests import cast
from tests.conftest import Message
from tests.standins import twilio as standins
from tests.standins.twilio import TwilioStandIn, payload, signature

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def due() -> int:
    """A conversation whose turn is due."""
    cast.ana()
    stored = inbox.receive(twilio.parse(payload("text", Body="Oi")))
    assert stored is not None
    Conversation.objects.update(reply_due_at=Now())
    return stored.conversation_id


def fail_with(state: str) -> None:
    """Let PostgreSQL itself end the transaction with that SQLSTATE."""
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '{state}'; END $$")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that makes the end of every turn fail that way, until `monkeypatch.undo`."""
    return lambda state: monkeypatch.setattr(inbox, "finish", lambda *_args, **_options: fail_with(state))


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03"])
def test_turn_in_somebodys_way_is_given_back(
    due: int, published: list[Message], failing: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """D8, D11: tried again in a second, and however often that happens, no person is called."""
    failing(state)
    for _ in range(inbox.MOST_ATTEMPTS + 2):
        published.clear()
        tasks.reply(due)
        assert published[-1].options["countdown"] == pytest.approx(1, abs=0.5)
        assert not OutboundMessage.objects.exists()
        Conversation.objects.update(reply_due_at=Now())
    monkeypatch.undo()
    agent.reply(due)
    message = InboundMessage.objects.get()
    assert (message.status, message.attempts) == ("done", 1)
    assert Turn.objects.count() == OutboundMessage.objects.count() == 1


def test_turn_that_is_broken_counts_as_broken(due: int, failing: Callable[[str], None]) -> None:
    """D8, Q9: what the database says of the turn itself is no contention."""
    failing("57014")
    agent.reply(due)
    assert InboundMessage.objects.get().attempts == 1
    assert inbox.due_in(due) == pytest.approx(2, abs=0.5)


def test_inner_step_leaves_giving_back_to_the_outer_one(due: int) -> None:
    """D8."""
    lease = inbox.claim(due)
    assert lease is not None
    with pytest.raises(GivenBack), inbox.fenced(lease), inbox.fenced(lease):
        fail_with("40P01")
    assert InboundMessage.objects.get().attempts == 0
    assert inbox.due_in(due) == pytest.approx(1, abs=0.5)


@contextmanager
def kept_locked(conversation_id: int) -> Iterator[None]:
    """Somebody else's connection keeps the conversation's row; the test's own loses patience sooner than usual."""
    locked, release = Event(), Event()

    def keep() -> None:
        try:
            with transaction.atomic():
                Conversation.objects.select_for_update().get(pk=conversation_id)
                locked.set()
                release.wait(20)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, connection.cursor() as cursor:
        keeper = pool.submit(keep)
        assert locked.wait(10)
        cursor.execute("SET lock_timeout = '100ms'")
        try:
            yield
        finally:
            release.set()
            cursor.execute("RESET lock_timeout")
        keeper.result()


def post(form: dict[str, str]) -> int:
    """Return the webhook's status for that signed form."""
    headers = {"X-Twilio-Signature": signature(twilio.webhook_url(), form)}
    kind = "application/x-www-form-urlencoded"
    return Client().post(twilio.WEBHOOK_PATH, urlencode(form), content_type=kind, headers=headers).status_code


def test_message_to_a_locked_conversation_is_refused_and_comes_back(due: int, settings: Settings) -> None:
    """D11, W14: never 200 before the commit; what Twilio then drops is found in its list."""
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    sent_at = datetime.now(UTC) - timedelta(minutes=10)
    form = payload("text", MessageSid="SM" + "7" * 32, Body="E aos sábados?")
    with kept_locked(due):
        assert post(form) == 503
    Recovery.objects.create(number=cast.ANA_NUMBER, read_until=sent_at)
    with TwilioStandIn() as server:
        settings.TWILIO_API_BASE_URL = server.url
        server.hear(form, at=sent_at)
        tasks.recover()
    assert [message.body for message in InboundMessage.objects.all()] == ["Oi", "E aos sábados?"]


def test_turn_of_a_locked_conversation_is_left_to_the_sweep(due: int) -> None:
    """D11: no attempt is counted, and the turn is taken as soon as the row is free."""
    with kept_locked(due):
        tasks.reply(due)
    assert inbox.due() == [due]
    tasks.reply(due)
    assert InboundMessage.objects.get().attempts == 1
    assert OutboundMessage.objects.count() == 1


def test_locked_conversation_keeps_no_other_number_from_its_messages(due: int, settings: Settings) -> None:
    """D11, W14."""
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    sent_at = datetime.now(UTC) - timedelta(minutes=10)
    cast.bruno()
    with TwilioStandIn() as server:
        settings.TWILIO_API_BASE_URL = server.url
        for n, number in enumerate([cast.ANA_NUMBER, cast.BRUNO_NUMBER]):
            Recovery.objects.create(number=number, read_until=sent_at - timedelta(hours=2 - n))
            form = payload("text", MessageSid=f"SM{n + 7:032x}", To=f"whatsapp:{number}", Body=number)
            server.hear(form, at=sent_at)
        with kept_locked(due):
            tasks.recover()
        assert [message.body for message in InboundMessage.objects.all()] == ["Oi", cast.BRUNO_NUMBER]
        tasks.recover()
    assert InboundMessage.objects.filter(body=cast.ANA_NUMBER).count() == 1
