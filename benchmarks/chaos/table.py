"""The table of proofs."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `met` is None where nothing is wanted."""

    what: str
    measured: str
    wanted: str = ""
    met: bool | None = None


def written(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | measured | wanted | |", "| --- | --- | --- | --- |"]
    for row in rows:
        met = {True: "met", False: "**missed**", None: ""}[row.met]
        lines.append(f"| {row.what} | {row.measured} | {row.wanted} | {met} |")
    return "\n".join(lines)
