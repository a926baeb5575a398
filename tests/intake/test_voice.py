"""Turns with voice messages: scripted Twilio and Groq over HTTP. It is Monday, 16 November 2026, 09:00 in São Paulo."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from pytest_django import Settings

from intake import agent, inbox, media
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage
from intake.twilio import Received
from scheduling.models import Client, Professional
from tests import cast
from tests.intake import conversing
from tests.intake.conversing import agenda, conversation_of, last_turn, say, write
from tests.standins import groq as standin
from tests.standins import twilio as standins
from tests.standins.groq import GroqStandIn, Response, call, heard, text
from tests.standins.twilio_media import File, MediaStandIn

VOICE = b"OggS" + b"\0\xff" * 1000
HELD = ["19/11 15:00 Sessão individual held"]
BOOKED = ["19/11 15:00 Sessão individual confirmed"]
BOOK = call("book_appointment", {"date": "2026-11-19", "time": "15:00", "client_name": "Caio Martins"})
IN_WRITING = "Não consegui entender seu áudio. Você pode escrever, por favor?"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def store(settings: Settings) -> Iterator[MediaStandIn]:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    with MediaStandIn() as running:
        settings.TWILIO_API_BASE_URL = running.url
        yield running


def record(professional: Professional, url: str, *, content_type: str = "audio/ogg") -> Conversation:
    """Store a voice message as the webhook does; its turn is due at once and is not taken."""
    inbox.receive(
        Received(
            sid=f"MM{uuid4().hex}",
            account=standins.ACCOUNT,
            sender=cast.CAIO_ADDRESS,
            number=professional.whatsapp_number or "",
            channel=Channel.SIMULATOR,
            body="",
            kind="audio",
            media=[{"url": url, "type": content_type}],
        )
    )
    Conversation.objects.filter(professional=professional).update(reply_due_at=Now())
    return conversation_of(professional)


def speak(professional: Professional, url: str) -> str:
    """Send a voice message and return what is answered."""
    return conversing.answer(record(professional, url))


@pytest.fixture
def asked(ana: Professional, caio: Client, groq: GroqStandIn) -> Professional:
    """Caio has been asked whether to confirm Thursday at 15:00."""
    groq.script(BOOK)
    say(ana, "quinta às 15h")
    assert agenda(ana) == HELD
    return ana


# Understood


def test_voice_message_books_like_a_text(groq: GroqStandIn, store: MediaStandIn, ana: Professional) -> None:
    groq.dictate(heard("Oi, aqui é o Caio Martins, queria uma sessão na quinta, às 15 horas."), heard("Sim, confirmo."))
    groq.script(BOOK)

    question = speak(ana, store.keep(VOICE))
    receipt = speak(ana, store.keep(VOICE))

    assert "quinta-feira, 19/11, às 15:00\nSessão individual, R$ 200,00\nConfirma?" in question
    assert receipt.startswith("Marcado: quinta-feira, 19/11, às 15:00")
    assert agenda(ana) == BOOKED
    assert groq.requests[0]["messages"][-1]["content"].startswith("Oi, aqui é o Caio Martins")


def test_transcript_is_kept_and_the_trace_says_who_heard(
    groq: GroqStandIn, store: MediaStandIn, ana: Professional
) -> None:
    groq.dictate(heard("Pessoa."))
    speak(ana, store.keep(VOICE))

    message = InboundMessage.objects.get()
    assert (message.kind, message.body, message.transcript, message.status) == ("audio", "", "Pessoa.", "done")
    (step,) = [step for step in last_turn(ana).trace if step["name"] == "voice"]
    assert step["detail"] == {"message": message.pk, "trouble": ""}


@pytest.mark.parametrize(
    ("said", "language"), [("oi, tudo bem? quero marcar", "pt"), ("hi, I would like to book", "en")]
)
def test_clients_language_is_a_hint(
    groq: GroqStandIn, store: MediaStandIn, ana: Professional, said: str, language: str
) -> None:
    groq.script(text("Oi!"))
    groq.dictate(heard("Pessoa."))
    say(ana, said)
    speak(ana, store.keep(VOICE))

    assert (groq.recordings[0]["language"], groq.recordings[0]["file"]) == (language, VOICE)


def test_text_and_voice_in_one_burst_both_count(groq: GroqStandIn, store: MediaStandIn, ana: Professional) -> None:
    groq.dictate(heard("Às 15 horas, sou o Caio Martins."))
    groq.script(BOOK)
    write(ana, "quero uma sessão na quinta")
    speak(ana, store.keep(VOICE))

    assert agenda(ana) == HELD
    assert groq.requests[0]["messages"][-1]["content"] == "quero uma sessão na quinta\nÀs 15 horas, sou o Caio Martins."


def test_what_was_said_earlier_is_history(groq: GroqStandIn, store: MediaStandIn, ana: Professional) -> None:
    groq.dictate(heard("Atendem criança de sete anos?"))
    groq.script(text("Vou confirmar."), text("Claro."))
    speak(ana, store.keep(VOICE))
    say(ana, "e de oito?")

    history = [message["content"] for message in groq.requests[-1]["messages"] if message["role"] == "user"]
    assert history[0] == "Atendem criança de sete anos?"


def test_professional_reads_it_while_the_reception_is_silent(
    groq: GroqStandIn, store: MediaStandIn, ana: Professional
) -> None:
    groq.dictate(heard("Cheguei, pode abrir?"))
    say(ana, "quero falar com uma pessoa")

    assert speak(ana, store.keep(VOICE)) == ""
    assert InboundMessage.objects.filter(transcript="Cheguei, pode abrir?").exists()


# Not understood


@pytest.mark.parametrize(
    "reply",
    [
        heard("Legendas pela comunidade Amara.org"),
        heard("Sim.", no_speech_prob=0.9),
        standin.status(400, error={"message": "could not process file - is it a valid media file?"}),
        standin.status(401),
        standin.status(413),
        standin.status(429, retry_after=60),
        standin.status(503),
        standin.raw(b"<html>"),
        standin.not_served(),
        standin.reset(),
    ],
    ids=["invention", "silence", "poison", "key", "size", "limit", "down", "html", "retired", "reset"],
)
def test_what_cannot_be_transcribed_is_asked_for_in_writing(
    groq: GroqStandIn, store: MediaStandIn, ana: Professional, reply: Response
) -> None:
    """L1, L2, L6: a provider that hears nothing costs no client an answer."""
    groq.dictate(reply, reply)

    assert IN_WRITING in speak(ana, store.keep(VOICE))
    assert not InboundMessage.objects.exclude(status="done").exists()


@pytest.mark.parametrize(
    "file",
    [File(VOICE, status=404), File(VOICE, content_type="text/html"), File(VOICE, location="http://10.0.0.1/x.ogg")],
    ids=["gone", "no-audio", "elsewhere"],
)
def test_what_cannot_be_fetched_is_asked_for_in_writing(
    groq: GroqStandIn, store: MediaStandIn, ana: Professional, file: File
) -> None:
    """I7"""
    assert IN_WRITING in speak(ana, store.keep(file))
    assert groq.recordings == []


def test_unknown_type_is_not_even_asked_for(groq: GroqStandIn, store: MediaStandIn, ana: Professional) -> None:
    """I7"""
    conversation = record(ana, store.keep(VOICE), content_type="audio/x-exploit")

    assert IN_WRITING in conversing.answer(conversation)
    assert store.requests == []


def test_unforeseen_fault_is_no_silence(
    groq: GroqStandIn, store: MediaStandIn, ana: Professional, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L2"""
    monkeypatch.setattr(media, "fetch", None)
    assert IN_WRITING in speak(ana, store.keep(VOICE))


