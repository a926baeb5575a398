"""How many requests a program may make; counted exactly, in the shared cache."""

import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django_ratelimit.core import get_usage
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from assistant.models import ApiKey
from intake.cache import NO_CACHE

logger = logging.getLogger(__name__)

GROUP = "api"


@dataclass(frozen=True, slots=True)
class Count:
    """Whether this request is one too many, and the seconds until the next one is free."""

    is_over: bool = False
    seconds_left: int = 1


class PerCaller(BaseThrottle):
    """So many a minute for each key, and for each login without one."""

    _count = Count()

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - REST framework's signature
        """Count the request, and return whether it is one of those that are allowed."""
        caller = f"key:{request.auth.pk}" if isinstance(request.auth, ApiKey) else f"login:{request.user.pk}"
        self._count = counted(caller, group=GROUP, rate=f"{settings.API_REQUESTS_PER_MINUTE}/m")
        return not self._count.is_over

    def wait(self) -> float:
        """Return the seconds until the next one is free."""
        return float(self._count.seconds_left)


def counted(caller: str, *, group: str, rate: str) -> Count:
    """Count one more of the caller's. Without the cache nobody can count, and the agenda stays open to programs."""
    try:
        found = get_usage(None, group=group, key=lambda _group, _request: caller, rate=rate, increment=True) or {}
    except NO_CACHE:
        logger.warning("requests of programs are not counted: the cache gives no answer")
        return Count()
    return Count(found.get("should_limit", False), max(1, found.get("time_left", 1)))
