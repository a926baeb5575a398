"""What `manage.py` says about the settings of a production: nothing when they are right, one sentence when not."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from config import state

PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "oHq0Zr7p3l2gk8vV1xYtM5nB9cW4sD6fJ0aKuE7iRhTzLqXyGmP2",
    "ALLOWED_HOSTS": "sineta.example",
    "PUBLIC_BASE_URL": "https://sineta.example",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
    "DATABASE_URL": "postgres://sineta:secret@db/sineta",
    "REDIS_URL": "redis://valkey:6379",
}
SHOW = (
    "import json, sys; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in sys.argv[1:]]))"
)


def run(*command: str, **changes: str | None) -> "subprocess.CompletedProcess[str]":
    """Run Python with the settings of a production; a change to None unsets one."""
    known = {*PRODUCTION, "TRUSTED_PROXY", "SENTRY_DSN", "HSTS_SECONDS"}
    kept = {name: value for name, value in os.environ.items() if name not in known}
    chosen = {name: value for name, value in (PRODUCTION | changes).items() if value is not None}
    environment = kept | chosen | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    done = [sys.executable, *command]
    return subprocess.run(done, cwd=state.PROJECT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own command


def check(**changes: str | None) -> "subprocess.CompletedProcess[str]":
    return run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **changes)


def values(*names: str, **changes: str | None) -> list[Any]:
    found: list[Any] = json.loads(run("-c", SHOW, *names, **changes).stdout)
    return found


def test_production_passes_the_checks_of_a_deployment() -> None:
    done = check()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (2 silenced).\n"


def test_production_with_error_reports_and_a_proxy_passes_as_well() -> None:
    assert check(SENTRY_DSN="https://key@errors.example/1", TRUSTED_PROXY="1").returncode == 0


def test_missing_secret_is_one_clear_sentence() -> None:
    done = run("manage.py", "check", SECRET_KEY=None)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("SECRET_KEY is missing: set it to a long random text")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"PUBLIC_BASE_URL": "http://sineta.example"}, "intake.E002"),
        ({"PUBLIC_BASE_URL": "https://sineta.example/app"}, "intake.E004"),
        ({"ALLOWED_HOSTS": "other.example"}, "intake.W003"),
        ({"TWILIO_AUTH_TOKEN": None}, "intake.E001"),
        ({"DATABASE_URL": None}, "intake.W002"),
        ({"REDIS_URL": None}, "intake.W002"),
        ({"SECRET_KEY": "short"}, "security.W009"),
    ],
)
def test_wrong_setting_is_named(changes: dict[str, str | None], said: str) -> None:
    """W2 for the address: a start-up says so, not each message."""
    done = check(**changes)
    assert done.returncode == 1
    assert said in done.stderr


def test_cookies_redirect_and_hsts_are_on_over_https() -> None:
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS")
    assert values(*names) == [True, True, True, 31_536_000]
    assert values("SECURE_HSTS_SECONDS", HSTS_SECONDS="60") == [60]


def test_forwarded_scheme_is_believed_only_from_a_proxy_that_was_named() -> None:
    """Without a proxy anybody could send the header."""
    assert values("SECURE_PROXY_SSL_HEADER") == [None]
    assert values("SECURE_PROXY_SSL_HEADER", TRUSTED_PROXY="1") == [["HTTP_X_FORWARDED_PROTO", "https"]]


def test_trial_needs_no_setting_at_all() -> None:
    unset = dict.fromkeys(PRODUCTION)
    assert run("manage.py", "check", **unset).returncode == 0
    assert values("DEBUG", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", **unset) == [True, 0, False]
