"""A program moves, cancels and approves: safely repeated, told once, never over another, never another's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from intake import notices
from intake.models import OutboundMessage
from scheduling import booking, selectors
from scheduling.models import Appointment, Client, Professional
from tests import cast
from tests.assistant.api.calling import APPOINTMENTS, code, fields, post, program
from tests.intake.phone import talk

pytestmark = pytest.mark.django_db

Status = Appointment.Status


@pytest.fixture
def row(ana: Professional) -> Appointment:
    """Caio's, next Tuesday at ten; he wrote on WhatsApp."""
    caio = cast.caio(ana)
    talk(ana, channel="whatsapp", client=caio, last_inbound_at=timezone.now())
    return cast.booked(caio, cast.next_weekday(1))


def change(caller: Browser, row: Appointment, deed: str, **body: Any) -> Any:
    return post(caller, f"{APPOINTMENTS}{row.reference}/{deed}/", body)


def told() -> list[str]:
    """Let the sweep announce twice; return what clients get."""
    for _ in range(2):
        notices.announce_pending()
    return list(OutboundMessage.objects.filter(medium="whatsapp").order_by("pk").values_list("body", flat=True))


def test_appointment_is_moved_to_an_offered_time(caller: Browser, row: Appointment) -> None:
    told()
    later = cast.next_weekday(2, "15:00")
    answer = change(caller, row, "reschedule", starts_at=later.isoformat())
    assert answer.status_code == 200
    assert answer.json()["starts_at"] == f"{later:%Y-%m-%d}T15:00:00-03:00"
    assert answer.json()["version"] == row.events.order_by("-pk")[0].pk
    assert len(told()) == 2


def test_move_that_is_sent_again_changes_nothing_more(caller: Browser, row: Appointment) -> None:
    later, seen = cast.next_weekday(2).isoformat(), selectors.version(row)
    answers = [change(caller, row, "reschedule", starts_at=later, expected=seen) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert row.events.filter(kind="moved").count() == 1


@pytest.mark.parametrize(("clock", "reason"), [("20:00", "outside_hours"), ("12:10", "break"), ("14:00", "slot_taken")])
def test_move_to_a_time_that_is_not_offered_is_refused(
    caller: Browser, ana: Professional, row: Appointment, clock: str, reason: str
) -> None:
    """D4: and the old time is kept."""
    cast.on_record(cast.dora(ana), cast.next_weekday(1, "14:00"))
    answer = change(caller, row, "reschedule", starts_at=cast.next_weekday(1, clock).isoformat())
    assert (answer.status_code, code(answer)) == (409, reason)
    row.refresh_from_db()
    assert row.starts_at == cast.next_weekday(1)


def test_move_of_what_has_changed_since_is_refused(caller: Browser, row: Appointment) -> None:
    seen = selectors.version(row)
    booking.reschedule(row, starts_at=cast.next_weekday(2), actor=booking.professional_actor())
    answer = change(caller, row, "reschedule", starts_at=cast.next_weekday(3).isoformat(), expected=seen)
    assert (answer.status_code, code(answer)) == (409, "changed")
    assert answer.json()["error"]["message"] == "O atendimento mudou desde que foi lido."


def test_appointment_is_cancelled_and_its_client_told_once(caller: Browser, row: Appointment) -> None:
    told()
    answers = [change(caller, row, "cancel", reason="Férias") for _ in range(2)]
    assert [answer.json()["status"] for answer in answers] == ["cancelled", "cancelled"]
    assert answers[0].json()["cancel_reason"] == "Férias"
    assert len(told()) == 2
    assert row.events.filter(kind="cancelled").count() == 1


def test_cancellation_needs_no_body(caller: Browser, row: Appointment) -> None:
    answer = caller.generic("POST", f"{APPOINTMENTS}{row.reference}/cancel/")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


def test_cancellation_past_the_cutoff_is_the_practices_own(caller: Browser, ana: Professional) -> None:
    soon = cast.on_record(cast.caio(ana), timezone.now() + timedelta(hours=1))
    assert change(caller, soon, "cancel").status_code == 200


def test_what_has_begun_is_not_cancelled(caller: Browser, ana: Professional) -> None:
    """Its client would not be told, and the books would lose whether they came."""
    begun = cast.on_record(cast.caio(ana), timezone.now() - timedelta(minutes=20))
    answer = change(caller, begun, "cancel")
    assert (answer.status_code, code(answer)) == (409, "not_possible")
    begun.refresh_from_db()
    assert begun.status == Status.CONFIRMED
    Appointment.objects.update(status=Status.CANCELLED)
    assert change(caller, begun, "cancel").json()["status"] == "cancelled"


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.NO_SHOW])
def test_what_is_over_is_not_cancelled_or_moved(caller: Browser, ana: Professional, status: Status) -> None:
    over = cast.on_record(cast.caio(ana), timezone.now() - timedelta(days=1), status=status)
    moved = change(caller, over, "reschedule", starts_at=cast.next_weekday(2).isoformat())
    for answer in (moved, change(caller, over, "cancel"), change(caller, over, "approve")):
        assert (answer.status_code, code(answer)) == (409, "not_possible")


def test_request_is_approved_and_its_client_told_once(caller: Browser, ana: Professional, row: Appointment) -> None:
    Appointment.objects.filter(pk=row.pk).update(status=Status.PENDING, expires_at=row.starts_at)
    told()
    answers = [change(caller, row, "approve") for _ in range(2)]
    assert [answer.json()["status"] for answer in answers] == ["confirmed", "confirmed"]
    assert len(told()) == 2
    assert row.events.filter(kind="approved").count() == 1


