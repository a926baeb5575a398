"""Figures for Prometheus at `/metrics`, read from the rows at the moment of the scrape.

Web and workers are separate processes, so counters in their memory would each tell a part; the rows tell all of it
to whoever asks. Every query reads an index from its newest end and stops after a fixed number of rows.
"""

import hmac
import ipaddress
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, Q
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from config import heartbeats, probes
from intake import outbox
from intake.models import Conversation, OutboundMessage, Turn

WINDOW_MINUTES = 10
MOST_ROWS = 10_000
SCRAPE_SECONDS = 2
REFUSALS = "metrics.webhook_refusals"
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
CACHE_REST_SECONDS = 5.0

TURNS = f"""
    SELECT path, count(*), percentile_disc(0.95) WITHIN GROUP (ORDER BY milliseconds)
    FROM (SELECT path, milliseconds, created_at FROM intake_turn ORDER BY id DESC LIMIT {MOST_ROWS}) newest
    WHERE created_at > now() - interval '{WINDOW_MINUTES} minutes' GROUP BY path
"""  # noqa: S608 - our own numbers
TROUBLES = f"""
    SELECT split_part(outcome, ': ', 2), count(*)
    FROM (SELECT outcome, created_at FROM intake_turn ORDER BY id DESC LIMIT {MOST_ROWS}) newest
    WHERE created_at > now() - interval '{WINDOW_MINUTES} minutes' AND outcome LIKE '%%: %%'
    GROUP BY 1 ORDER BY 2 DESC LIMIT 30
"""  # noqa: S608 - our own numbers
FAILURES = f"""
    SELECT medium, error_code, count(*)
    FROM (SELECT medium, error_code, status, created_at FROM intake_outboundmessage ORDER BY id DESC LIMIT {MOST_ROWS})
        newest
    WHERE created_at > now() - interval '1 hour' AND error_code <> ''
    GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 50
"""  # noqa: S608 - our own numbers

_cache_rests_until = 0.0


def show(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus; 404 to everybody who is neither on this machine nor has the token."""
    if not allowed(request):
        return HttpResponse(status=404)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Rows())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def allowed(request: HttpRequest) -> bool:
    """Return whether somebody may read the figures: with METRICS_TOKEN, or from this machine.

    Behind a proxy everybody seems to be this machine, so there only the token counts.
    """
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(bearer, settings.METRICS_TOKEN.encode())
    forwarded = any(name in request.META for name in ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_VIA"))
    host = request.META.get("HTTP_HOST", "").rpartition(":")[0] or request.META.get("HTTP_HOST", "")
    return not settings.TRUSTED_PROXY and not forwarded and host in LOOPBACK_HOSTS and _is_loopback(request)


def note_refusal(request: HttpRequest, status: int) -> None:
    """Count a webhook refused for its signature (W1), for all web processes; a cache that is down costs one try."""
    global _cache_rests_until
    if status != 403 or not request.path_info.startswith("/webhooks/") or time.monotonic() < _cache_rests_until:
        return
    try:
        cache.add(REFUSALS, 0, timeout=None)
        cache.incr(REFUSALS)
    except Exception:  # noqa: BLE001 - whatever the cache raises, the refusal stands
        _cache_rests_until = time.monotonic() + CACHE_REST_SECONDS


def ages() -> tuple[float, float]:
    """Return how long the oldest due conversation and the oldest due message have been waiting, in seconds.

    A message behind another one of its conversation that is on the way is not late, nor one of a sender over its limit.
    """
    open_ones = OutboundMessage.objects.filter(status__in=["pending", "sending"])
    earlier = open_ones.filter(conversation=OuterRef("conversation"), pk__lt=OuterRef("pk"), attempts__gt=0)
    free = Conversation.objects.filter(Q(lease_until=None) | Q(lease_until__lte=Now()), reply_due_at__lte=Now())
    turn = free.aggregate(age=Now() - Min("reply_due_at"))["age"]
    free_ones = open_ones.filter(~Exists(earlier), due_at__lte=Now()).exclude(outbox.held_back())
    message = free_ones.aggregate(age=Now() - Min("due_at"))["age"]
    seconds = [round(age.total_seconds(), 1) if age else 0.0 for age in (turn, message)]
    return seconds[0], seconds[1]


class _Rows(Collector):
    """Asks the rows, then the shared cache; whichever does not answer is missing, and said to be."""

    def collect(self) -> Iterator[Metric]:
        healthy = GaugeMetricFamily("sineta_source_up", "1 if this source of figures answered.", labels=["source"])
        for source, read in (("database", _from_rows), ("cache", _from_cache)):
            yield from _attempt(source, read, healthy)
        yield healthy


def _attempt(source: str, read: Callable[[], list[Metric]], healthy: GaugeMetricFamily) -> list[Metric]:
    try:
        found: list[Metric] = probes.ask(f"metrics.{source}", read).result(timeout=SCRAPE_SECONDS)
    except Exception:  # noqa: BLE001 - a scrape that fails tells that very thing
        healthy.add_metric([source], 0)
        return []
    healthy.add_metric([source], 1)
    return found


def _from_rows() -> list[Metric]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{SCRAPE_SECONDS}s'")
        turns, troubles, failures = (_rows(cursor, query) for query in (TURNS, TROUBLES, FAILURES))
        turn_age, message_age = ages()
    waiting = _gauge("sineta_oldest_due_seconds", "Age of the oldest work that is due.", "kind")
    waiting.add_metric(["conversation"], turn_age)
    waiting.add_metric(["message"], message_age)
    silent = [(path, 0, 0) for path in Turn.Path.values if path not in {row[0] for row in turns}]
    turns = [*turns, *silent]
    last = f"of the last {WINDOW_MINUTES} minutes"
    return [
        waiting,
        _filled(_gauge("sineta_turns", f"Turns {last}, by how they were answered.", "path"), turns, column=1),
        _filled(_gauge("sineta_turn_p95_milliseconds", f"95th percentile {last}.", "path"), turns, column=2),
        _filled(_gauge("sineta_provider_troubles", f"Turns {last} with a model's trouble.", "reason"), troubles),
        _filled(
            _gauge("sineta_delivery_errors", "Messages of the last hour with an error.", "medium", "code"), failures
        ),
    ]


def _from_cache() -> list[Metric]:
    refusals = CounterMetricFamily("sineta_webhook_refusals", "Webhooks refused for a wrong signature.")
    refusals.add_metric([], cache.get(REFUSALS, 0))
    beats = _gauge("sineta_heartbeat_age_seconds", "Since the last sign of life; missing when it is too long.", "part")
    for name in [*(f"worker.{queue}" for queue in heartbeats.QUEUES), "beat"]:
        seconds = heartbeats.seconds_since(name)
        if seconds is not None:
            beats.add_metric([name], seconds)
    return [refusals, beats]


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=labels)


def _filled(family: GaugeMetricFamily, rows: list[Any], *, column: int = -1) -> GaugeMetricFamily:
    """Add a sample a row: the labels stand first, the value in `column`."""
    for row in rows:
        family.add_metric([str(label) for label in row[: len(family._labelnames)]], row[column])
    return family


def _rows(cursor: Any, query: str) -> list[Any]:
    cursor.execute(query)
    return list(cursor.fetchall())


def _is_loopback(request: HttpRequest) -> bool:
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
