"""A wake-up is one quick try: whatever the broker does, the webhook goes on and the sweep finds the row."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import pools

from config import celery_app
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
    pools.reset()


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
    with celery_app.connection_for_read() as broker:
        channel: Any = broker.default_channel
        assert (channel.client.llen("turns"), channel.client.llen("delivery")) == (1, 1)


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
    with celery_app.connection_for_read() as broker:
        channel: Any = broker.default_channel
        assert channel.client.llen("delivery") == 1
