"""What becomes of agreed wall times when a professional takes another zone, or a zone gets other rules."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command

from scheduling import booking, zones
from scheduling.models import Appointment, AppointmentEvent, Client, Professional, TimeOff
from scheduling.zones import Keep, ZoneError
from tests import cast

pytestmark = pytest.mark.django_db

MANAUS = "America/Manaus"
TEN = cast.at("2026-11-19 10:00")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(cast.MONDAY_MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


@pytest.fixture
def caio(ana: Professional) -> Client:
    return cast.caio(ana)


def agree(client: Client, starts_at: datetime, zone: str = "America/Sao_Paulo") -> Appointment:
    """An appointment whose instant was computed with rules that hold no more: an hour early."""
    return cast.on_record(client, starts_at - timedelta(hours=1), local_start=wall_of(starts_at), timezone=zone)


def wall_of(moment: datetime) -> datetime:
    return (moment - timedelta(hours=3)).replace(tzinfo=None)


def recompute(*options: str) -> tuple[int, str]:
    output = io.StringIO()
    try:
        call_command("recompute_zones", *options, stdout=output, stderr=output)
    except SystemExit as end:
        return int(str(end.code)), output.getvalue()
    return 0, output.getvalue()


def test_agreed_wall_time_is_kept_in_the_new_zone(ana: Professional, caio: Client) -> None:
    """T13: ten o'clock stays ten o'clock."""
    appointment = cast.booked(caio, TEN)
    assert zones.change(ana, MANAUS, keep=Keep.WALL) == 1
    appointment.refresh_from_db()
    ana.refresh_from_db()
    assert ana.timezone == appointment.timezone == MANAUS
    assert appointment.starts_at == cast.at("2026-11-19 10:00", MANAUS)
    assert appointment.ends_at - appointment.starts_at == timedelta(minutes=50)
    assert appointment.local_start == datetime(2026, 11, 19, 10)  # noqa: DTZ001 - a wall time


def test_moment_is_kept_if_that_is_wanted(ana: Professional, caio: Client) -> None:
    """T13: the moment stays, the wall shows another hour."""
    appointment = cast.booked(caio, TEN)
    zones.change(ana, MANAUS, keep=Keep.INSTANT)
    appointment.refresh_from_db()
    assert appointment.starts_at == TEN
    assert appointment.local_start == datetime(2026, 11, 19, 9)  # noqa: DTZ001 - a wall time
    assert not appointment.is_trial


def test_nobody_is_told_but_an_event_is_kept(ana: Professional, caio: Client) -> None:
    """T13: what was agreed still holds."""
    appointment = cast.booked(caio, TEN)
    zones.change(ana, MANAUS, keep=Keep.WALL)
    event = AppointmentEvent.objects.filter(appointment=appointment).latest("pk")
    assert (event.kind, event.data["zone"]) == (AppointmentEvent.Kind.MOVED, MANAUS)
    assert event.announced_at is not None


def test_neighbours_change_places_without_meeting(ana: Professional, caio: Client) -> None:
    """T13: each lands where the next one was, and the constraint does not stumble over the order."""
    rows = [cast.on_record(caio, TEN + hour * timedelta(hours=1)) for hour in range(4)]
    zones.change(ana, MANAUS, keep=Keep.WALL)
    starts = list(Appointment.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [row.starts_at + timedelta(hours=1) for row in rows]
    zones.change(ana, "America/Sao_Paulo", keep=Keep.WALL)
    assert list(Appointment.objects.filter(is_trial=False).values_list("starts_at", flat=True)) == [
        row.starts_at for row in rows
    ]


def test_past_and_cancelled_ones_stay(ana: Professional, caio: Client) -> None:
    past = cast.on_record(caio, cast.at("2026-11-12 10:00"), status=Appointment.Status.COMPLETED)
    cancelled = cast.on_record(caio, TEN, status=Appointment.Status.CANCELLED)
    assert zones.concerned(ana) == zones.change(ana, MANAUS, keep=Keep.WALL) == 0
    for row in (past, cancelled):
        before = row.starts_at
        row.refresh_from_db()
        assert row.starts_at == before


def test_another_professionals_rows_stay(ana: Professional, caio: Client) -> None:
    """N1: a zone is one professional's."""
    theirs = cast.on_record(cast.dora(cast.bruno()), TEN)
    zones.change(ana, MANAUS, keep=Keep.WALL)
    theirs.refresh_from_db()
    assert (theirs.starts_at, theirs.timezone) == (TEN, "America/Sao_Paulo")


