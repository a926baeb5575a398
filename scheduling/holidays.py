"""Brazil's national holidays, the movable ones computed from Easter. Pure.

Fixed by laws 662/1949, 6.802/1980 and 14.759/2023; Good Friday by law 9.093/1995. Carnival (Monday and
Tuesday) and Corpus Christi are optional days on which nearly every practice is closed.
"""

from datetime import date, timedelta
from functools import cache

_FIXED = {
    (1, 1): "New Year",
    (4, 21): "Tiradentes",
    (5, 1): "Labour Day",
    (9, 7): "Independence Day",
    (10, 12): "Our Lady of Aparecida",
    (11, 2): "All Souls' Day",
    (11, 15): "Republic Day",
    (11, 20): "Black Awareness Day",
    (12, 25): "Christmas",
}
_AFTER_EASTER = {-48: "Carnival", -47: "Carnival", -2: "Good Friday", 60: "Corpus Christi"}


@cache
def brazilian(year: int) -> frozenset[date]:
    """Return the holidays of that year."""
    return frozenset(named(year))


@cache
def named(year: int) -> dict[date, str]:
    """Return the holidays of that year with their English names."""
    easter = _easter(year)
    fixed = {date(year, month, day): name for (month, day), name in _FIXED.items()}
    return {easter + timedelta(days=days): name for days, name in _AFTER_EASTER.items()} | fixed


def _easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous algorithm in Meeus, Astronomical Algorithms)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)
