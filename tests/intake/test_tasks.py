"""What a worker does with a wake-up, with a second one, and without any: the rows decide."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from uuid import uuid4

import pytest
from django.db import connections
from django.db.models import F
from django.db.models.functions import Now
from pytest_django import Settings

from intake import agent, inbox, outbox, tasks, twilio
from intake.models import Conversation, InboundMessage, OutboundMessage, Turn
from language.tools import Answer, Unavailable, Usage
from scheduling import booking
from scheduling.models import Appointment, AppointmentEvent, Professional
from tests import cast
from tests.conftest import Message
from tests.standins import twilio as standins
from tests.standins.twilio import TwilioStandIn, payload

pytestmark = pytest.mark.django_db


class SlowModel:
    """A model during whose answer something happens; what it says needs no facts."""

    def __init__(self, meanwhile: Callable[[], object], *, text: str = "Como posso ajudar?") -> None:
        self.meanwhile, self.text, self.asked = meanwhile, text, 0

    def answer(self, *_messages: object, **_options: object) -> Answer:
        self.asked += 1
        if self.asked == 1:
            self.meanwhile()
        if not self.text:
            raise Unavailable("no_model")
        return Answer(self.text, (), "slow", Usage(), 1)


@pytest.fixture(autouse=True)
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioStandIn]:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    monkeypatch.setattr(tasks, "_broker_rests_until", 0.0)
    with TwilioStandIn() as running:
        settings.TWILIO_API_BASE_URL = running.url
        yield running


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Callable[..., SlowModel]:
    """Return a function that puts a slow model in place of the configured one."""

    def use(meanwhile: Callable[[], object], **changes: str) -> SlowModel:
        slow = SlowModel(meanwhile, **changes)
        monkeypatch.setattr(agent, "model", lambda: slow)
        return slow

    return use


def receive(professional: Professional, body: str = "Oi", **changes: str) -> int:
    """Store a message as the webhook does; return its conversation's id."""
    to = f"whatsapp:{professional.whatsapp_number}"
    received = twilio.parse(payload("text", To=to, Body=body, MessageSid=f"SM{uuid4().hex}", **changes))
    stored = inbox.receive(received)
    assert stored is not None
    return stored.conversation_id


def due(professional: Professional, body: str = "Oi") -> int:
    """Store a message whose quiet time is over."""
    pk = receive(professional, body)
    Conversation.objects.update(reply_due_at=Now())
    return pk


def names(published: Sequence[Message]) -> list[str]:
    return [message.task.removeprefix("intake.tasks.") for message in published]


def sweep(published: list[Message]) -> None:
    """Sweep, and run what the sweep wakes."""
    tasks.sweep()
    while published:
        message = published.pop(0)
        getattr(tasks, message.task.removeprefix("intake.tasks."))(*message.args)


# A turn


def test_wake_up_becomes_an_answer(published: list[Message], server: TwilioStandIn) -> None:
    tasks.reply(due(cast.ana()))
    assert names(published) == ["deliver"]
    tasks.deliver()
    (body,) = server.bodies(cast.CAIO_ADDRESS)
    assert "Ana Souza" in body
    assert InboundMessage.objects.get().status == "done"


@pytest.mark.parametrize(
    "shape",
    ["sticker", "image", "audio", "location", "contact", "document", "blank_body", "username_sender", "list_tap"],
)
def test_every_kind_of_message_is_answered_where_it_came_from(
    shape: str, published: list[Message], server: TwilioStandIn
) -> None:
    """W4, W18: what holds no text gets a polite word, and an address without a phone is answered all the same."""
    cast.ana()
    stored = inbox.receive(twilio.parse(payload(shape)))
    assert stored is not None
    Conversation.objects.update(reply_due_at=Now())
    sweep(published)
    (body,) = server.bodies(payload(shape)["From"])
    assert len(body.splitlines()) > 1


def test_wake_up_that_comes_again_does_nothing(published: list[Message]) -> None:
    """Q2."""
    pk = due(cast.ana())
    tasks.reply(pk)
    tasks.reply(pk)
    assert names(published) == ["deliver"]
    assert OutboundMessage.objects.count() == Turn.objects.count() == 1


def test_wake_up_that_comes_before_the_end_of_the_burst_comes_again_then(published: list[Message]) -> None:
    stored = inbox.receive(twilio.parse(payload("text", To=f"whatsapp:{cast.ana().whatsapp_number}")))
    assert stored is not None

    tasks.reply(stored.conversation_id)

    assert names(published) == ["reply"]
    assert not Turn.objects.exists()


