"""What the reception did, in words: nothing that is recorded can break them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import trace
from intake.models import Turn
from tests import cast
from tests.intake.phone import heard, said, talk


def test_refused_tool_is_shown_as_not_done() -> None:
    detail = {"payload": {"ok": False, "error": {"code": "slot_taken", "message": "Este horário já está ocupado."}}}
    step = trace.step({"kind": "tool", "name": "book_appointment", "detail": detail})
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
    assert all(step.title for step in trace.steps(turn))


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"offers": []}, "Nenhum horário."),
        (
            {
                "offers": [
                    {"date": "2026-11-23", "time": "09:00"},
                    {"date": "2026-11-23", "time": "10:30"},
                    {"date": "2026-11-24", "time": "09:00"},
                ],
                "why_not": "Dia cheio.",
            },
            "Dia cheio. 3 horários. 23/11: 09:00, 10:30; 24/11: 09:00.",
        ),
        (
            {"status": "waiting_for_yes", "weekday": "segunda-feira", "date": "2026-11-23", "time": "10:00"},
            "segunda-feira, 23/11, às 10:00. Espera o “sim” do cliente.",
        ),
        ({"coming": [{}]}, "1 horário marcado."),
    ],
)
def test_what_a_tool_found_is_a_sentence(payload: dict[str, Any], words: str) -> None:
    step = trace.step({"kind": "tool", "name": "a_tool", "detail": {"payload": payload}})
    assert step.subtitle == words


def test_model_that_did_not_answer_is_said() -> None:
    step = trace.step({"kind": "model", "name": "llama", "detail": {"error": "rate_limited"}})
    assert (step.title, step.subtitle, step.tone) == ("O modelo não respondeu: llama", "rate_limited", "w")


@pytest.mark.parametrize(
    ("trouble", "told"),
    [("", ("Ouviu o áudio", "", "mic")), ("too_large", ("Não entendeu o áudio", "too_large", "alert"))],
)
def test_voice_note_is_told_to_be_heard_or_not(trouble: str, told: tuple[str, str, str]) -> None:
    step = trace.step({"kind": "note", "name": "voice", "detail": {"message": 1, "trouble": trouble}})
    assert (step.title, step.subtitle, step.icon) == told


def test_tokens_of_an_answer_are_told_with_it() -> None:
    detail = {"prompt_tokens": 1204, "completion_tokens": 38, "calls": ["get_available_slots"]}
    step = trace.step({"kind": "model", "name": "llama", "detail": detail})
    assert step.subtitle == "Pediu: horários livres. 1.204 tokens lidos, 38 escritos."


def test_call_and_result_stand_apart() -> None:
    detail = {"arguments": {"date": "2026-11-23"}, "payload": {"ok": True, "offers": []}}
    step = trace.step({"kind": "tool", "name": "get_available_slots", "detail": detail})
    (call, asked), (result, found) = step.raw
    assert (call, result) == ("Chamada", "Resultado")
    assert asked.startswith("get_available_slots {")
    assert "2026-11-23" in asked
    assert "offers" in found


@pytest.mark.django_db
def test_totals_tell_model_time_tokens_and_delivery() -> None:
    conversation = talk(cast.ana())
    spent = {"milliseconds": 1649, "prompt_tokens": 1204, "completion_tokens": 38}
    turn = Turn.objects.create(
        conversation=conversation, path="model", model="llama", outcome="unavailable: rate_limited", **spent
    )
    said(conversation, "Oi", turn=turn, handed_at=cast.at("2026-11-20 14:33:05"))
    assert dict(trace.totals(turn)) == {
        "Modelo": "llama",
        "Fim do modelo": "não respondeu: rate_limited",
        "Tempo": "1,6 s",
        "Tokens": "1.204 tokens lidos, 38 escritos",
        "Entrega": "Entregue às 14:33",
    }


@pytest.mark.django_db
def test_message_without_words_is_named() -> None:
    """W4: a sticker or a voice note is no empty quotation."""
    conversation = talk(cast.ana())
    turn = Turn.objects.create(conversation=conversation, path="direct")
    heard(conversation, "", kind="audio", media=[{"url": "", "type": "audio/ogg"}], turn=turn)
    assert trace.steps(turn)[0].title == "Recebeu Áudio"
    assert trace.latest(conversation)[0][0].heard == "Áudio"
