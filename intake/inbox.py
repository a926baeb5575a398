"""Inbound messages: received once, waiting in order, taken by one worker at a time.

Due times and leases are compared with the database's clock, so that workers with wrong clocks agree.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Now
from pydantic import ValidationError

from intake import phrases
from intake.models import Conversation, InboundMessage, Turn
from intake.twilio import Received
from scheduling import phones, selectors, transactions
from scheduling.models import Professional

# Longer than the 20 s of a turn's deadline and what is written around it.
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
# How long a turn that was in somebody's way waits for another try.
CONTENTION_SECONDS = 1.0
# WhatsApp's own limit is 4,096 characters; more is no message of a client.
LONGEST_BODY = 4096


class LeaseLost(Exception):  # noqa: N818 - what happened, not whose fault
    """Another worker has the conversation now; nothing of this turn may be written."""


class GivenBack(LeaseLost):
    """The database had no room for this turn just now; it has been given back and is due again in a moment."""


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
        if not _insert(conversation, received):
            return None
        due_in = _touch(conversation, received, urgent=_is_urgent(conversation, received))
    return Stored(conversation.pk, due_in)


def claim(conversation_id: int) -> Lease | None:
    """Take a conversation whose turn is due; None when it is not, or when another worker has it.

    None also when its row is not to be had in time: it stays due, and the sweep comes by again.
    """
    lease = Lease(conversation_id, uuid.uuid4())
    try:
        return lease if _take(lease) else None
    except OperationalError as error:
        if connection.in_atomic_block or not transactions.will_pass(error):
            raise
        return None


def pending_of(conversation_id: int) -> QuerySet[InboundMessage]:
    return InboundMessage.objects.filter(conversation_id=conversation_id, status=InboundMessage.Status.PENDING)


@contextmanager
def fenced(lease: Lease) -> Iterator[Conversation]:
    """Open a transaction with the conversation locked. Raises LeaseLost when the lease is somebody else's.

    Raises GivenBack when PostgreSQL ended the transaction for another's sake, or a lock was not to be had in time.

    NO KEY leaves rows that only refer to the conversation free to be inserted: whoever announces an event while
    holding the professional's lock would else wait for a turn that waits for that lock.
    """
    try:
        with transaction.atomic():
            conversation = (
                Conversation.objects.select_for_update(of=("self",), no_key=True)
                .select_related("professional", "client")
                .filter(pk=lease.conversation_id, lease=lease.token)
                .first()
            )
            if conversation is None:
                raise LeaseLost
            yield conversation
    except OperationalError as error:
        # Inside another transaction nothing can be written any more; whoever began that one gives back.
        if connection.in_atomic_block or not transactions.will_pass(error):
            raise
        _return_untried(lease)
        raise GivenBack from error


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


def due_in(conversation_id: int) -> float | None:
    """Return in how many seconds the next turn of a conversation is due; None without one, or if somebody has it."""
    waiting = Conversation.objects.filter(pk=conversation_id, lease=None, reply_due_at__isnull=False)
    moments = waiting.values_list("reply_due_at", Now()).first()
    return max((moments[0] - moments[1]).total_seconds(), 0.0) if moments else None


def known(sids: Iterable[str]) -> set[str]:
    """Return which of these provider's ids are stored."""
    return set(InboundMessage.objects.filter(provider_sid__in=list(sids)).values_list("provider_sid", flat=True))


def due() -> list[int]:
    """Return the conversations whose turn is due and that nobody has: what a lost wake-up forgot."""
    return list(
        Conversation.objects.filter(Q(lease_until=None) | Q(lease_until__lte=Now()), reply_due_at__lte=Now())
        .order_by("reply_due_at")
        .values_list("pk", flat=True)[:1000]
    )


def _take(lease: Lease) -> bool:
    with transaction.atomic():
        taken = (
            Conversation.objects.filter(Q(lease_until=None) | Q(lease_until__lte=Now()))
            .filter(pk=lease.conversation_id, reply_due_at__lte=Now())
            # A message that comes during the turn begins a burst of its own.
            .update(lease=lease.token, lease_until=Now() + LEASE, burst_started_at=None)
        )
        if taken:
            # Counted before the work: a message that kills its worker is given up in the end as well.
            pending_of(lease.conversation_id).update(attempts=F("attempts") + 1)
    return bool(taken)


