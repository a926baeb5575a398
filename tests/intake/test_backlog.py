"""Many messages to hand over and a slow Twilio, with a real worker and a real broker."""

from pathlib import Path

import pytest
from django.db.models.functions import Now

from config import celery_app
from intake import tasks
from intake.models import Conversation, OutboundMessage, Turn
from tests import cast
from tests.intake.conversing import write
from tests.intake.test_pipeline import server, until, worker, worker_environment
from tests.standins.twilio import Behaviour, TwilioStandIn

__all__ = ["server", "worker_environment"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(90)]

MESSAGES = 300


def test_sweep_does_not_wait_for_a_backlog_of_deliveries(
    server: TwilioStandIn, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    """Q15, Q5: a turn whose wake-up was lost is taken while every answer before it is still to be handed over."""
    ana, log = cast.ana(), tmp_path / "worker.log"
    server.script(*[Behaviour(hang=0.4)] * MESSAGES)
    for number in range(MESSAGES):
        conversation = Conversation.objects.create(professional=ana, channel="whatsapp", address=f"whatsapp:+{number}")
        OutboundMessage.objects.create(
            professional=ana, conversation=conversation, medium="whatsapp", recipient=conversation.address, body="Oi",
            dedupe_key=f"test:{number}", due_at=Now(),
        )  # fmt: skip
        tasks.wake(tasks.deliver)
    write(ana, "Oi")
    with worker(worker_environment, log=log):
        tasks.wake(celery_app.tasks["intake.tasks.sweep"])
        until(Turn.objects.exists, log=log)
    assert len(server.sent) < MESSAGES
