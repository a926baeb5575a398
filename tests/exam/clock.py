"""One clock for Python and PostgreSQL, which the exam puts forward: a day of silence takes no time.

The database's `now()` and its sisters are replaced by functions of the schema `public` that add a session's
setting; the column defaults of the migrations are bound to them as well.
"""

import datetime as dt
from types import TracebackType
from typing import Any, Self

import time_machine
from django.db import connection

_TELLERS = ("now", "transaction_timestamp", "statement_timestamp", "clock_timestamp")
FUNCTIONS = "\n".join(
    f"CREATE FUNCTION public.{name}() RETURNS timestamptz {'VOLATILE' if name[0] == 'c' else 'STABLE'} LANGUAGE sql AS "
    f"$$ SELECT pg_catalog.{name}() + coalesce(nullif(current_setting('exam.shift', true), ''), '0')::interval $$;"
    for name in _TELLERS
)


class Clock:
    """A context manager; time goes on by itself as well, as slowly as the machine works."""

    def __init__(self, start: dt.datetime) -> None:
        self._travel = time_machine.travel(start, tick=True)

    def __enter__(self) -> Self:
        self._coordinates: Any = self._travel.start()
        self.tell_database()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._travel.stop()

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def go_to(self, moment: dt.datetime) -> None:
        """Put the clock forward; a moment that has passed changes nothing."""
        ahead = moment - self.now
        if ahead > dt.timedelta():
            self._coordinates.shift(ahead)
            self.tell_database()

    def advance(self, seconds: float) -> None:
        self.go_to(self.now + dt.timedelta(seconds=seconds))

    def tell_database(self) -> None:
        """Set this thread's session to the exam's time."""
        shift = self.now - time_machine.escape_hatch.datetime.datetime.now(dt.UTC)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('exam.shift', %s, false)", [f"{shift.total_seconds():.6f} seconds"])
