"""Said exactly once, in order, and reported on forwards only. The real SDK speaks to a stand-in of Twilio."""

import itertools
import logging
import smtplib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as mailbox
from django.core.mail import EmailMessage
from django.db import connections
from django.db.models import F
from django.db.models.functions import Now
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from intake import outbox, twilio
from intake.models import Conversation, OutboundMessage
from intake.twilio import Report
from tests import cast
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


def talk(address: str = cast.CAIO_ADDRESS, **changes: Any) -> Conversation:
    professional = changes.pop("professional", None) or cast.ana()
    return Conversation.objects.create(professional=professional, address=address, **{"channel": "whatsapp"} | changes)


def say(conversation: Conversation, *bodies: str) -> None:
    for body in bodies:
        outbox.say(conversation, body, dedupe_key=f"test:{conversation.pk}:{body}"[:120])


def only() -> OutboundMessage:
    return OutboundMessage.objects.get()


def later(seconds: float) -> None:
    """Let that much time pass for everything that waits."""
    pause = timedelta(seconds=seconds)
    OutboundMessage.objects.update(due_at=F("due_at") - pause, attempted_at=F("attempted_at") - pause)


def letter(**changes: Any) -> OutboundMessage:
    ana = cast.ana()
    fields = {"to": "ana@example.com", "subject": "Oi", "body": "Olá", "dedupe_key": "test:mail"} | changes
    outbox.mail(ana, **fields)
    return only()


# Enqueued


def test_same_key_is_said_once() -> None:
    conversation = talk()
    outbox.say(conversation, "Olá", dedupe_key="turn:1")
    outbox.say(conversation, "Olá de novo", dedupe_key="turn:1")
    assert only().body == "Olá"


def test_long_text_goes_in_parts_that_fit(server: TwilioStandIn) -> None:
    """O6."""
    paragraphs = [f"{n}. " + "palavra " * 100 for n in range(5)]
    outbox.say(talk(), "\n\n".join(paragraphs), dedupe_key="turn:1", options=[{"id": "1", "label": "Sim"}])
    outbox.deliver_due()
    assert [body[:2] for body in server.bodies()] == ["0.", "1.", "2.", "3.", "4."]
    last = OutboundMessage.objects.order_by("pk")[4]
    assert [bool(one.options) for one in OutboundMessage.objects.all()] == [False] * 4 + [True]
    assert last.dedupe_key == "turn:1/4"


@given(st.text(st.sampled_from("abc \n"), max_size=6000))
def test_splitting_loses_no_word_and_no_part_is_too_long(text: str) -> None:
    """O6."""
    parts = outbox._split(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < len(part) <= outbox.LONGEST_BODY for part in parts)


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=30), max_size=400))
def test_splitting_cuts_no_word(words: list[str]) -> None:
    """O6: a reference or an hour is never torn apart."""
    assert [word for part in outbox._split(" ".join(words)) for word in part.split()] == words


# Handed over


def test_message_is_handed_over(server: TwilioStandIn) -> None:
    say(talk(), "Olá")
    assert outbox.deliver_due() is False
    assert server.bodies() == ["Olá"]
    message = only()
    assert (message.status, message.provider_sid, message.attempts) == ("sent", server.sent[0].sid, 1)
    assert message.handed_at is not None


def test_nothing_due_does_nothing(server: TwilioStandIn) -> None:
    say(talk(), "Olá")
    OutboundMessage.objects.update(due_at=Now() + timedelta(seconds=30))
    outbox.deliver_due()
    assert server.requests == []


@pytest.mark.parametrize("channel", ["simulator", "api", "trial"])
def test_only_whatsapp_reaches_twilio(channel: str, server: TwilioStandIn) -> None:
    say(talk(channel=channel), "Olá")
    outbox.deliver_due()
    assert only().status == "delivered"
    assert server.requests == []


def test_without_credentials_nothing_leaves(settings: Settings, server: TwilioStandIn) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    say(talk(), "Olá")
    outbox.deliver_due()
    assert (only().status, only().error_code) == ("failed", "not_configured")
    assert server.requests == []


def test_professional_without_a_number_sends_nothing(server: TwilioStandIn) -> None:
    say(talk(professional=cast.ana(whatsapp_number=None)), "Olá")
    outbox.deliver_due()
    assert (only().status, only().error_code) == ("failed", "no_number")
    assert server.requests == []


def test_messages_of_a_conversation_leave_in_order(server: TwilioStandIn) -> None:
    bodies = [f"{n}" for n in range(12)]
    say(talk(), *bodies)
    # Whatever became due first.
    for seconds, message in enumerate(OutboundMessage.objects.order_by("pk")):
        OutboundMessage.objects.filter(pk=message.pk).update(due_at=Now() - timedelta(seconds=seconds))
    outbox.deliver_due()
    assert server.bodies() == bodies


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_message_once_and_in_order(server: TwilioStandIn) -> None:
    """Q11."""
    ana = cast.ana()
    talks = [talk(f"whatsapp:+551198765000{n}", professional=ana) for n in range(4)]
    for n in range(5):
        for conversation in talks:
            outbox.say(conversation, f"{n}", dedupe_key=f"test:{conversation.pk}:{n}")

    def work() -> None:
        try:
            for _ in range(30):
                outbox.deliver_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        for job in [pool.submit(work) for _ in range(6)]:
            job.result()
    assert [server.bodies(conversation.address) for conversation in talks] == [list("01234")] * 4


