"""`manage.py heartbeat worker.turns`: exit 0 if that part gave a sign of life lately, for container health checks."""

from typing import Any

from django.core.management import BaseCommand, CommandParser

from config import heartbeats


class Command(BaseCommand):
    help = "Exit with 1 if a part of the installation gave no sign of life within 45 s."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", choices=[*(f"worker.{queue}" for queue in heartbeats.QUEUES), "beat"])

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            seconds = heartbeats.seconds_since(options["part"])
        except Exception as error:
            raise SystemExit(f"The shared cache does not answer ({type(error).__name__}).") from error
        if seconds is None:
            raise SystemExit(f"No sign of life from {options['part']} for {heartbeats.LIFE_SECONDS} s.")
        self.stdout.write(f"{options['part']}: {seconds} s ago")
