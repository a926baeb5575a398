"""An answer in the making, as events of the server's: what is looked up, each sentence, tables, and the stored row."""

import json
from collections.abc import Generator, Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from assistant import agent, limits, linking
from assistant.agent import LookedUp, Marked, Said
from assistant.models import Question
from scheduling.models import Professional


class Answering:
    """An answer in the making and its place: the events, and behind them the stored row."""

    question: Question

    def __init__(self, going: Generator[agent.Event, None, Question], place: limits.Place) -> None:
        self._going, self._place = going, place

    def __iter__(self) -> Iterator[agent.Event]:
        try:
            self.question = yield from self._going
        finally:
            self.close()

    def whole(self) -> Question:
        for _event in self:
            pass
        return self.question

    def close(self) -> None:
        """End it, also when nobody listened: then it keeps what was said so far."""
        self._going.close()
        self._place.release()


class Stream:
    """Server-sent events; the server closes it when the reader goes away."""

    def __init__(self, answering: Answering, professional: Professional) -> None:
        self._answering, self._language = answering, professional.language

    def __iter__(self) -> Iterator[str]:
        with translation.override(self._language):
            for event in self._answering:
                yield _event(event)
            yield _line("done", as_json(self._answering.question))

    def close(self) -> None:
        self._answering.close()


def _event(event: agent.Event) -> str:
    if isinstance(event, LookedUp):
        return _line("step", {"label": event.label})
    if isinstance(event, Said):
        links = linking.as_json(event.text, event.links)
        return _line("said", {"text": event.text, "html": linking.html(event.text, event.links), "links": links})
    if isinstance(event, Marked):
        html = render_to_string("assistant/mark.html", {"mark": event.label})
        return _line("mark", {"label": event.label, "html": html})
    tables = [table.as_json() for table in event.tables]
    return _line("tables", {"tables": tables, "html": render_to_string("assistant/tables.html", {"tables": tables})})


def _line(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def as_json(question: Question) -> dict[str, Any]:
    return {
        "ok": True,
        # None where the thread was deleted, or somebody erased, while the answer was in the making: nothing is kept.
        "thread": question.thread_id if question.pk else None,
        "title": question.thread.title,
        "question": question.text,
        "answer": question.answer,
        "links": question.links,
        "tables": question.tables,
        "source": question.path,
        "replaced": question.was_replaced,
    }
