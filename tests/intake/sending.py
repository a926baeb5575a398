"""A conversation whose answers are handed over: rows in the outbox, and a clock that can be put forward."""

from datetime import timedelta
from typing import Any

from django.db.models import F

from intake import outbox
from intake.models import Conversation, OutboundMessage
from tests import cast


def talk(address: str = cast.CAIO_ADDRESS, **changes: Any) -> Conversation:
    professional = changes.pop("professional", None) or cast.ana()
    return Conversation.objects.create(professional=professional, address=address, **{"channel": "whatsapp"} | changes)


def say(conversation: Conversation, *bodies: str) -> None:
    for body in bodies:
        outbox.say(conversation, body, dedupe_key=f"test:{conversation.pk}:{body}"[:120])


def only() -> OutboundMessage:
    return OutboundMessage.objects.get()


def later(seconds: float) -> None:
    """Let that much time pass for everything that was enqueued."""
    pause = timedelta(seconds=seconds)
    past = {name: F(name) - pause for name in ("due_at", "attempted_at", "created_at")}
    OutboundMessage.objects.update(**past)
