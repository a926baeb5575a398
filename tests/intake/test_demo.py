"""The demo's conversations are history: nothing of them is due, and they are written once."""

import pytest
from django.utils import timezone

from assistant import waiting
from intake import demo, inbox, tasks
from intake.models import Conversation, OutboundMessage
from scheduling.models import Client
from tests import cast

pytestmark = pytest.mark.django_db


def test_talks_are_written_once_and_nothing_of_them_is_due() -> None:
    ana = cast.ana()
    for number in range(6):
        Client.objects.create(professional=ana, name=f"Client {number}", address=f"whatsapp:+551190000{number:04}")
    assert demo.seed(ana, now=timezone.now()) == len(demo.TALKS)
    assert demo.seed(ana, now=timezone.now()) == 0
    before = OutboundMessage.objects.count()
    tasks.sweep()
    assert inbox.due() == []
    assert OutboundMessage.objects.count() == before
    assert waiting.people(ana, now=timezone.now()) == 2
    assert Conversation.objects.filter(human_until__isnull=False).count() == 3
