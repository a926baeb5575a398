"""A person instead of the reception: who calls one, who gives back, what happens meanwhile.

It is Monday, 16 November 2026, 09:00 in São Paulo.
"""

import pytest

from intake.models import Conversation, InboundMessage, OutboundMessage
from scheduling.models import Professional
from tests import cast
from tests.intake import conversing
from tests.intake.conversing import conversation_of, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.mark.parametrize("lines", [["quero falar com uma pessoa"], ["asdf", "qwer"]], ids=["wish", "two riddles"])
def test_reception_is_silent_and_the_professional_is_told(ana: Professional, lines: list[str]) -> None:
    heard = say(ana, *lines)

    assert "chamei Ana" in heard
    assert say(ana, "hmm") == ""
    assert OutboundMessage.objects.get(medium="email").subject.endswith("espera por você no WhatsApp")
    assert not InboundMessage.objects.exclude(status="done").exists()


@pytest.mark.parametrize("text", ["recepção", "Recepção!", "voltar para a recepção", "reception", "recepción"])
def test_client_calls_the_reception_back(ana: Professional, text: str) -> None:
    say(ana, "quero falar com uma pessoa")

    assert "Como posso ajudar?" in say(ana, text) or text in ("reception", "recepción")
    assert conversation_of(ana).human_until is None
    assert "19/11, às 15:00" in say(ana, "quinta às 15h")


def test_plain_wish_brings_back_a_reception_that_had_given_up(ana: Professional) -> None:
    say(ana, "asdf", "qwer")

    assert "19/11, às 15:00" in say(ana, "quinta às 15h")
    assert conversation_of(ana).human_until is None


def test_plain_wish_does_not_bring_it_back_to_whoever_asked_for_a_person(ana: Professional) -> None:
    assert say(ana, "quero falar com uma pessoa", "quinta às 15h") == ""


def test_other_words_call_nobody_back(ana: Professional) -> None:
    say(ana, "quero falar com uma pessoa")

    assert say(ana, "a recepção não respondeu minha pergunta") == ""


def test_client_cannot_take_the_conversation_from_a_professional_who_took_over(ana: Professional) -> None:
    say(ana, "oi")
    Conversation.objects.update(human_until=cast.at("2026-11-16 21:00"), human_reason="")

    assert say(ana, "recepção") == ""
    assert conversation_of(ana).human_until is not None


def test_riddle_after_the_way_back_has_its_two_turns_again(ana: Professional) -> None:
    say(ana, "asdf", "qwer", "recepção")

    assert "não entendi" in say(ana, "zxcv")
    assert conversing.last_turn(ana).path == "guided"
