"""The webhooks: verify, store one row, wake a worker, answer. Real transactions where messages race."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, connections, transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from config import celery_app
from intake import inbox, outbox, tasks, twilio
from intake.models import Conversation, InboundMessage, OutboundMessage
from scheduling.models import Professional
from tests import cast
from tests.conftest import Message
from tests.standins import twilio as standins
from tests.standins.twilio import payload, signature

BASE = "https://sineta.example.com"
EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _account(settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    settings.PUBLIC_BASE_URL = BASE


def post(form: dict[str, str], *, path: str = twilio.WEBHOOK_PATH, signed: str | None = None) -> Any:
    return Client().post(
        path,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature(BASE + path, form) if signed is None else signed},
    )


def number(n: int) -> dict[str, str]:
    return {"MessageSid": f"SM{n:032x}"}


def at_once(calls: Sequence[Callable[[], HttpResponse]]) -> list[HttpResponse]:
    """Run the calls in threads that start together, each with a connection of its own."""
    ready = Barrier(len(calls))

    def run(call: Callable[[], HttpResponse]) -> HttpResponse:
        ready.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def somebody_waits() -> bool:
    """Return whether a transaction waits for a lock of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


# One message


@pytest.mark.parametrize("shape", sorted(path.stem for path in standins.PAYLOADS.glob("*.json")))
def test_every_recorded_form_is_stored_once(shape: str) -> None:
    """W3, W4, W5, W18."""
    cast.ana()
    answer = post(payload(shape))
    assert (answer.status_code, answer.content, answer["content-type"]) == (200, EMPTY, "text/xml")
    assert InboundMessage.objects.get().provider_sid == payload(shape)["MessageSid"]


