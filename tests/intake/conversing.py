"""Conversations in process: texts go into the inbox as rows, turns run here, answers are read from the outbox."""

from collections.abc import Sequence
from uuid import uuid4

from django.db.models import QuerySet
from django.db.models.functions import Now

from intake import agent, inbox, outbox
from intake.models import Channel, Conversation, OutboundMessage, Turn
from intake.twilio import Received
from scheduling.models import Appointment, Professional
from tests import cast


def write(
    professional: Professional,
    text: str,
    *,
    address: str = cast.CAIO_ADDRESS,
    kind: str = "text",
    tap: str = "",
    name: str = "",
) -> Conversation:
    """Store a message as the webhook does; its turn is due at once and is not taken."""
    inbox.receive(
        Received(
            sid=f"SM{uuid4().hex}",
            account="AC0",
            sender=address,
            number=professional.whatsapp_number or "",
            channel=Channel.SIMULATOR,
            body=text,
            kind=kind,
            profile_name=name,
            button_payload=tap,
        )
    )
    conversation = Conversation.objects.get(professional=professional, address=address)
    Conversation.objects.filter(pk=conversation.pk).update(reply_due_at=Now())
    return conversation


def answer(conversation: Conversation, *, delivered: bool = True) -> str:
    """Take the turn that is due and return what is said in it, several messages by line."""
    known = set(said(conversation).values_list("pk", flat=True))
    agent.reply(conversation.pk)
    if delivered:
        outbox.deliver_due()
    return "\n".join(said(conversation).exclude(pk__in=known).values_list("body", flat=True))


def say(professional: Professional, *texts: str, address: str = cast.CAIO_ADDRESS, tap: str = "") -> str:
    """Send texts one after the other, each answered; return the last answer."""
    last = ""
    for text in texts:
        last = answer(write(professional, text, address=address, tap=tap, kind="tap" if tap else "text"))
    return last


def say_at_once(professional: Professional, texts: Sequence[str], *, address: str = cast.CAIO_ADDRESS) -> str:
    """Send several texts that are answered as one turn."""
    for text in texts:
        conversation = write(professional, text, address=address)
    return answer(conversation)


def conversation_of(professional: Professional, *, address: str = cast.CAIO_ADDRESS) -> Conversation:
    return Conversation.objects.get(professional=professional, address=address)


def said(conversation: Conversation) -> QuerySet[OutboundMessage]:
    """Return what was said to the client, oldest first, e-mails left out."""
    return conversation.outbound.exclude(medium=OutboundMessage.Medium.EMAIL).order_by("pk")


def everything_said(professional: Professional, *, address: str = cast.CAIO_ADDRESS) -> list[str]:
    return list(said(conversation_of(professional, address=address)).values_list("body", flat=True))


def last_turn(professional: Professional, *, address: str = cast.CAIO_ADDRESS) -> Turn:
    return conversation_of(professional, address=address).turns.order_by("-pk")[0]


def agenda(professional: Professional) -> list[str]:
    """Return the live appointments as "17/11 10:00 Sessão individual confirmed", in order."""
    live = Appointment.objects.filter(professional=professional).exclude(status="cancelled").order_by("starts_at")
    return [f"{one.local_start:%d/%m %H:%M} {one.service.name} {one.status}" for one in live.select_related("service")]


def question(professional: Professional) -> OutboundMessage:
    """Return the newest question that Caio was asked."""
    return said(conversation_of(professional)).filter(dedupe_key__startswith="question:").latest("pk")
