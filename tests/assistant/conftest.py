"""Ana at her dashboard."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client as Browser

from scheduling.models import Professional
from tests import cast


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


@pytest.fixture
def browser(ana: Professional) -> Browser:
    """Ana's browser, logged in."""
    browser = Browser()
    browser.force_login(cast.login("ana@example.com"))
    return browser


@contextmanager
def hashes_counted() -> Iterator[Callable[[], int]]:
    """Count how often a password is hashed, which is nearly all the time that a log-in takes."""
    encode = MD5PasswordHasher.encode
    with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=encode) as hashed:
        yield lambda: hashed.call_count
