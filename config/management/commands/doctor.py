"""`manage.py doctor`: what works, what does not, and what to do about it."""

import logging
import shutil
import textwrap
from typing import Any

from django.core.management import BaseCommand

from config import doctor
from config.doctor import Finding, Result

CHECK_WIDTH = 16
RESULT_WIDTH = 56


class Command(BaseCommand):
    help = "Look at settings, servers, data, Groq and Twilio; exit with 1 if something is broken."
    # They are one of the things to look at.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        width = max(shutil.get_terminal_size((140, 24)).columns, 100)
        self.stdout.write(row("check", "result", "what to do", width=width))
        self.stdout.write("-" * CHECK_WIDTH + "-+-" + "-" * RESULT_WIDTH + "-+-" + "-" * 20)
        broken = 0
        # What they would warn of stands in the table.
        logging.disable(logging.WARNING)
        try:
            for finding in doctor.examine():
                broken += finding.result is Result.BROKEN
                self.stdout.write(line(finding, width=width))
        finally:
            logging.disable(logging.NOTSET)
        if broken:
            self.stderr.write(f"{broken} broken.")
            raise SystemExit(1)


def line(finding: Finding, *, width: int) -> str:
    return row(finding.check, f"{finding.result}: {finding.text}", finding.advice, width=width)


def row(check: str, result: str, advice: str, *, width: int) -> str:
    """Return one row of the table, of several lines where a text is long."""
    columns = [
        textwrap.wrap(check, CHECK_WIDTH) or [""],
        textwrap.wrap(result, RESULT_WIDTH) or [""],
        textwrap.wrap(advice, width - CHECK_WIDTH - RESULT_WIDTH - 6) or [""],
    ]
    height = max(map(len, columns))
    padded = [column + [""] * (height - len(column)) for column in columns]
    return "\n".join(
        f"{a:<{CHECK_WIDTH}} | {b:<{RESULT_WIDTH}} | {c}".rstrip() for a, b, c in zip(*padded, strict=True)
    )
