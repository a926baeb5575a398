"""Ana at her dashboard."""

import pytest
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
