"""What a webhook missed comes back from Twilio's own list: all of it, once, in order."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connections
from django.db.models import F
from django.db.models.functions import Now
from pytest_django import Settings

from intake import inbox, recovery, tasks, twilio
from intake.models import Conversation, InboundMessage, OutboundMessage, Recovery
from intake.twilio import Received
from scheduling.models import Professional
from tests import cast
from tests.conftest import Message
from tests.standins import twilio as standins
from tests.standins.twilio import TwilioStandIn, payload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def server(settings: Settings) -> Iterator[TwilioStandIn]:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    with TwilioStandIn() as running:
        settings.TWILIO_API_BASE_URL = running.url
        yield running


def ago(**span: float) -> datetime:
    """Return that moment as Twilio tells it: in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(**span)


def message(n: int, shape: str = "text", **changes: str) -> dict[str, str]:
    return payload(shape, MessageSid=f"SM{n:032x}", **changes)


def read_before(**span: float) -> Professional:
    """Return Ana, whose number's list was read up to that long ago."""
    ana = cast.ana()
    Recovery.objects.create(number=cast.ANA_NUMBER, read_until=ago(**span))
    return ana


def bodies() -> list[str]:
    return list(InboundMessage.objects.order_by("pk").values_list("body", flat=True))


# What comes back


