"""Two practices to look at: who they are, half a year of history and the next two weeks.

Deterministic: the same local date gives the same rows. The history is written with `bulk_create` and not
through `booking`, which rightly refuses the past and would take one transaction and several queries a row;
the constraints hold all the same. Its events count as announced, so that nobody is told of history.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction

from scheduling import booking, drafts, slots
from scheduling.models import Appointment, AppointmentEvent, Client, ClientAddress, Professional, Service, WorkingHours

Actor = AppointmentEvent.Actor
Kind = AppointmentEvent.Kind
Status = Appointment.Status

ADMIN = "admin@example.com"
HISTORY = timedelta(days=183)
COMING = timedelta(days=14)
# Sessions start on the grid on which they are offered; requests are answered at leisure.
STEP = 1800
REST = timedelta(days=4)
REQUESTS = 3
REQUESTS_FROM = timedelta(days=3)

FIRST_NAMES = (
    "Adriana", "Beatriz", "Camila", "Débora", "Eduardo", "Fernanda", "Gustavo", "Helena", "Igor", "Juliana",
    "Karina", "Leonardo", "Mariana", "Natália", "Otávio", "Patrícia", "Rafael", "Sabrina", "Thiago", "Vanessa",
    "William", "Yasmin", "André", "Bianca", "Cláudio", "Daniela", "Felipe", "Gabriela", "Henrique", "Isabela",
)  # fmt: skip
SURNAMES = (
    "Almeida", "Barbosa", "Cardoso", "Dias", "Esteves", "Ferreira", "Gonçalves", "Linhares", "Lopes", "Machado",
    "Nogueira", "Oliveira", "Pereira", "Ribeiro", "Santos", "Teixeira", "Vieira",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Practice:
    """What one demo professional is and how busy: visits a day in the past and in the coming weeks."""

    fields: dict[str, str]
    services: tuple[tuple[str, int, str], ...]
    weekdays: tuple[int, ...]
    hours: tuple[tuple[time, time], ...]
    clients: int
    past_visits: tuple[int, int]
    coming_visits: tuple[int, int]


ANA = Practice(
    fields={
        "name": "Ana Souza",
        "profession": "Psicóloga",
        "about": "Psicoterapia para adultos e casais, presencial ou por vídeo.",
        "address": "Rua Augusta, 1200, sala 34, Consolação, São Paulo",
        "email": "ana@example.com",
        "whatsapp_number": "+14155238886",
        "plan": Professional.Plan.PRO,
    },
    services=(("Sessão individual", 50, "200.00"), ("Sessão de casal", 80, "320.00")),
    weekdays=(0, 1, 2, 3, 4),
    hours=((time(9), time(12)), (time(13), time(18))),
    clients=24,
    past_visits=(1, 3),
    coming_visits=(1, 3),
)
BRUNO = Practice(
    fields={
        "name": "Bruno Lima",
        "profession": "Barbeiro",
        "about": "Corte e barba com hora marcada.",
        "address": "Rua dos Pinheiros, 480, Pinheiros, São Paulo",
        "email": "bruno@example.com",
        "whatsapp_number": "+14155238887",
        "plan": Professional.Plan.FREE,
    },
    services=(("Corte", 30, "50.00"), ("Barba", 30, "40.00"), ("Corte e barba", 60, "80.00")),
    weekdays=(1, 2, 3, 4, 5),
    hours=((time(9), time(12)), (time(13), time(19))),
    clients=36,
    past_visits=(1, 3),
    coming_visits=(2, 4),
)


LOGINS = (ADMIN, ANA.fields["email"], BRUNO.fields["email"])


@transaction.atomic
def seed(*, password: str, now: datetime) -> int:
    """Write the demo's users and practices; return how many appointments, 0 if the demo was there already."""
    users = get_user_model().objects
    if users.filter(username__in=LOGINS).exists():
        return 0
    users.create_superuser(ADMIN, ADMIN, password)
    count = 0
    for number, practice in enumerate((ANA, BRUNO), start=1):
        name, email = practice.fields["name"], practice.fields["email"]
        user = users.create_user(email, email, password, first_name=name.split()[0], last_name=name.split()[1])
        count += _furnish(practice, user, number=number, now=now)
    return count


def _furnish(practice: Practice, user: User, *, number: int, now: datetime) -> int:
    rng = random.Random(number)  # noqa: S311 - a fixed seed, nothing secret
    professional = Professional.objects.create(user=user, onboarded_at=now, **practice.fields)
    services = [
        Service.objects.create(
            professional=professional, name=name, duration_minutes=minutes, price=Decimal(price), position=position
        )
        for position, (name, minutes, price) in enumerate(practice.services)
    ]
    hours = [
        WorkingHours(professional=professional, weekday=weekday, opens_at=opens, closes_at=closes)
        for weekday in practice.weekdays
        for opens, closes in practice.hours
    ]
    WorkingHours.objects.bulk_create(hours)
    people = _people(professional, practice.clients, first_phone=number * 100, rng=rng)
    planned = list(_plan(practice, professional, services, people, rng=rng, today=_today(professional, now)))
    written = [_row(visit, professional, rng=rng, now=now) for visit in planned]
    _request_some(written, now=now)
    Appointment.objects.bulk_create(written)
    events = [event for row in written for event in _story(row, now=now)]
    AppointmentEvent.objects.bulk_create(events)
    return len(written)


def _today(professional: Professional, now: datetime) -> date:
    return now.astimezone(professional.zone).date()


