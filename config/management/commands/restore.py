"""`manage.py restore sineta.dump`: the database as it was, without saying anything twice."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import DatabaseError
from django.db.models.functions import Now

from config import backups
from config.embedded import ServersError
from intake.models import OutboundMessage


class Command(BaseCommand):
    help = "Read a copy written by manage.py backup into an empty database; stop web, workers and beat before."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="- reads standard input.")
        parser.add_argument("--replace", action="store_true", help="Give up what is in the database now.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            backups.load(options["file"], replace=options["replace"])
        except (backups.BackupError, ServersError, DatabaseError) as error:
            raise CommandError(str(error)) from error
        # A copy of an older version of the product is brought up to this one.
        call_command("migrate", verbosity=0, interactive=False)
        self.stdout.write(f"Restored. {drop_stale()} messages that were on their way then are not sent again.")


def drop_stale() -> int:
    """Drop what was due when the copy was made: it has been sent since, and nothing here could tell."""
    stale = OutboundMessage.objects.filter(status__in=["pending", "sending"], due_at__lte=Now())
    return stale.update(status=OutboundMessage.Status.DROPPED, error_code="restored")
