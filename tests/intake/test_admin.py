"""What an operator sees of conversations: everything to be read, next to nothing to be changed."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser
from django.utils import timezone

from intake.models import ContentTemplate, Conversation, InboundMessage, OutboundMessage, Turn
from tests import cast
from tests.intake.conversing import say, write

pytestmark = pytest.mark.django_db

MODELS = (Conversation, Turn, InboundMessage, OutboundMessage)


@pytest.fixture
def browser_of_operator() -> Browser:
    operator = get_user_model().objects.create_superuser("operator@example.com", "operator@example.com", "secret")
    browser = Browser()
    browser.force_login(operator)
    return browser


def url(model: type[Any], page: str = "") -> str:
    return f"/admin/intake/{model._meta.model_name}/{page}"


def act(browser: Browser, model: type[Any], action: str) -> None:
    chosen = list(model.objects.values_list("pk", flat=True))
    browser.post(url(model), {"action": action, "_selected_action": chosen}, follow=True)


@pytest.mark.parametrize("model", MODELS)
def test_list_search_and_row_open(browser_of_operator: Browser, model: type[Any]) -> None:
    say(cast.ana(), "oi", "1")
    row = model.objects.last()
    for page in ("", "?q=oi", f"{row.pk}/change/"):
        assert browser_of_operator.get(url(model, page)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_history_can_be_neither_written_nor_deleted(browser_of_operator: Browser, model: type[Any]) -> None:
    say(cast.ana(), "oi")
    row = model.objects.last()
    for page in ("add/", f"{row.pk}/delete/"):
        assert browser_of_operator.get(url(model, page)).status_code == 403
    assert browser_of_operator.post(url(model, f"{row.pk}/change/"), {"body": "x"}).status_code == 403


def test_templates_of_the_account_are_shown_and_not_edited(browser_of_operator: Browser) -> None:
    template = ContentTemplate.objects.create(account="AC1", name="sineta_buttons_1_1", sid="HX1")
    assert "HX1" in browser_of_operator.get(url(ContentTemplate)).content.decode()
    assert browser_of_operator.get(url(ContentTemplate, f"{template.pk}/change/")).status_code == 200
    for page in ("add/", f"{template.pk}/delete/"):
        assert browser_of_operator.get(url(ContentTemplate, page)).status_code == 403


def test_texts_of_clients_are_shown_as_texts(browser_of_operator: Browser) -> None:
    say(cast.ana(), "<script>alert(1)</script>")
    page = browser_of_operator.get(url(InboundMessage)).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_steps_of_a_turn_are_shown(browser_of_operator: Browser) -> None:
    say(cast.ana(), "quanto custa?")
    page = browser_of_operator.get(url(Turn, f"{Turn.objects.get().pk}/change/")).content.decode()
    assert "get_professional_info" in page


def test_taken_over_conversation_is_silent_until_given_back(browser_of_operator: Browser) -> None:
    ana = cast.ana()
    write(ana, "oi")
    act(browser_of_operator, Conversation, "take_over")
    assert say(ana, "oi") == ""
    act(browser_of_operator, Conversation, "give_back")
    assert "1." in say(ana, "oi")


def test_failed_message_is_tried_again(browser_of_operator: Browser) -> None:
    """Q9"""
    say(cast.ana(), "oi")
    OutboundMessage.objects.update(status="failed", attempts=6, error_code="500", handed_at=timezone.now())
    act(browser_of_operator, OutboundMessage, "try_again")
    again = OutboundMessage.objects.get()
    assert (again.status, again.attempts, again.error_code) == ("pending", 0, "")


def test_delivered_message_is_not_sent_again(browser_of_operator: Browser) -> None:
    say(cast.ana(), "oi")
    act(browser_of_operator, OutboundMessage, "try_again")
    assert OutboundMessage.objects.get().status == "delivered"


def test_what_took_another_way_and_who_is_not_reached_are_shown(browser_of_operator: Browser) -> None:
    """O3, O7."""
    say(cast.ana(), "oi")
    Conversation.objects.update(refused_at=timezone.now())
    OutboundMessage.objects.update(status="failed", error_code="21610", rerouted_at=timezone.now())
    messages = browser_of_operator.get(url(OutboundMessage, "?rerouted_at__isempty=0")).content.decode()
    assert "21610" in messages
    assert "field-rerouted_at" in messages
    conversations = browser_of_operator.get(url(Conversation, "?refused_at__isempty=0")).content.decode()
    reachable = conversations.partition("field-reachable")[2].partition("</td>")[0]
    assert "close" in reachable
