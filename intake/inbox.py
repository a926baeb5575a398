"""Inbound messages: received once, waiting in order, taken by one worker at a time.

Due times and leases are compared with the database's clock, so that workers with wrong clocks agree.
"""

import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from psycopg.types.json import Jsonb

from intake import phrases
from intake.models import LONGEST_WORDS, Conversation, ErasedMessage, InboundMessage, Turn
from intake.twilio import Received
from scheduling import phones, selectors, transactions
from scheduling.models import Professional

# Longer than the 20 s of a turn's deadline and what is written around it.
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
# How long a turn that was in somebody's way waits for another try.
CONTENTION_SECONDS = 1.0
# How long a turn waits for a server that is being restarted; a longer outage is left to the lease's end.
OUTAGE_SECONDS = 15.0


# A message arrives in one statement. The conversation (of that very address, else of its other form) is locked first,
# so that the ids of its messages are in the order of arrival, and the clock is read after the lock: a message that
# waited for it begins its quiet time only then. A tap, or an answer to what was asked, waits for nothing that might
# follow.
_STATEMENT = """
WITH conversation AS (
  SELECT c.id FROM intake_conversation c JOIN scheduling_professional p ON p.id = c.professional_id
   WHERE {whose} AND c.channel = %(channel)s AND c.address IN (%(sender)s, %(other_form)s)
   ORDER BY c.address <> %(sender)s, c.id LIMIT 1 FOR NO KEY UPDATE OF c
), stored AS (
  INSERT INTO intake_inboundmessage (conversation_id, provider_sid, body, kind, button_payload, replied_sid, media,
                                     payload, status, attempts, received_at)
  SELECT id, %(sid)s, %(body)s, %(kind)s, %(button_payload)s, %(replied_sid)s, %(media)s, %(payload)s, 'pending', 0,
         COALESCE(%(sent_at)s, statement_timestamp())
    FROM conversation
  ON CONFLICT (provider_sid) DO NOTHING
  RETURNING conversation_id, clock_timestamp() AS now
), touched AS (
  UPDATE intake_conversation
     SET burst_started_at = COALESCE(burst_started_at, now),
         reply_due_at = LEAST(
           now + make_interval(secs => CASE
             WHEN %(is_tap)s
               OR %(is_yes_or_no)s AND jsonb_typeof(state -> 'question') = 'object'
               OR %(is_number)s AND state -> 'options' <> '[]'
             THEN 0 ELSE %(quiet)s END),
           COALESCE(burst_started_at, now) + make_interval(secs => %(limit)s)),
         last_inbound_at = GREATEST(last_inbound_at, COALESCE(%(sent_at)s, now)),
         address = %(sender)s,
         profile_name = COALESCE(NULLIF(%(profile_name)s, ''), profile_name)
    FROM stored WHERE id = conversation_id
  RETURNING id, GREATEST(EXTRACT(EPOCH FROM reply_due_at - now), 0)::float8 AS due_in, burst_started_at = now AS first
)
SELECT id, due_in, first FROM conversation LEFT JOIN touched USING (id)
"""
_BY_NUMBER = _STATEMENT.format(whose="p.whatsapp_number = %(number)s")
_BY_PROFESSIONAL = _STATEMENT.format(whose="p.id = %(professional)s")


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
    """A newly stored message: its conversation, in how many seconds its turn is due, and whether to say so.

    A burst needs one wake-up: the task that comes too early, as others wrote meanwhile, sets itself another.
    """

    conversation_id: int
    due_in: float
    wakes: bool


def receive(received: Received, *, professional: Professional | None = None) -> Stored | None:
    """Store a message and set its conversation's due time; None when its id is known already.

    Without a professional the number that was written to says whose message it is. Raises Professional.DoesNotExist
    when it belongs to nobody.
    """
    row = _store(received, professional)
    if row is None:
        with transaction.atomic():
            professional = professional or Professional.objects.get(whatsapp_number=received.number)
            _begin_conversation(received, professional)
            row = _store(received, professional)
            assert row is not None  # noqa: S101 - begun by whoever has the lock
    conversation_id, due_in, first = row
    return Stored(conversation_id, due_in, wakes=first or due_in == 0) if due_in is not None else None


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

    Raises GivenBack when PostgreSQL ended the transaction for another's sake, a lock was not to be had in time, or
    the server was lost.

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
        if connection.in_atomic_block or not (transactions.will_pass(error) or transactions.is_lost(error)):
            raise
        if transactions.is_lost(error):
            _return_after_outage(lease)
        else:
            return_untried(lease)
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


