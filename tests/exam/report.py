"""The table of an exam: the share of talks in which each policy held, by way of answering; and what went wrong."""

import datetime as dt
import os
import platform
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.exam.personas import PERSONAS
from tests.exam.running import Result
from tests.exam.talk import Policy
from tests.language import when_corpus

DOCUMENT = Path(__file__).parents[2] / "docs" / "exam.md"
MARKS = ("<!-- exam: written by make exam -->", "<!-- end of exam -->")
_MOST_EXAMPLES = 3
BOOKING, MOST_CALLS, MOST_TOKENS = "helio", 3, 4000
# An estimate for Portuguese prose and JSON together; no tokenizer is needed to see a prompt grow.
CHARACTERS_OF_A_TOKEN = 3.5


def passed(results: Sequence[Result]) -> bool:
    """Return whether every safety policy held in every talk."""
    safety = {policy.value for policy in Policy if policy.is_safety}
    return not any(safety & one.faults.keys() for one in _counted(results))


def write(results: Sequence[Result], *, seconds: float, publish: bool) -> str:
    """Return the whole report; a complete exam's table also goes into the document."""
    told = "\n\n".join(filter(None, [table(results), _note(results, seconds), cost(results)])) + "\n"
    if publish:
        told += f"\n{figures()}\n"
        text = DOCUMENT.read_text()
        before, _, rest = text.partition(MARKS[0])
        DOCUMENT.write_text(f"{before}{MARKS[0]}\n{told}{MARKS[1]}{rest.partition(MARKS[1])[2]}")
    return f"{told}\n{_faults(results)}"


def figures() -> str:
    """Return how well days and hours are read, from the tables of phrases."""
    scores = {language: when_corpus.score(language) for language in when_corpus.LANGUAGES}
    lines = ["| phrases read by when.py | right | asked | silently wrong |", "| --- | --- | --- | --- |"]
    for language, counts in scores.items():
        lines.append(f"| {language}, {sum(counts.values())} | {' | '.join(str(count) for count in counts.values())} |")
    return "\n".join(lines)


def cost(results: Sequence[Result]) -> str:
    """Return what a whole booking costs with the right model, at most over all runs."""
    booked = [one for one in results if one.key == BOOKING and one.way == "right"]
    if not booked:
        return ""
    calls = max(one.calls for one in booked)
    tokens = round(max(one.prompt_characters for one in booked) / CHARACTERS_OF_A_TOKEN)
    met = "met" if calls <= MOST_CALLS and tokens <= MOST_TOKENS else "**missed**"
    return (
        f"A whole booking ({PERSONAS[BOOKING].about}): {calls} model calls, about {tokens} prompt tokens; "
        f"wanted at most {MOST_CALLS} and {MOST_TOKENS}: {met}."
    )


def table(results: Sequence[Result]) -> str:
    """Return the shares as a Markdown table, one line for each policy."""
    ways = list(dict.fromkeys(one.way for one in results))
    lines = [f"| policy | {' | '.join(ways)} |", f"| --- |{' --- |' * len(ways)}"]
    for policy in Policy:
        shares = [_share([one for one in _counted(results) if one.way == way], policy) for way in ways]
        lines.append(f"| {policy}{'' if policy.is_safety else ' (no condition)'} | {' | '.join(shares)} |")
    return "\n".join(lines)


def _counted(results: Sequence[Result]) -> list[Result]:
    """Leave out whoever waits for something that is not built."""
    return [one for one in results if not PERSONAS[one.key].waits_for]


def _share(results: Sequence[Result], policy: Policy) -> str:
    if not results:
        return "–"
    missed = sum(policy.value in one.faults for one in results)
    # Never rounded up to a full mark.
    return "1.00" if not missed else f"{min((len(results) - missed) / len(results), 0.999):.3f}"


def _note(results: Sequence[Result], seconds: float) -> str:
    people, talks = len({one.key for one in results}), len(results)
    waiting = [
        f"{key} ({PERSONAS[key].waits_for})"
        for key in dict.fromkeys(one.key for one in results)
        if PERSONAS[key].waits_for
    ]
    note = (
        f"{people} personas, {talks} talks in {seconds:.0f} s on {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {dt.datetime.now(dt.UTC):%Y-%m-%d}."
    )
    return f"{note} Played but not counted: {', '.join(waiting)}." if waiting else note


def _faults(results: Sequence[Result]) -> str:
    """List what went wrong, the most frequent first, each with who met it."""
    found: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], list[str]] = {}
    for one in results:
        for policy, faults in one.faults.items():
            where = (policy, one.key)
            found[where] += 1
            examples.setdefault(where, []).append(f"    {one.way}/{one.run}: {faults[0][:300]!s}")
    lines = []
    for (policy, key), count in found.most_common():
        lines += [f"{policy}: {key} ({count} talks)", *examples[policy, key][:_MOST_EXAMPLES]]
    return "\n".join(lines) + "\n" if lines else ""
