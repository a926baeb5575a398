"""A circuit breaker: a provider that answers nobody is left alone for a while, so that nobody waits for it.

Its memory is shared by all processes. How long it stays open is the life of a key, so machines with wrong clocks
agree; the process that first writes that key again after it died may try, and all others go on without the provider.
Whatever the memory raises, the breaker counts as closed: then a turn waits, as it would without a breaker.
"""

import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

log = logging.getLogger(__name__)

MOST_FAILURES = 3  # in a row, in all processes together
REST_SECONDS = 30  # more than a turn takes: nobody else may try while a probe is under way
LONGEST_REST_SECONDS = 300
MEMORY_SECONDS = 3600  # without a turn for that long nothing is known any more

# Reasons of `language.tools.Unavailable` that every client's turn would meet as well. A 400 or 422 may be about
# one request, and a body that cannot be read came at once: neither is a reason to ask for nobody else.
EVERYBODYS = re.compile(r"timeout|deadline|connection|rate_limited|unauthorized|not_served|http_(?!400|422)\d+")

T = TypeVar("T")


class Memory(Protocol):
    """What all processes share; Django's cache over Redis or Valkey fits. `timeout` in seconds."""

    def get(self, key: str) -> Any: ...
    def set(self, key: str, value: Any, timeout: int) -> Any: ...
    def add(self, key: str, value: Any, timeout: int) -> Any: ...
    def incr(self, key: str) -> int: ...
    def delete_many(self, keys: Sequence[str]) -> Any: ...


class Entry(StrEnum):
    """Whether a turn may ask the provider. A PROBE is the one turn that finds out for all."""

    FREE = "free"
    PROBE = "probe"
    REFUSED = "refused"


@dataclass(frozen=True)
class Opening:
    """An open breaker: since when (seconds of Unix time), why, and how many seconds lie between two probes."""

    since: float
    reason: str
    rest: int


class Breaker:
    """One provider's breaker. Call `enter` before asking it, and `note` with how that went afterwards."""

    def __init__(self, name: str, *, memory: Memory) -> None:
        self._memory = memory
        self._failures, self._open, self._resting = (f"breaker.{name}.{key}" for key in ("failures", "open", "resting"))

    def enter(self) -> Entry:
        """A refused turn waits for nothing. A probe that never notes anything is followed by another one."""
        opening = self.opening()
        if opening is None:
            return Entry.FREE
        mine = _safely(lambda: bool(self._memory.add(self._resting, value=True, timeout=opening.rest)), otherwise=True)
        return Entry.PROBE if mine else Entry.REFUSED

    def note(self, entry: Entry, *, reason: str = "") -> None:
        """How the turn went: without a reason the provider answered, usefully or not, and the breaker closes."""
        if entry is Entry.REFUSED:
            return
        if not reason:
            self._close(entry)
        elif EVERYBODYS.fullmatch(reason):
            _safely(lambda: self._fail(entry, reason), otherwise=None)

    def opening(self) -> Opening | None:
        """None while the breaker is closed, or while nobody can know."""
        return _safely(lambda: _read(self._memory.get(self._open)), otherwise=None)

    def _close(self, entry: Entry) -> None:
        _safely(lambda: self._memory.delete_many([self._open, self._failures, self._resting]), otherwise=None)
        if entry is Entry.PROBE:
            log.warning("breaker: the provider answers again")

    def _fail(self, entry: Entry, reason: str) -> None:
        opening = _read(self._memory.get(self._open))
        if opening is None:
            if self._count() >= MOST_FAILURES:
                self._rest(Opening(time.time(), reason, REST_SECONDS))
        elif entry is Entry.PROBE:
            # A turn that began before the breaker opened tells nothing new; only a probe lengthens the rest.
            self._rest(Opening(opening.since, reason, min(2 * opening.rest, LONGEST_REST_SECONDS)))

    def _count(self) -> int:
        self._memory.add(self._failures, value=0, timeout=MEMORY_SECONDS)
        return self._memory.incr(self._failures)

    def _rest(self, opening: Opening) -> None:
        # In this order: an open breaker without its rest would be a probe for whoever comes in between.
        self._memory.set(self._resting, value=True, timeout=opening.rest)
        self._memory.set(self._open, value=[opening.since, opening.reason, opening.rest], timeout=MEMORY_SECONDS)
        log.warning("breaker: the provider is left alone for %s s: %s", opening.rest, opening.reason)


def _read(stored: Any) -> Opening | None:
    return Opening(*stored) if stored else None


def _safely(ask: Callable[[], T], *, otherwise: T) -> T:
    try:
        return ask()
    except Exception:  # noqa: BLE001 - whatever the memory raises, a client is still served
        log.warning("breaker: its memory does not work")
        return otherwise
