"""A trial of the reception stands on its own page and nowhere else, whatever other pages there are."""

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from intake import agent, outbox
from intake.models import Channel, Conversation, OutboundMessage
from scheduling.models import Appointment, Client
from tests import cast
from tests.isolation import forms, matrix

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

STARTS = ("/", "/agenda/week/", "/agenda/month/", "/conversations/", "/clients/", "/settings/", "/admin/")
NAME = "Valéria Trilhada"


@pytest.fixture
def anas(settings: Settings) -> Browser:
    """Ana's browser after a trial in which a time was booked and a person asked for."""
    settings.GROQ_API_KEY = ""
    agent.model.cache_clear()
    ana = cast.ana()
    browser = matrix.enter(ana.user)
    write(browser, "quero marcar sessão individual")
    while not (said := OutboundMessage.objects.latest("pk")).dedupe_key.startswith("question:"):
        write(browser, "1" if said.options else NAME)
    write(browser, "sim")
    write(browser, "quero falar com uma pessoa")
    assert Appointment.objects.get().status == "confirmed"
    assert Client.with_trials.get().name == NAME
    return browser


def write(browser: Browser, words: str) -> None:
    """Write through the page and be the worker."""
    assert browser.post("/try/say/", {"body": words}).status_code == 302
    for talk in Conversation.objects.filter(channel=Channel.TRIAL, reply_due_at__isnull=False):
        agent.reply(talk.pk)
    outbox.deliver_due()


def test_no_page_but_its_own_names_the_test_client(anas: Browser) -> None:
    pages, _forms = forms.crawl(anas, start=STARTS)
    assert "/try/" in pages
    shown = {page for page in pages if NAME in anas.get(page).content.decode()}
    assert {page for page in shown if not page.startswith("/try/")} == set()
    assert "/try/" in shown


def test_no_list_of_a_practice_has_the_test_client(anas: Browser) -> None:
    """Whoever writes a new list gets real clients only: the model's own manager leaves the test client out."""
    ana = cast.login("ana@example.com").professional
    assert not ana.clients.exists()
    assert not Client.objects.filter(appointments__isnull=False).exists()
