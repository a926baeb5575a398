"""Whether the assistant is right: questions read without a model, and a model's true and untrue sentences. Counts."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time
from unittest.mock import patch

from django.conf import settings

from benchmarks import empty
from benchmarks.figures import Row, limit
from tests.assistant.corpora import FALSE, LANGUAGES, PAYLOADS, TODAY, TRUE, asked_in, spelled

LEAST_RIGHT = 0.9
NAMES = {"pt": "Portuguese", "en": "English", "es": "Spanish"}


def measure() -> list[Row]:
    """Read every question of the corpora, and let a scripted model say every sentence."""
    return [*_questions(), *_sentences()]


def _questions() -> list[Row]:
    rows, wrong = [], 0
    for language in LANGUAGES:
        read = Counter(_read(question, meaning) for question, meaning in asked_in(language))
        asked = read["right"] + read["unread"]
        what = f"{asked} everyday questions in {NAMES[language]} without a model: topic and period right"
        share = read["right"] / asked
        rows.append(Row(what, f"{read['right']}", "", f"{100 * share:.0f} %", "at least 90 %", share >= LEAST_RIGHT))
        wrong += read["wrong"]
    count = sum(len(asked_in(language)) for language in LANGUAGES)
    return [*rows, limit(f"{count} questions, those for what no tool knows included: wrong answers", wrong, most=0)]


def _read(question: str, meaning: str) -> str:
    from assistant import questions

    got = spelled(questions.read(question, today=TODAY))
    if got == meaning:
        return "declined" if meaning == "-" else "right"
    return "unread" if got == "-" else "wrong"


def _sentences() -> list[Row]:
    with empty.database():
        slipped, replaced = sum(_shown(FALSE)), len(TRUE) - sum(_shown(TRUE))
    return [
        limit(f"{len(FALSE)} untrue sentences of a scripted model: shown all the same", slipped, most=0),
        limit(f"{len(TRUE)} true sentences of a scripted model: replaced", replaced, most=0),
    ]


def _shown(sentences: Iterable[str]) -> Iterable[bool]:
    """Yield whether each sentence reaches the professional, through the real client of the model's provider."""
    from assistant import agent
    from assistant.models import Question, Thread
    from intake import agent as intake_agent
    from scheduling.models import Professional
    from tests import cast
    from tests.standins.groq import GroqStandIn, text

    ana = Professional.objects.first() or cast.ana()
    stats, absent, coming = PAYLOADS
    told = [["get_no_show_clients", absent], ["get_upcoming", coming], ["get_stats", stats]]
    noon = datetime.combine(TODAY, time(12), tzinfo=ana.zone)
    # "Tomorrow" is the day after the one on which the tools told what they did.
    with GroqStandIn() as groq, patch("assistant.agent.timezone.now", return_value=noon):
        settings.GROQ_API_KEY, settings.GROQ_BASE_URL = "of-the-stand-in", groq.url
        intake_agent.model.cache_clear()
        for sentence in sentences:
            thread = Thread.objects.create(professional=ana, title="?")
            Question.objects.create(thread=thread, text="?", results=told)
            groq.script(text(sentence))
            for _event in agent.ask(thread, "?"):
                pass
            yield thread.questions.latest("pk").answer == sentence.strip()
    intake_agent.model.cache_clear()
