"""One key, one booking: repeated, changed, refused, forgotten, and sent by many at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from assistant.models import KeptAnswer
from intake import records, retention
from scheduling.models import Appointment, Client, Professional
from tests import cast
from tests.assistant.api.calling import APPOINTMENTS, book, code, fields, post, program, wish

pytestmark = pytest.mark.django_db


def test_same_key_and_body_get_the_same_answer(caller: Browser, ana: Professional) -> None:
    first, again = (book(caller, ana, key="one") for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert Appointment.objects.count() == Client.objects.count() == 1


def test_answer_is_that_of_the_first_time(caller: Browser, ana: Professional) -> None:
    """Whatever has become of the booking since: it tells what the request did."""
    first = book(caller, ana, key="one")
    post(caller, f"{APPOINTMENTS}{first.json()['reference']}/cancel/")
    assert book(caller, ana, key="one").json() == first.json()
    assert Appointment.objects.count() == 1


def test_same_key_with_another_body_is_refused(caller: Browser, ana: Professional) -> None:
    book(caller, ana, key="one")
    answer = book(caller, ana, cast.next_weekday(2), key="one")
    assert (answer.status_code, code(answer)) == (422, "idempotency_mismatch")
    assert "uma chave nova" in answer.json()["error"]["hint"]
    assert Appointment.objects.count() == 1


def test_order_and_blanks_of_the_body_are_no_matter(caller: Browser, ana: Professional) -> None:
    body = wish(ana)
    post(caller, APPOINTMENTS, body, **{"Idempotency-Key": "one"})
    turned = json.dumps(dict(reversed(body.items())), indent=3)
    again = caller.post(APPOINTMENTS, turned, content_type="application/json", headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")


def test_without_a_key_the_second_is_a_booking_of_its_own(caller: Browser, ana: Professional) -> None:
    assert [book(caller, ana).status_code for _ in range(2)] == [201, 409]
    assert not KeptAnswer.objects.exists()


def test_refused_booking_frees_its_key(caller: Browser, ana: Professional) -> None:
    taken = cast.booked(cast.dora(ana), cast.next_weekday(1))
    assert book(caller, ana, key="one").status_code == 409
    taken.delete()
    answer = book(caller, ana, key="one")
    assert (answer.status_code, "Idempotent-Replayed" in answer.headers) == (201, False)


def test_key_belongs_to_its_practice(caller: Browser, ana: Professional) -> None:
    """N1, N9: Bruno's program may use the same key, and learns nothing by it."""
    bruno = cast.bruno()
    first = book(caller, ana, key="one")
    theirs = book(program("bruno@example.com"), bruno, key="one")
    assert theirs.status_code == 201
    assert theirs.json()["reference"] != first.json()["reference"]


def test_answer_is_told_though_its_service_is_closed_by_now(caller: Browser, ana: Professional) -> None:
    body = wish(ana)
    post(caller, APPOINTMENTS, body, **{"Idempotency-Key": "one"})
    ana.services.update(is_active=False)
    assert post(caller, APPOINTMENTS, body, **{"Idempotency-Key": "one"}).status_code == 201


def test_kept_answer_names_nobody(caller: Browser, ana: Professional) -> None:
    book(caller, ana, key="one", attendee="Lia Prado")
    kept = json.dumps(list(KeptAnswer.objects.values("answer", "fingerprint")))
    assert not [word for word in ("Caio", "Lia", "987654321") if word in kept]


