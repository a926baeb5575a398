"""Trying the own reception: everything is real, and nothing of it leaves or stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from assistant import waiting
from intake import agent, outbox, tasks, trial
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage
from scheduling import selectors
from scheduling.models import Appointment, AppointmentEvent, Client, ClientAddress, Professional
from tests import cast

pytestmark = pytest.mark.django_db

Talk = Callable[..., str]


@pytest.fixture(autouse=True)
def _alone(settings: Settings) -> None:
    settings.GROQ_API_KEY = ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    agent.model.cache_clear()


@pytest.fixture
def talk(browser: Browser, ana: Professional) -> Talk:
    """Write through the page and be the worker; returns what was answered."""

    def say(body: str = "", **fields: str) -> str:
        known = set(OutboundMessage.objects.values_list("pk", flat=True))
        assert browser.post("/try/say/", {"body": body, **fields}).status_code == 302
        for found in Conversation.objects.filter(channel=Channel.TRIAL, reply_due_at__isnull=False):
            tasks.reply(found.pk)
        outbox.deliver_due()
        return "\n".join(OutboundMessage.objects.exclude(pk__in=known).values_list("body", flat=True))

    return say


def option(place: int = 0) -> str:
    """Return the id of an option of the newest message that has some."""
    newest = OutboundMessage.objects.filter(medium="trial").exclude(options=[]).latest("pk")
    return str(newest.options[place]["id"])


def book(talk: Talk) -> str:
    """Book the first time offered, as a client who taps; returns the receipt."""
    talk("quero marcar sessão individual")
    for _ in range(6):
        if newest().dedupe_key.startswith("question:"):
            break
        answer = talk(option=option()) if newest().options else talk("Lívia Canário Castro")
        assert answer
    return talk("sim")


def newest() -> OutboundMessage:
    return OutboundMessage.objects.filter(medium="trial").latest("pk")


def test_professional_without_a_number_books_moves_and_cancels_in_a_trial(talk: Talk, ana: Professional) -> None:
    Professional.objects.update(whatsapp_number=None, cancellation_cutoff_hours=0)
    assert "Marcado" in book(talk)
    appointment = Appointment.objects.get(is_trial=True)
    assert (appointment.status, appointment.client.is_trial, appointment.source) == ("confirmed", True, "trial")
    before = appointment.starts_at
    talk("quero remarcar")
    for _ in range(6):
        if newest().dedupe_key.startswith("question:"):
            break
        talk(option=option(-1)) if newest().options else talk("semana que vem de manhã")
    talk("sim")
    appointment.refresh_from_db()
    assert appointment.starts_at != before
    talk("quero cancelar")
    talk("sim")
    appointment.refresh_from_db()
    assert appointment.status == "cancelled"


def test_nothing_of_a_trial_leaves_or_shows_elsewhere(
    talk: Talk, browser: Browser, ana: Professional, published: list[Any]
) -> None:
    book(talk)
    talk("quero falar com uma pessoa")
    tasks.sweep()
    assert set(OutboundMessage.objects.values_list("medium", flat=True)) == {"trial"}
    assert not OutboundMessage.objects.exclude(status="delivered").exists()
    assert not OutboundMessage.objects.exclude(provider_sid="").exists()
    assert mail.outbox == []
    assert not AppointmentEvent.objects.filter(announced_at=None).exists()
    assert not selectors.live(ana).exists()
    assert not Client.objects.exists()
    assert not ana.clients.exists()
    now = timezone.now()
    assert (waiting.people(ana, now=now), waiting.callers(ana, now=now), waiting.requests(ana, now=now)) == (0, [], [])
    assert "Canário" not in browser.get("/").content.decode()


def test_request_of_a_trial_asks_nobody_for_an_answer(talk: Talk, browser: Browser, ana: Professional) -> None:
    Professional.objects.update(requires_approval=True)
    assert "Pedido enviado" in book(talk)
    assert waiting.requests(ana, now=timezone.now()) == []
    assert mail.outbox == []


def test_trial_is_offered_only_what_is_really_free(talk: Talk, ana: Professional) -> None:
    start = cast.next_weekday(2, "10:00")
    cast.booked(cast.caio(ana), start)
    day = start.astimezone(ana.zone)
    talk(f"dia {day:%d/%m} às 10h, sessão individual")
    offered = [one["label"] for one in newest().options]
    assert offered
    assert not any(f"{day:%d/%m}" in label and label.endswith("10:00") for label in offered)


def test_real_client_books_the_time_that_a_trial_has_taken(talk: Talk, ana: Professional) -> None:
    book(talk)
    tried = Appointment.objects.get(is_trial=True)
    assert cast.booked(cast.caio(ana), tried.starts_at).status == "confirmed"


def test_starting_again_forgets_everything(talk: Talk, browser: Browser, ana: Professional) -> None:
    real = cast.booked(cast.caio(ana), cast.next_weekday(2, "10:00"))
    book(talk)
    browser.post("/try/restart/")
    assert list(Appointment.objects.all()) == [real]
    assert not Conversation.objects.exists()
    assert not InboundMessage.objects.exists()
    assert [one.name for one in Client.with_trials.all()] == ["Caio Martins"]
    assert not ClientAddress.objects.filter(address__startswith="trial:").exists()
    assert "Nada escrito ainda" in browser.get("/try/").content.decode()


def test_trial_that_rests_for_a_day_is_forgotten(talk: Talk, ana: Professional) -> None:
    book(talk)
    assert trial.forget_resting() == 0
    Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
    tasks.tidy()
    assert not Appointment.objects.exists()
    assert not Client.with_trials.exists()


def test_turn_under_way_writes_nothing_after_a_new_start(ana: Professional, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = trial.receive(ana, "oi")
    monkeypatch.setattr(agent, "_without_model", lambda *_: None)
    monkeypatch.setattr(agent, "_ask_model", lambda *_, **__: trial.restart(ana))
    agent.reply(talk)
    assert not OutboundMessage.objects.exists()
    assert not Conversation.objects.exists()


def test_phone_told_in_a_trial_makes_nobody_the_test_client(talk: Talk, ana: Professional) -> None:
    """N3: whoever writes from the number that was made up in a trial is a person of their own."""
    book(talk)
    Client.with_trials.update(phone="+5511987654321")
    assert selectors.find_client(ana, cast.CAIO_ADDRESS) is None
    assert not cast.caio(ana).is_trial


def test_trial_of_another_professional_is_never_seen(talk: Talk, ana: Professional) -> None:
    """N1: Bruno tries his own reception and sees nothing of Ana's trial, whatever turn he asks for."""
    talk("oi, aqui é a Lívia Canário")
    turn = Conversation.objects.get().turns.get()
    cast.bruno()
    bruno = Browser()
    bruno.force_login(cast.login("bruno@example.com"))
    for path in ("/try/", f"/try/?turn={turn.pk}", f"/try/state/?turn={turn.pk}"):
        assert "Canário" not in bruno.get(path).content.decode()
    bruno.post("/try/say/", {"option": option()})
    assert bruno.post("/try/restart/").status_code == 302
    assert Conversation.objects.filter(professional=ana).exists()


