"""`manage.py doctor`: every check tells what is wrong and what to do, whatever else is down."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import Settings

from config import doctor, heartbeats, probes, state
from config.doctor import Finding, Result
from intake import agent, twilio
from intake.models import Conversation
from scheduling.models import Appointment
from tests import cast
from tests.standins import groq as groq_standin
from tests.standins.groq import GroqStandIn
from tests.standins.twilio import ACCOUNT, TOKEN, TwilioStandIn

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _no_credentials(settings: Settings) -> Iterator[None]:
    settings.GROQ_API_KEY = settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = ""
    agent.model.cache_clear()
    twilio._client_for.cache_clear()
    probes._running.clear()
    yield
    agent.model.cache_clear()
    twilio._client_for.cache_clear()


def found(check: str) -> list[Finding]:
    return [finding for finding in doctor.examine() if finding.check == check]


def results(check: str) -> list[str]:
    return [finding.result.value for finding in found(check)]


def examine() -> tuple[int, str]:
    """Run the command; return its exit code and its table."""
    output = io.StringIO()
    try:
        call_command("doctor", stdout=output, stderr=io.StringIO())
    except SystemExit as end:
        return int(str(end.code)), output.getvalue()
    return 0, output.getvalue()


@pytest.mark.django_db(transaction=True)
def test_healthy_trial_has_nothing_broken() -> None:
    cast.ana()
    for part in ("worker.turns", "worker.delivery", "beat"):
        heartbeats._last.clear()
        heartbeats._note(part)
    code, table = examine()
    assert (code, "BROKEN" in table) == (0, False)
    assert table.splitlines()[0].split("|")[2].strip() == "what to do"
    for line in ("ok: PostgreSQL", "ok: all applied", "ok: forbidden by", "ok: 1, all with", "ok: last sign", "tzdata"):
        assert line in table


@pytest.mark.django_db(transaction=True)
def test_missing_constraint_is_broken() -> None:
    """D7: without the constraint two writers could book one time."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {Appointment._meta.db_table} RENAME CONSTRAINT {doctor.CONSTRAINT} TO away")
        try:
            assert results("double booking") == ["BROKEN"]
        finally:
            cursor.execute(f"ALTER TABLE {Appointment._meta.db_table} RENAME CONSTRAINT away TO {doctor.CONSTRAINT}")


@pytest.mark.django_db(transaction=True)
def test_missing_migration_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda _self, _targets: ["one"])
    [finding] = found("migrations")
    assert (finding.result, finding.advice) == (Result.BROKEN, "Run: manage.py migrate")


@pytest.mark.django_db(transaction=True)
def test_professional_nobody_can_reach_is_named_by_id() -> None:
    mute = cast.ana(whatsapp_number=None)
    mute.working_hours.all().delete()
    number, hours = found("professionals")
    assert number.text == f"without a WhatsApp number: #{mute.pk}"
    assert hours.text == f"without working hours: #{mute.pk}"
    assert "Ana" not in number.text + hours.text


@pytest.mark.django_db(transaction=True)
def test_silent_worker_is_broken_outside_a_trial(settings: Settings) -> None:
    assert results("worker turns") == ["note"]
    settings.DEBUG = False
    assert results("worker turns") == ["BROKEN"]


