"""`manage.py when "quinta às 15h"`: what the product understands of a phrase, as one line of JSON.

Needs no server. `--now` and `--tz` make an answer reproducible; `--stdin` reads one phrase a line.
"""

import json
import sys
from argparse import ArgumentTypeError
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError, CommandParser

from language import when


class Command(BaseCommand):
    help = "Show when a phrase means, as JSON."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("phrase", nargs="*", help="what the client wrote")
        parser.add_argument("--now", type=_read_moment, help="ISO 8601; default: the current time")
        parser.add_argument("--tz", type=_read_zone, default="America/Sao_Paulo", help="the professional's IANA zone")
        parser.add_argument("--hours", type=_read_hours, help="opening span, as in 09:00-18:00")
        parser.add_argument("--stdin", action="store_true", help="read one phrase a line")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["phrase"] and not options["stdin"]:
            raise CommandError('Give a phrase, as in: manage.py when "quinta às 15h"; or --stdin.')
        phrases = (line.rstrip("\n") for line in sys.stdin) if options["stdin"] else [" ".join(options["phrase"])]
        now = _local(options["now"], zone=options["tz"])
        for phrase in phrases:
            answer = when.parse(phrase, now=now, hours=options["hours"]) or when.which(phrase)
            self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False))


def _local(now: datetime | None, *, zone: ZoneInfo) -> datetime:
    """Return `now` on the wall of `zone`; a moment without an offset already is."""
    if now is None:
        return datetime.now(zone)
    return now.astimezone(zone) if now.tzinfo else now.replace(tzinfo=zone)


def _read_moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no ISO 8601 moment, as in 2026-11-20T12:00:00-03:00") from None


def _read_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ArgumentTypeError(f"{text!r} is no IANA time zone, as in America/Sao_Paulo") from None


def _read_hours(text: str) -> tuple[time, time]:
    try:
        first, last = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no opening span, as in 09:00-18:00") from None
    return first, last
