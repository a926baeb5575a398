import pytest
from django.test import Client as Browser

from scheduling.models import Professional
from tests import cast
from tests.assistant.api import calling


@pytest.fixture
def caller(ana: Professional) -> Browser:
    """A program of Ana's."""
    return calling.program()


@pytest.fixture
def bruno() -> Professional:
    return cast.bruno()
