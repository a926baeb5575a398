"""`manage.py backup sineta.dump`: a consistent copy of the database while everything runs."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from config import backups
from config.embedded import ServersError


class Command(BaseCommand):
    help = "Write a copy of the database into a file, for manage.py restore."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="- writes to standard output.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        target: Path = options["file"]
        try:
            backups.save(target)
        except (backups.BackupError, ServersError, OSError) as error:
            raise CommandError(str(error)) from error
        if target != backups.STREAM:
            self.stdout.write(f"{target}: {target.stat().st_size:,} bytes. It holds clients' messages: keep it safe.")
