"""The description of the interface is valid, and the interface does what it says: no 5xx, no way in without a key."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client as Browser
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance, response_schema_conformance

from assistant import keys
from scheduling.models import Professional
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

SCHEMA = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]  # type: ignore[union-attr]
BOUNDED = settings(
    max_examples=25,
    # What is found is reported as it is: looking for a smaller case takes minutes.
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the test's transaction open over requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def headers(ana: Professional, django_settings: Any) -> dict[str, str]:
    """Ana's key, which may call as often as it likes."""
    django_settings.API_REQUESTS_PER_MINUTE = 10**6
    django_settings.ALLOWED_HOSTS = ["localhost"]
    cast.on_record(cast.caio(ana), cast.next_weekday(2))
    return {"Authorization": f"Bearer {keys.issue(ana, name='Site', user=ana.user)[1]}"}


@pytest.fixture
def django_settings(settings: Any) -> Any:
    # Hypothesis has settings of its own.
    return settings


def test_description_is_valid_and_complete() -> None:
    written = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=written)
    assert "/api/v1/slots/" in written.getvalue()
    assert "/assistant/" not in written.getvalue()


def test_every_operation_is_described_with_a_summary_and_errors() -> None:
    for operation in OPERATIONS:
        raw = operation.definition.raw
        assert raw.get("summary"), operation.label
        assert {"401", "403"} <= set(raw["responses"]), operation.label


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: str(one.label))
def test_operation_does_what_it_says(operation: Any, headers: dict[str, str]) -> None:
    """I2, I6: whatever is sent, the answer is one that the description promises."""

    @given(case=operation.as_strategy())
    @BOUNDED
    def attack(case: Any) -> None:
        # Nobody here has the patience.
        (case.query or {}).pop("wait", None)
        # What a description can say of a request is less than what makes one right; who may ask is the next test's.
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance, ignored_auth])

    attack()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: str(one.label))
def test_nobody_gets_in_without_a_key_that_counts(operation: Any, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(BOUNDED, max_examples=3)
    def attack(case: Any) -> None:
        for given_headers in ({}, {"Authorization": f"{headers['Authorization']}x"}):
            cache.clear()
            answer = case.call(headers=given_headers)
            assert answer.status_code == 401
            case.validate_response(answer, checks=[response_schema_conformance])

    attack()


def test_description_is_the_same_for_everybody_and_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {Browser().get("/api/schema/").content}
    monkeypatch.setattr(SchemaGenerator, "parse", None)
    told |= {Browser(headers={"Accept-Language": language}).get("/api/schema/").content for language in ("pt-BR", "es")}
    assert len(told) == 1


def test_pages_load_nothing_from_elsewhere() -> None:
    for path in ("/api/docs/", "/api/redoc/"):
        answer = Browser().get(path)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "//" not in page.replace("<!--//", "").replace("http://testserver", "")
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
