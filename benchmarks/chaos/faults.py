"""Everything that a provider of models does wrong, all the time: everybody books all the same."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache

from benchmarks.chaos import people, system, verdict
from benchmarks.chaos.table import Row
from benchmarks.chaos.talk import Talk
from tests.standins import groq
from tests.standins.groq import Body, Response

EACH = 8
RATE = 20.0
MOST_SECONDS = 30
PATIENCE_SECONDS = 60
DAY = {"date": "2030-01-31"}

_PRINTED = '<function=get_available_slots>{"date": "2030-01-31"}</function>'
_EVENT = b'data: {"error": {"message": "over capacity", "type": "internal_server_error", "status_code": 503}}\n\n'


def _always(response: Response) -> Callable[[Body], Response]:
    return lambda _body: response


def _again(body: Body) -> Response:
    """Ask for the same thing for ever."""
    return groq.call("get_available_slots", DAY, id=f"call_{len(body['messages'])}")


def _arguments(text: str) -> Callable[[Body], Response]:
    return _always(groq.call("get_available_slots", text))


SHAPES: dict[str, Callable[[Body], Response]] = {
    "429 with retry-after 1 s": _always(groq.status(429, retry_after=1)),
    "429 with retry-after 1 h": _always(groq.status(429, retry_after=3600)),
    "429 without retry-after": _always(groq.status(429)),
    "500": _always(groq.status(500)),
    "503": _always(groq.status(503)),
    "498": _always(groq.status(498)),
    "connection reset": _always(groq.reset()),
    "silence beyond the deadline": _always(groq.hang(60)),
    "an answer that trickles beyond the deadline": _always(groq.trickle(60)),
    "tool_use_failed with a tag": _always(groq.tool_use_failed(_PRINTED)),
    "tool_use_failed with prose": _always(groq.tool_use_failed("Claro, vou verificar!")),
    "tool_use_failed without failed_generation": _always(groq.tool_use_failed()),
    "404 model_not_found": _always(groq.not_served()),
    "401": _always(groq.status(401)),
    "413": _always(groq.status(413)),
    "empty answer": _always(groq.text("")),
    "no content": _always(groq.text(None)),
    "truncated answer": _always(groq.text("Tenho horários na", finish_reason="length")),
    "a claim instead of a tool call": _always(groq.text("Pronto, está agendado para quinta às 15h!")),
    "a tool call as text": _always(groq.text(_PRINTED)),
    "an error event inside a 200": _always(groq.raw(_EVENT, content_type="text/event-stream")),
    "an error object inside a 200": _always(groq.raw(b'{"error": {"message": "over capacity"}}')),
    "arguments that are no JSON": _arguments('{"date": '),
    "arguments with unknown keys": _arguments('{"date": "2030-01-31", "professional_id": 2}'),
    "arguments with a lone surrogate": _arguments('{"service": "\\ud800", "date": "2030-01-31"}'),
    "an unknown tool": _always(groq.call("send_money", {"amount": 100})),
    "the same call again and again": _again,
    "half a body": _always(groq.raw(b'{"choices": [{"message"')),
}
HOSTS = {"a refused connection": "http://127.0.0.1:9", "a host that does not exist": "http://groq.invalid"}


def measure() -> list[Row]:
    """Return a row for each shape. The breaker is closed anew for each: it would spare most clients the fault."""
    with system.standing(BURST_QUIET_SECONDS="0.2") as running, running.running("web", "delivery", "beat"):
        with running.running("turns"):
            rows = [_row(f"model: {shape}", running, reply) for shape, reply in SHAPES.items()]
        for told, host in HOSTS.items():
            running.environment["GROQ_BASE_URL"] = host
            with running.running("turns"):
                rows.append(_row(f"model: {told}", running, people.model))
        return rows


def _row(told: str, running: system.System, reply: Callable[[dict[str, Any]], Response]) -> Row:
    cache.clear()
    running.groq.reply = reply
    group = people.clients(people.professional(told[:60]), EACH)
    with Talk(running.twilio, group, doubled=False) as talk:
        talk.begin(rate=RATE)
        talk.wait(seconds=PATIENCE_SECONDS)
    first = max((person.answered - person.began if person.answered else PATIENCE_SECONDS) for person in group)
    more = f"; first answer after {first:.1f} s at most"
    return verdict.row(told, group, running.twilio, also=first <= MOST_SECONDS, more=more)
