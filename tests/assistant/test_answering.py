"""Answering by hand: once, as the professional, where it can arrive, and said before one types where it cannot."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.utils import timezone

from intake.models import Conversation, OutboundMessage
from tests import cast
from tests.assistant.test_conversation import HOUR, send, text
from tests.assistant.test_conversations import NAUGHTY
from tests.conftest import Message

pytestmark = pytest.mark.django_db


def by_hand(conversation: Conversation) -> list[OutboundMessage]:
    return list(conversation.outbound.filter(author="professional").order_by("pk"))


def test_taking_over_and_giving_back_are_said_and_undone(browser: Browser, conversation: Conversation) -> None:
    take, give = (f"/conversations/{conversation.pk}/{one}/" for one in ("take", "give"))
    page = browser.post(take, follow=True).content.decode()
    assert "Você responde agora. A recepção fica em silêncio." in page
    assert f'action="{give}"' in page
    page = browser.post(give, follow=True).content.decode()
    toast = page.partition('class="toast"')[2]
    assert "Conversa devolvida para a recepção." in toast
    assert f'action="{take}"' in toast
    conversation.refresh_from_db()
    assert conversation.human_until is None


@pytest.mark.parametrize("action", ["take", "give", "answer"])
def test_nothing_is_done_by_a_link(browser: Browser, conversation: Conversation, action: str) -> None:
    assert browser.get(f"/conversations/{conversation.pk}/{action}/").status_code == 405


def test_answer_leaves_as_the_professional_and_takes_over(
    browser: Browser, conversation: Conversation, published: list[Message]
) -> None:
    page = send(browser, conversation, "Bom dia, Caio")
    (said,) = by_hand(conversation)
    assert (said.body, said.medium, said.recipient) == ("Bom dia, Caio", "whatsapp", cast.CAIO_ADDRESS)
    assert "Bom dia, Caio" in page
    assert "na fila" in page
    assert "Você responde agora." in page
    assert "intake.tasks.deliver" in [message.task for message in published]


def test_same_form_sent_twice_is_one_message(browser: Browser, conversation: Conversation) -> None:
    token = str(uuid4())
    for _ in range(2):
        send(browser, conversation, "Bom dia", token=token)
    assert len(by_hand(conversation)) == 1


@pytest.mark.parametrize("token", ["", "x", "9" * 400])
def test_form_without_its_token_still_sends(browser: Browser, conversation: Conversation, token: str) -> None:
    send(browser, conversation, "Bom dia", token=token)
    assert len(by_hand(conversation)) == 1


@pytest.mark.parametrize("typed", ["", "  \n", "\x00", "x" * 4097])
def test_what_cannot_be_sent_is_explained_beside_the_field(
    browser: Browser, conversation: Conversation, typed: str
) -> None:
    page = send(browser, conversation, typed)
    assert 'aria-invalid="true" aria-describedby="complaint"' in page
    assert 'id="complaint" role="alert"' in page
    assert by_hand(conversation) == []
    if len(typed) > 100:
        assert typed in page


@pytest.mark.parametrize("typed", [one for one in NAUGHTY if one.replace("\x00", "").strip()])
def test_anything_can_be_said(browser: Browser, conversation: Conversation, typed: str) -> None:
    """I2: sent letter by letter, shown escaped."""
    page = send(browser, conversation, typed)
    assert "".join(one.body for one in by_hand(conversation)) == typed.replace("\x00", "").strip()
    assert "<script>alert" not in page


def test_long_answer_is_shown_in_its_parts(browser: Browser, conversation: Conversation) -> None:
    """O6"""
    page = send(browser, conversation, "palavra " * 400)
    assert page.count('class="ms professional"') == len(by_hand(conversation)) == 3


def test_closed_window_is_said_before_one_types(browser: Browser, conversation: Conversation) -> None:
    """O2: 63016; no field, but what else can be done."""
    Conversation.objects.update(last_inbound_at=timezone.now() - 25 * HOUR)
    assert conversation.client is not None
    conversation.client.email, conversation.client.phone = "caio@example.com", "+5511987654321"
    conversation.client.save()
    page = text(browser, conversation)
    assert "<textarea" not in page
    assert "Passaram 24 horas" in page
    assert 'href="mailto:caio@example.com"' in page
    assert 'href="tel:+5511987654321"' in page


def test_window_that_closes_while_typing_sends_nothing(browser: Browser, conversation: Conversation) -> None:
    """O2"""
    Conversation.objects.update(last_inbound_at=timezone.now() - 25 * HOUR)
    assert "A mensagem não foi enviada." in send(browser, conversation, "Oi")
    assert by_hand(conversation) == []


def test_open_window_says_until_when(browser: Browser, conversation: Conversation) -> None:
    ends = timezone.now() + 23 * HOUR + timedelta(minutes=59)
    clock = ends.astimezone(conversation.professional.zone).strftime("%H:%M")
    Conversation.objects.update(last_inbound_at=ends - 24 * HOUR)
    assert f"Você pode escrever livremente até amanhã, {clock}." in text(browser, conversation)


def test_refused_address_is_explained(browser: Browser, conversation: Conversation) -> None:
    """O3"""
    Conversation.objects.update(refused_at=timezone.now(), opted_out_at=timezone.now())
    page = text(browser, conversation)
    assert "pediu ao WhatsApp" in page
    assert "pediu para não receber avisos" in page
    assert "<textarea" not in page


def test_blocked_client_is_named_so(browser: Browser, conversation: Conversation) -> None:
    assert conversation.client is not None
    conversation.client.is_blocked = True
    conversation.client.save()
    assert "Você bloqueou este cliente" in text(browser, conversation)
