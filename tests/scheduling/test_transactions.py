"""Bad moments of the database under a booking: ended for another's sake, or gone at the commit."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event, local

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from scheduling import booking, changes, selectors, transactions
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Professional
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


def fail_with(state: str) -> None:
    """Let PostgreSQL itself end the transaction with that SQLSTATE."""
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '{state}'; END $$")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], list[str]]:
    """Return a function that makes the last step of every booking fail so many times; it returns the failures."""

    def use(state: str, times: int) -> list[str]:
        failures: list[str] = []
        record = changes.record

        def fail_or_record(*args: object, **data: object) -> None:
            record(*args, **data)  # type: ignore[arg-type]
            if len(failures) < times:
                failures.append(state)
                fail_with(state)

        monkeypatch.setattr(changes, "record", fail_or_record)
        return failures

    return use


@pytest.mark.parametrize("state", ["40P01", "40001"])
def test_booking_ended_for_another_is_made_again_as_a_whole(
    failing: Callable[[str, int], list[str]], state: str
) -> None:
    """D8."""
    failures = failing(state, transactions.MOST_REPEATS)
    cast.held(cast.caio(cast.ana()), cast.next_weekday(1))
    assert len(failures) == 3
    assert Appointment.objects.count() == AppointmentEvent.objects.count() == 1


def test_fourth_failure_is_told(failing: Callable[[str, int], list[str]]) -> None:
    """D8: as a refusal with a code and a friendly text."""
    failures = failing("40P01", 9)
    with pytest.raises(BookingError, match="busy"):
        cast.held(cast.caio(cast.ana()), cast.next_weekday(1))
    assert len(failures) == 4
    assert not Appointment.objects.exists()


def test_other_failure_is_not_repeated(failing: Callable[[str, int], list[str]]) -> None:
    """D8: what the database says of the statement itself is no contention."""
    failures = failing("57014", 9)
    with pytest.raises(OperationalError):
        cast.held(cast.caio(cast.ana()), cast.next_weekday(1))
    assert len(failures) == 1


def test_nobody_waits_longer_than_two_seconds_for_a_lock() -> None:
    """D11: the setting reaches PostgreSQL, over the embedded socket as over a network."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("2s",)


def test_booking_behind_a_lock_that_stays_is_refused_in_a_friendly_way() -> None:
    """D11: once the time is up and not four times as late; nothing is written, and the next try books."""
    ana = cast.ana()
    caio, release = cast.caio(ana), Event()
    with ThreadPoolExecutor(1) as pool:
        locked = Event()
        keeper = pool.submit(keep_locked, ana, locked, release)
        assert locked.wait(10)
        started = time.monotonic()
        with pytest.raises(BookingError) as refusal:
            cast.held(caio, cast.next_weekday(1))
        waited = time.monotonic() - started
        release.set()
        keeper.result()
    assert refusal.value.code == Code.BUSY
    assert 1.9 < waited < 6
    assert not Appointment.objects.exists()
    assert cast.held(caio, cast.next_weekday(1)).pk


def test_locked_calendar_keeps_no_other_from_being_tidied() -> None:
    """D11: the lapsed holds of everybody else end all the same."""
    ana, release, locked = cast.ana(), Event(), Event()
    for professional in (ana, cast.bruno()):
        cast.held(cast.caio(professional), cast.next_weekday(2))
    Appointment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with ThreadPoolExecutor(1) as pool:
        keeper = pool.submit(keep_locked, ana, locked, release)
        assert locked.wait(10)
        booking.lapse_due()
        release.set()
        keeper.result()
    assert [row.professional for row in Appointment.objects.all()] == [ana]


def keep_locked(professional: Professional, locked: Event, release: Event) -> None:
    """Hold the professional's row, as a forgotten session of somebody's does."""
    try:
        with transaction.atomic():
            Professional.objects.select_for_update().get(pk=professional.pk)
            locked.set()
            release.wait(20)
    finally:
        connections.close_all()


def test_inside_a_callers_transaction_nothing_is_repeated(failing: Callable[[str, int], list[str]]) -> None:
    """D8: what the caller wrote before is gone with it."""
    failures = failing("40P01", 9)
    caio = cast.caio(cast.ana())
    with pytest.raises(OperationalError), transaction.atomic():
        cast.held(caio, cast.next_weekday(1))
    assert len(failures) == 1


def test_two_writers_in_each_others_way_both_book(monkeypatch: pytest.MonkeyPatch) -> None:
    """D8: a real deadlock, as somebody's own SQL may make it; PostgreSQL ends one, and that one begins again."""
    ana, bruno = cast.ana(), cast.bruno()
    first, both_locked, lock = local(), Barrier(2), changes.lock

    def lock_both(professional_id: int, *, clear: bool = True) -> Professional:
        locked = lock(professional_id, clear=clear)
        if not hasattr(first, "done"):
            first.done = True
            both_locked.wait(10)
            lock(bruno.pk if professional_id == ana.pk else ana.pk, clear=False)
        return locked

    def book(professional: Professional) -> Appointment:
        try:
            return cast.held(cast.caio(professional), cast.next_weekday(2))
        finally:
            connections.close_all()

    monkeypatch.setattr(changes, "lock", lock_both)
    with ThreadPoolExecutor(2) as pool:
        assert len(list(pool.map(book, [ana, bruno]))) == 2
    assert Appointment.objects.count() == 2


# The connection is lost at the commit


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Return a function that kills the backend `before` or `after` the next commit, which then fails."""

    def use(moment: str) -> None:
        commit = connection.commit

        def die() -> None:
            monkeypatch.undo()
            if moment == "after":
                commit()
            try:
                fail_by_kill()
            except OperationalError:
                connection.close()
                raise

        monkeypatch.setattr(connection, "commit", die)

    yield use
    connection.close()


def fail_by_kill() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize(("moment", "outcome"), [("before", 0), ("after", 1)])
def test_connection_lost_at_commit_is_read_back_by_key(
    killed: Callable[[str], None], moment: str, outcome: int
) -> None:
    """D9: nobody can know what became of it; the repeat with the same intent finds it, or books once."""
    caio = cast.caio(cast.ana())
    killed(moment)
    with pytest.raises(OperationalError):
        cast.held(caio, cast.next_weekday(1), intent_key="SM1:book")
    assert Appointment.objects.count() == outcome
    again = cast.held(caio, cast.next_weekday(1), intent_key="SM1:book")
    assert list(Appointment.objects.all()) == [again]
    assert again.events.count() == 1
    assert selectors.find_client(caio.professional, caio.address) == caio
