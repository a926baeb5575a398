"""What WhatsApp does not bring to a client about an appointment reaches somebody another way, once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from pytest_django import Settings

from intake import notices, outbox, tasks
from intake.models import Conversation, OutboundMessage
from intake.twilio import Report
from scheduling import booking
from scheduling.models import Client, Professional
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


@pytest.fixture(autouse=True)
def talk(caio: Client) -> Conversation:
    return Conversation.objects.create(
        professional=caio.professional, channel="whatsapp", address=caio.address, client=caio
    )


def cancel(client: Client) -> str:
    """Let the professional cancel an appointment of the client's; return its reference."""
    appointment = cast.on_record(client, cast.next_weekday(2))
    booking.cancel(appointment, actor=booking.professional_actor())
    return appointment.reference


def letters(**those: Any) -> list[OutboundMessage]:
    return list(OutboundMessage.objects.filter(medium="email", **those))


def test_client_with_an_address_gets_a_letter_at_the_next_sweep(caio: Client, server: TwilioStandIn) -> None:
    """O7, O3."""
    Client.objects.update(email="caio@example.com")
    server.script(standins.error(400, 21610))
    reference = cancel(caio)
    for _ in range(3):
        tasks.sweep()
    [letter] = letters()
    assert (letter.recipient, letter.status) == ("caio@example.com", "sent")
    assert reference in letter.body
    assert OutboundMessage.objects.get(medium="whatsapp").rerouted_at is not None


def test_letter_is_in_the_client_s_language(caio: Client, talk: Conversation, server: TwilioStandIn) -> None:
    """O7."""
    Client.objects.update(email="caio@example.com")
    Conversation.objects.update(state={"language": "en"})
    server.script(standins.error(400, 63024))
    cancel(caio)
    tasks.sweep()
    tasks.sweep()
    [letter] = letters()
    assert letter.subject == "Your appointment with Ana Souza"
    assert letter.body.startswith("Cancelled: ")


@pytest.mark.parametrize("code", ["63016", "63024", "21610"])
def test_professional_is_asked_to_tell_a_client_without_address(code: str, caio: Client) -> None:
    """O7, O2, O3, O5: a report says so, the letter says why and what."""
    reference = cancel(caio)
    tasks.sweep()
    receipt = OutboundMessage.objects.get(medium="whatsapp")
    for _ in range(2):
        outbox.record(receipt.pk, Report(receipt.provider_sid, Status.FAILED, code))
        tasks.sweep()
    [letter] = letters()
    assert letter.recipient == "ana@example.com"
    assert code in letter.body
    assert reference in letter.body
    assert "Caio Martins" in letter.subject


def test_refused_client_s_own_booking_is_told_another_way(caio: Client, server: TwilioStandIn) -> None:
    """O3: nothing goes to WhatsApp, not even a receipt, until its person writes."""
    Conversation.objects.update(refused_at=Now(), opted_out_at=Now())
    cast.booked(caio, cast.next_weekday(2))
    tasks.sweep()
    tasks.sweep()
    assert server.requests == []
    assert [one.subject.partition(":")[0] for one in letters()] == [
        "Novo horário marcado",
        "Não foi possível falar com Caio Martins pelo WhatsApp",
    ]


def test_client_who_opted_out_is_not_left_in_the_dark(caio: Client, server: TwilioStandIn) -> None:
    """O3, V10: a cancellation is told by whoever made it when no address is known."""
    Conversation.objects.update(opted_out_at=Now())
    reference = cancel(caio)
    tasks.sweep()
    assert server.requests == []
    [letter] = letters()
    assert letter.recipient == "ana@example.com"
    assert reference in letter.body


def test_professional_without_address_is_a_line_in_the_log(
    ana: Professional, caio: Client, server: TwilioStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """O7, V6."""
    Professional.objects.update(email="", user=None)
    server.script(standins.error(400, 63024))
    cancel(caio)
    tasks.sweep()
    tasks.sweep()
    assert letters() == []
    assert caplog.text.count("nobody could be told") == 1
    assert "Caio" not in caplog.text


def test_chat_that_fails_and_old_failures_are_nobody_s_letter(
    caio: Client, talk: Conversation, server: TwilioStandIn
) -> None:
    """O7: a client who is not reached in a chat writes again; last week's receipts are no news."""
    server.script(standins.error(400, 63024), standins.error(400, 63024))
    outbox.say(talk, "Olá", dedupe_key="turn:1")
    cancel(caio)
    notices.announce_pending()
    outbox.deliver_due()
    OutboundMessage.objects.update(created_at=F("created_at") - timedelta(days=2))
    tasks.sweep()
    assert letters() == []


def test_receipt_that_the_limit_refused_is_first_said_again(caio: Client, server: TwilioStandIn) -> None:
    """O4, O7."""
    cancel(caio)
    tasks.sweep()
    receipt = OutboundMessage.objects.get()
    outbox.record(receipt.pk, Report(receipt.provider_sid, Status.FAILED, "63018"))
    tasks.sweep()
    assert letters() == []
    OutboundMessage.objects.update(due_at=Now())
    tasks.sweep()
    assert len(server.sent) == 2


# The customer service window


def test_receipt_more_than_a_day_after_the_client_wrote_is_a_letter_at_once(
    caio: Client, talk: Conversation, server: TwilioStandIn
) -> None:
    """O2: free text is not even tried."""
    Client.objects.update(email="caio@example.com")
    Conversation.objects.update(last_inbound_at=Now() - timedelta(hours=24))
    reference = cancel(caio)
    for _ in range(3):
        tasks.sweep()
    assert server.requests == []
    [letter] = letters()
    assert (letter.recipient, letter.status) == ("caio@example.com", "sent")
    assert reference in letter.body
    assert OutboundMessage.objects.get(medium="whatsapp").error_code == "63016"


def test_chat_more_than_a_day_late_is_flagged_and_not_tried(talk: Conversation, server: TwilioStandIn) -> None:
    """O2."""
    Conversation.objects.update(last_inbound_at=Now() - timedelta(hours=25))
    outbox.say(talk, "Olá", dedupe_key="turn:1")
    tasks.sweep()
    said = OutboundMessage.objects.get()
    assert (said.status, said.error_code) == ("failed", "63016")
    assert server.requests == []


def test_free_text_leaves_until_the_last_minute_of_the_day(talk: Conversation, server: TwilioStandIn) -> None:
    """O2."""
    Conversation.objects.update(last_inbound_at=Now() - timedelta(hours=23, minutes=59))
    outbox.say(talk, "Olá", dedupe_key="turn:1")
    tasks.sweep()
    assert server.bodies() == ["Olá"]


def test_message_that_may_have_left_in_time_is_looked_up_first(talk: Conversation, server: TwilioStandIn) -> None:
    """O1, O2."""
    server.script(standins.broken_after_accepting())
    outbox.say(talk, "Olá", dedupe_key="turn:1")
    outbox.deliver_due()
    Conversation.objects.update(last_inbound_at=Now() - timedelta(hours=25))
    OutboundMessage.objects.update(due_at=Now())
    outbox.deliver_due()
    assert OutboundMessage.objects.get().status == "sent"
