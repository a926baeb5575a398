"""Who speaks: the reception or the professional, whose answers leave once and only where they can arrive."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from intake import outbox, takeover
from intake.models import Conversation, OutboundMessage
from intake.takeover import Barrier, Speaker, Undeliverable
from scheduling.models import Professional
from tests.intake.conversing import conversation_of, say
from tests.intake.phone import talk

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def only(conversation: Conversation) -> Conversation:
    return Conversation.objects.select_related("professional").get(pk=conversation.pk)


def rows(conversation: Conversation) -> list[OutboundMessage]:
    return list(conversation.outbound.filter(author="professional").order_by("pk"))


def speaker(conversation: Conversation) -> Speaker:
    return takeover.speaker(only(conversation), now=timezone.now())


def on_whatsapp(ana: Professional, *, silent_for: timedelta) -> Conversation:
    return talk(ana, channel="whatsapp", last_inbound_at=timezone.now() - silent_for)


def test_answer_is_the_professionals_and_silences_the_reception(ana: Professional) -> None:
    say(ana, "oi")
    takeover.answer(conversation_of(ana), "Boa tarde, Caio", token=uuid4())
    outbox.deliver_due()
    (said,) = rows(conversation_of(ana))
    assert (said.body, said.status, said.turn) == ("Boa tarde, Caio", "delivered", None)
    assert speaker(said.conversation or talk(ana)) == Speaker.PROFESSIONAL
    assert say(ana, "oi") == ""


def test_double_click_sends_once(ana: Professional) -> None:
    conversation, token = on_whatsapp(ana, silent_for=HOUR), uuid4()
    for _ in range(2):
        takeover.answer(conversation, "Claro", token=token)
    takeover.answer(conversation, "Claro", token=uuid4())
    assert len(rows(conversation)) == 2


def test_long_answer_leaves_in_parts_that_fit(ana: Professional) -> None:
    """O6: 4,096 characters are three messages, in order, nothing lost; again with the same token they are none."""
    conversation, token = on_whatsapp(ana, silent_for=HOUR), uuid4()
    text = " ".join(["palavra"] * 512)
    for _ in range(2):
        takeover.answer(conversation, text, token=token)
    bodies = [one.body for one in rows(conversation)]
    assert len(bodies) == 3
    assert max(map(len, bodies)) <= 1500
    assert " ".join(bodies) == text


@pytest.mark.parametrize(
    ("channel", "silent_for", "found"),
    [
        ("whatsapp", timedelta(hours=23, minutes=59), Barrier.NONE),
        ("whatsapp", timedelta(hours=24), Barrier.WINDOW),
        ("simulator", timedelta(days=9), Barrier.NONE),
        ("api", timedelta(days=9), Barrier.NONE),
    ],
)
def test_window_of_a_day_closes_on_whatsapp_alone(
    ana: Professional, channel: str, silent_for: timedelta, found: Barrier
) -> None:
    """O2"""
    now = timezone.now()
    conversation = talk(ana, channel=channel, last_inbound_at=now - silent_for)
    assert takeover.barrier(conversation, now=now) == found


def test_nothing_is_kept_for_sending_outside_the_window(ana: Professional) -> None:
    """O2: refused before a row is written, and the reception goes on."""
    conversation = on_whatsapp(ana, silent_for=25 * HOUR)
    with pytest.raises(Undeliverable) as refusal:
        takeover.answer(conversation, "Oi", token=uuid4())
    assert refusal.value.barrier == Barrier.WINDOW
    assert rows(conversation) == []
    assert speaker(conversation) == Speaker.RECEPTION


def test_address_that_refuses_us_is_not_written_to_until_it_writes(ana: Professional) -> None:
    """O3"""
    conversation = on_whatsapp(ana, silent_for=HOUR)
    Conversation.objects.update(refused_at=timezone.now())
    with pytest.raises(Undeliverable):
        takeover.answer(conversation, "Oi", token=uuid4())
    Conversation.objects.update(last_inbound_at=timezone.now() + timedelta(seconds=1))
    takeover.answer(conversation, "Oi", token=uuid4())
    assert len(rows(conversation)) == 1


def test_taking_over_again_keeps_since_when(ana: Professional) -> None:
    conversation, now = talk(ana), timezone.now()
    chosen = Conversation.objects.filter(pk=conversation.pk)
    assert takeover.take_over(chosen, now=now - HOUR) == 1
    assert takeover.take_over(chosen, now=now) == 1
    again = only(conversation)
    assert again.human_since == now - HOUR
    assert again.human_until is not None
    assert again.human_until > now + 11 * HOUR


def test_whoever_was_called_and_takes_over_is_waited_for_no_more(ana: Professional) -> None:
    say(ana, "quero falar com uma pessoa")
    conversation = conversation_of(ana)
    assert speaker(conversation) == Speaker.CALLED
    takeover.take_over(Conversation.objects.all(), now=timezone.now())
    assert speaker(conversation) == Speaker.PROFESSIONAL


def test_silence_that_has_run_out_is_the_receptions_word(ana: Professional) -> None:
    conversation, now = talk(ana), timezone.now()
    takeover.take_over(Conversation.objects.all(), now=now - 13 * HOUR)
    assert speaker(conversation) == Speaker.RECEPTION
    takeover.take_over(Conversation.objects.all(), now=now)
    takeover.give_back(Conversation.objects.all())
    assert speaker(conversation) == Speaker.RECEPTION


def test_rest_is_no_takeover(ana: Professional) -> None:
    conversation = talk(ana)
    takeover.rest(conversation, until=timezone.now() + HOUR)
    assert speaker(conversation) == Speaker.RESTING
