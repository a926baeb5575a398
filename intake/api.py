"""The channel `api`: a program writes for people and fetches what is said to them.

An address is the program's own name of a person; behind `api:` it is nobody's on another channel. What is said there
is a row that has left as soon as it is written, and is handed over when it is fetched.
"""

import hashlib
import heapq
import json
import re
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from intake import inbox, limits, simulator
from intake.inbox import Stored
from intake.models import LONGEST_WORDS, Channel, Conversation, InboundMessage, OutboundMessage
from intake.twilio import Received
from scheduling import phones
from scheduling.models import Professional

LONGEST_ADDRESS = 100
# So many messages at once; whoever has missed more asks again.
MOST_FETCHED = 100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"(\d{1,18})\.(\d{1,17})\.(\d{1,18})", re.ASCII)

Row = InboundMessage | OutboundMessage


class TooManyPeople(Exception):  # noqa: N818 - what happened, not whose fault
    """The program speaks for too many new people; it may go on after `pause`."""

    def __init__(self, pause: timedelta) -> None:
        super().__init__()
        self.pause = pause


class NoSuchChoice(Exception):  # noqa: N818 - reads as what happened
    """Nothing with that payload was ever offered in the conversation."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a person says through the program; with a `payload` they tapped a choice, and `text` does not count."""

    address: str
    text: str = ""
    name: str = ""
    message_id: str = ""
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far somebody has read: the person's own messages by id, ours in the order in which they were fetched.

    Ids cannot tell what of ours is new: a lower one may be committed after a higher one has been read.
    """

    heard: int = 0
    handed_at: datetime = _EPOCH
    said: int = 0

    def __str__(self) -> str:
        return f"{self.heard}.{(self.handed_at - _EPOCH) // timedelta(microseconds=1)}.{self.said}"

    def after(self, row: Row) -> "Cursor":
        """Return the cursor of whoever has read this one as well."""
        if isinstance(row, InboundMessage):
            return replace(self, heard=row.pk)
        assert row.handed_at is not None  # noqa: S101 - fetched by now
        return replace(self, handed_at=row.handed_at, said=row.pk)


@dataclass(frozen=True, slots=True)
class News:
    """What was fetched, in order; `is_answering` while the reception has not finished."""

    rows: Sequence[Row]
    cursor: Cursor
    is_answering: bool


def read_cursor(text: str) -> Cursor:
    """Read a cursor as it was told; an empty one stands before everything. Raises ValueError."""
    if not text:
        return Cursor()
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise ValueError(text)
    heard, microseconds, said = map(int, found.groups())
    return Cursor(heard, _EPOCH + timedelta(microseconds=microseconds), said)


def conversations(professional: Professional) -> QuerySet[Conversation]:
    return Conversation.objects.filter(professional=professional, channel=Channel.API)


def receive(professional: Professional, written: Written) -> tuple[InboundMessage, Stored | None]:
    """Store what a person says and return its row, with when its turn is due if it is new.

    Raises TooManyPeople and NoSuchChoice.
    """
    address = f"{phones.API}{written.address}"
    talk = conversations(professional).filter(address=address).first()
    received = _received(professional, talk, written, address=address)
    with nullcontext() if talk else transaction.atomic():
        if talk is None:
            _require_room(professional, address)
        stored = inbox.receive(received, professional=professional)
    return InboundMessage.objects.get(provider_sid=received.sid), stored


def has_news(conversation_id: int, *, after: Cursor) -> bool:
    """Return whether a fetch would find anything."""
    return _unread(conversation_id, after).exists() or _unheard(conversation_id, after).exists()


@transaction.atomic
def fetch(conversation_id: int, *, after: Cursor) -> News:
    """Return what came after the cursor and hand over what nobody has fetched yet.

    One fetch at a time in a conversation, so that what was fetched has one order; nobody else takes that lock. How far
    the reception is, is read first: a turn that ends meanwhile is then found in its messages.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"fetch:{conversation_id}"])
    waiting = Q(reply_due_at__isnull=False) | Q(lease__isnull=False)
    is_answering = Conversation.objects.filter(waiting, pk=conversation_id).exists()
    streams: list[Iterable[Row]] = [
        _unheard(conversation_id, after).order_by("pk")[:MOST_FETCHED],
        _unread(conversation_id, after).order_by(F("handed_at").asc(nulls_last=True), "pk")[:MOST_FETCHED],
    ]
    rows = _handed_over(list(heapq.merge(*streams, key=moment))[:MOST_FETCHED])
    reached = after
    for row in rows:
        reached = reached.after(row)
    return News(rows, reached, is_answering)


