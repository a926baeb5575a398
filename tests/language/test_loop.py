"""The loop against a scripted model; the last tests put Groq's adapter and a scripted server behind it."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from language.groq import Groq
from language.loop import Answer, Call, ModelError, Run, Stop, TooLong, Unavailable, Unusable, Usage, progress, run
from language.tools import Arguments, Refusal, Tool, Toolbox
from tests.standins import groq as standin
from tests.standins.groq import GroqStandIn, Response

MESSAGES = [{"role": "user", "content": "quero quinta às 15h"}]


class Wanted(Arguments):
    time: str
    note: str = ""


class Booked(BaseModel):
    reference: str


@dataclass
class Desk:
    """The context: what was really booked."""

    booked: list[str] = field(default_factory=list)


def book(desk: Desk, wanted: Wanted) -> Booked:
    if wanted.time == "13:00":
        raise Refusal("slot_taken", "That time is taken.")
    desk.booked.append(wanted.time)
    return Booked(reference=f"R{len(desk.booked)}")


TOOLBOX: Toolbox[Desk] = Toolbox([Tool("book_appointment", "Marca.", Wanted, Booked, book)])


@dataclass
class Scripted:
    """A model that says what a test tells it to, and remembers what it was asked."""

    answers: list[Answer | ModelError]
    asked: list[list[Mapping[str, Any]]] = field(default_factory=list)
    given: tuple[Sequence[Mapping[str, Any]], float] = ((), 0)

    def answer(
        self, messages: Sequence[Mapping[str, Any]], *, tools: Sequence[Mapping[str, Any]], deadline: float
    ) -> Answer:
        self.asked.append(list(messages))
        self.given = (tools, deadline)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, ModelError):
            raise answer
        return answer


def say(text: str, *calls: Call) -> Answer:
    return Answer(text, calls, "scripted-1", Usage(10, 5), 7)


def want(time: str, *, call: str = "a", **more: str) -> Call:
    return Call(call, "book_appointment", json.dumps({"time": time, **more}))


def talk(model: Scripted, *, desk: Desk | None = None, **options: Any) -> Run:
    settings: dict[str, Any] = {"deadline": 20.0, "clock": lambda: 0.0} | options
    return run(model, MESSAGES, toolbox=TOOLBOX, context=desk or Desk(), **settings)


def converse(*answers: Answer | ModelError, desk: Desk | None = None, **options: Any) -> Run:
    return talk(Scripted(list(answers)), desk=desk, **options)


def ticking(step: float) -> Callable[[], float]:
    """A clock that goes on by `step` seconds each time it is read."""
    now = [-step]

    def read() -> float:
        now[0] += step
        return now[0]

    return read


def test_text_is_the_answer() -> None:
    done = converse(say(" Oi, tudo bem?\n"))
    assert (done.stop, done.text, done.model) == (Stop.ANSWERED, "Oi, tudo bem?", "scripted-1")
    assert (done.usage, done.outcomes, done.error) == (Usage(10, 5), (), "")


def test_result_of_a_call_goes_back_to_the_model() -> None:
    model = Scripted([say("", want("15:00")), say("Anotei.")])
    done = talk(model)
    assert done.stop is Stop.ANSWERED
    assert model.given == (TOOLBOX.schemas(), 20)
    assert len(MESSAGES) == 1
    assert model.asked[1][0] == MESSAGES[0]
    assert model.asked[1][1]["tool_calls"][0]["function"]["name"] == "book_appointment"
    assert model.asked[1][2] == {"role": "tool", "tool_call_id": "a", "content": '{"ok": true, "reference": "R1"}'}


def test_refusal_is_told_and_the_talk_goes_on() -> None:
    done = converse(say("", want("13:00")), say("Esse horário já foi."))
    assert (done.stop, done.outcomes[0].payload["error"]["code"]) == (Stop.ANSWERED, "slot_taken")


def test_trace_is_plain_json_in_order() -> None:
    done = converse(say("", want("15:00")), say("Anotei."))
    assert [(step.kind, step.name) for step in done.steps] == [
        ("model", "scripted-1"),
        ("tool", "book_appointment"),
        ("model", "scripted-1"),
    ]
    assert json.loads(json.dumps([asdict(step) for step in done.steps]))[1]["detail"]["arguments"] == {"time": "15:00"}
    assert done.usage == Usage(20, 10)


def test_steps_are_told_while_it_goes_on() -> None:
    model, desk = Scripted([say("", want("15:00")), say("Marcado?")]), Desk()
    going = progress(model, MESSAGES, toolbox=TOOLBOX, context=desk, deadline=time.monotonic() + 5)
    assert [next(going).kind for _ in range(2)] == ["model", "tool"]
    assert (len(model.asked), desk.booked) == (1, ["15:00"])


def test_halt_ends_the_run_after_its_tool() -> None:
    desk = Desk()
    done = converse(say("Marcado!", want("15:00"), want("16:00", call="b")), desk=desk, halt=lambda outcome: outcome.ok)
    assert (done.stop, done.text, desk.booked) == (Stop.HALTED, "", ["15:00"])


def test_halt_may_let_a_refusal_go_on() -> None:
    done = converse(say("", want("13:00")), say("Esse não."), halt=lambda outcome: outcome.ok)
    assert done.stop is Stop.ANSWERED


def test_text_beside_calls_is_dropped() -> None:
    """L15: it was written before the result was known."""
    done = converse(say("Agendado!", want("13:00")), say("Esse horário já foi."))
    assert done.text == "Esse horário já foi."
    assert "Agendado" not in json.dumps([asdict(step) for step in done.steps])


@pytest.mark.parametrize("again", [{}, {"note": ""}])
def test_same_call_twice_stops_the_run(again: dict[str, str]) -> None:
    """L11: also when it is spelled differently."""
    desk = Desk()
    done = converse(say("", want("15:00")), say("", want("15:00", call="b", **again)), desk=desk)
    assert (done.stop, done.text, desk.booked) == (Stop.REPEATED_CALL, "", ["15:00"])


def test_same_call_twice_in_one_answer_runs_once() -> None:
    """L12"""
    desk = Desk()
    done = converse(say("", want("15:00"), want("15:00", call="b")), desk=desk)
    assert (done.stop, desk.booked) == (Stop.REPEATED_CALL, ["15:00"])


def test_repeated_id_within_an_answer_runs_once() -> None:
    """L12"""
    desk = Desk()
    model = Scripted([say("", want("15:00"), want("16:00", call="b"), want("15:30")), say("Anotei.")])
    done = talk(model, desk=desk)
    assert (done.stop, desk.booked) == (Stop.ANSWERED, ["15:00", "16:00"])
    assert [message.get("tool_call_id") for message in model.asked[1][2:]] == ["a", "b"]


def test_id_used_again_in_a_later_answer_is_another_call() -> None:
    """L12: some models count from zero in every answer."""
    desk = Desk()
    converse(say("", want("15:00")), say("", want("16:00")), say("Anotei."), desk=desk)
    assert desk.booked == ["15:00", "16:00"]


def test_seventh_step_is_not_taken() -> None:
    """L11"""
    desk = Desk()
    done = converse(*[say("", want(f"{hour}:30")) for hour in range(10, 20)], desk=desk)
    assert (done.stop, len(desk.booked)) == (Stop.STEP_LIMIT, 6)


def test_ninth_call_is_not_run() -> None:
    """L11"""
    desk = Desk()
    many = [want(f"{hour}:30", call=str(hour)) for hour in range(10, 20)]
    done = converse(say("", *many), desk=desk)
    assert (done.stop, len(desk.booked), len(done.outcomes)) == (Stop.CALL_LIMIT, 8, 8)


@pytest.mark.parametrize(
    "arguments", ['{"time": "15', "amanhã", '{"time": NaN}', '{"time": 15}', '{"time": "\\u0000"}']
)
def test_bad_arguments_get_one_chance(arguments: str) -> None:
    """L7, L8"""
    desk = Desk()
    model = Scripted([say("", Call("a", "book_appointment", arguments)), say("", want("15:00")), say("Anotei.")])
    done = talk(model, desk=desk)
    assert (done.stop, desk.booked) == (Stop.ANSWERED, ["15:00"])
    assert json.loads(model.asked[1][2]["content"])["error"]["code"] == "invalid_arguments"


def test_unknown_tool_gets_one_chance() -> None:
    """L10"""
    model = Scripted([say("", Call("a", "send_money", "{}")), say("Não faço isso.")])
    done = talk(model)
    assert done.stop is Stop.ANSWERED
    assert json.loads(model.asked[1][2]["content"])["error"]["code"] == "unknown_tool"


@pytest.mark.parametrize("first", [Call("a", "send_money", "{}"), Call("a", "book_appointment", "{")])
@pytest.mark.parametrize("second", [Call("b", "send_money", "{}"), Call("b", "book_appointment", '{"tenant": 2}')])
def test_second_invalid_call_ends_the_run(first: Call, second: Call) -> None:
    """L7, L9, L10"""
    done = converse(say("", first), say("", second), say("Anotei."))
    assert (done.stop, len(done.outcomes)) == (Stop.UNUSABLE, 2)
    assert done.error == done.outcomes[1].payload["error"]["code"]


def test_broken_call_is_not_sent_back_as_it_was() -> None:
    """L7: broken JSON in the history, or a lone surrogate in the request, would fail the next request."""
    model = Scripted([say("", Call("a", "no\ud800 such", '{"\ud800": ')), say("Desculpe.")])
    talk(model)
    assert json.dumps(model.asked[1], ensure_ascii=False).encode()
    assert model.asked[1][1]["tool_calls"][0]["function"] == {"name": "no__such", "arguments": "{}"}


def test_unusable_answer_is_sampled_again() -> None:
    """L4, L18"""
    done = converse(Unusable("tool_use_failed", usage=Usage(3, 2)), Unusable("empty"), say("Oi."))
    assert (done.stop, done.text, done.usage) == (Stop.ANSWERED, "Oi.", Usage(13, 7))


def test_third_unusable_answer_ends_the_run() -> None:
    """L4, L18"""
    model = Scripted([Unusable("empty"), say("  "), Unusable("tool_use_failed"), say("Oi.")])
    done = talk(model)
    assert (done.stop, done.text, done.error, len(model.asked)) == (Stop.UNUSABLE, "", "tool_use_failed", 3)


def test_unusable_answers_are_counted_over_the_whole_run() -> None:
    """L4"""
    done = converse(Unusable("empty"), say("", want("15:00")), Unusable("empty"), Unusable("empty"), say("Oi."))
    assert (done.stop, len(done.outcomes)) == (Stop.UNUSABLE, 1)


def test_too_long_messages_are_not_sent_again() -> None:
    """L20"""
    model = Scripted([TooLong("context_too_long"), say("Oi.")])
    done = talk(model)
    assert (done.stop, done.error, len(model.asked)) == (Stop.UNUSABLE, "context_too_long", 1)


def test_unavailable_model_ends_the_run_with_what_was_done() -> None:
    """L2"""
    done = converse(say("", want("15:00")), Unavailable("rate_limited"))
    assert (done.stop, done.error, done.outcomes[0].ok) == (Stop.UNAVAILABLE, "rate_limited", True)
    assert done.steps[-1].detail == {"error": "rate_limited"}


def test_deadline_before_an_answer_asks_nobody() -> None:
    model = Scripted([say("Oi.")])
    done = talk(model, clock=lambda: 20.0)
    assert (done.stop, model.asked) == (Stop.DEADLINE, [])


def test_call_that_comes_after_the_deadline_is_not_run() -> None:
    """L3"""
    desk = Desk()
    done = converse(say("", want("15:00")), desk=desk, clock=ticking(11))
    assert (done.stop, desk.booked) == (Stop.DEADLINE, [])


def test_model_that_gives_up_at_the_deadline_is_late() -> None:
    done = converse(Unavailable("timeout"), clock=ticking(9))
    assert (done.stop, done.error) == (Stop.DEADLINE, "timeout")


PRINTED = [
    '<function=book_appointment>{"time": "15:00"}</function>',
    "<function=book_appointment",
    'Claro! <function(book_appointment){"time": "15:00"}',
    "</function>",
    '<tool_call>{"name": "book_appointment"}</tool_call>',
    '[TOOL_CALLS] [{"x": 1}]',
    '<|python_tag|>book_appointment.call(time="15:00")',
    "<|start|>assistant<|channel|>commentary",
    'to=functions.book_appointment {"time": "15:00"}',
    '{"name": "book_appointment", "arguments": {"time": "15:00"}}',
    '{"parameters": {"time": "15:00"}, "name": "book_appointment"}',
    '{"type": "function", "name": "x", "parameters": {"time"',
    'Vou marcar: {"name": "x", "arguments": {}}',
    "{'name': 'x', 'parameters': {}}",
    '```json\n{"time": "15:00"}\n```',
    '{"time": "15:00"}',
    '[{"time": "15:00"}]',
    'Resultado: [{"tool": "book_appointment", "ok": false}]',
    'O erro foi {"code": "slot_taken"}',
    "Usei book_appointment para isso.",
    'book_appointment(time="15:00")',
    'Um momento. book_appointment {"time": "15:00"}',
    "<think>The client wants Thursday.</think>",
    "Oi\0",
    "Oi \ud83d",
]


@pytest.mark.parametrize("text", PRINTED)
def test_call_printed_as_text_is_neither_shown_nor_run(text: str) -> None:
    """L19"""
    desk = Desk()
    done = converse(*[say(text)] * 3, desk=desk)
    assert (done.stop, done.text, desk.booked) == (Stop.UNUSABLE, "", [])


@pytest.mark.parametrize(
    "text",
    [
        "Tenho quinta (26/11) às 15h ou 16h. Qual prefere?",
        "Seu nome: Caio? E o telefone [opcional]?",
        "1) 09:00\n2) 10:00 {manhã}",
        "Custa R$ 200,00 <3",
        "A função do aquecimento é preparar o corpo | alongar",
    ],
)
def test_ordinary_text_passes(text: str) -> None:
    assert converse(say(text)).text == text


def test_bug_in_a_tool_is_not_swallowed() -> None:
    def break_down(_: Desk, __: Wanted) -> Booked:
        raise LookupError("database down")

    broken: Toolbox[Desk] = Toolbox([Tool("book_appointment", "", Wanted, Booked, break_down)])
    with pytest.raises(LookupError):
        run(Scripted([say("", want("15:00"))]), MESSAGES, toolbox=broken, context=Desk(), deadline=20, clock=lambda: 0)


CALLS = st.builds(
    Call,
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["book_appointment", "send_money"]),
    st.sampled_from(['{"time": "15:00"}', '{"time": "16:00"}', '{"time": "13:00"}', "{", '{"tenant": 2}']),
)
ANSWERS = st.one_of(
    st.builds(lambda text, calls: say(text, *calls), st.sampled_from(["Oi.", "", PRINTED[0]]), st.lists(CALLS)),
    st.sampled_from([Unusable("empty"), Unavailable("http_500"), TooLong("context_too_long")]),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANSWERS, min_size=1, max_size=10), st.floats(0, 3))
def test_no_model_makes_a_run_exceed_its_limits(answers: list[Answer | ModelError], step: float) -> None:
    """L4, L7, L10, L11, L12, L19"""
    desk = Desk()
    model = Scripted(answers)
    done = talk(model, desk=desk, clock=ticking(step))
    assert (done.stop is Stop.ANSWERED) is bool(done.text)
    assert done.text in ("Oi.", "")
    assert len(set(desk.booked)) == len(desk.booked)
    assert (len(model.asked) <= 6, len(done.outcomes) <= 8) == (True, True)
    assert json.dumps([asdict(made) for made in done.steps])


def through_groq(*replies: Response, desk: Desk) -> tuple[Run, list[dict[str, Any]]]:
    forgetful = Mock(**{"get.return_value": None})
    with GroqStandIn() as server:
        server.script(*replies)
        model = Groq(api_key="gsk_test", base_url=server.url, models=["openai/gpt-oss-120b"], memory=forgetful)
        done = run(model, MESSAGES, toolbox=TOOLBOX, context=desk, deadline=time.monotonic() + 5)
        model.close()
    return done, server.requests


def test_booking_goes_through_the_real_sdk() -> None:
    desk = Desk()
    called = standin.call("book_appointment", {"time": "15:00"})
    done, requests = through_groq(called, standin.text("Feito."), desk=desk)
    assert (done.stop, done.text, desk.booked) == (Stop.ANSWERED, "Feito.", ["15:00"])
    assert requests[0]["tools"] == TOOLBOX.schemas()
    assert requests[1]["messages"][-1]["content"] == '{"ok": true, "reference": "R1"}'


def test_failed_generation_is_never_run() -> None:
    """L4: three samples, then guided mode."""
    desk = Desk()
    failed = standin.tool_use_failed('<function=book_appointment>{"time": "15:00"}</function>')
    done, requests = through_groq(failed, failed, failed, desk=desk)
    assert (done.stop, done.error, len(requests), desk.booked) == (Stop.UNUSABLE, "tool_use_failed", 3, [])


def test_call_cut_off_by_the_token_limit_is_never_run() -> None:
    """L3, L18"""
    desk = Desk()
    cut = standin.call("book_appointment", {"time": "15:00"}, finish_reason="length")
    done, _ = through_groq(cut, standin.text("Oi."), desk=desk)
    assert (done.stop, done.text, desk.booked) == (Stop.ANSWERED, "Oi.", [])
