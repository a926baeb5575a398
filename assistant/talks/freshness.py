"""Whether what a page shows of a conversation is still right: one query, answered in the columns of its row."""

from hashlib import sha256
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from intake.models import Conversation, InboundMessage, OutboundMessage
from scheduling.models import AppointmentEvent

# The newest messages, whose ticks still change.
TICKING = 20


def watched(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Add what `version` looks at."""
    heard = InboundMessage.objects.filter(conversation=OuterRef("pk")).order_by("-pk")
    said = OutboundMessage.objects.filter(conversation=OuterRef("pk")).order_by("-pk")
    events = AppointmentEvent.objects.filter(appointment__client=OuterRef("client")).order_by("-pk")
    return rows.annotate(
        newest_heard=Subquery(heard.values("pk")[:1]),
        newest_said=ArraySubquery(said.values(one=JSONObject(id="pk", status="status"))[:TICKING]),
        newest_event=Subquery(events.values("pk")[:1]),
    )


def version(conversation: Any) -> str:
    """Return a mark that changes with what is said, its ticks, what happens, and who speaks."""
    seen = (
        conversation.newest_heard,
        conversation.newest_said,
        conversation.newest_event,
        conversation.human_until,
        conversation.human_reason,
        conversation.refused_at,
        conversation.professional.bot_enabled,
    )
    return sha256(repr(seen).encode()).hexdigest()[:16]