def test_every_message_of_an_hour_without_webhooks_comes_back_once(
    server: TwilioStandIn, published: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """W14: 20 messages of five people over several pages are 20 rows and five answers."""
    monkeypatch.setattr(twilio, "PAGE_SIZE", 7)
    read_before(hours=1)
    for n in range(20):
        server.hear(message(n, From=f"whatsapp:+551198765432{n % 5}", Body=f"Oi {n}"), at=ago(minutes=55 - n))
    tasks.recover()
    tasks.recover()
    assert bodies() == [f"Oi {n}" for n in range(20)]
    assert sorted(one.args for one in published) == list(Conversation.objects.order_by("pk").values_list("pk"))
    Conversation.objects.update(reply_due_at=Now())
    for pk in Conversation.objects.values_list("pk", flat=True):
        tasks.reply(pk)
    assert OutboundMessage.objects.count() == len(set(OutboundMessage.objects.values_list("recipient"))) == 5
    assert set(InboundMessage.objects.values_list("status", flat=True)) == {"done"}


def test_message_that_came_by_webhook_is_not_stored_again(server: TwilioStandIn, published: list[Message]) -> None:
    """W14."""
    read_before(hours=1)
    inbox.receive(twilio.parse(message(1)))
    server.hear(message(1), at=ago(minutes=10))
    tasks.recover()
    assert InboundMessage.objects.count() == 1
    assert published == []


@pytest.mark.django_db(transaction=True)
def test_message_by_webhook_and_from_the_list_at_once_is_one_row(
    server: TwilioStandIn, published: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """W14, W6: both have seen that it is unknown."""
    ready, receive = Barrier(4), inbox.receive
    read_before(hours=1)
    server.hear(message(1), at=ago(minutes=10))

    def together(received: Received) -> inbox.Stored | None:
        ready.wait(10)
        return receive(received)

    def run(job: int) -> None:
        try:
            tasks.recover() if job % 2 else inbox.receive(twilio.parse(message(1)))
        finally:
            connections.close_all()

    monkeypatch.setattr(inbox, "receive", together)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert InboundMessage.objects.count() == Conversation.objects.count() == 1


def test_messages_of_one_second_keep_their_order(server: TwilioStandIn) -> None:
    """W9, W14."""
    read_before(hours=1)
    at = ago(minutes=10)
    for n in range(5):
        server.hear(message(n, Body=str(n)), at=at)
    tasks.recover()
    assert bodies() == ["0", "1", "2", "3", "4"]


def test_message_keeps_the_time_when_it_was_sent(server: TwilioStandIn) -> None:
    """A "sim" that comes back answers no question that was put after it."""
    read_before(hours=1)
    at = ago(minutes=10)
    server.hear(message(1), at=at)
    tasks.recover()
    assert InboundMessage.objects.get().received_at == at
    assert Conversation.objects.get().last_inbound_at == at


def test_newest_message_stays_the_newest_when_an_older_one_comes_back(server: TwilioStandIn) -> None:
    read_before(hours=1)
    inbox.receive(twilio.parse(message(2)))
    newest = Conversation.objects.get().last_inbound_at
    server.hear(message(1), at=ago(minutes=10))
    tasks.recover()
    assert Conversation.objects.get().last_inbound_at == newest


@pytest.mark.parametrize(("shape", "kind"), [("audio", "media"), ("quick_reply_tap", "text"), ("blank_body", "empty")])
def test_what_the_list_does_not_tell_is_answered_all_the_same(server: TwilioStandIn, shape: str, kind: str) -> None:
    """W4: of media the list has only the number, of a tap the words."""
    read_before(hours=1)
    server.hear(message(1, shape), at=ago(minutes=10))
    tasks.recover()
    assert InboundMessage.objects.get().kind == kind
    Conversation.objects.update(reply_due_at=Now())
    tasks.reply(Conversation.objects.get().pk)
    assert OutboundMessage.objects.get().body


# What stays away


def test_message_older_than_a_day_is_not_answered(server: TwilioStandIn) -> None:
    """W14: after a long outage Twilio's list is read a day back."""
    read_before(days=3)
    server.hear(message(1, Body="anteontem"), at=ago(hours=25))
    server.hear(message(2, Body="ontem"), at=ago(hours=23))
    tasks.recover()
    assert bodies() == ["ontem"]


def test_message_whose_webhook_may_still_come_is_left_to_it(server: TwilioStandIn) -> None:
    """Only the webhook knows which button was tapped."""
    read_before(hours=1)
    server.hear(message(1), at=ago(seconds=20))
    tasks.recover()
    assert bodies() == []
    server.heard[0].at = ago(seconds=80)
    tasks.recover()
    assert len(bodies()) == 1


def test_what_we_sent_is_no_message_of_a_client(server: TwilioStandIn) -> None:
    """Two professionals of one account may write to each other's numbers."""
    read_before(hours=1)
    server.sent.append(
        standins.Sent("SM1", payload("text")["To"], f"whatsapp:{cast.BRUNO_NUMBER}", "Oi", "", ago(minutes=10))
    )
    tasks.recover()
    assert bodies() == []


def test_messages_to_another_number_are_its_own(server: TwilioStandIn) -> None:
    """N3."""
    read_before(hours=1)
    bruno = cast.bruno()
    Recovery.objects.create(number=cast.BRUNO_NUMBER, read_until=ago(hours=1))
    server.hear(message(1, To=f"whatsapp:{cast.BRUNO_NUMBER}"), at=ago(minutes=10))
    tasks.recover()
    assert Conversation.objects.get().professional == bruno


def test_number_that_is_new_is_read_from_now_on(server: TwilioStandIn) -> None:
    """What somebody wrote there before is no business of ours."""
    cast.ana()
    server.hear(message(1), at=ago(minutes=30))
    tasks.recover()
    assert bodies() == []
    Recovery.objects.update(read_until=F("read_until") - timedelta(hours=1))
    tasks.recover()
    assert len(bodies()) == 1


def test_without_credentials_nobody_is_asked(server: TwilioStandIn, settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    read_before(hours=1)
    tasks.recover()
    assert server.requests == []


# Bad moments


def test_failure_moves_no_mark(server: TwilioStandIn, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """W14: an outage of Twilio's own is made up for as well, and nobody's number is logged (V6)."""
    read_before(hours=1)
    server.hear(message(1), at=ago(minutes=50))
    settings.TWILIO_AUTH_TOKEN = "wrong"
    tasks.recover()
    settings.TWILIO_AUTH_TOKEN = standins.TOKEN
    tasks.recover()
    assert len(bodies()) == 1
    assert "could not be read" in caplog.text
    assert cast.ANA_NUMBER not in caplog.text


def test_next_run_begins_a_little_before_the_last(server: TwilioStandIn) -> None:
    """The list may show a message late."""
    read_before(hours=1)
    tasks.recover()
    server.hear(message(1), at=ago(minutes=4))
    tasks.recover()
    assert len(bodies()) == 1


def test_run_that_is_cut_short_goes_on_where_it_was(server: TwilioStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """W14: what was stored stays, what was not comes with the next run."""
    read_before(hours=6)
    for n in range(4):
        server.hear(message(n, Body=str(n)), at=ago(minutes=200 - 50 * n))
    monkeypatch.setattr(recovery, "time", SimpleNamespace(monotonic=lambda: 99 if len(bodies()) == 2 else 0))
    tasks.recover()
    assert bodies() == ["0", "1"]
    assert Recovery.objects.get().read_until == server.heard[2].at
    monkeypatch.setattr(recovery, "time", time)
    tasks.recover()
    assert bodies() == ["0", "1", "2", "3"]


def test_list_longer_than_a_run_is_not_stored_from_its_end(
    server: TwilioStandIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """W9: the list shows the newest first; half of it would be the wrong half."""
    read_before(hours=6)
    server.hear(message(1), at=ago(minutes=50))
    monkeypatch.setattr(recovery, "time", SimpleNamespace(monotonic=lambda: 99 if server.requests else 0))
    tasks.recover()
    assert bodies() == []
    assert "too_long" in caplog.text


def test_number_read_longest_ago_comes_first(server: TwilioStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    read_before(hours=1)
    cast.bruno()
    Recovery.objects.create(number=cast.BRUNO_NUMBER, read_until=ago(hours=2))
    monkeypatch.setattr(recovery, "time", SimpleNamespace(monotonic=lambda: 99 if server.requests else 0))
    tasks.recover()
    (asked,) = server.requests
    assert cast.BRUNO_NUMBER.removeprefix("+") in asked
