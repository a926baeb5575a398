"""Health: is the process alive, is everything it needs there, and are the workers at work?

`/healthz` asks nothing and nobody; `/readyz` looks at the database, the broker, the cache, the heartbeats and the
oldest work that is due, all at once and within a second, whoever hangs. Both answer before any other middleware,
so that a probe needs no known host name and no https.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Expired
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from config import heartbeats, metrics, probes
from config.celery import app
from intake import agent
from language.breaker import Opening
from language.groq import Groq

PROBE_SECONDS = 0.9
# Later than a burst, a turn's 20 s and a sweep together can explain.
LATE_SECONDS = 120
# Why the breaker opened, for people; any other reason is a status that Groq answered with.
REASONS = {
    "timeout": "no answer in time",
    "deadline": "no answer in time",
    "connection": "no connection",
    "rate_limited": "rate limit reached",
    "unauthorized": "it refuses GROQ_API_KEY",
    "not_served": "it serves none of GROQ_MODELS",
}


@dataclass
class Report:
    """What `/readyz` says. `reasons` are why it is not ready; `notes` what an operator may want to know."""

    ready: bool = True
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    database: bool = False
    broker: bool = False
    cache: bool = False
    workers: dict[str, int | None] = field(default_factory=dict)
    beat: int | None = None
    oldest_due_conversation_seconds: float = 0.0
    oldest_due_message_seconds: float = 0.0
    models: list[str] = field(default_factory=list)
    models_not_served: list[str] = field(default_factory=list)
    breaker_open_since: str | None = None
    milliseconds: int = 0

    def fail(self, reason: str) -> None:
        self.ready = False
        self.reasons.append(reason)


@dataclass(frozen=True)
class Shared:
    """What stands in the shared cache: seconds since each heartbeat (None: none), models not served, the breaker."""

    workers: dict[str, int | None]
    beat: int | None
    models: list[str]
    models_not_served: list[str]
    opening: Opening | None


def answer_probes(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware, the first of all: the operator's three addresses, whatever the Host header says."""
    doors = {"/healthz": alive, "/readyz": ready, "/metrics": metrics.show}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        door = doors.get(request.path_info)
        response = door(request) if door else get_response(request)
        metrics.note_refusal(request, response.status_code)
        return response

    return middleware


def alive(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


def ready(_request: HttpRequest) -> JsonResponse:
    report = examine()
    response = JsonResponse(asdict(report), status=200 if report.ready else 503)
    response["Cache-Control"] = "no-store"
    return response


def examine() -> Report:
    """Ask everything at once; return within about a second."""
    started = time.monotonic()
    questions = {"database": metrics.ages, "broker": ping_broker, "cache": read_shared}
    asked = {name: probes.ask(name, question) for name, question in questions.items()}
    report = Report()
    found = {name: _answer(report, name, future, until=started + PROBE_SECONDS) for name, future in asked.items()}
    if found["database"]:
        _judge_ages(report, *found["database"])
    if found["cache"]:
        _judge_shared(report, found["cache"])
    report.database, report.broker, report.cache = (found[name] is not None for name in questions)
    report.milliseconds = round((time.monotonic() - started) * 1000)
    return report


def ping_broker() -> bool:
    """Raise whatever the broker's client raises when it does not answer."""
    with app.connection_for_write() as broker:
        # Without the retries that asking for a channel would make.
        broker.connect()
        channel: Any = broker.default_channel
        return bool(channel.client.ping())


def read_shared() -> Shared:
    """Write and read the shared cache; return the heartbeats and the memory of the models in it."""
    # A key with a short life: the probe must not leave anything behind.
    cache.set("health.probe", "1", timeout=10)
    if cache.get("health.probe") != "1":
        raise ConnectionError("the cache forgot what was just written")
    model = agent.model()
    return Shared(
        workers={queue: heartbeats.seconds_since(f"worker.{queue}") for queue in heartbeats.QUEUES},
        beat=heartbeats.seconds_since("beat"),
        models=list(settings.GROQ_MODELS) if model else [],
        models_not_served=list(model.unserved()) if isinstance(model, Groq) else [],
        opening=agent.breaker().opening() if model else None,
    )


def _answer(report: Report, name: str, future: "Future[Any]", *, until: float) -> Any:
    """Return what a probe found, or None after noting in the report why it found nothing."""
    try:
        return future.result(timeout=max(0.0, until - time.monotonic()))
    except Expired:
        report.fail(f"The {name} did not answer within a second.")
    except Exception as error:  # noqa: BLE001 - whatever it was, the report is the answer
        report.fail(f"The {name} does not work ({type(error).__name__}).")
    return None


def _judge_ages(report: Report, turn: float, message: float) -> None:
    report.oldest_due_conversation_seconds, report.oldest_due_message_seconds = turn, message
    if turn > LATE_SECONDS:
        report.fail(f"A conversation has been waiting for its turn for {turn:.0f} s.")
    if message > LATE_SECONDS:
        report.fail(f"A message has been waiting to be sent for {message:.0f} s.")


def _judge_shared(report: Report, shared: Shared) -> None:
    report.workers, report.beat = shared.workers, shared.beat
    report.models, report.models_not_served = shared.models, shared.models_not_served
    for queue, seconds in shared.workers.items():
        if seconds is None:
            report.fail(f"No worker has read the queue {queue} for {heartbeats.LIFE_SECONDS} s.")
    if shared.beat is None:
        report.fail(f"Beat has sent nothing for {heartbeats.LIFE_SECONDS} s: nothing forgotten is found again.")
    if not shared.models:
        report.notes.append("No GROQ_API_KEY: clients are guided with numbered choices.")
    elif set(shared.models) <= set(shared.models_not_served):
        report.notes.append("Groq serves none of GROQ_MODELS: clients are guided with numbered choices.")
    if shared.opening:
        _tell_opening(report, shared.opening)


def _tell_opening(report: Report, opening: Opening) -> None:
    """A note and no reason: clients are served."""
    since = datetime.fromtimestamp(opening.since, tz=UTC)
    report.breaker_open_since = since.isoformat(timespec="seconds")
    why = REASONS.get(opening.reason) or opening.reason.replace("http_", "status ")
    report.notes.append(
        f"Groq has answered nobody since {since:%Y-%m-%d %H:%M:%S} UTC ({why}): clients are guided with "
        f"numbered choices. One turn tries it again every {opening.rest} s; its first answer ends this."
    )
