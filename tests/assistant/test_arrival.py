"""An answer arrives while it is made: over HTTP each event is there before the next one can be."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from threading import Event
from typing import Any

import httpx
import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from assistant import metrics, truth
from scheduling.models import Appointment
from tests import cast
from tests.standins.groq import Body, GroqStandIn, Response, call, text

pytestmark = pytest.mark.django_db(transaction=True)

SAID = "No mês passado foram 2 atendimentos. Foram 2 realizados."
# Seconds; whoever waits for the other that long waits in vain.
PATIENCE = 10


@pytest.fixture
def ask(live_server: LiveServer) -> Iterator[Callable[[], AbstractContextManager[httpx.Response]]]:
    """Return what opens the stream of an answer to Ana; two came last month."""
    ana = cast.ana()
    first = metrics.months(ana, now=timezone.now(), count=2)[0]
    for day in (1, 2):
        cast.on_record(cast.caio(ana), cast.at(f"{first.replace(day=day)} 10:00"), status=Appointment.Status.COMPLETED)
    browser = Browser()
    browser.force_login(cast.login("ana@example.com"))
    cookies = {"sessionid": browser.cookies["sessionid"].value, "csrftoken": "x" * 32}
    headers = {"X-CSRFToken": "x" * 32, "Accept": "text/event-stream"}
    with httpx.Client(base_url=live_server.url, timeout=PATIENCE, cookies=cookies, headers=headers) as http:
        yield lambda: http.stream("POST", "/assistant/chat/", json={"question": "como foi o mês passado?"})


def heard(lines: Iterator[str], name: str) -> str:
    """Return what an event says as soon as it is there."""
    assert next(lines) == f"event: {name}"
    data = next(lines)
    assert next(lines) == ""
    return data


def test_step_arrives_before_the_model_has_answered(
    groq: GroqStandIn, ask: Callable[[], AbstractContextManager[httpx.Response]]
) -> None:
    arrived = Event()

    def once_the_step_arrived(_body: Body) -> Response:
        assert arrived.wait(2 * PATIENCE)
        return text(SAID)

    groq.script(call("get_stats", {}), once_the_step_arrived)
    with ask() as answer:
        lines = answer.iter_lines()
        assert "Consultei seus últimos seis meses" in heard(lines, "step")
        arrived.set()
        assert "atendimentos" in heard(lines, "said")


def test_sentence_arrives_before_the_next_one_is_proved(
    groq: GroqStandIn, ask: Callable[[], AbstractContextManager[httpx.Response]], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, proof = Event(), truth.fault

    def once_the_first_arrived(sentence: str, *facts: Any, **scope: Any) -> Any:
        assert "realizados" not in sentence or arrived.wait(2 * PATIENCE)
        return proof(sentence, *facts, **scope)

    monkeypatch.setattr(truth, "fault", once_the_first_arrived)
    groq.script(call("get_stats", {}), text(SAID))
    with ask() as answer:
        lines = answer.iter_lines()
        heard(lines, "step")
        assert "atendimentos" in heard(lines, "said")
        arrived.set()
        assert "realizados" in heard(lines, "said")
        assert '"replaced": false' in heard(lines, "done")
