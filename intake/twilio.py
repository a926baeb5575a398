"""Twilio: signatures, forms, sending, its statuses and error numbers; beside it only `quick_replies` knows Twilio.

Facts are from Twilio's documentation of webhooks (security, WhatsApp parameters) and its error dictionary.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from intake.models import Channel, OutboundMessage

WEBHOOK_PATH = "/webhooks/twilio/whatsapp/"
PREFIX = "whatsapp:"
SEND_TIMEOUT_SECONDS = 10
MOST_MEDIA = 10
# The most that one request may ask for.
PAGE_SIZE = 1000
# 21211 and 63024: no such WhatsApp address. 21610 and 63014: opted out. 63016: outside the customer service
# window. 21608: not joined to the sandbox. 63007: our sender is unknown. Trying again changes none of them.
PERMANENT_ERRORS = frozenset(
    {"21211", "21408", "21608", "21610", "21614", "21617", "63003", "63007", "63014", "63016", "63024"}
)
OPT_OUTS = frozenset({"21610", "63014"})
# Too much from one sender: 20429 and 14107 per second, 63018 by WhatsApp, 63038 in a day (trial accounts).
RATE_LIMITS = frozenset({"429", "14107", "20429", "63018", "63038"})
# An attached file: the API shows the way to one of its stores. Matched as far as the path, so that no odd character
# can make one host look like another.
_MEDIA = re.compile(r"https://api(?:\.[a-z0-9-]+)*\.twilio\.com(/2010-04-01/Accounts/\w+/Messages/\w+/Media/\w+)")
_MEDIA_STORE = re.compile(
    r"https://(?:(?:[a-z0-9-]+\.)+twiliocdn\.com|s3-external-1\.amazonaws\.com/media\.twiliocdn\.com)/"
)
# Words of `MessageType` that say more than the type of the file, and our words for them.
_TOLD_KINDS = {"sticker": "sticker", "audio": "audio", "contacts": "contact"}
_FILE_NAME = re.compile(r"\S.*\.[A-Za-z0-9]{2,5}")
STATUSES = {
    "accepted": OutboundMessage.Status.SENT,
    "queued": OutboundMessage.Status.SENT,
    "sending": OutboundMessage.Status.SENT,
    "sent": OutboundMessage.Status.SENT,
    "delivered": OutboundMessage.Status.DELIVERED,
    "read": OutboundMessage.Status.READ,
    "undelivered": OutboundMessage.Status.FAILED,
    "failed": OutboundMessage.Status.FAILED,
}


class SendError(Exception):
    """A message was not taken: `permanent` if trying again cannot help, `uncertain` if it may have been taken.

    `status` is HTTP's, 0 without an answer; `retry_after` is how many seconds Twilio wants to be left alone.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        permanent: bool,
        uncertain: bool = False,
        status: int = 0,
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.permanent, self.uncertain = code, message, permanent, uncertain
        self.status, self.retry_after = status, retry_after

    @property
    def throttled(self) -> bool:
        """Whether it is about the sender's rate and not about the message."""
        return self.code in RATE_LIMITS


