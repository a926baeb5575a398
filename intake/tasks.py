"""What a worker does. Messages carry ids only; whatever a lost message forgot, the sweep finds in the rows."""

import json
import logging
import time
from functools import cache
from typing import Any
from uuid import uuid4

from celery import Task, current_app, shared_task, signals
from kombu import Connection
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from intake import agent, inbox, notices, outbox, recovery, retention, trial
from scheduling import booking

logger = logging.getLogger(__name__)


# A broker that is away or hangs costs a webhook so long, and then nobody tries again for a while.
_PUBLISH_SECONDS = 1.0
_BROKER_REST_SECONDS = 5.0
_broker_rests_until = 0.0
# Every turn wakes the delivery, and with a slow provider each goes on for seconds and wakes the next: behind hundreds
# of them the sweep would run out. In Redis 0 is first and 9 last.
_PRIORITIES = {"intake.tasks.deliver": 9}


@shared_task
def reply(conversation_id: int) -> None:
    """Answer a conversation whose turn is due, then wake the delivery; what came meanwhile gets its own turn.

    Before its time, as others of the burst came after the first, it only comes again.
    """
    answered = agent.reply(conversation_id)
    if answered:
        wake(deliver)
    pause = inbox.due_in(conversation_id)
    # One that is due and could not be had (its row was locked) is left to the sweep.
    if pause is not None and (answered or pause > 0):
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
    """Move appointments on with the clock: lapsed requests, finished appointments; forget trials that rest."""
    booking.lapse_due()
    booking.complete_due()
    notices.announce_pending()
    trial.forget_resting()
    wake(deliver)


@shared_task
def recover() -> None:
    """Fetch the messages that Twilio has and we lack: its webhook tries once or twice and then forgets."""
    for conversation_id, pause in recovery.fetch_missed().items():
        wake(reply, conversation_id, after=pause)


@shared_task
def retain() -> None:
    """Once a day: remove what has been kept long enough."""
    retention.sweep()


def wake(task: "Task[..., None]", *args: int, after: float = 0.0) -> None:
    """Publish once, without a retry: if the broker is down, the sweep finds the row."""
    global _broker_rests_until
    if _broker_rests():
        return
    try:
        _publish(task, args, after=after)
    except (KombuError, RedisError, OSError):
        _broker_rests_until = time.monotonic() + _BROKER_REST_SECONDS
        logger.warning("the broker does not take messages; the sweep will find the rows")


def _publish(task: "Task[..., None]", args: tuple[int, ...], *, after: float) -> None:
    """Push the task's message as Celery words it.

    `apply_async` does the same through routes, options and a client made anew each time, which took a quarter of a
    webhook's time.
    """
    headers, properties, body, _ = current_app.amqp.as_task_v2(
        str(uuid4()), task.name, args, {}, countdown=after, argsrepr=repr(args), kwargsrepr="{}", ignore_result=True
    )
    signals.before_task_publish.send(sender=task.name, headers=headers, body=body)
    channel: Any = _publishing().default_channel
    priority = _PRIORITIES.get(task.name, 0)
    message = channel.prepare_message(
        json.dumps(body),
        priority,
        content_type="application/json",
        content_encoding="utf-8",
        headers=headers,
        properties=properties | {"delivery_mode": 2},
    )
    queue = _queue_of(task.name)
    channel._inplace_augment_message(message, "", queue)  # what its basic_publish does
    channel.client.lpush(channel._q_for_pri(queue, priority), json.dumps(message))


@cache
def _queue_of(task: str) -> str:
    return str(current_app.amqp.router.route({}, task)["queue"].name)


def _broker_rests() -> bool:
    return time.monotonic() < _broker_rests_until


@cache
def _publishing() -> Connection:
    """Return the connection that everybody here publishes through, less patient than a worker's.

    Celery's own pool reconnects with pauses of 2 s even when told not to retry.
    """
    return current_app.connection_for_write(
        connect_timeout=_PUBLISH_SECONDS,
        transport_options={
            # One for each thread that may publish at the same moment.
            "max_connections": 100,
            "max_retries": 0,
            "socket_connect_timeout": _PUBLISH_SECONDS,
            "socket_timeout": _PUBLISH_SECONDS,
        },
    )
