"""A database of its own, with tables and no rows, for what counts instead of times."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import connection
from django.test.utils import setup_test_environment, teardown_test_environment


@contextmanager
def database() -> Iterator[None]:
    """Work in an empty database; it is gone afterwards, as are the cached counts."""
    setup_test_environment(debug=False)
    former = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        cache.clear()
        connection.creation.destroy_test_db(former, verbosity=0)
        teardown_test_environment()
