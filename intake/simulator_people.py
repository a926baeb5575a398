"""Who may write to a professional in the simulator: whoever wrote before, clients of the agenda, or somebody new."""

import random
from dataclasses import dataclass
from datetime import datetime

from intake import simulator
from intake.models import Channel, Conversation
from scheduling import phones, selectors
from scheduling.models import Appointment, Professional

MOST = 5
NAMES = (
    "Alice Moreira",
    "Beatriz Campos",
    "Caetano Reis",
    "Davi Nogueira",
    "Elisa Prado",
    "Felipe Sampaio",
    "Helena Duarte",
    "Ícaro Bastos",
    "Joana Teixeira",
    "Murilo Azevedo",
)


@dataclass(frozen=True)
class Person:
    """`about` says why one would choose them."""

    number: str
    name: str
    about: str


def known(professional: Professional, *, now: datetime) -> list[Person]:
    """Return who wrote last, then the clients whose appointments come next."""
    found: dict[str, Person] = {}
    for person in (*_writers(professional), *_expected(professional, now=now)):
        found.setdefault(person.number, person)
    return list(found.values())


def _writers(professional: Professional) -> list[Person]:
    talks = Conversation.objects.filter(professional=professional, channel=Channel.SIMULATOR)
    return [
        Person(simulator.pretty(talk.address), talk.profile_name, "já escreveu")
        for talk in talks.order_by("-last_inbound_at", "-pk")[:MOST]
    ]


def _expected(professional: Professional, *, now: datetime) -> list[Person]:
    coming = selectors.live(professional, now=now).filter(status=Appointment.Status.CONFIRMED, starts_at__gt=now)
    soonest = coming.exclude(client__address="").select_related("client").order_by("starts_at")[:MOST]
    return [
        Person(
            simulator.pretty(one.client.address),
            one.client.name,
            f"tem horário {one.starts_at.astimezone(professional.zone):%d/%m, %H:%M}",
        )
        for one in soonest
    ]


def invent(professional: Professional) -> Person:
    """Return somebody with a number that nobody has written from yet. Nothing leaves this machine."""
    taken = set(Conversation.objects.filter(professional=professional).values_list("address", flat=True))
    while True:
        address = f"whatsapp:+55119{random.randint(10_000_000, 99_999_999)}"  # noqa: S311 - no secret
        if taken.isdisjoint(phones.variants(address)):
            return Person(simulator.pretty(address), random.choice(NAMES), "")  # noqa: S311 - no secret
