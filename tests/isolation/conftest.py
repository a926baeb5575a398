"""A scripted model provider for the tests that need whole turns."""

from tests.intake.conftest import groq

__all__ = ["groq"]