def test_failing_conversation_keeps_no_other_back(server: TwilioStandIn) -> None:
    """Q9: its own messages wait in order, the others flow."""
    ana = cast.ana()
    server.script(standins.too_many())
    say(talk(professional=ana), "primeira", "segunda")
    say(talk(cast.DORA_ADDRESS, professional=ana), "olá", "tudo bem?")
    outbox.deliver_due()
    assert server.bodies() == ["olá", "tudo bem?"]
    later(6)
    outbox.deliver_due()
    assert server.bodies(cast.CAIO_ADDRESS) == ["primeira", "segunda"]


def test_message_for_later_keeps_none_of_today_back(server: TwilioStandIn) -> None:
    conversation = talk()
    say(conversation, "amanhã")
    OutboundMessage.objects.update(due_at=Now() + timedelta(days=1))
    say(conversation, "hoje")
    outbox.deliver_due()
    assert server.bodies() == ["hoje"]


def test_delivery_gives_way_after_its_time(server: TwilioStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that hangs does not keep the sweep from its worker."""
    monkeypatch.setattr(outbox, "DELIVERY_SECONDS", 0)
    say(talk(), "Olá")
    assert outbox.deliver_due() is True
    assert server.bodies() == []


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


# Reports


@pytest.mark.parametrize(
    ("reports", "status"),
    [
        (["sent", "delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["delivered", "failed"], "delivered"),
        (["failed", "sent"], "failed"),
        (["failed", "delivered"], "delivered"),
        (["delivered", "delivered"], "delivered"),
    ],
)
def test_report_moves_a_message_forwards_only(reports: Sequence[str], status: str) -> None:
    """W15: reports come in any order and more than once."""
    say(talk(), "Olá")
    outbox.deliver_due()
    for report in reports:
        assert outbox.record(only().pk, Report("SM1", Status(report), ""))
    assert only().status == status


def test_every_order_of_reports_ends_the_same() -> None:
    """W15."""
    say(talk(), "Olá")
    outbox.deliver_due()
    for reports in itertools.permutations(["sent", "delivered", "read", "failed"]):
        OutboundMessage.objects.update(status="sending")
        for report in reports:
            outbox.record(only().pk, Report("SM1", Status(report), ""))
        assert only().status == "read"


def test_report_before_our_own_note_is_not_undone(server: TwilioStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    say(talk(), "Olá")
    real = twilio.send

    def send(message: OutboundMessage) -> str:
        sid = real(message)
        outbox.record(message.pk, Report(sid, Status.DELIVERED, ""))
        return sid

    monkeypatch.setattr(twilio, "send", send)
    outbox.deliver_due()
    assert (only().status, only().provider_sid) == ("delivered", server.sent[0].sid)


def test_failure_report_keeps_its_reason() -> None:
    say(talk(), "Olá")
    outbox.deliver_due()
    outbox.record(only().pk, Report("SM1", Status.FAILED, "63016"))
    assert (only().status, only().error_code) == ("failed", "63016")


def test_report_of_an_unknown_message_is_no_news() -> None:
    assert outbox.record(404, Report("SM1", Status.SENT, "")) is False


# E-mail


def test_letter_has_the_same_id_at_every_try() -> None:
    """O8: a mail server drops the copy of a letter whose sender died before it could note it."""
    message = letter()
    outbox.deliver_due()
    OutboundMessage.objects.update(status="sending", due_at=Now())
    outbox.deliver_due()
    first, second = (one.message() for one in mailbox.outbox)
    assert first["Message-ID"] == second["Message-ID"] == f"<outbox-{message.pk}@localhost>"
    assert first["Date"] == second["Date"]


def test_name_cannot_add_a_header() -> None:
    """O9."""
    letter(subject="Novo: Caio\r\nBcc: todos@example.com\u2028X: y\x0b")
    outbox.deliver_due()
    (sent,) = mailbox.outbox
    assert sent.subject == "Novo: Caio Bcc: todos@example.com X: y"
    assert sent.message()["Bcc"] is None
    assert sent.recipients() == ["ana@example.com"]


def test_address_that_would_add_a_header_is_refused_for_good() -> None:
    """O9."""
    letter(to="ana@example.com\nBcc: todos@example.com")
    outbox.deliver_due()
    assert (only().status, mailbox.outbox) == ("failed", [])


def test_mail_server_that_refuses_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(mail: EmailMessage) -> int:
        raise smtplib.SMTPServerDisconnected("try later")

    monkeypatch.setattr(EmailMessage, "send", refuse)
    letter()
    outbox.deliver_due()
    assert (only().status, only().error_code) == ("pending", "SMTPServerDisconnect")
    monkeypatch.undo()
    later(6)
    outbox.deliver_due()
    assert only().status == "sent"


def test_letter_is_not_held_back_by_its_conversation(server: TwilioStandIn) -> None:
    conversation = talk()
    server.script(standins.too_many())
    say(conversation, "Olá")
    outbox.mail(
        conversation.professional,
        to="ana@example.com",
        subject="Oi",
        body="Olá",
        dedupe_key="test:mail",
        conversation=conversation,
    )
    outbox.deliver_due()
    assert len(mailbox.outbox) == 1


def test_letter_holds_no_message_back(server: TwilioStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(mail: EmailMessage) -> int:
        raise OSError

    monkeypatch.setattr(EmailMessage, "send", refuse)
    conversation = talk()
    outbox.mail(
        conversation.professional, to="a@b.c", subject="Oi", body="Oi", dedupe_key="m", conversation=conversation
    )
    say(conversation, "Olá")
    outbox.deliver_due()
    assert server.bodies() == ["Olá"]


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
