"""What has been kept long enough goes: words after KEEP_MESSAGES_DAYS, raw forms and steps after KEEP_TRACES_DAYS.

Appointments and contacts stay; they are erased person by person (`intake/records.py`).
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from intake.models import Conversation, ErasedMessage, InboundMessage, OutboundMessage, Turn

logger = logging.getLogger(__name__)

BATCH = 1000
# The provider's list is read a day back, and not for longer.
_LISTED = timedelta(days=7)
_UNDERWAY = (OutboundMessage.Status.PENDING, OutboundMessage.Status.SENDING)


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows that have been kept long enough, and what becomes of them: a change, or nothing is left (None)."""

    name: str
    rows: QuerySet[Any]
    change: dict[str, Any] | None = None


# What is kept by apps that this one may not import; they say so when they start.
_others: list[Callable[[datetime], Sequence[Rule]]] = []


def also(rules: Callable[[datetime], Sequence[Rule]]) -> None:
    """Apply more rules, after the own ones and in their order; they are made anew for each moment."""
    _others.append(rules)


def bounds(now: datetime) -> tuple[datetime, datetime]:
    """Return the moments before which words, and before which raw forms and steps, have been kept long enough."""
    return now - timedelta(days=settings.KEEP_MESSAGES_DAYS), now - timedelta(days=settings.KEEP_TRACES_DAYS)


def overdue(*, now: datetime) -> dict[str, int]:
    """Return how much would go by now, by name."""
    return {rule.name: rule.rows.count() for rule in _rules(now)}


def sweep(*, now: datetime | None = None) -> dict[str, int]:
    """Remove what has been kept long enough, a thousand rows at a time; return how much, by name. Safe to repeat."""
    removed = {rule.name: _apply(rule) for rule in _rules(now or timezone.now())}
    logger.info("kept long enough: %s", ", ".join(f"{count} {name}" for name, count in removed.items()))
    return removed


def _rules(now: datetime) -> list[Rule]:
    """Conversations come last: by then whatever was said in them is gone, and nothing goes that was not counted."""
    words, traces = bounds(now)
    said = InboundMessage.objects.exclude(status=InboundMessage.Status.PENDING)
    sent = OutboundMessage.objects.exclude(status__in=_UNDERWAY)
    lately = Q(received_at__lt=traces, received_at__gte=words)
    turns = Turn.objects.filter(created_at__lt=traces, created_at__gte=words)
    idle = _idle(words)
    # An opt-out outlives the words it was said with.
    refusing = Q(opted_out_at__isnull=False) | Q(refused_at__isnull=False)
    nameless: dict[str, Any] = {"state": {}, "profile_name": "", "human_reason": ""}
    return [
        Rule("raw forms", said.filter(lately).exclude(payload={}), {"payload": {}}),
        Rule("traces of turns", turns.exclude(trace=[]), {"trace": []}),
        Rule("messages received", said.filter(received_at__lt=words)),
        Rule("messages sent", sent.filter(created_at__lt=words)),
        Rule("turns", Turn.objects.filter(created_at__lt=words)),
        Rule("conversations", idle.exclude(refusing)),
        Rule("names of who opted out", idle.filter(refusing).exclude(**nameless), nameless),
        Rule("ids of erased messages", ErasedMessage.objects.filter(erased_at__lt=now - _LISTED)),
        *(rule for rules in _others for rule in rules(now)),
    ]


def _idle(words: datetime) -> QuerySet[Conversation]:
    """Return the conversations in which nothing has been said since, nor waits to be."""
    heard = InboundMessage.objects.filter(conversation=OuterRef("pk"))
    told = OutboundMessage.objects.filter(conversation=OuterRef("pk"))
    return Conversation.objects.filter(
        ~Exists(heard.filter(Q(received_at__gte=words) | Q(status=InboundMessage.Status.PENDING))),
        ~Exists(told.filter(Q(created_at__gte=words) | Q(status__in=_UNDERWAY))),
        ~Exists(Turn.objects.filter(conversation=OuterRef("pk"), created_at__gte=words)),
        created_at__lt=words,
        lease=None,
    )


def _apply(rule: Rule) -> int:
    model, done = rule.rows.model, 0
    while pks := list(rule.rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            rows = model._default_manager.filter(pk__in=pks)
            if rule.change is None:
                rows.delete()
            else:
                rows.update(**rule.change)
        done += len(pks)
    return done
