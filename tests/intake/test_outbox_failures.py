"""Messages that Twilio refuses, loses, or takes without saying so: tried again, looked up, or given up."""

import logging
from collections.abc import Iterator

import pytest
from django.db.models import F
from django.db.models.functions import Now
from pytest_django import Settings

from intake import outbox, twilio
from intake.models import Conversation, OutboundMessage
from intake.twilio import Report
from tests import cast
from tests.intake.sending import later, only, say, talk
from tests.standins import twilio as standins
from tests.standins.twilio import TwilioStandIn

pytestmark = pytest.mark.django_db

Status = OutboundMessage.Status


@pytest.fixture(autouse=True)
def server(settings: Settings) -> Iterator[TwilioStandIn]:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    with TwilioStandIn() as running:
        settings.TWILIO_API_BASE_URL = running.url
        yield running


# Failures


def test_failure_is_tried_again_later_and_later(server: TwilioStandIn) -> None:
    """O4."""
    server.script(*[standins.too_many()] * 6)
    say(talk(), "Olá")
    pauses = []
    for _ in range(6):
        outbox.deliver_due()
        message = OutboundMessage.objects.annotate(pause=F("due_at") - Now()).get()
        pauses.append(round(message.pause.total_seconds()))
        outbox.deliver_due()
        later(4000)
    assert pauses == [5, 20, 80, 320, 1280, 3600]
    assert (message.status, message.attempts) == ("failed", 6)
    outbox.deliver_due()
    assert len(server.requests) == 6


@pytest.mark.parametrize("code", [21211, 63016, 63024, 21610])
def test_permanent_error_is_not_tried_again(code: int, server: TwilioStandIn) -> None:
    """O2, O3, O5."""
    server.script(standins.error(400, code))
    say(talk(), "Olá")
    outbox.deliver_due()
    later(4000)
    outbox.deliver_due()
    assert (only().status, only().error_code) == ("failed", str(code))
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [21610, 63014])
def test_opt_out_at_twilio_is_remembered(code: int, server: TwilioStandIn) -> None:
    """O3."""
    server.script(standins.error(400, code))
    say(talk(), "Olá")
    outbox.deliver_due()
    assert Conversation.objects.get().opted_out_at is not None


def test_opt_out_in_a_report_is_remembered() -> None:
    """O3."""
    say(talk(), "Olá")
    outbox.deliver_due()
    outbox.record(only().pk, Report("SM1", Status.FAILED, "63014"))
    assert Conversation.objects.get().opted_out_at is not None


@pytest.mark.parametrize(
    "behaviour", [standins.broken_after_accepting(), standins.reset(accept=True)], ids=["500", "reset"]
)
def test_message_that_twilio_took_before_it_failed_is_not_sent_again(
    behaviour: standins.Behaviour, server: TwilioStandIn
) -> None:
    """O1: looked up after a minute, when it stands in the list."""
    server.script(behaviour)
    say(talk(), "Olá")
    outbox.deliver_due()
    assert only().status == "pending"
    later(59)
    outbox.deliver_due()
    assert len(server.requests) == 1
    later(2)
    outbox.deliver_due()
    assert (only().status, only().provider_sid) == ("sent", server.sent[0].sid)
    assert server.bodies() == ["Olá"]


def test_message_that_twilio_never_took_is_sent_after_the_look_up(server: TwilioStandIn) -> None:
    """O1."""
    server.script(standins.reset())
    say(talk(), "Olá")
    outbox.deliver_due()
    later(61)
    outbox.deliver_due()
    assert [request.partition(" ")[0] for request in server.requests] == ["POST", "GET", "POST"]
    assert server.bodies() == ["Olá"]


def test_plain_refusal_needs_no_look_up(server: TwilioStandIn) -> None:
    server.script(standins.too_many())
    say(talk(), "Olá")
    outbox.deliver_due()
    assert only().attempted_at is None
    later(6)
    outbox.deliver_due()
    assert [request.partition(" ")[0] for request in server.requests] == ["POST", "POST"]


def test_report_proves_that_twilio_took_it(server: TwilioStandIn) -> None:
    """O1: no look-up and no second message."""
    server.script(standins.broken_after_accepting())
    say(talk(), "Olá")
    outbox.deliver_due()
    outbox.record(only().pk, Report(server.sent[0].sid, Status.DELIVERED, ""))
    later(4000)
    outbox.deliver_due()
    assert (only().status, only().provider_sid) == ("delivered", server.sent[0].sid)
    assert only().handed_at is not None
    assert len(server.requests) == 1


@pytest.mark.parametrize("taken", [True, False])
def test_message_left_by_a_dead_worker_is_looked_up(taken: bool, server: TwilioStandIn) -> None:
    """Q1, O1: killed before or after the POST, the client reads it once."""
    say(talk(), "Olá")
    attempt = outbox._next()
    assert attempt is not None
    if taken:
        twilio.send(attempt.message)
    outbox.deliver_due()
    assert len(server.sent) == taken
    later(61)
    outbox.deliver_due()
    assert server.bodies() == ["Olá"]
    assert only().status == "sent"


def test_first_attempt_s_time_is_kept_while_it_may_have_succeeded(server: TwilioStandIn) -> None:
    """A yes that comes after it answers a question that the client has."""
    server.script(standins.broken_after_accepting())
    say(talk(), "Confirma?")
    outbox.deliver_due()
    first = only().attempted_at
    OutboundMessage.objects.update(due_at=Now())
    outbox.deliver_due()
    assert only().attempted_at == first


def test_message_that_kills_its_worker_is_given_up(server: TwilioStandIn) -> None:
    """Q10."""
    say(talk(), "Olá")
    for _ in range(outbox.MOST_ATTEMPTS):
        assert outbox._next() is not None
        later(61)
    outbox.deliver_due()
    assert (only().status, only().error_code) == ("failed", "abandoned")
    assert server.sent == []


def test_late_failure_does_not_disturb_the_next_attempt() -> None:
    say(talk(), "Olá")
    dead = outbox._next()
    later(61)
    outbox._next()
    assert dead is not None
    outbox._note_failure(dead, twilio.SendError("Timeout", "", permanent=True))
    assert only().status == "sending"


def test_unexpected_error_stops_no_other_message(
    server: TwilioStandIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Q9, V6: and its text, which may quote anything, is not logged."""
    ana = cast.ana()
    say(talk(professional=ana), "estranha")
    say(talk(cast.DORA_ADDRESS, professional=ana), "normal")
    real = twilio.send

    def send(message: OutboundMessage) -> str:
        if message.body == "estranha":
            raise ValueError(f"cannot send to {message.recipient}")
        return real(message)

    monkeypatch.setattr(twilio, "send", send)
    outbox.deliver_due()
    assert server.bodies() == ["normal"]
    assert "ValueError" in caplog.text
    assert "11987654321" not in caplog.text


# Privacy


def test_log_of_a_delivery_names_nobody(server: TwilioStandIn, caplog: pytest.LogCaptureFixture) -> None:
    """V6."""
    caplog.set_level(logging.INFO)
    server.script(standins.reset(accept=True), standins.too_many(), standins.error(400, 21211))
    ana = cast.ana()
    for address in (cast.CAIO_ADDRESS, cast.DORA_ADDRESS, "whatsapp:+5511955554444"):
        say(talk(address, professional=ana), "Bom dia, Caio")
    outbox.deliver_due()
    later(61)
    outbox.deliver_due()
    for secret in ("Caio", "11987654321", "11976543210", "11955554444"):
        assert secret not in caplog.text
