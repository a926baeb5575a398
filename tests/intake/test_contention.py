"""Turns and webhooks that find their rows locked: given back or refused soon, never broken, never lost."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models.functions import Now

from intake import agent, inbox, tasks, twilio
from intake.inbox import GivenBack
from intake.models import Conversation, InboundMessage, OutboundMessage, Turn
from tests import cast
from tests.conftest import Message
from tests.standins.twilio import payload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def due() -> int:
    """A conversation whose turn is due."""
    stored = inbox.receive(cast.ana(), twilio.parse(payload("text", Body="Oi")))
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
