"""The questions and sentences that tests and benchmarks share, and the tool results that the sentences speak of."""

from datetime import date
from pathlib import Path
from typing import Any

from assistant import questions
from assistant.questions import Asked

HERE = Path(__file__).parent
TODAY = date(2026, 11, 18)
LANGUAGES = ("pt", "en", "es")


def asked_in(language: str) -> list[tuple[str, str]]:
    """Return a language's questions, each with what it asks for ("-" for nothing that a tool knows)."""
    parts = (line.partition("⇒") for line in _lines(f"questions_{language}.txt"))
    return [(question.strip(), meaning.strip()) for question, _, meaning in parts]


def spelled(asked: Asked | None) -> str:
    if asked is None:
        return "-"
    if asked.first:
        return f"{asked.topic} {asked.first}" + (f"..{asked.last}" if asked.last != asked.first else "")
    months = "6" if len(asked.months) == questions.MONTHS else " ".join(f"{month:%Y-%m}" for month in asked.months)
    return f"{asked.topic} {months}"


def _lines(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text().splitlines() if line and not line.startswith("# ")]


TRUE, FALSE = _lines("truth_true.txt"), _lines("truth_false.txt")


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
