"""A figure is shown only beside the label, the month and the person that a tool result gives it to."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import truth
from assistant.truth import Scope


def lines(name: str) -> list[str]:
    text = (Path(__file__).parent / name).read_text()
    return [line for line in text.splitlines() if line and not line.startswith("# ")]


TRUE, FALSE = lines("truth_true.txt"), lines("truth_false.txt")


def month(key: str, figures: tuple[int, int, int, int], rate: str, revenue: str, **more: Any) -> dict[str, Any]:
    total, completed, no_shows, cancelled = figures
    return {
        "month": key,
        "name": key,
        "total": total,
        "completed": completed,
        "no_shows": no_shows,
        "no_show_rate": rate,
        "cancelled": cancelled,
        "revenue": revenue,
        "expected": more.get("expected", "R$ 0,00"),
        "new_clients": more.get("new", 0),
    }


def coming(client: str, day: str, time: str, price: str, service: str = "Sessão individual") -> dict[str, str]:
    return {"client": client, "service": service, "date": day, "time": time, "price": price}


HALF = month("", (402, 297, 33, 39), "10,0% (33 de 330)", "R$ 59.400,00")
PAYLOADS: list[dict[str, Any]] = [
    {
        "six_months": HALF,
        "months": [
            month("2026-08", (66, 55, 4, 7), "6,8% (4 de 59)", "R$ 11.000,00"),
            month("2026-09", (58, 47, 5, 6), "9,6% (5 de 52)", "R$ 9.400,00", new=2),
            month("2026-10", (81, 63, 9, 9), "12,5% (9 de 72)", "R$ 12.600,00", new=4),
            month("2026-11", (51, 30, 2, 3), "6,3% (2 de 32)", "R$ 6.000,00", expected="R$ 4.200,00"),
        ],
    },
    {
        "clients": [
            {"client": "Otávio Reis", "no_shows": 7, "sessions": 20, "no_show_rate": "35,0% (7 de 20)"},
            {"client": "Karina Melo", "no_shows": 4, "sessions": 16, "no_show_rate": "25,0% (4 de 16)"},
        ],
        "six_months": HALF,
    },
    {
        "appointments": [
            coming("Helena Prado", "19/11", "09:00", "R$ 200,00"),
            coming("Bianca Moura", "19/11", "14:00", "R$ 200,00"),
            coming("Paulo Henrique Azevedo", "20/11", "15:00", "R$ 320,00", "Sessão de casal"),
        ],
        "total": 3,
        "expected": "R$ 720,00",
        "until": "25/11",
    },
]
FACTS = truth.gather(PAYLOADS, known=["Ana Souza"])


def faults(text: str) -> list[str]:
    scope, found = Scope(), []
    for sentence in truth.sentences(text):
        reason, scope = truth.fault(sentence, FACTS, scope=scope)
        found += [reason] if reason else []
    return found


@pytest.mark.parametrize("text", TRUE)
def test_sentence_that_tools_hold_is_shown(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize("text", FALSE)
def test_sentence_with_an_invented_figure_is_not(text: str) -> None:
    assert faults(text) != []


def test_there_are_enough_of_both() -> None:
    assert min(len(TRUE), len(FALSE)) >= 40


def test_next_sentence_is_about_the_same_month() -> None:
    assert faults("Vamos a setembro. Foram 5 faltas.") == []
    assert faults("Vamos a setembro. Foram 9 faltas.") != []


def test_without_results_no_figure_is_held() -> None:
    nothing = truth.gather([])
    assert truth.fault("Foram 3 faltas.", nothing, scope=Scope())[0]
    assert truth.fault("Posso ver isso por mês. O que você quer saber?", nothing, scope=Scope())[0] is None


@given(st.text(max_size=300))
def test_any_text_is_judged_and_its_sentences_are_the_text(text: str) -> None:
    assert "".join(truth.sentences(text)) == text
    faults(text)
