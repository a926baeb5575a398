from datetime import date

import pytest

from scheduling import holidays


@pytest.mark.parametrize(
    ("year", "good_friday", "carnival", "corpus_christi"),
    [
        (2024, date(2024, 3, 29), date(2024, 2, 13), date(2024, 5, 30)),
        (2025, date(2025, 4, 18), date(2025, 3, 4), date(2025, 6, 19)),
        (2026, date(2026, 4, 3), date(2026, 2, 17), date(2026, 6, 4)),
        (2027, date(2027, 3, 26), date(2027, 2, 9), date(2027, 5, 27)),
        (2038, date(2038, 4, 23), date(2038, 3, 9), date(2038, 6, 24)),
    ],
)
def test_movable_days_follow_easter(year: int, good_friday: date, carnival: date, corpus_christi: date) -> None:
    assert {good_friday, carnival, corpus_christi} <= holidays.brazilian(year)


def test_black_consciousness_day_is_national() -> None:
    assert date(2026, 11, 20) in holidays.brazilian(2026)


def test_a_year_has_thirteen_closed_days() -> None:
    assert len(holidays.brazilian(2026)) == 13


def test_an_ordinary_day_is_open() -> None:
    assert date(2026, 11, 16) not in holidays.brazilian(2026)
