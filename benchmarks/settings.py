"""The product's settings as a trial has them, over servers and data that belong to the benchmarks alone."""

import logging
import os
from pathlib import Path

from config import state

# Whatever a developer has set: the benchmarks empty the database that they run on.
for name in ("DATABASE_URL", "REDIS_URL", "GROQ_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SENTRY_DSN"):
    os.environ.pop(name, None)
os.environ["LOG_LEVEL"] = "ERROR"
# The other product has handlers of its own.
logging.disable(logging.WARNING)
# As in production: with DEBUG Django keeps every statement.
os.environ["DEBUG"] = "0"
os.environ.setdefault("SECRET_KEY", "of-the-benchmarks-alone")

if "SINETA_BENCH_STATE" not in os.environ:
    home = Path(state.folder()) / "bench"
    home.mkdir(mode=0o711, exist_ok=True)
    os.environ["SINETA_BENCH_STATE"] = os.environ["STATE_DIR"] = str(home)

from config.settings import *  # noqa: E402, F403

INSTALLED_APPS = [*INSTALLED_APPS, "phonenumber_field", "appointment"]  # noqa: F405
ALLOWED_HOSTS = ["127.0.0.1"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
