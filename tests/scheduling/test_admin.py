"""The domain's pages for the operator: all of them open, and appointments change through booking alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from scheduling import booking
from scheduling.models import Appointment, AuditEntry, Client, Professional, TimeOff
from tests import cast

pytestmark = pytest.mark.django_db

MODELS = [model for model in admin.site._registry if model._meta.app_label == "scheduling"]
READ_ONLY = {"Appointment", "AppointmentEvent", "AuditEntry", "ClientAddress"}
KEPT = {"Client"}


@pytest.fixture
def browser() -> Browser:
    browser = Browser()
    browser.force_login(User.objects.create_superuser("admin@example.com"))
    return browser


@pytest.fixture
def caio() -> Client:
    return cast.caio(cast.ana())


def page(model: type[Model], name: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=arguments)


def act(browser: Browser, action: str, *rows: Appointment, **typed: str) -> list[str]:
    """Run the action on those rows; return the messages."""
    form = {"action": action, "_selected_action": [row.pk for row in rows], **typed}
    response = browser.post(page(Appointment, "changelist"), form)
    assert response.status_code == 302
    return [str(message) for message in get_messages(response.wsgi_request)]


def status_of(row: Appointment) -> str:
    row.refresh_from_db()
    return row.status


def one_of_each(caio: Client) -> None:
    cast.booked(caio, cast.next_weekday(1))
    cast.open_on_date(caio.professional, timezone.now().date(), ("09:00", "10:00"))
    TimeOff.objects.create(professional=caio.professional, starts_at=timezone.now(), ends_at=cast.next_weekday(0))
    AuditEntry.objects.create(professional=caio.professional, kind="client_exported")


def test_every_model_is_there() -> None:
    assert {model.__name__ for model in MODELS} == READ_ONLY | {
        "Professional",
        "Service",
        "WorkingHours",
        "TimeOff",
        "Client",
    }


@pytest.mark.parametrize("model", MODELS)
def test_list_search_and_row_open(model: type[Model], browser: Browser, caio: Client) -> None:
    one_of_each(caio)
    row = model._default_manager.first()
    assert row is not None
    assert browser.get(page(model, "changelist")).status_code == 200
    assert browser.get(page(model, "changelist"), {"q": "Caio 1198"}).status_code == 200
    assert browser.get(page(model, "change", row.pk)).status_code == 200
    assert browser.get(page(model, "history", row.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_new_rows_have_a_form_unless_only_the_product_writes_them(model: type[Model], browser: Browser) -> None:
    expected = 403 if model.__name__ in READ_ONLY else 200
    assert browser.get(page(model, "add")).status_code == expected


@pytest.mark.parametrize("model", MODELS)
def test_rows_of_the_product_can_neither_be_edited_nor_deleted(
    model: type[Model], browser: Browser, caio: Client
) -> None:
    one_of_each(caio)
    row = model._default_manager.first()
    assert row is not None
    if model.__name__ in READ_ONLY:
        assert browser.post(page(model, "change", row.pk), {}).status_code == 403
        assert browser.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    else:
        expected = 403 if model.__name__ in KEPT else 200
        assert browser.get(page(model, "delete", row.pk)).status_code == expected


@pytest.mark.parametrize("query", ["Caio", "+5511987654321", "551198765"])
def test_appointments_are_found_by_name_and_phone(query: str, browser: Browser, caio: Client) -> None:
    appointment = cast.booked(caio, cast.next_weekday(1))
    other = cast.booked(cast.dora(caio.professional), cast.next_weekday(2))
    shown = browser.get(page(Appointment, "changelist"), {"q": query}).content.decode()
    assert appointment.reference in shown
    assert other.reference not in shown


def test_the_list_shows_the_agreed_wall_time(browser: Browser) -> None:
    caio = cast.caio(cast.ana(timezone="Asia/Kolkata"))
    cast.booked(caio, cast.next_weekday(1, "10:30", zone="Asia/Kolkata"))
    shown = browser.get(page(Appointment, "changelist")).content.decode()
    assert "10:30 (Asia/Kolkata)" in shown


def test_the_list_takes_no_query_a_row(browser: Browser, caio: Client, django_assert_max_num_queries: Any) -> None:
    for weekday in range(5):
        cast.booked(caio, cast.next_weekday(weekday))
    with django_assert_max_num_queries(12):
        browser.get(page(Appointment, "changelist"))


@pytest.mark.parametrize("path", ["auth/user/", "auth/group/", "intake/contenttemplate/"])
@pytest.mark.parametrize(("who", "expected"), [("nobody", 302), ("ana", 403), ("staff", 403)])
def test_only_superusers_enter(path: str, who: str, expected: int, caio: Client) -> None:
    """N10: what is the operator's alone is closed to staff and to professionals."""
    browser = Browser()
    if who != "nobody":
        login = cast.login(f"{who}@example.com")
        User.objects.filter(pk=login.pk).update(is_staff=who == "staff")
        browser.force_login(login)
    assert browser.get(f"/admin/{path}").status_code == expected


