"""Ana at her dashboard."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import Settings

from intake import agent
from intake.models import Conversation
from scheduling.models import Professional
from tests import cast
from tests.intake.phone import talk


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


@pytest.fixture
def browser(ana: Professional) -> Browser:
    """Ana's browser, logged in."""
    browser = Browser()
    browser.force_login(cast.login("ana@example.com"))
    return browser


@pytest.fixture
def november() -> Iterator[None]:
    """Wednesday, 18 November 2026, 14:20 in São Paulo; a model that another test had is forgotten."""
    agent.model.cache_clear()
    with time_machine.travel(cast.at("2026-11-18 14:20"), tick=True):
        yield
    agent.model.cache_clear()


@pytest.fixture
def conversation(ana: Professional) -> Conversation:
    """Caio's, on WhatsApp; he wrote a minute ago."""
    since = timezone.now() - timedelta(minutes=1)
    return talk(ana, channel="whatsapp", profile_name="Caio Martins", last_inbound_at=since, client=cast.caio(ana))


@pytest.fixture
def no_cache(settings: Settings) -> None:
    """A cache in which nobody listens."""
    nowhere = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/1"}
    settings.CACHES = {"default": nowhere}


@contextmanager
def hashes_counted() -> Iterator[Callable[[], int]]:
    """Count how often a password is hashed, which is nearly all the time that a log-in takes."""
    encode = MD5PasswordHasher.encode
    with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=encode) as hashed:
        yield lambda: hashed.call_count
