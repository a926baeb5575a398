"""A wake-up is one quick try: whatever the broker does, the webhook goes on and the sweep finds the row."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from structlog.contextvars import bind_contextvars, clear_contextvars

from config import celery_app, logs
from intake import tasks


@pytest.fixture(autouse=True)
def _rested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_broker_rests_until", 0.0)


@pytest.fixture
def silent_broker(real_broker: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A broker that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        options = tasks._publishing().transport_options
        hanging = celery_app.connection_for_write(url, connect_timeout=1, transport_options=options)
        monkeypatch.setattr(tasks, "_publishing", lambda: hanging)
        yield


def waiting(queue: str) -> list[dict[str, Any]]:
    """Return the messages of a queue, urgent ones first, of those the newest first."""
    with celery_app.connection_for_read() as broker:
        channel: Any = broker.default_channel
        lists = [channel._q_for_pri(queue, priority) for priority in channel.priority_steps]
        return [json.loads(message) for each in lists for message in channel.client.lrange(each, 0, -1)]


def moment(message: dict[str, Any]) -> float:
    """Return when a message's task is due."""
    return datetime.fromisoformat(message["headers"]["eta"]).timestamp()


def lasting(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message without what is new in each."""
    headers = {name: value for name, value in message["headers"].items() if name not in {"id", "root_id", "eta"}}
    new = {"correlation_id", "delivery_tag", "reply_to"}
    properties = {name: value for name, value in message["properties"].items() if name not in new}
    return message | {"headers": headers, "properties": properties}


def test_hanging_broker_costs_a_second_and_then_nothing(silent_broker: None) -> None:
    """W11: the workers' own patience would be five."""
    started = time.monotonic()
    tasks.wake(tasks.reply, 1)
    first = time.monotonic() - started
    tasks.wake(tasks.reply, 1)
    assert 0.5 < first < 3
    assert time.monotonic() - started - first < 0.3


def test_wake_up_reaches_the_queue_of_its_task(real_broker: str) -> None:
    tasks.wake(tasks.reply, 7)
    tasks.wake(tasks.deliver)
    assert (len(waiting("turns")), len(waiting("delivery"))) == (1, 1)


def test_wake_up_is_the_message_that_celery_would_send(real_broker: str) -> None:
    bind_contextvars(request="a-number")
    tasks.wake(tasks.reply, 7, after=2.0)
    tasks.reply.apply_async((7,), countdown=2.0)
    clear_contextvars()
    theirs, ours = waiting("turns")
    assert moment(ours) == pytest.approx(moment(theirs), abs=0.5)
    assert lasting(ours) == lasting(theirs)
    assert ours["headers"][logs.REQUEST_HEADER] == "a-number"


def test_wake_ups_of_all_threads_at_once_arrive(real_broker: str) -> None:
    """W13."""
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(lambda number: tasks.wake(tasks.reply, number), range(200)))
    assert len(waiting("turns")) == 200


def test_connection_that_the_broker_closed_is_opened_again(real_broker: str) -> None:
    """W11: a broker that was restarted costs no message."""
    tasks.wake(tasks.reply, 1)
    with celery_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        channel.client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    tasks.wake(tasks.reply, 2)
    assert len(waiting("turns")) == 2


def test_broker_that_came_back_is_used_again(real_broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """W11."""
    options = tasks._publishing().transport_options
    nobody = celery_app.connection_for_write("redis://127.0.0.1:9/0", connect_timeout=1, transport_options=options)
    with monkeypatch.context() as away:
        away.setattr(tasks, "_publishing", lambda: nobody)
        tasks.wake(tasks.deliver)
    assert tasks._broker_rests()
    monkeypatch.setattr(tasks, "_broker_rests_until", 0.0)
    tasks.wake(tasks.deliver)
    assert len(waiting("delivery")) == 1
