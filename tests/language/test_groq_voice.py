"""Groq's adapter for voice notes against a scripted server: the real SDK, real sockets, real clocks."""

import time
from collections.abc import Iterator

import pytest

from language.groq import Groq
from language.loop import ModelError, Unavailable
from tests.language.test_groq import Memory
from tests.standins import groq as standin
from tests.standins.groq import GroqStandIn, Response

WHISPER = "whisper-large-v3-turbo"


@pytest.fixture
def server() -> Iterator[GroqStandIn]:
    with GroqStandIn() as running:
        yield running


@pytest.fixture
def ear(server: GroqStandIn) -> Iterator[Groq]:
    built = Groq(api_key="gsk_test", base_url=server.url, models=[WHISPER], memory=Memory())
    yield built
    built.close()


def listen(ear: Groq, *, seconds: float = 5.0) -> str:
    return ear.transcribe(b"OggS\0\xff\r\n--", suffix="ogg", language="pt", deadline=time.monotonic() + seconds)


def test_recording_becomes_words(server: GroqStandIn, ear: Groq) -> None:
    server.dictate(standin.heard("Tem horário quinta?"))

    assert listen(ear) == "Tem horário quinta?"
    (sent,) = server.recordings
    assert (sent["model"], sent["language"], sent["response_format"]) == (WHISPER, "pt", "verbose_json")
    assert (sent["name"], sent["file"]) == ("voice.ogg", b"OggS\0\xff\r\n--")


@pytest.mark.parametrize(
    "silence", [standin.heard("Legendas pela comunidade Amara.org"), standin.heard("Sim.", no_speech_prob=0.95)]
)
def test_silence_is_no_words(server: GroqStandIn, ear: Groq, silence: Response) -> None:
    server.dictate(silence)
    assert listen(ear) == ""


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (standin.status(401), "unauthorized"),
        (standin.status(400, error={"message": "could not process file"}), "http_400"),
        (standin.status(413), "context_too_long"),
        (standin.raw(b"<html>"), "malformed"),
        (standin.raw(b'{"error": {"message": "no"}}'), "malformed"),
        (standin.not_served("whisper"), "not_served"),
    ],
)
def test_recording_that_is_refused_is_told(server: GroqStandIn, ear: Groq, reply: Response, reason: str) -> None:
    """L2"""
    server.dictate(reply, reply)
    with pytest.raises(ModelError, match=reason):
        listen(ear)


def test_recording_is_tried_once_more_after_a_broken_connection(server: GroqStandIn, ear: Groq) -> None:
    """L2"""
    server.dictate(standin.reset(), standin.heard("Quinta."))
    assert listen(ear) == "Quinta."


def test_slow_transcript_ends_at_the_deadline(server: GroqStandIn, ear: Groq) -> None:
    """L3"""
    server.dictate(standin.trickle(5, response=standin.heard("Quinta.")))
    started = time.monotonic()
    with pytest.raises(Unavailable):
        listen(ear, seconds=0.6)
    assert time.monotonic() - started < 1.2
