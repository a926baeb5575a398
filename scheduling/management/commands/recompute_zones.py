"""Put appointments back to their agreed wall times after new time-zone data."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scheduling import zones
from scheduling.errors import BookingError
from scheduling.models import Professional
from scheduling.zones import ZoneError


class Command(BaseCommand):
    """Run it once after a new `tzdata`; running it again changes nothing."""

    help = "Recompute coming appointments whose zone has got other rules since they were agreed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *_args: Any, dry_run: bool, **_options: Any) -> None:
        changed = refused = 0
        for professional in Professional.objects.order_by("pk").iterator():
            try:
                count = zones.recompute(professional, dry_run=dry_run)
            except ZoneError as error:
                refused += 1
                self._list(professional, error)
                continue
            except BookingError as error:
                refused += 1
                self.stderr.write(f"#{professional.pk}: {error.code.value}, run again")
                continue
            changed += count
            if count:
                self.stdout.write(f"#{professional.pk}: {count}")
        self.stdout.write(f"{changed} appointments {'would be ' if dry_run else ''}recomputed")
        if refused:
            raise SystemExit(1)

    def _list(self, professional: Professional, error: ZoneError) -> None:
        """Name references alone: a name is nobody's business in a terminal's history."""
        self.stderr.write(f"#{professional.pk}: nothing changed, {len(error.conflicts)} in the way")
        for one in error.conflicts:
            why = f"meets {one.other}" if one.other else "that moment is over"
            self.stderr.write(f"  {one.reference} at {one.starts_at:%Y-%m-%d %H:%M} UTC: {why}")
