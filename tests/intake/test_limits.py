"""Limits of one address: bookings, holds, answers; and another machine on the line. Monday, 16 November 2026, 09:00."""

import pytest
import time_machine
from pytest_django import Settings

from intake.models import OutboundMessage
from scheduling import booking
from scheduling.models import Professional
from tests import cast
from tests.intake.conversing import agenda, conversation_of, last_turn, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def mails() -> list[str]:
    return list(OutboundMessage.objects.filter(medium="email").values_list("body", flat=True))


def test_third_open_booking_is_refused(ana: Professional) -> None:
    """P9"""
    cast.caio(ana)
    say(ana, "quinta às 9h", "sim", "quinta às 10h", "sim")

    assert "já tem todos os horários" in say(ana, "quinta às 11h")
    assert len(agenda(ana)) == 2


def test_room_is_there_again_after_a_cancellation(ana: Professional) -> None:
    """P9"""
    cast.caio(ana)
    say(ana, "quinta às 9h", "sim", "sexta às 10h", "sim", "cancelar a de sexta", "sim")

    assert "Então fica assim" in say(ana, "quinta às 11h")


def test_bookings_by_hand_do_not_count(ana: Professional) -> None:
    """P9"""
    caio = cast.caio(ana)
    for hour in ("09", "10", "11"):
        starts_at = cast.at(f"2026-11-19 {hour}:00")
        service = cast.only_service(ana)
        booking.book(ana, client=caio, service=service, starts_at=starts_at, source="admin", actor=booking.SYSTEM)

    assert "Então fica assim" in say(ana, "sexta às 11h")


def test_moving_is_possible_at_the_limit(ana: Professional) -> None:
    """P9"""
    cast.caio(ana)
    say(ana, "quinta às 9h", "sim", "sexta às 10h", "sim")

    assert "Mudar de" in say(ana, "remarcar", "2", "sexta às 15h")


def test_holds_of_a_day_end(ana: Professional, settings: Settings) -> None:
    """P9"""
    settings.HOLDS_PER_DAY = 2
    cast.caio(ana)
    say(ana, "quinta às 9h", "melhor às 10h")

    assert "amanhã" in say(ana, "melhor às 11h")
    with time_machine.travel(cast.at("2026-11-17 09:00")):
        assert "Então fica assim" in say(ana, "quinta às 11h")


def test_flood_is_answered_once_and_told_once(ana: Professional, settings: Settings) -> None:
    """L22"""
    settings.TURNS_PER_HOUR = 2
    say(ana, "quanto custa?", "onde fica?")

    assert "muitas mensagens" in say(ana, "e o horário de atendimento?")
    assert say(ana, "quanto custa?") == ""
    assert say(ana, "recepção") == ""
    assert len(mails()) == 1


def test_flood_of_one_address_concerns_no_other(ana: Professional, settings: Settings) -> None:
    """L22"""
    settings.TURNS_PER_HOUR = 1
    say(ana, "quanto custa?", "onde fica?")

    assert "R$" in say(ana, "quanto custa?", address=cast.DORA_ADDRESS)


def test_another_machine_is_met_with_silence(ana: Professional) -> None:
    """O13"""
    line = "Obrigado pelo contato! Quanto custa? Protocolo {}"
    heard = [say(ana, line.format(number)) for number in range(8)]

    assert [bool(text) for text in heard] == [True] * 6 + [False] * 2
    assert last_turn(ana).path == "silent"
    assert len(mails()) == 1


def test_quick_person_is_no_machine(ana: Professional) -> None:
    """O13"""
    lines = [
        "oi",
        "quanto custa?",
        "onde fica?",
        "tem quinta?",
        "e sexta?",
        "mais tarde?",
        "terça às 10h",
        "Caio",
        "sim",
    ]

    assert "Marcado" in say(ana, *lines)
    assert conversation_of(ana).human_until is None
