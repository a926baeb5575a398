"""One person's record as a whole, with what was said: made one out of two, or erased.

Locks are taken as everywhere: conversations, then the professional, then the rest.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now

from intake import conversations, simulator_media
from intake.models import Conversation, ErasedMessage, InboundMessage, OutboundMessage
from scheduling import clients, erasure
from scheduling.models import Appointment, Client, ClientAddress
from scheduling.transactions import repeated

# The provider's list is read at most a day back (`intake/recovery.py`).
_LISTED = timedelta(days=2)

# What is kept of people by apps that this one may not import; they say so when they start.
_others: list[Callable[[Client, Collection[str]], None]] = []


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is of a person."""

    appointments: int
    coming: int
    conversations: int
    messages: int


def also(forget: Callable[[Client, Collection[str]], None]) -> None:
    """Have one more place forget whoever is erased, whose row is bare by then: how they were called is told beside."""
    _others.append(forget)


def extent(client: Client) -> Extent:
    talks = conversations.of(client)
    said = InboundMessage.objects.filter(conversation__in=talks).count()
    return Extent(
        appointments=client.appointments.count(),
        coming=erasure.coming(client),
        conversations=talks.count(),
        messages=said + OutboundMessage.objects.filter(conversation__in=talks).exclude(medium="email").count(),
    )


@repeated
def merge(kept: Client, *, other: Client, user: User | None) -> Client:
    """Make two records of one person one and return it; who writes from either address is found there.

    Raises Client.DoesNotExist when one of them is gone meanwhile.
    """
    talks = list(_locked(conversations.of(kept) | conversations.of(other)))
    # A turn that still holds the other row in its hands would bring it back: it loses its lease and begins again.
    mine = Conversation.objects.filter(pk__in=[one.pk for one in talks])
    mine.filter(lease__isnull=False).update(lease=None, lease_until=None, reply_due_at=Now())
    mine.update(client=kept)
    return clients.merge(kept, other=other, user=user)


@repeated
def erase(client: Client, *, user: User | None) -> None:
    """Erase all that tells who a person was and what was said; their appointments stay as bare statistics.

    First nothing more can be announced about them, then what waits to be sent goes, then the conversations, and with
    them the lease of a turn under way: it can write nothing any more. Safe to repeat.
    """
    talks = [one.pk for one in _locked(conversations.of(client))]
    called = _called(client, talks)
    client = Client.objects.select_related("professional").get(pk=client.pk)
    mail = [client.email] if client.email and client.email != client.professional.notice_email else []
    _forget_entries(Client, {client.pk} | clients.merged_into(client))
    _forget_entries(ClientAddress, set(client.addresses.values_list("pk", flat=True)))
    _forget_entries(Appointment, set(client.appointments.values_list("pk", flat=True)))
    erasure.anonymise(client, user=user)
    _messages_about(client, talks, mail).delete()
    _forget_said(InboundMessage.objects.filter(conversation__in=talks))
    Conversation.objects.filter(pk__in=talks).delete()
    # Whoever was telling by another way what had failed has had to wait for the message, and is done by now.
    _messages_about(client, talks, mail).delete()
    for forget in _others:
        forget(client, called)


def _called(client: Client, talks: list[int]) -> set[str]:
    """Return every name, phone and address that the person has here, and the names of those whom they booked for."""
    own = {client.name, client.phone or "", client.email, client.address}
    own |= set(client.addresses.values_list("address", flat=True))
    own |= set(client.appointments.values_list("attendee", flat=True))
    own |= set(Conversation.objects.filter(pk__in=talks).values_list("profile_name", flat=True))
    return own - {""}


def _locked(talks: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return talks.order_by("pk").select_for_update(of=("self",), no_key=True)


def _messages_about(client: Client, talks: list[int], mail: list[str]) -> QuerySet[OutboundMessage]:
    """Return what was or will be said to the person, and what tells the professional about them."""
    about = Q(conversation__in=talks) | Q(event__appointment__client=client)
    if mail:
        about |= Q(medium=OutboundMessage.Medium.EMAIL, recipient__in=mail)
    return OutboundMessage.objects.filter(about, professional=client.professional_id)


def _forget_said(said: QuerySet[InboundMessage]) -> None:
    """Keep the provider's ids of the latest messages, and nothing else of them; a trial's files go, too."""
    sids = said.filter(received_at__gt=Now() - _LISTED).values_list("provider_sid", flat=True)
    ErasedMessage.objects.bulk_create([ErasedMessage(provider_sid=sid) for sid in sids], ignore_conflicts=True)
    for files in said.exclude(media=[]).values_list("media", flat=True):
        for file in files:
            transaction.on_commit(partial(simulator_media.discard, str(file.get("url", ""))))


def _forget_entries(model: type[Model], pks: set[int]) -> None:
    """Take names and addresses out of the admin's own history."""
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in pks])
    entries.update(object_repr="", change_message="")
