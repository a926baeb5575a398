"""Groq's adapter against a scripted server: the real SDK, real sockets, real clocks."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest

from language.groq import Groq
from language.loop import Answer, Call, ModelError, TooLong, Unavailable, Unusable, Usage
from tests.standins import groq as standin
from tests.standins.groq import GroqStandIn, Response

LLAMA, LARGE, SMALL = "llama-3.3-70b-versatile", "openai/gpt-oss-120b", "openai/gpt-oss-20b"
MESSAGES = [{"role": "user", "content": "tem horário quinta?"}]
TOOL = {
    "type": "function",
    "function": {"name": "look", "description": "Look.", "parameters": {"type": "object", "properties": {}}},
}


class Memory(dict[str, Any]):
    """A cache that remembers for how long it was asked to."""

    def set(self, key: str, value: Any, timeout: int) -> None:
        self[key], self[f"{key} timeout"] = value, timeout


@pytest.fixture
def server() -> Iterator[GroqStandIn]:
    with GroqStandIn() as running:
        yield running


@pytest.fixture
def build(server: GroqStandIn) -> Iterator[Callable[..., Groq]]:
    built: list[Groq] = []

    def make(*models: str, **options: Any) -> Groq:
        settings = {"api_key": "gsk_test", "base_url": server.url, "models": models or (LARGE,), "memory": Memory()}
        built.append(Groq(**(settings | options)))
        return built[-1]

    yield make
    for model in built:
        model.close()


def ask(model: Groq, *, seconds: float = 5.0, tools: tuple[dict[str, Any], ...] = (TOOL,)) -> Answer:
    return model.answer(MESSAGES, tools=tools, deadline=time.monotonic() + seconds)


def test_text_comes_back_with_model_and_usage(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    server.script(standin.text("Tenho 15h."))
    answer = ask(build())
    assert (answer.text, answer.calls, answer.model) == ("Tenho 15h.", (), LARGE)
    assert answer.usage == Usage(100, 20)
    assert server.requests[0]["messages"] == MESSAGES


def test_calls_come_back_as_the_model_wrote_them(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    server.script(standin.calls([("a", "look", '{"x": '), ("b", "look", {"x": 1})]))
    assert ask(build()).calls == (Call("a", "look", '{"x": '), Call("b", "look", '{"x": 1}'))


def test_gpt_oss_gets_its_own_parameters(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    server.script(standin.text("Oi."))
    ask(build(LARGE))
    sent = server.requests[0]
    assert (sent["reasoning_effort"], sent["parallel_tool_calls"]) == ("low", False)
    assert (sent["temperature"], sent["max_completion_tokens"]) == (0.2, 800)


def test_llama_gets_no_parameter_it_does_not_know(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    server.script(standin.text("Oi."))
    ask(build(LLAMA))
    assert not {"reasoning_effort", "parallel_tool_calls"} & server.requests[0].keys()


def test_no_tools_are_sent_when_there_are_none(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    server.script(standin.text("Oi."))
    ask(build(), tools=())
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & server.requests[0].keys()


def test_base_url_may_carry_the_sdks_own_path(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    server.script(standin.text("Oi."))
    assert ask(build(base_url=f"{server.url}/openai/v1/")).text == "Oi."


def test_short_retry_after_is_honoured(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    """L1: a wait that fits is cheaper than a worse model."""
    server.script(standin.status(429, retry_after=0.3), standin.text("Oi."))
    started = time.monotonic()
    assert ask(build(LLAMA, LARGE)).model == LLAMA
    assert 0.3 <= time.monotonic() - started < 1.5


@pytest.mark.parametrize("retry_after", [5.0, 3600.0, -1.0, None])
def test_rate_limit_that_does_not_fit_goes_to_next_model(
    server: GroqStandIn, build: Callable[..., Groq], retry_after: float | None
) -> None:
    """L1"""
    server.script(standin.status(429, retry_after=retry_after), standin.text("Oi."))
    started = time.monotonic()
    assert ask(build(LLAMA, LARGE), seconds=20).model == LARGE
    # The shortest of these waits takes five.
    assert time.monotonic() - started < 4


def test_retry_after_beyond_the_deadline_is_not_waited_for(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    """L1"""
    server.script(standin.status(429, retry_after=3))
    started = time.monotonic()
    with pytest.raises(Unavailable, match="rate_limited"):
        ask(build(LLAMA), seconds=1)
    assert time.monotonic() - started < 0.9


def test_second_rate_limit_goes_to_next_model(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    """L1"""
    server.script(*[standin.status(429, retry_after=0.1)] * 2, standin.text("Oi."))
    assert ask(build(LLAMA, LARGE)).model == LARGE


TROUBLES = {
    "500": standin.status(500),
    "502 page": standin.raw(b"<html>Bad gateway</html>", status=502, content_type="text/html"),
    "503": standin.status(503),
    "498": standin.status(498, error={"code": "capacity_exceeded"}),
    "reset": standin.reset(),
    "page within 200": standin.raw(b"<html>Hello</html>", content_type="text/html"),
    "error within 200": standin.raw(b'{"error": {"message": "boom"}}'),
    "answer and error": standin.raw(
        b'{"choices": [{"finish_reason": "stop", "message": {"content": "Marcado!"}}], "error": {"message": "boom"}}'
    ),
    "event stream within 200": standin.raw(b'event: error\ndata: {"error": {}}\n\n', content_type="text/event-stream"),
    "no choices": standin.raw(b'{"choices": []}'),
    "half a body": standin.raw(standin.text("Marcado para 15h.").body[:-40]),
    "a list": standin.raw(b"[]"),
    "nothing": standin.raw(b""),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_broken_answer_goes_to_next_model(server: GroqStandIn, build: Callable[..., Groq], trouble: Response) -> None:
    """L2, L3, L5: nothing of a broken answer is used."""
    server.script(trouble, standin.text("Oi."))
    answer = ask(build(LLAMA, LARGE))
    assert (answer.text, answer.model) == ("Oi.", LARGE)


def test_only_model_is_tried_once_more(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    """L2"""
    server.script(standin.reset(), standin.text("Oi."))
    assert ask(build(LARGE)).text == "Oi."


def test_outage_ends_after_two_rounds(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    """L2"""
    with pytest.raises(Unavailable, match="http_500"):
        ask(build(LLAMA, LARGE))
    assert [request["model"] for request in server.requests] == [LLAMA, LARGE, LLAMA, LARGE]


def test_unreachable_host_is_unavailable(build: Callable[..., Groq]) -> None:
    """L2"""
    with pytest.raises(Unavailable, match="connection"):
        ask(build(base_url="http://127.0.0.1:9"))


def test_hanging_model_leaves_time_for_the_next(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    """L2, L3"""
    server.script(standin.hang(30), standin.text("Oi."))
    assert ask(build(LLAMA, LARGE, call_timeout=0.4)).model == LARGE


def test_silence_ends_at_the_deadline(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    """L3"""
    server.script(standin.hang(30))
    started = time.monotonic()
    with pytest.raises(Unavailable):
        ask(build(), seconds=0.6)
    assert time.monotonic() - started < 0.9


def test_trickling_answer_ends_at_the_deadline(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    """L3: a socket's timeout runs anew with each byte; the turn's clock does not."""
    server.script(standin.trickle(30))
    started = time.monotonic()
    with pytest.raises(Unavailable):
        ask(build(), seconds=0.6)
    assert time.monotonic() - started < 0.9


def test_thread_of_a_trickling_answer_ends_by_itself(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    """L3"""
    server.script(standin.trickle(30))
    with pytest.raises(Unavailable):
        ask(build(), seconds=0.5)
    left = [thread for thread in threading.enumerate() if thread.name == "groq"]
    for thread in left:
        thread.join(timeout=3)
    assert left
    assert not any(thread.is_alive() for thread in left)


def test_slow_answer_within_the_limit_is_taken(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    server.script(standin.trickle(0.4, response=standin.text("Devagar se vai ao longe.")))
    assert ask(build()).text == "Devagar se vai ao longe."


def test_passed_deadline_asks_nobody(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    with pytest.raises(Unavailable, match="deadline"):
        ask(build(), seconds=-1)
    assert server.requests == []


FAILED_GENERATIONS = {
    "tag": standin.tool_use_failed('<function=look>{"x": 1}</function>'),
    "broken tag": standin.tool_use_failed('<function=look{"x": '),
    "prose": standin.tool_use_failed("Claro, vou verificar."),
    "empty": standin.tool_use_failed(""),
    "absent": standin.tool_use_failed(),
    "schema": standin.tool_use_failed(message="tool call validation failed: parameters for tool look did not match"),
    "no code": standin.status(400, error={"message": "Failed to call a function. Please adjust your prompt."}),
    "only the generation": standin.status(400, error={"message": "?", "failed_generation": "<function=look>"}),
    "unparsed": standin.status(400, error={"message": "Parsing failed.", "code": "output_parse_failed"}),
}


@pytest.mark.parametrize("failure", FAILED_GENERATIONS.values(), ids=FAILED_GENERATIONS.keys())
def test_failed_tool_use_is_unusable(server: GroqStandIn, build: Callable[..., Groq], failure: Response) -> None:
    """L4"""
    server.script(failure)
    with pytest.raises(Unusable, match="tool_use_failed") as raised:
        ask(build())
    assert raised.value.model == LARGE
    assert len(server.requests) == 1


NOT_SERVED = {
    "404": standin.not_served(LLAMA),
    "decommissioned": standin.status(400, error={"message": "…", "code": "model_decommissioned"}),
    "blocked": standin.status(403, error={"message": "…", "code": "model_permission_blocked_project"}),
    "in words": standin.status(404, error={"message": "The model `x` does not exist or you do not have access to it."}),
}


@pytest.mark.parametrize("refusal", NOT_SERVED.values(), ids=NOT_SERVED.keys())
def test_model_not_served_is_remembered_for_an_hour(
    server: GroqStandIn, build: Callable[..., Groq], refusal: Response
) -> None:
    """L6"""
    server.script(refusal, standin.text("Oi."), standin.text("Olá."))
    memory = Memory()
    model = build(LLAMA, LARGE, memory=memory)
    assert [ask(model).model, ask(model).model] == [LARGE, LARGE]
    assert [request["model"] for request in server.requests] == [LLAMA, LARGE, LARGE]
    assert model.unserved() == (LLAMA,)
    assert 3600 in memory.values()


def test_no_model_left_is_told_apart(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    """L6: the operator is told only now."""
    server.script(standin.not_served(), standin.not_served())
    model = build(LLAMA, LARGE)
    for _ in range(2):
        with pytest.raises(Unavailable, match="not_served"):
            ask(model)
    assert len(server.requests) == 2


def test_wrong_path_is_not_held_against_a_model(build: Callable[..., Groq], server: GroqStandIn) -> None:
    model = build(base_url=f"{server.url}/proxy")
    with pytest.raises(Unavailable, match="http_404"):
        ask(model)
    assert model.unserved() == ()


def test_broken_cache_does_not_silence_the_model(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    broken = Mock(**{"get.side_effect": ConnectionError, "set.side_effect": ConnectionError})
    server.script(standin.not_served(), standin.text("Oi."))
    assert ask(build(LLAMA, LARGE, memory=broken)).text == "Oi."


def test_rejected_key_is_unavailable_at_once(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    server.script(standin.status(401, error={"code": "invalid_api_key"}))
    with pytest.raises(Unavailable, match="unauthorized"):
        ask(build(LLAMA, LARGE))
    assert len(server.requests) == 1


def test_missing_key_asks_nobody(server: GroqStandIn, build: Callable[..., Groq]) -> None:
    with pytest.raises(Unavailable, match="no_key"):
        ask(build(api_key=" "))
    assert server.requests == []


@pytest.mark.parametrize(
    "refusal", [standin.status(413), standin.status(400, error={"code": "context_length_exceeded"})], ids=["413", "400"]
)
def test_too_long_messages_are_told_apart(server: GroqStandIn, build: Callable[..., Groq], refusal: Response) -> None:
    """L20: only the caller can cut the history."""
    server.script(refusal)
    with pytest.raises(TooLong, match="context_too_long"):
        ask(build(LLAMA, LARGE))


UNFINISHED = {
    "empty": standin.text(""),
    "blank": standin.text(" \n"),
    "null": standin.text(None),
    "reasoning only": standin.text(None, reasoning="The client wants Thursday."),
    "length": standin.text("Tenho 15", finish_reason="length"),
    "call cut off": standin.call("look", {"x": 1}, finish_reason="length"),
    "filtered": standin.text("…", finish_reason="content_filter"),
    "no reason": standin.call("look", {"x": 1}, finish_reason=None),
}


@pytest.mark.parametrize("answer", UNFINISHED.values(), ids=UNFINISHED.keys())
def test_unfinished_answer_is_unusable_and_paid_for(
    server: GroqStandIn, build: Callable[..., Groq], answer: Response
) -> None:
    """L3, L18"""
    server.script(answer)
    with pytest.raises(Unusable) as raised:
        ask(build())
    assert raised.value.usage == Usage(100, 20)


@pytest.mark.parametrize("model", [LLAMA, LARGE, SMALL])
def test_every_model_of_the_list_is_read_alike(server: GroqStandIn, build: Callable[..., Groq], model: str) -> None:
    """L23"""
    server.script(standin.call("look", {"x": 1}), standin.text("Oi.", reasoning="…"))
    adapter = build(model)
    assert ask(adapter).calls == (Call("call_0", "look", '{"x": 1}'),)
    assert ask(adapter).text == "Oi."


@pytest.mark.parametrize("code", [400, 403, 404, 408, 409, 422, 424, 429, 498, 499, 500, 503, 529])
def test_any_status_is_a_model_error(server: GroqStandIn, build: Callable[..., Groq], code: int) -> None:
    server.reply = lambda _: standin.status(code)
    with pytest.raises(ModelError):
        ask(build())


def test_log_has_no_word_of_the_conversation(
    server: GroqStandIn, build: Callable[..., Groq], caplog: pytest.LogCaptureFixture
) -> None:
    """V6"""
    caplog.set_level(logging.INFO)
    server.script(standin.raw(b'{"error": {"message": "canary"}}', status=500), standin.text("Oi."))
    ask(build(LLAMA, LARGE))
    assert "http_500" in caplog.text
    assert "canary" not in caplog.text
    assert "quinta" not in caplog.text
