"""A voice message from the trial's page to its answer: real web server, real worker, kill -9 while it listens."""

import os
import signal
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config import celery_app
from intake import simulator, simulator_media, tasks, twilio
from intake.models import Conversation, InboundMessage, OutboundMessage
from tests import cast
from tests.intake.test_pipeline import until, worker
from tests.standins import groq as standin
from tests.standins.groq import GroqStandIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(90)]

VOICE = b"OggS" + b"\0\xff" * 1000


def speak(origin: str) -> None:
    """Record and send a voice message as the page does."""
    recorded = simulator_media.keep(SimpleUploadedFile("note.ogg", VOICE, content_type="audio/ogg"), kind="audio")
    message = simulator.Message(address=cast.CAIO_ADDRESS, kind="audio")
    form = simulator.form(message, professional=cast.ana(), attached=recorded, origin=origin)
    request = urllib.request.Request(  # noqa: S310 - our own URL
        twilio.webhook_url(), urlencode(form).encode(), {"X-Twilio-Signature": simulator.sign(form)}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert answer.status == 200


def test_voice_message_of_a_killed_worker_is_heard_by_the_next(
    live_server: LiveServer,
    environment: dict[str, str],
    real_broker: str,
    settings: Settings,
    tmp_path: Path,
) -> None:
    """Q1, V6: kill -9 while it listens; one answer, and no line of what was said."""
    settings.PUBLIC_BASE_URL, settings.BURST_QUIET_SECONDS, settings.MEDIA_ROOT = live_server.url, 0.2, tmp_path
    log = tmp_path / "worker.log"
    with GroqStandIn() as groq:
        own = {"PUBLIC_BASE_URL": live_server.url, "DEBUG": "1", "LOG_LEVEL": "DEBUG"}
        environment |= own | {"GROQ_API_KEY": "gsk_test", "GROQ_BASE_URL": groq.url}
        groq.dictate(standin.hang(60), standin.heard("Quero falar com uma pessoa."))
        with worker(environment, log=log) as first:
            speak(live_server.url)
            until(lambda: groq.recordings, log=log)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        assert InboundMessage.objects.get().transcript == ""
        with worker(environment, log=log):
            # A minute later.
            Conversation.objects.update(lease_until=Now())
            tasks.wake(celery_app.tasks["intake.tasks.sweep"])
            until(lambda: OutboundMessage.objects.filter(medium="simulator").exists(), log=log)
    assert InboundMessage.objects.get().transcript == "Quero falar com uma pessoa."
    assert "chamei Ana" in OutboundMessage.objects.get(medium="simulator").body
    assert [recording["file"] for recording in groq.recordings] == [VOICE, VOICE]
    assert "falar com uma pessoa" not in log.read_text()
