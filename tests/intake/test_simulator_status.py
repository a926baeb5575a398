"""What is going on just now: typing only while somebody answers, and said when nobody does."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from intake import simulator_status
from tests import cast
from tests.intake.phone import said, talk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("since_due", "leased", "typing", "doing"),
    [
        (None, False, False, ""),
        (-2, False, True, "esperando mais mensagens"),
        (3, False, True, "na fila"),
        (3, True, True, "respondendo"),
        (40, True, True, "respondendo"),
        (40, False, False, ""),
    ],
)
def test_typing_means_somebody_will_answer(since_due: int | None, leased: bool, typing: bool, doing: str) -> None:
    now = timezone.now()
    changes: dict[str, Any] = {"lease": uuid4(), "lease_until": now + timedelta(minutes=1)} if leased else {}
    if since_due is not None:
        changes["reply_due_at"] = now - timedelta(seconds=since_due)
    status = simulator_status.of(talk(cast.ana(), **changes), now=now)
    assert (status.typing, status.doing) == (typing, doing)


def test_message_that_nobody_takes_is_said() -> None:
    """Whoever tries the product learns that no worker runs; the row waits."""
    now = timezone.now()
    conversation = talk(cast.ana(), reply_due_at=now)
    assert simulator_status.of(conversation, now=now + timedelta(seconds=8)).stalled == ""
    assert simulator_status.of(conversation, now=now + timedelta(seconds=13)).stalled == simulator_status.UNANSWERED


def test_answer_that_nobody_delivers_is_said() -> None:
    conversation = talk(cast.ana())
    said(conversation, "Oi", status="pending")
    said(conversation, "Aviso", status="pending", medium="email")
    now = timezone.now()
    assert simulator_status.of(conversation, now=now).stalled == ""
    assert simulator_status.of(conversation, now=now + timedelta(seconds=13)).stalled == simulator_status.UNDELIVERED


def test_silence_is_explained() -> None:
    now = timezone.now()
    conversation = talk(cast.ana(bot_enabled=False), human_until=now + timedelta(hours=1), opted_out_at=now)
    status = simulator_status.of(conversation, now=now)
    assert [any(word in note for note in status.notes) for word in ("desligada", "silêncio", "parar")] == [True] * 3
