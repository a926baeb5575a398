"""What the reception finished alone and how soon clients were answered, of real channels and of the days asked for."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from assistant.numbers import replies
from assistant.numbers.replies import Alone, Wait, Waits
from intake import takeover
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage, Turn
from scheduling.models import Professional
from tests import cast
from tests.intake.conversing import say

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
NOON = cast.at("2026-11-10 12:00")
_numbers = count()


def conversation(professional: Professional, channel: str = Channel.WHATSAPP) -> Conversation:
    address = f"whatsapp:+551190000{next(_numbers):04}"
    return Conversation.objects.create(professional=professional, channel=channel, address=address)


def heard(talk: Conversation, at: datetime = NOON, *, status: str = "done", **turn: Any) -> Turn:
    """One burst of two messages, ten seconds apart, and its turn."""
    made = Turn.objects.create(conversation=talk, **{"path": Turn.Path.DIRECT} | turn)
    for later in (0, 10):
        moment = {"received_at": at + timedelta(seconds=later), "status": status}
        InboundMessage.objects.create(conversation=talk, provider_sid=f"SM{next(_numbers)}", turn=made, **moment)
    return made


def told(talk: Conversation, at: datetime, *, turn: Turn | None = None, author: str = "reception") -> None:
    OutboundMessage.objects.create(
        professional=talk.professional,
        conversation=talk,
        turn=turn,
        author=author,
        medium=talk.channel,
        recipient=talk.address,
        body="…",
        dedupe_key=f"test:{next(_numbers)}",
        handed_at=at,
        created_at=at,
    )


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def alone(professional: Professional) -> Alone:
    return replies.alone(professional, [(FIRST, LAST)])[0]


def test_conversation_without_a_person_was_finished_alone(ana: Professional) -> None:
    heard(conversation(ana))
    heard(conversation(ana), called_person=True)
    assert alone(ana) == Alone(alone=1, conversations=2)


def test_silence_a_given_up_message_and_an_answer_by_hand_are_not_alone(ana: Professional) -> None:
    heard(conversation(ana), path=Turn.Path.SILENT)
    heard(conversation(ana), status="dead")
    by_hand = conversation(ana)
    heard(by_hand)
    told(by_hand, after(60), author="professional")
    assert alone(ana) == Alone(alone=0, conversations=3)


def test_takeover_counts_for_what_was_written_in_it_also_when_it_is_over(ana: Professional) -> None:
    """A figure of the past stays what it was, whoever has the conversation now."""
    heard(conversation(ana))
    takeover.take_over(Conversation.objects.all(), now=after(60))
    assert alone(ana) == Alone(alone=1, conversations=1)
    heard(Conversation.objects.get(), path=Turn.Path.SILENT)
    assert alone(ana) == Alone(alone=0, conversations=1)
    takeover.give_back(Conversation.objects.all())
    assert alone(ana) == Alone(alone=0, conversations=1)


def test_call_is_remembered_when_the_conversation_is_given_back(ana: Professional) -> None:
    say(ana, "oi", "quero falar com uma pessoa")
    Conversation.objects.update(channel=Channel.WHATSAPP)
    takeover.give_back(Conversation.objects.all())
    today = timezone.now().astimezone(ana.zone).date()
    assert replies.alone(ana, [(today, today)]) == [Alone(alone=0, conversations=1)]


@pytest.mark.parametrize("channel", [Channel.TRIAL, Channel.SIMULATOR])
def test_trial_and_simulator_never_count(ana: Professional, channel: str) -> None:
    talk = conversation(ana, channel)
    told(talk, after(9), turn=heard(talk))
    assert alone(ana) == Alone(0, 0)
    assert replies.waits(ana, [(FIRST, LAST)])[0].reception == Wait(None, 0)


def test_month_ends_at_the_professionals_midnight(ana: Professional) -> None:
    """T11."""
    heard(conversation(ana), cast.at("2026-10-31 23:30"))
    heard(conversation(ana), cast.at("2026-11-30 23:30"), called_person=True)
    october = (date(2026, 10, 1), date(2026, 10, 31))
    assert replies.alone(ana, [(FIRST, LAST), october]) == [Alone(alone=0, conversations=1), Alone(1, 1)]


def test_another_months_call_does_not_count_in_this_one(ana: Professional) -> None:
    talk = conversation(ana)
    heard(talk, cast.at("2026-10-05 10:00"), called_person=True)
    heard(talk)
    assert alone(ana) == Alone(1, 1)


def test_waiting_message_is_not_dealt_with(ana: Professional) -> None:
    heard(conversation(ana), status="pending")
    assert alone(ana).rate is None


def test_answer_takes_from_the_first_message_to_the_first_part(ana: Professional) -> None:
    for seconds in (20, 14, 300):
        talk = conversation(ana)
        turn = heard(talk)
        told(talk, after(seconds), turn=turn)
        told(talk, after(seconds + 5), turn=turn)
    assert replies.waits(ana, [(FIRST, LAST)])[0].reception == Wait(timedelta(seconds=20), 3)


def test_median_of_an_even_number_lies_between(ana: Professional) -> None:
    for seconds in (12, 15):
        talk = conversation(ana)
        told(talk, after(seconds), turn=heard(talk))
    assert replies.waits(ana, [(FIRST, LAST)])[0].reception.median == timedelta(seconds=13.5)


def test_answer_by_hand_is_timed_apart(ana: Professional) -> None:
    talk = conversation(ana)
    told(talk, after(12), turn=heard(talk, called_person=True))
    heard(talk, after(60), path=Turn.Path.SILENT)
    told(talk, after(600), author="professional")
    told(talk, after(660), author="professional")
    assert replies.waits(ana, [(FIRST, LAST)])[0].reception == Wait(timedelta(seconds=12), 1)
    assert replies.waits(ana, [(FIRST, LAST)])[0].by_hand == Wait(timedelta(seconds=600), 1)


def test_anothers_conversations_count_nowhere(ana: Professional) -> None:
    """N1."""
    talk = conversation(cast.bruno())
    told(talk, after(9), turn=heard(talk))
    told(talk, after(99), author="professional")
    heard(talk, after(60), path=Turn.Path.SILENT)
    assert alone(ana) == Alone(0, 0)
    assert replies.waits(ana, [(FIRST, LAST)])[0] == Waits(Wait(None, 0), Wait(None, 0))