def test_it_works_and_says_so_with_every_server_down() -> None:
    down = {"DATABASE_URL": "postgres://x:hidden-password@127.0.0.1:9/x", "REDIS_URL": "redis://127.0.0.1:9"}
    groq = {"GROQ_API_KEY": "gsk_x", "GROQ_BASE_URL": NOWHERE}
    account = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "hidden-token", "TWILIO_API_BASE_URL": NOWHERE}
    environment = os.environ | down | groq | account | {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "manage.py", "doctor"]
    done = subprocess.run(command, cwd=state.PROJECT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    broken = [line.split("|")[0].strip() for line in done.stdout.splitlines() if "BROKEN" in line]
    assert (done.returncode, broken) == (1, ["database", "broker", "cache", "Groq", "Twilio"])
    assert done.stderr == "5 broken.\n"
    assert "hidden-" not in done.stdout


@pytest.mark.django_db(transaction=True)
def test_check_that_fails_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Iterator[Finding]:
        raise RuntimeError

    monkeypatch.setitem(doctor.LOOKS, "broker", fail)
    assert results("broker") == ["BROKEN"]
    assert results("cache") == ["ok"]


# Groq


@pytest.fixture
def groq(settings: Settings, servers: None) -> Iterator[GroqStandIn]:
    with GroqStandIn() as standin:
        settings.GROQ_API_KEY, settings.GROQ_BASE_URL = "gsk_test", standin.url
        settings.GROQ_MODELS = ["llama", "openai/gpt-oss-20b"]
        yield standin


def test_one_real_call_names_the_model_that_answered_and_those_not_served(groq: GroqStandIn) -> None:
    """L6."""
    groq.script(groq_standin.not_served("llama"), groq_standin.text("Tudo."))
    served, unserved = (*doctor.look_at_groq(),)
    assert (served.result, served.text.split()[0]) == (Result.OK, "openai/gpt-oss-20b")
    assert unserved.text == "not served: llama"
    assert len(groq.requests) == 2


def test_wrong_key_says_what_to_check(groq: GroqStandIn) -> None:
    groq.script(groq_standin.status(401))
    [finding] = doctor.look_at_groq()
    assert (finding.result, finding.advice) == (Result.BROKEN, "Check GROQ_API_KEY.")


def test_silence_is_really_transcribed(groq: GroqStandIn) -> None:
    groq.dictate(groq_standin.heard(""))
    [finding] = doctor.look_at_voice()
    assert (finding.result, finding.text.split()[0]) == (Result.OK, "whisper-large-v3-turbo")
    assert groq.recordings[0]["file"].startswith(b"RIFF")


def test_ear_that_is_not_served_is_noted(groq: GroqStandIn) -> None:
    groq.dictate(groq_standin.not_served())
    [finding] = doctor.look_at_voice()
    assert (finding.result, finding.text) == (Result.NOTE, "whisper-large-v3-turbo did not answer: not_served")


# Twilio


@pytest.fixture
def account(settings: Settings) -> Iterator[TwilioStandIn]:
    with TwilioStandIn() as standin:
        settings.TWILIO_API_BASE_URL = standin.url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        yield standin


def test_one_real_call_reads_and_sends_nothing(account: TwilioStandIn) -> None:
    [finding] = doctor.look_at_twilio()
    assert finding.result is Result.OK
    assert account.sent == []
    assert [line.split("?")[0] for line in account.requests] == [f"GET /2010-04-01/Accounts/{ACCOUNT}/Messages.json"]


def test_wrong_token_says_what_to_check(account: TwilioStandIn, settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = "another"
    [finding] = doctor.look_at_twilio()
    assert (finding.result, finding.text) == (Result.BROKEN, "HTTP 401")
    assert "TWILIO_AUTH_TOKEN" in finding.advice


# The public address


def led_to(app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the doctor's https request end at a server on this machine."""
    post = requests.post
    monkeypatch.setattr(
        requests,
        "post",
        lambda url, *args, **options: post(url.replace("https://sineta.example", app), *args, **options),
    )


@pytest.fixture
def public(account: TwilioStandIn, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://sineta.example"


@pytest.mark.django_db(transaction=True)
def test_public_address_that_arrives_unchanged_is_fine(
    public: None, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W2: the signed form walks through the real webhook and leaves no row."""
    led_to(live_server.url, monkeypatch)
    [finding] = doctor.look_at_public_address()
    assert finding.result is Result.OK
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    ("status", "advice"), [(403, "proxy changes"), (301, "redirects"), (400, "ALLOWED_HOSTS"), (502, "see its log")]
)
def test_proxy_in_the_way_is_broken_and_explained(
    public: None, monkeypatch: pytest.MonkeyPatch, status: int, advice: str
) -> None:
    """W2: the self-test fails loudly."""

    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        led_to(f"http://127.0.0.1:{server.server_port}", monkeypatch)
        [finding] = doctor.look_at_public_address()
        server.shutdown()
    assert finding.result is Result.BROKEN
    assert advice in finding.advice


def test_address_that_cannot_be_reached_from_here_is_a_note(public: None, monkeypatch: pytest.MonkeyPatch) -> None:
    led_to(NOWHERE, monkeypatch)
    [finding] = doctor.look_at_public_address()
    assert finding.result is Result.NOTE
