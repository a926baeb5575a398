"""What goes on while clients write: wake-ups come when they are due, the sweeps find what nobody was woken for.

The broker is a list in this process; everything else is the product's own.
"""

import datetime as dt
import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from intake import tasks
from intake.models import InboundMessage
from scheduling.models import Professional
from tests.exam.clock import Clock

# A turn that failed comes back within 62 s; whoever waits longer was forgotten.
PATIENCE_SECONDS = 120


class World:
    """Time and wake-ups of one talk; `watch` is called after every task that may have said something."""

    def __init__(self, clock: Clock, *, watch: Callable[[], None]) -> None:
        self.clock, self._watch = clock, watch
        self._due: list[tuple[dt.datetime, int, Any, tuple[int, ...]]] = []
        self._count = itertools.count()

    def wake(self, task: Any, *args: int, after: float = 0.0) -> None:
        """Take the place of `tasks.wake`: note what is to run and when."""
        when = self.clock.now + dt.timedelta(seconds=after)
        heapq.heappush(self._due, (when, next(self._count), task, args))

    def run_until(self, moment: dt.datetime) -> None:
        """Let the workers do what is due, each thing at its time."""
        while self._due and self._due[0][0] <= moment:
            when, _, task, args = heapq.heappop(self._due)
            self.clock.go_to(when)
            task(*args)
            self._watch()
        self.clock.go_to(moment)

    def settle(self, professional: Professional) -> None:
        """Let the workers finish; what waits for a second try is found by the sweeps."""
        until = self.clock.now + dt.timedelta(seconds=PATIENCE_SECONDS)
        self.run_until(self.clock.now)
        while self._is_open(professional) and self.clock.now < until:
            if self._due:
                self.run_until(self._due[0][0])
            else:
                self.run_until(self.clock.now + dt.timedelta(seconds=10))
                self.sweep()

    def pass_by(self, minutes: float) -> None:
        """Let time pass with beat's tasks at both ends; between them nothing happens."""
        self.run_until(self.clock.now + dt.timedelta(minutes=minutes / 2))
        self.sweep()
        self.run_until(self.clock.now + dt.timedelta(minutes=minutes / 2))
        self.sweep()

    def sweep(self) -> None:
        tasks.tidy()
        tasks.sweep()
        self._watch()
        self.run_until(self.clock.now)

    def _is_open(self, professional: Professional) -> bool:
        waiting = InboundMessage.objects.filter(conversation__professional=professional, status="pending")
        return bool(self._due) or waiting.exists()


@contextmanager
def living(clock: Clock, *, watch: Callable[[], None]) -> Iterator[World]:
    world = World(clock, watch=watch)
    with patch.object(tasks, "wake", world.wake):
        yield world
