"""A conversation as the admin shows it: who said what and when, and below an answer how it came about."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from intake import trace
from intake.models import Conversation, InboundMessage, OutboundMessage, Turn
from intake.trace import Step

# The newest messages; the lists of messages have the others.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `side` is "client", "reception" or "professional"; `turn` stands at the last answer of a turn."""

    side: str
    speaker: str
    text: str
    at: datetime
    state: str
    turn: Turn | None = None
    steps: tuple[Step, ...] = ()


def lines(conversation: Conversation) -> list[Line]:
    """Return the newest messages, the oldest of them first."""
    heard = conversation.inbound.order_by("-pk")[:SHOWN]
    told = list(
        conversation.outbound.exclude(medium=OutboundMessage.Medium.EMAIL)
        .select_related("turn", "professional")
        .prefetch_related("turn__inbound", "turn__outbound")
        .order_by("-pk")[:SHOWN]
    )
    # Newest first: the first answer met of a turn is its last.
    last = {message.turn_id: message.pk for message in reversed(told)}
    found = [_heard(message, conversation) for message in heard]
    found += [_told(message, is_last=last[message.turn_id] == message.pk) for message in told]
    return sorted(found, key=lambda line: line.at)[-SHOWN:]


def _heard(message: InboundMessage, conversation: Conversation) -> Line:
    name = conversation.client.name if conversation.client else ""
    return Line(
        side="client",
        speaker=name or conversation.profile_name or _("Client"),
        text=message.transcript or message.body or message.kind,
        at=message.received_at,
        state="" if message.status == InboundMessage.Status.DONE else message.get_status_display(),
    )


def _told(message: OutboundMessage, *, is_last: bool) -> Line:
    by_hand = message.author == OutboundMessage.Author.PROFESSIONAL
    turn = message.turn if is_last else None
    return Line(
        side="professional" if by_hand else "reception",
        speaker=message.professional.name if by_hand else message.get_author_display(),
        text=message.body,
        at=message.created_at,
        state=" · ".join(filter(None, (message.get_status_display(), message.error_code))),
        turn=turn,
        steps=tuple(trace.steps(turn)) if turn else (),
    )
