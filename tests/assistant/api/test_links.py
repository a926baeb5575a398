"""A program that follows the description's links books and changes appointments, and meets nothing unexpected."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client as Browser
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from assistant import keys
from scheduling.models import Professional

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

SCHEMA = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())
# What is wrong on purpose is the concern of `test_description.py`; here it would end most walks early.
SCHEMA.config.generation.update(modes=[GenerationMode.POSITIVE])
BOUNDED = settings(
    max_examples=40,
    stateful_step_count=10,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Program(SCHEMA.as_state_machine()):  # type: ignore[misc]
    """Each walk begins with the same practice and leaves nothing behind."""

    headers: ClassVar[dict[str, str]] = {}
    seen: ClassVar[list[tuple[str, int]]] = []

    def setup(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def get_call_kwargs(self, case: Any) -> dict[str, Any]:  # noqa: ARG002 - Schemathesis's signature
        return {"headers": self.headers}

    def before_call(self, case: Any) -> None:
        # Nobody here has the patience; and of invented days most have no times.
        for name in ("wait", "from", "to"):
            (case.query or {}).pop(name, None)
        # Schemathesis mixes its own client into the link's, which is one too many.
        if isinstance(case.body, dict) and "client" in case.body:
            case.body["client"] = {"name": "Caio Martins", "phone": "+5511987654321"}

    def after_call(self, response: Any, case: Any) -> None:
        self.seen.append((case.operation.definition.raw["operationId"], response.status_code))

    def validate_response(self, response: Any, case: Any, **options: Any) -> None:
        # What a description can say of a request is less than what makes one right.
        case.validate_response(
            response, excluded_checks=[positive_data_acceptance, ignored_auth], transport_kwargs=options
        )


@pytest.fixture
def machine(ana: Professional, settings: Any) -> Iterator[type[APIStateMachine]]:
    """A program with Ana's key, in the test's transaction."""
    settings.API_REQUESTS_PER_MINUTE = 10**6
    settings.ALLOWED_HOSTS = ["localhost"]
    Program.headers = {"Authorization": f"Bearer {keys.issue(ana, name='Site', user=ana.user)[1]}"}
    Program.seen.clear()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Program
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_program_that_follows_the_links_books_and_changes(machine: type[APIStateMachine]) -> None:
    machine.run(settings=BOUNDED)
    assert ("appointments_create", 201) in Program.seen
    # Which of them come first depends on the day, whose times are other ones.
    assert {(f"appointments_{name}", 200) for name in ("retrieve", "approve", "cancel")} & set(Program.seen)


def test_every_link_leads_somewhere() -> None:
    raw = json.loads(Browser().get("/api/schema/?format=json").content)
    operations = {one["operationId"] for path in raw["paths"].values() for one in path.values()}
    links = [
        link
        for path in raw["paths"].values()
        for operation in path.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) >= 10
    assert {link["operationId"] for link in links} <= operations