def test_wake_up_of_a_turn_under_way_does_nothing(model: Callable[..., SlowModel]) -> None:
    """Q2: the broker delivers again while the first still runs."""
    pk = due(cast.ana(), "Vocês atendem adolescentes?")
    slow = model(lambda: tasks.reply(pk))
    tasks.reply(pk)
    assert slow.asked == 1
    assert Turn.objects.count() == 1


def test_burst_is_one_turn() -> None:
    """W8, W9, Q15."""
    ana = cast.ana()
    for body in ("Oi", "tudo bem?", "quais são seus preços?"):
        pk = receive(ana, body)
    Conversation.objects.update(reply_due_at=Now())
    tasks.reply(pk)
    assert [turn.inbound.count() for turn in Turn.objects.all()] == [3]
    assert OutboundMessage.objects.count() == 1


def test_message_during_a_turn_gets_a_turn_of_its_own(
    model: Callable[..., SlowModel], published: list[Message]
) -> None:
    """Its own wake-up found the lease and was lost; the worker that held it wakes the next one."""
    ana = cast.ana()
    pk = due(ana, "Vocês atendem adolescentes?")
    model(lambda: receive(ana, "E aos sábados?"))
    tasks.reply(pk)
    assert names(published) == ["deliver", "reply"]
    assert published[1].options["countdown"] == pytest.approx(2, abs=0.5)
    Conversation.objects.update(reply_due_at=Now())
    tasks.reply(pk)
    assert [message.turn_id for message in InboundMessage.objects.all()] == [turn.pk for turn in Turn.objects.all()]


@pytest.mark.parametrize("text", ["Como posso ajudar?", ""], ids=["answer", "guided"])
def test_turn_that_outlived_its_lease_writes_nothing(text: str, model: Callable[..., SlowModel]) -> None:
    """Q13: the lease runs out during a slow call, a second worker answers, the first comes back."""
    pk = due(cast.ana(), "Vocês atendem adolescentes?")

    def overtaken() -> None:
        Conversation.objects.update(lease_until=Now())
        tasks.reply(pk)

    slow = model(overtaken, text=text)
    tasks.reply(pk)
    assert slow.asked == 2
    assert Turn.objects.count() == OutboundMessage.objects.count() == 1
    assert InboundMessage.objects.get().turn is not None


