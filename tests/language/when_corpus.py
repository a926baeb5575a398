"""The phrases of `when_*.txt`, and how `when.py` reads them. Score: `python -m tests.language.when_corpus`.

A line is "phrase => answer" in the notation of `describe`; an "@" line sets `now` and the hours of those below it.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from language import when

LANGUAGES = ("pt", "en", "es")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")

Hours = tuple[time, time] | None


class Verdict(StrEnum):
    """What an answer is worth: a question costs a message, a wrong date a client."""

    RIGHT = "right"
    ASKED = "asked"
    WRONG = "silently wrong"


@dataclass(frozen=True, slots=True)
class Row:
    """A phrase, what it means, and when it was said to whom."""

    phrase: str
    expected: str
    now: datetime
    hours: Hours


def rows(language: str) -> Iterator[Row]:
    """Yield the lines of a language's table."""
    now, hours = datetime(2026, 11, 20, 12, tzinfo=SAO_PAULO), None
    for line in (Path(__file__).parent / f"when_{language}.txt").read_text().splitlines():
        if line.startswith("@"):
            moment, span = line.split()[1:3]
            now = datetime.fromisoformat(moment).replace(tzinfo=SAO_PAULO)
            first, _, last = span.partition("-")
            hours = (time.fromisoformat(first), time.fromisoformat(last)) if last else None
        elif line:
            phrase, _, expected = line.partition(" => ")
            yield Row(phrase, expected, now, hours)


def describe(answer: when.When | when.Unsure | None) -> str:
    """Return an answer in the notation of the tables: "2026-11-26 15:00", "..10:00", "ask 26/11", "nothing"."""
    if answer is None:
        return "nothing"
    if isinstance(answer, when.Unsure):
        return f"ask {', '.join(re.findall(r'[0-9]{2}[/:][0-9]{2}', answer.question))}".strip()
    days = _describe_span(answer.date_from, answer.date_to, layout="%Y-%m-%d")
    return f"{days} {_describe_span(answer.time_from, answer.time_to, layout='%H:%M')}".strip()


def _describe_span(first: date | time | None, last: date | time | None, *, layout: str) -> str:
    ends = ["" if end is None else end.strftime(layout) for end in (first, last)]
    return ends[0] if ends[0] == ends[1] else "..".join(ends)


def answer(row: Row) -> str:
    """Return what is read now."""
    return describe(when.parse(row.phrase, now=row.now, hours=row.hours))


def judge(row: Row) -> Verdict:
    """Return what the answer is worth; a person who is told nothing asks, so both are the same here."""
    found = answer(row)
    asked = found.startswith(("ask", "nothing"))
    if found == row.expected or (asked and row.expected.startswith(("ask", "nothing"))):
        return Verdict.RIGHT
    return Verdict.ASKED if asked else Verdict.WRONG


def score(language: str) -> dict[Verdict, int]:
    """Return how many of a language's phrases get each verdict."""
    verdicts = [judge(row) for row in rows(language)]
    return {verdict: verdicts.count(verdict) for verdict in Verdict}


def main() -> int:
    """Print the score of each language; fail when a phrase is silently wrong."""
    scores = {language: score(language) for language in LANGUAGES}
    for language, counts in scores.items():
        total = sum(counts.values())
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        sys.stdout.write(f"{language}: {total} phrases, {told} ({counts[Verdict.RIGHT] / total:.1%} right)\n")
    return int(any(counts[Verdict.WRONG] for counts in scores.values()))


if __name__ == "__main__":
    sys.exit(main())
