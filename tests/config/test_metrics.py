"""`/metrics`: figures read from the rows at the scrape, for the operator alone."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from config import heartbeats, metrics, probes
from intake.models import Conversation, OutboundMessage, Turn
from tests import cast
from tests.intake import phone

Figures = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def _rested() -> None:
    metrics._cache_rests_until = 0.0
    probes._running.clear()


def scrape() -> Figures:
    """Return the samples by name and label values."""
    text = Client().get("/metrics", headers={"host": "localhost:8000"}).content.decode()
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def turn(conversation: Conversation, path: str, **changes: object) -> None:
    Turn.objects.create(conversation=conversation, path=path, **changes)


@pytest.mark.django_db(transaction=True)
def test_turns_are_counted_by_path() -> None:
    talk = phone.talk(cast.ana())
    for path, milliseconds in (("model", 900), ("model", 1100), ("guided", 40)):
        turn(talk, path, milliseconds=milliseconds)
    figures = scrape()
    counts = [figures["sineta_turns", path] for path in ("model", "guided", "direct", "silent")]
    assert counts == [2, 1, 0, 0]
    assert figures["sineta_turn_p95_milliseconds", "model"] == 1100


@pytest.mark.django_db(transaction=True)
def test_turns_of_before_the_window_are_not_counted() -> None:
    turn(phone.talk(cast.ana()), "model", created_at=timezone.now() - timedelta(minutes=11))
    assert scrape()["sineta_turns", "model"] == 0


@pytest.mark.django_db(transaction=True)
def test_provider_troubles_are_counted_by_reason() -> None:
    talk = phone.talk(cast.ana())
    for outcome in ("unavailable: rate_limited", "unavailable: rate_limited", "unusable: tool_use_failed", "answered"):
        turn(talk, "guided", outcome=outcome)
    troubles = {name: value for name, value in scrape().items() if name[0] == "sineta_provider_troubles"}
    assert troubles == {
        ("sineta_provider_troubles", "rate_limited"): 2,
        ("sineta_provider_troubles", "tool_use_failed"): 1,
    }


@pytest.mark.django_db(transaction=True)
def test_delivery_errors_are_counted_by_medium_and_code() -> None:
    talk = phone.talk(cast.ana())
    for code in ("63016", "63016", ""):
        phone.said(talk, "Oi", medium="whatsapp", status="failed" if code else "sent", error_code=code)
    errors = {name: value for name, value in scrape().items() if name[0] == "sineta_delivery_errors"}
    assert list(errors.values()) == [2]
    assert {"whatsapp", "63016"} < set(*errors)


@pytest.mark.django_db(transaction=True)
def test_ages_of_waiting_work_are_told() -> None:
    late = timezone.now() - timedelta(minutes=3)
    talk = phone.talk(cast.ana(), reply_due_at=late)
    phone.said(talk, "Oi", status="pending", due_at=late)
    figures = scrape()
    assert figures["sineta_oldest_due_seconds", "conversation"] == pytest.approx(180, abs=5)
    assert figures["sineta_oldest_due_seconds", "message"] == pytest.approx(180, abs=5)


@pytest.mark.django_db(transaction=True)
def test_refused_webhooks_are_counted_for_all_processes() -> None:
    """W1: the counter."""
    for path in ("/webhooks/twilio/whatsapp/", "/webhooks/twilio/status/1/"):
        assert Client().post(path, {"Body": "forged"}).status_code == 403
    assert cache.get(metrics.REFUSALS) == 2
    assert scrape()["sineta_webhook_refusals_total",] == 2


@pytest.mark.django_db(transaction=True)
def test_cache_that_is_gone_costs_a_refusal_one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def fail(key: str, *_args: object, **_options: object) -> None:
        tries.append(key)
        raise ConnectionError

    monkeypatch.setattr(cache, "add", fail)
    statuses = [Client().post("/webhooks/twilio/whatsapp/", {"Body": "forged"}).status_code for _ in range(3)]
    assert (statuses, len(tries)) == ([403] * 3, 1)


@pytest.mark.django_db(transaction=True)
def test_heartbeats_have_an_age_or_are_missing() -> None:
    heartbeats._last.clear()
    heartbeats._note("worker.turns")
    ages = {name[1]: value for name, value in scrape().items() if name[0] == "sineta_heartbeat_age_seconds"}
    assert ages == {"worker.turns": 0}


@pytest.mark.django_db(transaction=True)
def test_source_that_hangs_is_said_to_be_down(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = threading.Event()
    monkeypatch.setattr(metrics, "_from_rows", hanging.wait)
    monkeypatch.setattr(metrics, "SCRAPE_SECONDS", 0.3)
    started = time.monotonic()
    figures = scrape()
    hanging.set()
    assert time.monotonic() - started < 1
    assert (figures["sineta_source_up", "database"], figures["sineta_source_up", "cache"]) == (0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("query", [metrics.TURNS, metrics.FAILURES, metrics.TROUBLES])
def test_queries_read_the_newest_rows_from_the_key(query: str) -> None:
    with connection.cursor() as cursor:
        # In an empty table any plan costs nothing; what matters is that this one is possible.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {query}", [])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan Backward using intake_" in plan
    assert "Sort Key: intake" not in plan


# Who may read them


def status(**headers: str) -> int:
    return Client().get("/metrics", headers={"host": "localhost", **headers}).status_code


@pytest.mark.django_db(transaction=True)
def test_this_machine_may_read_them() -> None:
    assert status() == 200
    assert status(host="127.0.0.1:8000") == 200


def test_others_find_nothing() -> None:
    assert Client(REMOTE_ADDR="203.0.113.7").get("/metrics", headers={"host": "localhost"}).status_code == 404
    assert status(host="sineta.example") == 404
    assert status(**{"x-forwarded-for": "203.0.113.7"}) == 404


def test_behind_a_proxy_being_here_counts_nothing(settings: Settings) -> None:
    """A proxy on the same machine makes everybody seem to be this machine."""
    settings.TRUSTED_PROXY = True
    assert status() == 404


@pytest.mark.django_db(transaction=True)
def test_token_opens_from_anywhere_and_nothing_else_does(settings: Settings) -> None:
    settings.METRICS_TOKEN, settings.TRUSTED_PROXY = "s3cret", True
    assert status(host="web:8000", authorization="Bearer s3cret") == 200
    assert status(host="web:8000", authorization="Bearer s3cretx") == 404
    assert status() == 404


@pytest.mark.django_db(transaction=True)
def test_figures_hold_nobodys_data() -> None:
    """V6 for the scrape."""
    talk = phone.talk(cast.ana(), profile_name="Canário")
    phone.said(talk, "segredo", medium="whatsapp", status="failed", error_code="63016", error_message="segredo")
    text = Client().get("/metrics", headers={"host": "localhost"}).content.decode()
    assert OutboundMessage.objects.get().body == "segredo"
    assert not [word for word in ("segredo", "Canário", "5511", "Ana") if word in text]
