"""Fetching what Twilio keeps: with credentials for its API alone, within limits, and from nowhere else."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from intake import media, simulator_media, twilio
from tests.standins import twilio as standins
from tests.standins.twilio import payload
from tests.standins.twilio_media import File, MediaStandIn

VOICE = b"OggS" + b"\0\xff" * 1000
API_MEDIA = payload("audio")["MediaUrl0"]


@pytest.fixture
def account(settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN


@pytest.fixture
def store(settings: Settings, account: None) -> Iterator[MediaStandIn]:
    with MediaStandIn() as running:
        settings.TWILIO_API_BASE_URL = running.url
        yield running


def refused(url: str, *, seconds: float = 5.0) -> str:
    """Return why a file is not fetched."""
    with pytest.raises(media.Unheard) as refusal:
        media.fetch(url, seconds=seconds)
    return str(refusal.value)


# From where


def test_our_credentials_are_for_twilios_api_alone(account: None) -> None:
    address = "https://mms.twiliocdn.com/ACx/abc?Expires=1&Signature=x"

    assert twilio.media_source(API_MEDIA) == twilio.Source(API_MEDIA, (standins.ACCOUNT, standins.TOKEN))
    assert twilio.media_source(address) == twilio.Source(address, None)


def test_stand_in_serves_what_twilio_names(settings: Settings, account: None) -> None:
    base = settings.TWILIO_API_BASE_URL = "http://127.0.0.1:8020"
    ours = (standins.ACCOUNT, standins.TOKEN)

    path = API_MEDIA.removeprefix("https://api.twilio.com")
    assert twilio.media_source(API_MEDIA) == twilio.Source(f"{base}{path}", ours)
    assert twilio.media_source(f"{base}/any") == twilio.Source(f"{base}/any", ours)
    assert twilio.media_source("https://mms.twiliocdn.com/a?b") == twilio.Source(f"{base}/a?b", None)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:8000/admin/",
        "http://localhost:8000/simulator/media/../../admin/",
        "http://localhost@evil.example/simulator/media/a.ogg",
        "http://localhost.evil.example/simulator/media/a.ogg",
        "http://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json",
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1?x=@evil.example",
        "https://api.twilio.com@evil.example/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com.evil.example/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com\\@evil.example/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://twiliocdn.com.evil.example/a",
        "https://evil.example/mms.twiliocdn.com/",
        "https://mms.twiliocdn.com:22/a",
        "https://s3-external-1.amazonaws.com/other-bucket/a",
        "file:///etc/passwd",
        "",
    ],
)
def test_nothing_else_is_ever_fetched(account: None, url: str) -> None:
    """I7: an address in a form makes us fetch nothing but Twilio's own files; a test that tries would fail."""
    assert refused(url) == "foreign_address"


def test_without_credentials_nothing_is_fetched(settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = ""
    assert refused(API_MEDIA) == "foreign_address"


def test_outside_a_trial_this_machine_is_foreign_too(settings: Settings) -> None:
    """I7"""
    settings.DEBUG = False
    assert refused("http://localhost:8000/simulator/media/0123.ogg") == "foreign_address"


# Within limits


def test_file_is_fetched_over_twilios_redirect(store: MediaStandIn) -> None:
    content, content_type = media.fetch(store.keep(VOICE), seconds=5)

    assert (content, content_type) == (VOICE, "audio/ogg; codecs=opus")
    assert [shown for _path, shown in store.requests] == [True, False]


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/",
        "https://evil.example/voice.ogg",
        "http://localhost:1/x.ogg",
        "//evil.example/x",
    ],
)
def test_redirect_to_a_foreign_host_is_refused(store: MediaStandIn, location: str) -> None:
    """I7"""
    assert refused(store.keep(File(VOICE, location=location))) == "foreign_address"
    assert len(store.requests) == 1


def test_redirects_in_a_circle_end(store: MediaStandIn) -> None:
    url = store.keep(file := File(VOICE))
    file.location = url
    assert refused(url) == "too_many_hops"


def test_wrong_credentials_are_told(store: MediaStandIn, settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = "another"
    assert refused(store.keep(VOICE)) == "fetch_401"


@pytest.mark.parametrize("content_type", ["text/html", "application/x-msdownload", "video/mp4", "", "image/svg+xml"])
def test_unknown_type_is_not_read(store: MediaStandIn, content_type: str) -> None:
    """I7: whatever the form said, the file itself is no recording."""
    url = store.keep(File(VOICE, content_type=content_type, endless=True))
    assert refused(url) == "unknown_type"


@pytest.mark.parametrize("file", [File(b"x" * 2001), File(b"", endless=True)], ids=["declared", "endless"])
def test_media_bomb_is_not_read_to_its_end(store: MediaStandIn, monkeypatch: pytest.MonkeyPatch, file: File) -> None:
    """I7"""
    monkeypatch.setattr(media, "LARGEST", 2000)
    assert refused(store.keep(file)) == "too_large"


def test_compressed_body_is_not_unpacked(store: MediaStandIn) -> None:
    """I7: nothing small becomes huge here."""
    small = gzip.compress(b"0" * 5_000_000)
    assert media.fetch(store.keep(File(small, encoding="gzip")), seconds=5)[0] == small


@pytest.mark.parametrize("file", [File(VOICE, hang=5), File(VOICE, seconds_a_byte=0.1)], ids=["silent", "trickling"])
def test_slow_file_is_given_up_in_time(store: MediaStandIn, file: File) -> None:
    """I7: a file that comes byte by byte costs a turn no more than its share."""
    started = time.monotonic()
    with pytest.raises(media.Unheard, match="fetch_"):
        media.fetch_patiently(store.keep(file), until=started + 0.6)
    assert time.monotonic() - started < 1.5


def test_file_that_is_not_there_yet_is_asked_for_again(store: MediaStandIn) -> None:
    url = store.keep(File(VOICE, absent=1))
    assert media.fetch_patiently(url, until=time.monotonic() + 5)[0] == VOICE


@pytest.mark.parametrize("file", [File(VOICE, absent=9), File(VOICE, status=503)], ids=["gone", "broken"])
def test_file_that_is_not_to_be_had_is_asked_for_twice(store: MediaStandIn, file: File) -> None:
    url = store.keep(file)
    with pytest.raises(media.Unheard):
        media.fetch_patiently(url, until=time.monotonic() + 5)
    assert [path for path, _shown in store.requests].count(url.removeprefix("https://api.twilio.com")) == 2


def test_trials_own_page_serves_what_its_clients_recorded(
    transactional_db: None, live_server: LiveServer, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT, settings.TWILIO_ACCOUNT_SID = tmp_path, ""
    recorded = SimpleUploadedFile("note.webm", VOICE, content_type="audio/webm")
    path = simulator_media.keep(recorded, kind="audio").path

    assert media.fetch(f"{live_server.url}{path}", seconds=5) == (VOICE, "audio/webm")
