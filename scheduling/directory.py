"""A professional's people: found by words and phones, put in order, and what their appointments add up to."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import Case, Count, Exists, F, FloatField, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, NullIf

from scheduling import phones, search
from scheduling.models import Appointment, Client, ClientAddress, Professional

Status = Appointment.Status

LONGEST_QUERY = 100
_DONE, _MISSED = Q(status=Status.COMPLETED), Q(status=Status.NO_SHOW)


class Sort(StrEnum):
    NAME = "name"
    NEXT = "next"
    LAST = "last"
    NO_SHOWS = "no-shows"


@dataclass(frozen=True, slots=True)
class Figures:
    """What the appointments of one person add up to."""

    completed: int = 0
    missed: int = 0
    received: Decimal = Decimal()
    next_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def finished(self) -> int:
        """Whatever came to its end: the base of the rate."""
        return self.completed + self.missed


def people(professional: Professional, *, now: datetime, words: str = "", sort: Sort = Sort.NAME) -> QuerySet[Client]:
    """Return whom the words mean, all for none, in that order; whose data were erased is nobody any more."""
    found = professional.clients.filter(erased_at=None)
    if sought := _fold(words):
        found = found.alias(plain_name=search.plain("name"), plain_email=search.plain("email")).filter(_meant(sought))
    return _sorted(found, sort, now=now)


def figures(clients: Iterable[Client], *, now: datetime) -> dict[int, Figures]:
    """Return what the appointments of these people add up to, by id. One query."""
    ids = [client.pk for client in clients]
    rows = (
        Appointment.objects.filter(client__in=ids, is_trial=False, replaces=None)
        .values("client")
        .annotate(
            completed=Count("pk", filter=_DONE),
            missed=Count("pk", filter=_MISSED),
            received=Sum("price", filter=_DONE, default=Decimal()),
            next_at=Min("starts_at", filter=_coming(now)),
            last_at=Max("starts_at", filter=_visited(now)),
        )
        .order_by()
    )
    found = {
        row["client"]: Figures(
            completed=row["completed"],
            missed=row["missed"],
            received=row["received"],
            next_at=row["next_at"],
            last_at=row["last_at"],
        )
        for row in rows
    }
    return {pk: found.get(pk, Figures()) for pk in ids}


def history(client: Client) -> QuerySet[Appointment]:
    """Return a person's appointments, the latest first, without holds and wanted moves."""
    agreed = client.appointments.filter(replaces=None, is_trial=False).exclude(status=Status.HELD)
    return agreed.select_related("service", "client").order_by("-starts_at", "-pk")


def alike(client: Client) -> QuerySet[Client]:
    """Return other records that may be the same person's: the same phone, e-mail or name."""
    same = Q()
    if client.phone:
        same |= Q(phone=client.phone)
    if client.email:
        same |= Q(email__iexact=client.email)
    others = Client.objects.filter(professional_id=client.professional_id, erased_at=None).exclude(pk=client.pk)
    if client.name:
        others = others.alias(plain_name=search.plain("name"))
        same |= Q(plain_name=search.fold(client.name))
    return others.filter(same).order_by("pk") if same else others.none()


def _fold(words: str) -> str:
    return search.fold(unicodedata.normalize("NFC", words)).strip()[:LONGEST_QUERY]


def _meant(sought: str) -> Q:
    """Every word stands in the name, or the whole in the e-mail or, as digits, in a phone."""
    named = Q()
    for word in sought.split():
        named &= Q(plain_name__contains=word)
    meant = named | Q(plain_email__contains=sought)
    if forms := phones.sought(sought):
        of_theirs = ClientAddress.objects.filter(client=OuterRef("pk"))
        meant |= search.holds_one_of("phone", forms)
        meant |= Q(Exists(of_theirs.filter(search.holds_one_of("address", forms))))
    return meant


def _sorted(found: QuerySet[Client], sort: Sort, *, now: datetime) -> QuerySet[Client]:
    """Put in order; who has no name, or nothing to go by, stands last."""
    theirs = Appointment.objects.filter(client=OuterRef("pk"), is_trial=False)
    by_name: list[str | Combinable] = [Case(When(name="", then=1), default=0), search.plain("name"), "pk"]
    if sort == Sort.NEXT:
        first = theirs.filter(_coming(now)).order_by("starts_at").values("starts_at")[:1]
        return found.alias(key=Subquery(first)).order_by(F("key").asc(nulls_last=True), *by_name)
    if sort == Sort.LAST:
        latest = theirs.filter(_visited(now)).order_by("-starts_at").values("starts_at")[:1]
        return found.alias(key=Subquery(latest)).order_by(F("key").desc(nulls_last=True), *by_name)
    if sort == Sort.NO_SHOWS:
        finished = NullIf(Count("pk", filter=_DONE | _MISSED), 0)
        rate = Cast(Count("pk", filter=_MISSED), FloatField()) / Cast(finished, FloatField())
        rated = theirs.order_by().values("client").annotate(rate=rate).values("rate")
        return found.alias(key=Subquery(rated)).order_by(F("key").desc(nulls_last=True), *by_name)
    return found.order_by(*by_name)


def _coming(now: datetime) -> Q:
    agreed = Q(status=Status.CONFIRMED) | Q(status=Status.PENDING, expires_at__gt=now)
    return agreed & Q(starts_at__gt=now, replaces=None)


def _visited(now: datetime) -> Q:
    return Q(starts_at__lte=now, status__in=[Status.CONFIRMED, Status.COMPLETED])
