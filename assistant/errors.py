"""Errors of the interfaces for programs, in the house's one shape: a code, what was wrong, what to do."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from language.tools import error
from scheduling.errors import BookingError, Code

_NOT_FOUND = {Code.NOT_FOUND}


class ApiError(Exception):
    """A refusal of one of our own: HTTP status, code, message, and headers such as Retry-After."""

    def __init__(
        self, http: int, code: str, message: str, *, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.http, self.code, self.message, self.hint, self.headers = http, code, message, hint, dict(headers or {})

    def as_json(self) -> dict[str, Any]:
        return error(self.code, self.message, hint=self.hint)


def answer(raised: Exception, context: Mapping[str, Any]) -> Response | None:  # noqa: ARG001 - REST framework's signature
    """Return the answer for an exception, None for one that is a failure of ours (EXCEPTION_HANDLER)."""
    if isinstance(raised, ApiError):
        return Response(raised.as_json(), status=raised.http, headers=raised.headers)
    if isinstance(raised, BookingError):
        http = status.HTTP_404_NOT_FOUND if raised.code in _NOT_FOUND else status.HTTP_409_CONFLICT
        return Response(error(raised.code.value, raised.message), status=http)
    if isinstance(raised, Http404):
        raised = exceptions.NotFound()
    elif isinstance(raised, PermissionDenied):
        raised = exceptions.PermissionDenied()
    if not isinstance(raised, exceptions.APIException):
        return None
    headers = {}
    if challenge := getattr(raised, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(raised, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    return Response(_shape(raised), status=raised.status_code, headers=headers)


def _shape(raised: exceptions.APIException) -> dict[str, Any]:
    if isinstance(raised, exceptions.ValidationError):
        fields = list(raised.detail) if isinstance(raised.detail, dict) else []
        return error("invalid", _("Some fields are not right."), hint=_first(raised.detail), fields=fields)
    codes = raised.get_codes()
    return error(codes if isinstance(codes, str) else "error", str(raised.detail))


def _first(detail: Any) -> str:
    """Return the first thing that is wrong, with its field."""
    while isinstance(detail, list) and detail:
        detail = detail[0]
    if isinstance(detail, dict):
        name, problem = next(iter(detail.items()))
        return f"{name}: {_first(problem)}"
    return str(detail)