def test_request_to_move_is_approved_by_the_appointments_reference(
    caller: Browser, ana: Professional, row: Appointment
) -> None:
    ana.requires_approval = True
    ana.save()
    later = cast.next_weekday(2)
    booking.confirm(booking.hold_move(row, starts_at=later, source="whatsapp"))
    seen = caller.get(f"{APPOINTMENTS}{row.reference}/").json()["version"]
    answer = change(caller, row, "approve", expected=seen)
    assert answer.json()["starts_at"] == f"{later:%Y-%m-%d}T10:00:00-03:00"
    assert answer.json()["requested_start"] is None


def test_request_to_move_that_was_declined_since_is_not_approved(
    caller: Browser, ana: Professional, row: Appointment
) -> None:
    """Nothing waits any more: to call that an approval would promise the client another time than theirs."""
    ana.requires_approval = True
    ana.save()
    wanted = booking.confirm(booking.hold_move(row, starts_at=cast.next_weekday(2), source="whatsapp"))
    seen = caller.get(f"{APPOINTMENTS}{row.reference}/").json()["version"]
    booking.decline(wanted, actor=booking.professional_actor())
    answer = change(caller, row, "approve", expected=seen)
    assert (answer.status_code, code(answer)) == (409, "changed")


def test_approval_that_is_sent_again_changes_nothing_more(caller: Browser, ana: Professional, row: Appointment) -> None:
    ana.requires_approval = True
    ana.save()
    booking.confirm(booking.hold_move(row, starts_at=cast.next_weekday(2), source="whatsapp"))
    seen = caller.get(f"{APPOINTMENTS}{row.reference}/").json()["version"]
    answers = [change(caller, row, "approve", expected=seen) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content


def test_nothing_is_approved_where_nothing_waits(caller: Browser, row: Appointment) -> None:
    answer = change(caller, row, "approve")
    assert (answer.status_code, code(answer)) == (409, "not_possible")


def test_request_that_has_lapsed_is_not_approved(caller: Browser, ana: Professional) -> None:
    late = timezone.now() - timedelta(minutes=5)
    asked = cast.on_record(cast.caio(ana), late, status=Status.PENDING, expires_at=late)
    assert code(change(caller, asked, "approve")) == "not_possible"


def test_request_that_is_moved_stays_a_request(caller: Browser, ana: Professional, row: Appointment) -> None:
    Appointment.objects.filter(pk=row.pk).update(status=Status.PENDING, expires_at=row.starts_at)
    answer = change(caller, row, "reschedule", starts_at=cast.next_weekday(2).isoformat())
    assert answer.json()["status"] == "pending"


@pytest.mark.parametrize("deed", ["reschedule", "cancel", "approve"])
def test_appointment_of_another_practice_is_missing(ana: Professional, row: Appointment, deed: str) -> None:
    """N1: the same answer as for none, whatever the body."""
    cast.bruno()
    caller, before = program("bruno@example.com"), list(Appointment.objects.values())
    for body in ({}, {"starts_at": cast.next_weekday(2).isoformat()}, {"professional": ana.pk}):
        answer = change(caller, row, deed, **body)
        missing = post(caller, f"{APPOINTMENTS}ZZZZZZ/{deed}/", body)
        assert answer.status_code == 404
        assert answer.content == missing.content
    assert list(Appointment.objects.values()) == before


@pytest.mark.parametrize(
    ("deed", "body", "field"),
    [
        ("reschedule", {}, "starts_at"),
        ("reschedule", {"starts_at": "2026-12-01T10:00:00"}, "starts_at"),
        ("reschedule", {"starts_at": "2026-12-01T10:00:00Z", "status": "completed"}, "status"),
        ("reschedule", {"starts_at": "2026-12-01T10:00:00Z", "expected": "1"}, "expected"),
        ("cancel", {"reason": "a\x00b"}, "reason"),
        ("cancel", {"reason": "\ud800"}, "reason"),
        ("cancel", {"reason": "x" * 10_000}, "reason"),
        ("cancel", {"reason": None}, "reason"),
        ("cancel", {"expected": 10**30}, "expected"),
        ("cancel", {"professional": 2}, "professional"),
        ("approve", {"is_staff": True}, "is_staff"),
        ("approve", {"expected": -1}, "expected"),
        ("approve", {"expected": True}, "expected"),
    ],
)
def test_body_that_cannot_be_read_changes_nothing(
    caller: Browser, row: Appointment, deed: str, body: dict[str, Any], field: str
) -> None:
    """A6, I2, I4"""
    before = list(Appointment.objects.values())
    answer = change(caller, row, deed, **body)
    assert (answer.status_code, fields(answer)) == (400, [field])
    assert list(Appointment.objects.values()) == before


def test_changes_need_a_login_and_a_token(ana: Professional, row: Appointment) -> None:
    """A7"""
    careless = Browser(enforce_csrf_checks=True)
    careless.force_login(cast.login("ana@example.com"))
    for deed in ("reschedule", "cancel", "approve"):
        assert change(Browser(), row, deed).status_code == 401
        assert change(careless, row, deed).status_code == 403


def test_history_names_the_program(caller: Browser, browser: Browser, row: Appointment) -> None:
    change(caller, row, "cancel")
    assert "um programa" in browser.get(f"/agenda/{row.pk}/").content.decode()


def test_client_who_opted_out_is_not_written_to(caller: Browser, ana: Professional, row: Appointment) -> None:
    """A program is not the client: whoever wants no messages gets none, and the professional is asked to tell."""
    told()
    conversation = Client.objects.get(pk=row.client_id).conversations.get()
    conversation.opted_out_at = timezone.now()
    conversation.save()
    change(caller, row, "cancel")
    assert len(told()) == 1
