"""What a worker does. Messages carry ids only; whatever a lost message forgot, the sweep finds in the rows."""

import contextlib
import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from intake import agent, inbox, notices, outbox
from scheduling import booking

logger = logging.getLogger(__name__)


@shared_task
def reply(conversation_id: int) -> None:
    """Answer a conversation whose turn is due, then wake the delivery."""
    if agent.reply(conversation_id):
        wake(deliver)


@shared_task
def deliver() -> None:
    """Hand over every message that is due."""
    outbox.deliver_due()


@shared_task
def sweep() -> None:
    """Find work whose wake-up was lost: due turns, unannounced events, due messages."""
    for conversation_id in inbox.due():
        wake(reply, conversation_id)
    notices.announce_pending()
    outbox.deliver_due()


@shared_task
def tidy() -> None:
    """Move appointments on with the clock: lapsed requests, finished appointments."""
    booking.lapse_due()
    booking.complete_due()
    notices.announce_pending()
    wake(deliver)


def wake(task: "object", *args: int, after: float = 0.0) -> None:
    """Publish once, without a retry: if the broker is down, the sweep finds the row."""
    with contextlib.suppress(OperationalError, OSError):
        task.apply_async(args, countdown=after or None, retry=False)  # type: ignore[attr-defined]
