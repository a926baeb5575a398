"""Charts as numbers: where bars, points and cells stand in a picture that a template draws as SVG. Pure.

A picture is measured in its own units (about pixels); the template's viewBox makes it as wide as its card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, TOP, BASE, LEFT = 520, 24, 200, 40
BAR = 44
STEPS = (1, 2, 4, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the scale."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a bar."""

    kind: str
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A month: its parts from below, and the whole figure over them."""

    x: float
    middle: float
    width: float
    top: float
    parts: list[Part]
    figure: str


@dataclass(frozen=True, slots=True)
class Point:
    """A month's value on a line; without a value there is no point."""

    x: float
    y: float


def scale(largest: float, *, lines: int = 4) -> tuple[float, list[float]]:
    """Return the end of the scale and its lines for values up to the largest: round steps, from nought."""
    step = next((step for step in STEPS if step * lines >= largest), STEPS[-1])
    return step * lines, [step * number for number in range(lines + 1)]


def bars(months: Sequence[Sequence[tuple[str, int]]]) -> tuple[list[Bar], list[Line]]:
    """Return stacked bars; each month is (kind, count) from below."""
    end, lines = scale(max([sum(count for _kind, count in month) for month in months] or [0]))
    width = min(BAR, (WIDTH - LEFT) / max(len(months), 1) * 0.7)
    made = [_bar(month, middle, end, width) for month, middle in zip(months, _middles(len(months)), strict=True)]
    return made, [Line(_height(value, end), f"{value:g}") for value in lines]


def trend(rates: Sequence[Decimal | None]) -> tuple[list[Point | None], list[Line]]:
    """Return the points of a line of shares between 0 and 1, on a scale of per cents."""
    percents = [None if rate is None else float(rate) * 100 for rate in rates]
    end, lines = scale(max([value for value in percents if value is not None] or [0]), lines=3)
    points = [
        None if value is None else Point(middle, _height(value, end))
        for value, middle in zip(percents, _middles(len(rates)), strict=True)
    ]
    return points, [Line(_height(value, end), f"{value:g}%") for value in lines]


def heat_of(count: int, largest: int) -> int:
    """Return how dark a cell is, from 0 (nothing) to 4 (the most)."""
    return 0 if not count or not largest else max(1, -(-count * 4 // largest))


def _bar(month: Sequence[tuple[str, int]], middle: float, end: float, width: float) -> Bar:
    x, done, parts = round(middle - width / 2, 1), 0, []
    for kind, count in month:
        if count:
            top = _height(done + count, end)
            parts.append(Part(kind, x, top, _height(done, end) - top))
        done += count
    return Bar(x, middle, round(width, 1), _height(done, end), parts, str(done))


def _middles(count: int) -> list[float]:
    room = (WIDTH - LEFT) / max(count, 1)
    return [round(LEFT + room * (number + 0.5), 1) for number in range(count)]


def _height(value: float, end: float) -> float:
    return round(BASE - (BASE - TOP) * value / end, 1) if end else float(BASE)
