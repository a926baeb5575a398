"""A message that no try can answer ends with a person, not with silence."""

from typing import Any

import pytest
from django.db.models.functions import Now

from intake import agent, inbox
from intake.models import Conversation, InboundMessage, OutboundMessage
from tests import cast
from tests.intake.conversing import said, say, write

pytestmark = pytest.mark.django_db


def broken(*_arguments: Any, **_options: Any) -> None:
    raise RuntimeError("broken")


def never(*_arguments: Any, **_options: Any) -> None:
    pytest.fail("the work was done again")


def try_again(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(reply_due_at=Now(), lease=None, lease_until=None)
    agent.reply(conversation.pk)


def test_message_that_always_fails_ends_with_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Q9"""
    monkeypatch.setattr(agent, "_without_model", broken)
    conversation = write(cast.ana(), "oi")
    for _attempt in range(inbox.MOST_ATTEMPTS + 3):
        try_again(conversation)
    assert InboundMessage.objects.get().status == InboundMessage.Status.DEAD
    assert said(conversation).count() == 1
    assert OutboundMessage.objects.filter(medium="email").count() == 1


def test_message_that_kills_its_workers_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Q10"""
    conversation = write(cast.ana(), "oi")
    InboundMessage.objects.update(attempts=inbox.MOST_ATTEMPTS)
    monkeypatch.setattr(agent, "_take_turn", never)
    agent.reply(conversation.pk)
    assert InboundMessage.objects.get().status == InboundMessage.Status.DEAD
    assert said(conversation).count() == 1


def test_next_message_is_answered_again() -> None:
    """Q9"""
    ana = cast.ana()
    conversation = write(ana, "oi")
    InboundMessage.objects.update(attempts=inbox.MOST_ATTEMPTS)
    agent.reply(conversation.pk)
    assert "1." in say(ana, "oi")