def return_untried(lease: Lease) -> None:
    """Give the lease back without counting the attempt: nothing is wrong with the messages."""
    # If even this cannot be written, the lease runs out by itself.
    with suppress(OperationalError), transaction.atomic():
        untried = pending_of(lease.conversation_id).filter(attempts__gt=0, conversation__lease=lease.token)
        untried.update(attempts=F("attempts") - 1)
        postpone(lease, seconds=CONTENTION_SECONDS)


def _return_after_outage(lease: Lease) -> None:
    """Give the lease back as soon as the server answers again; after OUTAGE_SECONDS it is left to run out.

    The attempt counts: what makes the server fall over each time is given up in the end.
    """
    until = time.monotonic() + OUTAGE_SECONDS
    while time.monotonic() < until:
        connection.close()
        with suppress(OperationalError):
            postpone(lease, seconds=CONTENTION_SECONDS)
            return
        time.sleep(OUTAGE_SECONDS / 50)


def due_in(conversation_id: int) -> float | None:
    """Return in how many seconds the next turn of a conversation is due; None without one, or if somebody has it."""
    waiting = Conversation.objects.filter(pk=conversation_id, lease=None, reply_due_at__isnull=False)
    moments = waiting.values_list("reply_due_at", Now()).first()
    return max((moments[0] - moments[1]).total_seconds(), 0.0) if moments else None


def known(sids: Iterable[str]) -> set[str]:
    """Return which of these provider's ids are stored, or were until they were erased."""
    wanted = list(sids)
    stored = InboundMessage.objects.filter(provider_sid__in=wanted).values_list("provider_sid", flat=True)
    erased = ErasedMessage.objects.filter(provider_sid__in=wanted).values_list("provider_sid", flat=True)
    return set(stored.union(erased))


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


def _store(received: Received, professional: Professional | None) -> tuple[int, float | None, bool] | None:
    """Store a message with its known conversation; return that one's id, in how many seconds its turn is due, if first.

    No seconds: the message's id is known. None: there is no conversation with that person yet.
    """
    with connection.cursor() as cursor:
        if professional is None:
            cursor.execute(_BY_NUMBER, _values(received))
        else:
            cursor.execute(_BY_PROFESSIONAL, _values(received) | {"professional": professional.pk})
        row: tuple[int, float | None, bool] | None = cursor.fetchone()
    return row


def _values(received: Received) -> dict[str, Any]:
    return {
        "number": received.number,
        "channel": received.channel.value,
        "sender": received.sender,
        "other_form": phones.variants(received.sender)[-1],
        "profile_name": received.profile_name,
        "sid": received.sid,
        "body": received.body[:LONGEST_WORDS],
        "kind": received.kind,
        "button_payload": received.button_payload,
        "replied_sid": received.replied_sid,
        "media": Jsonb(received.media),
        "payload": Jsonb(received.payload),
        "sent_at": received.sent_at,
        "quiet": settings.BURST_QUIET_SECONDS,
        "limit": settings.BURST_LIMIT_SECONDS,
        "is_tap": bool(received.button_payload),
        "is_yes_or_no": phrases.yes_or_no(received.body) is not None,
        "is_number": phrases.number(received.body) is not None,
    }


def _begin_conversation(received: Received, professional: Professional) -> None:
    """Make the person's conversation unless somebody else just did; call inside a transaction.

    Two first messages at once, perhaps in both forms of the number, are one conversation: whoever comes second
    waits for the end of the first one's transaction.
    """
    forms = phones.variants(received.sender)
    with connection.cursor() as cursor:
        person = f"{professional.pk}:{received.channel}:{min(forms)}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [person])
    theirs = Conversation.objects.filter(professional=professional, channel=received.channel)
    if not theirs.filter(address__in=forms).exists():
        client = selectors.find_client(professional, received.sender)
        theirs.create(professional=professional, channel=received.channel, address=received.sender, client=client)


def _let_go(conversation: Conversation) -> None:
    conversation.lease = conversation.lease_until = None
    if not pending_of(conversation.pk).exists():
        conversation.reply_due_at = conversation.burst_started_at = None
    conversation.save()
