"""The tests' settings over a database of the exam's own, in which PostgreSQL tells the exam's time."""

import os
import warnings

from tests.settings import *  # noqa: F403
from tests.standins import twilio as standins

DATABASES["default"]["NAME"] = os.environ.get("EXAM_DATABASE", "exam_0")  # noqa: F405
# Functions of the schema `public` go before PostgreSQL's own of that name: see `tests/exam/clock.py`.
_OPTIONS = {"lock_timeout": "2000", "search_path": "public,pg_catalog", "synchronous_commit": "off"}
DATABASES["default"]["OPTIONS"]["options"] = " ".join(f"-c {name}={value}" for name, value in _OPTIONS.items())  # noqa: F405
# Each process has a cache of its own, whose keys grow old by the exam's clock.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

DEBUG = False
ALLOWED_HOSTS = ["testserver"]
LOGGING_CONFIG = None
warnings.filterwarnings("ignore", message="No directory at")  # pages are not asked for
TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
GROQ_API_KEY, GROQ_MODELS = "gsk_exam", ["openai/gpt-oss-120b", "openai/gpt-oss-20b"]
