"""Rows of the table, and how they are timed: subject and baseline take turns, medians are compared."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `met` is None where there is no target."""

    what: str
    subject: str
    baseline: str
    figure: str
    target: str = ""
    met: bool | None = None


def take_turns(rounds: int, *batches: Callable[[], float]) -> list[float]:
    """Run every batch once a round, each of which returns its seconds; return the median of each."""
    taken: list[list[float]] = [[] for _ in batches]
    for _ in range(rounds):
        for seconds, batch in zip(taken, batches, strict=True):
            seconds.append(batch())
    return [statistics.median(seconds) for seconds in taken]


def repeated(action: Callable[[], object], times: int) -> Callable[[], float]:
    """Return a batch: the action so many times; its figure is the seconds of one."""

    def batch() -> float:
        started = time.perf_counter()
        for _ in range(times):
            action()
        return (time.perf_counter() - started) / times

    return batch


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    return sorted(values)[max(0, round(share * len(values)) - 1)]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def cost(what: str, subject: float, baseline: float, *, over: str, most: float) -> Row:
    """Return a row of how many times the baseline's time the subject takes."""
    ratio = subject / baseline
    target = f"at most {most:g}×"
    return Row(what, milliseconds(subject), f"{milliseconds(baseline)} {over}", f"{ratio:.2f}×", target, ratio <= most)


def speed(what: str, subject: float, baseline: float, *, over: str, least: float) -> Row:
    """Return a row of how many times faster the subject is than the baseline; both are seconds of one."""
    ratio = baseline / subject
    target = f"at least {least:g}×"
    return Row(what, milliseconds(subject), f"{milliseconds(baseline)} {over}", f"{ratio:.2f}×", target, ratio >= least)


def limit(what: str, value: float, *, most: float, unit: str = "") -> Row:
    """Return a row of an absolute figure."""
    shown = f"{value:g}{unit}" if value == int(value) else f"{value:.2f}{unit}"
    return Row(what, shown, "", shown, f"at most {most:g}{unit}", value <= most)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| what | Sineta | baseline of the same run | figure | target | |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        verdict = {True: "met", False: "**missed**", None: ""}[row.met]
        lines.append(f"| {row.what} | {row.subject} | {row.baseline} | {row.figure} | {row.target} | {verdict} |")
    return "\n".join(lines)
