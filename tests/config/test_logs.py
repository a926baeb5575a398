"""Log lines: one formatter for everybody, and nothing of anybody in them."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog
from celery.app import trace
from django.conf import settings as product
from django.db import IntegrityError, OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from config import celery_app, logs
from intake import agent, inbox, notices, outbox, tasks, twilio
from intake.models import Conversation, OutboundMessage
from tests import cast
from tests.standins import groq as groq_standin
from tests.standins.groq import GroqStandIn
from tests.standins.twilio import ACCOUNT, TOKEN, TwilioStandIn, error, payload, signature

BASE = "https://sineta.example.com"
NAME, PHONE, TEXT, MAIL = "Canária Segredo", "5511912345678", "palavrinha-secreta", "canaria@segredo.example"
CANARIES = ("Canária", "Segredo", "11912345678", "palavrinha", "canaria@")

Lines = list[dict[str, Any]]


class Log:
    """What the product's handler writes outside DEBUG, from every logger at every level."""

    def __init__(self, *, readable: bool = False) -> None:
        self.buffer = io.StringIO()
        self.handler = logging.StreamHandler(self.buffer)
        self.handler.setFormatter(logs.formatter(readable=readable))
        self.handler.addFilter(logs.WithoutTexts())

    @property
    def text(self) -> str:
        return self.buffer.getvalue()

    @property
    def lines(self) -> Lines:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture(autouse=True)
def _nothing_bound() -> None:
    """What a request of another test left bound in this thread is in no line of these."""
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def log() -> Iterator[Log]:
    captured, root = Log(), logging.getLogger()
    before = root.level
    logging.config.dictConfig(product.LOGGING)
    root.addHandler(captured.handler)
    root.setLevel(logging.DEBUG)
    yield captured
    root.removeHandler(captured.handler)
    root.setLevel(before)
    structlog.contextvars.clear_contextvars()


def written(raised: BaseException | None = None, *, text: str = "failed", readable: bool = False, **extra: Any) -> str:
    """Return the line of a record as any library would make it."""
    captured = Log(readable=readable)
    info = (type(raised), raised, raised.__traceback__) if raised else None
    record = logging.getLogger("somebody.else").makeRecord("x", 40, "f.py", 1, text, (), info, extra=extra)
    captured.handler.handle(record)
    return captured.text


def caught(raised: BaseException, *, cause: BaseException | None = None) -> BaseException:
    try:
        raise raised from cause
    except type(raised) as found:
        return found


# The whole way of a message


@pytest.fixture
def twilio_standin(settings: Settings) -> Iterator[TwilioStandIn]:
    with TwilioStandIn() as standin:
        settings.TWILIO_API_BASE_URL, settings.PUBLIC_BASE_URL = standin.url, BASE
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.BURST_QUIET_SECONDS = 0.0
        yield standin


@pytest.fixture
def groq(settings: Settings) -> Iterator[GroqStandIn]:
    with GroqStandIn() as standin:
        settings.GROQ_API_KEY, settings.GROQ_BASE_URL, settings.GROQ_MODELS = "gsk_test", standin.url, ["gpt-oss"]
        agent.model.cache_clear()
        yield standin
    agent.model.cache_clear()


def post(text: str, *, number: int, signed: bool = True, **changes: str) -> int:
    who = {"From": f"whatsapp:+{PHONE}", "WaId": PHONE, "ProfileName": NAME}
    form = payload("text", Body=text, MessageSid=f"SM{number:032x}", **who, **changes)
    headers = {"X-Twilio-Signature": signature(BASE + twilio.WEBHOOK_PATH, form) if signed else "no"}
    kind = "application/x-www-form-urlencoded"
    return Client().post(twilio.WEBHOOK_PATH, urlencode(form), content_type=kind, headers=headers).status_code


def answer_all() -> None:
    """Do the work of both workers, as their tasks."""
    for conversation in Conversation.objects.all():
        Conversation.objects.filter(pk=conversation.pk).update(reply_due_at=conversation.created_at)
        tasks.reply.apply(args=(conversation.pk,))
    OutboundMessage.objects.filter(status="pending").update(due_at=timezone.now())
    tasks.deliver.apply()


