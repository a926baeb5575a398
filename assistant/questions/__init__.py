"""Everyday questions, read without a model: what is asked for, and of when."""

from assistant.questions.reading import DAYS, MONTHS, Asked, Topic, known_months, read

__all__ = ["DAYS", "MONTHS", "Asked", "Topic", "known_months", "read"]
