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
    """Q9, O4: a message that is refused for itself waits alone."""
    server.script(*[standins.error(400, 20001)] * 6)
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
    outbox.record(only().pk, Report(only().provider_sid, Status.FAILED, "63014"))
    assert Conversation.objects.get().opted_out_at is not None


def test_refused_address_gets_nothing_until_its_person_writes(server: TwilioStandIn) -> None:
    """O3: what waits for it stops as well, without a call."""
    server.script(standins.error(400, 21610))
    conversation = talk()
    say(conversation, "primeira", "segunda")
    outbox.deliver_due()
    assert list(OutboundMessage.objects.values_list("error_code", flat=True)) == ["21610", "opted_out"]
    assert len(server.requests) == 1
    Conversation.objects.update(last_inbound_at=Now())
    say(conversation, "terceira")
    outbox.deliver_due()
    assert server.bodies() == ["terceira"]


# Too much from one sender


def pause(message: OutboundMessage) -> int:
    waiting = OutboundMessage.objects.annotate(pause=F("due_at") - Now()).get(pk=message.pk)
    seconds: float = waiting.pause.total_seconds()
    return round(seconds)


def test_limit_of_a_sender_holds_back_its_other_messages_only(server: TwilioStandIn) -> None:
    """O4: Ana's other clients wait too, and none of their messages is refused; Bruno's are sent."""
    ana = cast.ana()
    server.script(standins.too_many())
    for address in (cast.CAIO_ADDRESS, cast.DORA_ADDRESS):
        say(talk(address, professional=ana), "de Ana")
    say(talk(professional=cast.bruno()), "de Bruno")
    outbox.deliver_due()
    assert server.bodies() == ["de Bruno"]
    assert len(server.requests) == 2
    later(6)
    outbox.deliver_due()
    assert server.bodies()[1:] == ["de Ana", "de Ana"]


def test_message_that_comes_during_the_pause_waits_as_well(server: TwilioStandIn) -> None:
    """O4."""
    ana = cast.ana()
    server.script(standins.too_many())
    say(talk(professional=ana), "primeira")
    outbox.deliver_due()
    say(talk(cast.DORA_ADDRESS, professional=ana), "nova")
    outbox.mail(ana, to="ana@example.com", subject="Oi", body="Olá", dedupe_key="test:mail")
    outbox.deliver_due()
    assert len(server.requests) == 1
    assert OutboundMessage.objects.get(medium="email").status == "sent"


def test_twilio_says_how_long_it_wants_to_be_left_alone(server: TwilioStandIn) -> None:
    """O4."""
    server.script(standins.too_many(retry_after=17))
    say(talk(), "Olá")
    outbox.deliver_due()
    assert pause(only()) == 17


def test_limit_uses_up_no_attempt_and_is_tried_less_and_less_often(server: TwilioStandIn) -> None:
    """O4: and given up after an hour, when a late answer would be none."""
    server.script(*[standins.too_many()] * 10)
    say(talk(), "Olá")
    pauses = []
    for _ in range(9):
        outbox.deliver_due()
        pauses.append(pause(only()))
        later(pauses[-1] + 1)
    assert pauses == [5, 6, 13, 27, 55, 60, 60, 60, 60]
    assert (only().status, only().attempts) == ("pending", 0)
    later(3600)
    outbox.deliver_due()
    assert (only().status, only().error_code) == ("failed", "20429")


def test_limit_that_a_report_tells_is_met_with_one_more_message(server: TwilioStandIn) -> None:
    """O4: WhatsApp refused what Twilio had taken."""
    conversation = talk()
    say(conversation, "Olá")
    outbox.deliver_due()
    first = only()
    for _ in range(2):
        outbox.record(first.pk, Report(first.provider_sid, Status.FAILED, "63018"))
    say(conversation, "Tudo bem?")
    outbox.deliver_due()
    assert len(server.sent) == 1
    later(61)
    outbox.deliver_due()
    assert server.bodies() == ["Olá", "Olá", "Tudo bem?"]
    outbox.record(first.pk, Report(first.provider_sid, Status.SENT, ""))
    assert list(OutboundMessage.objects.values_list("status", flat=True)) == ["failed", "sent", "sent"]


def test_message_said_again_is_not_said_a_third_time(server: TwilioStandIn) -> None:
    """O4."""
    say(talk(), "Olá")
    for _ in range(2):
        outbox.deliver_due()
        newest = OutboundMessage.objects.order_by("pk").last() or pytest.fail("nothing was said")
        outbox.record(newest.pk, Report(newest.provider_sid, Status.FAILED, "63018"))
        later(61)
    outbox.deliver_due()
    assert server.bodies() == ["Olá", "Olá"]


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
