"""Whether a professional's WhatsApp works: what was last seen of it, and a check that asks Twilio and ourselves.

What is refused leaves no row, so that a stranger can fill nothing: one key of the cache for each number that exists,
overwritten, gone after a week. Keys carry the professional's id (N9).
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.utils import timezone

from intake import twilio, twilio_setup
from intake.cache import NO_CACHE
from intake.models import Channel, Conversation, OutboundMessage
from intake.twilio_setup import Mistake, Sender
from scheduling.models import Professional

T = TypeVar("T")

logger = logging.getLogger(__name__)

KEPT_SECONDS = 7 * 24 * 3600
CHECKED_SECONDS = 3600
PAUSE_SECONDS = 10
CALL_SECONDS = 4.0
CHECK_SECONDS = 5.0
RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message for the professional's number whose signature did not match."""

    mistake: Mistake
    at: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """The last message that did not arrive; `code` is the provider's."""

    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What was last seen of a professional's connection."""

    message_at: datetime | None
    refusal: Refusal | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `sender` is None without credentials; `public` is "ok", "local", "silent" or a status."""

    at: datetime
    sender: Sender | None
    public: str


def note_refusal(request: HttpRequest) -> None:
    """Remember that a message for an existing number was refused. Never in the way of the answer."""
    number = twilio_setup.called_number(request)
    if not number:
        return
    try:
        owner = Professional.objects.filter(whatsapp_number=number).values_list("pk", flat=True).first()
        if owner is not None:
            cache.set(_key("refused", owner), Refusal(twilio_setup.mistake(request), timezone.now()), KEPT_SECONDS)
    except (OperationalError, InterfaceError, *NO_CACHE):
        logger.warning("a refused message could not be noted")


def seen(professional: Professional) -> Seen:
    """Return what was last seen; a refusal or failure that a later message has outlived is none."""
    conversations = Conversation.objects.filter(professional=professional, channel=Channel.WHATSAPP)
    latest = conversations.filter(last_inbound_at__isnull=False).order_by("-last_inbound_at").first()
    message_at = latest.last_inbound_at if latest else None
    refusal: Refusal | None = _cached(_key("refused", professional.pk))
    if refusal and message_at and message_at > refusal.at:
        refusal = None
    return Seen(message_at, refusal, _failure(professional))


def checked(professional: Professional) -> Checked | None:
    """Return what the last check found, for an hour."""
    found: Checked | None = _cached(_key("checked", professional.pk))
    return found


def check(professional: Professional) -> bool:
    """Ask Twilio about the number and knock at our public address, within five seconds in all.

    Returns False if the last check was a moment ago. Call it outside any transaction. Raises NO_CACHE.
    """
    if not cache.add(_key("checking", professional.pk), 1, PAUSE_SECONDS):
        return False
    number = professional.whatsapp_number or professional.requested_number
    workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="connection")
    public = workers.submit(_public)
    asked = workers.submit(twilio_setup.sender, number, timeout=CALL_SECONDS) if twilio.configured() else None
    running: list[Future[Any]] = [one for one in (public, asked) if one is not None]
    wait(running, timeout=CHECK_SECONDS)
    # Whoever is not back by now is left behind; its own time-out ends it.
    workers.shutdown(wait=False, cancel_futures=True)
    unknown = Sender(twilio_setup.Entry.UNKNOWN, "timeout")
    sender = _result(asked, unknown) if asked else None
    found = Checked(timezone.now(), sender, _result(public, "silent"))
    cache.set(_key("checked", professional.pk), found, CHECKED_SECONDS)
    return True


def _public() -> str:
    if urlsplit(settings.PUBLIC_BASE_URL).scheme != "https":
        return "local"
    try:
        status = twilio_setup.knock(timeout=CALL_SECONDS).status_code
    except requests.RequestException:
        return "silent"
    return "ok" if status == 200 else str(status)


def _result(future: "Future[T]", otherwise: T) -> T:
    return future.result() if future.done() and not future.cancelled() and not future.exception() else otherwise


def _failure(professional: Professional) -> Failure | None:
    """Return the last message that failed within a week, unless one has arrived since."""
    since = timezone.now() - RECENT
    sent = OutboundMessage.objects.filter(
        professional=professional, medium=OutboundMessage.Medium.WHATSAPP, created_at__gt=since
    ).order_by("-pk")
    failed = sent.filter(status=OutboundMessage.Status.FAILED).first()
    arrived = [OutboundMessage.Status.DELIVERED, OutboundMessage.Status.READ]
    if failed is None or sent.filter(status__in=arrived, pk__gt=failed.pk).exists():
        return None
    return Failure(failed.error_code, failed.attempted_at or failed.created_at)


def _key(what: str, professional_id: int) -> str:
    return f"connection:{what}:{professional_id}"


def _cached(key: str) -> Any:
    """Return what the shared cache holds; without a cache nothing was seen."""
    try:
        return cache.get(key)
    except NO_CACHE:
        return None
