"""What code answers is written as people count: one is one, and every line is what the truth holds."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from assistant import answers, truth
from assistant.linking import Rows
from assistant.questions import Asked, Topic
from assistant.truth import Scope
from tests.assistant.corpora import TODAY, month

OCTOBER = (date(2026, 10, 1),)
ROWS = Rows(TODAY, {})


def payload(figures: tuple[int, int, int, int], **more: Any) -> dict[str, Any]:
    """What the tool tells of a practice that has had nothing but this October."""
    _total, completed, missed, _cancelled = figures
    rate = f"12,5% ({missed} de {completed + missed})"
    one = month("2026-10", figures, rate, "R$ 200,00", **more) | {"name": "outubro de 2026"}
    return {"six_months": one, "months": [one]}


def lines(topic: Topic, told: dict[str, Any]) -> list[str]:
    return answers.write(Asked(topic, months=OCTOBER), told, rows=ROWS).text.splitlines()


@pytest.mark.parametrize(
    ("language", "figures", "line"),
    [
        ("pt-br", (4, 1, 1, 2), "Outubro de 2026: 4 atendimentos, 1 realizado, 1 falta, 2 cancelados."),
        ("pt-br", (1, 0, 0, 1), "Outubro de 2026: 1 atendimento, 0 realizados, 0 faltas, 1 cancelado."),
        ("es", (5, 2, 1, 1), "Outubro de 2026: 5 citas, 2 realizadas, 1 falta, 1 cancelada."),
        ("es", (1, 1, 0, 0), "Outubro de 2026: 1 cita, 1 realizada, 0 faltas, 0 canceladas."),
        ("en", (1, 1, 1, 0), "Outubro de 2026: 1 appointment, 1 took place, 1 no-show, 0 cancelled."),
        ("en", (8, 3, 2, 3), "Outubro de 2026: 8 appointments, 3 took place, 2 no-shows, 3 cancelled."),
    ],
)
def test_month_is_told_in_the_number_of_each_figure(
    language: str, figures: tuple[int, int, int, int], line: str
) -> None:
    with translation.override(language):
        assert lines(Topic.SUMMARY, payload(figures))[0] == line


@pytest.mark.parametrize("language", ["pt-br", "es", "en"])
@pytest.mark.parametrize("topic", [Topic.SUMMARY, Topic.COUNT, Topic.CANCELLED, Topic.NO_SHOWS, Topic.NEW_CLIENTS])
@pytest.mark.parametrize("figures", [(9, 1, 3, 5), (10, 4, 1, 5), (8, 3, 4, 1), (1, 1, 0, 0), (0, 0, 0, 0)])
def test_truth_holds_what_code_writes(topic: Topic, figures: tuple[int, int, int, int], language: str) -> None:
    told = payload(figures, new=figures[2])
    facts, scope = truth.gather([told], today=TODAY), Scope()
    with translation.override(language):
        said = "\n".join(lines(topic, told))
    for sentence in truth.sentences(said):
        reason, scope = truth.fault(sentence, facts, scope=scope)
        assert reason is None, sentence
