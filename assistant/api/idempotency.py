"""A request that is sent twice under one Idempotency-Key books once and is told the same twice.

As draft-ietf-httpapi-idempotency-key-header-07 has it: another body under a taken key gets 422. A refusal is not kept,
so that the key can be tried again: nothing was done under it.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from assistant.errors import ApiCode, ApiError
from assistant.models import KeptAnswer
from scheduling.models import Appointment, Professional
from scheduling.transactions import repeated

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

_KEY = re.compile(r"[!-~]{1,255}")
# What tells who it is about is read from the rows again.
_ABOUT_PEOPLE = frozenset({"client", "attendee"})

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was answered, now or the first time."""

    answer: Answer
    is_replay: bool = False


def key_of(request: Request) -> str | None:
    """Return the key, None for a request without one. Raises ValidationError for one that is none."""
    key: str | None = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise serializers.ValidationError({HEADER: [_("Use 1 to 255 visible ASCII characters, such as a UUID.")]})
    return key


@repeated
def once(
    professional: Professional,
    *,
    key: str | None,
    body: Any,
    book: Callable[[], Appointment],
    tell: Callable[[Appointment], Answer],
) -> Outcome:
    """Book and return what to tell of it, or what was told the first time. Raises ApiError 422 for another body.

    All of it is one transaction: what is refused leaves neither the key nor a new client behind.
    """
    # Whoever books waits here anyway. Of two with one key the second finds what the first was told.
    Professional.objects.select_for_update(no_key=True).filter(pk=professional.pk).first()
    if key is None:
        return Outcome(tell(book()))
    if kept := KeptAnswer.objects.select_related("appointment").filter(professional=professional, key=key).first():
        return _again(kept, body, tell)
    appointment = book()
    answer = tell(appointment)
    KeptAnswer.objects.create(
        professional=professional,
        key=key,
        fingerprint=_fingerprint(body),
        appointment=appointment,
        answer={name: value for name, value in answer.items() if name not in _ABOUT_PEOPLE},
    )
    return Outcome(answer)


def _again(kept: KeptAnswer, body: Any, tell: Callable[[Appointment], Answer]) -> Outcome:
    if kept.fingerprint != _fingerprint(body):
        raise ApiError(
            422,
            ApiCode.IDEMPOTENCY_MISMATCH,
            _("This Idempotency-Key belongs to another request."),
            hint=_("Send the same body again, or a new key for a new booking."),
        )
    now = tell(kept.appointment)
    return Outcome({name: kept.answer.get(name, value) for name, value in now.items()}, is_replay=True)


def _fingerprint(body: Any) -> str:
    """Return what tells bodies apart, whatever their blanks and order, and being keyed gives none of them away."""
    return salted_hmac(HEADER, json.dumps(body, sort_keys=True), algorithm="sha256").hexdigest()
