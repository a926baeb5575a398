"""Answers without a model: sim and não, PARAR, people, media. It is Monday, 16 November 2026, 09:00."""

from datetime import timedelta

import pytest
import time_machine

from intake import notices, outbox
from intake.models import Conversation, OutboundMessage
from scheduling import booking
from scheduling.models import Appointment, Professional
from tests import cast
from tests.intake import conversing
from tests.intake.conversing import agenda, conversation_of, last_turn, question, say, write

HELD = ["19/11 15:00 Sessão individual held"]
BOOKED = ["19/11 15:00 Sessão individual confirmed"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


# Sim and não


@pytest.mark.parametrize(
    "yes",
    [
        "sim",
        "Sim!",
        "SIM, obrigada",
        "siim",
        "s",
        "ok",
        "pode ser",
        "isso mesmo",
        "pode confirmar, por favor",
        "👍",
        "yes",
    ],
)
def test_yes_confirms(asked: Professional, yes: str) -> None:
    assert say(asked, yes).startswith("Marcado: quinta-feira, 19/11, às 15:00")
    assert agenda(asked) == BOOKED
    assert last_turn(asked).path == "direct"


def test_yes_with_courtesy_in_its_burst_confirms(asked: Professional) -> None:
    conversing.say_at_once(asked, ["sim", "muito obrigada", "bom dia!"])

    assert agenda(asked) == BOOKED


@pytest.mark.parametrize("no", ["não", "nao", "Não, obrigado", "n", "deixa pra lá", "melhor não", "no thanks", "👎"])
def test_no_gives_the_time_back(asked: Professional, no: str) -> None:
    assert "não marquei" in say(asked, no)
    assert agenda(asked) == []


@pytest.mark.parametrize(
    "text",
    [
        "sim, mas pode ser às 16h?",
        "sim? quanto custa?",
        "sim mas na sexta",
        "não sei",
        "sim e não",
        "talvez",
        "obrigada",
        "?",
    ],
)
def test_yes_with_something_else_confirms_nothing(asked: Professional, text: str) -> None:
    """L17"""
    say(asked, text)

    assert not Appointment.objects.filter(status="confirmed").exists()


def test_correction_replaces_the_question(asked: Professional) -> None:
    heard = say(asked, "sim, mas pode ser às 16h?")

    assert "19/11, às 16:00" in heard
    assert agenda(asked) == ["19/11 16:00 Sessão individual held"]


@pytest.mark.parametrize("burst", [["sim", "mas às 16h"], ["sim", "quanto custa?"], ["não", "sim"]])
def test_yes_with_a_correction_in_its_burst_confirms_nothing(asked: Professional, burst: list[str]) -> None:
    conversing.say_at_once(asked, burst)

    assert not Appointment.objects.filter(status="confirmed").exists()


def test_yes_before_the_question_was_handed_over_confirms_nothing(ana: Professional) -> None:
    cast.caio(ana)
    conversation = write(ana, "quinta às 15h")
    conversing.answer(conversation, delivered=False)

    early = conversing.answer(write(ana, "sim"))

    assert "Confirma?" not in early
    assert agenda(ana) == HELD
    assert say(ana, "sim").startswith("Marcado")


def test_question_that_was_never_delivered_is_put_again(asked: Professional) -> None:
    conversing.said(conversation_of(asked)).update(status="failed")

    assert "Confirma?" in say(asked, "sim")
    assert agenda(asked) == HELD
    assert say(asked, "sim").startswith("Marcado")


def test_yes_answers_what_was_said_last(asked: Professional) -> None:
    say(asked, "o que tem na sexta?")

    heard = say(asked, "sim")

    assert "um dos horários acima" in heard
    assert agenda(asked) == HELD


def test_number_of_a_list_behind_the_question_is_understood(asked: Professional) -> None:
    assert "Então fica assim" in say(asked, "o que tem na sexta?", "1")
    assert agenda(asked) == ["20/11 09:00 Sessão individual held"]


def test_second_yes_books_nothing_more(asked: Professional) -> None:
    say(asked, "sim", "sim")

    assert Appointment.objects.count() == 1


def test_late_yes_books_a_time_that_is_still_free(asked: Professional) -> None:
    with time_machine.travel(cast.MONDAY_MORNING + timedelta(minutes=30)):
        booking.lapse_due()
        assert agenda(asked) == []

        assert say(asked, "sim").startswith("Marcado: quinta-feira, 19/11, às 15:00")


def test_late_yes_to_a_taken_time_gets_others(asked: Professional) -> None:
    with time_machine.travel(cast.MONDAY_MORNING + timedelta(minutes=30)):
        cast.booked(cast.dora(asked), cast.at("2026-11-19 15:00"))

        heard = say(asked, "sim")

    assert heard.startswith("Esse horário já está ocupado.")
    assert "quinta-feira, 19/11 tem estes horários" in heard
    assert Appointment.objects.get().client.name == "Dora Alves"


def test_late_yes_to_a_move_moves(ana: Professional) -> None:
    cast.booked(cast.caio(ana), cast.at("2026-11-19 10:00"))
    say(ana, "remarcar", "sexta às 11h")
    with time_machine.travel(cast.MONDAY_MORNING + timedelta(minutes=30)):
        booking.lapse_due()

        assert "Remarcado para sexta-feira, 20/11, às 11:00" in say(ana, "sim")


def test_yes_after_the_cut_off_cancels_nothing(ana: Professional) -> None:
    cast.booked(cast.caio(ana), cast.at("2026-11-17 10:00"))
    say(ana, "cancelar")
    with time_machine.travel(cast.MONDAY_MORNING + timedelta(hours=2)):
        assert "Já passou do prazo" in say(ana, "sim")

    assert agenda(ana) == ["17/11 10:00 Sessão individual confirmed"]


def test_yes_to_what_is_cancelled_already_is_answered(ana: Professional) -> None:
    appointment = cast.booked(cast.caio(ana), cast.at("2026-11-19 10:00"))
    say(ana, "cancelar")
    booking.cancel(appointment, actor=booking.SYSTEM)
    notices.announce_pending()
    outbox.deliver_due()

    assert "já não é possível" in say(ana, "sim")


def test_person_entered_after_the_first_message_is_known(ana: Professional) -> None:
    say(ana, "oi")
    cast.booked(cast.caio(ana), cast.at("2026-11-19 10:00"))

    assert "quinta-feira, 19/11, às 10:00" in say(ana, "meus horários")


def test_request_says_that_it_waits_for_approval() -> None:
    ana = cast.ana(requires_approval=True)
    cast.caio(ana)

    assert "Pedido enviado" in say(ana, "quinta às 15h", "sim")
    assert agenda(ana) == ["19/11 15:00 Sessão individual pending"]


def test_yes_found_in_the_providers_list_counts_though_its_time_is_in_whole_seconds(asked: Professional) -> None:
    conversation = write(asked, "sim")
    put = question(asked).attempted_at
    assert put is not None
    conversation.inbound.filter(status="pending").update(received_at=put.replace(microsecond=0))

    assert "Marcado" in conversing.answer(conversation)


# Stop, people, media


@pytest.mark.parametrize("word", ["PARAR", "parar", "Sair", "stop"])
def test_stop_is_acknowledged_once(ana: Professional, word: str) -> None:
    """V10"""
    first, second = say(ana, word), say(ana, word)

    assert "não vai mais receber avisos" in first
    assert second == ""
    assert conversation_of(ana).opted_out_at is not None


def test_whoever_writes_after_stop_is_answered(ana: Professional) -> None:
    """V10"""
    assert "Como posso ajudar?" in say(ana, "PARAR", "oi")


@pytest.mark.parametrize("text", ["cancelar", "Cancelar", "cancela"])
def test_cancel_is_about_the_appointment(ana: Professional, text: str) -> None:
    cast.booked(cast.caio(ana), cast.at("2026-11-19 15:00"))

    assert say(ana, text).endswith("Responda *sim* para cancelar ou *não* para manter.")
    assert conversation_of(ana).opted_out_at is None


@pytest.mark.parametrize("text", ["pessoa", "quero falar com a Ana", "quero falar com a atendente", "falar com alguém"])
def test_person_is_called(ana: Professional, text: str) -> None:
    assert "chamei Ana" in say(ana, text)
    assert OutboundMessage.objects.filter(medium="email").count() == 1


def test_person_gets_the_open_hold_out_of_the_way(asked: Professional) -> None:
    say(asked, "quero falar com uma pessoa")

    assert agenda(asked) == []


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("audio", "Ainda não consigo ouvir áudios por aqui. Você pode escrever, por favor?"),
        ("image", "Recebi sua imagem, mas por aqui só consigo ler texto. Se for para Ana, escreva *pessoa*;"),
        ("video", "Recebi seu vídeo, mas por aqui só consigo ler texto. Se for para Ana"),
        ("document", "Recebi seu documento, mas por aqui só consigo ler texto. Se for para Ana"),
        ("contact", "Recebi o contato, mas por aqui só consigo ler texto. Se for para Ana"),
        ("location", "Recebi sua localização, obrigada. Como posso ajudar?"),
        ("sticker", "🙂 Se precisar de algo, é só escrever."),
        ("unsupported", "Por aqui só consigo ler texto. Você pode escrever o que precisa, por favor?"),
    ],
)
def test_media_is_answered_politely(ana: Professional, kind: str, answer: str) -> None:
    """W4"""
    assert answer in conversing.answer(write(ana, "", kind=kind))


def test_media_leaves_the_question_open(asked: Professional) -> None:
    heard = conversing.answer(write(asked, "", kind="image"))

    assert "Confirma quinta-feira, 19/11, às 15:00?" in heard
    assert say(asked, "sim").startswith("Marcado")


def test_one_client_two_professionals_two_talks(asked: Professional) -> None:
    """N3"""
    bruno = cast.bruno()

    assert "Você ainda não tem horários" in say(bruno, "meus horários")
    say(bruno, "sim")
    assert agenda(asked) == HELD


def test_profile_name_is_only_data(ana: Professional) -> None:
    """P3"""
    conversation = write(ana, "oi", name="{{ settings.SECRET_KEY }}{% load x %}%(name)s")

    heard = conversing.answer(conversation)

    assert "Como posso ajudar?" in heard
    assert "{{" not in heard
    assert Conversation.objects.get().profile_name.startswith("{{ settings")


def test_nothing_is_said_twice(asked: Professional) -> None:
    outbox.deliver_due()
    bodies = conversing.everything_said(asked)

    assert len(bodies) == len(set(bodies))
