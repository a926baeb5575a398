"""What the reception did, in words: nothing that is recorded can break them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import simulator_trace
from intake.models import Turn
from tests import cast
from tests.intake.phone import heard, talk


def test_refused_tool_is_shown_as_not_done() -> None:
    detail = {"payload": {"ok": False, "error": {"code": "slot_taken", "message": "Este horário já está ocupado."}}}
    step = simulator_trace.step({"kind": "tool", "name": "book_appointment", "detail": detail})
    assert (step.title, step.subtitle, step.icon) == ("Não segurou o horário", "Este horário já está ocupado.", "alert")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["kind", "name", "detail", "milliseconds", "result", "error", "text"]), inner
            )
        ),
    )
)
def test_no_record_breaks_the_trace(record: Any) -> None:
    """I2: what a model or a person put into a trace is shown, whatever it is."""
    turn = Turn(trace=record if isinstance(record, list) else [record, {"kind": record, "detail": record}])
    assert all(step.title for step in simulator_trace.steps(turn))


@pytest.mark.django_db
def test_message_that_nobody_takes_is_said() -> None:
    conversation = talk(cast.ana())
    message = heard(conversation, "oi", status="pending")
    soon, late = message.received_at + timedelta(seconds=20), message.received_at + timedelta(seconds=40)
    assert simulator_trace.warnings(conversation, now=soon) == []
    assert "worker" in simulator_trace.warnings(conversation, now=late)[0]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"offers": []}, "Nenhum horário."),
        ({"offers": [{}, {}], "why_not": "Dia cheio."}, "Dia cheio. 2 horários."),
        (
            {"status": "waiting_for_yes", "weekday": "segunda-feira", "date": "2026-11-23", "time": "10:00"},
            "segunda-feira, 23/11, 10:00. Espera o “sim” do cliente.",
        ),
        ({"coming": [{}]}, "1 horário marcado."),
    ],
)
def test_what_a_tool_found_is_a_sentence(payload: dict[str, Any], words: str) -> None:
    step = simulator_trace.step({"kind": "tool", "name": "a_tool", "detail": {"payload": payload}})
    assert step.subtitle == words


def test_model_that_did_not_answer_is_said() -> None:
    step = simulator_trace.step({"kind": "model", "name": "llama", "detail": {"error": "rate_limited"}})
    assert (step.title, step.subtitle, step.tone) == ("O modelo não respondeu: llama", "rate_limited", "w")
