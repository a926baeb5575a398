"""Messages with up to three buttons, where the Twilio account has the content templates for them; else plain text.

While the client's last message is less than a day old such a message needs no approval by WhatsApp. The value of a
template's variable may hold no line break (Twilio's error 21656), so there is one template for each number of buttons
and of lines. They know no language and no professional: whatever is shown is a variable.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException
from twilio.rest.content.v1.content import ContentList

from intake import twilio
from intake.models import ContentTemplate, OutboundMessage
from intake.twilio import Content, SendError

logger = logging.getLogger(__name__)

MOST_BUTTONS, MOST_LINES = 3, 8
LONGEST_BODY, LONGEST_LABEL, LONGEST_ID = 1024, 20, 200
# Twilio or WhatsApp does not take the content as it is: the template is gone or broken, or a value is not allowed.
REFUSALS = frozenset({"20404", "21655", "21656", "63005", "63027", "63028", "92007"})
# These are about one message's values and say nothing against the template.
_VALUE_REFUSALS = frozenset({"21656", "92007"})
_KIND = "twilio/quick-reply"


@dataclass(frozen=True, slots=True)
class Arranged:
    """A message as it goes into the template of that name."""

    name: str
    variables: dict[str, str]


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of the account's templates."""

    created: int
    known: int


def arrange(message: OutboundMessage) -> Arranged | None:
    """Lay a message's lines, labels and ids out as variables; None unless WhatsApp takes every one of them."""
    # Blank lines and runs of spaces are refused as values; the words stay the same.
    lines = [" ".join(line.split()) for line in message.body.splitlines() if line.strip()]
    buttons = [(" ".join(str(option["label"]).split()), str(option["id"])) for option in message.options]
    if not 1 <= len(buttons) <= MOST_BUTTONS or not 1 <= len(lines) <= MOST_LINES:
        return None
    if len("\n".join(lines)) > LONGEST_BODY or len({label for label, _ in buttons}) < len(buttons):
        return None
    if not all(0 < len(label) <= LONGEST_LABEL and 0 < len(key) <= LONGEST_ID for label, key in buttons):
        return None
    values = [*lines, *(value for button in buttons for value in button)]
    # Nobody's name may be taken for a variable.
    if any("{{" in value for value in values):
        return None
    return Arranged(_name(len(buttons), len(lines)), {str(n): value for n, value in enumerate(values, start=1)})


def send(message: OutboundMessage) -> str:
    """Send with buttons where the account can, else or if that is refused as plain text. Raises SendError."""
    arranged = arrange(message)
    template = _template(arranged.name) if arranged else None
    if arranged is None or template is None:
        return twilio.send(message)
    try:
        return twilio.send(message, content=Content(template.sid, arranged.variables))
    except SendError as no:
        # A refusal is an answer: the message has certainly not left.
        if no.uncertain or no.code not in REFUSALS:
            raise
        _note_refusal(template, no.code, message)
    return twilio.send(message)


def note_refused(message: OutboundMessage, code: str) -> bool:
    """Take a report that WhatsApp refused a message; return whether it was for its buttons."""
    arranged = arrange(message) if code in REFUSALS else None
    if arranged is None:
        return False
    if template := _template(arranged.name):
        _note_refusal(template, code, message)
    return True


def sync() -> Synced:
    """Create the templates that the account lacks and note the ids of all; may be repeated. Raises SendError."""
    account = settings.TWILIO_ACCOUNT_SID
    with_body = {(one.friendly_name, _body_of(one)): str(one.sid) for one in _listed()}
    created, sids = 0, {}
    for buttons, lines in _shapes():
        name, content = _name(buttons, lines), _content(buttons, lines)
        sid = with_body.get((name, content["body"]))
        if sid is None:
            sid, created = _create(name, content, variables=lines + 2 * buttons), created + 1
        sids[name] = sid
        ContentTemplate.objects.update_or_create(account=account, name=name, defaults={"sid": sid})
    ContentTemplate.objects.filter(account=account).exclude(name__in=sids).delete()
    return Synced(created, len(sids) - created)


def _template(name: str) -> ContentTemplate | None:
    return ContentTemplate.objects.filter(account=settings.TWILIO_ACCOUNT_SID, name=name).first()


def _note_refusal(template: ContentTemplate, code: str, message: OutboundMessage) -> None:
    """Forget a template that cannot be used, so that the next message costs one call; `sync` brings it back."""
    logger.warning("buttons refused: %s", code, extra={"outbox": message.pk})
    if code not in _VALUE_REFUSALS:
        ContentTemplate.objects.filter(pk=template.pk, sid=template.sid).delete()


def _shapes() -> Iterator[tuple[int, int]]:
    return ((buttons, lines) for buttons in range(1, MOST_BUTTONS + 1) for lines in range(1, MOST_LINES + 1))


def _name(buttons: int, lines: int) -> str:
    return f"sineta_buttons_{buttons}_{lines}"


def _content(buttons: int, lines: int) -> dict[str, Any]:
    """Return a template's content: numbered variables for each line, then for each button's title and id."""
    titles = range(lines + 1, lines + 2 * buttons, 2)
    return {
        "body": "\n".join(f"{{{{{n}}}}}" for n in range(1, lines + 1)),
        "actions": [{"type": "QUICK_REPLY", "title": f"{{{{{n}}}}}", "id": f"{{{{{n + 1}}}}}"} for n in titles],
    }


def _listed() -> Iterator[Any]:
    try:
        yield from twilio.client().content.v1.contents.stream(page_size=100)
    except (TwilioException, requests.RequestException) as error:
        raise twilio.failure(error) from error


def _body_of(listed: Any) -> str:
    return str((listed.types or {}).get(_KIND, {}).get("body", ""))


def _create(name: str, content: dict[str, Any], *, variables: int) -> str:
    asked = {
        "friendly_name": name,
        # A template has to have a language; nothing in ours is in one.
        "language": "pt_BR",
        "variables": {str(n): "Sineta" for n in range(1, variables + 1)},
        "types": {_KIND: content},
    }
    try:
        created = twilio.client().content.v1.contents.create(ContentList.ContentCreateRequest(asked))
    except (TwilioException, requests.RequestException) as error:
        raise twilio.failure(error) from error
    return str(created.sid)
