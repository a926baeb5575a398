"""PostgreSQL is restarted in the middle of a turn: a real server of its own, a real worker, one answer."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import environ
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from pytest_django import DjangoDbBlocker

from config import embedded
from intake import inbox, tasks, twilio
from intake.models import Conversation, InboundMessage, OutboundMessage, Turn
from tests import cast
from tests.config.test_embedded import User, processes, state_folder
from tests.intake.test_pipeline import until, worker
from tests.standins import groq
from tests.standins import twilio as standins
from tests.standins.groq import GroqStandIn
from tests.standins.twilio import TwilioStandIn, payload

pytestmark = pytest.mark.timeout(90)


@pytest.fixture(scope="module")
def folder(servers: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """A PostgreSQL that nobody else uses, migrated; this process's rows are read and written there."""
    with state_folder() as folder, pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("STATE_DIR", str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("REDIS_URL", raising=False)
        with User() as user:
            user.wait_ready()
            theirs = environ.Env.db_url_config(embedded.database_url())
            connection.close()
            options = connection.settings_dict["OPTIONS"] | theirs["OPTIONS"]
            for name, value in (("NAME", theirs["NAME"]), ("OPTIONS", options)):
                patch.setitem(connection.settings_dict, name, value)
            call_command("migrate", verbosity=0)
            yield folder
            connection.close()


@pytest.fixture
def twilio_server() -> Iterator[TwilioStandIn]:
    with TwilioStandIn() as running:
        yield running


@pytest.fixture
def environment(folder: Path, real_broker: str, twilio_server: TwilioStandIn) -> Iterator[dict[str, str]]:
    """The environment of a worker over that server and this test's broker."""
    yield os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": embedded.database_url(),
        "REDIS_URL": settings.BROKER_URL,
        "DEBUG": "1",
        "TWILIO_ACCOUNT_SID": standins.ACCOUNT,
        "TWILIO_AUTH_TOKEN": standins.TOKEN,
        "TWILIO_API_BASE_URL": twilio_server.url,
        "GROQ_API_KEY": "gsk_test",
    }
    call_command("flush", interactive=False, verbosity=0)


def restart(folder: Path, *, log: Path) -> None:
    """Let PostgreSQL end all sessions and stop, as for an upgrade; its keeper starts it again."""
    old = min(processes(folder, named="bin/postgres"))
    os.kill(old, signal.SIGINT)
    until(lambda: old not in processes(folder) and answers(), log=log)


def answers() -> bool:
    connection.close()
    try:
        return Turn.objects.count() >= 0
    except DatabaseError:
        return False


def write(text: str) -> None:
    """Store Caio's message as the webhook does and wake the worker."""
    stored = inbox.receive(twilio.parse(payload("text", Body=text)))
    assert stored is not None
    tasks.wake(tasks.reply, stored.conversation_id, after=stored.due_in)


def is_answered(server: TwilioStandIn) -> bool:
    return bool(server.sent) and not OutboundMessage.objects.exclude(status="sent").exists()


def test_restart_while_the_model_thinks_loses_and_doubles_nothing(
    folder: Path, environment: dict[str, str], twilio_server: TwilioStandIn, tmp_path: Path
) -> None:
    """D10: the answer is written by the next try, some seconds later."""
    log = tmp_path / "worker.log"
    cast.ana()
    with (
        GroqStandIn(lambda _: replace(groq.text("Como posso ajudar?"), hang=1)) as model,
        worker(environment | {"GROQ_BASE_URL": model.url}, log=log),
    ):
        write("Vocês atendem adolescentes?")
        until(lambda: model.requests, log=log)
        restart(folder, log=log)
        until(lambda: is_answered(twilio_server), log=log)
    assert len(twilio_server.sent) == Turn.objects.count() == 1
    assert (InboundMessage.objects.get().status, Conversation.objects.get().lease) == ("done", None)


def test_restart_while_the_turn_is_written_loses_and_doubles_nothing(
    folder: Path, environment: dict[str, str], twilio_server: TwilioStandIn, tmp_path: Path
) -> None:
    """D10: the turn's row stands in the transaction that ends; the next try writes the only one."""
    log = tmp_path / "worker.log"
    cast.ana()
    with worker(environment | {"GROQ_API_KEY": ""}, log=log):
        with closing(psycopg.connect(embedded.database_url())) as other:
            other.execute("LOCK TABLE intake_outboundmessage IN EXCLUSIVE MODE")
            write("Oi")
            until(lambda: other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone(), log=log)
            restart(folder, log=log)
        until(lambda: is_answered(twilio_server), log=log)
    assert len(twilio_server.sent) == Turn.objects.count() == OutboundMessage.objects.count() == 1
    assert InboundMessage.objects.get().status == "done"
