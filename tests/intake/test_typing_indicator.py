"""The dots before a model's answer: only where they are wanted, never in the answer's way."""

import time
from collections.abc import Iterator
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from pytest_django import Settings

from intake import agent, inbox, typing_indicator
from intake.models import Channel, Conversation, InboundMessage
from intake.twilio import Received
from scheduling.models import Client, Professional
from tests import cast
from tests.standins import groq as models
from tests.standins import twilio as standins
from tests.standins.groq import GroqStandIn
from tests.standins.twilio import TwilioStandIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def server(settings: Settings) -> Iterator[TwilioStandIn]:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    settings.TYPING_INDICATOR = True
    with TwilioStandIn() as running:
        settings.TWILIO_API_BASE_URL = running.url
        yield running


def hear(professional: Professional, text: str, *, channel: Channel = Channel.WHATSAPP) -> str:
    """Let Caio write that and have it answered; return the id of his message."""
    sid = f"SM{uuid4().hex}"
    number = professional.whatsapp_number or ""
    received = Received(
        sid=sid, account="AC0", sender=cast.CAIO_ADDRESS, number=number, channel=channel, body=text, kind="text"
    )
    inbox.receive(received)
    conversation = Conversation.objects.get()
    Conversation.objects.update(reply_due_at=Now())
    agent.reply(conversation.pk)
    return sid


def shown(server: TwilioStandIn) -> list[str]:
    """Wait for the indicator; return whose messages were answered with one."""
    until = time.monotonic() + 10
    while not server.typing and time.monotonic() < until:
        time.sleep(0.01)
    return server.typing


def test_dots_are_shown_before_the_model_is_asked(groq: GroqStandIn, caio: Client, server: TwilioStandIn) -> None:
    groq.script(models.text("Como posso ajudar?"))
    sid = hear(caio.professional, "tudo bem com vocês por aí?")
    assert shown(server) == [sid]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_meanwhile(
    groq: GroqStandIn, caio: Client, server: TwilioStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bool] = []
    monkeypatch.setattr(typing_indicator, "show", lambda *_: opened.append(connection.in_atomic_block))
    groq.script(models.text("Como posso ajudar?"))
    hear(caio.professional, "tudo bem com vocês por aí?")
    assert opened == [False]


def test_answer_does_not_wait_for_dots_that_hang(groq: GroqStandIn, caio: Client, server: TwilioStandIn) -> None:
    server.typing_script.append(standins.silent_after_accepting(30))
    groq.script(models.text("Como posso ajudar?"))
    started = time.monotonic()
    hear(caio.professional, "tudo bem com vocês por aí?")
    assert time.monotonic() - started < typing_indicator.TIMEOUT_SECONDS
    assert "Como posso ajudar?" in Conversation.objects.get().outbound.latest("pk").body


@pytest.mark.parametrize("behaviour", [standins.error(404, 20404), standins.silent_after_accepting(30)])
def test_refused_or_hanging_dots_are_a_line_in_the_log(
    behaviour: standins.Behaviour, server: TwilioStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Mock()
    monkeypatch.setattr(typing_indicator.logger, "info", line)
    server.typing_script.append(behaviour)
    started = time.monotonic()
    typing_indicator._show("SM1")
    assert time.monotonic() - started < 2 * typing_indicator.TIMEOUT_SECONDS
    assert [call.args[0] for call in line.call_args_list] == ["typing indicator not shown: %s"]


def test_nothing_is_shown_unless_it_is_wanted(
    settings: Settings, groq: GroqStandIn, caio: Client, server: TwilioStandIn
) -> None:
    settings.TYPING_INDICATOR = False
    groq.script(models.text("Como posso ajudar?"))
    hear(caio.professional, "tudo bem com vocês por aí?")
    assert server.requests == []


def test_answer_without_a_model_shows_nothing(groq: GroqStandIn, caio: Client, server: TwilioStandIn) -> None:
    hear(caio.professional, "parar")
    assert InboundMessage.objects.get().status == "done"
    assert server.requests == []


def test_simulated_client_shows_nothing(groq: GroqStandIn, caio: Client, server: TwilioStandIn) -> None:
    groq.script(models.text("Como posso ajudar?"))
    hear(caio.professional, "tudo bem com vocês por aí?", channel=Channel.SIMULATOR)
    assert server.requests == []