@pytest.mark.parametrize("wrong", ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_wrong_signature_gets_403_and_no_row(wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    """W1."""
    cast.ana()
    assert post(payload("text"), signed=wrong).status_code == 403
    assert not Conversation.objects.exists()
    assert "wrong signature" in caplog.text


def test_unsigned_request_gets_403() -> None:
    """W1."""
    assert Client().post(twilio.WEBHOOK_PATH, payload("text")).status_code == 403


def test_rotated_token_is_accepted_beside_the_new_one(settings: Settings) -> None:
    """W17."""
    cast.ana()
    settings.TWILIO_AUTH_TOKEN_SECONDARY = "the-old-one"
    signed = signature(twilio.webhook_url(), payload("text"), token="the-old-one")
    assert post(payload("text"), signed=signed).status_code == 200
    assert InboundMessage.objects.count() == 1


def test_get_is_not_allowed() -> None:
    assert Client().get(twilio.WEBHOOK_PATH).status_code == 405


def test_signature_counts_over_the_public_url_behind_a_proxy() -> None:
    """W2: the app sees http and an inner host."""
    cast.ana()
    form = payload("text")
    answer = Client(headers={"host": "testserver", "x-forwarded-proto": "http"}).post(
        twilio.WEBHOOK_PATH,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature(twilio.webhook_url(), form)},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("changes", [{"To": "whatsapp:+15550000000"}, {"AccountSid": "AC" + "9" * 32}, {"From": ""}])
def test_message_for_nobody_is_accepted_and_not_stored(
    changes: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """W19: no tenant is guessed."""
    cast.ana()
    answer = post(payload("text", **changes))
    assert (answer.status_code, answer.content) == (200, EMPTY)
    assert not InboundMessage.objects.exists()
    assert caplog.records
    assert "Caio" not in caplog.text


def test_number_belongs_to_one_professional_only() -> None:
    """W20."""
    cast.ana()
    with pytest.raises(ValidationError, match="whatsapp_number"):
        Professional(name="Outra", whatsapp_number=cast.ANA_NUMBER).full_clean()


def test_simulated_message_is_refused_where_the_simulator_is(settings: Settings) -> None:
    cast.ana()
    assert post(payload("text", SinetaChannel="simulator")).status_code == 200
    assert not InboundMessage.objects.exists()


def test_nul_and_line_breaks_are_stored_as_far_as_possible() -> None:
    """W5."""
    cast.ana()
    assert post(payload("odd_characters")).status_code == 200
    stored = InboundMessage.objects.get()
    assert stored.body == payload("odd_characters")["Body"].replace("\0", "\ufffd")


def test_same_message_is_one_row_for_ever(settings: Settings) -> None:
    """W7: nothing but the row remembers the id."""
    cast.ana()
    post(payload("text"))
    InboundMessage.objects.update(status="done", received_at="2026-01-01T00:00Z")
    assert post(payload("text")).status_code == 200
    assert InboundMessage.objects.count() == 1


def test_second_delivery_wakes_nobody(
    published: list[Message], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    cast.ana()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            post(payload("text"))
    assert len(published) == 1


def test_one_publish_is_all_that_leaves_the_request(
    published: list[Message], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """W12: with the guard against the network, this is every call to the outside."""
    cast.ana()
    with django_capture_on_commit_callbacks(execute=True):
        post(payload("text"))
    (message,) = published
    assert (message.task, message.args) == ("intake.tasks.reply", (Conversation.objects.get().pk,))
    assert message.options["countdown"] == pytest.approx(2, abs=0.1)


@pytest.mark.django_db(transaction=True)
def test_burst_needs_one_wake_up(
    published: list[Message], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """W8"""
    cast.ana()

    with django_capture_on_commit_callbacks(execute=True):
        for number in range(10):
            post(payload("text", MessageSid=f"SM{number:032}"))

    assert len(published) == 1


def test_tap_within_a_burst_waits_for_nothing(
    published: list[Message], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    cast.ana()

    with django_capture_on_commit_callbacks(execute=True):
        post(payload("text"))
        post(payload("quick_reply_tap"))

    assert len(published) == 2


def test_rolled_back_message_wakes_nobody(published: list[Message]) -> None:
    """Q4."""
    cast.ana()
    with transaction.atomic():
        post(payload("text"))
        transaction.set_rollback(True)
    assert published == []
    assert not InboundMessage.objects.exists()


def test_database_that_is_down_gets_503(monkeypatch: pytest.MonkeyPatch) -> None:
    """W10: never 200 before the commit."""

    def fail(*args: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(inbox, "receive", fail)
    cast.ana()
    assert post(payload("text")).status_code == 503


@pytest.mark.django_db(transaction=True)
def test_broker_that_is_down_costs_nothing(real_broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """W11: one try that is swallowed; 2 s of reconnecting would be Celery's own habit."""
    cast.ana()
    options = tasks._publishing().transport_options
    nobody = celery_app.connection_for_write("redis://127.0.0.1:9/0", connect_timeout=1, transport_options=options)
    monkeypatch.setattr(tasks, "_publishing", lambda: nobody)
    monkeypatch.setattr(tasks, "_broker_rests_until", 0.0)
    started = time.monotonic()
    assert post(payload("text")).status_code == 200
    assert time.monotonic() - started < 1.8
    assert inbox.due() == []
    assert Conversation.objects.get().reply_due_at is not None


# Many messages


@pytest.mark.django_db(transaction=True)
def test_same_message_sixteen_times_at_once_is_one_row() -> None:
    """W6."""
    cast.ana()
    answers = at_once([lambda: post(payload("text"))] * 16)
    assert {answer.status_code for answer in answers} == {200}
    assert InboundMessage.objects.count() == 1
    assert Conversation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_messages_at_once_are_one_conversation_and_one_turn() -> None:
    """W8."""
    cast.ana()
    at_once([partial(post, payload("text", **number(n))) for n in range(1, 11)])
    conversation = Conversation.objects.get()
    assert conversation.inbound.count() == 10
    Conversation.objects.update(reply_due_at=conversation.created_at)
    assert len([lease for _ in range(5) if (lease := inbox.claim(conversation.pk))]) == 1


@pytest.mark.django_db(transaction=True)
def test_both_forms_of_a_number_at_once_are_one_conversation() -> None:
    cast.ana()
    for _ in range(5):
        Conversation.objects.all().delete()
        shapes = ["text", "short_form_sender"] * 4
        at_once([partial(post, payload(shape, **number(n))) for n, shape in enumerate(shapes)])
        assert Conversation.objects.count() == 1
        assert InboundMessage.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_later_message_is_never_visible_first() -> None:
    """W9: a turn that saw only the later one would answer without the earlier."""
    cast.ana()
    post(payload("text", **number(1)))
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Conversation.objects.select_for_update(no_key=True).get()
            later = pool.submit(at_once, [partial(post, payload("text", **number(2)))])
            wait_until(somebody_waits)
            post(payload("text", **number(5)))
        later.result(timeout=10)
    rows = InboundMessage.objects.order_by("pk").values_list("provider_sid", flat=True)
    assert list(rows) == [number(n)["MessageSid"] for n in (1, 5, 2)]


def test_answer_goes_to_the_form_used_last() -> None:
    cast.ana()
    post(payload("text"))
    post(payload("short_form_sender"))
    conversation = Conversation.objects.get()
    assert conversation.address == payload("short_form_sender")["From"]
    outbox.say(conversation, "Olá", dedupe_key="test:1")
    assert OutboundMessage.objects.get().recipient == "whatsapp:+551187654321"


def test_two_conversations_of_one_person_each_keep_their_own() -> None:
    """Rows of both forms, from before they were known to be one person, do not collide."""
    ana = cast.ana()
    for address in ("whatsapp:+551187654321", cast.CAIO_ADDRESS):
        Conversation.objects.create(professional=ana, channel="whatsapp", address=address)
    assert post(payload("text")).status_code == 200
    assert InboundMessage.objects.get().conversation.address == cast.CAIO_ADDRESS


def test_same_person_writes_to_two_professionals_apart() -> None:
    """N3."""
    ana, bruno = cast.ana(), cast.bruno()
    post(payload("text"))
    post(payload("text", **number(99), To=f"whatsapp:{cast.BRUNO_NUMBER}"))
    assert {conversation.professional for conversation in Conversation.objects.all()} == {ana, bruno}


# Delivery reports


def report(outbox_id: int, status: str, *, signed: str | None = None, **changes: str) -> Any:
    form = {"MessageSid": "SM" + "a" * 32, "MessageStatus": status, "AccountSid": standins.ACCOUNT} | changes
    return post(form, path=f"/webhooks/twilio/status/{outbox_id}/", signed=signed)


def handed() -> OutboundMessage:
    conversation = Conversation.objects.create(professional=cast.ana(), channel="whatsapp", address=cast.CAIO_ADDRESS)
    outbox.say(conversation, "Olá", dedupe_key="test:1")
    OutboundMessage.objects.update(status="sent", provider_sid="SM" + "a" * 32)
    return OutboundMessage.objects.get()


def test_report_is_recorded() -> None:
    message = handed()
    assert report(message.pk, "delivered").status_code == 200
    message.refresh_from_db()
    assert message.status == "delivered"


def test_forged_report_gets_403() -> None:
    """W16."""
    message = handed()
    assert report(message.pk, "failed", signed="AAAAAAAAAAAAAAAAAAAAAAAAAAA=").status_code == 403
    message.refresh_from_db()
    assert message.status == "sent"


@pytest.mark.parametrize("outbox_id", [0, 999_999, 2**70])
def test_report_for_an_unknown_message_is_accepted(outbox_id: int, caplog: pytest.LogCaptureFixture) -> None:
    """W15."""
    assert report(outbox_id, "delivered").status_code == 200
    assert "unknown message" in caplog.text


def test_report_while_the_database_is_down_gets_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(outbox, "record", fail)
    assert report(1, "delivered").status_code == 503


# Privacy


def test_log_of_a_webhook_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """V6."""
    caplog.set_level(logging.DEBUG)
    cast.ana()
    post(payload("text"))
    post(payload("text", From=""))
    post(payload("text"), signed="x")
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    for secret in ("Caio", "11987654321", "quinta"):
        assert secret not in ours
