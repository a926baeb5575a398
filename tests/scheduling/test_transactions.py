"""Bad moments of the database under a booking: ended for another's sake, or gone at the commit."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, local

import pytest
from django.db import OperationalError, connection, connections, transaction

from scheduling import booking, selectors, transactions
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
        record = booking._record

        def fail_or_record(*args: object, **data: object) -> None:
            record(*args, **data)  # type: ignore[arg-type]
            if len(failures) < times:
                failures.append(state)
                fail_with(state)

        monkeypatch.setattr(booking, "_record", fail_or_record)
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
    """D8."""
    failures = failing("40P01", 9)
    with pytest.raises(OperationalError):
        cast.held(cast.caio(cast.ana()), cast.next_weekday(1))
    assert len(failures) == 4
    assert not Appointment.objects.exists()


def test_other_failure_is_not_repeated(failing: Callable[[str, int], list[str]]) -> None:
    """D8, D11: who has waited long enough for a lock does not wait four times as long."""
    failures = failing("55P03", 9)
    with pytest.raises(OperationalError):
        cast.held(cast.caio(cast.ana()), cast.next_weekday(1))
    assert len(failures) == 1


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
    first, both_locked, lock = local(), Barrier(2), booking._lock

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

    monkeypatch.setattr(booking, "_lock", lock_both)
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
