"""A figure is held against the time before it: by how much, in which direction, and whether that is good."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from assistant.metrics import Clients, Tally
from assistant.numbers import number_tiles
from assistant.numbers.number_tiles import Counted, Tile
from assistant.numbers.occupancy import Occupancy
from assistant.numbers.periods import Period
from assistant.numbers.replies import Alone

JUNE = Period(date(2026, 6, 1), date(2026, 6, 30), "")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _portuguese() -> Iterator[None]:
    with translation.override("pt-br"):
        yield


def counted(*, done: int = 0, missed: int = 0, off: int = 0, new: int = 0, booked: int = 0, alone: int = 0) -> Counted:
    """Figures of 100 hours and 100 conversations; every session that took place brought R$ 100."""
    tally = Tally(done + missed + off, done, missed, off, revenue=Decimal(100 * done))
    return Counted(tally, Clients(new, 0), Occupancy(100 * HOUR, booked * HOUR), Alone(alone, 100))


def shown(label: str, found: Counted, before: Counted) -> Tile:
    [tile] = [one for made in number_tiles._COUNTED if (one := made(JUNE, found, before)).label == label]
    return tile


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-06-01", "2026-06-30", ("2026-05-01", "2026-05-31")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2024-03-01", "2024-03-31", ("2024-02-01", "2024-02-29")),
        ("2026-01-01", "2026-01-31", ("2025-12-01", "2025-12-31")),
        ("2026-06-01", "2026-06-29", ("2026-05-03", "2026-05-31")),
        ("2026-06-02", "2026-06-30", ("2026-05-04", "2026-06-01")),
        ("2026-06-10", "2026-06-10", ("2026-06-09", "2026-06-09")),
        ("2026-06-08", "2026-06-14", ("2026-06-01", "2026-06-07")),
        ("2026-01-01", "2026-06-30", ("2025-07-04", "2025-12-31")),
    ],
)
def test_time_before_is_the_month_before_or_as_many_days(first: str, last: str, before: tuple[str, str]) -> None:
    found = Period(date.fromisoformat(first), date.fromisoformat(last), "").before
    assert tuple(map(str, found)) == before


@pytest.mark.parametrize(
    ("found", "before", "change"),
    [
        (5, 3, ("2 a mais", "up")),
        (3, 5, ("2 a menos", "dn")),
        (4, 4, ("como antes", "")),
        (0, 0, ("como antes", "")),
        (4, 0, ("4 a mais", "up")),
    ],
)
def test_change_of_a_count(found: int, before: int, change: tuple[str, str]) -> None:
    """A count is neither good nor bad."""
    for label, name in (("Realizados", "done"), ("Cancelamentos", "off"), ("Clientes novos", "new")):
        tile = shown(label, counted(**{name: found}), counted(**{name: before}))
        assert ((tile.change, tile.direction), tile.is_good) == (change, None)


@pytest.mark.parametrize(
    ("found", "before", "change"),
    [
        (6, 4, ("50,0% a mais que antes", "up")),
        (3, 4, ("25,0% a menos que antes", "dn")),
        (0, 4, ("100,0% a menos que antes", "dn")),
        (4, 4, ("", "")),
        (4, 0, ("", "")),
        (0, 0, ("", "")),
    ],
)
def test_change_of_money_is_a_share_of_what_was_before(found: int, before: int, change: tuple[str, str]) -> None:
    tile = shown("Recebido", counted(done=found), counted(done=before))
    assert ((tile.change, tile.direction), tile.is_good) == (change, None)


@pytest.mark.parametrize(
    ("found", "before", "change", "is_good"),
    [
        ((3, 1), (9, 1), ("15,0 pontos", "up"), False),
        ((9, 1), (3, 1), ("15,0 pontos", "dn"), True),
        ((3, 1), (6, 2), ("", ""), None),
        ((3, 1), (0, 0), ("", ""), None),
        ((0, 0), (3, 1), ("", ""), None),
        ((2, 1), (2, 2), ("16,7 pontos", "dn"), True),
    ],
)
def test_fewer_no_shows_are_good(
    found: tuple[int, int], before: tuple[int, int], change: tuple[str, str], is_good: bool | None
) -> None:
    """A pair is what took place and what was missed; without sessions there is no rate to hold another against."""
    now, then = (counted(done=done, missed=missed) for done, missed in (found, before))
    tile = shown("Taxa de no-show", now, then)
    assert ((tile.change, tile.direction), tile.is_good) == (change, is_good)


@pytest.mark.parametrize(
    ("found", "before", "change", "is_good"),
    [(60, 50, ("10,0 pontos", "up"), True), (50, 60, ("10,0 pontos", "dn"), False), (50, 50, ("", ""), None)],
)
def test_more_hours_booked_and_more_finished_alone_are_good(
    found: int, before: int, change: tuple[str, str], is_good: bool | None
) -> None:
    for label, name in (("Ocupação", "booked"), ("Resolvidas só pela recepção", "alone")):
        tile = shown(label, counted(**{name: found}), counted(**{name: before}))
        assert ((tile.change, tile.direction), tile.is_good) == (change, is_good)


@pytest.mark.parametrize(
    ("wait", "before", "change"),
    [
        (12, 30, ("18 s mais rápido", "dn")),
        (300, 60, ("4 min mais lento", "up")),
        (12.4, 12, ("como antes", "")),
        (12, None, ("", "")),
        (None, 12, ("", "")),
        (None, None, ("", "")),
    ],
)
def test_change_of_a_wait(wait: float | None, before: float | None, change: tuple[str, str]) -> None:
    times = [None if one is None else timedelta(seconds=one) for one in (wait, before)]
    assert number_tiles._wait_change(*times) == change