def moment(row: Row) -> datetime:
    """Return when something was said."""
    return row.received_at if isinstance(row, InboundMessage) else row.created_at


def _unheard(conversation_id: int, after: Cursor) -> QuerySet[InboundMessage]:
    """They are stored under the conversation's lock: none becomes visible after one with a higher id."""
    return InboundMessage.objects.filter(conversation=conversation_id, pk__gt=after.heard)


def _unread(conversation_id: int, after: Cursor) -> QuerySet[OutboundMessage]:
    later = Q(handed_at__gt=after.handed_at) | Q(handed_at=after.handed_at, pk__gt=after.said)
    said = OutboundMessage.objects.filter(conversation=conversation_id, medium=OutboundMessage.Medium.API)
    said = said.exclude(status__in=[OutboundMessage.Status.FAILED, OutboundMessage.Status.DROPPED])
    return said.filter(Q(handed_at=None) | later)


def _handed_over(rows: list[Row]) -> list[Row]:
    """Note that what nobody had fetched is fetched now: from here on a "sim" can mean its question.

    What was erased at this very moment is left out.
    """
    fresh = {row.pk: row for row in rows if isinstance(row, OutboundMessage) and row.handed_at is None}
    if not fresh:
        return rows
    found = OutboundMessage.objects.filter(pk__in=fresh)
    found.update(status=OutboundMessage.Status.DELIVERED, attempted_at=Coalesce("attempted_at", Now()), handed_at=Now())
    for pk, handed_at in found.values_list("pk", "handed_at"):
        fresh[pk].handed_at = handed_at
    return [row for row in rows if isinstance(row, InboundMessage) or row.handed_at]


def _received(professional: Professional, talk: Conversation | None, written: Written, *, address: str) -> Received:
    tapped = _tapped(talk, written.payload) if written.payload else None
    words = tapped[1] if tapped else written.text
    return Received(
        sid=_sid(professional, address, written.message_id),
        account="",
        sender=address,
        number="",
        channel=Channel.API,
        body=words,
        kind="tap" if tapped else "text",
        profile_name=" ".join(written.name.split()),
        button_payload=written.payload,
        replied_sid=tapped[0] if tapped else "",
        # One more than is read says that something was cut.
        payload={"Body": words[: LONGEST_WORDS + 1]},
    )


def _sid(professional: Professional, address: str, message_id: str) -> str:
    """Return the message's id; the program's own id is this person's alone, and said twice it is one message."""
    if not message_id:
        return f"{phones.API}{uuid4().hex}"
    whole = json.dumps([professional.pk, address, message_id])
    return f"{phones.API}{hashlib.sha256(whole.encode()).hexdigest()[:60]}"


def _tapped(talk: Conversation | None, payload: str) -> tuple[str, str]:
    """Return what was tapped: our message's id and the choice's words. Raises NoSuchChoice."""
    offered = OutboundMessage.objects.filter(conversation=talk, options__contains=[{"id": payload}])
    message = offered.order_by("-pk").first() if talk else None
    if message is None:
        raise NoSuchChoice
    label = next(str(option["label"]) for option in message.options if option["id"] == payload)
    return simulator.sid(message), label


def _require_room(professional: Professional, address: str) -> None:
    """Raise TooManyPeople for one new person too many; their first messages come one at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"begin:{professional.pk}"])
    pause = limits.pause_before_new(professional)
    if pause is not None and not conversations(professional).filter(address=address).exists():
        raise TooManyPeople(pause)