class Form(BaseModel):
    """The fields of an inbound message that matter here; Twilio adds others at any time.

    Strict only about what makes a message: one with an odd extra is still somebody's words.
    """

    model_config = ConfigDict(extra="ignore")

    MessageSid: str = Field(min_length=1, max_length=64)
    AccountSid: str = ""
    From: str = Field(min_length=1, max_length=120)
    To: str = Field(min_length=1, max_length=120)
    Body: str = ""
    MessageType: str = ""
    ProfileName: str = ""
    ButtonPayload: str = ""
    ListId: str = ""
    OriginalRepliedMessageSid: str = ""
    Latitude: str = ""
    SinetaChannel: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """An inbound message in our own words. `sender` is the channel address, byte for byte.

    A webhook carries no time: `sent_at` is known only of what was found in Twilio's list.
    """

    sid: str
    account: str
    sender: str
    number: str
    channel: Channel
    body: str
    kind: str
    profile_name: str = ""
    button_payload: str = ""
    replied_sid: str = ""
    media: list[dict[str, str]] = field(default_factory=list)
    payload: dict[str, str] = field(default_factory=dict)
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What fills a content template, sent in the place of a text."""

    sid: str
    variables: dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where an attached file is really fetched; only Twilio's API is shown our credentials."""

    url: str
    credentials: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report for one outbound message."""

    sid: str
    status: OutboundMessage.Status
    error_code: str


def configured() -> bool:
    """Return whether messages can really leave."""
    return bool(settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN)


def account_sid() -> str:
    return settings.TWILIO_ACCOUNT_SID or "AC" + "0" * 32


def webhook_url() -> str:
    """The URL that Twilio calls and therefore signs."""
    return f"{settings.PUBLIC_BASE_URL}{WEBHOOK_PATH}"


def sign(url: str, form: Mapping[str, str]) -> str:
    """Return the signature that Twilio would send with that form."""
    return str(RequestValidator(_tokens()[0]).compute_signature(url, form))


def verify(request: HttpRequest) -> bool:
    """Return whether the request's form was signed with our token, or during a rotation with the second one.

    All fields are signed, blank ones and unknown ones too, over the public URL rather than the one a proxy
    shows us.
    """
    url = f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}"
    signature = request.headers.get("X-Twilio-Signature", "")
    return any(RequestValidator(token).validate(url, request.POST, signature) for token in _tokens())


def parse(form: Mapping[str, str]) -> Received:
    """Parse a verified form. Raises pydantic's ValidationError when sender, recipient or id are missing."""
    fields = {_storable(name): _storable(value) for name, value in form.items()}
    parsed = Form.model_validate(fields)
    media = [
        {"url": fields[f"MediaUrl{n}"], "type": fields.get(f"MediaContentType{n}", "")}
        for n in range(MOST_MEDIA)
        if f"MediaUrl{n}" in fields
    ]
    return Received(
        sid=parsed.MessageSid,
        account=parsed.AccountSid,
        sender=parsed.From,
        number=parsed.To.removeprefix(PREFIX),
        channel=Channel.SIMULATOR if parsed.SinetaChannel == Channel.SIMULATOR else Channel.WHATSAPP,
        body=parsed.Body,
        kind=_kind(parsed, media),
        profile_name=parsed.ProfileName[:200],
        button_payload=(parsed.ButtonPayload or parsed.ListId)[:256],
        replied_sid=parsed.OriginalRepliedMessageSid[:64],
        media=media,
        payload=fields,
    )


def parse_report(form: Mapping[str, str]) -> Report | None:
    """Parse a verified status callback; None for a status that tells nothing new."""
    status = STATUSES.get(form.get("MessageStatus", "") or form.get("SmsStatus", ""))
    if status is None:
        return None
    return Report(form.get("MessageSid", "")[:64], status, form.get("ErrorCode", "")[:20])


def send(message: OutboundMessage, *, content: Content | None = None) -> str:
    """Hand a message to Twilio, as plain text or as that content, and return its id there. Raises SendError."""
    number = message.professional.whatsapp_number
    if not number:
        raise SendError("no_number", "the professional has no WhatsApp number", permanent=True)
    said = {"body": message.body}
    if content:
        said = {"content_sid": content.sid, "content_variables": json.dumps(content.variables, ensure_ascii=False)}
    try:
        sent = client().messages.create(
            from_=f"{PREFIX}{number}",
            to=message.recipient,
            **said,
            status_callback=f"{settings.PUBLIC_BASE_URL}/webhooks/twilio/status/{message.pk}/",
        )
    except (TwilioException, requests.RequestException) as error:
        raise failure(error) from error
    return str(sent.sid)


def find(message: OutboundMessage) -> str | None:
    """Return Twilio's id of a message that it may have taken before, by recipient, words and date. Raises SendError."""
    since = message.created_at - timedelta(minutes=5)
    try:
        listed = client().messages.list(
            to=message.recipient,
            from_=f"{PREFIX}{message.professional.whatsapp_number}",
            date_sent_after=since,
            limit=50,
        )
    except (TwilioException, requests.RequestException) as error:
        known = failure(error)
        raise SendError(
            known.code,
            "could not be looked up at Twilio",
            permanent=False,
            uncertain=True,
            retry_after=known.retry_after,
        ) from error
    sids = [one.sid for one in listed]
    taken = set(OutboundMessage.objects.filter(provider_sid__in=sids).values_list("provider_sid", flat=True))
    # Of a message with buttons the list shows the text as Twilio put it together: its words are the same.
    words = message.body.split()
    fresh = (one for one in listed if one.sid not in taken)
    return next((str(one.sid) for one in fresh if (one.body or "").split() == words), None)


def inbound_to(number: str, *, since: datetime) -> Iterator[Received]:
    """Read Twilio's list of what was sent to a number since then, newest first, page by page. Raises SendError.

    The list knows neither taps nor profile names; a tap's words stand in its body, media are only said to be there.
    """
    try:
        for one in client().messages.stream(to=f"{PREFIX}{number}", date_sent_after=since, page_size=PAGE_SIZE):
            received = _listed(one) if one.direction == "inbound" else None
            # Its documentation promises that filter to the day only.
            if received is not None and received.sent_at is not None and received.sent_at >= since:
                yield received
    except (TwilioException, requests.RequestException) as error:
        raise SendError(failure(error).code, "Twilio's list could not be read", permanent=False) from error


