"""What the simulator sends: the form of a WhatsApp message, built and signed as Twilio builds and signs it.

A trial only: `allowed` decides, for the pages here and for the webhook, which honours `SinetaChannel` only there.
"""

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from intake import simulator_media, twilio
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage
from intake.simulator_media import Attached
from scheduling import phones
from scheduling.models import Professional

DEFAULT_NUMBER = "+55 11 98877-4410"
DEFAULT_NAME = "Lívia Castro"
# The longest body that WhatsApp delivers.
LONGEST_BODY = 4096
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
NOT_A_NUMBER = "Escreva um número com DDD, como 11 98877-4410, ou com o país, como +351 912 345 678."

_USERNAME = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{3,60}")
_PUNCTUATION = re.compile(r"[\s().–-]")


def allowed(request: HttpRequest) -> bool:
    """Return whether this request may use the simulator: DEBUG, and nobody but this machine is talking.

    Behind a proxy or a tunnel every peer is loopback, so a request that was forwarded is refused as well.
    """
    return (
        settings.DEBUG
        and _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and _host(request) in LOOPBACK_HOSTS
        and not _was_forwarded(request)
    )


def _is_loopback(peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _host(request: HttpRequest) -> str:
    try:
        return urlsplit(f"//{request.META.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:
        return ""


def _was_forwarded(request: HttpRequest) -> bool:
    names = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP", "HTTP_CF_CONNECTING_IP")
    return any(name in names or name.startswith("HTTP_X_FORWARDED") for name in request.META)


def address_of(typed: str) -> str:
    """Return the channel address that a person means: `11 98877-4410` -> `whatsapp:+5511988774410`.

    A number without a country is Brazilian. WhatsApp's ids that hold no phone (`BR.1502…`) are kept.
    Raises ValueError, with a text for the person, when it is neither.
    """
    number = typed.strip().removeprefix("whatsapp:")
    if _USERNAME.fullmatch(number):
        return f"whatsapp:{number}"
    number = _PUNCTUATION.sub("", number)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    digits = number.removeprefix("+").removeprefix("" if number.startswith("+") else "0")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(NOT_A_NUMBER)
    if not number.startswith("+") and len(digits) in (10, 11):
        digits = f"55{digits}"
    if not (7 <= len(digits) <= 15 and digits[0] != "0"):
        raise ValueError(NOT_A_NUMBER)
    return f"whatsapp:+{digits}"


def pretty(address: str) -> str:
    """Return the address as people write it: `+55 11 98877-4410`."""
    number = phones.plain(address)
    parts = re.fullmatch(r"\+55(\d\d)(\d{4,5})(\d{4})", number)
    return f"+55 {parts[1]} {parts[2]}-{parts[3]}" if parts else number


class Message(BaseModel):
    """What the person at the simulator said, tapped or attached.

    `payload` is a tapped option's id, `quoted` the sid of the message that this one answers.
    """

    model_config = ConfigDict(extra="forbid")

    address: Annotated[str, AfterValidator(address_of)]
    body: str = Field(default="", max_length=LONGEST_BODY)
    profile_name: str = Field(default=DEFAULT_NAME, max_length=200)
    kind: Literal["text", "audio", "image", "document", "sticker", "contact", "location"] = "text"
    payload: str = Field(default="", max_length=256)
    quoted: str = Field(default="", max_length=64)


def form(
    message: Message, *, professional: Professional, attached: Attached | None = None, origin: str = ""
) -> dict[str, str]:
    """Return the form that Twilio would post for this message; each call is a new message.

    `origin` is where this machine reaches the attached file, such as http://localhost:8000.
    """
    sid = f"{'MM' if attached else 'SM'}{uuid4().hex}"
    fields = {
        "SmsMessageSid": sid,
        "NumMedia": "1" if attached else "0",
        "ProfileName": message.profile_name,
        "MessageType": _type(message),
        "SmsSid": sid,
        "WaId": message.address.removeprefix("whatsapp:").removeprefix("+"),
        "SmsStatus": "received",
        "Body": message.body,
        "To": f"whatsapp:{professional.whatsapp_number}",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": twilio.account_sid(),
        "From": message.address,
        "ApiVersion": "2010-04-01",
        "SinetaChannel": Channel.SIMULATOR.value,
    }
    return fields | _tap(message) | _media(message, attached, origin=origin)


def _type(message: Message) -> str:
    """Return Twilio's word for it."""
    return "button" if message.payload else "contacts" if message.kind == "contact" else message.kind


def _tap(message: Message) -> dict[str, str]:
    fields = {"ButtonPayload": message.payload, "ButtonText": message.body} if message.payload else {}
    return fields | ({"OriginalRepliedMessageSid": message.quoted} if message.quoted else {})


def _media(message: Message, attached: Attached | None, *, origin: str) -> dict[str, str]:
    if attached is None:
        return simulator_media.PLACE if message.kind == "location" else {}
    # A document comes with its file's name in place of words.
    named = {"Body": attached.name} if message.kind == "document" else {}
    return named | {"MediaUrl0": f"{origin}{attached.path}", "MediaContentType0": attached.content_type}


def sign(fields: Mapping[str, str], *, path: str = "") -> str:
    """Return the form's X-Twilio-Signature for the real webhook, or for another of our paths."""
    return twilio.sign(f"{settings.PUBLIC_BASE_URL}{path}" if path else twilio.webhook_url(), fields)


def sid(message: OutboundMessage) -> str:
    """Return the id by which a reply quotes this message; what never went to Twilio gets one of its row."""
    return message.provider_sid or f"SM{message.pk:032x}"


def read_report(message: OutboundMessage) -> tuple[str, dict[str, str]]:
    """Return the path and the form of Twilio's report that the client has read this message."""
    known_as = sid(message)
    fields = {
        "MessageSid": known_as,
        "SmsSid": known_as,
        "MessageStatus": "read",
        "SmsStatus": "read",
        "From": f"whatsapp:{message.professional.whatsapp_number}",
        "To": message.recipient,
        "AccountSid": twilio.account_sid(),
        "ApiVersion": "2010-04-01",
    }
    return reverse("twilio-status", args=[message.pk]), fields


def conversation(professional: Professional, *, address: str) -> Conversation | None:
    """Return the simulated conversation of this address, None before its first message."""
    return _conversations(professional, address=address).first()


def restart(professional: Professional, *, address: str) -> None:
    """Forget the simulated conversation with its messages, files and turns. Appointments stay in the agenda."""
    conversations = _conversations(professional, address=address)
    for media in InboundMessage.objects.filter(conversation__in=conversations).values_list("media", flat=True):
        for one in media:
            simulator_media.discard(str(one.get("url", "")))
    conversations.delete()


def _conversations(professional: Professional, *, address: str) -> QuerySet[Conversation]:
    """With and without the ninth digit it is the same person, as in the inbox."""
    return (
        Conversation.objects.select_related("professional")
        .filter(professional=professional, channel=Channel.SIMULATOR, address__in=phones.variants(address))
        .order_by("pk")
    )
