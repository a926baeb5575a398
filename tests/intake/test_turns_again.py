"""Turns that are run again, outlived or taken over by a person while a model thinks.

It is Monday, 16 November 2026, 09:00 in São Paulo.
"""

import uuid
from typing import Any

import pytest
from pytest_django import Settings

from intake import agent, inbox
from intake.models import Conversation, InboundMessage, Turn
from scheduling.models import Appointment, Client, Professional
from tests import cast
from tests.intake import conversing
from tests.intake.conversing import agenda, last_turn, say
from tests.standins.groq import GroqStandIn, call

THURSDAY = {"date": "2026-11-19", "time": "15:00"}
HELD = ["19/11 15:00 Sessão individual held"]
BOOKED = ["19/11 15:00 Sessão individual confirmed"]
BOOK = call("book_appointment", {**THURSDAY, "client_name": "Caio Martins"})

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


class Killed(BaseException):
    """What a dying worker does to its turn: nothing after it runs."""


def test_turn_that_died_after_the_hold_asks_once(
    groq: GroqStandIn, ana: Professional, caio: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L12, L21"""
    groq.script(BOOK, BOOK)
    with monkeypatch.context() as patch:
        patch.setattr(agent, "_finish", _die)
        with pytest.raises(Killed):
            say(ana, "quinta às 15h")
    held = Appointment.objects.get()

    _expire_lease(ana)
    heard = conversing.answer(conversing.conversation_of(ana))

    assert Appointment.objects.get() == held
    assert heard.count("Confirma?") == 1
    assert say(ana, "sim").startswith("Marcado")


def test_turn_that_died_after_the_yes_books_once(
    groq: GroqStandIn, ana: Professional, caio: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L21"""
    groq.script(BOOK)
    say(ana, "quinta às 15h")
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "finish", _die)
        with pytest.raises(Killed):
            say(ana, "sim")
    assert agenda(ana) == HELD

    _expire_lease(ana)
    heard = conversing.answer(conversing.conversation_of(ana))

    assert agenda(ana) == BOOKED
    assert heard.count("Marcado:") == 1


def test_turn_that_fails_is_tried_again(
    ana: Professional, caio: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    agent.model.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "finish", _fail)
        assert say(ana, "quinta às 15h") == ""
    assert agenda(ana) == []

    _expire_lease(ana)
    assert "Confirma?" in conversing.answer(conversing.conversation_of(ana))


def test_turn_that_always_fails_calls_a_person(
    ana: Professional, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    agent.model.cache_clear()
    monkeypatch.setattr(inbox, "finish", _fail)
    conversation = conversing.write(ana, "oi")

    for _attempt in range(inbox.MOST_ATTEMPTS):
        _expire_lease(ana)
        heard = conversing.answer(conversation)

    assert "Já chamei Ana" in heard
    assert InboundMessage.objects.get().status == "dead"


def test_lease_lost_while_the_model_thinks_writes_nothing(
    groq: GroqStandIn, ana: Professional, caio: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    groq.script(BOOK)
    _meanwhile(monkeypatch, lease=uuid.uuid4(), before=True)

    assert say(ana, "quinta às 15h") == ""

    assert not Appointment.objects.exists()
    assert not Turn.objects.exists()
    assert InboundMessage.objects.get().status == "pending"


def test_person_who_takes_over_while_the_model_thinks_is_not_interrupted(
    groq: GroqStandIn, ana: Professional, caio: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    groq.script(BOOK)
    _meanwhile(monkeypatch, human_until=cast.at("2026-11-16 21:00"))

    assert say(ana, "quinta às 15h") == ""

    assert agenda(ana) == []
    assert last_turn(ana).path == "silent"
    assert conversing.conversation_of(ana).human_until == cast.at("2026-11-16 21:00")


def test_person_who_has_taken_over_is_not_interrupted(groq: GroqStandIn, ana: Professional) -> None:
    conversation = conversing.write(ana, "oi")
    Conversation.objects.filter(pk=conversation.pk).update(human_until=cast.at("2026-11-16 21:00"))

    assert conversing.answer(conversation) == ""
    assert (groq.requests, InboundMessage.objects.get().status) == ([], "done")


def test_bot_answers_again_when_the_person_has_left(ana: Professional) -> None:
    agent.model.cache_clear()
    conversation = conversing.write(ana, "oi")
    Conversation.objects.filter(pk=conversation.pk).update(human_until=cast.at("2026-11-16 08:59"))

    assert "Como posso ajudar?" in conversing.answer(conversation)


def test_bot_that_is_switched_off_is_silent(groq: GroqStandIn) -> None:
    ana = cast.ana(bot_enabled=False)

    assert say(ana, "oi", "quero marcar") == ""
    assert groq.requests == []


def _die(*_arguments: Any, **_options: Any) -> None:
    raise Killed


def _fail(*_arguments: Any, **_options: Any) -> None:
    raise RuntimeError("broken")


def _expire_lease(professional: Professional) -> None:
    Conversation.objects.filter(professional=professional).update(
        lease=None, lease_until=None, reply_due_at=cast.at("2026-11-16 00:00")
    )


def _meanwhile(monkeypatch: pytest.MonkeyPatch, *, before: bool = False, **changes: Any) -> None:
    """Change the conversation's row while the model is asked."""
    ask = agent._ask_model

    def wrapped(*arguments: Any, **options: Any) -> Any:
        change = Conversation.objects.all()
        if before:
            change.update(**changes)
        run = ask(*arguments, **options)
        change.update(**changes)
        return run

    monkeypatch.setattr(agent, "_ask_model", wrapped)
