"""Appointments are listed, filtered strictly, paged, and read one by one."""

from datetime import timedelta
from itertools import chain
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from scheduling import booking
from scheduling.models import Appointment, Client, Professional
from tests import cast
from tests.assistant.api.calling import APPOINTMENTS, code, fields

pytestmark = pytest.mark.django_db

Status = Appointment.Status


@pytest.fixture
def caio(ana: Professional) -> Client:
    return cast.caio(ana)


def listed(caller: Browser, query: str = "") -> list[str]:
    """Return the references of a list, in its order."""
    answer = caller.get(f"{APPOINTMENTS}?{query}")
    assert answer.status_code == 200, answer.json()
    return [row["reference"] for row in answer.json()["results"]]


def test_list_holds_the_latest_start_first(caller: Browser, caio: Client) -> None:
    rows = [cast.on_record(caio, cast.next_weekday(1) + timedelta(days=days)) for days in (0, -30, 2)]
    assert listed(caller) == [rows[number].reference for number in (2, 0, 1)]
    assert listed(caller, "ordering=starts_at") == [rows[number].reference for number in (1, 0, 2)]


def test_list_is_paged(caller: Browser, caio: Client) -> None:
    rows = [cast.on_record(caio, cast.next_weekday(1) + timedelta(days=days)) for days in range(5)]
    answer = caller.get(f"{APPOINTMENTS}?ordering=starts_at&page_size=2&page=2").json()
    assert [row["reference"] for row in answer["results"]] == [rows[2].reference, rows[3].reference]
    assert (answer["count"], "page=3" in answer["next"], answer["previous"] is not None) == (5, True, True)
    beyond = caller.get(f"{APPOINTMENTS}?page=99")
    assert (beyond.status_code, code(beyond)) == (404, "not_found")


def test_pages_hold_every_row_once_though_many_begin_together(caller: Browser, caio: Client) -> None:
    start = cast.next_weekday(1)
    rows = [cast.on_record(caio, start, status=Status.CANCELLED) for _ in range(9)]
    for ordering in ("starts_at", "-starts_at", "created_at", "-created_at"):
        pages = [listed(caller, f"ordering={ordering}&page_size=2&page={page}") for page in range(1, 6)]
        assert sorted(chain.from_iterable(pages)) == sorted(row.reference for row in rows)


def test_list_is_filtered_by_status_client_and_service(caller: Browser, ana: Professional, caio: Client) -> None:
    start, couple = cast.next_weekday(1), ana.services.all()[1]
    first = cast.on_record(caio, start)
    second = cast.on_record(
        cast.dora(ana), start + timedelta(hours=2), service=couple, status=Status.PENDING, expires_at=start
    )
    assert listed(caller, "status=pending") == [second.reference]
    assert listed(caller, f"client={caio.pk}") == [first.reference]
    assert listed(caller, f"service={couple.pk}") == [second.reference]
    assert listed(caller, f"service={couple.pk}&status=confirmed") == []


def test_dates_are_days_of_the_practice(caller: Browser, caio: Client) -> None:
    """T11: 23:30 in São Paulo is tomorrow in UTC, and belongs to today."""
    late = cast.on_record(caio, cast.at("2026-11-17 23:30"))
    early = cast.on_record(caio, cast.at("2026-11-18 00:30"))
    assert listed(caller, "from=2026-11-17&to=2026-11-17") == [late.reference]
    assert listed(caller, "from=2026-11-18") == [early.reference]
    assert listed(caller, "to=2026-11-16") == []


def test_moments_include_the_first_and_not_the_last(caller: Browser, caio: Client) -> None:
    first, second = (cast.on_record(caio, cast.at(f"2026-11-17 {clock}")) for clock in ("10:00", "11:00"))
    span = f"from={quote('2026-11-17T10:00:00-03:00')}&to=2026-11-17T14:00:00Z"
    assert listed(caller, span) == [first.reference]
    assert listed(caller, f"from={quote('2026-11-17T13:00:01+00:00')}") == [second.reference]


def test_ends_may_lie_beyond_any_agenda(caller: Browser, caio: Client) -> None:
    row = cast.on_record(caio, cast.next_weekday(1))
    assert listed(caller, "from=0001-01-01&to=9999-12-31") == [row.reference]
    assert listed(caller, "from=0001-01-01T00:00:00%2B14:00&to=9999-12-31T23:59:59-12:00") == [row.reference]


def test_hour_that_occurs_twice_is_told_with_its_offset(caller: Browser, ana: Professional, caio: Client) -> None:
    """T2, T4: 01:30 in New York on the day on which the clocks go back."""
    Professional.objects.update(timezone="America/New_York")
    caio.refresh_from_db()
    first = cast.at("2026-11-01 05:30", "UTC")
    for start in (first, first + timedelta(hours=1)):
        cast.on_record(caio, start, timezone="America/New_York")
    rows = caller.get(f"{APPOINTMENTS}?from=2026-11-01&to=2026-11-01&ordering=starts_at").json()["results"]
    assert [row["starts_at"] for row in rows] == ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"]


