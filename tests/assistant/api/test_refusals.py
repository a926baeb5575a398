"""Every refusal has one shape, whatever was sent and wherever to."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from rest_framework.exceptions import APIException

from assistant.errors import LARGEST_BODY, ApiCode
from scheduling.models import Professional
from tests import cast
from tests.assistant.api.calling import APPOINTMENTS, code, post, program

pytestmark = pytest.mark.django_db

CLIENTS = "/api/v1/clients/"


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v2/clients/", "/api/", "/api/v1/clients/x/"])
@pytest.mark.parametrize("verb", ["GET", "POST", "DELETE"])
def test_path_that_is_not_there_is_told_as_json(verb: str, path: str) -> None:
    answer = Browser().generic(verb, path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/json"
    assert code(answer) == "not_found"


def test_forgotten_slash_is_said(caller: Browser) -> None:
    """A redirect would turn a booking into a reading."""
    answer: Any = post(caller, APPOINTMENTS.rstrip("/"))
    assert (answer.status_code, code(answer)) == (404, "not_found")
    assert "/" in answer.json()["error"]["hint"]


def test_refusals_of_the_framework_speak_the_callers_language() -> None:
    answer: Any = Browser(headers={"Accept-Language": "pt-BR"}).get(CLIENTS)
    assert answer.json()["error"]["message"] == "As credenciais de autenticação não foram fornecidas."


@pytest.mark.parametrize("path", [APPOINTMENTS, CLIENTS, "/api/v1/professional/"])
def test_what_can_be_read_can_be_asked_for_without_its_body(caller: Browser, path: str) -> None:
    answer = caller.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


def test_every_code_of_the_framework_is_one_of_the_vocabulary() -> None:
    kinds: list[type[APIException]] = [APIException, *APIException.__subclasses__()]
    assert {kind.default_code for kind in kinds} <= {*ApiCode}


def test_page_that_is_not_there_stays_a_page() -> None:
    answer = Browser().get("/nothing-here/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_verb_that_is_not_taken_is_refused(caller: Browser) -> None:
    answer = caller.delete(CLIENTS)
    assert (answer.status_code, code(answer)) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b"NaN", 400),
        (b"[1]", 400),
        (b'"text"', 400),
        (b"[" * 50_000, 400),
        (b'{"a":' * 15_000, 400),
        (b'{"service": ' + b"9" * 5_000 + b"}", 400),
        (b" " * 100_001, 413),
        (b'{"idempotency": "\\ud800"}', 400),
        (b'{"client": {"name": "\\u0000", "phone": "\\ud800"}, "service": 1, "starts_at": "\\u0000"}', 400),
    ],
    ids=lambda value: str(value)[:24],
)
def test_body_that_cannot_be_read_is_refused(caller: Browser, body: bytes, status: int) -> None:
    """I6, L8."""
    answer: Any = caller.post(APPOINTMENTS, body, content_type="application/json")
    assert answer.status_code == status
    assert answer.json()["ok"] is False


def test_body_that_django_itself_will_not_hold_is_told_the_same(caller: Browser) -> None:
    """I6."""
    sizes = (LARGEST_BODY + 1, settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    answers: list[Any] = [caller.post(APPOINTMENTS, b" " * size, content_type="application/json") for size in sizes]
    assert [(one.status_code, code(one)) for one in answers] == [(413, "too_large")] * 2
    assert answers[0].json() == answers[1].json()


def test_form_is_no_body(caller: Browser) -> None:
    answer: Any = caller.post(APPOINTMENTS, {"service": "1"})
    assert (answer.status_code, code(answer)) == (415, "unsupported_media_type")


@pytest.mark.parametrize("query", ["q=%00", "q=%ED%A0%80", "page=%00", "page=0", "page=9999999", "other=1", "q=a&q=b"])
def test_odd_question_is_refused(caller: Browser, query: str) -> None:
    """I2."""
    answer: Any = caller.get(f"{CLIENTS}?{query}")
    assert answer.status_code in (400, 404) or query == "q=%ED%A0%80"
    assert answer.status_code < 500


def test_login_without_a_practice_is_told_so(ana: Professional) -> None:
    cast.login("nobody@example.com")
    answer = program("nobody@example.com").get(CLIENTS)
    assert (answer.status_code, code(answer)) == (403, "no_practice")


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("?format=json", "*/*", "application/vnd.oai.openapi+json"),
        ("", "application/json", "application/json"),
        ("", "*/*", "application/vnd.oai.openapi"),
        ("?format=pdf", "image/png", "application/vnd.oai.openapi"),
    ],
)
def test_description_comes_in_the_form_that_is_asked_for(query: str, accept: str, kind: str) -> None:
    answer = Browser(headers={"accept": accept}).get(f"/api/schema/{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == kind
