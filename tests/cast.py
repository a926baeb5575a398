"""The cast of the tests: Ana, Bruno (who must never see Ana's rows) and Caio, a client.

Plain functions that write rows; `changes` are fields of the row. Monday is weekday 0.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.utils import timezone

from scheduling import booking, clients
from scheduling.models import Appointment, Client, Professional, Service, WorkingHours

ANA_NUMBER = "+14155238886"
BRUNO_NUMBER = "+14155238887"
CAIO_ADDRESS = "whatsapp:+5511987654321"
DORA_ADDRESS = "whatsapp:+5511976543210"

WORKDAYS = (0, 1, 2, 3, 4)
TUESDAY_TO_SATURDAY = (1, 2, 3, 4, 5)
MORNING = ("09:00", "12:00")
AFTERNOON = ("13:00", "18:00")

# A Monday, 09:00 in São Paulo; the week around it has no change of clocks anywhere.
MONDAY_MORNING = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


def login(email: str) -> User:
    """Return the user with that e-mail, made if missing; enter with `client.force_login`."""
    user, _ = get_user_model().objects.get_or_create(username=email, defaults={"email": email})
    return user


def ana(**changes: Any) -> Professional:
    """Ana Souza, psychologist in São Paulo: Monday to Friday 09–12 and 13–18, plan Pro."""
    fields: dict[str, Any] = {
        "user": login("ana@example.com"),
        "name": "Ana Souza",
        "profession": "Psicóloga",
        "whatsapp_number": ANA_NUMBER,
        "plan": Professional.Plan.PRO,
    }
    professional = Professional.objects.create(**fields | changes)
    service(professional, "Sessão individual", 50, "200.00")
    service(professional, "Sessão de casal", 80, "320.00", position=1)
    open_on(professional, WORKDAYS, MORNING, AFTERNOON)
    return professional


def bruno(**changes: Any) -> Professional:
    """Bruno Lima, barber in São Paulo: Tuesday to Saturday 09–12 and 13–19, plan Free without a trial."""
    fields: dict[str, Any] = {
        "user": login("bruno@example.com"),
        "name": "Bruno Lima",
        "profession": "Barbeiro",
        "whatsapp_number": BRUNO_NUMBER,
        "plan": Professional.Plan.FREE,
    }
    professional = Professional.objects.create(**fields | changes)
    service(professional, "Corte", 30, "50.00")
    service(professional, "Barba", 30, "40.00", position=1)
    service(professional, "Corte e barba", 60, "80.00", position=2)
    open_on(professional, TUESDAY_TO_SATURDAY, MORNING, ("13:00", "19:00"))
    return professional


def caio(professional: Professional) -> Client:
    """Caio Martins, a client of that professional."""
    return clients.register(professional, address=CAIO_ADDRESS, name="Caio Martins")


def dora(professional: Professional) -> Client:
    """Dora Alves, another client of that professional."""
    return clients.register(professional, address=DORA_ADDRESS, name="Dora Alves")


def service(professional: Professional, name: str, minutes: int, price: str, **changes: Any) -> Service:
    """Write a service of that length and price."""
    return Service.objects.create(
        professional=professional, name=name, duration_minutes=minutes, price=Decimal(price), **changes
    )


def only_service(professional: Professional, **changes: Any) -> Service:
    """Return the professional's first service, with changed fields saved."""
    first = professional.services.all()[0]
    for name, value in changes.items():
        setattr(first, name, value)
    first.save()
    return first


def open_on(professional: Professional, weekdays: Iterable[int], *spans: tuple[str, str]) -> None:
    """Add working hours, such as `("09:00", "12:00")`, on those weekdays."""
    for weekday in weekdays:
        for opens, closes in spans:
            WorkingHours.objects.create(
                professional=professional,
                weekday=weekday,
                opens_at=time.fromisoformat(opens),
                closes_at=time.fromisoformat(closes),
            )


def open_on_date(professional: Professional, day: date, *spans: tuple[str, str]) -> None:
    """Add extra hours on that date; they replace its weekday's."""
    for opens, closes in spans:
        WorkingHours.objects.create(
            professional=professional,
            date=day,
            opens_at=time.fromisoformat(opens),
            closes_at=time.fromisoformat(closes),
        )


def at(local: str, zone: str = "America/Sao_Paulo") -> datetime:
    """Return the instant of a wall time such as "2026-11-17 10:00", aware in UTC."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def next_weekday(weekday: int, clock: str = "10:00", *, zone: str = "America/Sao_Paulo") -> datetime:
    """Return the first such weekday three to nine days ahead at that wall time, aware in UTC.

    Far enough for the default minimum notice and cancellation cut-off, whatever time the test runs at.
    """
    first = timezone.now().astimezone(ZoneInfo(zone)).date() + timedelta(days=3)
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    return at(f"{day} {clock}", zone)


def held(client: Client, starts_at: datetime, **changes: Any) -> Appointment:
    """Hold that time for the client, under the professional's rules."""
    chosen: dict[str, Any] = {"service": client.professional.services.all()[0], "source": "whatsapp"}
    return booking.hold(client.professional, client=client, starts_at=starts_at, **chosen | changes)


def booked(client: Client, starts_at: datetime, **changes: Any) -> Appointment:
    """Hold that time for the client and confirm it (a request, where the professional approves)."""
    return booking.confirm(held(client, starts_at, **changes))


def on_record(client: Client, starts_at: datetime, **changes: Any) -> Appointment:
    """Write an appointment of any time and status past the rules: history, or a row of the other party."""
    professional = client.professional
    chosen = changes.pop("service", None) or professional.services.all()[0]
    fields: dict[str, Any] = {
        "ends_at": starts_at + chosen.duration,
        "local_start": starts_at.astimezone(professional.zone).replace(tzinfo=None),
        "timezone": professional.timezone,
        "status": Appointment.Status.CONFIRMED,
        "reference": f"T{Appointment.objects.count():05}",
        "price": chosen.price,
        "source": Appointment.Source.WHATSAPP,
    }
    return Appointment.objects.create(
        professional=professional, client=client, service=chosen, starts_at=starts_at, **fields | changes
    )
