"""Messages wait in order, and one worker at a time takes them. Clocks are the database's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier, Event
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connections, transaction
from django.db.models.functions import Now
from pytest_django import DjangoAssertNumQueries

from intake import inbox, outbox, twilio
from intake.inbox import LeaseLost, Stored
from intake.models import Conversation, InboundMessage
from intake.state import Option, OptionKind, Question, QuestionKind, State
from scheduling import changes, clients
from scheduling.models import Professional
from tests import cast
from tests.standins.twilio import payload

pytestmark = pytest.mark.django_db


def receive(professional: Professional, body: str = "Oi", **changes: str) -> Stored:
    to = f"whatsapp:{professional.whatsapp_number}"
    received = twilio.parse(payload("text", To=to, Body=body, MessageSid=f"SM{uuid4().hex}", **changes))
    stored = inbox.receive(received)
    assert stored is not None
    return stored


def conversation() -> Conversation:
    return Conversation.objects.get()


def make_due(seconds_ago: float = 0) -> int:
    """Pretend that the quiet time is over; return the conversation's id."""
    Conversation.objects.update(reply_due_at=Now() - timedelta(seconds=seconds_ago))
    return conversation().pk


def ask(**changes: Any) -> None:
    """Let the conversation's last words be a yes-or-no question."""
    question = Question(
        kind=QuestionKind.BOOK, asked_for=0, appointment_id=1, service_id=1, starts_at=cast.MONDAY_MORNING, **changes
    )
    talk = conversation()
    talk.memorise(State(question=question))
    talk.save()


def elsewhere(call: Callable[[], Any]) -> Any:
    """Run the call in a thread with a connection of its own."""

    def run() -> Any:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=10)


# What is stored


def test_message_of_a_known_person_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """W12: the conversation is locked for no longer than that."""
    ana = cast.ana()
    receive(ana)
    with django_assert_num_queries(1):
        receive(ana)


def test_name_on_whatsapp_stays_known_when_a_message_comes_without() -> None:
    ana = cast.ana()
    receive(ana, ProfileName="Caio")
    receive(ana, ProfileName="")
    assert conversation().profile_name == "Caio"


def test_message_for_a_number_of_nobody_is_refused() -> None:
    """W19."""
    with pytest.raises(Professional.DoesNotExist):
        inbox.receive(twilio.parse(payload("text", To="whatsapp:+15550000000")))
    assert not Conversation.objects.exists()


# When a turn is due


def test_first_message_waits_for_what_follows() -> None:
    assert receive(cast.ana()).due_in == pytest.approx(2, abs=0.5)
    assert inbox.due() == []


def test_burst_waits_from_its_last_message_but_never_beyond_the_limit() -> None:
    ana = cast.ana()
    receive(ana)
    Conversation.objects.update(burst_started_at=Now() - timedelta(seconds=7))
    assert receive(ana).due_in == pytest.approx(1, abs=0.5)
    Conversation.objects.update(burst_started_at=Now() - timedelta(seconds=9))
    assert receive(ana).due_in == 0


def test_tap_is_due_at_once() -> None:
    ana = cast.ana()
    receive(ana)
    assert receive(ana, "Sim", ButtonPayload="x:yes").due_in == 0
    assert inbox.due() == [conversation().pk]


@pytest.mark.parametrize(("body", "urgent"), [("sim", True), ("Sim, obrigada!", True), ("sim, mas às 16h?", False)])
def test_answer_to_a_question_is_due_at_once(body: str, urgent: bool) -> None:
    ana = cast.ana()
    receive(ana)
    ask()
    assert (receive(ana, body).due_in == 0) is urgent


def test_number_of_the_list_is_due_at_once() -> None:
    ana = cast.ana()
    receive(ana)
    talk = conversation()
    talk.memorise(State(options=[Option(kind=OptionKind.MENU, value="book", label="Marcar")]))
    talk.save()
    assert receive(ana, "1").due_in == 0


def test_memory_of_another_version_does_not_lose_the_message() -> None:
    ana = cast.ana()
    receive(ana)
    Conversation.objects.update(state={"question": {"kind": "of another version"}})
    receive(ana, "sim")
    assert InboundMessage.objects.count() == 2


def test_due_time_is_the_database_s() -> None:
    """Q14: a worker whose clock is five minutes ahead does not answer early."""
    with time_machine.travel(datetime.now().astimezone() + timedelta(minutes=5)):
        receive(cast.ana())
        assert inbox.due() == []
        assert inbox.claim(conversation().pk) is None


# Claims and leases


def test_claim_before_the_turn_is_due_gets_nothing() -> None:
    assert inbox.claim(receive(cast.ana()).conversation_id) is None


def test_second_claim_gets_nothing() -> None:
    """Q2: a message that the broker delivers again finds the lease."""
    receive(cast.ana())
    pk = make_due()
    assert inbox.claim(pk) is not None
    assert inbox.claim(pk) is None
    assert inbox.due() == []


