"""Backup and restore, with PostgreSQL's own programs on a database of its own."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from config import state
from config.management.commands import restore
from intake.models import OutboundMessage
from tests import cast
from tests.intake import phone

PIPE_OUT, PIPE_IN = ([sys.executable, "manage.py", command, "-"] for command in ("backup", "restore"))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def spare(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment of an empty database beside the test's."""
    name = f"{connection.settings_dict['NAME']}_spare"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    path, _, query = environment["DATABASE_URL"].partition("?")
    yield environment | {"DATABASE_URL": f"{path.rpartition('/')[0]}/{name}?{query}"}
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def manage(*words: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=state.PROJECT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own command


def rows(environment: dict[str, str]) -> tuple[int, int]:
    path, _, query = environment["DATABASE_URL"].partition("?")
    words = dict(pair.split("=") for pair in query.split("&"))
    with psycopg.connect(dbname=path.rpartition("/")[2], host=words["host"], user=words["user"]) as database:
        counted = "SELECT (SELECT count(*) FROM scheduling_appointment), (SELECT count(*) FROM pg_constraint)"
        found: tuple[int, int] = database.execute(counted).fetchone()  # type: ignore[assignment]  # always one row
    return found


def test_what_was_saved_is_restored_with_its_constraints(
    environment: dict[str, str], spare: dict[str, str], tmp_path: Path
) -> None:
    cast.booked(cast.caio(cast.ana()), cast.next_weekday(3))
    dump = tmp_path / "sineta.dump"
    call_command("backup", str(dump))
    done = manage("restore", str(dump), environment=spare)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(spare) == rows(environment)
    assert dump.stat().st_mode & 0o077 == 0
    again = manage("restore", str(dump), environment=spare)
    assert "not empty" in again.stderr
    assert manage("restore", str(dump), "--replace", environment=spare).returncode == 0


def test_copy_goes_through_a_pipe(environment: dict[str, str], spare: dict[str, str]) -> None:
    cast.booked(cast.caio(cast.ana()), cast.next_weekday(3))
    saved = subprocess.run(PIPE_OUT, cwd=state.PROJECT, env=environment, capture_output=True, check=True)  # noqa: S603 - our own command
    subprocess.run(PIPE_IN, cwd=state.PROJECT, env=spare, input=saved.stdout, capture_output=True, check=True)  # noqa: S603 - our own command
    assert rows(spare) == rows(environment)


def test_messages_that_were_on_their_way_are_not_sent_again() -> None:
    talk = phone.talk(cast.ana())
    later = timezone.now() + timedelta(hours=1)
    due, sending, reminder = (
        phone.said(talk, "Oi", status=status, due_at=due_at)
        for status, due_at in (("pending", timezone.now()), ("sending", timezone.now()), ("pending", later))
    )
    assert restore.drop_stale() == 2
    statuses = dict(OutboundMessage.objects.values_list("pk", "status"))
    assert statuses == {due.pk: "dropped", sending.pk: "dropped", reminder.pk: "pending"}


def test_restore_that_fails_changes_nothing(spare: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.dump"
    broken.write_bytes(b"no copy of anything")
    done = manage("restore", str(broken), environment=spare)
    assert done.returncode == 1
    assert "pg_restore" in done.stderr
    assert "Traceback" not in done.stderr


def test_backup_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("backup", str(tmp_path / "missing" / "sineta.dump"))
    assert list(tmp_path.iterdir()) == []
