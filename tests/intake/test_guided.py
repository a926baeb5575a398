"""Single steps of the conversation without a model; whole conversations stand in `test_conversation.py`.

It is Monday, 16 November 2026, 09:00 in São Paulo.
"""

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake import agent, choices, guided, phrases
from intake.models import Conversation
from intake.state import OptionKind
from scheduling.models import Professional
from tests import cast
from tests.intake import conversing
from tests.intake.test_tools import context_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(cast.MONDAY_MORNING), translation.override("pt-br"):
        yield


def test_list_is_headed_by_what_it_is_for(ana: Professional) -> None:
    said = choices.pick(context_of(ana), OptionKind.CANCEL, [("A1", "quinta"), ("A2", "sexta")])

    assert said == "Qual deles você quer cancelar?\n1. quinta\n2. sexta"


def test_everything_done_is_in_the_trace(ana: Professional) -> None:
    context = context_of(ana)
    guided.answer(context, "tem na quinta?")

    assert [(step["kind"], step["name"]) for step in context.steps] == [("tool", "get_available_slots")]


WORDS = ["oi", "1", "2", "quinta", "às 15h", "Caio", "não", "remarcar", "cancelar", "quanto custa?", "outro dia"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS) | TEXTS.filter(lambda text: not phrases.yes_or_no(text)), max_size=6))
def test_any_talk_is_answered_and_nothing_is_booked_without_a_yes(ana: Professional, texts: list[str]) -> None:
    """I2, L17: no text is met with silence or an error."""
    agent.model.cache_clear()
    address = f"whatsapp:+55119{Conversation.objects.count():08}"
    for text in texts:
        heard = conversing.say(ana, text, address=address)
        conversation = conversing.conversation_of(ana, address=address)
        assert heard or conversation.human_until or conversation.opted_out_at
        assert not any("confirmed" in line for line in conversing.agenda(ana))