def test_holds_wanted_moves_and_trials_are_in_no_list(caller: Browser, ana: Professional, caio: Client) -> None:
    ana.requires_approval = True
    ana.save()
    start = cast.next_weekday(1)
    row = cast.on_record(caio, start)
    cast.held(cast.dora(ana), start + timedelta(hours=1))
    move = booking.confirm(booking.hold_move(row, starts_at=cast.next_weekday(2), source="whatsapp"))
    tester = Client.with_trials.create(professional=ana, address="trial:1", name="Eu")
    trial = cast.on_record(tester, start, is_trial=True)
    assert move.pk != row.pk
    assert listed(caller) == [row.reference]
    for hidden in (move, trial):
        assert caller.get(f"{APPOINTMENTS}{hidden.reference}/").status_code == 404
    one = caller.get(f"{APPOINTMENTS}{row.reference}/").json()
    assert one["requested_start"] == f"{cast.next_weekday(2):%Y-%m-%d}T10:00:00-03:00"


def test_other_practice_is_in_no_list(caller: Browser, ana: Professional) -> None:
    """N1, N3: in lists, filters and addresses; as if it were not there."""
    bruno = cast.bruno()
    theirs = cast.on_record(cast.caio(bruno), cast.next_weekday(1))
    assert listed(caller) == []
    for query, missing in (
        (f"client={theirs.client_id}", "client=987654321"),
        (f"service={theirs.service_id}", "service=987654321"),
    ):
        answer, nothing = (caller.get(f"{APPOINTMENTS}?{one}") for one in (query, missing))
        assert answer.status_code == 404
        assert answer.content == nothing.content
    answer, nothing = (caller.get(f"{APPOINTMENTS}{one}/") for one in (theirs.reference, "ZZZZZZ"))
    assert answer.status_code == 404
    assert answer.content == nothing.content


def test_page_links_stay_within_the_filters(caller: Browser, caio: Client) -> None:
    for days in range(3):
        cast.on_record(caio, cast.next_weekday(1) + timedelta(days=days))
    following = caller.get(f"{APPOINTMENTS}?client={caio.pk}&page_size=2").json()["next"]
    assert len(caller.get(following).json()["results"]) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=held", "status"),
        ("status=", "status"),
        ("status=confirmed&status=pending", "status"),
        ("status=a%00b", "status"),
        ("status=%ED%A0%80", "status"),
        ("from=2026-02-30", "from"),
        ("from=10000-01-01", "from"),
        ("from=01/02/03", "from"),
        ("from=2026-W01-1", "from"),
        ("from=", "from"),
        ("to=2026-12-01T10:00:00", "to"),
        ("to=2026-12-01T10:00:00+03:00", "to"),
        ("to=" + "9" * 5000, "to"),
        ("from=2026-12-02&to=2026-12-01", "to"),
        ("client=x", "client"),
        ("client=0", "client"),
        ("client=" + "9" * 5000, "client"),
        ("client=1%00", "client"),
        ("service=-1", "service"),
        ("service=99999999999999999999", "service"),
        ("ordering=client", "ordering"),
        ("ordering=client__notes", "ordering"),
        ("page=0", "page"),
        ("page=last", "page"),
        ("page=", "page"),
        ("page_size=201", "page_size"),
        ("page_size=x", "page_size"),
        ("state=confirmed", "state"),
        ("professional=1", "professional"),
        ("client__professional=1", "client__professional"),
        ("%00=1", "\x00"),
    ],
)
def test_filter_that_is_none_is_refused(caller: Browser, ana: Professional, query: str, field: str) -> None:
    """I2, I4, N1: never passed over in silence."""
    answer = caller.get(f"{APPOINTMENTS}?{query}")
    assert (answer.status_code, code(answer), fields(answer)) == (400, "invalid", [field])


@pytest.mark.parametrize("reference", ["x", "T0000", "%00", "a%00b", "%ED%A0%80", "9" * 5000, "é", "a b", "..", "'"])
def test_reference_that_is_none_is_missing(caller: Browser, ana: Professional, reference: str) -> None:
    """I2"""
    assert caller.get(f"{APPOINTMENTS}{reference}/").status_code == 404


def test_one_is_read_as_it_stands_in_the_list(caller: Browser, caio: Client) -> None:
    row = cast.on_record(caio, cast.next_weekday(1), attendee="Lia")
    one = caller.get(f"{APPOINTMENTS}{row.reference}/")
    assert [one.json()] == caller.get(APPOINTMENTS).json()["results"]
    assert "no-store" in one.headers["Cache-Control"]


def test_list_takes_as_many_queries_for_thirty_rows_as_for_one(
    caller: Browser, ana: Professional, caio: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, login, practice, client, count, rows, wanted moves."""

    def look() -> Any:
        with django_assert_num_queries(7):
            return caller.get(f"{APPOINTMENTS}?client={caio.pk}")

    booking.cancel(cast.booked(caio, cast.next_weekday(1)), actor=booking.SYSTEM)
    assert look().json()["count"] == 1
    for days in range(29):
        cast.on_record(caio, timezone.now() - timedelta(days=days + 1))
    assert look().json()["count"] == 30


def test_stranger_reads_nothing(ana: Professional) -> None:
    for path in (APPOINTMENTS, f"{APPOINTMENTS}T00000/"):
        assert Browser().get(path).status_code == 401
