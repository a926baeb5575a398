"""Who speaks in a conversation: the reception, or the professional by hand; and what the professional says there.

`human_until` silences the reception. With a `human_reason` somebody called the professional, and the client may call
the reception back; without one the professional took over, and only they (or time) give back. `human_since` says
since when; while the reception merely rests it is empty.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from intake import outbox
from intake.models import Channel, Conversation, OutboundMessage

# What is longer is no message but a mistake; the outbox sends it in parts.
LONGEST_ANSWER = 4096
_FIELDS = ["human_until", "human_since", "human_reason"]


class Speaker(StrEnum):
    """Who answers now."""

    RECEPTION = "reception"
    CALLED = "called"
    PROFESSIONAL = "professional"
    RESTING = "resting"


class Barrier(StrEnum):
    """Why nothing that is written by hand would arrive."""

    NONE = ""
    WINDOW = "window"
    REFUSED = "refused"


class Undeliverable(Exception):  # noqa: N818 - what is in the way, not whose fault
    """An answer cannot arrive, and why."""

    def __init__(self, found: Barrier) -> None:
        super().__init__(found.value)
        self.barrier = found


def speaker(conversation: Conversation, *, now: datetime) -> Speaker:
    if conversation.human_until is None or conversation.human_until <= now:
        return Speaker.RECEPTION
    if conversation.human_reason:
        return Speaker.CALLED
    return Speaker.PROFESSIONAL if conversation.human_since else Speaker.RESTING


def window_ends(conversation: Conversation) -> datetime | None:
    """Return until when the channel takes free text (63016); None where there is no such rule."""
    if conversation.channel != Channel.WHATSAPP:
        return None
    return (conversation.last_inbound_at or conversation.created_at) + outbox.SERVICE_WINDOW


def barrier(conversation: Conversation, *, now: datetime) -> Barrier:
    """Return what keeps an answer from arriving, so that it is said before anybody types."""
    if conversation.channel == Channel.WHATSAPP and conversation.is_refused:
        return Barrier.REFUSED
    ends = window_ends(conversation)
    return Barrier.WINDOW if ends is not None and ends <= now else Barrier.NONE


def take_over(conversations: QuerySet[Conversation], *, now: datetime) -> int:
    """Silence the reception for the professional, who was not called or no longer waits to be; return how many.

    One that is taken over already keeps its beginning.
    """
    until = now + timedelta(hours=settings.HUMAN_TAKEOVER_HOURS)
    ids = list(conversations.values_list("pk", flat=True))
    chosen = Conversation.objects.filter(pk__in=ids)
    mine = chosen.filter(human_until__gt=now, human_reason="", human_since__isnull=False)
    with transaction.atomic():
        kept = mine.update(human_until=until)
        return kept + chosen.exclude(pk__in=mine.values("pk")).update(
            human_until=until, human_since=now, human_reason=""
        )


def give_back(conversations: QuerySet[Conversation]) -> int:
    """Let the reception answer again; return in how many conversations."""
    ids = list(conversations.values_list("pk", flat=True))
    return Conversation.objects.filter(pk__in=ids).update(human_until=None, human_since=None, human_reason="")


def call(conversation: Conversation, *, reason: str, now: datetime) -> None:
    """Silence the reception because the professional was called; call with the row locked."""
    conversation.human_until = now + timedelta(hours=settings.HUMAN_TAKEOVER_HOURS)
    conversation.human_since, conversation.human_reason = now, reason[:200]
    conversation.save(update_fields=_FIELDS)


def rest(conversation: Conversation, *, until: datetime) -> None:
    """Silence the reception for a while by itself; only time or the professional ends it."""
    conversation.human_until, conversation.human_since, conversation.human_reason = until, None, ""
    conversation.save(update_fields=_FIELDS)


def end(conversation: Conversation) -> None:
    """Let the reception answer again, as the client wished; call with the row locked."""
    conversation.human_until = conversation.human_since = None
    conversation.human_reason = ""
    conversation.save(update_fields=_FIELDS)


def answer(conversation: Conversation, text: str, *, token: UUID, now: datetime | None = None) -> None:
    """Say something as the professional, once per token; the reception is silent from then on.

    Raises Undeliverable when nothing would arrive. The row is locked, so that a turn under way either ends before
    the answer or finds that a person speaks.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = (
            Conversation.objects.select_for_update(of=("self",), no_key=True)
            .select_related("professional")
            .get(pk=conversation.pk)
        )
        if found := barrier(locked, now=now):
            raise Undeliverable(found)
        take_over(Conversation.objects.filter(pk=locked.pk), now=now)
        outbox.say(
            locked,
            text,
            dedupe_key=f"hand:{locked.pk}:{token}",
            author=OutboundMessage.Author.PROFESSIONAL,
        )
