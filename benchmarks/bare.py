"""The webhook without a framework: the baseline's WSGI application.

It checks the same signature, issues the recorded statements of the product's webhook and pushes the recorded
message, with nothing in between.
"""

import os
import pickle
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import psycopg
import redis
from twilio.request_validator import RequestValidator

from benchmarks.recording import replay
from scheduling import phones

# Written a moment ago by webhooks.py into this run's own state folder.
PLAN: dict[str, Any] = pickle.loads(Path(os.environ["BENCH_PLAN"]).read_bytes())  # noqa: S301
ANSWER = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
_thread = threading.local()
_broker = redis.Redis(unix_socket_path=PLAN["valkey"])
_validator = RequestValidator(PLAN["token"])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one signed form."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    if not _validator.validate(PLAN["url"], form, environ.get("HTTP_X_TWILIO_SIGNATURE", "")):
        start_response("403 Forbidden", [("Content-Length", "0")])
        return []
    replay(_link(), PLAN["statements"], _changed(form))
    _broker.lpush("turns", PLAN["message"])
    start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(ANSWER)))])
    return [ANSWER]


def _changed(form: dict[str, str]) -> dict[Any, Any]:
    changed: dict[Any, Any] = dict(zip(phones.variants(PLAN["sender"]), phones.variants(form["From"]), strict=True))
    return changed | {PLAN["sender"]: form["From"], PLAN["sid"]: form["MessageSid"]}


def _link() -> "psycopg.Connection[Any]":
    if not hasattr(_thread, "link"):
        # As the product's: a message is one statement, which needs no transaction around it.
        _thread.link = psycopg.connect(**PLAN["database"], autocommit=True)
    link: psycopg.Connection[Any] = _thread.link
    return link