def fail_with_canary(*_args: Any, **_options: Any) -> None:
    raise IntegrityError(f"Key (address)=(whatsapp:+{PHONE}) of {NAME} <{MAIL}>: {TEXT}")


@pytest.mark.django_db
def test_no_name_phone_or_text_is_in_any_line(
    log: Log, twilio_standin: TwilioStandIn, groq: GroqStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V6: webhook, turn with and without a model, delivery, and everything that fails on the way."""
    ana = cast.ana()
    thursday = {"date": str(cast.next_weekday(3).date()), "time": "10:00"}
    groq.script(
        groq_standin.call("book_appointment", {**thursday, "client_name": NAME}),
        groq_standin.status(503, error={"message": TEXT}),
        groq_standin.text(f"{NAME}, {TEXT}: às 23h está livre."),
        groq_standin.tool_use_failed(TEXT),
        groq_standin.raw(TEXT.encode()),
    )
    twilio_standin.script(error(400, 63016), error(429, 20429))
    post(f"oi, sou {NAME}, {TEXT}", number=1, signed=False)
    for number, text in enumerate((f"sou {NAME}, quinta às 10h, {TEXT}", "sim", TEXT, f"{MAIL} {PHONE}"), start=2):
        assert post(text, number=number) == 200
        answer_all()
    post(TEXT, number=9, To="whatsapp:+10000000000")
    Client().post("/webhooks/twilio/status/1/", {"To": PHONE, "Body": TEXT})
    outbox.mail(ana, to=MAIL, subject=NAME, body=TEXT, dedupe_key="canary")
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_send_mail", fail_with_canary)
        tasks.deliver.apply()
    with monkeypatch.context() as patch:
        patch.setattr(agent, "_take_turn", fail_with_canary)
        assert post(TEXT, number=10) == 200
        answer_all()
    with monkeypatch.context() as patch:
        patch.setattr(notices, "announce_pending", fail_with_canary)
        tasks.sweep.apply()
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "receive", fail_with_canary)
        client = Client(raise_request_exception=False)
        form = payload("text", Body=TEXT, ProfileName=NAME)
        headers = {"X-Twilio-Signature": signature(BASE + twilio.WEBHOOK_PATH, form)}
        kind = "application/x-www-form-urlencoded"
        assert client.post(twilio.WEBHOOK_PATH, urlencode(form), kind, headers=headers).status_code == 500
    # Each part of the way has left a line, so that the search below searches something.
    loggers = {line["logger"] for line in log.lines}
    wanted = {"config.logs", "intake.views", "intake.agent", "language.groq", "celery.app.trace", "django.request"}
    assert wanted <= loggers
    assert "IntegrityError" in log.text
    assert not [line for line in log.lines if any(canary in str(line) for canary in CANARIES)]


# One line


@pytest.mark.parametrize("readable", [True, False])
def test_exception_is_told_by_class_and_frames_without_its_text(*, readable: bool) -> None:
    """V6: PostgreSQL and pydantic quote rows and input in the text of their errors."""
    line = written(caught(ValueError(TEXT), cause=KeyError(NAME)), readable=readable)
    assert "ValueError < builtins.KeyError" in line
    assert "tests/config/test_logs.py:" in line
    assert " caught" in line
    assert not [canary for canary in CANARIES if canary in line]


@pytest.mark.parametrize("harmless", [AttributeError("no attribute 'x'"), OperationalError("connection refused")])
def test_exception_about_ourselves_keeps_its_text(harmless: Exception) -> None:
    assert str(harmless) in json.loads(written(caught(harmless)))["error"]


@pytest.mark.parametrize("personal", [f"whatsapp:+{PHONE}", f"+{PHONE}", "+55 (11) 91234-5678", MAIL])
def test_address_in_a_strange_line_is_hidden(personal: str) -> None:
    assert json.loads(written(text=f"sent to {personal}, done"))["event"] == "sent to [hidden], done"


def test_only_ids_pass_from_extra() -> None:
    line = json.loads(written(conversation=7, body=TEXT, request=SimpleNamespace(POST=TEXT)))
    assert line["conversation"] == 7
    assert {"body", "request"}.isdisjoint(line)


def test_line_of_a_failed_task_has_no_text_of_its_error(log: Log) -> None:
    trace.logger.error(
        "Task %(name)s raised: %(exc)s\n%(traceback)s", {"name": "t", "exc": f"E({TEXT!r})", "traceback": TEXT}
    )
    assert log.lines[-1]["event"] == "Task t raised: E\n"


def test_very_long_line_is_cut() -> None:
    assert len(json.loads(written(text="x" * 100_000))["event"]) == logs.LONGEST_EVENT


# Context


def test_every_line_of_a_request_has_its_number_and_so_has_the_answer(log: Log) -> None:
    answer = Client().get("/nowhere/")
    numbers = {line["request"] for line in log.lines if line["logger"] in {"config.logs", "django.request"}}
    assert numbers == {answer["X-Request-ID"]}


@pytest.mark.django_db
def test_line_of_a_request_names_its_route_not_its_path(log: Log) -> None:
    Client().post("/webhooks/twilio/status/4711/", {"Body": "forged"})
    line = next(line for line in log.lines if line["event"] == "request")
    assert (line["method"], line["route"], line["status"]) == ("POST", "webhooks/twilio/status/<int:outbox_id>/", 403)
    assert 0 <= line["milliseconds"] < 5000


@pytest.mark.django_db
def test_line_of_a_turn_names_task_and_conversation(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    structlog.contextvars.bind_contextvars(request="of an earlier task")
    monkeypatch.setattr(agent, "reply", lambda _id: logging.getLogger("intake.agent").info("in a turn"))
    done = tasks.reply.apply(args=(4711,))
    line = next(line for line in log.lines if line["event"] == "in a turn")
    assert (line["task"], line["task_id"], line["conversation"]) == ("intake.tasks.reply", done.id, 4711)
    assert "request" not in line


@pytest.mark.django_db
def test_turn_joins_the_lines_of_its_conversation_and_of_what_left(log: Log, twilio_standin: TwilioStandIn) -> None:
    cast.ana()
    post("oi", number=1)
    answer_all()
    message = OutboundMessage.objects.get()
    taken, handed = (
        next(line for line in log.lines if line["event"].startswith(event))
        for event in ("turn taken: guided", "message handed over")
    )
    assert (taken["turn"], taken["conversation"]) == (message.turn_id, message.conversation_id)
    assert (handed["turn"], handed["outbox"]) == (message.turn_id, message.pk)
    done = [line for line in log.lines if line["logger"] == "celery.app.trace" and line["task"] == "intake.tasks.reply"]
    assert [line["turn"] for line in done] == [message.turn_id]


def test_number_of_the_request_goes_along_with_its_messages(real_broker: str) -> None:
    structlog.contextvars.bind_contextvars(request="abc")
    tasks.reply.apply_async((1,))
    structlog.contextvars.clear_contextvars()
    with celery_app.connection_for_write() as broker:
        message = broker.SimpleQueue("turns").get(timeout=2)
    request = SimpleNamespace(**message.headers)
    logs.bind_task("id", SimpleNamespace(name="intake.tasks.reply", request=request), [1])
    assert structlog.contextvars.get_contextvars()["request"] == "abc"
    structlog.contextvars.clear_contextvars()


# Everybody's loggers


def test_talkative_libraries_stay_quiet_at_debug() -> None:
    """V6: at DEBUG they print requests, queries and headers."""
    configured = logs.configuration(readable=False, level="DEBUG")["loggers"]
    assert {configured[name]["level"] for name in ("groq", "httpx", "twilio", "urllib3", "django.db.backends")} == {
        "WARNING"
    }
