"""The client in the README runs as it stands there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from assistant import keys
from intake.models import InboundMessage
from scheduling.models import Appointment, Professional
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)

README = (Path(__file__).resolve().parents[3] / "README.md").read_text().partition("\n## For programs")[2]


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


def run(ana: Professional, live_server: LiveServer, *command: str) -> str:
    plain = keys.issue(ana, name="README", user=ana.user)[1]
    environment = os.environ | {"SINETA_URL": live_server.url, "SINETA_KEY": plain}
    done = subprocess.run(  # noqa: S603 - what the README says
        command, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def test_python_client_books_and_cancels(ana: Professional, live_server: LiveServer) -> None:
    printed = run(ana, live_server, sys.executable, "-c", block("python"))
    appointment = Appointment.objects.get()
    assert printed == f"{appointment.reference} cancelled\n"
    assert (appointment.source, appointment.client.name) == ("api", "Caio Martins")


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_curl_reads_and_talks(ana: Professional, live_server: LiveServer) -> None:
    lines = [line for line in block("sh").splitlines() if not line.startswith("export")]
    printed = run(ana, live_server, "sh", "-c", "\n".join(lines))
    assert '"name":"Ana Souza"' in printed
    assert '"conversation":' in printed
    assert InboundMessage.objects.get().body == "Oi, tem horário amanhã?"
