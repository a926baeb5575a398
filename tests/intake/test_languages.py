"""Clients are answered in what they write, professionals are told in what they chose. Monday, 16 November 2026."""

import pytest

from intake import notices
from intake.models import OutboundMessage
from scheduling import booking
from scheduling.models import Appointment, Professional
from tests import cast
from tests.intake.conversing import say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def test_client_is_answered_in_english_from_the_first_word(ana: Professional) -> None:
    assert say(ana, "hi").startswith("Hello! This is the automatic reception of Ana Souza.")


@pytest.mark.parametrize("text", ["Good morning", "Hey, good evening!"])
def test_english_greeting_is_a_greeting(ana: Professional, text: str) -> None:
    assert "How can I help?" in say(ana, text)
    assert "understand" not in say(ana, text)


def test_language_stays_when_words_do_not_tell(ana: Professional) -> None:
    heard = say(ana, "Hello, do you have anything on Thursday?", "1", "John Smith")

    assert "Do you confirm?" in heard


def test_single_word_of_another_language_changes_nothing(ana: Professional) -> None:
    assert "Quer que eu procure um horário?" in say(ana, "oi", "price?")


def test_professional_is_told_in_her_own_language(ana: Professional) -> None:
    say(ana, "I would like to talk to a human, please")

    mail = OutboundMessage.objects.get(medium="email")
    assert "Motivo: pediu para falar com uma pessoa" in mail.body


def test_receipt_of_a_change_by_hand_is_in_the_client_s_language(ana: Professional) -> None:
    say(ana, "I want to book Thursday at 3pm", "John Smith", "yes")
    booking.cancel(Appointment.objects.get(), actor=booking.professional_actor())

    notices.announce_pending()

    told = OutboundMessage.objects.exclude(medium="email").latest("pk").body
    assert told.startswith("Cancelled: Thursday, 19 November, at 15:00")


def test_english_cancel_and_human_are_understood(ana: Professional) -> None:
    cast.booked(cast.caio(ana), cast.at("2026-11-19 15:00"))

    assert "Answer *yes* to cancel or *no* to keep it." in say(ana, "cancel")
    assert "I have called Ana" in say(ana, "talk to a human")


def test_client_is_served_in_spanish_from_the_first_word_to_the_receipt(ana: Professional) -> None:
    assert say(ana, "Hola, buenas tardes").startswith("¡Hola! Soy la recepción automática de Ana Souza.")
    assert say(ana, "quiero una cita el jueves").startswith(
        "El jueves 19 de noviembre hay estos horarios para Sessão individual (50 min, R$ 200,00):\n1. 09:00\n"
    )
    assert say(ana, "la segunda") == "Perfecto, el jueves 19 de noviembre a las 10:30. ¿Me dices tu nombre, por favor?"
    assert say(ana, "Juan Pérez") == (
        "Entonces queda así, Juan:\njueves 19 de noviembre a las 10:30\nSessão individual, R$ 200,00\n"
        "¿Confirmas? Responde *sí* o *no*."
    )
    assert say(ana, "sí, gracias").startswith(
        "¡Listo! Tienes cita el jueves 19 de noviembre a las 10:30\nSessão individual con Ana Souza.\nReferencia: *"
    )


def test_appointment_is_moved_and_cancelled_in_spanish(ana: Professional) -> None:
    cast.booked(cast.caio(ana), cast.at("2026-11-19 15:00"))

    assert "al viernes 20 de noviembre a las 10:00?" in say(ana, "hola, quiero cambiar mi cita al viernes a las 10")
    assert "Tu cita cambió al viernes 20 de noviembre a las 10:00\n" in say(ana, "sí")
    assert "¿Cancelo tu cita del viernes 20 de noviembre" in say(ana, "ya no voy a poder ir")
    assert say(ana, "déjala como está") == "Está bien, tu cita sigue como estaba."
    say(ana, "cancelar")
    assert say(ana, "sí, por favor").startswith("Cita cancelada: viernes 20 de noviembre a las 10:00")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("¿me das el precio, por favor?", "• Sessão individual (50 min, R$ 200,00)"),
        ("¿a qué hora atienden?", "Horario de atención: lunes a viernes 09:00–12:00, 13:00–18:00"),
        ("¿qué horarios tienen?", "¿Qué servicio quieres?"),
        ("quiero una cita el lunes", "¿Sería el lunes 16/11 o el lunes 23/11?"),
        ("¿eres un robot?", "Soy la recepción automática de Ana Souza."),
        ("quiero hablar con alguien", "Ya le avisé a Ana, que te responde por aquí."),
        ("¡muchas gracias!", "¡De nada!"),
        ("hola, asdf", "Perdón, no te entendí bien."),
    ],
)
def test_spanish_question_is_answered_in_spanish(ana: Professional, text: str, told: str) -> None:
    assert told in say(ana, text)


@pytest.mark.parametrize(("chosen", "hour"), [("la 2", "10:30"), ("el 3", "13:00"), ("la última", "17:00")])
def test_spanish_number_of_a_list_is_no_hour_and_no_date(ana: Professional, chosen: str, hour: str) -> None:
    say(ana, "hola, me llamo Juan Pérez, ¿qué hay el jueves?")

    assert f"jueves 19 de noviembre a las {hour}\n" in say(ana, chosen)


def test_nameless_address_is_asked_for_its_phone_in_spanish(ana: Professional) -> None:
    """W18"""
    hidden = "whatsapp:MX.1502837465019283"

    assert "escribe *saltar*" in say(ana, "hola, cita mañana a las 15", "Juan Pérez", address=hidden)
    assert "¿Confirmas?" in say(ana, "saltar", address=hidden)


def test_question_about_a_day_is_in_the_language_of_the_talk(ana: Professional) -> None:
    assert "There is no" in say(ana, "Hello, how much is it?", "31/11")
