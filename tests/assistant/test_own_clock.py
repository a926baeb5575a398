"""T11: whatever the pages tell the time of, they tell it by the professional's own clock."""

import pytest
from django.test import Client as Browser

from assistant import keys
from assistant.models import ApiKey
from scheduling.models import Appointment, AppointmentEvent, Professional
from tests import cast

pytestmark = pytest.mark.django_db

# The evening before in Manaus, an hour behind São Paulo; already that day in São Paulo.
MOMENT = cast.at("2026-01-06 00:30")


@pytest.fixture
def ana() -> Professional:
    return cast.ana(timezone="America/Manaus")


def test_rows_of_a_figure(browser: Browser, ana: Professional) -> None:
    cast.on_record(cast.caio(ana), MOMENT, status=Appointment.Status.COMPLETED)
    shown = browser.get("/numbers/rows/?from=2026-01-05&to=2026-01-05").content.decode()
    assert "05/01 23:30" in shown


def test_history_of_an_appointment(browser: Browser, ana: Professional) -> None:
    appointment = cast.on_record(cast.caio(ana), MOMENT)
    AppointmentEvent.objects.create(appointment=appointment, kind="confirmed", actor="client", data={})
    AppointmentEvent.objects.update(created_at=MOMENT)
    assert "05/01/2026 23:30" in browser.get(f"/agenda/{appointment.pk}/").content.decode()


def test_last_use_of_a_key(browser: Browser, ana: Professional) -> None:
    keys.issue(ana, name="Site", user=ana.user)
    ApiKey.objects.update(last_used_at=MOMENT)
    assert "05/01/2026 23:30" in browser.get("/settings/keys/").content.decode()
