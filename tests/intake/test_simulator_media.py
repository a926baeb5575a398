"""What a simulated client attaches: WhatsApp's kinds and sizes, kept here, fetched from here alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from config import state
from intake import simulator_media, twilio
from intake.models import InboundMessage
from scheduling.models import Professional
from tests import cast
from tests.intake.phone import heard, talk

OGG = b"OggS a voice"


@pytest.fixture(autouse=True)
def _trial(settings: Settings, tmp_path: Path) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"host": "localhost:8000"})


def voice(content: bytes = OGG, *, name: str = "voz.ogg", content_type: str = "audio/ogg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def sign(visitor: Client, professional: Professional, **fields: Any) -> Any:
    posted = {"professional": professional.pk, "address": cast.CAIO_ADDRESS} | fields
    return visitor.post("/simulator/sign/", posted)


def post(visitor: Client, signed: Any) -> int:
    headers = {"X-Twilio-Signature": signed["signature"]}
    return visitor.post(twilio.WEBHOOK_PATH, signed["form"], headers=headers).status_code


@pytest.mark.django_db
def test_voice_note_arrives_with_an_address_that_gives_it_back(visitor: Client) -> None:
    signed = sign(visitor, cast.ana(), kind="audio", file=voice(content_type="audio/ogg; codecs=opus")).json()
    url = signed["form"]["MediaUrl0"]
    assert RequestValidator(state.secret("twilio_token")).validate(
        twilio.webhook_url(), signed["form"], signed["signature"]
    )
    assert post(visitor, signed) == 200
    message = InboundMessage.objects.get()
    assert (message.kind, message.body, message.media) == ("audio", "", [{"url": url, "type": "audio/ogg"}])
    assert url.startswith("http://localhost:8000/simulator/media/")
    fetched: Any = visitor.get(url.removeprefix("http://localhost:8000"))
    assert (fetched.content, fetched.headers["Content-Type"]) == (OGG, "audio/ogg")
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("wanted", "status", "part", "told"),
    [
        ("bytes=0-1", 206, b"Og", "bytes 0-1/12"),
        ("bytes=5-", 206, b"a voice", "bytes 5-11/12"),
        ("bytes=5-900", 206, b"a voice", "bytes 5-11/12"),
        ("bytes=0-1,3-4", 200, OGG, None),
        ("lines=1", 200, OGG, None),
        ("bytes=12-", 200, OGG, None),
    ],
)
def test_player_gets_the_part_it_asks_for(
    visitor: Client, wanted: str, status: int, part: bytes, told: str | None
) -> None:
    kept = simulator_media.keep(voice(), kind="audio")
    answer = visitor.get(kept.path, headers={"range": wanted})
    assert (answer.status_code, answer.content, answer.headers.get("Content-Range")) == (status, part, told)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["image", "document", "sticker", "contact", "location"])
def test_kind_is_posted_as_twilio_posts_it(visitor: Client, kind: str) -> None:
    """W4: the same fields as in the recorded form of that kind, blank body included."""
    recorded = json.loads((project.BASE_DIR / "tests" / "payloads" / f"{kind}.json").read_text())
    files = {
        "image": SimpleUploadedFile("foto.jpg", b"jpeg", "image/jpeg"),
        "document": SimpleUploadedFile("encaminhamento.pdf", b"pdf", "application/pdf"),
    }
    fields = {"kind": kind} | ({"file": files[kind]} if kind in files else {})
    signed = sign(visitor, cast.ana(), **fields).json()
    told = ("MessageType", "NumMedia", "Body", "MediaContentType0", "Latitude", "Address")
    assert {name: signed["form"].get(name) for name in told} == {name: recorded.get(name) for name in told}
    assert post(visitor, signed) == 200
    assert InboundMessage.objects.get().kind == twilio.parse(recorded).kind


@pytest.mark.django_db
def test_picture_carries_its_caption(visitor: Client) -> None:
    picture = SimpleUploadedFile("foto.png", b"png", "image/png")
    signed = sign(visitor, cast.ana(), kind="image", file=picture, body="serve este?").json()
    assert signed["form"]["Body"] == "serve este?"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "file", "words"),
    [
        ("audio", voice(b"x" * 11), "16 MB"),
        ("audio", voice(b""), "vazio"),
        ("audio", None, "vazio"),
        ("audio", voice(content_type="text/html"), "OGG"),
        ("image", SimpleUploadedFile("a.svg", b"<svg/>", "image/svg+xml"), "JPG"),
        ("document", SimpleUploadedFile("a.html", b"<p>", "text/html"), "PDF"),
        ("text", voice(), "PDF"),
    ],
)
def test_file_that_whatsapp_would_not_take_is_refused_with_words(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, kind: str, file: Any, words: str
) -> None:
    monkeypatch.setattr(simulator_media, "LARGEST", 10 if words == "16 MB" else simulator_media.LARGEST)
    if file is not None:
        file.seek(0)
    answer = sign(visitor, cast.ana(), kind=kind, **({"file": file} if file is not None else {}))
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]
    assert list(simulator_media.folder().iterdir()) == []


@pytest.mark.parametrize("name", ["x", "../secret_key.secret", "..", "f" * 32, f"{'f' * 32}.html", f"{'f' * 32}.ogg"])
def test_no_other_file_is_shown(visitor: Client, name: str) -> None:
    """A8: only names that were given here, and only while their files are there."""
    (simulator_media.folder() / f"{'f' * 32}.html").write_text("<script>")
    assert visitor.get(f"/simulator/media/{name}").status_code == 404


def test_file_is_not_there_for_others(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    kept = simulator_media.keep(voice(), kind="audio")
    assert Client(headers={"host": "sineta.example.com"}).get(kept.path).status_code == 404


@pytest.mark.django_db
def test_starting_over_deletes_the_files_of_this_talk_alone(visitor: Client) -> None:
    ana = cast.ana()
    kept, other = simulator_media.keep(voice(), kind="audio"), simulator_media.keep(voice(), kind="audio")
    conversation = talk(ana)
    heard(conversation, "", kind="audio", media=[{"url": f"http://localhost{kept.path}", "type": "audio/ogg"}])
    heard(conversation, "", kind="image", media=[{"url": "https://api.twilio.com/Media/ME1", "type": "image/png"}])
    visitor.post("/simulator/restart/", {"professional": ana.pk, "from": cast.CAIO_ADDRESS})
    assert [path.name for path in simulator_media.folder().iterdir()] == [Path(other.path).name]


def test_only_the_newest_files_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator_media, "MOST_FILES", 2)
    for _ in range(4):
        kept = simulator_media.keep(voice(), kind="audio")
    stored = [path.name for path in simulator_media.folder().iterdir()]
    assert len(stored) == 2
    assert Path(kept.path).name in stored


def test_samples_come_along() -> None:
    for path, _content_type in simulator_media.SAMPLES.values():
        assert (project.BASE_DIR / "static" / path).is_file()
