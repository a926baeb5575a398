"""Voice messages become words: fetched, transcribed and kept with their row. Nothing else is ever fetched.

No transaction is open meanwhile, and whatever goes wrong, the turn goes on: a voice message without a transcript is
asked for in writing. No line of the log holds what was said.
"""

import logging
import re
import time
import wave
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from io import BytesIO
from itertools import takewhile
from typing import Any
from urllib.parse import urljoin

import requests
from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db.models.functions import Now
from django.urls import reverse
from urllib3.exceptions import HTTPError

from intake import inbox, twilio
from intake.inbox import Lease
from intake.models import InboundMessage
from intake.twilio import Source
from language.groq import Groq
from language.loop import ModelError
from language.patience import within

logger = logging.getLogger(__name__)

# Of a turn's twenty: the model needs the rest.
SECONDS = 8.0
# What WhatsApp itself lets through.
LARGEST = 16 * 1024 * 1024
# Whoever sends more voice messages in an hour is asked to write: transcripts cost money.
MOST_PER_HOUR = 40
AT_ONCE = 4
MOST_HOPS = 3
# Seconds before a file that could not be had is asked for again.
PAUSE = 0.5
_PIECE = 64 * 1024
# What is recorded or forwarded as a voice message, and the suffix by which Groq knows it. It knows none for AMR and
# AAC, which it may yet recognise by their beginning.
SUFFIXES = {
    "audio/ogg": "ogg",
    "audio/opus": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/mp4": "m4a",
    "audio/m4a": "m4a",
    "audio/x-m4a": "m4a",
    "audio/aac": "m4a",
    "audio/amr": "m4a",
    "audio/webm": "webm",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
}
_LOOPBACK = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?(/[\w./-]*)")


class Unheard(Exception):  # noqa: N818 - what happened, not whose fault
    """A voice message stays without a transcript; says why in a word, never what is in it.

    `passing`: another try may help.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one voice message; `trouble` is empty if it was understood."""

    message_id: int
    words: str
    trouble: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Listening:
    """What was listened to, and the newest message that was there by then; None if nothing waited to be heard."""

    upto: int | None = None
    heard: tuple[Heard, ...] = ()

    @property
    def steps(self) -> list[dict[str, Any]]:
        """What a turn's trace says of it."""
        told = ((one.milliseconds, {"message": one.message_id, "trouble": one.trouble}) for one in self.heard)
        return [{"kind": "note", "name": "voice", "detail": detail, "milliseconds": ms} for ms, detail in told]


def can_listen() -> bool:
    """Return whether voice messages are transcribed at all."""
    return bool(settings.GROQ_API_KEY and settings.GROQ_TRANSCRIPTION_MODEL)


def listen(lease: Lease, *, until: float) -> Listening:
    """Transcribe the voice messages that wait in a conversation and keep their words, until that monotonic time.

    Raises LeaseLost when somebody else has the conversation by then. What was understood stays so in a later try.
    """
    if not can_listen():
        return Listening()
    pending = list(inbox.pending_of(lease.conversation_id).order_by("pk"))
    notes = [message for message in pending if message.is_unheard]
    if not notes or not notes[0].conversation.professional.bot_enabled:
        return Listening()
    wanted = notes if _is_affordable(lease) else []
    language = notes[0].conversation.language
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="voice") as pool:
        heard = tuple(pool.map(lambda note: _hear(note, language=language, until=until), wanted))
    _keep(lease, heard)
    for one in heard:
        if one.trouble:
            logger.warning("voice message not heard: %s", one.trouble, extra={"conversation": lease.conversation_id})
    return Listening(pending[-1].pk, heard)


def probe(*, seconds: float) -> str:
    """Have a second of silence transcribed; what comes of it. Raises ModelError when nobody listens."""
    with BytesIO() as file:
        with wave.open(file, "wb") as silence:
            silence.setparams((1, 2, 16_000, 0, "NONE", "NONE"))
            silence.writeframes(bytes(32_000))
        recorded = file.getvalue()
    return _ear().transcribe(recorded, suffix="wav", language="pt", deadline=time.monotonic() + seconds)


def before_unheard(messages: Iterable[InboundMessage], *, listening: Listening) -> list[InboundMessage]:
    """Return the messages of a turn: a voice message that came while others were listened to begins the next one."""
    upto = listening.upto
    return list(takewhile(lambda one: upto is None or one.pk <= upto or not one.is_unheard, messages))


def _is_affordable(lease: Lease) -> bool:
    lately = InboundMessage.objects.filter(kind="audio", received_at__gt=Now() - timedelta(hours=1))
    return lately.filter(conversation=lease.conversation_id).count() <= MOST_PER_HOUR


