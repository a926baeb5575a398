"""The acknowledgement of a message: the product's web server against a handler without a framework on the same one."""

import functools
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

from django.conf import settings
from django.test import RequestFactory

from benchmarks import data, load, processes
from benchmarks.bookings import plain_connection
from benchmarks.figures import Row, limit, percentile, take_turns
from benchmarks.recording import record
from config import celery_app, embedded, state
from intake import views
from intake.models import InboundMessage
from tests.standins.twilio import ACCOUNT, TOKEN

CONNECTIONS = 16
EACH = 60
ROUNDS = 7
CROWD = 200


def measure() -> list[Row]:
    """Return the rows about the webhook. Asserts that the baseline stores as much as the product."""
    seconds: dict[int, list[float]] = {processes.PORT: [], processes.BARE_PORT: []}
    with servers():
        stored = [_stored(functools.partial(_batch, port, [])) for port in seconds]
        assert stored == [CONNECTIONS * EACH] * 2, f"stored: {stored}"
        batches = [functools.partial(_batch, port, measured) for port, measured in seconds.items()]
        ours, bare = take_turns(ROUNDS, *batches)
        crowd = load.post(processes.PORT, [[load.request(n)] for n in range(CROWD)]).statuses
    slow, slow_bare = (percentile(measured, 0.99) for measured in seconds.values())
    answered = sum(status == 200 for status in crowd)
    return [
        _throughput(ours, bare),
        _slowest(slow, slow_bare),
        limit(f"{CROWD} connections at once: answers with 5xx", sum(status >= 500 for status in crowd), most=0),
        Row(f"{CROWD} connections at once: stored", f"{answered}", "", f"{answered}", f"{CROWD}", answered == CROWD),
    ]


def _batch(port: int, seconds: list[float]) -> float:
    """Send every connection's share; note each request's seconds and return those of one over all of them."""
    answers = load.post(port, [[load.request(n) for _ in range(EACH)] for n in range(CONNECTIONS)])
    assert set(answers.statuses) == {200}, f"refused: {set(answers.statuses)}"
    seconds += answers.seconds
    return answers.elapsed / (CONNECTIONS * EACH)


def _stored(action: Callable[[], object]) -> int:
    """Return how many messages were stored meanwhile."""
    before = InboundMessage.objects.count()
    action()
    return InboundMessage.objects.count() - before


def _throughput(ours: float, bare: float) -> Row:
    ratio = bare / ours
    what = f"signed and stored messages, {CONNECTIONS} connections"
    baseline = f"{1 / bare:,.0f}/s no framework, same server, statements and message"
    return Row(what, f"{1 / ours:,.0f}/s", baseline, f"{ratio:.2f}×", "at least 0.4×", ratio >= 0.4)


def _slowest(ours: float, bare: float) -> Row:
    ratio = ours / bare
    subject, baseline = f"{ours * 1000:.1f} ms", f"{bare * 1000:.1f} ms"
    return Row("the same: 99th percentile", subject, baseline, f"{ratio:.2f}×", "at most 2×", ratio <= 2)


@contextmanager
def servers() -> Iterator[None]:
    """Run both web servers; conversations of all senders exist, as most do."""
    with processes.running(processes.command("web")):
        processes.wait_for(lambda: load.answers(processes.PORT))
        for number in range(CROWD):
            load.post(processes.PORT, [[load.request(number)]])
        plan = Path(state.folder()) / "webhook.plan"
        plan.write_bytes(pickle.dumps(_plan()))
        with processes.running(processes.bare_command(), BENCH_PLAN=str(plan)):
            processes.wait_for(lambda: load.answers(processes.BARE_PORT))
            yield
    data.run("TRUNCATE intake_conversation CASCADE")
    with celery_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        channel.client.flushdb()


def _plan() -> dict[str, Any]:
    """Take one message in this process and return what the baseline needs to do the same."""
    raw = load.request(0)
    head, _, body = raw.partition(b"\r\n\r\n")
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    signed = head.decode().rpartition("X-Twilio-Signature: ")[2].split("\r\n")[0]
    request = RequestFactory().post(load.PATH, form, headers={"X-Twilio-Signature": signed})
    request.POST  # noqa: B018 - parsed before the statements are recorded
    with patch.multiple(
        settings, TWILIO_AUTH_TOKEN=TOKEN, TWILIO_ACCOUNT_SID=ACCOUNT, PUBLIC_BASE_URL=processes.ORIGIN
    ):
        statements = record(lambda: views.whatsapp(request))
    with celery_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        message = channel.client.lindex("turns", 0)
    return {
        "statements": statements,
        "message": message,
        "token": TOKEN,
        "url": processes.ORIGIN + load.PATH,
        "sender": form["From"],
        "sid": form["MessageSid"],
        "database": plain_connection(),
        "valkey": str(embedded.socket_folder() / "valkey.sock"),
    }
