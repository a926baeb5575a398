"""The breaker by its own clock, over a memory that forgets as a cache does; then eight threads over a real one."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from language.breaker import Breaker, Entry


@dataclass
class Memory:
    """A cache whose time passes when a test says so."""

    now: float = 0
    kept: dict[str, tuple[Any, float]] = field(default_factory=dict)

    def get(self, key: str) -> Any:
        value, until = self.kept.get(key, (None, 0))
        return value if until > self.now else None

    def set(self, key: str, value: Any, timeout: int) -> None:
        self.kept[key] = (value, self.now + timeout)

    def add(self, key: str, value: Any, timeout: int) -> bool:
        if self.get(key) is not None:
            return False
        self.set(key, value, timeout)
        return True

    def incr(self, key: str) -> int:
        value, until = self.kept[key]
        self.kept[key] = (value + 1, until)
        return int(value) + 1

    def delete_many(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.kept.pop(key, None)


class Broken:
    """A cache that is down."""

    def _fail(self, *_: Any, **__: Any) -> Any:
        raise ConnectionError

    get = set = add = incr = delete_many = _fail


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def breaker(memory: Memory) -> Breaker:
    return Breaker("test", memory=memory)


def fail(breaker: Breaker, *, times: int, reason: str = "timeout") -> None:
    for _ in range(times):
        breaker.note(breaker.enter(), reason=reason)


REASONS = ["timeout", "deadline", "connection", "rate_limited", "unauthorized", "not_served", "http_503", "http_498"]


@pytest.mark.parametrize("reason", REASONS)
def test_third_failure_in_a_row_opens_it(breaker: Breaker, reason: str) -> None:
    """L1, L2, L6: nobody waits for what lately answered nobody."""
    fail(breaker, times=2, reason=reason)
    assert breaker.enter() is Entry.FREE

    fail(breaker, times=1, reason=reason)

    assert breaker.enter() is Entry.REFUSED


def test_open_breaker_says_since_when_and_why(breaker: Breaker) -> None:
    fail(breaker, times=3, reason="http_503")
    opening = breaker.opening()
    assert opening is not None
    assert abs(opening.since - time.time()) < 5
    assert (opening.reason, opening.rest) == ("http_503", 30)


def test_answer_between_failures_starts_the_count_anew(breaker: Breaker) -> None:
    """L2"""
    fail(breaker, times=2)
    breaker.note(breaker.enter())

    fail(breaker, times=2)

    assert breaker.enter() is Entry.FREE


@pytest.mark.parametrize(
    "reason", ["tool_use_failed", "empty", "context_too_long", "malformed", "http_400", "http_422"]
)
def test_trouble_of_one_talk_never_opens_it(breaker: Breaker, reason: str) -> None:
    """L4, L18, L20: what a model writes, or one request, is nobody else's trouble."""
    fail(breaker, times=10, reason=reason)
    assert breaker.enter() is Entry.FREE


def test_one_turn_probes_when_the_time_is_over(breaker: Breaker, memory: Memory) -> None:
    """L2"""
    fail(breaker, times=3)
    memory.now += 29
    assert breaker.enter() is Entry.REFUSED
    memory.now += 2

    assert [breaker.enter() for _ in range(3)] == [Entry.PROBE, Entry.REFUSED, Entry.REFUSED]


def test_probe_that_is_answered_closes_it_at_once(breaker: Breaker, memory: Memory) -> None:
    """L2"""
    fail(breaker, times=3)
    memory.now += 31

    breaker.note(breaker.enter())

    assert [breaker.enter() for _ in range(3)] == [Entry.FREE] * 3
    assert breaker.opening() is None


def test_rest_doubles_to_five_minutes_while_probes_fail(breaker: Breaker, memory: Memory) -> None:
    """L1, L2"""
    fail(breaker, times=3)
    rests = []
    for _ in range(6):
        opening = breaker.opening()
        assert opening is not None
        rests.append(opening.rest)
        memory.now += opening.rest + 1
        fail(breaker, times=1, reason="connection")

    assert rests == [30, 60, 120, 240, 300, 300]
    assert breaker.enter() is Entry.REFUSED


def test_turns_from_before_it_opened_lengthen_nothing(breaker: Breaker) -> None:
    """L2: they fail late, and tell nothing new."""
    early = [breaker.enter() for _ in range(5)]
    for entry in early:
        breaker.note(entry, reason="timeout")
    opening = breaker.opening()
    assert opening is not None
    assert opening.rest == 30


def test_probe_that_died_is_followed_by_another(breaker: Breaker, memory: Memory) -> None:
    """Q1: a worker killed in its probe must not leave the breaker open for ever."""
    fail(breaker, times=3)
    memory.now += 31
    assert breaker.enter() is Entry.PROBE
    memory.now += 31
    assert breaker.enter() is Entry.PROBE


def test_it_stays_closed_while_its_memory_is_down() -> None:
    breaker = Breaker("test", memory=Broken())
    fail(breaker, times=5)
    breaker.note(Entry.PROBE)
    assert (breaker.enter(), breaker.opening()) == (Entry.FREE, None)


@given(st.lists(st.sampled_from(["", "timeout", "empty", "wait", "die"]), max_size=60))
def test_whatever_happened_the_first_answer_closes_it(events: list[str]) -> None:
    """L2: no history leaves a client without the model for longer than five minutes after it is back."""
    memory = Memory()
    breaker = Breaker("test", memory=memory)
    for event in events:
        memory.now += 31 if event == "wait" else 0
        entry = breaker.enter()
        if event not in ("wait", "die"):
            breaker.note(entry, reason=event)
    memory.now += 301

    entry = breaker.enter()
    breaker.note(entry)

    assert entry is not Entry.REFUSED
    assert breaker.enter() is Entry.FREE


def test_all_processes_share_it_and_one_of_them_probes(servers: None) -> None:
    """L2: over the real cache, every thread with a breaker of its own."""
    fail(Breaker("test", memory=cache), times=3)
    refused = [Breaker("test", memory=cache).enter() for _ in range(2)]
    cache.delete("breaker.test.resting")  # as it does by itself after 30 s

    with ThreadPoolExecutor(8) as pool:
        entries = list(pool.map(lambda _: Breaker("test", memory=cache).enter(), range(8)))

    assert refused == [Entry.REFUSED] * 2
    assert sorted(entries) == [Entry.PROBE] + [Entry.REFUSED] * 7
    assert 0 < cache.ttl("breaker.test.resting") <= 30  # type: ignore[attr-defined]  # django-redis' own
