"""What has been kept long enough goes, exactly what was counted, and nothing twice."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from assistant.models import KeptAnswer, Question, Thread
from intake import checks, retention
from intake.models import Conversation, ErasedMessage, InboundMessage, OutboundMessage, Turn
from scheduling.models import Client, Professional
from tests import cast

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def talk(
    professional: Professional, *, days_ago: int, address: str = cast.CAIO_ADDRESS, **fields: object
) -> Conversation:
    """One message, its turn and its answer, that many days ago."""
    at: datetime = NOW - timedelta(days=days_ago)
    conversation, _ = Conversation.objects.get_or_create(
        professional=professional,
        channel="whatsapp",
        address=address,
        defaults={"created_at": at, "last_inbound_at": at, "state": {"name": "Caio"}, "profile_name": "Caio"} | fields,
    )
    turn = Turn.objects.create(conversation=conversation, path="guided", trace=[{"name": "x"}], created_at=at)
    number = InboundMessage.objects.count()
    InboundMessage.objects.create(
        conversation=conversation,
        provider_sid=f"SM{number}",
        body="oi",
        payload={"Body": "oi"},
        status="done",
        turn=turn,
        received_at=at,
    )
    OutboundMessage.objects.create(
        professional=professional,
        conversation=conversation,
        turn=turn,
        medium="whatsapp",
        recipient=address,
        body="olá",
        dedupe_key=f"turn:{number}",
        status="read",
        created_at=at,
    )
    return conversation


def ask(professional: Professional, *days_ago: int) -> Thread:
    """A thread with a question of each of those days."""
    first, *_others, last = [NOW - timedelta(days=days) for days in (*days_ago, days_ago[-1])]
    thread = Thread.objects.create(professional=professional, title="?", created_at=first, asked_at=last)
    told = [["get_stats", {"total": 72}]]
    for days in days_ago:
        at = NOW - timedelta(days=days)
        Question.objects.create(thread=thread, text="?", answer="72", results=told, trace=told, created_at=at)
    return thread


@pytest.fixture
def history(ana: Professional) -> Professional:
    """Talks and questions of yesterday, of half a year ago and of three years ago, and one who opted out long ago."""
    cast.caio(ana)
    talk(ana, days_ago=1)
    talk(ana, days_ago=180)
    talk(ana, days_ago=1000)
    talk(ana, days_ago=1000, address="whatsapp:+5511900000001")
    talk(ana, days_ago=1000, address="whatsapp:+5511900000002", opted_out_at=NOW)
    ErasedMessage.objects.create(provider_sid="SMold", erased_at=NOW - timedelta(days=8))
    ErasedMessage.objects.create(provider_sid="SMnew", erased_at=NOW)
    booked = cast.on_record(cast.caio(ana), NOW)
    for key, hours in (("old", 25), ("new", 23)):
        at = NOW - timedelta(hours=hours)
        KeptAnswer.objects.create(professional=ana, key=key, appointment=booked, answer={}, created_at=at)
    ask(ana, 1000, 180, 1)
    ask(ana, 1000, 999)
    return ana


def test_dry_run_counts_what_the_run_removes(history: Professional) -> None:
    """V8"""
    counted = retention.overdue(now=NOW)
    assert min(counted.values()) > 0

    assert retention.sweep(now=NOW) == counted


def test_second_run_finds_nothing(history: Professional) -> None:
    """V8"""
    retention.sweep(now=NOW)

    assert set(retention.overdue(now=NOW).values()) == {0}
    assert set(retention.sweep(now=NOW).values()) == {0}


def test_dry_run_changes_nothing(history: Professional) -> None:
    """V8"""
    told = StringIO()
    call_command("retain", "--dry-run", stdout=told)

    assert InboundMessage.objects.count() == 5
    assert "Nothing was removed." in told.getvalue()
    call_command("retain", stdout=told)
    assert InboundMessage.objects.count() == 2


def test_words_stay_longer_than_raw_forms_and_traces(history: Professional) -> None:
    """V8"""
    retention.sweep(now=NOW)

    kept = InboundMessage.objects.order_by("received_at").values_list("body", "payload")
    assert list(kept) == [("oi", {}), ("oi", {"Body": "oi"})]
    assert list(Turn.objects.order_by("created_at").values_list("trace", flat=True)) == [[], [{"name": "x"}]]
    assert OutboundMessage.objects.count() == 2
    assert ErasedMessage.objects.get().provider_sid == "SMnew"


def test_opt_out_outlives_its_words_and_clients_stay(history: Professional) -> None:
    """V8, V10"""
    retention.sweep(now=NOW)

    silent = Conversation.objects.get(opted_out_at__isnull=False)
    assert (silent.state, silent.profile_name) == ({}, "")
    assert Conversation.objects.count() == 2
    assert Client.objects.count() == 1


def test_questions_to_the_assistant_go_by_the_same_two_times(history: Professional) -> None:
    """V8, V2: what was looked up goes with the steps, the words later, and a thread with its last question."""
    retention.sweep(now=NOW)

    kept = Question.objects.values_list("answer", "results", "trace")
    told = [["get_stats", {"total": 72}]]
    assert list(kept) == [("72", [], []), ("72", told, told)]
    assert Thread.objects.count() == 1


def test_thread_that_was_never_answered_goes_too(ana: Professional) -> None:
    """V8: its title is what was asked."""
    for days in (1000, 1):
        Thread.objects.create(professional=ana, title="?", created_at=NOW - timedelta(days=days))
    counted = retention.overdue(now=NOW)

    assert retention.sweep(now=NOW) == counted
    assert Thread.objects.count() == 1


def test_what_waits_is_not_old(ana: Professional) -> None:
    """V8: a message that nobody has answered, or that has not left, stays whatever its age."""
    talk(ana, days_ago=1000)
    InboundMessage.objects.update(status="pending")
    OutboundMessage.objects.update(status="sending")
    retention.sweep(now=NOW)

    assert (InboundMessage.objects.count(), OutboundMessage.objects.count(), Conversation.objects.count()) == (1, 1, 1)


def test_large_history_goes_in_batches(ana: Professional, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        talk(ana, days_ago=1000)

    assert retention.sweep(now=NOW)["messages received"] == 5


def test_less_than_a_day_is_refused_at_the_start(settings: Settings) -> None:
    settings.KEEP_TRACES_DAYS = 0
    assert [found.id for found in checks.check_retention(None)] == ["intake.E007"]
