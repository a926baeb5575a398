"""How much a login may ask: questions an hour, and answers in the making or waited for at once."""

from collections import Counter
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from intake.cache import NO_CACHE

GROUP = "ai-chat"


class Busy(Exception):  # noqa: N818 - reads as what happened
    """Too many answers are in the making, or too many requests wait."""


class Places:
    """So many at once in this process, and at most half of them for one practice."""

    def __init__(self, count: int) -> None:
        self._count, self._share = count, -(-count // 2)
        self._lock, self._taken = Lock(), Counter[int]()

    def take(self, professional_id: int) -> "Place":
        """Return a place until its `release`. Raises Busy where none is free for this practice."""
        with self._lock:
            if self._taken.total() >= self._count or self._taken[professional_id] >= self._share:
                raise Busy
            self._taken[professional_id] += 1
        return Place(self, professional_id)

    def give_back(self, professional_id: int) -> None:
        """Free one of the practice's places."""
        with self._lock:
            self._taken[professional_id] -= 1
            if not self._taken[professional_id]:
                del self._taken[professional_id]


class Place:
    """One of the places of its kind, from now until `release`."""

    def __init__(self, places: Places, professional_id: int) -> None:
        self._places, self._professional_id, self._is_held = places, professional_id, True

    def release(self) -> None:
        """Give the place back; once more does nothing."""
        if self._is_held:
            self._is_held = False
            self._places.give_back(self._professional_id)


# An answer keeps its thread for seconds, and webhooks need threads, too.
CHATS = Places(settings.ASSISTANT_CHATS_AT_ONCE)
# A request of a program that waits for what is said next keeps one as well.
WAITS = Places(settings.API_WAITS_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Usage:
    """Questions of this hour; `seconds_left` until the next one is free when none is left."""

    left: int
    limit: int
    is_over: bool
    seconds_left: int

    @property
    def minutes_left(self) -> int:
        return -(-self.seconds_left // 60)


def known(request: HttpRequest) -> Usage | None:
    """Return how many questions this user has left, None where the cache gives no answer."""
    try:
        return usage(request, count=False)
    except NO_CACHE:
        return None


def usage(request: HttpRequest, *, count: bool) -> Usage:
    """Return how many questions this user has left; `count` takes one of them. Raises NO_CACHE."""
    rate = f"{settings.QUESTIONS_PER_HOUR}/h"
    found = get_usage(request, group=GROUP, key="user", rate=rate, increment=count) or {}
    used, limit = found.get("count", 0), found.get("limit", settings.QUESTIONS_PER_HOUR)
    is_over = found.get("should_limit", False) or (not count and used >= limit)
    return Usage(max(0, limit - used), limit, is_over, max(1, found.get("time_left", 1)))
