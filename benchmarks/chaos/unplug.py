"""What dies or goes away in a running system while messages come in: web, beat, PostgreSQL, Valkey, Twilio, Groq."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from benchmarks.chaos import crash, mortal, people, servers, system, verdict
from benchmarks.chaos.people import Person
from benchmarks.chaos.table import Row
from benchmarks.chaos.talk import Talk
from benchmarks.processes import wait_for
from config import celery_app
from intake.models import InboundMessage

EACH = 50
# First messages a second.
RATE = 4.0
AWAY_SECONDS = 8
PAUSE_SECONDS = 2
# A message that found no web server comes back from Twilio's list after one to two minutes.
PATIENCE_SECONDS = 600


@dataclass
class Trouble:
    """What happens while a group of clients writes, and how it is told."""

    told: str
    happening: Callable[[], Iterator[None]]
    group: list[Person]


def measure() -> list[Row]:
    """Return a row for each trouble; all of them in one system, one after the other."""
    with system.standing() as running, running.running(*system.PARTS, mortal=True) as pids:
        dying = {point: people.clients(people.professional(point), EACH) for point in mortal.WEB_POINTS}
        troubles = [_trouble(told, happening) for told, happening in _happenings(running, pids).items()]
        groups = [*dying.values(), *(trouble.group for trouble in troubles)]
        with Talk(running.twilio, [person for group in groups for person in group]) as talk:
            for group in dying.values():
                # Slowly: who finds no web server cannot kill it.
                talk.begin(group, rate=RATE / 2)
            for trouble in troubles:
                time.sleep(PAUSE_SECONDS)
                with contextmanager(trouble.happening)():
                    talk.begin(trouble.group, rate=RATE)
            talk.wait(seconds=PATIENCE_SECONDS)
        connection.close()
        rows = [crash.row(point, group, running) for point, group in dying.items()]
        return rows + [_row(trouble, talk, running) for trouble in troubles]


def _trouble(told: str, happening: Callable[[], Iterator[None]]) -> Trouble:
    profession = mortal.POSTGRES_POINT if happening is _mid_transaction else told
    return Trouble(told, happening, people.clients(people.professional(profession[:60]), EACH))


def _happenings(running: system.System, pids: dict[str, int]) -> dict[str, Callable[[], Iterator[None]]]:
    away = f"away for {AWAY_SECONDS} s"
    return {
        "beat killed every 3 s": lambda: _repeatedly(lambda: system.kill(pids["beat"]), every=3),
        "Valkey killed every 3 s": lambda: _repeatedly(servers.VALKEY.pull, every=3),
        "Valkey emptied every second": lambda: _repeatedly(_empty_valkey, every=1),
        "PostgreSQL killed in the middle of turns": _mid_transaction,
        f"PostgreSQL {away}": lambda: _pulled(servers.POSTGRES),
        f"Valkey {away}": lambda: _pulled(servers.VALKEY),
        f"Twilio {away}": lambda: _is_away(running.twilio),
        f"Groq {away}": lambda: _is_away(running.groq),
    }


def _row(trouble: Trouble, talk: Talk, running: system.System) -> Row:
    statuses = [
        status for person in trouble.group for form in person.forms for status in talk.statuses[form["MessageSid"]]
    ]
    refused, unstored = sum(status == 503 for status in statuses), _acknowledged_unstored(trouble.group, talk)
    more = f"; {refused} answers 503, {unstored} of 200 without a row"
    kills = mortal.deaths(mortal.POSTGRES_POINT) if trouble.happening is _mid_transaction else 0
    told = f"{trouble.told}, {kills} times" if kills else trouble.told
    return verdict.row(told, trouble.group, running.twilio, also=not unstored, more=more)


def _acknowledged_unstored(group: list[Person], talk: Talk) -> int:
    """Return how many messages were answered 200 and yet had to be fetched: Twilio's list tells whole seconds."""
    told = [form["MessageSid"] for person in group for form in person.forms if 200 in talk.statuses[form["MessageSid"]]]
    moments = InboundMessage.objects.filter(provider_sid__in=told).values_list("received_at", flat=True)
    return sum(not moment.microsecond for moment in moments) + len(told) - len(moments)


def _repeatedly(hit: Callable[[], object], *, every: float) -> Iterator[None]:
    over = threading.Event()

    def work() -> None:
        while not over.wait(every):
            hit()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


def _empty_valkey() -> None:
    with celery_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        channel.client.flushall()


def _mid_transaction() -> Iterator[None]:
    """The workers do it, at a point of theirs."""
    yield


def _pulled(server: servers.Server) -> Iterator[None]:
    """Keep it away at the beginning of what happens meanwhile."""
    server.is_wanted = False
    server.pull()
    back = threading.Timer(AWAY_SECONDS, setattr, [server, "is_wanted", True])
    back.start()
    yield
    back.join()
    wait_for(server.answers)


def _is_away(party: system.Twilio | system.Model) -> Iterator[None]:
    party.is_away = True
    back = threading.Timer(AWAY_SECONDS, setattr, [party, "is_away", False])
    back.start()
    yield
    back.join()
