"""Taking a booking back by a tap or a word, for five minutes. It is Monday, 16 November 2026, 09:00."""

from datetime import timedelta

import pytest
from django.db.models import F

from intake import notices
from intake.models import OutboundMessage
from scheduling import booking
from scheduling.models import Appointment, AppointmentEvent, Professional
from tests import cast
from tests.intake import conversing
from tests.intake.conversing import agenda, conversation_of, last_turn, say

BOOKED = ["19/11 15:00 Sessão individual confirmed"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def booked(ana: Professional) -> Professional:
    """Ana, with whom Caio has just booked Thursday at three."""
    cast.caio(ana)
    say(ana, "quinta às 15h", "sim")
    return ana


def receipt(professional: Professional) -> OutboundMessage:
    return conversing.said(conversation_of(professional)).filter(event__kind="confirmed").latest("pk")


def later(minutes: float) -> None:
    """Let that much time pass for what has happened."""
    AppointmentEvent.objects.update(created_at=F("created_at") - timedelta(minutes=minutes))


def test_receipt_offers_to_undo(booked: Professional) -> None:
    body, [option] = receipt(booked).body, receipt(booked).options

    assert body.endswith("Para desfazer, escreva *desfazer* em até 5 minutos.")
    assert option["label"] == "Desfazer"
    assert len(option["id"]) >= 12


def test_tap_takes_the_booking_back(booked: Professional) -> None:
    heard = say(booked, "Desfazer", tap=receipt(booked).options[0]["id"])

    assert heard.startswith("Cancelado: quinta-feira, 19/11, às 15:00")
    assert "desfazer" not in heard
    assert agenda(booked) == []
    assert last_turn(booked).path == "direct"


@pytest.mark.parametrize("word", ["desfazer", "Desfazer!", "desfaz por favor", "quero desfazer", "undo", "deshacer"])
def test_word_takes_the_booking_back(booked: Professional, word: str) -> None:
    assert "19/11" in say(booked, word)
    assert agenda(booked) == []


def test_cut_off_does_not_count(booked: Professional) -> None:
    Professional.objects.update(cancellation_cutoff_hours=24 * 30)

    say(booked, "desfazer")

    assert agenda(booked) == []


def test_request_is_taken_back(ana: Professional) -> None:
    Professional.objects.update(requires_approval=True)
    ana.refresh_from_db()
    cast.caio(ana)

    assert "escreva *desfazer*" in say(ana, "quinta às 15h", "sim")
    say(ana, "desfazer")

    assert agenda(ana) == []


def test_professional_is_told(booked: Professional) -> None:
    say(booked, "desfazer")

    subjects = OutboundMessage.objects.filter(medium="email").order_by("pk").values_list("subject", flat=True)
    assert [subject.partition(":")[0] for subject in subjects] == ["Novo horário marcado", "Horário cancelado"]


@pytest.mark.parametrize("tap", [True, False], ids=["tap", "word"])
def test_five_minutes_later_the_booking_stays(booked: Professional, tap: bool) -> None:
    later(5.1)

    heard = say(booked, "Desfazer", tap=receipt(booked).options[0]["id"] if tap else "")

    assert heard == ("Isso não dá mais para desfazer. Para cancelar ou remarcar um horário, é só escrever aqui.")
    assert agenda(booked) == BOOKED


def test_time_of_the_tap_counts_and_not_that_of_its_answer(booked: Professional) -> None:
    """Q1: a worker that was away for a while takes nothing from the client."""
    conversation = conversing.write(booked, "desfazer")
    conversation.inbound.filter(status="pending").update(received_at=F("received_at") - timedelta(minutes=4))
    later(8)

    conversing.answer(conversation)

    assert agenda(booked) == []


def test_second_time_changes_nothing(booked: Professional) -> None:
    tap = receipt(booked).options[0]["id"]
    say(booked, "Desfazer", tap=tap)

    assert say(booked, "Desfazer", tap=tap).startswith("Isso já está cancelado")
    assert say(booked, "desfazer").startswith("Isso já está cancelado")
    assert AppointmentEvent.objects.filter(kind="cancelled").count() == 1


def test_tap_of_another_conversation_undoes_nothing(booked: Professional) -> None:
    """V1: whoever learns the id of a button cannot use it."""
    tap = receipt(booked).options[0]["id"]

    say(booked, "Desfazer", tap=tap, address=cast.DORA_ADDRESS)
    say(booked, "desfazer", address=cast.DORA_ADDRESS)

    assert agenda(booked) == BOOKED


def test_word_is_about_what_was_said_last(booked: Professional) -> None:
    """After a move nobody means the booking before it, nor one that the professional made."""
    say(booked, "remarcar para sexta às 10h", "sim")

    heard = say(booked, "desfazer")

    assert heard.startswith("Isso não dá mais para desfazer")
    assert agenda(booked) == ["20/11 10:00 Sessão individual confirmed"]


@pytest.mark.parametrize(
    ("actor", "source"), [(booking.professional_actor(), "simulator"), (booking.CLIENT, "api")], ids=["by hand", "API"]
)
def test_what_was_not_booked_in_the_chat_has_no_button(ana: Professional, actor: booking.Actor, source: str) -> None:
    caio = cast.caio(ana)
    say(ana, "oi")
    starts_at = cast.at("2026-11-19 15:00")
    service = ana.services.all()[0]
    booking.book(ana, client=caio, service=service, starts_at=starts_at, source=source, actor=actor)

    notices.announce_pending()

    assert receipt(ana).options == []
    assert "desfazer" not in receipt(ana).body


def test_word_without_any_receipt_is_left_to_the_conversation(ana: Professional) -> None:
    assert "desfazer" not in say(ana, "desfazer").lower()
    assert last_turn(ana).path == "guided"


def test_question_about_what_was_undone_is_dropped(booked: Professional) -> None:
    say(booked, "cancelar")
    tap = receipt(booked).options[0]["id"]

    say(booked, "Desfazer", tap=tap)

    assert conversation_of(booked).recall().question is None
    assert "Cancelar" not in say(booked, "sim")
    assert Appointment.objects.filter(status="cancelled").count() == 1


def test_late_tap_leads_back_to_the_open_question(booked: Professional) -> None:
    say(booked, "sexta às 10h")
    later(6)

    heard = say(booked, "Desfazer", tap=receipt(booked).options[0]["id"])

    assert "não dá mais para desfazer" in heard
    assert "20/11" in heard
    assert "*sim* ou *não*" in heard


def test_quoted_receipt_says_which_booking_is_meant(booked: Professional) -> None:
    first = receipt(booked)
    OutboundMessage.objects.filter(pk=first.pk).update(provider_sid="SM-first")
    say(booked, "sexta às 10h", "sim")
    conversation = conversing.write(booked, "desfazer")
    conversation.inbound.filter(body="desfazer").update(replied_sid="SM-first")

    conversing.answer(conversation)

    assert agenda(booked) == ["20/11 10:00 Sessão individual confirmed"]


def test_yes_under_a_quoted_receipt_is_about_what_is_open(booked: Professional) -> None:
    """The receipt's button makes no list of it that could be out of date."""
    OutboundMessage.objects.filter(pk=receipt(booked).pk).update(provider_sid="SM-first")
    say(booked, "sexta às 10h")
    conversation = conversing.write(booked, "sim")
    conversation.inbound.filter(body="sim", status="pending").update(replied_sid="SM-first")

    heard = conversing.answer(conversation)

    assert "já não vale" not in heard
    assert len(agenda(booked)) == 2
