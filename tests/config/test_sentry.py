"""Error reports: only with a DSN, and nothing of anybody in them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.django import DjangoRequestExtractor
from sentry_sdk.transport import Transport

from config import sentry

DSN = "https://key@errors.example/1"
NAME, PHONE, TEXT = "Canária", "5511912345678", "palavrinha-secreta"


class Letterbox(Transport):
    """Keeps what would be sent."""

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        self.events: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.events += [item.payload.json for item in envelope.items if item.payload.json]


@pytest.fixture
def letterbox() -> Iterator[Letterbox]:
    """The product's options over a transport of our own, for this test's scope alone."""
    box = Letterbox()
    client = sentry_sdk.Client(**sentry.options(DSN) | {"transport": box, "default_integrations": False})
    with sentry_sdk.isolation_scope(), sentry_sdk.new_scope() as scope:
        scope.set_client(client)
        yield box
    client.close()


def request() -> WSGIRequest:
    return RequestFactory().post(f"/x?name={NAME}", {"Body": TEXT}, headers={"cookie": f"sessionid={TEXT}"})


def fail(body: str) -> None:
    raise ValueError(f"cannot read {body} of {NAME} +{PHONE}")


def test_report_holds_class_and_line_and_nothing_of_anybody(letterbox: Letterbox) -> None:
    """V6 for error reports: a whole request, a user, breadcrumbs, tags and local variables are there to leak."""
    scope = sentry_sdk.get_current_scope()
    scope.set_user({"email": NAME, "ip_address": "203.0.113.7"})
    scope.set_tag("name", NAME)
    scope.set_extra("body", TEXT)
    scope.set_context("request", {"data": DjangoRequestExtractor(request()).parsed_body()})
    sentry_sdk.add_breadcrumb(message=TEXT)
    try:
        fail(TEXT)
    except ValueError as error:
        scope.capture_exception(error)
    [event] = letterbox.events
    [raised] = event["exception"]["values"]
    assert (raised["type"], raised["stacktrace"]["frames"][-1]["function"]) == ("ValueError", "fail")
    assert not [canary for canary in (NAME, PHONE, TEXT, "203.0.113.7") if canary in json.dumps(event)]


def test_request_of_an_event_never_leaves() -> None:
    """V6: whatever an integration puts into the event."""
    event: Any = {"level": "error", "request": {"data": TEXT, "cookies": TEXT}, "user": {"id": 1}, "spans": [TEXT]}
    stripped: Any = sentry.strip(event, {})
    assert set(stripped) == {"level", "message"}


def test_line_of_the_log_is_reported_as_its_template() -> None:
    event: Any = {"logentry": {"message": f"%s wrote to +{PHONE}", "params": [NAME], "formatted": f"{NAME} wrote"}}
    assert sentry.strip(event, {}) == {"message": "%s wrote to [hidden]"}


def test_without_a_dsn_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: started.append(options))
    sentry.start("")
    assert started == []
    sentry.start(DSN)
    assert started[0]["dsn"] == DSN
    assert started[0]["before_send"] is sentry.strip
    assert started[0]["trace_propagation_targets"] == []
