"""Steps that a number, a tap and free text share; whole conversations stand in `test_conversation.py`.

It is Monday, 16 November 2026, 09:00 in São Paulo.
"""

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from intake import guided, steps
from intake.state import Awaiting, Option, OptionKind
from scheduling.models import Professional
from tests import cast
from tests.intake import conversing
from tests.intake.test_tools import context_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(cast.MONDAY_MORNING), translation.override("pt-br"):
        yield


@pytest.mark.parametrize("kind", [OptionKind.SLOT, OptionKind.MOVE])
def test_option_that_stands_for_nothing_any_more_shows_the_menu(ana: Professional, kind: OptionKind) -> None:
    said = steps.choose(context_of(ana), Option(kind=kind, value="0", label="qui, 19/11, 15:00"))

    assert said.startswith("Como posso ajudar?")


def test_move_of_somebody_elses_appointment_shows_the_menu(ana: Professional) -> None:
    """N3"""
    hers = cast.booked(cast.dora(ana), cast.at("2026-11-19 15:00"))
    cast.caio(ana)

    said = steps.choose(context_of(ana), Option(kind=OptionKind.MOVE, value=str(hers.pk), label=""))

    assert said.startswith("Como posso ajudar?")


def test_cancellation_of_somebody_elses_appointment_finds_nothing(ana: Professional) -> None:
    """N3"""
    hers = cast.booked(cast.dora(ana), cast.at("2026-11-19 15:00"))
    cast.caio(ana)

    said = steps.choose(context_of(ana), Option(kind=OptionKind.CANCEL, value=hers.reference, label=""))

    assert said == "Não encontrei esse horário."


@pytest.mark.parametrize("text", ["sim", "2", "quinta", "quanto custa?", "quero cancelar", "às 15h", "1️⃣", "?"])
def test_answer_that_is_no_name_is_not_taken_for_one(ana: Professional, text: str) -> None:
    context = context_of(ana, text)
    context.state.awaiting = Awaiting.NAME

    assert steps.take_name(context, text) is None
    assert context.state.name == ""


def test_name_goes_on_with_the_time_that_was_chosen(ana: Professional) -> None:
    context = context_of(ana, "quinta às 15h")
    guided.answer(context, "quinta às 15h")

    assert steps.take_name(context, "Caio Martins") == ""
    assert context.asked
    assert conversing.agenda(ana) == ["19/11 15:00 Sessão individual held"]


def test_refusal_that_other_times_cannot_mend_offers_none(ana: Professional) -> None:
    context = context_of(ana)

    assert steps.refuse(context, "blocked", "Não posso.") == "Não posso."
    assert context.state.options == []


def test_refusal_of_a_time_offers_others(ana: Professional) -> None:
    context = context_of(ana)
    context.state.draft.starts_at = cast.at("2026-11-19 15:00")

    assert "quinta-feira, 19/11 tem estes horários" in steps.refuse(context, "slot_taken", "Já foi.")
