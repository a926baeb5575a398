"""Messages that are longer than anybody reads."""

import pytest
from django.db.models.functions import Now

from intake import inbox, twilio
from intake.models import LONGEST_WORDS, Conversation, InboundMessage
from scheduling.models import Professional
from tests.intake.conversing import answer, last_turn
from tests.standins.groq import GroqStandIn, text
from tests.standins.twilio import payload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

TOLD = "só consegui ler o começo"


def answer_to(*bodies: str) -> str:
    """Store these messages as the webhook does, and return the answer of their one turn."""
    for body in bodies:
        sid = f"SM{InboundMessage.objects.count():032x}"
        inbox.receive(twilio.parse(payload("text", Body=body, MessageSid=sid)))
    Conversation.objects.update(reply_due_at=Now())
    return answer(Conversation.objects.get())


@pytest.mark.parametrize("body", ["quero marcar " + "x" * 65_000, "ã" * 4097, "oi" + "\n" * 5000])
def test_client_is_told_once_that_only_the_beginning_was_read(ana: Professional, body: str) -> None:
    """I1."""
    said = answer_to(body, "oi")
    assert said.count(TOLD) == 1
    assert len(InboundMessage.objects.all()[0].body) == LONGEST_WORDS
    assert TOLD not in answer_to("oi")


def test_client_is_told_in_front_of_what_the_model_says(ana: Professional, groq: GroqStandIn) -> None:
    """I1."""
    groq.script(text("Como posso ajudar?"))
    said = answer_to("a" * 5000)
    assert said.index(TOLD) < said.index("Como posso ajudar?")
    assert len(groq.requests[0]["messages"][-1]["content"]) < 4500


@pytest.mark.parametrize("body", ["oi" + "\n" * 2000, "ã" * 4096])
def test_message_that_was_read_whole_is_answered_as_ever(ana: Professional, body: str) -> None:
    """I1."""
    assert TOLD not in answer_to(body)


def test_silence_is_not_broken_for_a_long_message(ana: Professional) -> None:
    """I1: while a person has the conversation, the reception says nothing."""
    Professional.objects.update(bot_enabled=False)
    assert answer_to("a" * 5000) == ""
    assert last_turn(ana, address=payload("text")["From"]).path == "silent"
