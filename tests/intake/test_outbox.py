"""Said exactly once, in order, and reported on forwards only. The real SDK speaks to a stand-in of Twilio."""

import itertools
import smtplib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as mailbox
from django.core.mail import EmailMessage
from django.db import connections
from django.db.models.functions import Now
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from intake import outbox, twilio
from intake.models import OutboundMessage
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


@pytest.mark.parametrize(("channel", "status"), [("simulator", "delivered"), ("api", "sent"), ("trial", "delivered")])
def test_only_whatsapp_reaches_twilio(channel: str, status: str, server: TwilioStandIn) -> None:
    say(talk(channel=channel), "Olá")
    outbox.deliver_due()
    assert only().status == status
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
    server.script(standins.error(400, 20001))
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
        assert outbox.record(only().pk, Report(only().provider_sid, Status(report), ""))
    assert only().status == status


def test_every_order_of_reports_ends_the_same() -> None:
    """W15."""
    say(talk(), "Olá")
    outbox.deliver_due()
    for reports in itertools.permutations(["sent", "delivered", "read", "failed"]):
        OutboundMessage.objects.update(status="sending")
        for report in reports:
            outbox.record(only().pk, Report(only().provider_sid, Status(report), ""))
        assert only().status == "read"


def test_report_on_a_second_copy_changes_nothing_and_is_flagged(caplog: pytest.LogCaptureFixture) -> None:
    """W15: our id with another of Twilio's."""
    say(talk(), "Olá")
    outbox.deliver_due()
    first = only().provider_sid
    assert outbox.record(only().pk, Report("SM-other", Status.FAILED, "63016"))
    assert (only().status, only().provider_sid, only().error_code) == ("sent", first, "")
    assert "SM-other" in only().error_message
    assert "second copy" in caplog.text


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
    outbox.record(only().pk, Report(only().provider_sid, Status.FAILED, "63016"))
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
