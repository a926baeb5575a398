"""Inbound messages: received once, waiting in order, taken by one worker at a time.

Due times and leases are compared with the database's clock, so that workers with wrong clocks agree.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Least, Now

from intake import phrases
from intake.models import Conversation, InboundMessage, Turn
from intake.twilio import Received
from scheduling import phones, selectors
from scheduling.models import Professional

# Longer than the 20 s of a turn's deadline and what is written around it.
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
# WhatsApp's own limit is 4,096 characters; more is no message of a client.
LONGEST_BODY = 4096


class LeaseLost(Exception):  # noqa: N818 - what happened, not whose fault
    """Another worker has the conversation now; nothing of this turn may be written."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to answer one conversation; `token` fences off a worker that outlived it."""

    conversation_id: int
    token: uuid.UUID


@dataclass(frozen=True, slots=True)
class Stored:
    """A newly stored message: its conversation, and in how many seconds its turn is due."""

    conversation_id: int
    due_in: float


def receive(professional: Professional, received: Received) -> Stored | None:
    """Store a message and set the conversation's due time; None when its id is known already."""
    with transaction.atomic():
        conversation = _conversation(professional, received)
        try:
            with transaction.atomic():
                _insert(conversation, received)
        except IntegrityError:
            return None
        due_in = 0.0 if _is_urgent(conversation, received) else settings.BURST_QUIET_SECONDS
        _touch(conversation, received, due_in=due_in)
    return Stored(conversation.pk, due_in)


def claim(conversation_id: int) -> Lease | None:
    """Take a conversation whose turn is due; None when it is not, or when another worker has it."""
    lease = Lease(conversation_id, uuid.uuid4())
    with transaction.atomic():
        taken = (
            Conversation.objects.filter(Q(lease_until=None) | Q(lease_until__lte=Now()))
            .filter(pk=conversation_id, reply_due_at__lte=Now())
            .update(lease=lease.token, lease_until=Now() + LEASE)
        )
        if taken:
            # Counted before the work: a message that kills its worker is given up in the end as well.
            pending_of(conversation_id).update(attempts=F("attempts") + 1)
    return lease if taken else None


def pending_of(conversation_id: int) -> QuerySet[InboundMessage]:
    return InboundMessage.objects.filter(conversation_id=conversation_id, status=InboundMessage.Status.PENDING)


@contextmanager
def fenced(lease: Lease) -> Iterator[Conversation]:
    """Open a transaction with the conversation locked. Raises LeaseLost when the lease is somebody else's."""
    with transaction.atomic():
        conversation = (
            Conversation.objects.select_for_update(of=("self",))
            .select_related("professional", "client")
            .filter(pk=lease.conversation_id, lease=lease.token)
            .first()
        )
        if conversation is None:
            raise LeaseLost
        yield conversation


def finish(conversation: Conversation, messages: Sequence[InboundMessage], *, turn: Turn | None) -> None:
    """Mark the messages done and give the lease back; call inside `fenced`. Later messages stay due."""
    InboundMessage.objects.filter(pk__in=[message.pk for message in messages]).update(
        status=InboundMessage.Status.DONE, turn=turn
    )
    _let_go(conversation)


def bury(conversation: Conversation) -> None:
    """Give up the messages that no attempt could answer; call inside `fenced`."""
    pending_of(conversation.pk).update(status=InboundMessage.Status.DEAD)
    _let_go(conversation)


def postpone(lease: Lease, *, seconds: float) -> None:
    """Give the lease back after a failure; the messages wait for another try."""
    Conversation.objects.filter(pk=lease.conversation_id, lease=lease.token).update(
        lease=None, lease_until=None, reply_due_at=Now() + timedelta(seconds=seconds)
    )


def due() -> list[int]:
    """Return the conversations whose turn is due and that nobody has: what a lost wake-up forgot."""
    return list(
        Conversation.objects.filter(Q(lease_until=None) | Q(lease_until__lte=Now()), reply_due_at__lte=Now())
        .order_by("reply_due_at")
        .values_list("pk", flat=True)[:1000]
    )


def _conversation(professional: Professional, received: Received) -> Conversation:
    """Find the person's conversation in either form of the ninth digit; answers go to the form used last."""
    known = Conversation.objects.filter(
        professional=professional, channel=received.channel, address__in=phones.variants(received.sender)
    ).order_by("pk")
    conversation = known.first()
    if conversation is None:
        client = selectors.find_client(professional, received.sender)
        conversation, _ = Conversation.objects.get_or_create(
            professional=professional, channel=received.channel, address=received.sender, defaults={"client": client}
        )
    return conversation


def _let_go(conversation: Conversation) -> None:
    conversation.lease = conversation.lease_until = None
    if not pending_of(conversation.pk).exists():
        conversation.reply_due_at = conversation.burst_started_at = None
    conversation.save()


def _insert(conversation: Conversation, received: Received) -> None:
    InboundMessage.objects.create(
        conversation=conversation,
        provider_sid=received.sid,
        body=received.body[:LONGEST_BODY],
        kind=received.kind,
        button_payload=received.button_payload,
        replied_sid=received.replied_sid,
        media=received.media,
        payload=received.payload,
    )


def _touch(conversation: Conversation, received: Received, *, due_in: float) -> None:
    burst = Coalesce(F("burst_started_at"), Now())
    latest = burst + timedelta(seconds=settings.BURST_LIMIT_SECONDS)
    Conversation.objects.filter(pk=conversation.pk).update(
        address=received.sender,
        profile_name=received.profile_name or F("profile_name"),
        last_inbound_at=Now(),
        burst_started_at=burst,
        reply_due_at=Least(Now() + timedelta(seconds=due_in), latest),
    )


def _is_urgent(conversation: Conversation, received: Received) -> bool:
    """A tap, or an answer to what was asked, waits for nothing that might follow."""
    if received.button_payload:
        return True
    state = conversation.recall()
    if state.question and phrases.yes_or_no(received.body) is not None:
        return True
    return bool(state.options) and phrases.number(received.body) is not None
