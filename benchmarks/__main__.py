"""`python -m benchmarks`: measure, print the table, write RESULTS.md and the README's copy of it.

`python -m benchmarks slots bookings` measures these groups only and writes nothing.
"""

import os
import platform
import sys
import time
from importlib import import_module
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"

import django

from benchmarks import figures

GROUPS = ("slots", "bookings", "contention", "webhooks", "turns", "pages", "numbers", "api", "isolation", "assistant")
# These bring their own rows.
SMALL = {"isolation", "assistant"}
HERE = Path(__file__).parent
README = HERE.parent / "README.md"
MARKS = ("<!-- figures: written by make bench -->", "<!-- end of figures -->")


def main(wanted: list[str]) -> None:
    """Run the groups over fresh data."""
    started, where = time.monotonic(), machine()
    rows = measure(wanted or list(GROUPS))
    table = figures.table(rows)
    print(f"\n{table}\n\n{where}, {time.monotonic() - started:.0f} s in all.")
    if not wanted:
        publish(table, where)
    if any(row.met is False for row in rows):
        print("Some targets were missed.")


def measure(groups: list[str]) -> list[figures.Row]:
    from benchmarks import data, peer
    from config import embedded

    rows = []
    with embedded.servers():
        if set(groups) - SMALL:
            say("Writing a million appointments, twice: for Sineta and for django-appointment")
            with data.generating():
                data.prepare()
                peer.prepare()
        for group in groups:
            say(f"Measuring: {group}")
            rows += import_module(f"benchmarks.{group}").measure()
    return rows


def publish(table: str, where: str) -> None:
    """Write the table where people look for it."""
    note = f"{where}. Every ratio is against a baseline of the same run."
    (HERE / "RESULTS.md").write_text(f"# Figures\n\n`make bench` wrote this. {note}\n\n{table}\n")
    text = README.read_text()
    if all(mark in text for mark in MARKS):
        before, _, rest = text.partition(MARKS[0])
        after = rest.partition(MARKS[1])[2]
        README.write_text(f"{before}{MARKS[0]}\n{table}\n\n{note}\n{MARKS[1]}{after}")


def machine() -> str:
    """Return what the figures are measured on; a load above 0 is that of others."""
    load = os.getloadavg()[0]
    cores = f"{os.cpu_count()} cores (load before the start {load:.1f})"
    return f"{cores}, {platform.machine()}, Python {platform.python_version()}"


def say(what: str) -> None:
    print(f"{what} …", flush=True)


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1:])