def media_source(url: str) -> Source | None:
    """Return where a file that Twilio named is fetched; None for what is not Twilio's (or its stand-in's)."""
    api, base = _MEDIA.fullmatch(url), settings.TWILIO_API_BASE_URL.rstrip("/")
    if api or (base and url.startswith(f"{base}/")):
        account = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
        return Source(f"{base}{api[1]}" if api and base else url, account) if configured() else None
    if _MEDIA_STORE.match(url) is None:
        return None
    # Stores refuse whoever shows more than the signature in the address.
    return Source(f"{base}/{url.split('/', 3)[3]}" if base else url)


def probe() -> None:
    """Read one row of the list: proves the address, the account and the token. Raises SendError."""
    try:
        client().messages.list(limit=1)
    except (TwilioException, requests.RequestException) as error:
        raise failure(error) from error


def _listed(one: Any) -> Received | None:
    """Put a row of the list in our own words; None for one without sender, recipient or date."""
    fields = {"MessageSid": one.sid, "AccountSid": one.account_sid, "From": one.from_, "To": one.to, "Body": one.body}
    kind = {"MessageType": "media"} if one.num_media not in (None, "", "0") else {}
    sent_at = one.date_sent or one.date_created
    try:
        received = parse({name: value or "" for name, value in fields.items()} | kind)
    except ValidationError:
        return None
    return replace(received, sent_at=sent_at) if sent_at else None


def failure(error: Exception) -> SendError:
    """Say what an error means. Only a refusal, or a connection that was never made, is certainly not sent."""
    # Of a refused list the SDK keeps the response, of other calls the parts of it.
    response = error.args[1] if len(error.args) > 1 else None
    status = getattr(error, "status", None) or getattr(response, "status_code", None)
    if status:
        code = str(getattr(error, "code", None) or status)
        return SendError(
            code,
            f"HTTP {status}",
            permanent=code in PERMANENT_ERRORS,
            uncertain=status >= 500,
            status=status,
            retry_after=getattr(error, "retry_after", 0.0),
        )
    never_left = isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError)
    return SendError(type(error).__name__[:20], "no answer from Twilio", permanent=False, uncertain=not never_left)


class _TooMany(TwilioRestException):  # type: ignore[misc]
    """HTTP 429 with its Retry-After, which the SDK's own exception does not keep."""

    def __init__(self, response: Any, *, uri: str) -> None:
        found = re.search(r'"code"\s*:\s*(\d+)', response.text)
        super().__init__(response.status_code, uri, "Too many requests", int(found[1]) if found else None)
        wanted = (response.headers or {}).get("Retry-After", "")
        # A date is allowed there as well; then the outbox's own pauses do.
        self.retry_after = float(wanted) if wanted.isdecimal() else 0.0


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's client has no timeout and no base URL of its own; a stand-in needs the second."""

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if settings.TWILIO_API_BASE_URL:
            base = urlsplit(settings.TWILIO_API_BASE_URL)
            url = urlunsplit(urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc))
        response = super().request(method, url, *args, **kwargs)
        if response.status_code == 429:
            raise _TooMany(response, uri=url)
        return response

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Nothing: the SDK's own line holds the recipient's number."""

    def log_response(self, status_code: int, response: Any) -> None:
        """Nothing, as above."""


def client(*, timeout: float = SEND_TIMEOUT_SECONDS) -> Client:
    return _client_for(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, timeout)


@cache
def _client_for(sid: str, token: str, timeout: float) -> Client:
    return Client(sid, token, http_client=_HttpClient(timeout=timeout))


def _tokens() -> list[str]:
    """Without a token a trial signs with a random one of its own, so that the simulator walks the real path."""
    tokens = [token for token in (settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_SECONDARY) if token]
    return tokens or ([settings.TRIAL_SIGNING_TOKEN] if settings.DEBUG else [])


def _kind(form: Form, media: list[dict[str, str]]) -> str:
    """Say what arrived. A picture or document with words under it is text; a bare file name is none."""
    content_type = media[0]["type"] if media else ""
    main = content_type.partition("/")[0]
    if form.ButtonPayload or form.ListId:
        return "tap"
    if form.Latitude:
        return "location"
    if form.MessageType in _TOLD_KINDS or main == "audio" or "vcard" in content_type:
        return _TOLD_KINDS.get(form.MessageType) or ("audio" if main == "audio" else "contact")
    is_seen = main in ("image", "video")
    if form.Body.strip() and (not media or is_seen or not _FILE_NAME.fullmatch(form.Body.strip())):
        return "text"
    return (main if is_seen else "document") if media else (form.MessageType or "empty")[:20]


def _storable(value: str) -> str:
    """PostgreSQL stores no NUL; the signature was checked over the original."""
    return value.replace("\0", "\ufffd")