@pytest.mark.django_db(transaction=True)
def test_eight_wake_ups_at_once_are_one_turn(published: list[Message]) -> None:
    """Q11, W8."""
    pk, ready = due(cast.ana()), Barrier(8)

    def work() -> None:
        ready.wait()
        try:
            tasks.reply(pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        for job in [pool.submit(work) for _ in range(8)]:
            job.result()
    assert Turn.objects.count() == OutboundMessage.objects.count() == 1
    assert names(published) == ["deliver"]


@pytest.mark.django_db(transaction=True)
def test_messages_that_pour_in_during_turns_are_all_answered(published: list[Message], settings: Settings) -> None:
    """Q11, W9: webhooks and turns of one conversation at the same time neither deadlock nor lose a message."""
    settings.BURST_QUIET_SECONDS = 0
    ana = cast.ana()
    pk, stop = receive(ana), Event()

    def work() -> None:
        try:
            while not stop.is_set():
                tasks.reply(pk)
        finally:
            connections.close_all()

    def write() -> None:
        try:
            for _ in range(10):
                receive(ana, "Oi")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        workers = [pool.submit(work) for _ in range(2)]
        for writer in [pool.submit(write) for _ in range(3)]:
            writer.result()
        stop.set()
        for worker in workers:
            worker.result()
    tasks.reply(pk)
    assert set(InboundMessage.objects.values_list("status", flat=True)) == {"done"}
    # On a fast machine there are so many turns that the rule about other machines (O13) silences the last ones.
    assert OutboundMessage.objects.count() == Turn.objects.exclude(path=Turn.Path.SILENT).count()
    firsts = [min(message.pk for message in turn.inbound.all()) for turn in Turn.objects.order_by("pk")]
    assert firsts == sorted(firsts)


def test_failed_turn_is_tried_again_later(
    published: list[Message], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Q9."""

    def fail(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(agent, "_without_model", fail)
    pk = due(cast.ana())
    tasks.reply(pk)
    assert published[-1].options["countdown"] == pytest.approx(2, abs=0.5)
    monkeypatch.undo()
    Conversation.objects.update(reply_due_at=Now())
    tasks.reply(pk)
    assert InboundMessage.objects.get().status == "done"


def test_message_that_no_attempt_could_answer_calls_a_person(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Q9: five tries, then the professional is told and the client hears something."""

    def fail(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(agent, "_without_model", fail)
    pk = due(cast.ana())
    for _ in range(7):
        Conversation.objects.filter(reply_due_at__isnull=False).update(reply_due_at=Now())
        tasks.reply(pk)
    message = InboundMessage.objects.get()
    assert (message.status, message.attempts) == ("dead", 5)
    assert sorted(OutboundMessage.objects.values_list("medium", flat=True)) == ["email", "whatsapp"]


# The sweep


def test_sweep_finds_a_turn_whose_wake_up_was_lost(published: list[Message], server: TwilioStandIn) -> None:
    """Q3, Q5: the message was committed, then the web process died or the broker lost everything."""
    due(cast.ana())
    sweep(published)
    assert len(server.sent) == 1


def test_sweep_finds_the_turn_of_a_dead_worker(published: list[Message], server: TwilioStandIn) -> None:
    """Q1, Q5: killed between the claim and the answer."""
    inbox.claim(due(cast.ana()))
    sweep(published)
    assert server.sent == []
    Conversation.objects.update(lease_until=Now())
    sweep(published)
    assert len(server.sent) == 1
    assert InboundMessage.objects.get().attempts == 2


def test_sweep_finds_what_a_dead_worker_was_sending(published: list[Message], server: TwilioStandIn) -> None:
    """Q1, O1."""
    tasks.reply(due(cast.ana()))
    attempt = outbox._next()
    assert attempt is not None
    twilio.send(attempt.message)
    published.clear()
    OutboundMessage.objects.update(due_at=Now(), attempted_at=F("attempted_at") - timedelta(minutes=1))
    sweep(published)
    assert len(server.sent) == 1
    assert OutboundMessage.objects.get().status == "sent"


def test_sweep_announces_what_nobody_announced(published: list[Message], server: TwilioStandIn) -> None:
    client = cast.caio(cast.ana())
    Conversation.objects.create(
        professional=client.professional, channel="whatsapp", address=client.address, client=client
    )
    booking.cancel(cast.on_record(client, cast.next_weekday(2)), actor=booking.professional_actor())
    sweep(published)
    sweep(published)
    assert [body.partition(":")[0] for body in server.bodies()] == ["Cancelado"]


def test_sweep_with_nothing_to_do_does_nothing(published: list[Message]) -> None:
    tasks.sweep()
    assert published == []


def test_delivery_that_ran_out_of_time_goes_on(published: list[Message], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "DELIVERY_SECONDS", 0)
    tasks.deliver()
    assert names(published) == ["deliver"]


def test_clock_moves_appointments_on(published: list[Message]) -> None:
    client = cast.caio(cast.ana(requires_approval=True))
    asked = cast.booked(client, cast.next_weekday(2))
    Appointment.objects.filter(pk=asked.pk).update(expires_at=Now())
    over = cast.on_record(client, cast.at("2026-01-05 10:00"))
    tasks.tidy()
    assert Appointment.objects.get(pk=over.pk).status == "completed"
    assert Appointment.objects.get(pk=asked.pk).status == "cancelled"
    assert not AppointmentEvent.objects.filter(announced_at=None).exists()
    assert names(published) == ["deliver"]


# Privacy


def test_log_of_a_whole_conversation_names_nobody(
    server: TwilioStandIn, published: list[Message], caplog: pytest.LogCaptureFixture
) -> None:
    """V6: from the message to its delivery report, at every level that is ever shown."""
    caplog.set_level(logging.INFO)
    server.script(standins.reset(accept=True))
    ana = cast.ana()
    for body in ("Oi, quero marcar uma sessão", "quinta às 15h", "Caio Martins", "1", "sim"):
        tasks.reply(due(ana, body))
        sweep(published)
        OutboundMessage.objects.filter(status="pending").update(due_at=Now())
        sweep(published)
    assert Appointment.objects.exists()
    assert len(server.sent) >= 4
    for secret in ("Caio", "Martins", "11987654321", "sessão", "quinta", "ana@example.com"):
        assert secret not in caplog.text
