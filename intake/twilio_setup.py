"""What may be wrong between a number's page at Twilio and us: refused signatures, the sender's entry, error numbers.

Beside `twilio` because it is asked only while something is set up or has failed.
"""

import hmac
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import requests
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from twilio.base.exceptions import TwilioException

from intake import twilio

SANDBOX = "+14155238886"
MOST_SENDERS = 200
_NUMBER = re.compile(r"whatsapp:(\+[1-9]\d{6,14})")
_ONLINE = ("ONLINE", "ONLINE:UPDATING")

# Twilio's error dictionary, in words for who reads "not delivered" and wants to know what to do.
MEANINGS: dict[str, Promise] = {
    "21211": _("The client's number does not exist."),
    "21408": _("The account may not write to that country. Allow it in Twilio's console."),
    "21608": _("A trial account writes only to numbers that are verified at Twilio."),
    "21610": _("The client has asked for no more messages."),
    "21614": _("The client's number is not a mobile."),
    "63003": _("The client's number is not on WhatsApp."),
    "63007": _("Twilio does not know your number as a WhatsApp sender. Check the number with your operator."),
    "63014": _("The client has asked for no more messages."),
    "63015": _("The client has not joined the sandbox, or was away for three days: they send its join words again."),
    "63016": _("More than 24 hours had passed since the client's last message; then only approved templates arrive."),
    "63018": _("Too many messages in a short time. WhatsApp takes them again in a moment."),
    "63024": _("The client's number is not on WhatsApp."),
    "63038": _("The account has reached its daily number of messages. It is free again tomorrow."),
    "63049": _("WhatsApp did not deliver this message so as not to disturb the client."),
    "20003": _("Twilio refuses the account's key. Tell your operator."),
}


class Mistake(StrEnum):
    """Why a form's signature did not match, as far as can be told."""

    SCHEME = "scheme"
    ADDRESS = "address"
    ACCOUNT = "account"
    SIGNATURE = "signature"


class Entry(StrEnum):
    """How a number stands at Twilio."""

    READY = "ready"
    OTHER_ADDRESS = "other_address"
    OFFLINE = "offline"
    MISSING = "missing"
    SANDBOX = "sandbox"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sender:
    """A number's entry; `detail` is the address or status that stands there, or the error."""

    entry: Entry
    detail: str = ""


def called_number(request: HttpRequest) -> str:
    """Return the number that a form claims to be for; empty if it names none. Nobody has vouched for it."""
    found = _NUMBER.fullmatch(request.POST.get("To", ""))
    return found[1] if found else ""


def mistake(request: HttpRequest) -> Mistake:
    """Say why the signature of a refused form does not match: it may fit another address of ours."""
    if not (settings.TWILIO_AUTH_TOKEN or settings.DEBUG):
        return Mistake.SIGNATURE
    path, base = request.get_full_path(), settings.PUBLIC_BASE_URL
    if base.startswith("https://") and _is_signed_for(f"http://{base.removeprefix('https://')}{path}", request):
        return Mistake.SCHEME
    try:
        shown = request.build_absolute_uri()
    except DisallowedHost:
        shown = ""
    if shown and _is_signed_for(shown, request):
        return Mistake.ADDRESS
    foreign = request.POST.get("AccountSid", "") not in ("", twilio.account_sid())
    return Mistake.ACCOUNT if foreign else Mistake.SIGNATURE


def sender(number: str, *, timeout: float) -> Sender:
    """Ask Twilio how that number stands there: that proves the account, too."""
    client = twilio.client(timeout=timeout)
    try:
        if number == SANDBOX:
            client.messages.list(limit=1)
            return Sender(Entry.SANDBOX)
        listed = client.messaging.v2.channels_senders.list(channel="whatsapp", limit=MOST_SENDERS)
    except (TwilioException, requests.RequestException) as error:
        failed = twilio.failure(error)
        return Sender(Entry.REFUSED if failed.status in (401, 403) else Entry.UNKNOWN, failed.code)
    own = next((one for one in listed if one.sender_id == f"{twilio.PREFIX}{number}"), None)
    return _judge(own) if own else Sender(Entry.MISSING)


def knock(*, timeout: float) -> requests.Response:
    """Post a signed form to our public address as Twilio would (W2). Raises requests.RequestException.

    It names a foreign account, so it is verified and then belongs to nobody: no row is written.
    """
    form = {"MessageSid": "SMdoctor", "AccountSid": "ACdoctor", "From": "whatsapp:+0", "To": "whatsapp:+0"}
    headers = {"X-Twilio-Signature": twilio.sign(twilio.webhook_url(), form)}
    return requests.post(twilio.webhook_url(), form, headers=headers, timeout=timeout, allow_redirects=False)


def _judge(own: Any) -> Sender:
    webhook = own.webhook or {}
    webhook = json.loads(webhook) if isinstance(webhook, str) else webhook
    address = str(webhook.get("callback_url") or "")
    if str(own.status) not in _ONLINE:
        return Sender(Entry.OFFLINE, str(own.status)[:40])
    is_ours = address == twilio.webhook_url() and webhook.get("callback_method", "POST") == "POST"
    return Sender(Entry.READY if is_ours else Entry.OTHER_ADDRESS, address[:300])


def _is_signed_for(url: str, request: HttpRequest) -> bool:
    signature = request.headers.get("X-Twilio-Signature", "")
    expected = twilio.sign(url, request.POST)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
