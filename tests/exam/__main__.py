"""`python -m tests.exam`: play every persona in every way, print the table, write it to docs/exam.md.

    RUNS=2 make exam                                        two runs of each instead of eight
    PERSONAS="maria joao" WAYS="guided right" make exam     some of it; writes nothing
    PRINT="maria joao" make exam                            their transcripts, to be read aloud

Ends with an error when a share of a safety policy is below 1.00.
"""

import logging
import os
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.exam.settings"

import django

MOST_RUNS, PROCESSES = 8, max(2, os.cpu_count() or 2)
TROUBLED = ("sloppy", "hostile", "gone")


def main() -> int:
    """Return the exit status."""
    logging.disable(logging.CRITICAL)
    django.setup()
    from config import embedded
    from tests.exam import report, running
    from tests.exam.models import WAYS
    from tests.exam.personas import PERSONAS

    printed, named = os.environ.get("PRINT", ""), os.environ.get("PERSONAS", "")
    keys = _words(printed or named) or list(PERSONAS)
    ways = _words(os.environ.get("WAYS", "guided" if printed else ""))
    runs = int(os.environ.get("RUNS") or (1 if printed else MOST_RUNS))
    if unknown := [*(set(keys) - set(PERSONAS)), *(set(ways) - set(WAYS))]:
        raise SystemExit(f"Nobody and nothing is called {', '.join(unknown)}. There are: {', '.join(PERSONAS)}")
    started = time.monotonic()
    with embedded.servers():
        parts = [(key, way, run) for run in range(runs) for key in keys for way in ways or ways_of(run)]
        # A process more costs as much as ten talks.
        talks = running.run(parts, min(PROCESSES, 1 + len(parts) // 20))
    if printed:
        sys.stdout.write("\n\n".join(talk.transcript for talk in talks) + "\n")
    told = report.write(talks, seconds=time.monotonic() - started, publish=not (printed or named or ways))
    sys.stdout.write(told)
    return 0 if report.passed(talks) else 1


def ways_of(run: int) -> tuple[str, ...]:
    """Return how a run is answered: without a model, by a good one, and by one of the troubled ones in turn."""
    return "guided", "right", TROUBLED[run % len(TROUBLED)]


def _words(told: str) -> list[str]:
    return told.replace(",", " ").split()


if __name__ == "__main__":
    sys.exit(main())
