"""The one shape of errors as the interface's description shows it, and who can get which of them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from assistant.errors import ApiCode
from language.tools import error
from scheduling.errors import Code


class Failure(serializers.Serializer[Any]):
    """What was wrong, and what to do."""

    code = serializers.CharField(help_text="For programs; stays the same in every language.")
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class Failed(serializers.Serializer[Any]):
    """Every error has this shape."""

    ok = serializers.BooleanField(default=False)
    error = Failure()


_BAD = "Some fields are not right.", "starts_at: Add the offset from UTC, as in 2026-12-01T09:00:00-03:00.", "starts_at"
_EXAMPLES: dict[int, tuple[str, dict[str, Any]]] = {
    400: ("Something in the request is wrong.", error(ApiCode.INVALID, _BAD[0], hint=_BAD[1], fields=[_BAD[2]])),
    401: ("Nobody is logged in.", error(ApiCode.NOT_AUTHENTICATED, "Authentication credentials were not provided.")),
    403: ("The login has no practice, or the CSRF token is missing.", error(ApiCode.NO_PRACTICE, "…")),
    404: (
        "There is no such row, or it is another practice's.",
        error(ApiCode.NOT_FOUND, "There is no such appointment."),
    ),
    409: (
        "The agenda says no.",
        error(
            Code.SLOT_TAKEN,
            "This time is already taken.",
            hint="The times that can be booked are at /api/v1/slots/.",
        ),
    ),
    413: ("The body is too large.", error(ApiCode.TOO_LARGE, "The request is too large: at most 100000 bytes.")),
    415: (
        "The body is no JSON.",
        error(ApiCode.UNSUPPORTED_MEDIA_TYPE, 'Unsupported media type "text/plain" in request.'),
    ),
    422: (
        "The key belongs to a request with another body.",
        error(ApiCode.IDEMPOTENCY_MISMATCH, "This Idempotency-Key belongs to another request."),
    ),
    429: ("Too many requests; see Retry-After.", error(ApiCode.THROTTLED, "Request was throttled.")),
    503: (
        "Others were in the way for two seconds; nothing was changed. See Retry-After.",
        error(Code.BUSY, "The calendar is being changed right now. Please try again in a moment."),
    ),
}

READING = (401, 403, 404, 429, 503)
WRITING = (400, 401, 403, 404, 409, 413, 415, 429, 503)


def failures(*statuses: int) -> dict[int, OpenApiResponse]:
    """Return the described answers of these statuses."""
    return {status: _described(status) for status in statuses}


def _described(status: int) -> OpenApiResponse:
    description, body = _EXAMPLES[status]
    example = OpenApiExample(body["error"]["code"], value=body, status_codes=[str(status)], response_only=True)
    return OpenApiResponse(Failed, description=description, examples=[example])
