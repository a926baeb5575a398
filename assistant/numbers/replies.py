"""How the reception does with clients: what it finishes alone, and how soon clients are answered.

Only channels on which clients write count, never a trial or the simulator. A period is two local days, both included,
and a message belongs to the day on which it came. What `KEEP_MESSAGES_DAYS` removed is in no figure any more.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value

from assistant import metrics
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage, Turn
from scheduling import selectors
from scheduling.models import Professional

CLIENTS = (Channel.WHATSAPP, Channel.API)

# From a client's first message of a burst until the first part of its answer is handed over.
_BY_RECEPTION = """
SELECT * FROM (
  SELECT turn.conversation_id, turn.id,
         (SELECT min(received_at) FROM intake_inboundmessage WHERE turn_id = turn.id) AS asked,
         (SELECT min(handed_at) FROM intake_outboundmessage
           WHERE turn_id = turn.id AND author = 'reception' AND medium <> 'email') AS answered
    FROM intake_turn turn JOIN intake_conversation c ON c.id = turn.conversation_id
   WHERE c.professional_id = %(professional)s AND c.channel = ANY(%(channels)s) AND turn.path <> 'silent'
) every WHERE asked >= %(since0)s AND asked < %(until0)s AND answered >= asked
"""

# From the first message that was left to a person, since the person's last one, until the person's next.
_BY_HAND = """
SELECT * FROM (
  SELECT o.conversation_id, o.id,
         (SELECT min(i.received_at)
            FROM intake_inboundmessage i JOIN intake_turn turn ON turn.id = i.turn_id
           WHERE i.conversation_id = o.conversation_id AND i.received_at < o.handed_at
             AND i.received_at > o.former AND (turn.path = 'silent' OR turn.called_person)) AS asked,
         o.handed_at AS answered
    FROM (SELECT id, conversation_id, handed_at,
                 lag(handed_at, 1, '-infinity') OVER (PARTITION BY conversation_id ORDER BY handed_at) AS former
            FROM intake_outboundmessage
           WHERE professional_id = %(professional)s AND medium = ANY(%(channels)s)
             AND author = 'professional' AND handed_at IS NOT NULL) o
) every WHERE asked >= %(since0)s AND asked < %(until0)s
"""

_MEDIAN = "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM answered - asked)), count(*) FROM"
_QUICKEST_FIRST = "SELECT conversation_id, asked, answered - asked FROM"


@dataclass(frozen=True, slots=True)
class Alone:
    """Conversations of a period, and how many of them the reception finished without a person."""

    alone: int
    conversations: int

    @property
    def rate(self) -> Decimal | None:
        return metrics.share(self.alone, self.conversations)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long the middle one of so many answers took; None where nothing was answered."""

    median: timedelta | None
    answers: int


@dataclass(frozen=True, slots=True)
class Waits:
    """How long clients wait for the reception, silence apart, and for the professional, of what was left to them."""

    reception: Wait
    by_hand: Wait


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: when it was asked for, and how long that took."""

    conversation_id: int
    asked: datetime
    waited: timedelta


def alone(professional: Professional, spans: Sequence[metrics.Span]) -> list[Alone]:
    """Return how many conversations of each of those stretches of days the reception finished alone. One statement."""
    parts = [
        conversations(professional, *span).annotate(span=Value(number)).values_list("span", "was_alone")
        for number, span in enumerate(spans)
    ]
    one, *others = (part.annotate(count=Count("pk")).order_by() for part in parts)
    counts = Counter({(number, was_alone): count for number, was_alone, count in one.union(*others, all=True)})
    return [Alone(counts[number, True], counts[number, True] + counts[number, False]) for number in range(len(spans))]


def conversations(professional: Professional, first: date, last: date) -> QuerySet[Any]:
    """Return the conversations in which a client wrote on those days and was dealt with, each with `was_alone`.

    The reception was not alone where it called the professional, the professional wrote, or a message met silence
    (blocked, switched off, with a person) or was given up. All of that stays on record, so a past figure stays what
    it was; a take-over that was given back before anybody wrote changed nothing for the client.
    """
    since, until = selectors.bounds(professional, first, last)
    own = {"conversation": OuterRef("pk")}
    written = InboundMessage.objects.filter(**own, received_at__gte=since, received_at__lt=until)
    dealt = written.exclude(status=InboundMessage.Status.PENDING)
    left = dealt.filter(Q(turn__path=Turn.Path.SILENT) | Q(turn__called_person=True) | Q(status="dead"))
    by_hand = OutboundMessage.objects.filter(**own, author=OutboundMessage.Author.PROFESSIONAL)
    by_hand = by_hand.exclude(medium=OutboundMessage.Medium.EMAIL).filter(created_at__gte=since, created_at__lt=until)
    rows = Conversation.objects.filter(Exists(dealt), professional=professional, channel__in=CLIENTS)
    return rows.annotate(was_alone=~(Exists(left) | Exists(by_hand)))


def waits(professional: Professional, spans: Sequence[metrics.Span]) -> list[Waits]:
    """Return how long clients waited for their answers in each of those stretches of days. One statement."""
    both = f"* FROM ({_MEDIAN} ({_BY_RECEPTION}) a) reception, ({_MEDIAN} ({_BY_HAND}) a) by_hand"
    each = [f"SELECT {number}, {both}".replace("0)s", f"{number})s") for number in range(len(spans))]
    rows = _rows(" UNION ALL ".join(each) + " ORDER BY 1", professional, spans)
    return [Waits(_wait(*waited[:2]), _wait(*waited[2:])) for _number, *waited in rows]


def answers(professional: Professional, first: date, last: date, *, by_hand: bool = False) -> list[Answer]:
    """Return the answers that the reception's median is of (or the professional's), the quickest first."""
    sql = f"{_QUICKEST_FIRST} ({_BY_HAND if by_hand else _BY_RECEPTION}) answers ORDER BY 3, id"
    return [Answer(*row) for row in _rows(sql, professional, [(first, last)])]


def with_clients(professional: Professional, ids: Iterable[int]) -> dict[int, Conversation]:
    """Return those of the professional's conversations by id, each with its client."""
    return Conversation.objects.filter(professional=professional).select_related("client").in_bulk(list(ids))


def _wait(seconds: float | Decimal | None, count: int) -> Wait:
    return Wait(None if seconds is None else timedelta(seconds=float(seconds)), count)


def _rows(sql: str, professional: Professional, spans: Sequence[metrics.Span]) -> list[tuple[Any, ...]]:
    given: dict[str, Any] = {"professional": professional.pk, "channels": [channel.value for channel in CLIENTS]}
    for number, span in enumerate(spans):
        given[f"since{number}"], given[f"until{number}"] = selectors.bounds(professional, *span)
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
