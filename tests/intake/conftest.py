"""Ana and Caio, their Monday morning, and a scripted model provider for whole turns."""

from collections.abc import Iterator

import pytest
import time_machine

from intake import agent
from scheduling.models import Client, Professional
from tests import cast
from tests.intake import conversing


@pytest.fixture
def monday_morning() -> Iterator[None]:
    """Monday, 16 November 2026, 09:00 in São Paulo; a model that another test had is forgotten."""
    agent.model.cache_clear()
    with time_machine.travel(cast.MONDAY_MORNING):
        yield


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


@pytest.fixture
def caio(ana: Professional) -> Client:
    return cast.caio(ana)


@pytest.fixture
def asked(ana: Professional) -> Professional:
    """Ana, where Caio has been asked whether he wants Thursday at three."""
    cast.caio(ana)
    conversing.say(ana, "quinta às 15h")
    return ana
