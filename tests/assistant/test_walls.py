"""Where things stand on the wall clock: days on which the clocks change, lanes side by side."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.agenda.walls import Place, Rail, abreast, clock_of, reach, walls
from scheduling import slots

HOUR = 3600
NEW_YORK, LISBON, AZORES = "America/New_York", "Europe/Lisbon", "Atlantic/Azores"
ZONES = st.sampled_from([NEW_YORK, LISBON, AZORES, "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"])
DAYS = st.dates(date(2010, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("zone", "day", "skipped"),
    [
        (NEW_YORK, date(2026, 3, 8), [("02:00", "03:00")]),
        (LISBON, date(2026, 3, 29), [("01:00", "02:00")]),
        (AZORES, date(2026, 3, 29), [("00:00", "01:00")]),
        (NEW_YORK, date(2026, 11, 1), []),
        (LISBON, date(2026, 10, 25), []),
        (NEW_YORK, date(2026, 11, 2), []),
    ],
)
def test_skipped_hour_is_known(zone: str, day: date, skipped: list[tuple[str, str]]) -> None:
    """T4, T5, T6, T7: what the clocks skip is no time that anything can stand in."""
    found = walls(ZoneInfo(zone), day).skipped()
    assert [(clock_of(start), clock_of(end)) for start, end in found] == skipped


def test_hour_that_comes_twice_is_as_long_as_it_is() -> None:
    """T4: an hour from 01:30 summer time on ends at 01:30 winter time, and is drawn an hour long."""
    zone = ZoneInfo(NEW_YORK)
    start = int(datetime(2026, 11, 1, 1, 30, tzinfo=zone).timestamp())
    part = walls(zone, date(2026, 11, 1)).one((start, start + HOUR))
    assert part == (90 * 60, 150 * 60)


def test_evening_abroad_belongs_to_its_own_day() -> None:
    """T11: 23:30 in São Paulo is already tomorrow in UTC."""
    zone = ZoneInfo("America/Sao_Paulo")
    start = int(datetime(2026, 11, 20, 23, 30, tzinfo=zone).timestamp())
    late = (start, start + HOUR)
    assert walls(zone, date(2026, 11, 20)).one(late) == (23 * HOUR + HOUR // 2, 24 * HOUR)
    assert walls(zone, date(2026, 11, 21)).one(late) == (0, HOUR // 2)
    assert walls(zone, date(2026, 11, 22)).one(late) == (0, 0)


@given(ZONES, DAYS, st.integers(0, 26 * 12), st.integers(1, 144))
def test_everything_of_a_day_stands_on_its_rail(zone: str, day: date, after: int, length: int) -> None:
    """T7: whatever the clocks do, a part is never empty, turned round or outside the 288 rows."""
    wall = walls(ZoneInfo(zone), day)
    start = wall.begins + after * 300
    part = wall.one((start, start + length * 300))
    if start < wall.ends:
        place = Rail(0).place(part)
        assert 0 <= part[0] < part[1] <= slots.DAY
        assert place.row >= 1
        assert place.row + place.rows <= 289
    else:
        assert part == (0, 0)


def test_short_ones_get_the_rows_that_they_need() -> None:
    assert Rail(9 * HOUR).place((9 * HOUR, 9 * HOUR + 300), least=3) == Place(1, 3)


def test_reach_is_full_hours() -> None:
    assert reach([(9 * HOUR + 1800, 10 * HOUR), (17 * HOUR, 18 * HOUR + 60)]) == (9 * HOUR, 19 * HOUR)
    assert reach([]) == (0, 0)


def test_those_that_share_time_stand_side_by_side() -> None:
    found = abreast([Place(1, 10), Place(5, 10), Place(11, 2), Place(40, 5)])
    assert [(place.lane, place.lanes) for place in found] == [(1, 2), (2, 2), (1, 2), (1, 1)]


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(1, 30)), max_size=12))
def test_no_two_share_a_lane_and_a_row(spans: list[tuple[int, int]]) -> None:
    found = abreast([Place(row, rows) for row, rows in spans])
    assert [(place.row, place.rows) for place in found] == spans
    for index, one in enumerate(found):
        assert 1 <= one.lane <= one.lanes <= 6
        for other in found[index + 1 :]:
            apart = one.row + one.rows <= other.row or other.row + other.rows <= one.row
            assert apart or one.lane != other.lane or one.lanes == 6
