"""Log lines: JSON for machines outside DEBUG, readable in it, and never a name, a phone or somebody's words.

Every logger of the process (Django's, Celery's, granian's, our own) ends in one handler with one formatter. Only
row ids and the fields below pass from `extra`; an exception is told by its class and its frames, since its text
may quote a row, a form or an address (PostgreSQL's "Key (address)=(…)", pydantic's "input_value=…").
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars
from structlog.typing import EventDict, Processor

logger = logging.getLogger(__name__)

# What `extra` may add to a line: row ids, and what a request or task was like.
KEPT = frozenset(
    {"conversation", "turn", "outbox", "appointment", "method", "route", "status", "milliseconds", "task", "task_id"}
)
# At DEBUG these print bodies, headers or query parameters: they stay quiet whatever LOG_LEVEL says.
TALKATIVE = ("django.db.backends", "django.template", "groq", "httpcore", "httpx", "twilio", "urllib3", "kombu", "amqp")
# Their text is about our own program or our own servers, not about anybody's data.
HARMLESS = (AttributeError, ImportError, NameError, RecursionError, ConnectionError, TimeoutError, OperationalError)
MOST_FRAMES = 15
LONGEST_EVENT = 2000
REQUEST_HEADER = "sineta_request"

# Anything that looks like a channel address, a phone number or an e-mail address.
_PERSONAL = re.compile(r"\b(?:whatsapp|api):[^\s\"'),]+|\+\d[\d ().-]{6,17}\d|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]+")
_PROJECT = Path(__file__).resolve().parent.parent


def configuration(*, readable: bool, level: str) -> dict[str, Any]:
    """Return the dictionary for `logging.config`; `readable` means lines for a person instead of JSON."""
    quiet = {name: {"level": "WARNING"} for name in TALKATIVE}
    # Named with no handlers of their own, so that what their libraries installed before is removed.
    plain = {name: {"handlers": [], "level": level, "propagate": True} for name in ("django", "celery", "_granian")}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "config.logs.formatter", "readable": readable}},
        "filters": {"without_texts": {"()": "config.logs.WithoutTexts"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_texts"]},
        },
        "root": {"handlers": ["console"], "level": level},
        # A line for each task received says nothing that the line of its end does not.
        "loggers": quiet | plain | {"celery.worker.strategy": {"level": "WARNING"}},
    }


def formatter(*, readable: bool) -> logging.Formatter:
    """Return the formatter of every line."""
    last: list[Processor] = (
        [_as_text, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())] if readable else [_as_json()]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=KEPT),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            explain,
            mask,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )


def explain(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its class, those it came from, and its frames."""
    error = _exception(event.pop("exc_info", None))
    if error is not None:
        event["error"] = describe(error)
        event["where"] = frames(error.__traceback__)
    return event


def mask(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Hide what looks like a person's address in a line that somebody else's code wrote."""
    # Cut twice: before, because searching costs time; after, so that no half of an address is left at the end.
    event["event"] = hide(str(event.get("event", ""))[: LONGEST_EVENT + 100])[:LONGEST_EVENT]
    return event


def hide(text: str) -> str:
    """Return the text without phone numbers, channel addresses and e-mail addresses."""
    return _PERSONAL.sub("[hidden]", text)


def describe(error: BaseException) -> str:
    """Return the classes of an exception and of those behind it; its text only where that cannot quote anybody."""
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(parts) < 5:
        text = hide(str(cause))[:200] if isinstance(cause, HARMLESS) else ""
        parts.append(f"{type(cause).__module__}.{type(cause).__qualname__}{f': {text}' if text else ''}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return " < ".join(parts)


def frames(traceback: TracebackType | None) -> list[str]:
    """Return `file:line function` of each frame, the innermost last, without the values in them."""
    found: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        found.append(f"{_short(code.co_filename)}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return found[-MOST_FRAMES:]


class WithoutTexts(logging.Filter):
    """Takes the exception's text and traceback out of Celery's line about a failed task; `exc_info` stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "celery.app.trace" and isinstance(record.args, Mapping) and "exc" in record.args:
            kind = str(record.args["exc"]).partition("(")[0]
            record.args = dict(record.args) | {"exc": kind, "traceback": ""}
        return True


def tell_requests(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: a number for each request on all its lines and its response, and one line at its end.

    The line names the route, not the path, which may hold an id or a token; nor the peer's address.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        clear_contextvars()
        number = uuid4().hex[:16]
        bind_contextvars(request=number)
        started = time.monotonic()
        response = get_response(request)
        response["X-Request-ID"] = number
        match = request.resolver_match
        facts = {"method": request.method, "route": match.route if match else "-", "status": response.status_code}
        spent = round((time.monotonic() - started) * 1000)
        logger.info("request", extra=facts | {"milliseconds": spent})
        return response

    return middleware


def pass_on_request(headers: dict[str, Any] | None = None, **_kwargs: Any) -> None:
    """Celery's `before_task_publish`: send the request's number along, so that a turn can be traced to its webhook."""
    number = get_contextvars().get("request")
    if number and headers is not None:
        headers[REQUEST_HEADER] = number


def bind_task(task_id: str = "", task: Any = None, args: Any = (), **_kwargs: Any) -> None:
    """Celery's `task_prerun`: name the task on all its lines, and the conversation if it answers one."""
    clear_contextvars()
    bind_contextvars(task_id=task_id, task=task.name)
    if number := getattr(task.request, REQUEST_HEADER, None):
        bind_contextvars(request=number)
    if task.name == "intake.tasks.reply" and args:
        bind_contextvars(conversation=args[0])


def _as_json() -> Processor:
    return structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True)


def _as_text(_logger: Any, _method: str, event: EventDict) -> EventDict:
    if where := event.pop("where", None):
        event["exception"] = "\n".join(f"    {line}" for line in where)
    return event


def _exception(exc_info: Any) -> BaseException | None:
    if exc_info is True:
        return sys.exc_info()[1]
    found = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    return found if isinstance(found, BaseException) else None


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_PROJECT) and ".venv" not in path.parts:
        return str(path.relative_to(_PROJECT))
    return filename.rpartition("site-packages/")[2]
