"""Taps and numbers: what was shown is chosen, by an id of this conversation. It is Monday, 16 November 2026, 09:00."""

import pytest
import time_machine

from scheduling.models import Professional
from tests import cast
from tests.intake import conversing
from tests.intake.conversing import agenda, conversation_of, question, say

HELD = ["19/11 15:00 Sessão individual held"]
BOOKED = ["19/11 15:00 Sessão individual confirmed"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def test_tap_on_yes_confirms(asked: Professional) -> None:
    assert say(asked, "Sim", tap=question(asked).options[0]["id"]).startswith("Marcado")


def test_tap_on_no_gives_the_time_back(asked: Professional) -> None:
    say(asked, "Não", tap=question(asked).options[1]["id"])

    assert agenda(asked) == []


def test_tap_on_an_old_question_confirms_nothing(asked: Professional) -> None:
    old = question(asked).options[0]["id"]
    say(asked, "na verdade sexta às 10h")

    heard = say(asked, "Sim", tap=old)

    assert "já não vale" in heard
    assert agenda(asked) == ["20/11 10:00 Sessão individual held"]


def test_tap_on_a_time_proposes_it(ana: Professional) -> None:
    cast.caio(ana)
    say(ana, "quinta")
    options = conversing.said(conversation_of(ana)).latest("pk").options

    assert "19/11, às 10:30" in say(ana, options[1]["label"], tap=options[1]["id"])


def test_tap_on_a_time_of_an_older_list_proposes_it_while_it_is_free(ana: Professional) -> None:
    cast.caio(ana)
    say(ana, "quinta")
    old = conversing.said(conversation_of(ana)).latest("pk").options[1]
    say(ana, "sexta")

    assert "19/11, às 10:30" in say(ana, old["label"], tap=old["id"])
    assert agenda(ana) == ["19/11 10:30 Sessão individual held"]


def test_tap_on_a_time_that_has_gone_shows_what_is_free(ana: Professional) -> None:
    say(ana, "quinta")
    old = conversing.said(conversation_of(ana)).latest("pk").options[1]
    cast.booked(cast.dora(ana), cast.at("2026-11-19 10:30"))

    heard = say(ana, "sexta", old["label"], tap=old["id"])

    assert "já está ocupado" in heard
    assert "quinta-feira, 19/11 tem estes horários" in heard


def test_tap_on_a_time_that_has_passed_shows_what_is_free(ana: Professional) -> None:
    say(ana, "quinta")
    old = conversing.said(conversation_of(ana)).latest("pk").options[1]

    with time_machine.travel(cast.at("2026-11-19 12:00")):
        heard = say(ana, old["label"], tap=old["id"])

    assert "Esse horário já passou" in heard
    assert "20/11" in heard


def test_tap_on_an_older_list_of_a_move_moves(ana: Professional) -> None:
    cast.booked(cast.caio(ana), cast.at("2026-11-18 10:00"))
    say(ana, "remarcar", "quinta")
    old = conversing.said(conversation_of(ana)).latest("pk").options[1]
    say(ana, "deixa")

    say(ana, old["label"], tap=old["id"])
    say(ana, "sim")

    assert agenda(ana) == ["19/11 10:30 Sessão individual confirmed"]


@pytest.mark.parametrize("forged", ["1:yes", "x" * 200, "';--"])
def test_forged_tap_does_nothing(asked: Professional, forged: str) -> None:
    assert "já não vale" in say(asked, "Sim", tap=forged)
    assert agenda(asked) == HELD


def test_tap_from_another_conversation_does_nothing(asked: Professional) -> None:
    say(asked, "Sim", tap=question(asked).options[0]["id"], address=cast.DORA_ADDRESS)

    assert agenda(asked) == HELD


@pytest.mark.parametrize("number", ["7", "0", "99"])
def test_number_out_of_range_is_asked_again(ana: Professional, number: str) -> None:
    assert say(ana, "oi", number) == "Escolha um número de 1 a 6, por favor."


@pytest.mark.parametrize("text", ["2", "2.", "opção 2", "a segunda", "2️⃣", "quero a 2", "número 2", "２"])
def test_number_is_understood(ana: Professional, text: str) -> None:
    """I5"""
    assert "Você ainda não tem horários" in say(ana, "oi", text)


def test_words_of_an_option_choose_it(ana: Professional) -> None:
    assert "Você ainda não tem horários" in say(ana, "oi", "ver meus horarios")
