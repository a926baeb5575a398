"""Whole conversations without a model: what a client writes, what is booked in the end, what is answered last.

It is Monday, 16 November 2026, 09:00 in São Paulo. Ana works Monday to Friday 09–12 and 13–18.
"""

import pytest

from scheduling.models import Professional
from tests import cast
from tests.intake import conversing
from tests.intake.conversing import agenda, say
from tests.intake.talks import TALKS, Talk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def ana() -> Professional:
    return cast.ana(address="Rua Augusta, 1200")


def prepare(professional: Professional, talk: Talk) -> None:
    for local in talk.taken:
        cast.booked(cast.dora(professional), cast.at(local))
    for local in talk.own:
        cast.booked(cast.caio(professional), cast.at(local))


@pytest.mark.parametrize("talk", TALKS.values(), ids=TALKS)
def test_client_is_served(ana: Professional, talk: Talk) -> None:
    prepare(ana, talk)

    heard = say(ana, *talk.lines)

    assert agenda(ana) == talk.booked
    assert talk.hears in heard
    assert not talk.never or talk.never not in heard


def test_burst_is_one_turn(ana: Professional) -> None:
    heard = conversing.say_at_once(ana, ["oi", "quero marcar", "quinta às 15h"])

    assert heard.count("Olá!") == 1
    assert "Qual é o seu nome" in heard
    assert conversing.conversation_of(ana).turns.count() == 1


def test_greets_once(ana: Professional) -> None:
    say(ana, "oi", "quinta", "asdf")

    assert "".join(conversing.everything_said(ana)).count("recepção automática") == 1


def test_offers_nothing_where_nothing_is_free(ana: Professional) -> None:
    ana.working_hours.all().delete()

    assert "Que outro dia seria bom" in say(ana, "quinta às 15h")


def test_calls_a_person_where_nothing_can_be_booked(ana: Professional) -> None:
    ana.services.update(is_active=False)

    assert "chamei Ana" in say(ana, "quero marcar")
    assert conversing.conversation_of(ana).human_until is not None


@pytest.mark.parametrize(
    "riddle", ["🤷", "...", "?", "0", "99", "a" * 1500, "\u200b", "<b>oi</b>", "%(name)s", "{{ x }}"]
)
def test_riddle_is_never_a_dead_end(ana: Professional, riddle: str) -> None:
    heard = say(ana, "quinta", riddle)

    assert "pessoa" in heard or "número" in heard
    assert agenda(ana) == []


def test_unfinished_wish_is_forgotten_after_a_pause(ana: Professional) -> None:
    say(ana, "quero remarcar", "sessão de casal", "quinta")
    conversing.conversation_of(ana).inbound.update(received_at=cast.at("2026-10-01 10:00"))

    heard = say(ana, "às 10h")

    assert "quinta-feira, 19/11 tem" not in heard
    assert conversing.conversation_of(ana).recall().draft.first_day is None