def test_answer_about_an_erased_client_names_nobody(caller: Browser, ana: Professional) -> None:
    row = book(caller, ana, key="one", attendee="Lia Prado").json()
    records.erase(Client.objects.get(), user=None)
    again = book(caller, ana, key="one", attendee="Lia Prado").json()
    assert (again["reference"], again["attendee"]) == (row["reference"], "")
    assert again["client"] == {"id": row["client"]["id"], "name": "", "phone": None}


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ção", "\x7f", "a\tb", "٣"])
def test_key_that_is_none_is_refused(caller: Browser, ana: Professional, key: str) -> None:
    answer = caller.post(
        APPOINTMENTS,
        json.dumps(wish(ana)),
        content_type="application/json",
        HTTP_IDEMPOTENCY_KEY=key.encode().decode("latin-1"),
    )
    assert (answer.status_code, fields(answer)) == (400, ["Idempotency-Key"])
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("key", ["x", "x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "!~"])
def test_key_of_visible_letters_is_taken(caller: Browser, ana: Professional, key: str) -> None:
    assert [book(caller, ana, key=key).status_code for _ in range(2)] == [201, 201]


def test_answers_are_kept_for_a_day(caller: Browser, ana: Professional) -> None:
    book(caller, ana, key="one")
    now = timezone.now()
    assert retention.sweep(now=now + timedelta(hours=23))["answers to programs"] == 0
    assert retention.overdue(now=now + timedelta(hours=25))["answers to programs"] == 1
    assert retention.sweep(now=now + timedelta(hours=25))["answers to programs"] == 1
    assert not KeptAnswer.objects.exists()
    assert Appointment.objects.count() == 1


def at_once(count: int, ana: Professional, **how: Any) -> list[Any]:
    """Send the same booking so many times at the same moment, each over a connection of its own."""
    callers, gate = [program() for _ in range(count)], Barrier(count)
    body, headers = wish(ana), {"Idempotency-Key": how["key"]} if "key" in how else {}

    def send(number: int) -> Any:
        wanted = body | ({"client": {"name": f"Caio {number}"}} if how.get("strangers") else {})
        try:
            connection.ensure_connection()
            gate.wait()
            return post(callers[number], APPOINTMENTS, wanted, **headers)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, range(count)))


@pytest.mark.django_db(transaction=True)
def test_thirty_two_programs_want_one_time_and_one_gets_it() -> None:
    """D1: the others are told that it is taken, and none of their clients stays behind."""
    ana = cast.ana()
    answers = at_once(32, ana, strangers=True)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 31
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"slot_taken"}
    assert Appointment.objects.count() == Client.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_sixteen_times_at_once_books_once() -> None:
    answers = at_once(16, cast.ana(), key="one")
    assert [answer.status_code for answer in answers] == [201] * 16
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert Appointment.objects.count() == Client.objects.count() == KeptAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_busy_agenda_answers_503_and_leaves_nothing() -> None:
    """D11: somebody else has the professional's row for longer than anybody waits."""
    ana, locked, release = cast.ana(), Event(), Event()

    def keep() -> None:
        try:
            with transaction.atomic():
                Professional.objects.select_for_update().get(pk=ana.pk)
                locked.set()
                release.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        keeper = pool.submit(keep)
        assert locked.wait(10)
        answer = book(program(), ana, key="one")
        release.set()
        keeper.result()
    assert (answer.status_code, code(answer), answer.headers["Retry-After"]) == (503, "busy", "2")
    assert not Client.objects.exists()
    assert book(program(), ana, key="one").status_code == 201


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("moment", "booked"), [("before", 0), ("after", 1)])
def test_connection_lost_at_the_commit_is_made_up_for_by_the_key(
    monkeypatch: pytest.MonkeyPatch, moment: str, booked: int
) -> None:
    """D9: nobody can know what became of it; the same request again tells, or books."""
    ana, caller = cast.ana(), program()
    with monkeypatch.context() as patch:
        lose_the_commit(patch, moment)
        answer = book(caller, ana, key="one")
    assert (answer.status_code, code(answer)) == (503, "unavailable")
    assert Appointment.objects.count() == booked
    again = book(caller, ana, key="one")
    assert (again.status_code, "Idempotent-Replayed" in again.headers) == (201, bool(booked))
    assert Appointment.objects.count() == Client.objects.count() == 1


def lose_the_commit(patch: pytest.MonkeyPatch, moment: str) -> None:
    """End the connection `before` or `after` the commit of the booking."""
    commit = connection.commit

    def die() -> None:
        if not KeptAnswer.objects.exists():
            commit()
            return
        if moment == "after":
            commit()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        except OperationalError:
            connection.close()
            raise

    patch.setattr(connection, "commit", die)
