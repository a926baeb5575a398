"""A whole talk over real HTTP: a web server, a real Celery worker, real Valkey, with a model and without one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client as Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from intake.models import OutboundMessage, Turn
from scheduling.models import Appointment
from tests import cast
from tests.intake.test_pipeline import worker
from tests.standins import groq
from tests.standins.groq import GroqStandIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


class Program:
    """A website's program: it writes for one visitor and fetches until the reception has said something."""

    def __init__(self, http: httpx.Client) -> None:
        browser = Browser()
        browser.force_login(cast.login("ana@example.com"))
        self._http = http
        http.cookies.update({"sessionid": browser.cookies["sessionid"].value, "csrftoken": "x" * 32})
        http.headers["X-CSRFToken"] = "x" * 32
        self._cursor = ""
        self.choices: list[dict[str, str]] = []

    def say(self, text: str = "", **fields: str) -> str:
        body = {"address": "visitor-7f3a", "text": text} | fields
        stored = self._http.post("/api/v1/chat/", json=body)
        assert stored.status_code == 202, stored.text
        told = stored.json()
        self._cursor = self._cursor or told["cursor"]
        said: list[dict[str, Any]] = []
        for _ in range(10):
            query = {"conversation": told["conversation"], "after": self._cursor, "wait": 10}
            news = self._http.get("/api/v1/chat/", params=query).json()
            self._cursor = news["cursor"]
            said += [one for one in news["messages"] if one["from"] == "reception"]
            if said and not news["is_answering"]:
                break
        self.choices = said[-1]["choices"] if said else []
        return "\n".join(one["text"] for one in said)


@pytest.fixture
def worker_environment(environment: dict[str, str], real_broker: str, tmp_path: Path) -> dict[str, str]:
    mailbox = {"EMAIL_URL": f"filemail:///{tmp_path}/letters"}
    return environment | mailbox | {"BURST_QUIET_SECONDS": "0.2", "GROQ_API_KEY": ""}


@pytest.fixture
def program(live_server: LiveServer, settings: Settings) -> Iterator[Program]:
    settings.BURST_QUIET_SECONDS = 0.2
    cast.ana()
    with httpx.Client(base_url=live_server.url, timeout=30) as http:
        yield Program(http)


def test_visitor_books_lists_and_cancels_without_a_model(
    program: Program, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    day = cast.next_weekday(3, "15:00")
    with worker(worker_environment, log=tmp_path / "worker.log"):
        program.say(f"Quero uma sessão individual dia {day:%d/%m} às 15h")
        program.say("Caio Martins")
        assert "Confirma?" in program.say("pular")
        receipt = program.say("sim")
        booked = Appointment.objects.get()
        assert (booked.status, booked.source, booked.starts_at) == ("confirmed", "api", day)
        assert booked.reference in receipt
        assert booked.reference in program.say("quais são as minhas consultas?")
        assert "Responda *sim*" in program.say(f"cancelar {booked.reference}")
        yes = next(one for one in program.choices if one["title"] == "Sim")
        assert "Cancelado" in program.say(payload=yes["payload"])
    booked.refresh_from_db()
    assert booked.status == "cancelled"
    assert set(OutboundMessage.objects.filter(medium="api").values_list("status", flat=True)) == {"delivered"}


def test_visitor_books_with_a_model(program: Program, worker_environment: dict[str, str], tmp_path: Path) -> None:
    day = cast.next_weekday(3, "15:00")
    wanted = {"date": f"{day:%Y-%m-%d}", "time": "15:00", "client_name": "Caio Martins"}
    with GroqStandIn(lambda _: groq.text("Como posso ajudar?")) as model:
        # No address of a program's holds a phone, so the first call is refused.
        book = groq.call("book_appointment", wanted)
        model.script(book, groq.text("Qual é o seu telefone, com DDD?"), book)
        served = {"GROQ_API_KEY": "gsk_test", "GROQ_BASE_URL": model.url}
        with worker(worker_environment | served, log=tmp_path / "worker.log"):
            program.say(f"Oi! Queria ver se dá dia {day:%d/%m} às 15h, meu nome é Caio Martins")
            assert "Confirma?" in program.say("é o 11 98765-4321")
            assert "Marcado" in program.say("sim")
    assert (Appointment.objects.get().status, Appointment.objects.get().source) == ("confirmed", "api")
    assert Turn.objects.filter(path="model").exists()
