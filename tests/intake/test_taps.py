"""Whole bookings by taps: what Twilio was given as buttons comes back as it sends taps. It is Monday, 09:00."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from django.db.models.functions import Now
from pytest_django import Settings

from intake import agent, inbox, outbox, quick_replies, twilio
from intake.models import Conversation, OutboundMessage
from intake.twilio import Report
from scheduling.models import Professional
from tests import cast
from tests.intake.conversing import agenda, last_turn
from tests.standins import twilio as standins
from tests.standins.twilio import TwilioStandIn, payload

HELD = ["19/11 15:00 Sessão individual held"]
BOOKED = ["19/11 15:00 Sessão individual confirmed"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def server(settings: Settings) -> Iterator[TwilioStandIn]:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    agent.model.cache_clear()
    with TwilioStandIn() as running, time_machine.travel(cast.MONDAY_MORNING):
        settings.TWILIO_API_BASE_URL = running.url
        quick_replies.sync()
        cast.caio(cast.ana())
        yield running


def ana() -> Professional:
    return Professional.objects.get()


def hear(form: dict[str, str]) -> None:
    """Take a message in as the webhook does, answer it and deliver the answer."""
    inbox.receive(twilio.parse(form | {"MessageSid": f"SM{uuid4().hex}"}))
    Conversation.objects.update(reply_due_at=Now())
    agent.reply(Conversation.objects.get().pk)
    outbox.deliver_due()


def write(text: str) -> None:
    hear(payload("text", Body=text))


def tap(server: TwilioStandIn, title: str) -> None:
    """Tap the newest button of that title that was shown to Caio."""
    sent, button = next((one, b) for one in reversed(server.sent) for b in one.buttons if b["title"] == title)
    told = {"Body": title, "ButtonText": title, "ButtonPayload": button["id"]}
    hear(payload("quick_reply_tap", OriginalRepliedMessageSid=sent.sid, **told))


def titles(server: TwilioStandIn) -> list[str]:
    return [button["title"] for button in server.sent[-1].buttons]


def test_appointment_is_booked_and_taken_back_by_taps(server: TwilioStandIn) -> None:
    write("quinta às 15h")
    assert titles(server) == ["Sim", "Não"]
    tap(server, "Sim")
    assert agenda(ana()) == BOOKED
    assert titles(server) == ["Desfazer"]
    tap(server, "Desfazer")
    assert agenda(ana()) == []
    assert last_turn(ana()).path == "direct"


def test_up_to_three_times_are_buttons_and_each_is_its_own(server: TwilioStandIn) -> None:
    cast.open_on_date(ana(), cast.at("2026-11-19 12:00").date(), ("14:00", "15:50"))
    write("quinta")
    assert titles(server) == ["qui, 19/11, 14:00", "qui, 19/11, 14:30", "qui, 19/11, 15:00"]
    tap(server, "qui, 19/11, 15:00")
    assert agenda(ana()) == HELD
    assert titles(server) == ["Sim", "Não"]


def test_more_times_are_numbered_text(server: TwilioStandIn) -> None:
    write("quinta")
    assert titles(server) == []
    assert "\n4. " in server.sent[-1].body


def test_second_tap_on_the_same_button_books_nothing_more(server: TwilioStandIn) -> None:
    write("quinta às 15h")
    tap(server, "Sim")
    tap(server, "Sim")
    assert agenda(ana()) == BOOKED
    assert server.sent[-1].body.startswith(
        "Essa opção já não vale mais.\nSeus horários:\nquinta-feira, 19/11, às 15:00"
    )


def test_yes_to_a_question_that_was_said_again_without_buttons_counts(server: TwilioStandIn) -> None:
    """O7: WhatsApp refused the buttons after Twilio had taken them."""
    write("quinta às 15h")
    question = OutboundMessage.objects.latest("pk")
    outbox.record(question.pk, Report(question.provider_sid, OutboundMessage.Status.FAILED, "63005"))
    outbox.deliver_due()
    write("sim")
    assert agenda(ana()) == BOOKED


def test_buttons_that_came_to_nothing_leave_numbers_and_words(server: TwilioStandIn) -> None:
    server.contents.stored.clear()
    write("quinta às 15h")
    assert titles(server) == []
    assert server.sent[-1].body.endswith("Responda *sim* ou *não*.")
    write("sim")
    assert agenda(ana()) == BOOKED


def test_question_that_waits_to_be_said_again_is_not_put_a_third_time(server: TwilioStandIn) -> None:
    """O7."""
    write("quinta às 15h")
    question = OutboundMessage.objects.latest("pk")
    outbox.record(question.pk, Report(question.provider_sid, OutboundMessage.Status.FAILED, "63005"))
    write("sim")
    assert len(server.sent) == 2
    assert agenda(ana()) == HELD
    write("sim")
    assert agenda(ana()) == BOOKED