def test_recovered_voice_message_without_its_address_is_answered(groq: GroqStandIn, ana: Professional) -> None:
    """W4"""
    assert IN_WRITING in conversing.answer(write(ana, "", kind="audio"))


@pytest.mark.parametrize("changes", [{"GROQ_API_KEY": ""}, {"GROQ_TRANSCRIPTION_MODEL": ""}], ids=["key", "model"])
def test_without_an_ear_nothing_is_fetched(
    store: MediaStandIn, groq: GroqStandIn, ana: Professional, settings: Settings, changes: dict[str, str]
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    agent.model.cache_clear()

    assert "Ainda não consigo ouvir áudios por aqui" in speak(ana, store.keep(VOICE))
    assert store.requests == []


def test_hanging_ear_leaves_the_turn_its_time(
    groq: GroqStandIn, store: MediaStandIn, ana: Professional, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L3"""
    monkeypatch.setattr(media, "SECONDS", 0.6)
    groq.dictate(standin.hang(5))
    started = time.monotonic()

    assert IN_WRITING in speak(ana, store.keep(VOICE))
    assert time.monotonic() - started < 2


def test_one_bad_recording_spoils_no_other(groq: GroqStandIn, store: MediaStandIn, ana: Professional) -> None:
    """L2: what is understood is answered, the rest asked for."""
    groq.dictate(heard("Quero falar com uma pessoa."))
    record(ana, store.keep(File(VOICE, status=410)))

    answer = speak(ana, store.keep(VOICE))
    assert "Não consegui ouvir seu áudio. Você pode escrever o que ele diz, por favor?" in answer
    assert "chamei Ana" in answer


def test_list_that_is_open_is_gone_on_with(groq: GroqStandIn, store: MediaStandIn, ana: Professional) -> None:
    groq.script(call("get_available_slots", {"date": "2026-11-19"}), text("Qual deles?"))
    say(ana, "tem horário quinta?")

    assert speak(ana, store.keep(File(VOICE, status=410))).endswith(
        f"{IN_WRITING}\nResponda com o número de um dos horários acima, ou me diga outro dia."
    )


def test_yes_beside_an_unheard_voice_message_is_asked_for_again(store: MediaStandIn, asked: Professional) -> None:
    """What was said may have taken the yes back."""
    write(asked, "sim")
    answer = speak(asked, store.keep(File(VOICE, status=410)))

    assert agenda(asked) == HELD
    assert answer.startswith("Não consegui ouvir seu áudio.")
    assert "Confirma quinta-feira, 19/11, às 15:00?" in answer
    assert say(asked, "sim").startswith("Marcado")


def test_flood_of_voice_messages_costs_nothing_more(
    groq: GroqStandIn, store: MediaStandIn, ana: Professional, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L22"""
    monkeypatch.setattr(media, "MOST_PER_HOUR", 1)
    groq.dictate(heard("Pessoa."), heard("Pessoa."))
    speak(ana, store.keep(VOICE))
    speak(ana, store.keep(VOICE))

    assert len(groq.recordings) == 1


def test_disabled_reception_does_not_listen(groq: GroqStandIn, store: MediaStandIn, ana: Professional) -> None:
    ana.bot_enabled = False
    ana.save()

    assert speak(ana, store.keep(VOICE)) == ""
    assert store.requests == []


def test_no_line_holds_what_was_said(
    groq: GroqStandIn, store: MediaStandIn, ana: Professional, caplog: pytest.LogCaptureFixture
) -> None:
    """V6"""
    caplog.set_level("DEBUG", logger="intake")
    groq.dictate(heard("Canário amarelo."), heard("Canário azul.", no_speech_prob=0.9))
    groq.script(text("Oi!"), text("Oi!"))
    speak(ana, store.keep(VOICE))
    speak(ana, store.keep(VOICE))

    assert "voice message not heard: silence" in caplog.text
    assert "Canário" not in caplog.text


# Again, and late


def test_second_try_does_not_listen_again(
    groq: GroqStandIn, store: MediaStandIn, ana: Professional, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L21: a turn that died after listening finds the words in the row."""
    groq.dictate(heard("Pessoa."))
    conversation = record(ana, store.keep(VOICE))
    with monkeypatch.context() as patch:
        patch.setattr(agent, "_without_model", None)
        agent.reply(conversation.pk)
    Conversation.objects.update(reply_due_at=Now())

    assert "chamei Ana" in conversing.answer(conversation)
    assert len(groq.recordings) == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_somebody_listens(groq: GroqStandIn, store: MediaStandIn, ana: Professional) -> None:
    """What comes meanwhile is stored at once; a voice message among it begins a turn of its own."""
    later = store.keep(VOICE)

    def talk_on(_fields: dict[str, Any]) -> Response:
        write(ana, "por favor")
        record(ana, later)
        connection.close()
        return heard("Quero falar com uma pessoa.")

    groq.dictate(talk_on, heard("Recepção."))
    answer = speak(ana, store.keep(VOICE))

    assert "chamei Ana" in answer
    assert "áudio" not in answer
    first, second, late = InboundMessage.objects.order_by("pk")
    assert (first.status, second.status, late.status, late.transcript) == ("done", "done", "pending", "")
    assert inbox.due_in(conversation_of(ana).pk) is not None
    assert "A recepção está de volta." in conversing.answer(conversation_of(ana))


@pytest.mark.django_db(transaction=True)
def test_outlived_turn_keeps_no_words(groq: GroqStandIn, store: MediaStandIn, ana: Professional) -> None:
    """Whoever has the conversation by then listens for itself."""

    def lose(_fields: dict[str, Any]) -> Response:
        Conversation.objects.update(lease=uuid4())
        connection.close()
        return heard("Pessoa.")

    groq.dictate(lose)
    speak(ana, store.keep(VOICE))

    assert InboundMessage.objects.get().transcript == ""
    assert not OutboundMessage.objects.exists()
