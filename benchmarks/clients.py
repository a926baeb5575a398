"""Clients side by side: processes, so that they do not wait for each other's interpreter, each with threads."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.pool import Pool
from typing import TypeVar

Argument = TypeVar("Argument")
Result = TypeVar("Result")


@contextmanager
def processes(count: int) -> Iterator[Pool]:
    """Keep so many processes with the product loaded; the servers stay those of this process."""
    pool = multiprocessing.get_context("spawn").Pool(count, initializer=_load)
    try:
        yield pool
    finally:
        pool.terminate()
        pool.join()


def _load() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()


def at_once(action: Callable[[Argument], Result], arguments: Sequence[Argument], *, start_at: float) -> list[Result]:
    """Call the action with each argument in a thread of its own, all at that moment of the wall clock."""
    results: list[Result] = []

    def run(argument: Argument) -> None:
        from django.db import connection

        connection.ensure_connection()
        time.sleep(max(start_at - time.time(), 0))
        try:
            results.append(action(argument))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(argument,)) for argument in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
