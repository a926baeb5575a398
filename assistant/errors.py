"""Errors of the interfaces for programs, in the house's one shape: a code, what was wrong, what to do."""

import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response

from intake.cache import NO_CACHE
from language.tools import error
from scheduling.errors import BookingError, Code
from scheduling.slots import Reason
from scheduling.transactions import is_lost, sqlstate, will_pass

logger = logging.getLogger(__name__)

LONGEST_ECHO = 500
# Bytes; the longest body that anything here needs has some 10,000.
LARGEST_BODY = 100_000

_STATUS = {Code.NOT_FOUND: status.HTTP_404_NOT_FOUND, Code.BUSY: status.HTTP_503_SERVICE_UNAVAILABLE}
# Seconds; nobody waits longer than two for another's lock.
_BUSY_FOR = 2
# Where the sentence for clients and professionals would puzzle whoever reads a program's log.
_MESSAGES: dict[Code, Promise] = {
    Code.OWN_APPOINTMENT: gettext_lazy("The client already has an appointment at this time."),
    Code.CHANGED: gettext_lazy("The appointment has changed since it was read."),
}
_FREE_TIMES = gettext_lazy("The times that can be booked are at /api/v1/slots/.")
_HINTS: dict[Code, Promise] = {
    **dict.fromkeys((Code(reason.value) for reason in Reason), _FREE_TIMES),
    Code.CHANGED: gettext_lazy("Read it again and decide anew."),
    Code.NOT_POSSIBLE: gettext_lazy("Read the appointment: its status or its time does not allow this any more."),
    Code.BUSY: gettext_lazy("Nothing was changed. Send the same request again after Retry-After."),
}


class ApiCode(StrEnum):
    """Why a request is refused, where it is not the agenda that says no (`scheduling.errors.Code`)."""

    BUSY = "busy"
    CLIENT_BLOCKED = "client_blocked"
    EMPTY_QUESTION = "empty_question"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    NOT_FOUND = "not_found"
    NO_PRACTICE = "no_practice"
    NO_SUCH_CHOICE = "no_such_choice"
    PLAN = "plan"
    QUESTION_TOO_LONG = "question_too_long"
    TOO_LARGE = "too_large"
    TOO_MANY_PEOPLE = "too_many_people"
    TOO_MANY_QUESTIONS = "too_many_questions"
    UNAVAILABLE = "unavailable"

    # REST framework's own words.
    AUTHENTICATION_FAILED = "authentication_failed"
    ERROR = "error"
    INVALID = "invalid"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_ACCEPTABLE = "not_acceptable"
    NOT_AUTHENTICATED = "not_authenticated"
    PARSE_ERROR = "parse_error"
    PERMISSION_DENIED = "permission_denied"
    THROTTLED = "throttled"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"


class ApiError(Exception):
    """A refusal of one of our own: HTTP status, code, message, and headers such as Retry-After."""

    def __init__(
        self, http: int, code: ApiCode, message: str, *, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.http, self.code, self.message, self.hint, self.headers = http, code, message, hint, dict(headers or {})

    def as_json(self) -> dict[str, Any]:
        return error(self.code, self.message, hint=self.hint)


def too_large() -> ApiError:
    """Return the refusal of a body that is larger than any needs to be."""
    said = _("The request is too large: at most %(count)s bytes.") % {"count": LARGEST_BODY}
    return ApiError(413, ApiCode.TOO_LARGE, said)


def answer(raised: Exception, context: Mapping[str, Any]) -> Response | None:  # noqa: ARG001 - REST framework's signature
    """Return the answer for an exception, None for one that is a failure of ours (EXCEPTION_HANDLER)."""
    if isinstance(raised, RequestDataTooBig):
        # Django itself reads none of a body that is ten times as large.
        raised = too_large()
    if isinstance(raised, ApiError):
        return Response(raised.as_json(), status=raised.http, headers=raised.headers)
    if isinstance(raised, BookingError):
        return _refusal(raised)
    if isinstance(raised, OperationalError) and (will_pass(raised) or is_lost(raised)):
        return _unavailable(sqlstate(raised) or "connection lost", said=_("The database gave no answer."))
    if isinstance(raised, NO_CACHE):
        return _unavailable("no cache", said=_("What counts requests gave no answer."))
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


def _refusal(raised: BookingError) -> Response:
    """Return the answer for a "no" of the agenda, with what can be done next."""
    message = str(_MESSAGES.get(raised.code, raised.message))
    headers = {"Retry-After": str(_BUSY_FOR)} if raised.code == Code.BUSY else None
    http = _STATUS.get(raised.code, status.HTTP_409_CONFLICT)
    return Response(error(raised.code, message, hint=str(_HINTS.get(raised.code, ""))), status=http, headers=headers)


def _unavailable(why: str, *, said: str) -> Response:
    """Return the answer for a server that is in others' hands or gone; at a commit nobody knows what became of it."""
    logger.warning("a program got no answer: %s", why)
    hint = _("Send the same request again; a booking with the same Idempotency-Key.")
    headers = {"Retry-After": str(_BUSY_FOR)}
    return Response(
        error(ApiCode.UNAVAILABLE, said, hint=hint), status=status.HTTP_503_SERVICE_UNAVAILABLE, headers=headers
    )


def _shape(raised: exceptions.APIException) -> dict[str, Any]:
    if isinstance(raised, exceptions.ValidationError):
        fields = [_readable(name) for name in raised.detail] if isinstance(raised.detail, dict) else []
        return error(
            ApiCode.INVALID, _("Some fields are not right."), hint=_readable(_first(raised.detail)), fields=fields
        )
    codes = raised.get_codes()
    return error(codes if isinstance(codes, str) else ApiCode.ERROR, str(raised.detail))


def _first(detail: Any) -> str:
    """Return the first thing that is wrong, with its field."""
    while isinstance(detail, list) and detail:
        detail = detail[0]
    if isinstance(detail, dict):
        name, problem = next(iter(detail.items()))
        return f"{name}: {_first(problem)}"
    return str(detail)


def _readable(text: object) -> str:
    """Return what was sent so that it can be sent back: JSON may hold half a character, which UTF-8 cannot."""
    return str(text).encode("utf-8", "replace").decode()[:LONGEST_ECHO]
