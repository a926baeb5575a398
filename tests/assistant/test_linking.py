"""A figure opens the rows it is counted from, where it is clear which figure it is; nothing else becomes a link."""

from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import linking, truth
from assistant.linking import Link, Rows
from assistant.truth import Scope
from tests.assistant.corpora import TRUE
from tests.assistant.test_truth import FACTS

ROWS = Rows(date(2026, 11, 18), {"otavio reis": 7, "karina melo": 8})


def links(sentence: str) -> dict[str, str]:
    """Return each linked figure and the query of its link, in short."""
    _reason, scope = truth.fault(sentence, FACTS, scope=Scope())
    found = ROWS.links(sentence, FACTS, scope=scope)
    return {
        sentence[link.start : link.end]: " ".join(value for _, value in parse_qsl(urlsplit(link.url).query))
        for link in found
    }


OCTOBER = "2026-10-01 2026-10-31"
SIX = "2026-06-01 2026-11-30"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Em outubro foram 81 atendimentos.", {"81": OCTOBER}),
        ("Outubro teve **9** faltas.", {"9": f"{OCTOBER} no_show"}),
        ("Em outubro foram nove cancelamentos.", {"nove": f"{OCTOBER} cancelled"}),
        ("Você recebeu R$ 12.600,00 em outubro.", {"R$ 12.600,00": f"{OCTOBER} completed"}),
        (
            "Taxa de no-show: 12,5% (9 de 72) em outubro.",
            {"12,5%": f"{OCTOBER} sessions", "9": f"{OCTOBER} no_show", "72": f"{OCTOBER} sessions"},
        ),
        ("Outubro trouxe 4 clientes novos.", {"4": f"{OCTOBER} new"}),
        ("In October there were 81 appointments.", {"81": OCTOBER}),
        ("Em novembro há R$ 4.200,00 previstos.", {"R$ 4.200,00": "2026-11-01 2026-11-30 expected"}),
        ("No semestre houve 33 faltas.", {"33": f"{SIX} no_show"}),
        ("Otávio faltou 7 vezes.", {"7": f"{SIX} no_show 7"}),
        ("Foram 4 faltas.", {"4": "2026-08-01 2026-08-31 no_show"}),
        ("Sua semana tem 3 atendimentos.", {"3": "2026-11-18 2026-11-25 coming"}),
        ("Em 19/11 são 2 atendimentos.", {"2": "2026-11-19 2026-11-19 coming"}),
        (
            "Em setembro houve 5 faltas e em outubro 9.",
            {"5": "2026-09-01 2026-09-30 no_show", "9": f"{OCTOBER} no_show"},
        ),
    ],
)
def test_figure_opens_its_rows(sentence: str, expected: dict[str, str]) -> None:
    assert links(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    ["Em outubro foram 9.", "Helena Prado vem em 19/11 às 09:00.", "Quer ver mais?"],
)
def test_what_could_be_two_figures_or_is_no_count_is_no_link(sentence: str) -> None:
    assert links(sentence) == {}


@pytest.mark.parametrize("sentence", TRUE)
def test_links_stand_in_order_on_figures(sentence: str) -> None:
    _reason, scope = truth.fault(sentence, FACTS, scope=Scope())
    ends = 0
    for link in ROWS.links(sentence, FACTS, scope=scope):
        assert ends <= link.start < link.end <= len(sentence)
        assert link.url.startswith("/numbers/rows/?")
        ends = link.end


def test_text_is_escaped_and_makes_no_link() -> None:
    """P11"""
    said = "<b>81</b> [x](javascript:alert(1)) & <img src=x>"
    made = linking.html(said, [Link(3, 5, "/numbers/rows/?a=1&b=2")])
    assert made.startswith('&lt;b&gt;<a class="lk" href="/numbers/rows/?a=1&amp;b=2">81</a>&lt;/b&gt;')
    assert made.count("<") == 2


@given(st.text(max_size=100))
def test_any_text_without_links_is_the_same_text(text: str) -> None:
    assert "<" not in linking.html(text, [])


def test_stored_links_are_the_same_links() -> None:
    kept = [Link(0, 2, "/numbers/rows/?from=x")]
    assert list(linking.from_json(linking.as_json("81 faltas", kept))) == kept