def _people(professional: Professional, count: int, *, first_phone: int, rng: random.Random) -> list[Client]:
    """Write clients. Their numbers begin with 11 9000, which no carrier was given: they are nobody's."""
    names = rng.sample([f"{first} {last}" for first in FIRST_NAMES for last in SURNAMES], count)
    phones = [f"+55119000{(first_phone + n):05}" for n in range(count)]
    people = Client.objects.bulk_create(
        Client(professional=professional, name=name, phone=phone, address=f"whatsapp:{phone}")
        for name, phone in zip(names, phones, strict=True)
    )
    ClientAddress.objects.bulk_create(
        ClientAddress(professional=professional, client=client, address=client.address) for client in people
    )
    return people


@dataclass(frozen=True, slots=True)
class Visit:
    """One planned visit; `fate` is between 0 and 1 and decides how it ended, with the client's own unreliability."""

    client: Client
    service: Service
    starts_at: datetime
    fate: float
    unreliable: bool


def _plan(
    practice: Practice,
    professional: Professional,
    services: Sequence[Service],
    people: Sequence[Client],
    *,
    rng: random.Random,
    today: date,
) -> Iterator[Visit]:
    """Yield visits day by day, in free time: regulars come often, nobody twice within four days."""
    last_seen: dict[int, date] = {}
    for day in slots.days_between(today - HISTORY, today + COMING):
        if day.weekday() not in practice.weekdays:
            continue
        taken: list[slots.Interval] = []
        for _ in range(rng.randint(*(practice.past_visits if day < today else practice.coming_visits))):
            service = rng.choices(services, weights=range(len(services) + 1, 1, -1))[0]
            away = [n for n, client in enumerate(people) if day - last_seen.get(client.pk, date.min) > REST]
            number = rng.choices(away, weights=[1 + 12 / (n + 2) for n in away])[0]
            start = rng.choice(list(_free(practice, professional, service, day, taken)))
            taken.append((start, start + service.duration_minutes * 60))
            last_seen[people[number].pk] = day
            moment = datetime.fromtimestamp(start, UTC)
            yield Visit(people[number], service, moment, rng.random(), unreliable=number % 8 == 3)


def _free(
    practice: Practice, professional: Professional, service: Service, day: date, taken: Sequence[slots.Interval]
) -> Iterator[int]:
    hours = [slots.Hours(opens.hour * 3600, closes.hour * 3600, day.weekday()) for opens, closes in practice.hours]
    rules = slots.Rules(service.duration_minutes * 60, 0, 0, STEP, earliest=0, latest=2**40)
    return slots.starts(slots.openings(hours, [day], professional.zone), slots.merge(taken), rules)


def _row(visit: Visit, professional: Professional, *, rng: random.Random, now: datetime) -> Appointment:
    asked = visit.starts_at - timedelta(days=rng.randint(1, 9), minutes=rng.randint(0, 600))
    return Appointment(
        professional=professional,
        client=visit.client,
        service=visit.service,
        starts_at=visit.starts_at,
        ends_at=visit.starts_at + visit.service.duration,
        local_start=visit.starts_at.astimezone(professional.zone).replace(tzinfo=None),
        timezone=professional.timezone,
        status=_ending(visit, now),
        reference=drafts.new_reference(rng.choice),
        price=visit.service.price,
        source=Appointment.Source.DASHBOARD if visit.fate > 0.85 else Appointment.Source.WHATSAPP,
        created_at=min(asked, now - timedelta(hours=rng.randint(1, 30))),
    )


def _ending(visit: Visit, now: datetime) -> Status:
    """Cancelled one in ten; of the rest one in ten did not come, unreliable people four times as often."""
    if visit.fate < 0.1:
        return Status.CANCELLED
    if visit.starts_at + visit.service.duration > now - timedelta(hours=1):
        return Status.CONFIRMED
    return Status.NO_SHOW if visit.fate < (0.45 if visit.unreliable else 0.17) else Status.COMPLETED


def _request_some(rows: Sequence[Appointment], *, now: datetime) -> None:
    """Let a few of the coming visits still wait for approval."""
    far = [row for row in rows if row.status == Status.CONFIRMED and row.starts_at > now + REQUESTS_FROM]
    for row in far[:: max(1, len(far) // REQUESTS)][:REQUESTS]:
        row.status, row.source = Status.PENDING, Appointment.Source.WHATSAPP
        row.created_at = now
        row.expires_at = min(now + booking.REQUEST, row.starts_at)


def _story(row: Appointment, *, now: datetime) -> Iterator[AppointmentEvent]:
    """Yield what happened to the appointment, announced long ago."""
    by_hand = row.source == Appointment.Source.DASHBOARD
    asked = Kind.REQUESTED if row.status == Status.PENDING else Kind.CONFIRMED
    yield _event(row, asked, Actor.PROFESSIONAL if by_hand else Actor.CLIENT, row.created_at)
    if row.status == Status.CANCELLED:
        yield _event(row, Kind.CANCELLED, Actor.CLIENT, min(now, row.starts_at - timedelta(hours=25)))
    elif row.status == Status.COMPLETED:
        yield _event(row, Kind.COMPLETED, Actor.SYSTEM, row.ends_at + timedelta(hours=1))
    elif row.status == Status.NO_SHOW:
        yield _event(row, Kind.NO_SHOW, Actor.PROFESSIONAL, row.ends_at)


def _event(row: Appointment, kind: Kind, actor: Actor, moment: datetime) -> AppointmentEvent:
    moment = max(moment, row.created_at)
    return AppointmentEvent(appointment=row, kind=kind, actor=actor, created_at=moment, announced_at=moment)
