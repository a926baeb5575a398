"""A database of its own, with tables and no rows, for what counts instead of times."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_test_environment, teardown_test_environment

from benchmarks import data


@contextmanager
def database() -> Iterator[None]:
    """Work in an empty database; it is gone afterwards, as are the cached counts.

    Not Django's test database, which makes the tables of the peer, who has no migrations, before those they refer to.
    """
    former = connection.settings_dict["NAME"]
    fresh = f"{former}_empty"
    setup_test_environment(debug=False)
    data.run(f'DROP DATABASE IF EXISTS "{fresh}" WITH (FORCE)')
    data.run(f'CREATE DATABASE "{fresh}"')
    _turn_to(fresh)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
        yield
    finally:
        cache.clear()
        _turn_to(former)
        data.run(f'DROP DATABASE IF EXISTS "{fresh}" WITH (FORCE)')
        teardown_test_environment()


def _turn_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
