"""Questions to servers that may hang: each runs in a thread of its own, and at most one of a name at a time.

No client's time-out bounds name look-up, connecting, asking and reading together; waiting for a thread does. The
thread that is left behind is joined by the next who asks, so a server that hangs holds one thread, not one a visitor.
"""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from threading import Lock, Thread
from typing import Any

from django.db import connection

_running: dict[str, "Future[Any]"] = {}
_lock = Lock()


def ask(name: str, question: Callable[[], Any]) -> "Future[Any]":
    """Ask in a thread, or join whoever is asking the same; `result(timeout=…)` of what is returned is the answer."""
    with _lock:
        running = _running.get(name)
        if running is None or running.done():
            running = _running[name] = Future()
            Thread(target=_work, args=(running, question), name=f"probe-{name}", daemon=True).start()
        return running


def _work(result: "Future[Any]", question: Callable[[], Any]) -> None:
    try:
        # Django's connection is one a thread, and this thread ends.
        with closing(connection):
            found = question()
    except Exception as error:  # noqa: BLE001 - handed over to whoever asked
        result.set_exception(error)
    else:
        result.set_result(found)
