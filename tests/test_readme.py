"""What the README shows to programmers really runs."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from pytest_django.live_server_helper import LiveServer

from assistant import keys
from config import state
from scheduling.models import Appointment
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)

COMMANDS = {"python": [sys.executable, "-W", "error", "-c"], "sh": ["sh", "-euc"]}

WITHOUT_CURL = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("jq")), reason="no curl or no jq on this machine"
)


def program(language: str) -> str:
    """Return the README's program in that language, under "For programs"."""
    section = re.split(r"^## ", (state.PROJECT / "README.md").read_text(), flags=re.MULTILINE)
    chapter = next(one for one in section if one.startswith("For programs"))
    found = re.findall(rf"^```{language}\n(.*?)^```", chapter, flags=re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return str(found[0])


@pytest.mark.parametrize("language", ["python", pytest.param("sh", marks=WITHOUT_CURL)])
def test_program_books_and_cancels(language: str, live_server: LiveServer) -> None:
    ana = cast.ana()
    _row, plain = keys.issue(ana, name="Site", user=ana.user)
    # What leads to a proxy would lead away from this machine.
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment |= {"SINETA_URL": live_server.url, "SINETA_KEY": plain}
    done = subprocess.run(  # noqa: S603 - our own words
        [*COMMANDS[language], program(language)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    booked = Appointment.objects.get()
    assert (booked.status, booked.source) == (Appointment.Status.CANCELLED, Appointment.Source.API)
    assert booked.reference in done.stdout
    assert "cancelled" in done.stdout
