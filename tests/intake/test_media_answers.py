"""What came without words is answered, and what is open goes on. It is Monday, 16 November 2026, 09:00."""

import pytest
from django.db.models.functions import Now

from intake import inbox, twilio
from intake.models import Conversation
from scheduling.models import Professional
from tests.intake import conversing
from tests.intake.conversing import agenda, say, write
from tests.standins.twilio import payload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def test_file_name_is_no_wish(ana: Professional) -> None:
    """W4: what a client's documents are called is not what they say."""
    assert "Recebi seu documento" in conversing.answer(write(ana, "quinta 15h.pdf", kind="document"))
    assert agenda(ana) == []


@pytest.mark.parametrize("kind", ["sticker", "image", "location"])
def test_media_goes_on_with_what_is_open(ana: Professional, kind: str) -> None:
    """W4"""
    say(ana, "oi", "1", "1")

    answer = conversing.answer(write(ana, "", kind=kind))
    assert answer.endswith("\nResponda com o número de um dos horários acima, ou me diga outro dia.")


@pytest.mark.parametrize("shape", ["image_with_caption", "document"])
def test_words_under_a_picture_are_answered_and_the_picture_is_not_seen(ana: Professional, shape: str) -> None:
    """W4"""
    form = payload(shape, Body="quanto custa a sessão individual?", SinetaChannel="simulator")
    inbox.receive(twilio.parse(form))
    Conversation.objects.update(reply_due_at=Now())

    answer = conversing.answer(Conversation.objects.get())
    assert "Por aqui não consigo ver imagens nem abrir arquivos, só ler texto." in answer
    assert "R$ 200,00" in answer
