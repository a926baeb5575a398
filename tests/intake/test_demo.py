"""The demo's conversations are history: nothing of them is due, and they are written once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from assistant import waiting
from assistant.numbers import replies
from intake import demo, inbox, tasks
from intake.models import Conversation, OutboundMessage
from scheduling.models import Client
from tests import cast

pytestmark = pytest.mark.django_db


def test_talks_are_written_once_and_nothing_of_them_is_due() -> None:
    ana = cast.ana()
    for number in range(6):
        Client.objects.create(professional=ana, name=f"Client {number}", address=f"whatsapp:+551190000{number:04}")
    assert demo.seed(ana, now=timezone.now()) == 6
    assert demo.seed(ana, now=timezone.now()) == 0
    before = OutboundMessage.objects.count()
    tasks.sweep()
    assert inbox.due() == []
    assert OutboundMessage.objects.count() == before
    assert waiting.people(ana, now=timezone.now()) == 2
    assert Conversation.objects.filter(human_until__isnull=False).count() == 3


def test_figures_of_the_reception_have_a_history() -> None:
    ana, now = cast.ana(), timezone.now()
    for number in range(24):
        Client.objects.create(professional=ana, name=f"Client {number}", address=f"whatsapp:+551190000{number:04}")
    demo.seed(ana, now=now)
    today = now.astimezone(ana.zone).date()
    first = today - timedelta(days=160)
    [alone], [waits] = replies.alone(ana, [(first, today)]), replies.waits(ana, [(first, today)])
    assert Decimal("0.6") < (alone.rate or 0) < Decimal("0.9")
    assert timedelta(seconds=8) < (waits.reception.median or now - now) < timedelta(seconds=25)
    assert waits.by_hand.answers >= 3
