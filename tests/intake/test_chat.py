"""`manage.py chat`: a whole conversation in a terminal, answered by whoever holds the lease."""

import io
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from intake import tasks
from intake.management.commands import chat
from intake.models import Conversation, InboundMessage
from scheduling.models import Appointment
from tests import cast

Talk = Callable[..., str]
PROJECT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _trial(settings: Settings) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.GROQ_API_KEY = ""
    settings.BURST_QUIET_SECONDS = 0.0


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch) -> Talk:
    """Return a function that says lines as Caio and returns what the terminal shows."""

    def run(*lines: str, **options: Any) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        out = io.StringIO()
        call_command("chat", **({"address": cast.CAIO_ADDRESS} | options), stdout=out)
        return out.getvalue()

    return run


@pytest.mark.django_db
def test_talk_books_to_the_end(talk: Talk) -> None:
    ana = cast.ana()
    shown = talk("oi, sou o Caio Martins, quero marcar", "1", "1", "sim")
    booked = Appointment.objects.select_related("client").get()
    assert (booked.professional, booked.status, booked.client.name) == (ana, "confirmed", "Caio Martins")
    assert f"*{booked.reference}*" in "".join(shown.splitlines()[-2:])


@pytest.mark.django_db
def test_nothing_of_it_can_reach_a_phone(talk: Talk) -> None:
    cast.ana()
    talk("oi")
    assert Conversation.objects.get().channel == "simulator"


@pytest.mark.django_db
def test_blank_lines_and_the_end_say_nothing(talk: Talk) -> None:
    cast.ana()
    assert talk("", "   ") == ""
    assert not InboundMessage.objects.exists()


@pytest.mark.django_db
def test_second_talk_shows_only_what_is_new(talk: Talk) -> None:
    cast.ana()
    first = talk("oi").removeprefix("> oi")
    assert first.strip()
    assert first.strip() not in talk("quanto custa?")


@pytest.mark.django_db
def test_trace_tells_how_the_answer_was_found(talk: Talk) -> None:
    cast.ana()
    shown = talk("quanto custa?", trace=True)
    lines = [line.removeprefix("  | ") for line in shown.splitlines() if line.startswith("  | ")]
    assert lines[0] == "Recebeu “quanto custa?”"
    assert lines[1].startswith("Leu serviços, preços e regras")
    assert lines[2].startswith("    Chamada: get_professional_info")
    assert lines[3].startswith('    Resultado: { "ok": true')
    assert lines[-1].startswith("Guiado; Tempo: ")
    assert "; Entrega: Entregue às " in lines[-1]


@pytest.mark.django_db
def test_trace_is_shown_only_when_asked_for(talk: Talk) -> None:
    cast.ana()
    assert "  | " not in talk("quanto custa?")


@pytest.mark.django_db
@pytest.mark.parametrize("choice", [{"to": cast.BRUNO_NUMBER}, {"professional": "Bruno@example.com"}])
def test_professional_is_chosen_by_number_or_login(talk: Talk, choice: dict[str, str]) -> None:
    cast.ana()
    bruno = cast.bruno()
    talk("oi", **choice)
    assert Conversation.objects.get().professional == bruno


@pytest.mark.django_db
@pytest.mark.parametrize("choice", [{"to": "+5500"}, {"professional": "nobody@example.com"}])
def test_unknown_professional_is_refused(talk: Talk, choice: dict[str, str]) -> None:
    cast.ana()
    with pytest.raises(CommandError, match="seed_demo"):
        talk("oi", **choice)


@pytest.mark.django_db
def test_it_refuses_outside_a_trial(talk: Talk, settings: Settings) -> None:
    cast.ana()
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        talk("oi")


def test_mistyped_number_is_explained() -> None:
    with pytest.raises(CommandError, match="número com DDD"):
        call_command("chat", "--from", "oi")


@pytest.mark.django_db
def test_conversation_that_a_worker_holds_is_left_to_it(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Q11: the lease decides who answers; the terminal only waits."""
    ana = cast.ana()
    lease = {"lease": uuid4(), "lease_until": timezone.now() + timedelta(minutes=1)}
    Conversation.objects.create(professional=ana, channel="simulator", address=cast.CAIO_ADDRESS, **lease)
    asked: list[int] = []
    monkeypatch.setattr(tasks, "reply", asked.append)
    monkeypatch.setattr(chat, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(CommandError, match="No answer"):
        talk("oi")
    assert asked == []


@pytest.mark.django_db
def test_refused_form_is_said_at_once(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.ana()
    monkeypatch.setattr("intake.simulator.sign", lambda _fields: "forged")
    with pytest.raises(CommandError, match="403"):
        talk("oi")


@pytest.mark.django_db(transaction=True)
def test_piped_lines_are_answered_in_a_process_of_its_own(environment: dict[str, str]) -> None:
    cast.ana()
    command = [sys.executable, "manage.py", "chat", "--from", "11 98765-4321"]
    trial = environment | {"DEBUG": "1", "BURST_QUIET_SECONDS": "0"}
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=PROJECT, env=trial, input="oi\n1\n", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("> oi\n")
    assert InboundMessage.objects.filter(status="done").count() == 2
