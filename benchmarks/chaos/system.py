"""The product's processes for a proof, with stand-ins of Twilio and Groq."""

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection

from benchmarks import load, processes
from benchmarks.chaos import people
from config import celery_app, state
from tests.standins import groq, twilio
from tests.standins.groq import GroqStandIn
from tests.standins.twilio import Behaviour, Sent, TwilioStandIn

PARTS = ("web", "turns", "delivery", "beat")


@dataclass
class System:
    """What runs: the stand-ins, and the environment in which a process of the product finds them."""

    twilio: "Twilio"
    groq: "Model"
    environment: dict[str, str]

    @contextmanager
    def running(self, *parts: str, mortal: bool = False) -> Iterator[dict[str, int]]:
        """Run these parts; yields their process ids."""
        with ExitStack() as stack:
            pids = {
                part: stack.enter_context(processes.running(_command(part, mortal=mortal), **self.environment))
                for part in parts
            }
            if "web" in parts:
                processes.wait_for(lambda: load.answers(processes.PORT))
            yield pids


class Twilio(TwilioStandIn):
    """A stand-in that can be away: every connection breaks off."""

    is_away = False

    def take(self, form: dict[str, str]) -> tuple[Behaviour, Sent | None]:
        return (twilio.reset(), None) if self.is_away else super().take(form)

    def listed(self, query: dict[str, list[str]]) -> list[Sent]:
        if self.is_away:
            raise ConnectionResetError
        return super().listed(query)


class Model(GroqStandIn):
    """Likewise."""

    is_away = False

    def __init__(self) -> None:
        super().__init__(people.model)
        # Who dies in the middle of a request leaves half of it behind.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]

    def respond(self, body: groq.Body) -> groq.Response:
        return groq.reset() if self.is_away else super().respond(body)


@contextmanager
def standing(*, guided: bool = False, **environment: str) -> Iterator[System]:
    """Empty database, broker and notes, and run the stand-ins; without a key every answer is guided."""
    _empty()
    with Model() as model, Twilio() as phone:
        found = {"GROQ_BASE_URL": model.url, "TWILIO_API_BASE_URL": phone.url, "CHAOS_FOLDER": _notes()}
        if not guided:
            found["GROQ_API_KEY"] = "of-the-stand-in"
        os.environ["CHAOS_FOLDER"] = found["CHAOS_FOLDER"]
        yield System(phone, model, found | environment)


def _command(part: str, *, mortal: bool) -> Sequence[str]:
    command = processes.command(part)
    if not mortal:
        return command
    # python -m celery -A config worker …, python -m granian …
    python, module, program, *arguments = command
    arguments = arguments[2:] if program == "celery" else arguments
    return [python, module, "benchmarks.chaos.mortal", program, *arguments]


def kill(pid: int) -> None:
    """Kill -9 what a mortal part's process runs; it is there again in a moment."""
    for child in processes.with_children([pid])[:0:-1]:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _notes() -> str:
    folder = state.folder() / "deaths"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return str(folder)


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE scheduling_professional, intake_conversation, intake_recovery RESTART IDENTITY CASCADE"
        )
    cache.clear()
    with celery_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        channel.client.flushdb()