def test_hour_has_so_many_messages(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "MESSAGES_PER_HOUR", 2)
    for _ in range(2):
        assert browser.post("/try/say/", {"body": "oi"}).status_code == 302
    browser.post("/try/restart/")
    answer = browser.post("/try/say/", {"body": "quarta?"})
    assert answer.status_code == 400
    assert "Foram muitos testes nesta hora" in answer.content.decode()
    assert "quarta?</textarea>" in answer.content.decode()
    assert not InboundMessage.objects.exists()


def test_cache_that_is_away_keeps_nobody_from_trying(ana: Professional, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "add", lambda *_, **__: 1 / 0)
    assert trial.may_go_on(ana)


@pytest.mark.parametrize(
    ("body", "told"), [("", "Escreva uma mensagem."), ("a" * 1001, "Escreva no máximo 1000 caracteres.")]
)
def test_unusable_message_is_explained_beside_the_field(browser: Browser, body: str, told: str) -> None:
    page = browser.post("/try/say/", {"body": body}).content.decode()
    assert told in page
    assert 'aria-invalid="true"' in page


def test_nul_is_no_error(talk: Talk) -> None:
    """I2: what PostgreSQL cannot store is replaced."""
    assert talk("oi\x00")
    assert InboundMessage.objects.get().body == "oi\ufffd"


def test_tap_that_is_unknown_says_so(talk: Talk) -> None:
    assert talk("", option="nothing of ours")


def test_script_that_asks_gets_only_what_has_changed(browser: Browser, talk: Talk) -> None:
    talk("oi")
    page = browser.get("/try/").content.decode()
    version = page.partition("/try/state/?v=")[2].partition("&amp;")[0]
    assert browser.get("/try/state/", {"v": version}).status_code == 204
    talk("quanto custa?")
    changed = browser.get("/try/state/", {"v": version})
    assert changed.status_code == 200
    assert "quanto custa?" in changed.content.decode()


def test_what_is_missing_is_said_before_anybody_tries(browser: Browser, ana: Professional) -> None:
    ana.working_hours.all().delete()
    assert "Nenhum horário de atendimento ainda" in browser.get("/try/").content.decode()
    ana.services.update(is_active=False)
    page = browser.get("/try/").content.decode()
    assert "Nenhum serviço ainda" in page
    assert 'href="/settings/"' in page


def test_reception_that_is_off_can_be_turned_on_there(browser: Browser, ana: Professional) -> None:
    Professional.objects.update(bot_enabled=False)
    assert "A recepção está desligada" in browser.get("/try/").content.decode()
    browser.post("/reception/", {"on": "1", "next": "/try/"})
    assert "A recepção está desligada" not in browser.get("/try/").content.decode()


def test_page_costs_at_most_twelve_queries(
    browser: Browser, talk: Talk, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    book(talk)
    with django_assert_max_num_queries(12):
        browser.get("/try/")
    changed = browser.get("/try/state/?v=0").content.decode()
    version = changed.partition("/try/state/?v=")[2].partition("&amp;")[0]
    with django_assert_max_num_queries(6):
        assert browser.get("/try/state/", {"v": version}).status_code == 204