@pytest.mark.django_db(transaction=True)
def test_one_of_eight_workers_gets_the_conversation() -> None:
    """Q11."""
    receive(cast.ana())
    pk, ready = make_due(), Barrier(8)

    def claim() -> object:
        ready.wait()
        try:
            return inbox.claim(pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        leases = [job.result() for job in [pool.submit(claim) for _ in range(8)]]
    assert len([lease for lease in leases if lease]) == 1


def test_attempt_is_counted_before_the_work() -> None:
    """Q10."""
    receive(cast.ana())
    inbox.claim(make_due())
    assert InboundMessage.objects.get().attempts == 1


def test_lease_of_a_dead_worker_runs_out() -> None:
    """Q5: nobody else has to notice the death."""
    receive(cast.ana())
    pk = make_due()
    first = inbox.claim(pk)
    Conversation.objects.update(lease_until=Now())
    assert inbox.due() == [pk]
    second = inbox.claim(pk)
    assert second is not None
    assert second != first


def test_late_worker_is_fenced_off() -> None:
    """Q13."""
    receive(cast.ana())
    pk = make_due()
    first = inbox.claim(pk)
    Conversation.objects.update(lease_until=Now())
    inbox.claim(pk)
    assert first is not None
    with pytest.raises(LeaseLost), inbox.fenced(first):
        pass


def test_postponing_by_a_late_worker_changes_nothing() -> None:
    """Q13."""
    receive(cast.ana())
    pk = make_due()
    first = inbox.claim(pk)
    Conversation.objects.update(lease_until=Now())
    second = inbox.claim(pk)
    assert first is not None
    assert second is not None
    inbox.postpone(first, seconds=0)
    assert conversation().lease == second.token


def test_finished_turn_leaves_nothing_due() -> None:
    receive(cast.ana())
    lease = inbox.claim(make_due())
    assert lease is not None
    with inbox.fenced(lease) as talk:
        inbox.finish(talk, list(inbox.pending_of(talk.pk)), turn=None)
    assert InboundMessage.objects.get().status == "done"
    assert (conversation().lease, conversation().reply_due_at, inbox.due_in(talk.pk)) == (None, None, None)


def test_message_during_a_turn_gets_a_turn_of_its_own() -> None:
    """Its quiet time counts from itself, not from the burst that is being answered."""
    ana = cast.ana()
    receive(ana)
    Conversation.objects.update(burst_started_at=Now() - timedelta(seconds=30))
    lease = inbox.claim(make_due())
    assert lease is not None
    first = list(inbox.pending_of(lease.conversation_id))
    assert receive(ana, "e na sexta?").due_in == pytest.approx(2, abs=0.5)
    assert inbox.due_in(lease.conversation_id) is None
    with inbox.fenced(lease) as talk:
        inbox.finish(talk, first, turn=None)
    assert inbox.pending_of(talk.pk).get().body == "e na sexta?"
    assert inbox.due_in(talk.pk) == pytest.approx(2, abs=0.5)


def test_postponed_turn_is_due_later() -> None:
    receive(cast.ana())
    lease = inbox.claim(make_due())
    assert lease is not None
    inbox.postpone(lease, seconds=8)
    assert inbox.due_in(lease.conversation_id) == pytest.approx(8, abs=0.5)
    assert inbox.claim(lease.conversation_id) is None


def test_buried_messages_are_not_due_again() -> None:
    """Q9."""
    receive(cast.ana())
    lease = inbox.claim(make_due())
    assert lease is not None
    with inbox.fenced(lease) as talk:
        inbox.bury(talk)
    assert InboundMessage.objects.get().status == "dead"
    assert inbox.due() == []


def test_longest_waiting_conversation_comes_first() -> None:
    ana = cast.ana()
    for n, wait in enumerate((5, 60, 20)):
        stored = receive(ana, From=f"whatsapp:+551198765432{n}")
        Conversation.objects.filter(pk=stored.conversation_id).update(reply_due_at=Now() - timedelta(seconds=wait))
    talks = Conversation.objects.in_bulk()
    assert [talks[pk].address[-1] for pk in inbox.due()] == ["1", "2", "0"]


# Locks


@pytest.mark.django_db(transaction=True)
def test_message_waits_for_a_turn_and_then_arrives() -> None:
    """A turn that is being written and a message at the same time: neither deadlocks nor gets lost."""
    ana = cast.ana()
    receive(ana)
    lease = inbox.claim(make_due())
    assert lease is not None
    with ThreadPoolExecutor(1) as pool:
        with inbox.fenced(lease) as talk:
            arriving = pool.submit(elsewhere, lambda: receive(ana, "e mais"))
            clients.register(ana, address=cast.CAIO_ADDRESS, name="Caio")
            outbox.say(talk, "Olá", dedupe_key="test:1")
            inbox.finish(talk, list(inbox.pending_of(talk.pk)), turn=None)
        arriving.result(timeout=10)
    assert inbox.pending_of(lease.conversation_id).get().body == "e mais"
    assert conversation().reply_due_at is not None


@pytest.mark.django_db(transaction=True)
def test_turn_and_announcement_under_the_professional_s_lock_do_not_deadlock() -> None:
    """A page cancels and announces in one transaction while a turn books: each needs what the other has."""
    ana = cast.ana()
    receive(ana)
    lease = inbox.claim(make_due())
    talk, locked = conversation(), Event()

    def page() -> None:
        with transaction.atomic():
            changes.lock(ana.pk)
            locked.set()
            outbox.say(talk, "Cancelado", dedupe_key="test:page")

    assert lease is not None
    with ThreadPoolExecutor(1) as pool, inbox.fenced(lease):
        done = pool.submit(elsewhere, page)
        locked.wait(5)
        clients.register(ana, address=cast.CAIO_ADDRESS, name="Caio")
        outbox.say(talk, "Olá", dedupe_key="test:turn")
    done.result(timeout=10)
    assert talk.outbound.count() == 2


@pytest.mark.django_db(transaction=True)
def test_messages_from_both_forms_of_the_number_at_once_do_not_deadlock() -> None:
    """Each wants to change the address, on which rows of the other transaction lean."""
    ana = cast.ana()
    receive(ana)
    forms = (cast.CAIO_ADDRESS, "whatsapp:+551187654321")
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(elsewhere, partial(receive, ana, From=forms[n % 2])) for n in range(24)]
        for job in jobs:
            job.result(timeout=20)
    assert conversation().inbound.count() == 25
