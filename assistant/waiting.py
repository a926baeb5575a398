"""Who waits for the professional: requests to be answered, and clients who asked for a person."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from intake import wording
from intake.models import Channel, Conversation, InboundMessage
from scheduling import selectors
from scheduling.models import Appointment, Professional


@dataclass(frozen=True, slots=True)
class Request:
    """A booking or a move that wants an answer."""

    id: int
    name: str
    service: str
    when: str
    old: str
    price: str


@dataclass(frozen=True, slots=True)
class Caller:
    """A client who asked for a person and has the reception silent."""

    name: str
    words: str
    since: str


def requests(professional: Professional, *, now: datetime) -> list[Request]:
    """Return the requests that have not lapsed, the next one first."""
    rows = selectors.live(professional, now=now).filter(status=Appointment.Status.PENDING)
    found = rows.select_related("client", "service", "replaces").order_by("starts_at")
    return [
        Request(
            id=one.pk,
            name=one.attendee or str(one.client),
            service=one.service.name,
            when=wording.moment(one.wanted_start, professional),
            old=wording.moment(one.replaces.starts_at, professional) if one.replaces else "",
            price=wording.price(one.price),
        )
        for one in found
    ]


def people(professional: Professional, *, now: datetime) -> int:
    """Return how many clients wait for a person: the number beside "Conversations"."""
    return _called(professional, now=now).count()


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
            name=(one.client.name if one.client else "") or one.profile_name or _("A client"),
            words=(one.last_words or "")[:140],
            since=timesince(one.last_inbound_at, now, depth=1) if one.last_inbound_at else "",
        )
        for one in found
    ]


def _called(professional: Professional, *, now: datetime) -> QuerySet[Conversation]:
    called = Conversation.objects.filter(professional=professional, human_until__gt=now).exclude(human_reason="")
    return called.exclude(channel=Channel.TRIAL)
