"""Plays talks in several processes, each with a database of its own."""

import itertools
import logging
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tests.exam import database

Part = tuple[str, str, int]


@dataclass(frozen=True)
class Result:
    """What became of one talk; plain data that travels between processes."""

    key: str
    way: str
    run: int
    faults: dict[str, list[str]]
    transcript: str
    calls: int
    prompt_characters: int
    seconds: float


def run(parts: Sequence[Part], processes: int) -> list[Result]:
    """Play all parts; the same part is the same talk whichever process plays it."""
    names = database.prepare(processes)
    spawn = multiprocessing.get_context("spawn")
    queue: Any = spawn.SimpleQueue()
    for name in names:
        queue.put(name)
    connection.close()
    try:
        with ProcessPoolExecutor(processes, mp_context=spawn, initializer=_begin, initargs=(queue,)) as pool:
            return list(_told(pool.map(_play, parts, chunksize=4), len(parts)))
    finally:
        database.drop(names)


def _told(results: Iterator[Result], total: int) -> Iterator[Result]:
    for count, result in zip(itertools.count(1), results, strict=False):
        if sys.stderr.isatty() or count % 200 == 0:
            sys.stderr.write(f"\r{count} of {total} talks")
            sys.stderr.flush()
        yield result
    sys.stderr.write("\n")


# Open for as long as the process lives.
_stack = ExitStack()
_house: Any = None


def _begin(queue: Any) -> None:
    """Set a process up: the database that is its own, and stand-ins."""
    global _house
    os.environ["EXAM_DATABASE"] = queue.get()
    logging.disable(logging.CRITICAL)
    import django

    django.setup()
    from tests.exam import play

    _house = _stack.enter_context(play.theatre())


def _play(part: Part) -> Result:
    import time

    from tests.exam import play
    from tests.exam.personas import PERSONAS

    key, way, number = part
    started = time.perf_counter()
    talk = play.play(PERSONAS[key], way=way, run=number, house=_house)
    faults = {policy.value: found for policy, found in talk.faults.items() if found}
    seconds = time.perf_counter() - started
    return Result(key, way, number, faults, talk.transcript(), talk.calls, talk.prompt_characters, seconds)
