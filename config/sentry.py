"""The only file that knows Sentry: error reports, only with SENTRY_DSN, and without anything of anybody.

A report says which line of which release failed, in which task or on which route. Requests, users, breadcrumbs,
values of variables and the texts of exceptions stay here: any of them may quote a message or a number.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.types import Event, Hint

from config import logs

# What may leave of an event; everything else is dropped, also what a later version of the SDK adds.
KEPT = frozenset(
    {
        "event_id",
        "timestamp",
        "level",
        "platform",
        "exception",
        "logger",
        "transaction",
        "environment",
        "release",
        "sdk",
    }
)
KEPT_OF_FRAMES = frozenset({"filename", "abs_path", "function", "module", "lineno", "in_app"})


def start(dsn: str) -> None:
    """Report unhandled errors of web, workers and commands to the DSN; without one do nothing."""
    if dsn:
        sentry_sdk.init(**options(dsn))


def options(dsn: str) -> dict[str, Any]:
    """Return the SDK's options."""
    return {
        "dsn": dsn,
        # `send_default_pii` is off by itself; the SDK warns of the name, and `strip` is stricter than it.
        "max_request_body_size": "never",
        "include_local_variables": False,
        "include_source_context": False,
        "max_breadcrumbs": 0,
        "auto_session_tracking": False,
        "server_name": "",
        # Else every request to Groq and Twilio would carry a number of ours.
        "trace_propagation_targets": [],
        "before_send": strip,
    }


def strip(event: Event, hint: Hint) -> Event | None:  # noqa: ARG001 - the SDK's signature
    """Return the event with classes, frames and the route alone."""
    kept: dict[str, Any] = {name: value for name, value in event.items() if name in KEPT}
    for error in kept.get("exception", {}).get("values") or []:
        error["value"] = ""
        for name in set(error) - {"type", "module", "value", "mechanism", "stacktrace"}:
            del error[name]
        trace = error.get("stacktrace") or {}
        trace["frames"] = [
            {name: value for name, value in frame.items() if name in KEPT_OF_FRAMES}
            for frame in trace.get("frames", [])
        ]
        error["stacktrace"] = trace
    if "exception" not in kept:
        # A line of the log without an exception: its template may have been filled with anything.
        kept["message"] = logs.hide(str((event.get("logentry") or {}).get("message", "")))
    return kept  # type: ignore[return-value]  # a TypedDict of the same names
