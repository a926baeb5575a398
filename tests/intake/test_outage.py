"""Whole turns while the model's provider is out, and with talks that it finds too long: real HTTP, real cache.

It is Monday, 16 November 2026, 09:00 in São Paulo.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from intake import agent
from scheduling.models import Client, Professional
from tests import cast
from tests.intake.conversing import agenda, last_turn, say
from tests.language.test_breaker import Broken
from tests.standins.groq import GroqStandIn, call, hang, not_served, status, text, tool_use_failed

PEOPLE = [f"whatsapp:+551197654320{number}" for number in range(9)]
LOOK = call("get_available_slots", {"date": "2026-11-19"})

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def took(professional: Professional, *, address: str) -> float:
    """Seconds of a turn that asks for a model."""
    started = time.perf_counter()
    assert say(professional, "oi, tudo bem? gostaria de marcar", address=address) != ""
    return time.perf_counter() - started


def how(professional: Professional, *, address: str) -> tuple[str, str]:
    turn = last_turn(professional, address=address)
    return turn.path, turn.outcome


# A provider that answers nobody


def test_fourth_client_does_not_wait_for_a_model_that_hangs(
    groq: GroqStandIn, ana: Professional, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L2: three turns wait for their deadline, the next are guided at once, and a probe ends it."""
    monkeypatch.setattr(agent, "TURN_SECONDS", 0.8)
    groq.reply = lambda _body: hang(30)
    waited = [took(ana, address=one) for one in PEOPLE[:4]]
    asked = len(groq.requests)
    groq.reply = lambda _body: text("Como posso ajudar?")
    took(ana, address=PEOPLE[4])
    cache.delete("breaker.groq.resting")  # as it does by itself after 30 s
    took(ana, address=PEOPLE[5])
    took(ana, address=PEOPLE[6])

    assert min(waited[:3]) >= 0.7
    assert waited[3] < 0.5
    assert [how(ana, address=one) for one in PEOPLE[3:5]] == [("guided", "unavailable: breaker_open")] * 2
    assert [how(ana, address=one) for one in PEOPLE[5:7]] == [("model", "answered")] * 2
    assert len(groq.requests) == asked + 2


OUTAGES: dict[str, Callable[[], Any]] = {
    "rate limit": lambda: status(429, retry_after=60),
    "outage": lambda: status(503),
    "no capacity": lambda: status(498),
    "wrong key": lambda: status(401),
    "not served": not_served,
}


@pytest.mark.parametrize("trouble", OUTAGES.values(), ids=OUTAGES)
def test_outage_is_met_three_times(groq: GroqStandIn, ana: Professional, trouble: Callable[[], Any]) -> None:
    """L1, L2, L6"""
    groq.reply = lambda _body: trouble()
    for one in PEOPLE[:3]:
        took(ana, address=one)
    asked = len(groq.requests)

    took(ana, address=PEOPLE[3])

    assert len(groq.requests) == asked
    assert how(ana, address=PEOPLE[3]) == ("guided", "unavailable: breaker_open")


def test_client_books_while_the_breaker_is_open(groq: GroqStandIn, ana: Professional, caio: Client) -> None:
    """L2"""
    groq.reply = lambda _body: status(401)
    for one in PEOPLE[:3]:
        took(ana, address=one)

    say(ana, "quinta às 15h", "sim")

    assert agenda(ana) == ["19/11 15:00 Sessão individual confirmed"]


@pytest.mark.parametrize("nonsense", [tool_use_failed(), text(""), status(400)], ids=["call", "empty", "400"])
def test_nonsense_is_no_outage(groq: GroqStandIn, ana: Professional, nonsense: Any) -> None:
    """L4, L18: the next client may well get a good answer."""
    groq.reply = lambda _body: nonsense
    for one in PEOPLE[:5]:
        took(ana, address=one)
    groq.reply = lambda _body: text("Como posso ajudar?")

    took(ana, address=PEOPLE[5])

    assert how(ana, address=PEOPLE[5]) == ("model", "answered")


def resting(groq: GroqStandIn, professional: Professional) -> None:
    """Open the breaker and let its pause pass."""
    groq.script(*[status(401)] * 3)
    for one in PEOPLE[:3]:
        took(professional, address=one)
    cache.delete("breaker.groq.resting")


def test_probe_that_gets_nonsense_ends_the_outage(groq: GroqStandIn, ana: Professional) -> None:
    """L4: the provider answers; what it answers is another matter."""
    resting(groq, ana)
    groq.script(*[tool_use_failed()] * 3)

    took(ana, address=PEOPLE[3])

    assert agent.breaker().opening() is None


def test_probe_without_time_to_ask_ends_nothing(
    groq: GroqStandIn, ana: Professional, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L2: nobody was asked, so nothing was learned."""
    resting(groq, ana)
    monkeypatch.setattr(agent, "TURN_SECONDS", 0)

    took(ana, address=PEOPLE[3])

    assert len(groq.requests) == 3
    assert agent.breaker().opening() is not None


def test_cache_that_is_down_keeps_nobody_from_the_model(
    groq: GroqStandIn, ana: Professional, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L2"""
    monkeypatch.setattr(agent, "shared_cache", Broken())
    groq.script(*[status(401)] * 4, text("Como posso ajudar?"))

    for one in PEOPLE[:5]:
        took(ana, address=one)

    assert how(ana, address=PEOPLE[4]) == ("model", "answered")


# A talk that is too long


def roles(request: dict[str, Any]) -> list[str]:
    return [message["role"] for message in request["messages"]]


def test_talk_that_is_too_long_is_asked_again_without_its_history(groq: GroqStandIn, ana: Professional) -> None:
    """L20: the state and this turn's words stay, and the same deadline."""
    groq.script(text("Como posso ajudar?"), status(413), text("Claro! Para que dia?"))

    heard = say(ana, "oi", "queria marcar uma sessão")

    assert heard.endswith("Claro! Para que dia?")
    assert [roles(one) for one in groq.requests[1:]] == [["system", "user", "assistant", "user"], ["system", "user"]]
    assert groq.requests[2]["messages"][0] == groq.requests[1]["messages"][0]
    assert groq.requests[2]["messages"][1]["content"] == "queria marcar uma sessão"


def test_results_of_this_turn_outlive_the_cut(groq: GroqStandIn, ana: Professional) -> None:
    """L20: what was looked up is not looked up twice."""
    groq.script(text("Como posso ajudar?"), LOOK, status(413), text("Veja os horários:"))

    heard = say(ana, "oi", "tem na quinta?")

    assert "quinta-feira, 19/11 tem estes horários" in heard
    assert roles(groq.requests[-1]) == ["system", "user", "assistant", "tool"]
    assert [step["kind"] for step in last_turn(ana).trace] == ["model", "tool", "model", "model"]


def test_talk_still_too_long_without_its_history_is_guided(groq: GroqStandIn, ana: Professional) -> None:
    """L20"""
    groq.script(text("Como posso ajudar?"), status(413), status(413))

    say(ana, "oi", "queria marcar uma sessão")

    assert len(groq.requests) == 3
    assert how(ana, address=cast.CAIO_ADDRESS) == ("guided", "unusable: context_too_long")


def test_first_words_that_are_too_long_are_asked_once(groq: GroqStandIn, ana: Professional) -> None:
    """L20: without a history there is nothing to leave out."""
    groq.reply = lambda _body: status(413)

    say(ana, "queria marcar uma sessão")

    assert len(groq.requests) == 1