class TestActions:
    @pytest.fixture
    def request_(self) -> Appointment:
        return cast.booked(cast.caio(cast.ana(requires_approval=True)), cast.next_weekday(1))

    def test_approve_goes_through_booking(self, browser: Browser, request_: Appointment) -> None:
        act(browser, "approve", request_)
        event = request_.events.last()
        assert status_of(request_) == "confirmed"
        assert event is not None
        assert (event.kind, event.actor, event.user) == (
            "approved",
            "professional",
            User.objects.get(is_superuser=True),
        )

    def test_decline_goes_through_booking(self, browser: Browser, request_: Appointment) -> None:
        act(browser, "decline", request_)
        assert (status_of(request_), request_.events.last().kind) == ("cancelled", "declined")  # type: ignore[union-attr]

    def test_cancel_goes_through_booking(self, browser: Browser, caio: Client) -> None:
        """D7"""
        row = cast.booked(caio, cast.next_weekday(1))
        act(browser, "cancel", row, reason="Estou doente")
        assert (status_of(row), row.events.last().kind) == ("cancelled", "cancelled")  # type: ignore[union-attr]
        assert row.cancel_reason == "Estou doente"

    @pytest.mark.parametrize("typed", [{}, {"reason": " "}, {"reason": "x\x00"}, {"reason": "x" * 201}])
    def test_nothing_is_cancelled_without_a_reason(self, browser: Browser, caio: Client, typed: dict[str, str]) -> None:
        row = cast.booked(caio, cast.next_weekday(1))
        form = {"action": "cancel", "_selected_action": row.pk, **typed}
        response = browser.post(page(Appointment, "changelist"), form)
        assert response.status_code == 200
        assert 'name="reason"' in response.content.decode()
        assert status_of(row) == "confirmed"

    @pytest.mark.parametrize(("action", "expected"), [("mark_completed", "completed"), ("mark_no_show", "no_show")])
    def test_marks_go_through_booking(self, browser: Browser, caio: Client, action: str, expected: str) -> None:
        row = cast.on_record(caio, timezone.now() - timedelta(days=1))
        act(browser, action, row)
        assert (status_of(row), row.events.last().kind) == (expected, expected)  # type: ignore[union-attr]

    def test_refusals_are_shown_and_the_others_changed(self, browser: Browser, caio: Client) -> None:
        past = cast.on_record(caio, timezone.now() - timedelta(days=1))
        future = cast.booked(caio, cast.next_weekday(1))
        shown = act(browser, "mark_completed", past, future)
        assert [status_of(past), status_of(future)] == ["completed", "confirmed"]
        assert sum(text.startswith(future.reference) for text in shown) == 1

    def test_rows_cannot_be_deleted_in_bulk(self, browser: Browser, caio: Client) -> None:
        cast.booked(caio, cast.next_weekday(1))
        assert "delete_selected" not in browser.get(page(Appointment, "changelist")).content.decode()


def test_time_off_over_appointments_names_them(browser: Browser, caio: Client) -> None:
    """D6"""
    start = cast.next_weekday(1)
    row = cast.booked(caio, start)
    day = start.astimezone(caio.professional.zone).date()
    form = {
        "professional": caio.professional.pk,
        "starts_at_0": day,
        "starts_at_1": "08:00",
        "ends_at_0": day,
        "ends_at_1": "18:00",
    }
    response = browser.post(page(TimeOff, "add"), form)
    assert any(row.reference in str(message) for message in get_messages(response.wsgi_request))
    assert status_of(row) == "confirmed"


def test_a_professional_with_history_cannot_be_deleted(browser: Browser, caio: Client) -> None:
    booking.cancel(cast.booked(caio, cast.next_weekday(1)), actor=booking.professional_actor())
    browser.post(page(Professional, "delete", caio.professional.pk), {"post": "yes"})
    assert Professional.objects.filter(pk=caio.professional.pk).exists()


def test_a_professional_is_edited_with_hours_and_services_in_one_page(browser: Browser, caio: Client) -> None:
    shown = browser.get(page(Professional, "change", caio.professional.pk)).content.decode()
    assert "Sessão individual" in shown
    assert "working_hours-TOTAL_FORMS" in shown
