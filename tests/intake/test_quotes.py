"""Quoted replies: what the client quotes says what the words are about. Monday, 16 November 2026, 09:00."""

import pytest

from intake import notices
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage
from scheduling import booking
from scheduling.models import Appointment, Professional
from tests import cast
from tests.intake import conversing
from tests.intake.conversing import agenda, conversation_of, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

TWO = ["2026-11-19 10:00", "2026-11-20 10:00"]


def said_with(professional: Professional, text: str) -> OutboundMessage:
    """Return the newest message to Caio that has these words, with an id as Twilio gives one."""
    message = conversing.said(conversation_of(professional)).filter(body__contains=text).latest("pk")
    OutboundMessage.objects.filter(pk=message.pk).update(provider_sid=f"SM{message.pk:032}")
    message.refresh_from_db()
    return message


def reply(professional: Professional, text: str, *, to: OutboundMessage, address: str = cast.CAIO_ADDRESS) -> str:
    conversation = conversing.write(professional, text, address=address)
    InboundMessage.objects.filter(conversation=conversation, status="pending").update(replied_sid=to.provider_sid)
    return conversing.answer(conversation)


@pytest.fixture
def receipts(ana: Professional) -> Professional:
    """Ana, where Caio has two appointments and a receipt of each."""
    caio = cast.caio(ana)
    Conversation.objects.create(professional=ana, channel=Channel.SIMULATOR, address=cast.CAIO_ADDRESS, client=caio)
    for moment in TWO:
        booking.book(
            ana,
            client=caio,
            service=cast.only_service(ana),
            starts_at=cast.at(moment),
            source="admin",
            actor=booking.SYSTEM,
        )
    notices.announce_pending()
    return ana


def test_move_under_a_receipt_is_about_its_appointment(receipts: Professional) -> None:
    reply(receipts, "preciso remarcar", to=said_with(receipts, "20/11"))
    say(receipts, "terça às 15h", "sim")

    assert agenda(receipts) == ["17/11 15:00 Sessão individual confirmed", "19/11 10:00 Sessão individual confirmed"]


def test_cancellation_under_a_receipt_is_about_its_appointment(receipts: Professional) -> None:
    heard = reply(receipts, "não vou poder ir", to=said_with(receipts, "19/11"))

    assert "Cancelar quinta-feira, 19/11, às 10:00" in heard


def test_receipt_of_somebody_else_says_nothing(receipts: Professional) -> None:
    """N3"""
    cast.booked(cast.dora(receipts), cast.at("2026-11-18 10:00"))

    heard = reply(receipts, "quero cancelar", to=said_with(receipts, "19/11"), address=cast.DORA_ADDRESS)

    assert "18/11" in heard
    assert "19/11" not in heard


def test_yes_under_an_old_question_confirms_no_new_one(ana: Professional) -> None:
    """L17"""
    cast.caio(ana)
    say(ana, "quinta às 15h")
    old = said_with(ana, "19/11")
    say(ana, "melhor sexta às 10h")

    assert "já não vale" in reply(ana, "sim", to=old)
    assert agenda(ana) == ["20/11 10:00 Sessão individual held"]


def test_number_under_an_old_list_chooses_nothing_of_the_new_one(ana: Professional) -> None:
    cast.caio(ana)
    say(ana, "quinta")
    old = said_with(ana, "19/11")
    say(ana, "sexta")

    assert "já não vale" in reply(ana, "2", to=old)
    assert agenda(ana) == []


def test_number_under_the_newest_list_chooses(ana: Professional) -> None:
    cast.caio(ana)
    say(ana, "quinta")

    assert "19/11, às 10:30" in reply(ana, "2", to=said_with(ana, "19/11"))


@pytest.mark.parametrize("text", ["cancelar a de sexta", "quero cancelar sexta"])
def test_named_day_says_which_one_is_cancelled(receipts: Professional, text: str) -> None:
    assert "Cancelar sexta-feira, 20/11, às 10:00" in say(receipts, text)


def test_reference_says_which_one_is_cancelled(receipts: Professional) -> None:
    reference = Appointment.objects.get(starts_at=cast.at(TWO[1])).reference

    assert "Cancelar sexta-feira, 20/11, às 10:00" in say(receipts, f"cancelar o {reference.lower()}")
