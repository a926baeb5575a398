"""The exam's databases: one with all tables and its own time, copied for every process."""

import os

import psycopg
from django.core.management import call_command
from django.db import connection

from tests.exam import clock


def prepare(copies: int) -> list[str]:
    """Make the databases anew, the first by the migrations and the others as copies; return their names."""
    first = connection.settings_dict["NAME"]
    run = f"exam_{os.getpid()}"
    names = [f"{run}_{number}" for number in range(copies)]
    connection.settings_dict["NAME"] = names[0]
    _serve(f'CREATE DATABASE "{names[0]}"')
    with connection.cursor() as cursor:
        cursor.execute(clock.FUNCTIONS)
    call_command("migrate", verbosity=0)
    connection.close()
    for name in names[1:]:
        _serve(f'CREATE DATABASE "{name}" TEMPLATE "{names[0]}"')
    connection.settings_dict["NAME"] = first
    return names


def drop(names: list[str]) -> None:
    connection.close()
    for name in names:
        _serve(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _serve(statement: str) -> None:
    """Run a statement that no transaction and none of these databases may be around."""
    told = connection.get_connection_params() | {"dbname": "postgres"}
    known = {name: told[name] for name in ("dbname", "user", "password", "host", "port") if told.get(name)}
    with psycopg.connect(**known, autocommit=True) as server:
        server.execute(statement)
