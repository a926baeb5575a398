"""`/healthz` and `/readyz`: true, bounded, and understandable, whoever is down or hangs."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import redis
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from kombu import Connection
from pytest_django import Settings

from config import health, heartbeats, metrics, probes, state
from intake import agent, tasks
from intake.models import Conversation
from language.breaker import Entry
from tests import cast
from tests.intake import phone

PARTS = ("worker.turns", "worker.delivery", "beat")


@pytest.fixture(autouse=True)
def _own_model(settings: Settings) -> Iterator[None]:
    settings.GROQ_API_KEY = ""
    agent.model.cache_clear()
    heartbeats._last.clear()
    # A question of the test before may still be hanging; nobody here shall join it.
    probes._running.clear()
    yield
    agent.model.cache_clear()


@pytest.fixture
def all_at_work(servers: None) -> None:
    for part in PARTS:
        heartbeats._note(part)


@pytest.fixture
def abyss() -> Iterator[int]:
    """A port of this machine that takes connections and never says a word; at the end it hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken: list[socket.socket] = []

        def take() -> None:
            with suppress(OSError):
                while True:
                    taken.append(listener.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        for connection in taken:
            connection.close()


def ready() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/readyz", headers={"host": "10.0.0.7"})
    return answer.status_code, answer.json()


def test_alive_process_says_so_to_anybody_without_asking_anybody() -> None:
    """No database mark: a query would fail this test. A probe's Host header is an address nobody configured."""
    answer = Client().get("/healthz", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


def test_probe_is_not_redirected_to_https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/simulator/").status_code == 301


def test_other_pages_pass_through() -> None:
    passed = HttpResponse("a page")
    assert health.answer_probes(lambda _request: passed)(RequestFactory().get("/healthz/x")) is passed


@pytest.mark.django_db(transaction=True)
def test_it_is_ready_with_everything_there(all_at_work: None) -> None:
    status, report = ready()
    assert (status, report["ready"], report["reasons"]) == (200, True, [])
    assert all(report[part] for part in ("database", "broker", "cache"))
    assert max(report["beat"], *report["workers"].values()) <= 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("missing", "words"),
    [("worker.turns", "queue turns"), ("worker.delivery", "queue delivery"), ("beat", "Beat has sent nothing")],
)
def test_whoever_is_dead_is_named(all_at_work: None, missing: str, words: str) -> None:
    cache.delete(f"heartbeat.{missing}")
    status, report = ready()
    assert status == 503
    assert len(report["reasons"]) == 1
    assert words in report["reasons"][0]


@pytest.mark.django_db(transaction=True)
def test_conversation_nobody_answers_is_a_reason(all_at_work: None) -> None:
    late = timezone.now() - timedelta(minutes=5)
    phone.talk(cast.ana(), reply_due_at=late)
    status, report = ready()
    assert (status, report["oldest_due_conversation_seconds"]) == (503, pytest.approx(300, abs=5))
    assert "waiting for its turn" in report["reasons"][0]


@pytest.mark.django_db(transaction=True)
def test_conversation_that_a_worker_has_is_not_late(all_at_work: None) -> None:
    late, soon = timezone.now() - timedelta(minutes=5), timezone.now() + timedelta(seconds=30)
    phone.talk(cast.ana(), reply_due_at=late, lease=uuid4(), lease_until=soon)
    assert ready()[0] == 200


@pytest.mark.django_db(transaction=True)
def test_message_nobody_sends_is_a_reason(all_at_work: None) -> None:
    late = timezone.now() - timedelta(minutes=5)
    phone.said(phone.talk(cast.ana()), "Oi", status="pending", due_at=late)
    status, report = ready()
    assert (status, report["oldest_due_message_seconds"]) == (503, pytest.approx(300, abs=5))


@pytest.mark.django_db(transaction=True)
def test_message_behind_one_that_is_tried_again_is_not_late(all_at_work: None) -> None:
    late, later = timezone.now() - timedelta(minutes=5), timezone.now() + timedelta(minutes=5)
    talk = phone.talk(cast.ana())
    phone.said(talk, "first", status="pending", attempts=3, due_at=later)
    phone.said(talk, "second", status="pending", due_at=late)
    assert ready()[0] == 200


@pytest.mark.django_db(transaction=True)
def test_message_of_a_sender_over_its_limit_is_not_late(all_at_work: None) -> None:
    """O4: its errors are told by the figures; the product is well."""
    ana, late = cast.ana(), timezone.now() - timedelta(minutes=5)
    soon = timezone.now() + timedelta(seconds=30)
    waiting = {"medium": "whatsapp", "status": "pending"}
    phone.said(phone.talk(ana), "first", error_code="20429", due_at=soon, **waiting)
    phone.said(phone.talk(ana, address=cast.DORA_ADDRESS), "second", due_at=late, **waiting)
    assert ready()[0] == 200


@pytest.mark.django_db(transaction=True)
def test_models_not_served_are_shown_and_guided_mode_is_ready(all_at_work: None, settings: Settings) -> None:
    """L6: shown on the health page; a client is still served, so this is a note and no reason."""
    settings.GROQ_API_KEY, settings.GROQ_MODELS = "gsk_test", ["llama", "gpt"]
    cache.set("groq.unserved.llama", value=True, timeout=60)
    first = ready()[1]
    cache.set("groq.unserved.gpt", value=True, timeout=60)
    status, second = ready()
    assert (first["models_not_served"], first["notes"]) == (["llama"], [])
    assert (status, second["models_not_served"]) == (200, ["llama", "gpt"])
    assert "serves none" in second["notes"][0]


@pytest.mark.django_db(transaction=True)
def test_open_breaker_is_told_in_words_and_guided_mode_is_ready(all_at_work: None, settings: Settings) -> None:
    """L2: shown since when and why; clients are served, so this is a note and no reason."""
    settings.GROQ_API_KEY = "gsk_test"
    for _ in range(3):
        agent.breaker().note(Entry.FREE, reason="timeout")
    status, report = ready()
    since = datetime.fromisoformat(report["breaker_open_since"])
    assert (status, report["reasons"]) == (200, [])
    assert abs(timezone.now() - since) < timedelta(seconds=5)
    assert f"Groq has answered nobody since {since:%Y-%m-%d %H:%M:%S} UTC (no answer in time)" in report["notes"][0]


@pytest.mark.django_db(transaction=True)
def test_closed_breaker_is_not_mentioned(all_at_work: None, settings: Settings) -> None:
    settings.GROQ_API_KEY = "gsk_test"
    agent.breaker().note(Entry.FREE, reason="timeout")
    report = ready()[1]
    assert (report["breaker_open_since"], report["notes"]) == (None, [])


def hanging(port: int) -> dict[str, Callable[[], Any]]:
    """Real clients of the three servers, led to where nobody answers."""
    return {
        "database": lambda: psycopg.connect(f"host=127.0.0.1 port={port} dbname=x user=x", connect_timeout=20),
        "broker": lambda: Connection(f"redis://127.0.0.1:{port}").connect(),
        "cache": lambda: redis.Redis(port=port).ping(),
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("server", ["database", "broker", "cache"])
def test_answer_comes_within_a_second_while_a_server_hangs(
    server: str, abyss: int, all_at_work: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = {"database": (metrics, "ages"), "broker": (health, "ping_broker"), "cache": (health, "read_shared")}
    monkeypatch.setattr(*where[server], hanging(abyss)[server])
    started = time.monotonic()
    statuses = [ready() for _ in range(2)]
    assert time.monotonic() - started < 2.6
    assert [status for status, _ in statuses] == [503, 503]
    assert f"The {server} did not answer within a second." in statuses[1][1]["reasons"]
    # The second visitor joined the first one's question.
    assert [thread.name for thread in threading.enumerate()].count(f"probe-{server}") == 1


def test_everything_down_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise ConnectionRefusedError("a text that may hold a password")

    for module, name in ((metrics, "ages"), (health, "ping_broker"), (health, "read_shared")):
        monkeypatch.setattr(module, name, refuse)
    status, report = ready()
    assert status == 503
    assert len(report["reasons"]) == 3
    assert not any("password" in reason for reason in report["reasons"])


def test_beat_is_seen_by_its_sweep_alone(real_broker: str) -> None:
    tasks.deliver.apply_async()
    assert heartbeats.seconds_since("beat") is None
    tasks.sweep.apply_async()
    assert heartbeats.seconds_since("beat") == 0


def test_heartbeat_dies_within_a_minute(servers: None) -> None:
    heartbeats._note("beat")
    assert 0 < cache.ttl("heartbeat.beat") <= 60  # type: ignore[attr-defined]  # django-redis' own


def test_worker_whose_cache_is_gone_works_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "set", fail)
    heartbeats._note("worker.turns")
    assert "worker.turns" not in heartbeats._last


@pytest.mark.django_db(transaction=True)
def test_real_worker_is_seen_for_its_queue_until_it_is_killed(
    real_broker: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "threads", "-c", "1", "-Q", "turns"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=state.PROJECT, env=environment, start_new_session=True, **quiet) as worker:  # type: ignore[call-overload]  # noqa: S603 - our own worker
        try:
            deadline = time.monotonic() + 30
            while heartbeats.seconds_since("worker.turns") is None:
                assert time.monotonic() < deadline
                time.sleep(0.2)
            assert heartbeats.seconds_since("worker.delivery") is None
            # On a full machine the web server goes first.
            assert os.getpriority(os.PRIO_PROCESS, worker.pid) > os.getpriority(os.PRIO_PROCESS, 0)
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
    # Nothing renews it: what is left of its life only gets less.
    left = cache.ttl("heartbeat.worker.turns")  # type: ignore[attr-defined]  # django-redis' own
    time.sleep(2.2)
    assert cache.ttl("heartbeat.worker.turns") < left  # type: ignore[attr-defined]  # django-redis' own
    assert Conversation.objects.count() == 0
