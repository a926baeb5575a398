"""`python -m benchmarks.chaos`: prove, print the table, write CHAOS.md and the README's copy of it.

`python -m benchmarks.chaos crash flood` proves these only and writes nothing. The exit status tells whether all
proofs were met.
"""

import os
import platform
import sys
import time
from importlib import import_module
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.chaos.settings"
# Not the port of `make bench`, which may run beside.
os.environ.setdefault("BENCH_PORT", "18090")

import django

from benchmarks.chaos import table

PROOFS = ("races", "crash", "faults", "unplug", "flood")
HERE = Path(__file__).parent.parent
README = HERE.parent / "README.md"
MARKS = ("<!-- proofs: written by make chaos -->", "<!-- end of proofs -->")

LEGEND = """\
Clients of `crash`, `unplug` and `faults` want an hour each and write until they have a receipt. In the first two every
second message is delivered twice at once, and nobody reports deliveries, so that only looking up proves them. Read
from the rows, and from what a stand-in of Twilio took: *lost*, messages without a finished row; *double*, clients with
more than one booking; *missing*, clients without a receipt; *repeated*, texts that came twice. *Slowest* is from the
first word to the receipt. All times are the product's own: a lease and an uncertain send 60 s, a sweep each 10 s, the
messages that found no web server fetched each minute once they are a minute old; only `faults` waits 0.2 s instead of
2 s for the rest of a burst. A worker dies with all the turns that it has in hand: these count among the 50 clients,
not among the deaths."""


def main(wanted: list[str]) -> int:
    """Run the proofs over fresh data; return the exit status."""
    # Before the start, as its load is that of others.
    where, started = machine(), time.monotonic()
    rows = prove(wanted or list(PROOFS))
    text, seconds = table.written(rows), time.monotonic() - started
    print(f"\n{text}\n\n{seconds:.0f} s in all.")
    if not wanted:
        publish(text, where, seconds)
    return int(any(row.met is False for row in rows))


def prove(proofs: list[str]) -> list[table.Row]:
    from django.core.management import call_command

    from benchmarks.chaos import servers

    rows: list[table.Row] = []
    with servers.running():
        call_command("migrate", verbosity=0, interactive=False)
        for proof in proofs:
            print(f"Proving: {proof} …", flush=True)
            rows += import_module(f"benchmarks.chaos.{proof}").measure()
    return rows


def machine() -> str:
    cores = f"{os.cpu_count()} cores (load before the start {os.getloadavg()[0]:.1f})"
    return f"{cores}, {platform.machine()}, Python {platform.python_version()}"


def publish(text: str, where: str, seconds: float) -> None:
    """Write the table where people look for it."""
    note = f"{where}, {seconds:.0f} s in all."
    (HERE / "CHAOS.md").write_text(f"# Proofs\n\n`make chaos` wrote this. {note}\n\n{LEGEND}\n\n{text}\n")
    before, found, rest = README.read_text().partition(MARKS[0])
    if found:
        note += " What the words mean: [benchmarks/CHAOS.md](benchmarks/CHAOS.md)."
        README.write_text(f"{before}{MARKS[0]}\n{text}\n\n{note}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}")


if __name__ == "__main__":
    django.setup()
    sys.exit(main(sys.argv[1:]))
