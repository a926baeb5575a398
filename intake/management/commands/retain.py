"""`manage.py retain [--dry-run]`: remove what has been kept long enough, as beat does every night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from intake import retention


class Command(BaseCommand):
    help = "Remove messages, questions and traces that are older than KEEP_MESSAGES_DAYS and KEEP_TRACES_DAYS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        counted = retention.overdue(now=now) if options["dry_run"] else retention.sweep(now=now)
        for name, count in counted.items():
            self.stdout.write(f"{count:8} {name}")
        self.stdout.write("Nothing was removed." if options["dry_run"] else "Removed.")
