"""How much a login may ask: questions an hour, and answers in the making or waited for at once."""

from dataclasses import dataclass
from threading import BoundedSemaphore

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

GROUP = "ai-chat"

# Of this process: an answer keeps its thread for seconds, and webhooks need threads, too.
CHATS = BoundedSemaphore(settings.ASSISTANT_CHATS_AT_ONCE)
# A request of a program that waits for what is said next keeps one as well.
WAITS = BoundedSemaphore(settings.API_WAITS_AT_ONCE)


class Busy(Exception):  # noqa: N818 - reads as what happened
    """Too many answers are in the making, or too many requests wait."""


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


def usage(request: HttpRequest, *, count: bool) -> Usage:
    """Return how many questions this user has left; `count` takes one of them."""
    rate = f"{settings.QUESTIONS_PER_HOUR}/h"
    found = get_usage(request, group=GROUP, key="user", rate=rate, increment=count) or {}
    used, limit = found.get("count", 0), found.get("limit", settings.QUESTIONS_PER_HOUR)
    is_over = found.get("should_limit", False) or (not count and used >= limit)
    return Usage(max(0, limit - used), limit, is_over, max(1, found.get("time_left", 1)))


class Place:
    """One of the places of its kind, from now until `release`. Raises Busy where none is free."""

    def __init__(self, places: BoundedSemaphore = CHATS) -> None:
        if not places.acquire(blocking=False):
            raise Busy
        self._places, self._is_held = places, True

    def release(self) -> None:
        """Give the place back; once more does nothing."""
        if self._is_held:
            self._is_held = False
            self._places.release()
