"""Heartbeats of the workers and of beat: keys in the shared cache that die with whoever writes them.

A key that lives for a fixed time needs no clock to be compared: machines may disagree about the time by minutes.
"""

import time
from typing import Any

from celery import current_app
from django.core.cache import cache

QUEUES = ("turns", "delivery")
LIFE_SECONDS = 45
PAUSE_SECONDS = 5

_last: dict[str, float] = {}


def note_worker(**_signal: Any) -> None:
    """Celery's `heartbeat_sent`, every two seconds from a worker's main loop: its queues are being read."""
    for queue in current_app.amqp.queues.consume_from:
        _note(f"worker.{queue}")


def note_beat(sender: str = "", **_signal: Any) -> None:
    """Celery's `after_task_publish`: only beat publishes the sweep, and the broker has just taken it."""
    if sender == "intake.tasks.sweep":
        _note("beat")


def seconds_since(name: str) -> int | None:
    """Return the age of the heartbeat `worker.<queue>` or `beat`, None if it is older than LIFE_SECONDS."""
    left = cache.ttl(f"heartbeat.{name}")  # type: ignore[attr-defined]  # django-redis' own
    return LIFE_SECONDS - int(left) if left else None


def _note(name: str) -> None:
    now = time.monotonic()
    if now - _last.get(name, -PAUSE_SECONDS) < PAUSE_SECONDS:
        return
    _last[name] = now
    try:
        cache.set(f"heartbeat.{name}", "1", timeout=LIFE_SECONDS)
    except Exception:  # noqa: BLE001 - whatever the cache raises, the worker goes on working
        _last.pop(name, None)
