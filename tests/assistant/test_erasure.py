"""An erased person is in nobody's questions to the assistant, however they were called there."""

from typing import Any

import pytest
from django.test import Client as Browser

from assistant import agent, limits
from assistant.models import Question, Thread
from assistant.streaming import Answering, Stream
from intake import records
from intake.models import Conversation
from scheduling import clients
from scheduling.models import Appointment, Client, Professional
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

Status = Appointment.Status
ADDRESS = "whatsapp:+5511981234567"


@pytest.fixture
def karina(ana: Professional) -> Client:
    """Karina, who missed once and comes tomorrow with Tobias in her place."""
    karina = clients.register(ana, address=ADDRESS, name="Karina de Souza Melo")
    clients.change(karina, name=karina.name, phone="+5511981234567", email="karina@example.com")
    cast.on_record(karina, cast.at("2026-11-10 10:00"), status=Status.NO_SHOW)
    cast.on_record(karina, cast.at("2026-11-19 10:00"), attendee="Tobias Melo")
    return karina


def thread_of(professional: Professional, *, title: str = "Perguntas", **told: Any) -> Thread:
    """A thread with one question."""
    thread = Thread.objects.create(professional=professional, user=professional.user, title=title)
    Question.objects.create(thread=thread, **{"text": "e como foi?", "answer": "Foi bem."} | told)
    return thread


def ask(thread: Thread, words: str) -> Question:
    going = agent.ask(thread, words)
    while True:
        try:
            next(going)
        except StopIteration as end:
            stored: Question = end.value
            return stored


@pytest.mark.parametrize(
    "told",
    [
        {"title": "A KARÍNA vem?"},
        {"text": "a karina de souza melo faltou?"},
        {"text": "Karina\u0301 faltou?"},
        {"text": "quem é 11 98123-4567?"},
        {"text": "quem é karina@example.com?"},
        {"answer": "**Karina** Melo faltou 1 vez."},
        {"answer": "Vem Tobias Melo."},
        {"results": [["get_no_show_clients", {"clients": [{"client": "Karina de Souza Melo", "no_shows": 1}]}]]},
        {"results": [["get_upcoming", {"appointments": [{"client": "TOBIAS MELO", "service": "Sessão"}]}]]},
        {"tables": [{"head": ["Cliente"], "rows": [[{"text": "Karina", "url": ""}]]}]},
        {"trace": [{"kind": "model", "detail": {"text": "1. x\nKarina Souza\n"}}]},
        {"trace": [{"kind": "note", "detail": {"sentence": "_Karina_ não vem.", "reason": "x"}}]},
    ],
    ids=str,
)
def test_thread_that_tells_of_an_erased_person_is_gone(ana: Professional, karina: Client, told: dict[str, Any]) -> None:
    """V2: in every text and JSON value, whatever the capitals and accents; without questions nothing is left."""
    thread_of(ana, **told)

    records.erase(karina, user=ana.user)

    assert not Thread.objects.exists()
    assert not Question.objects.exists()


def test_thread_whose_link_leads_to_an_erased_persons_rows_is_gone(ana: Professional, karina: Client) -> None:
    """V2: also under a name that the person no longer had."""
    former = clients.enter(ana, name="K. Prado")
    rows = f"/numbers/rows/?from=2026-06-01&status=no_show&client={former.pk}"
    thread_of(ana, answer="K. Prado faltou 1 vez.", links=[{"text": "1", "start": 16, "end": 17, "url": rows}])
    kept = records.merge(karina, other=former, user=ana.user)

    records.erase(kept, user=ana.user)

    assert not Thread.objects.exists()


def test_answers_that_rest_on_what_was_told_of_the_person_go_too(ana: Professional, karina: Client) -> None:
    """V2: "and what did that cost me?" tells of her without a name."""
    thread = Thread.objects.create(professional=ana, title="?")
    assert "Karina de Souza Melo" in str(ask(thread, "quem mais falta?").results)
    Question.objects.create(thread=thread, text="quanto isso me custou?", answer="R$ 150,00.")

    records.erase(karina, user=ana.user)

    assert not Question.objects.exists()


def test_name_of_two_people_goes_with_either(ana: Professional, karina: Client) -> None:
    """V2: nobody can tell of which of them an answer tells."""
    clients.enter(ana, name="Karina de Souza Melo")
    thread_of(ana, answer="Karina de Souza Melo faltou 1 vez.")

    records.erase(karina, user=ana.user)

    assert not Thread.objects.exists()


def test_other_questions_stay(ana: Professional, karina: Client) -> None:
    """V2, N1: those about others, about others with the same first name, and everybody else's."""
    clients.enter(ana, name="Karina Prado")
    stay = [
        thread_of(ana, title="Karinas", answer="Caio Martins faltou 1 vez.", results=[["get_stats", {"total": 72}]]),
        thread_of(ana, answer="Karina Prado faltou 1 vez."),
        thread_of(ana, title="Quantos marcaram pelo WhatsApp?", answer="3. Mandei para o contato certo."),
        thread_of(cast.bruno(), answer="Karina de Souza Melo faltou 1 vez."),
    ]

    records.erase(karina, user=ana.user)

    assert list(Thread.objects.order_by("pk")) == stay
    assert Question.objects.count() == len(stay)


def test_profile_name_of_the_conversation_counts(ana: Professional, karina: Client) -> None:
    """V2"""
    Conversation.objects.create(professional=ana, channel="whatsapp", address=ADDRESS, profile_name="Kaká ✨")
    thread_of(ana, text="a kaka vem?")

    records.erase(karina, user=ana.user)

    assert not Thread.objects.exists()


def test_answer_that_comes_too_late_is_not_kept(ana: Professional, karina: Client) -> None:
    """V2: the person is erased while the answer is in the making."""
    going = agent.ask(Thread.objects.create(professional=ana, title="quem mais falta?"), "quem mais falta?")
    next(going)
    records.erase(karina, user=ana.user)
    told = list(going)

    assert "Karina" in str(told)
    assert not Question.objects.exists()
    assert not Thread.objects.exists()


def test_thread_that_is_deleted_meanwhile_keeps_nothing(ana: Professional) -> None:
    thread = Thread.objects.create(professional=ana, title="?")
    stream = Stream(Answering(agent.ask(thread, "como foi o mês passado?"), limits.CHATS.take(ana.pk)), ana)
    told = iter(stream)
    next(told)
    Thread.objects.all().delete()
    *_others, done = told

    assert not Question.objects.exists()
    assert '"thread": null' in done


def test_form_whose_thread_went_meanwhile_leads_to_a_new_one(
    ana: Professional, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "_by_code", lambda *_arguments: iter(Thread.objects.all().delete()[1:1]))
    answer = browser.post("/assistant/ask/", {"question": "como foi o mês passado?"})

    assert answer.headers["Location"] == "/assistant/"
    assert "As perguntas foram apagadas." in browser.get("/assistant/").content.decode()
