"""The product's settings as a trial has them, over servers and a state folder that belong to this run.

Runs at the same time (two terminals, or a run beside `make demo`) each take a state folder of their own.
The processes of one run share it: the first sets the environment that its workers inherit.
"""

import fcntl
import os
from pathlib import Path

from config import embedded, state


def claim_state(home: Path) -> str:
    """Return a state folder below `home` that nobody uses; it stays claimed until this process ends."""
    number = 0
    while True:
        folder = home / f"tests-{number}"
        folder.mkdir(mode=0o711, exist_ok=True)
        lock = os.open(folder / "claimed.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            number += 1
        else:
            return str(folder)


if "SINETA_TESTS_STATE" not in os.environ:
    os.environ["SINETA_TESTS_STATE"] = os.environ["STATE_DIR"] = claim_state(state.folder())

# What a developer has set for his own trial (credentials, a mail server, a port) is no business of the tests.
KEPT = {"DATABASE_URL", "REDIS_URL", "STATE_DIR"}
for line in (state.PROJECT / "config" / "settings.py").read_text().splitlines():
    _, found, rest = line.partition("env.")
    name = rest.partition('("')[2].partition('"')[0]
    if found and name not in KEPT:
        os.environ.pop(name, None)
os.environ["DEBUG"] = "1"

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Each of the run's worker processes has a pair of Valkey databases of its own.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
BROKER_URL, CACHE_URL = embedded.broker_and_cache(os.environ.get("REDIS_URL") or embedded.redis_url(), skip=2 * WORKER)
CELERY_BROKER_URL = BROKER_URL
CACHES["default"]["LOCATION"] = CACHE_URL  # noqa: F405
