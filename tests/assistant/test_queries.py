"""No page of the product takes more than twelve queries, however much there is to show."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assistant import keys
from scheduling import clients
from scheduling.models import Appointment, Professional, TimeOff
from tests import cast
from tests.intake.phone import heard, said, talk
from tests.isolation import matrix, world
from tests.isolation.routes import all_routes
from tests.isolation.table import Access

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
DAY = timedelta(days=1)


@pytest.fixture
def rows() -> dict[str, int | str]:
    """Ana's rows by what a URL calls them, in a practice with a dozen of everything."""
    planted = world.build()
    for number in range(12):
        _plant(planted.ana, number)
    return planted.rows


def _plant(ana: Professional, number: int) -> None:
    now, address = timezone.now(), f"whatsapp:+55119{number:08}"
    client = clients.register(ana, address=address, name=f"Pessoa {number}")
    for status, days in ((Appointment.Status.COMPLETED, -number), (Appointment.Status.NO_SHOW, -number - 30)):
        cast.on_record(client, now + days * DAY - timedelta(hours=number), status=status)
    cast.on_record(client, now + (number + 1) * DAY)
    cast.service(ana, f"Serviço {number}", 20, "80.00", position=number + 2)
    cast.open_on_date(ana, now.date() + (number + 20) * DAY, cast.MORNING)
    off = now + (number + 50) * DAY
    TimeOff.objects.create(professional=ana, starts_at=off, ends_at=off + DAY, reason="Congresso")
    keys.issue(ana, name=f"Site {number}", user=ana.user)
    asked = talk(ana, channel="whatsapp", address=address, client=client, last_inbound_at=now)
    heard(asked, "oi")
    said(asked, "oi, tudo bem?", medium="whatsapp")


def test_every_page_takes_at_most_twelve_queries(rows: dict[str, int | str]) -> None:
    """A new route is looked at by being one."""
    browser, taken = matrix.enter(cast.login("ana@example.com")), {}
    # At the first visit ever of a login these note the device and the address.
    for path in ("/account/", "/accounts/email/"):
        browser.get(path)
    for route in all_routes():
        if route.access in (Access.OWN, Access.ACCOUNT):
            with CaptureQueriesContext(connection) as asked:
                answer = matrix.ask(browser, "GET", route.path(rows), {})
            if answer.status == 200:
                taken[route.pattern] = len(asked)
    assert {pattern: count for pattern, count in taken.items() if count > MOST_QUERIES} == {}
    assert {"numbers/", "agenda/new/", "settings/services/<int:service_id>/"} < set(taken)
