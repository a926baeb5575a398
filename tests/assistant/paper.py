"""A professional, appointments and hours that stand in no database, for laying out."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduling.models import Appointment, Client, Professional, Service
from scheduling.selectors import Calendar
from scheduling.slots import DAY, Hours

HOUR = 3600


def professional(zone: str = "America/Sao_Paulo") -> Professional:
    return Professional(name="Ana Souza", timezone=zone)


def calendar(zone: str = "America/Sao_Paulo", *hours: tuple[int, int], weekdays: tuple[int, ...] = ()) -> Calendar:
    """Open between those full hours, every day or on those weekdays."""
    return Calendar(
        ZoneInfo(zone),
        frozenset(),
        [
            Hours(opens * HOUR, min(closes * HOUR, DAY), weekday)
            for weekday in weekdays or range(7)
            for opens, closes in hours
        ],
    )


def appointment(
    local: str, minutes: int = 50, *, zone: str = "America/Sao_Paulo", status: str = "confirmed", fold: int = 0
) -> Appointment:
    starts_at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
    return Appointment(
        client=Client(name="Caio Martins"),
        service=Service(name="Sessão individual"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        status=status,
        price=200,
    )
