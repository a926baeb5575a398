"""A scripted model provider for whole turns."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from intake import agent
from tests.standins.groq import GroqStandIn


@pytest.fixture
def groq(settings: Settings) -> Iterator[GroqStandIn]:
    with GroqStandIn() as standin:
        settings.GROQ_API_KEY, settings.GROQ_BASE_URL = "gsk_test", standin.url
        settings.GROQ_MODELS = ["openai/gpt-oss-120b"]
        agent.model.cache_clear()
        yield standin
    agent.model.cache_clear()