def _conversation(professional: Professional, received: Received) -> Conversation:
    """Find the person's conversation in either form of the ninth digit, make it if new, and lock it.

    Messages of one conversation are stored one after the other: their ids are in the order of arrival.
    """
    found = _locked(professional, received)
    if found is None:
        # Two first messages at once, perhaps in both forms of the number, are one conversation.
        _serialise_newcomer(professional, received)
        found = _locked(professional, received)
    if found is None:
        client = selectors.find_client(professional, received.sender)
        found = Conversation.objects.create(
            professional=professional, channel=received.channel, address=received.sender, client=client
        )
    return found


def _locked(professional: Professional, received: Received) -> Conversation | None:
    """Lock the conversation of that very address, else of its other form."""
    return (
        Conversation.objects.select_for_update(no_key=True)
        .filter(professional=professional, channel=received.channel, address__in=phones.variants(received.sender))
        .order_by(Case(When(address=received.sender, then=0), default=1), "pk")
        .first()
    )


def _serialise_newcomer(professional: Professional, received: Received) -> None:
    """Wait for whoever makes a conversation with the same person, until the end of that transaction."""
    person = f"{professional.pk}:{received.channel}:{min(phones.variants(received.sender))}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [person])


def _return_untried(lease: Lease) -> None:
    """Give the lease back without counting the attempt: nothing is wrong with the messages."""
    # If even this cannot be written, the lease runs out by itself.
    with suppress(OperationalError), transaction.atomic():
        untried = pending_of(lease.conversation_id).filter(attempts__gt=0, conversation__lease=lease.token)
        untried.update(attempts=F("attempts") - 1)
        postpone(lease, seconds=CONTENTION_SECONDS)


def _let_go(conversation: Conversation) -> None:
    conversation.lease = conversation.lease_until = None
    if not pending_of(conversation.pk).exists():
        conversation.reply_due_at = conversation.burst_started_at = None
    conversation.save()


def _insert(conversation: Conversation, received: Received) -> bool:
    """Insert the message; False when the provider's id is known, in whatever conversation."""
    try:
        with transaction.atomic():
            InboundMessage.objects.create(
                conversation=conversation,
                provider_sid=received.sid,
                body=received.body[:LONGEST_BODY],
                kind=received.kind,
                button_payload=received.button_payload,
                replied_sid=received.replied_sid,
                media=received.media,
                payload=received.payload,
                received_at=received.sent_at or Now(),
            )
    except IntegrityError:
        if InboundMessage.objects.filter(provider_sid=received.sid).exists():
            return False
        raise
    return True


def _touch(conversation: Conversation, received: Received, *, urgent: bool) -> float:
    """Note the newest message on its locked conversation; return in how many seconds its turn is due.

    The clock is read after the lock: a message that waited for it begins its quiet time only then.
    """
    now = _database_clock()
    conversation.burst_started_at = conversation.burst_started_at or now
    quiet = now if urgent else now + timedelta(seconds=settings.BURST_QUIET_SECONDS)
    latest = conversation.burst_started_at + timedelta(seconds=settings.BURST_LIMIT_SECONDS)
    conversation.reply_due_at = min(quiet, latest)
    conversation.last_inbound_at = max(conversation.last_inbound_at or received.sent_at or now, received.sent_at or now)
    conversation.address = received.sender
    conversation.profile_name = received.profile_name or conversation.profile_name
    conversation.save(update_fields=["burst_started_at", "reply_due_at", "last_inbound_at", "address", "profile_name"])
    return max((conversation.reply_due_at - now).total_seconds(), 0.0)


def _database_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def _is_urgent(conversation: Conversation, received: Received) -> bool:
    """A tap, or an answer to what was asked, waits for nothing that might follow."""
    if received.button_payload:
        return True
    try:
        state = conversation.recall()
    except ValidationError:
        # Of another version of the product: the message counts, not how fast it is answered.
        return False
    if state.question and phrases.yes_or_no(received.body) is not None:
        return True
    return bool(state.options) and phrases.number(received.body) is not None
