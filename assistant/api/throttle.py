"""How many requests a program may make; counted exactly, in the shared cache."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from assistant.models import ApiKey

GROUP = "api"


class PerCaller(BaseThrottle):
    """So many a minute for each key, and for each login without one."""

    _wait = 1

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - REST framework's signature
        """Count the request, and return whether it is one of those that are allowed."""
        caller = f"key:{request.auth.pk}" if isinstance(request.auth, ApiKey) else f"login:{request.user.pk}"
        usage = _usage(request._request, caller)
        self._wait = usage.get("time_left", 1)
        return not usage.get("should_limit", False)

    def wait(self) -> float:
        """Return the seconds until the next one is free."""
        return float(self._wait)


def _usage(request: HttpRequest, caller: str) -> dict[str, Any]:
    rate = f"{settings.API_REQUESTS_PER_MINUTE}/m"
    return get_usage(request, group=GROUP, key=lambda _group, _request: caller, rate=rate, increment=True) or {}
