"""Who waits for the professional: requests to be answered, and clients who asked for a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from assistant import dates
from intake import wording
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage
from scheduling import selectors
from scheduling.models import Appointment, Professional

# Nobody but the professional answers, and has not for so long; what is older than that waits no more.
UNANSWERED = timedelta(minutes=10)
FORGOTTEN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Request:
    """A booking or a move that wants an answer."""

    id: int
    name: str
    service: str
    when: str
    old: str
    price: str
    version: int


@dataclass(frozen=True, slots=True)
class Caller:
    """A client who asked for a person and has the reception silent. `id` is the conversation's."""

    id: int
    name: str
    words: str
    since: str


def requests(professional: Professional, *, now: datetime) -> list[Request]:
    """Return the requests that have not lapsed, the next one first."""
    rows = selectors.versioned(selectors.live(professional, now=now)).filter(status=Appointment.Status.PENDING)
    found = rows.select_related("client", "service", "replaces").order_by("starts_at")
    return [
        Request(
            id=one.pk,
            name=one.attendee or str(one.client),
            service=one.service.name,
            when=dates.moment(one.wanted_start, professional, now=now),
            old=dates.moment(one.replaces.starts_at, professional, now=now) if one.replaces else "",
            price=wording.price(one.price),
            version=one.seen,  # type: ignore[attr-defined]  # an annotation
        )
        for one in found
    ]


def people(professional: Professional, *, now: datetime) -> int:
    """Return how many clients wait for a person: the number beside "Conversations"."""
    rows = conversations(professional).alias(said_at=said_at())
    return rows.filter(for_a_person(professional, now=now)).count()


def conversations(professional: Professional) -> QuerySet[Conversation]:
    """Return all that the professional's pages show; a trial of the own reception is nobody's conversation."""
    begun = Conversation.objects.filter(professional=professional, last_inbound_at__isnull=False)
    return begun.exclude(channel=Channel.TRIAL)


def said_at() -> Subquery:
    """Return when something was last said to a conversation's client, by whomever."""
    said = OutboundMessage.objects.filter(conversation=OuterRef("pk")).exclude(medium=OutboundMessage.Medium.EMAIL)
    return Subquery(said.order_by("-pk").values("created_at")[:1])


def for_a_person(professional: Professional, *, now: datetime) -> Q:
    """Return the condition of conversations that wait for the professional; it wants `said_at` among the columns.

    They were called there, or nobody but they would answer and they have not for a while.
    """
    called = Q(human_until__gt=now) & ~Q(human_reason="")
    unanswered = Q(last_inbound_at__range=(now - FORGOTTEN, now - UNANSWERED)) & (
        Q(said_at=None) | Q(said_at__lt=F("last_inbound_at"))
    )
    if professional.bot_enabled:
        # Where the reception only rests, it answers again by itself.
        unanswered &= Q(human_until__gt=now, human_since__isnull=False)
    return called | unanswered


def callers(professional: Professional, *, now: datetime) -> list[Caller]:
    """Return who waits for a person, the longest first. A conversation taken over unasked has no reason."""
    latest = InboundMessage.objects.filter(conversation=OuterRef("pk")).order_by("-pk")
    found = (
        _called(professional, now=now)
        .annotate(last_words=Subquery(latest.values("body")[:1]))
        .select_related("client")
        .order_by("last_inbound_at")
    )
    return [
        Caller(
            id=one.pk,
            name=(one.client.name if one.client else "") or one.profile_name or _("A client"),
            words=(one.last_words or "")[:140],
            since=dates.ago(one.last_inbound_at, now=now),
        )
        for one in found
    ]


def _called(professional: Professional, *, now: datetime) -> QuerySet[Conversation]:
    return conversations(professional).filter(human_until__gt=now).exclude(human_reason="")
