"""What a worker does. Messages carry ids only; whatever a lost message forgot, the sweep finds in the rows."""

import logging
import time
from functools import cache

from celery import Task, current_app, shared_task
from kombu import Connection
from kombu.exceptions import KombuError
from kombu.pools import producers

from intake import agent, inbox, notices, outbox, recovery
from scheduling import booking

logger = logging.getLogger(__name__)


# A broker that is away or hangs costs a webhook so long, and then nobody tries again for a while.
_PUBLISH_SECONDS = 1.0
_BROKER_REST_SECONDS = 5.0
_broker_rests_until = 0.0


@shared_task
def reply(conversation_id: int) -> None:
    """Answer a conversation whose turn is due, then wake the delivery; what came meanwhile gets its own turn."""
    if not agent.reply(conversation_id):
        return
    wake(deliver)
    pause = inbox.due_in(conversation_id)
    if pause is not None:
        wake(reply, conversation_id, after=pause)


@shared_task
def deliver() -> None:
    """Hand over every message that is due."""
    if outbox.deliver_due():
        wake(deliver)


@shared_task
def sweep() -> None:
    """Find work whose wake-up was lost: due turns, unannounced events, undelivered receipts, due messages."""
    for conversation_id in inbox.due():
        wake(reply, conversation_id)
    notices.announce_pending()
    notices.reroute_undelivered()
    deliver()


@shared_task
def tidy() -> None:
    """Move appointments on with the clock: lapsed requests, finished appointments."""
    booking.lapse_due()
    booking.complete_due()
    notices.announce_pending()
    wake(deliver)


@shared_task
def recover() -> None:
    """Fetch the messages that Twilio has and we lack: its webhook tries once or twice and then forgets."""
    for conversation_id, pause in recovery.fetch_missed().items():
        wake(reply, conversation_id, after=pause)


def wake(task: "Task[..., None]", *args: int, after: float = 0.0) -> None:
    """Publish once, without a retry: if the broker is down, the sweep finds the row."""
    global _broker_rests_until
    if _broker_rests():
        return
    try:
        with producers[_publishing()].acquire(block=True, timeout=_PUBLISH_SECONDS) as producer:
            # Whoever had the connection before may have found out.
            if not _broker_rests():
                task.apply_async(args, countdown=after, retry=False, producer=producer)
    except (KombuError, OSError):
        _broker_rests_until = time.monotonic() + _BROKER_REST_SECONDS
        logger.warning("the broker does not take messages; the sweep will find the rows")


def _broker_rests() -> bool:
    return time.monotonic() < _broker_rests_until


@cache
def _publishing() -> Connection:
    """Return what a pool of publishing connections is made after, less patient than a worker's.

    Celery's own pool reconnects with pauses of 2 s even when told not to retry.
    """
    return current_app.connection_for_write(
        connect_timeout=_PUBLISH_SECONDS,
        transport_options={
            "max_retries": 0,
            "socket_connect_timeout": _PUBLISH_SECONDS,
            "socket_timeout": _PUBLISH_SECONDS,
        },
    )
