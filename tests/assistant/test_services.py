"""Services: added, ordered, switched off, deleted and brought back; amounts as people write them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser

from assistant.forms.fields import parse_money
from assistant.forms.services import FIELDS
from scheduling import practice
from scheduling.models import Appointment, Professional, Service
from tests import cast
from tests.assistant.test_settings import service_form

pytestmark = pytest.mark.django_db


def test_service_is_added_behind_the_others(browser: Browser, ana: Professional) -> None:
    assert browser.post("/settings/services/new/", service_form()).status_code == 302
    added = ana.services.last()
    assert added is not None
    assert (added.name, added.price, added.position) == ("Avaliação", Decimal("1234.56"), 2)
    assert "R$ 1.234,56" in browser.get("/settings/services/").content.decode()


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("200", "200.00"),
        ("200,5", "200.50"),
        ("1.234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234", "1234.00"),
        ("R$ 1.234.567,89", "1234567.89"),
        ("２００", "200.00"),
        ("0", "0.00"),
        ("1 234,00", "1234.00"),
    ],
)
def test_amount_is_read_as_people_write_it(typed: str, amount: str) -> None:
    """I5: full-width digits are digits."""
    assert parse_money(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed", ["-1", "1.23.4", "1,234,5.6", "12.34.56", "1e5", "٣٠", "abc", "R$", "1.234.56", "1 2"]
)
def test_amount_that_two_would_read_differently_is_asked_again(typed: str) -> None:
    with pytest.raises(ValidationError):
        parse_money(typed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration_minutes", "4"),
        ("duration_minutes", "721"),
        ("duration_minutes", "40000"),
        ("price", "99999999"),
        ("buffer_after_minutes", "241"),
        ("name", ""),
    ],
)
def test_service_out_of_range_is_explained(browser: Browser, ana: Professional, name: str, value: str) -> None:
    """D12: an appointment is at most twelve hours long."""
    page = browser.post("/settings/services/new/", service_form(**{name: value})).content.decode()
    assert f'id="id_{name}_error"' in page
    assert ana.services.count() == 2


def test_name_of_another_service_is_refused(browser: Browser, ana: Professional) -> None:
    page = browser.post("/settings/services/new/", service_form(name="sessão INDIVIDUAL")).content.decode()
    assert "Você já tem um serviço com este nome." in page


def test_same_name_elsewhere_is_no_matter(browser: Browser, ana: Professional) -> None:
    """N1: a name is one professional's own."""
    cast.bruno()
    assert browser.post("/settings/services/new/", service_form(name="Corte")).status_code == 302


def test_number_of_services_ends(browser: Browser, ana: Professional) -> None:
    for number in range(practice.MOST_SERVICES - 2):
        cast.service(ana, f"Serviço {number}", 30, "1.00")
    page = browser.post("/settings/services/new/", service_form()).content.decode()
    assert "Você tem 50 serviços" in page


def test_booked_appointments_keep_what_was_agreed(browser: Browser, ana: Professional) -> None:
    appointment = cast.booked(cast.caio(ana), cast.next_weekday(0))
    service = appointment.service
    seen = practice.version(service, FIELDS)
    browser.post(f"/settings/services/{service.pk}/", service_form(name="Sessão", price="250") | {"seen": seen})
    appointment.refresh_from_db()
    service.refresh_from_db()
    assert (service.price, appointment.price) == (Decimal(250), Decimal(200))


def test_second_tab_of_a_service_is_told(browser: Browser, ana: Professional) -> None:
    service = ana.services.all()[0]
    seen = practice.version(service, FIELDS)
    path = f"/settings/services/{service.pk}/"
    browser.post(path, service_form(price="300") | {"seen": seen})
    answer = browser.post(path, service_form(price="400") | {"seen": seen})
    service.refresh_from_db()
    assert (answer.status_code, service.price) == (409, Decimal(300))
    assert "300,00" in answer.content.decode()


def test_services_change_places(browser: Browser, ana: Professional) -> None:
    second = ana.services.all()[1]
    browser.post(f"/settings/services/{second.pk}/move/", {"up": "1"})
    assert next(iter(ana.services.all())) == second
    browser.post(f"/settings/services/{second.pk}/move/", {"up": "1"})
    assert next(iter(ana.services.all())) == second


def test_service_is_deleted_and_brought_back(browser: Browser, ana: Professional) -> None:
    service = ana.services.all()[1]
    browser.post(f"/settings/services/{service.pk}/remove/")
    assert ana.services.count() == 1
    undo = browser.session["toast"]
    browser.post(undo["undo"], undo["fields"])
    back = ana.services.last()
    assert back is not None
    assert [getattr(back, name) for name in FIELDS] == [getattr(service, name) for name in FIELDS]


def test_service_with_appointments_stays_but_can_be_switched_off(browser: Browser, ana: Professional) -> None:
    service = cast.on_record(cast.caio(ana), cast.next_weekday(0), status=Appointment.Status.CANCELLED).service
    browser.post(f"/settings/services/{service.pk}/remove/")
    assert "Este serviço tem horários." in browser.get("/settings/services/").content.decode()
    browser.post(f"/settings/services/{service.pk}/active/", {"on": "0"})
    service.refresh_from_db()
    assert not service.is_active
    undo = browser.session["toast"]
    browser.post(undo["undo"], undo["fields"])
    service.refresh_from_db()
    assert service.is_active


@pytest.mark.parametrize("deed", ["", "move/", "active/", "remove/"])
def test_anothers_service_does_not_exist(browser: Browser, deed: str) -> None:
    """N1: the same 404 as for a missing one, and the row stays as it is."""
    theirs = cast.bruno().services.all()[0]
    before = Service.objects.values().get(pk=theirs.pk)
    for pk in (theirs.pk, theirs.pk + 999):
        answer = browser.post(f"/settings/services/{pk}/{deed}", service_form() | {"on": "0", "up": "0", "seen": ""})
        assert answer.status_code == 404
    assert browser.get(f"/settings/services/{theirs.pk}/").status_code == 404
    assert Service.objects.values().get(pk=theirs.pk) == before