def _keep(lease: Lease, heard: Sequence[Heard]) -> None:
    if not any(one.words for one in heard):
        return
    with inbox.fenced(lease):
        for one in heard:
            InboundMessage.objects.filter(pk=one.message_id).update(transcript=one.words)


def _hear(note: InboundMessage, *, language: str, until: float) -> Heard:
    """Fetch and transcribe one voice message. Touches no database: it runs beside others."""
    started, words, trouble = time.monotonic(), "", ""
    try:
        words = _transcribe(note, language=language, until=until)
        trouble = "" if words else "silence"
    except (Unheard, ModelError) as no:
        trouble = str(no)[:40]
    except Exception as error:  # noqa: BLE001 - one bad recording must not keep its sender from being answered
        trouble = type(error).__name__
    return Heard(note.pk, words, trouble, round((time.monotonic() - started) * 1000))


def _transcribe(note: InboundMessage, *, language: str, until: float) -> str:
    media = note.media[0] if note.media else {}
    # Judged before anything is asked for.
    _suffix(media.get("type", ""))
    audio, content_type = fetch_patiently(media.get("url", ""), until=until)
    return _ear().transcribe(audio, suffix=_suffix(content_type), language=language.partition("-")[0], deadline=until)


def fetch_patiently(url: str, *, until: float) -> tuple[bytes, str]:
    """Return what `fetch` does, by that monotonic time at the latest. Raises Unheard."""
    try:
        return _fetch_once(url, until=until)
    except Unheard as no:
        # A file may not be there yet when its message is.
        if not no.passing or until - time.monotonic() < PAUSE:
            raise
    time.sleep(PAUSE)
    return _fetch_once(url, until=until)


def _fetch_once(url: str, *, until: float) -> tuple[bytes, str]:
    left = until - time.monotonic()
    if left <= 0:
        raise Unheard("deadline")
    try:
        return within(left, call=lambda: fetch(url, seconds=left), name="media")
    except TimeoutError:
        raise Unheard("fetch_timeout") from None
    except (requests.RequestException, HTTPError) as error:
        raise Unheard(f"fetch_{type(error).__name__}", passing=True) from error


def fetch(url: str, *, seconds: float) -> tuple[bytes, str]:
    """Return a recording and its type, from Twilio or from this trial's own page, along at most MOST_HOPS addresses.

    Raises Unheard for any other address on the way, for another type and for more than LARGEST bytes.
    """
    until = time.monotonic() + seconds
    for _hop in range(MOST_HOPS):
        source = twilio.media_source(url) or _trial_source(url)
        if source is None:
            raise Unheard("foreign_address")
        # Compressed, a small body could become a huge one.
        with requests.get(
            source.url,
            auth=source.credentials,
            headers={"Accept-Encoding": "identity"},
            timeout=seconds,
            stream=True,
            allow_redirects=False,
        ) as response:
            if not response.is_redirect:
                return _body(response, until=until), response.headers.get("Content-Type", "")
            url = urljoin(url, response.headers["Location"])
    raise Unheard("too_many_hops")


def _body(response: requests.Response, *, until: float) -> bytes:
    if response.status_code != 200:
        status = response.status_code
        raise Unheard(f"fetch_{status}", passing=status in (404, 429) or status >= 500)
    _suffix(response.headers.get("Content-Type", ""))
    if int(response.headers.get("Content-Length") or 0) > LARGEST:
        raise Unheard("too_large")
    audio = bytearray()
    while piece := response.raw.read1(_PIECE, decode_content=False):
        audio += piece
        if len(audio) > LARGEST:
            raise Unheard("too_large")
        if time.monotonic() > until:
            raise Unheard("fetch_timeout")
    return bytes(audio)


def _trial_source(url: str) -> Source | None:
    """Return the address of a file that the simulator keeps, None for any other or outside a trial."""
    match = _LOOPBACK.fullmatch(url) if settings.DEBUG else None
    kept = reverse("simulator-media", args=["x"])[:-1]
    return Source(url) if match and re.fullmatch(rf"{kept}\w+\.\w+", match[1]) else None


def _suffix(content_type: str) -> str:
    """Return the suffix for a type as HTTP tells it. Raises Unheard for what is no recording that we know."""
    suffix = SUFFIXES.get(content_type.partition(";")[0].strip().lower())
    if suffix is None:
        raise Unheard("unknown_type")
    return suffix


def _ear() -> Groq:
    return _ear_of(settings.GROQ_API_KEY, settings.GROQ_BASE_URL, settings.GROQ_TRANSCRIPTION_MODEL)


@cache
def _ear_of(key: str, url: str, model: str) -> Groq:
    return Groq(api_key=key, base_url=url, models=[model], memory=shared_cache)
