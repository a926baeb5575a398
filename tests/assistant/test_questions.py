"""Everyday questions reach the right topic and period, and none is taken for another one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import questions
from assistant.questions import Asked, Topic
from tests.assistant.corpora import LANGUAGES, TODAY, asked_in, spelled

LINES = [line for language in LANGUAGES for line in asked_in(language)]


@pytest.mark.parametrize(("question", "meaning"), LINES)
def test_question_is_read(question: str, meaning: str) -> None:
    assert spelled(questions.read(question, today=TODAY)) == meaning


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_questions(language: str) -> None:
    meanings = [meaning for _, meaning in asked_in(language)]
    assert len(meanings) - meanings.count("-") >= 40
    assert meanings.count("-") >= 30


def test_name_of_a_month_is_its_latest_one() -> None:
    asked = questions.read("como foi dezembro?", today=date(2027, 2, 3))
    assert asked == Asked(Topic.SUMMARY, (date(2026, 12, 1),))


@given(st.text(max_size=300), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_any_text_gives_known_months_and_days_or_nothing(text: str, today: date) -> None:
    asked = questions.read(text, today=today)
    if asked is not None:
        assert set(asked.months) <= set(questions.known_months(today))
        assert asked.first is None or today <= asked.first <= today + timedelta(days=questions.DAYS)
