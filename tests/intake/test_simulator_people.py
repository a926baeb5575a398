"""Who may write in the simulator: of this professional alone, each once."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from intake import simulator, simulator_people
from scheduling import clients
from tests import cast
from tests.intake.phone import talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def test_writers_come_before_clients_with_an_appointment_and_nobody_twice(now: datetime) -> None:
    ana = cast.ana()
    cast.on_record(cast.caio(ana), now + timedelta(days=1))
    cast.on_record(cast.dora(ana), now + timedelta(days=2))
    talk(ana, address=cast.DORA_ADDRESS, profile_name="Dora", last_inbound_at=now)
    found = simulator_people.known(ana, now=now)
    assert [(one.name, one.number) for one in found] == [
        ("Dora", "+55 11 97654-3210"),
        ("Caio Martins", "+55 11 98765-4321"),
    ]
    assert found[0].about == "já escreveu"
    assert found[1].about.startswith("tem horário")


def test_others_and_those_without_a_number_are_left_out(now: datetime) -> None:
    """N3: another professional's people, and conversations of the real channel, are not offered."""
    ana, bruno = cast.ana(), cast.bruno()
    talk(bruno)
    talk(ana, channel="whatsapp")
    cast.on_record(cast.caio(bruno), now + timedelta(days=1))
    cast.on_record(clients.register(ana, address="", name="Sem número"), now + timedelta(days=1))
    cast.on_record(cast.dora(ana), now + timedelta(days=1), status="cancelled")
    cast.on_record(cast.dora(ana), now - timedelta(days=1))
    assert simulator_people.known(ana, now=now) == []


def test_somebody_new_has_a_number_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ana = cast.ana()
    numbers = iter([87_654_321, 87_654_322])
    monkeypatch.setattr("random.randint", lambda *_: next(numbers))
    talk(ana, address="whatsapp:+551187654321")
    person = simulator_people.invent(ana)
    assert simulator.address_of(person.number) == "whatsapp:+5511987654322"
    assert person.name in simulator_people.NAMES
