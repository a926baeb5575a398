"""Charts are right by arithmetic: heights are in proportion, scales are round and reach over everything."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.numbers import charts


def test_bar_is_as_high_as_its_share_of_the_scale() -> None:
    [bar], lines = charts.bars([[("done", 60), ("missed", 20), ("cancelled", 0)]])
    assert [line.label for line in lines] == ["0", "20", "40", "60", "80"]
    assert [(part.kind, part.height) for part in bar.parts] == [("done", 132.0), ("missed", 44.0)]
    assert (bar.figure, bar.top) == ("80", charts.TOP)


def test_nothing_at_all_is_drawn_flat() -> None:
    [bar], lines = charts.bars([[("done", 0)]])
    assert (bar.parts, bar.figure) == ([], "0")
    assert len(lines) == 5


def test_month_without_sessions_has_no_point() -> None:
    points, lines = charts.trend([Decimal("0.125"), None])
    assert points[1] is None
    assert points[0] is not None
    assert [line.label for line in lines] == ["0%", "5%", "10%", "15%"]
    assert points[0].y == pytest.approx(charts.BASE - (charts.BASE - charts.TOP) * 12.5 / 15, abs=0.1)


@given(st.lists(st.lists(st.integers(0, 2000), min_size=3, max_size=3), min_size=1, max_size=12))
def test_bars_stay_in_the_picture_and_stand_on_each_other(months: list[list[int]]) -> None:
    made, _lines = charts.bars([[("a", a), ("b", b), ("c", c)] for a, b, c in months])
    for bar in made:
        below = float(charts.BASE)
        for part in bar.parts:
            assert part.y + part.height == pytest.approx(below, abs=0.2)
            below = part.y
        assert charts.TOP - 0.1 <= bar.top <= charts.BASE
        assert 0 <= bar.x <= charts.WIDTH - bar.width


@pytest.mark.parametrize(("count", "shade"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)])
def test_heat_goes_from_nothing_to_the_most(count: int, shade: int) -> None:
    assert charts.heat_of(count, 4) == shade