def test_moment_that_would_be_over_refuses_all(ana: Professional, caio: Client, clock: time_machine.Traveller) -> None:
    """T13: eight in the evening of Lisbon is over when it is seven in São Paulo."""
    clock.move_to(cast.at("2026-11-19 19:00"))
    late = cast.on_record(caio, cast.at("2026-11-19 20:00"))
    other = cast.on_record(caio, cast.at("2026-11-20 10:00"))
    with pytest.raises(ZoneError) as refused:
        zones.change(ana, "Europe/Lisbon", keep=Keep.WALL)
    assert [one.reference for one in refused.value.conflicts] == [late.reference]
    other.refresh_from_db()
    ana.refresh_from_db()
    assert (other.starts_at, ana.timezone) == (cast.at("2026-11-20 10:00"), "America/Sao_Paulo")


def test_two_in_an_hour_that_does_not_exist_are_listed(ana: Professional, caio: Client) -> None:
    """T13: the clocks of New York skip from two to three on 14 March 2027."""
    first = cast.on_record(caio, cast.at("2027-03-14 02:00"), ends_at=cast.at("2027-03-14 02:30"))
    second = cast.on_record(caio, cast.at("2027-03-14 02:30"), ends_at=cast.at("2027-03-14 03:00"))
    with pytest.raises(ZoneError) as refused:
        zones.change(ana, "America/New_York", keep=Keep.WALL)
    [conflict] = refused.value.conflicts
    assert {conflict.reference, conflict.other} == {first.reference, second.reference}


def test_wanted_move_goes_along(ana: Professional, caio: Client) -> None:
    """T13: the old time and the wanted one both keep their wall times, also where they overlap."""
    appointment = cast.booked(caio, TEN)
    move = booking.hold_move(appointment, starts_at=TEN + timedelta(minutes=30), source="whatsapp")
    zones.change(ana, MANAUS, keep=Keep.WALL)
    move.refresh_from_db()
    assert move.move_to == cast.at("2026-11-19 10:30", MANAUS)
    assert (move.starts_at, move.ends_at) == (
        cast.at("2026-11-19 10:50", MANAUS),
        cast.at("2026-11-19 11:20", MANAUS),
    )
    assert booking.confirm(move).starts_at == cast.at("2026-11-19 10:30", MANAUS)


def test_time_off_keeps_its_wall_time(ana: Professional) -> None:
    """T13: a free Friday stays the whole Friday."""
    off = TimeOff.objects.create(
        professional=ana, starts_at=cast.at("2026-11-20 00:00"), ends_at=cast.at("2026-11-21 00:00")
    )
    zones.change(ana, MANAUS, keep=Keep.WALL)
    off.refresh_from_db()
    assert (off.starts_at, off.ends_at) == (
        cast.at("2026-11-20 00:00", MANAUS),
        cast.at("2026-11-21 00:00", MANAUS),
    )


def test_new_rules_put_rows_back_to_their_wall_time(ana: Professional, caio: Client) -> None:
    """T14: rows agreed under other rules are found and recomputed, once."""
    stale, right = agree(caio, TEN), cast.on_record(caio, cast.at("2026-11-20 15:00"))
    assert recompute("--dry-run") == (0, f"#{ana.pk}: 1\n1 appointments would be recomputed\n")
    stale.refresh_from_db()
    assert stale.starts_at == TEN - timedelta(hours=1)
    assert recompute() == (0, f"#{ana.pk}: 1\n1 appointments recomputed\n")
    stale.refresh_from_db()
    right.refresh_from_db()
    assert (stale.starts_at, right.starts_at) == (TEN, cast.at("2026-11-20 15:00"))
    assert recompute() == (0, "0 appointments recomputed\n")


def test_new_rules_that_make_two_meet_change_nothing(ana: Professional, caio: Client) -> None:
    """T14: the conflict is listed by references, and by nobody's name."""
    stale, there = agree(caio, TEN), cast.on_record(caio, TEN)
    code, said = recompute()
    assert code == 1
    assert f"{stale.reference} at 2026-11-19 13:00 UTC: meets {there.reference}" in said or (
        f"{there.reference} at 2026-11-19 13:00 UTC: meets {stale.reference}" in said
    )
    assert "Caio" not in said
    stale.refresh_from_db()
    assert stale.starts_at == TEN - timedelta(hours=1)


def test_second_of_two_equal_wall_times_is_not_stale(caio: Client) -> None:
    """T14: half past one happens twice in New York on 7 November 2027; both are right."""
    twice = datetime.fromisoformat("2027-11-07T06:30:00+00:00")
    wall = datetime(2027, 11, 7, 1, 30)  # noqa: DTZ001 - a wall time
    cast.on_record(caio, twice, local_start=wall, timezone="America/New_York")
    assert recompute() == (0, "0 appointments recomputed\n")
