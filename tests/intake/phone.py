"""Rows of a simulated conversation, written past the pipeline; `changes` are fields of the row."""

from typing import Any

from intake.models import Conversation, InboundMessage, OutboundMessage
from scheduling.models import Professional
from tests import cast


def talk(professional: Professional, **changes: Any) -> Conversation:
    """Write a conversation of Caio with that professional in the simulator."""
    fields = {"channel": "simulator", "address": cast.CAIO_ADDRESS} | changes
    return Conversation.objects.create(professional=professional, **fields)


def heard(conversation: Conversation, body: str, **changes: Any) -> InboundMessage:
    """Write what the client said; answered, unless the status says otherwise."""
    fields = {"provider_sid": f"SM{InboundMessage.objects.count():032x}", "status": "done"} | changes
    return InboundMessage.objects.create(conversation=conversation, body=body, **fields)


def said(conversation: Conversation, body: str, **changes: Any) -> OutboundMessage:
    """Write what the reception said, handed over."""
    fields = {
        "medium": "simulator",
        "recipient": conversation.address,
        "dedupe_key": f"test:{OutboundMessage.objects.count()}",
        "status": "delivered",
    }
    professional = conversation.professional
    return OutboundMessage.objects.create(
        professional=professional, conversation=conversation, body=body, **fields | changes
    )
