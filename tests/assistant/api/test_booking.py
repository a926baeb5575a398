"""A program books: what is offered, for whom, and who hears of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from intake import notices
from intake.models import OutboundMessage
from scheduling.models import Appointment, Client, Professional, TimeOff
from tests import cast
from tests.assistant.api.calling import APPOINTMENTS, book, code, fields, post, program, wish
from tests.intake.phone import talk

pytestmark = pytest.mark.django_db

Status = Appointment.Status


def test_offered_time_is_booked(caller: Browser, ana: Professional) -> None:
    answer = book(caller, ana, cast.next_weekday(1, "10:00"), attendee="Lia")
    row, booked = answer.json(), ana.appointments.get()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{APPOINTMENTS}{booked.reference}/")
    assert row["starts_at"] == f"{cast.next_weekday(1):%Y-%m-%d}T10:00:00-03:00"
    assert (row["status"], row["source"], row["price"], row["attendee"]) == ("confirmed", "api", "200.00", "Lia")
    assert row["client"] == {"id": booked.client_id, "name": "Caio Martins", "phone": "+5511987654321"}
    assert row["version"] == booked.events.get().pk


def test_event_names_a_program_and_its_login(caller: Browser, ana: Professional) -> None:
    book(caller, ana)
    event = ana.appointments.get().events.get()
    assert (event.kind, event.actor, event.user) == ("confirmed", "system", ana.user)


def test_practice_that_approves_gets_a_request(caller: Browser, ana: Professional) -> None:
    Professional.objects.update(requires_approval=True)
    row = book(caller, ana).json()
    assert row["status"] == "pending"
    assert row["expires_at"] is not None
    assert ana.appointments.get().events.get().kind == "requested"


def test_known_phone_is_the_known_client(caller: Browser, ana: Professional) -> None:
    """N3: one person is one row, in either form of the number."""
    caio = cast.caio(ana)
    row = book(caller, ana, client={"name": "Carlos", "phone": "(11) 8765-4321"}).json()
    assert row["client"]["id"] == caio.pk
    assert row["client"]["name"] == "Caio Martins"
    assert Client.objects.count() == 1


def test_name_is_given_to_a_client_who_had_none(caller: Browser, ana: Professional) -> None:
    Client.objects.create(professional=ana, phone="+5511987654321")
    assert book(caller, ana).json()["client"]["name"] == "Caio Martins"


def test_known_client_is_named_by_id(caller: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    assert book(caller, ana, client={"id": caio.pk}).json()["client"]["name"] == "Caio Martins"


def test_client_on_whatsapp_is_told_once(caller: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    talk(ana, channel="whatsapp", client=caio, last_inbound_at=timezone.now())
    for _ in range(2):
        book(caller, ana, client={"id": caio.pk}, key="same")
    for _ in range(2):
        notices.announce_pending()
    told = OutboundMessage.objects.filter(medium="whatsapp")
    assert [message.recipient for message in told] == [cast.CAIO_ADDRESS]
    assert "Marcado" in told[0].body or "Agendado" in told[0].body


def test_professional_hears_of_what_a_program_books(caller: Browser, ana: Professional) -> None:
    book(caller, ana)
    notices.announce_pending()
    assert "Caio Martins" in OutboundMessage.objects.get(medium="email", recipient="ana@example.com").subject


@pytest.mark.parametrize(
    ("weekday", "clock", "reason"),
    [
        (6, "10:00", "day_off"),
        (1, "20:00", "outside_hours"),
        (1, "12:10", "break"),
        (1, "10:07", "off_grid"),
    ],
)
def test_time_that_is_not_offered_is_refused_with_its_reason(
    caller: Browser, ana: Professional, weekday: int, clock: str, reason: str
) -> None:
    """D12: a program is bound by the rules that bind clients."""
    answer = book(caller, ana, cast.next_weekday(weekday, clock))
    assert (answer.status_code, code(answer)) == (409, reason)
    assert "/api/v1/slots/" in answer.json()["error"]["hint"]
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("away", "reason"),
    [
        (-timedelta(days=2), "past"),
        (timedelta(minutes=35), "minimum_notice"),
        (timedelta(days=400), "beyond_horizon"),
        (timedelta(days=365 * 60), "beyond_horizon"),
    ],
)
def test_time_out_of_reach_is_refused_with_its_reason(
    caller: Browser, ana: Professional, away: timedelta, reason: str
) -> None:
    """D12"""
    cast.open_on(ana, range(7), ("00:00", "00:00"))
    answer = book(caller, ana, (timezone.now() + away).replace(second=0, microsecond=0))
    assert (answer.status_code, code(answer)) == (409, reason)


def test_taken_and_blocked_times_are_refused(caller: Browser, ana: Professional) -> None:
    """D2, D6: the hour after it is free all the same."""
    start = cast.next_weekday(1, "10:00")
    cast.on_record(cast.dora(ana), start)
    TimeOff.objects.create(professional=ana, starts_at=start + timedelta(hours=3), ends_at=start + timedelta(hours=5))
    assert code(book(caller, ana, start)) == "slot_taken"
    assert code(book(caller, ana, start + timedelta(hours=4))) in ("break", "day_off", "outside_hours")
    assert book(caller, ana, start + timedelta(hours=1)).status_code == 201


def test_clients_own_appointment_is_said_to_be_theirs(caller: Browser, ana: Professional) -> None:
    cast.booked(cast.caio(ana), cast.next_weekday(1))
    answer = book(caller, ana)
    assert code(answer) == "own_appointment"
    assert answer.json()["error"]["message"] == "O cliente já tem um atendimento neste horário."


def test_cancelled_time_is_booked_again(caller: Browser, ana: Professional) -> None:
    """D5"""
    first = book(caller, ana).json()["reference"]
    post(caller, f"{APPOINTMENTS}{first}/cancel/")
    assert book(caller, ana).status_code == 201


def test_refused_booking_leaves_no_new_client(caller: Browser, ana: Professional) -> None:
    assert book(caller, ana, cast.next_weekday(1, "20:00"), key="k").status_code == 409
    assert not Client.objects.exists()


def test_blocked_client_is_not_booked(caller: Browser, ana: Professional) -> None:
    Client.objects.filter(pk=cast.caio(ana).pk).update(is_blocked=True)
    answer = book(caller, ana)
    assert (answer.status_code, code(answer)) == (409, "client_blocked")


def test_rows_of_another_practice_are_missing_ones(caller: Browser, ana: Professional) -> None:
    """N1: in the body as in the address."""
    bruno = cast.bruno()
    theirs, nobody = cast.dora(bruno).pk, 987654321
    for changed, none in (
        ({"client": {"id": theirs}}, {"client": {"id": nobody}}),
        ({"service": bruno.services.all()[0].pk}, {"service": nobody}),
    ):
        answer, missing = (post(caller, APPOINTMENTS, wish(ana) | one) for one in (changed, none))
        assert answer.status_code == 404
        assert answer.content == missing.content
    assert not Appointment.objects.exists()


def test_erased_client_and_closed_service_are_missing(caller: Browser, ana: Professional) -> None:
    caio, closed = cast.caio(ana), ana.services.all()[1]
    Client.objects.filter(pk=caio.pk).update(erased_at=timezone.now())
    closed.is_active = False
    closed.save()
    assert book(caller, ana, client={"id": caio.pk}).status_code == 404
    assert book(caller, ana, service=closed.pk).status_code == 404


@pytest.mark.parametrize("name", ["professional", "status", "price", "is_trial", "source", "id", "expires_at"])
def test_field_that_is_not_the_callers_is_refused(caller: Browser, ana: Professional, name: str) -> None:
    """A6"""
    answer = post(caller, APPOINTMENTS, wish(ana) | {name: 1})
    assert (answer.status_code, fields(answer)) == (400, [name])
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "start",
    [
        "2026-02-30T10:00:00-03:00",
        "2026-12-01T24:00:00-03:00",
        "2026-12-01T25:60:00-03:00",
        "01/02/03",
        "10000-01-01T10:00:00Z",
        "2026-W49-2T10:00:00Z",
        "2026-12-01T10:00:60Z",
        "2026-12-01T10:00:00+99:99",
        "٢٠٢٦-12-01T10:00:00Z",
        "2026-12-01",
        "2026-12-01T10:00:00\x00-03:00",
        "\ud800",
        "",
        "x" * 10_000,
        None,
        5,
        True,
        ["2026-12-01T10:00:00Z"],
        {},
    ],
)
def test_time_that_is_none_is_refused(caller: Browser, ana: Professional, start: Any) -> None:
    """I4"""
    answer = post(caller, APPOINTMENTS, wish(ana) | {"starts_at": start})
    assert (answer.status_code, fields(answer)) == (400, ["starts_at"])


@pytest.mark.parametrize(
    ("start", "reason"),
    [("0001-01-01T00:00:00+14:00", "past"), ("1999-12-31T23:00:00-03:00", "past")]
    + [(f"{year}-12-31T23:59:59-12:00", "beyond_horizon") for year in (2100, 2101, 9999)],
)
def test_time_beyond_any_agenda_is_refused(caller: Browser, ana: Professional, start: str, reason: str) -> None:
    """D12, I4"""
    answer = book(caller, ana, start)
    assert (answer.status_code, code(answer)) == (409, reason)


def test_time_without_an_offset_is_asked_for_one(caller: Browser, ana: Professional) -> None:
    """T1, T2: only the offset tells which of two equal hours is meant."""
    answer = book(caller, ana, "2026-12-01T10:00:00")
    assert answer.status_code == 400
    assert "-03:00" in answer.json()["error"]["hint"]


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:00Z", "%Y-%m-%dt%H:%M:00.000z", "%Y-%m-%d %H:%M+00:00"])
def test_every_form_of_a_moment_is_read(caller: Browser, ana: Professional, form: str) -> None:
    assert book(caller, ana, f"{cast.next_weekday(1):{form}}").status_code == 201


@pytest.mark.parametrize(
    "client",
    [
        {"name": ""},
        {"name": "x" * 10_000},
        {"name": "a\x00b"},
        {"name": "\ud800"},
        {"name": "Caio\r\nBcc: x@example.com"},
        {"name": "123"},
        {"name": 5},
        {"name": None},
        {"name": "Caio", "phone": "garbage"},
        {"name": "Caio", "phone": "+9999999999"},
        {"name": "Caio", "phone": "9" * 10_000},
        {"name": "Caio", "phone": 5511987654321},
        {"name": "Caio", "email": "x@example.com"},
        {"name": "Caio", "\ud800": 1},
        {"id": "1"},
        {"id": True},
        {"id": 10**30},
        {"id": -1},
        {"id": 1, "name": "Caio"},
        {"phone": "+5511987654321"},
        {},
        [],
        "Caio",
        None,
    ],
)
def test_client_who_cannot_be_read_is_refused(caller: Browser, ana: Professional, client: Any) -> None:
    """I2, I4"""
    answer = post(caller, APPOINTMENTS, wish(ana) | {"client": client})
    assert (answer.status_code, fields(answer)) == (400, ["client"])
    assert not Client.objects.exists()


@pytest.mark.parametrize("name", ["Zoë \u202eabc", "Åsa <b>", "李小龙", 'O\'Neil "Zé" & Cia', "x" * 120, "👩‍🚀 Bia"])
def test_name_is_kept_as_it_was_sent(caller: Browser, ana: Professional, name: str) -> None:
    """I2: round trip."""
    row = book(caller, ana, client={"name": name}, attendee=name).json()
    assert row["client"]["name"] == row["attendee"] == Client.objects.get().name == name


@pytest.mark.parametrize(
    "body", ["[", "[]", '"x"', "1" * 5000, "[" * 5000, '{"service":' * 5000, "{}", '{"\\ud800": 1}']
)
def test_body_that_is_no_booking_is_refused(caller: Browser, ana: Professional, body: str) -> None:
    """I6"""
    answer = caller.post(APPOINTMENTS, body, content_type="application/json")
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


def test_huge_body_is_refused(caller: Browser, ana: Professional) -> None:
    """I6"""
    answer = book(caller, ana, attendee="a" * 200_000)
    assert (answer.status_code, code(answer)) == (413, "too_large")


def test_form_is_refused(caller: Browser, ana: Professional) -> None:
    assert caller.post(APPOINTMENTS, {"service": "1"}).status_code == 415


def test_stranger_and_forged_session_are_refused(ana: Professional) -> None:
    """A7"""
    assert book(Browser(), ana).status_code == 401
    careless = Browser(enforce_csrf_checks=True)
    careless.force_login(cast.login("ana@example.com"))
    assert book(careless, ana).status_code == 403


def test_login_without_a_practice_is_refused(ana: Professional) -> None:
    """N10"""
    answer = book(program("staff@example.com"), ana)
    assert (answer.status_code, code(answer)) == (403, "no_practice")
