"""System checks over settings, and what the database itself refuses."""

import zoneinfo
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError
from pytest_django import Settings

from intake import checks
from tests import cast


@pytest.fixture(autouse=True)
def _production(settings: Settings) -> None:
    settings.DEBUG, settings.ALLOWED_HOSTS = False, ["sineta.example", ".praxis.example"]
    settings.PUBLIC_BASE_URL = "https://sineta.example"
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC1", "token"
    settings.DATABASE_URL, settings.REDIS_URL = "postgres://db/x", "redis://valkey"


def found() -> set[str]:
    return {str(message.id) for message in run_checks() if str(message.id).startswith("intake.")}


def test_complete_settings_say_nothing() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    "url",
    [
        "https://sineta.example/app",
        "https://sineta.example?x=1",
        "https://user@sineta.example",
        "https:// sineta.example",
        "https://sineta.example:port",
        "sineta.example",
        "https://",
        "ftp://sineta.example",
    ],
)
def test_public_address_that_is_no_origin_is_an_error(settings: Settings, url: str) -> None:
    """W2: Twilio signs the address that it calls; a path or a typing error would refuse every message."""
    settings.PUBLIC_BASE_URL = url
    assert "intake.E004" in found()


@pytest.mark.parametrize("url", ["https://Sineta.Example", "https://ana.praxis.example", "https://sineta.example:8443"])
def test_public_address_that_is_an_origin_passes(settings: Settings, url: str) -> None:
    settings.PUBLIC_BASE_URL = url
    assert found() == set()


def test_public_address_without_https_is_an_error_once_twilio_calls(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "http://sineta.example"
    assert found() == {"intake.E002"}
    settings.DEBUG = True
    assert found() == set()


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "10.0.0.7", "192.168.1.5:8443", "web"])
def test_public_address_that_twilio_cannot_reach_is_told(settings: Settings, host: str) -> None:
    """W2: the forgotten default and addresses of an inner network; a stand-in of Twilio may be anywhere."""
    settings.PUBLIC_BASE_URL, settings.ALLOWED_HOSTS = f"https://{host}", ["*"]
    assert found() == {"intake.E006"}
    settings.DEBUG = True
    assert found() == {"intake.W004"}
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:8020"
    assert found() == set()


def test_trial_without_credentials_may_be_anywhere(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL, settings.DEBUG = "http://localhost:8000", True
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = ""
    assert found() == set()


def test_public_host_that_is_not_allowed_is_a_warning(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["web"]
    assert found() == {"intake.W003"}


@pytest.mark.parametrize("half", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"])
def test_half_of_the_credentials_is_an_error(settings: Settings, half: str) -> None:
    setattr(settings, half, "")
    assert "intake.E001" in found()


def test_no_credentials_are_fine_in_a_trial_and_a_warning_outside(settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = ""
    assert found() == {"intake.W001"}
    settings.DEBUG = True
    assert found() == set()


@pytest.mark.parametrize("kind", ["locmem.LocMemCache", "dummy.DummyCache", "filebased.FileBasedCache"])
def test_cache_that_processes_do_not_share_is_an_error(settings: Settings, kind: str, tmp_path: Path) -> None:
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{kind}", "LOCATION": str(tmp_path)}}
    assert "intake.E005" in found()


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_embedded_server_outside_a_trial_is_a_warning(settings: Settings, name: str) -> None:
    setattr(settings, name, "")
    assert found() == {"intake.W002"}
    settings.DEBUG = True
    assert found() == set()


def test_old_time_zone_data_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """T12: British Columbia keeps UTC-7 from November 2026 on; older data would move its appointments."""
    eight_hours = b"TZif" + b"\0" * 16 + bytes.fromhex("00000000 00000000 00000000 00000000 00000001 00000004")
    (tmp_path / "old").write_bytes(eight_hours + (-8 * 3600).to_bytes(4, "big", signed=True) + b"\0\0PST\0")
    with (tmp_path / "old").open("rb") as file:
        old = zoneinfo.ZoneInfo.from_file(file, "America/Vancouver")
    monkeypatch.setattr(zoneinfo, "ZoneInfo", lambda _name: old)
    assert found() == {"intake.E003"}


def test_time_zone_data_of_the_package_is_used_whatever_the_system_has() -> None:
    """T12."""
    assert zoneinfo.TZPATH == ()
    assert checks.check_time_zones(None) == []


@pytest.mark.django_db
def test_two_professionals_cannot_share_a_number() -> None:
    """W20: refused by the database, whoever writes."""
    cast.ana()
    twin: dict[str, Any] = {"user": cast.login("twin@example.com"), "whatsapp_number": cast.ANA_NUMBER}
    with pytest.raises(IntegrityError, match="whatsapp_number"):
        cast.bruno(**twin)
