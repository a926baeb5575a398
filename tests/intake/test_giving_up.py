"""A message that no try can answer ends with a person, not with silence."""

from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from intake import agent, inbox, takeover
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


@pytest.fixture
def given_up() -> Conversation:
    """Caio's English question, which no try could answer; Ana reads Portuguese."""
    conversation = write(cast.ana(), "what are the prices?")
    Conversation.objects.update(state={"language": "en"})
    InboundMessage.objects.update(attempts=inbox.MOST_ATTEMPTS)
    agent.reply(conversation.pk)
    conversation.refresh_from_db()
    return conversation


def test_client_is_told_who_answers_and_how_to_have_the_reception_back(given_up: Conversation) -> None:
    """Q9"""
    assert said(given_up).get().body.startswith("Something went wrong on our side, sorry. I have called Ana")
    assert takeover.speaker(given_up, now=timezone.now()) == takeover.Speaker.CALLED


def test_professional_reads_why_in_their_language_and_nothing_that_is_not_so(given_up: Conversation) -> None:
    """Q9: nobody asked for a person."""
    mail = OutboundMessage.objects.get(medium="email")
    assert mail.body == "Motivo: A recepção não conseguiu responder.\nA recepção está em silêncio nesta conversa."
    assert given_up.human_reason == "A recepção não conseguiu responder."


@pytest.mark.parametrize(("text", "is_answered"), [("what are the prices?", True), ("reception", True), ("so?", False)])
def test_next_message_is_answered_again(given_up: Conversation, text: str, is_answered: bool) -> None:
    """Q9"""
    assert bool(say(given_up.professional, text)) == is_answered


def test_professional_who_answers_already_is_not_called_away() -> None:
    """Q9: whoever took over unasked gives back by hand."""
    conversation = write(cast.ana(), "quinta às 15h")
    takeover.take_over(Conversation.objects.all(), now=timezone.now())
    InboundMessage.objects.update(attempts=inbox.MOST_ATTEMPTS)
    agent.reply(conversation.pk)
    conversation.refresh_from_db()
    assert takeover.speaker(conversation, now=timezone.now()) == takeover.Speaker.PROFESSIONAL
