"""A figure of a proved sentence opens the rows that it is counted from, where it is plain which ones."""

from datetime import date
from decimal import Decimal

import pytest

from assistant import links, truth
from assistant._truth_facts import Fact, Kind
from assistant.links import Cell, Sources

KNOWN = Sources(date(2026, 6, 1), date(2026, 11, 30), {"caio martins": 7})
OCTOBER = "/numbers/rows/?from=2026-10-01&to=2026-10-31"
SIX_MONTHS = "/numbers/rows/?from=2026-06-01&to=2026-11-30"


def linked(sentence: str, *facts: Fact) -> dict[str, str]:
    cells = links.cells(sentence, facts, KNOWN)
    assert "".join(cell.text for cell in cells) == sentence
    return {cell.text: cell.link for cell in cells if cell.link}


def fact(kind: Kind, value: str, scope: str = "2026-10") -> Fact:
    return Fact(kind, Decimal(value), scope)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (Kind.TOTAL, ""),
        (Kind.COMPLETED, "&status=completed"),
        (Kind.NO_SHOWS, "&status=no_show"),
        (Kind.SESSIONS, "&status=sessions"),
        (Kind.CANCELLED, "&status=cancelled"),
        (Kind.EXPECTED, "&status=confirmed"),
        (Kind.NEW_CLIENTS, "&status=new"),
    ],
)
def test_figure_of_a_month_opens_its_rows(kind: Kind, rows: str) -> None:
    assert linked("Foram 9 em outubro.", fact(kind, "9")) == {"9": OCTOBER + rows}


def test_money_and_rates_are_links_as_they_are_written() -> None:
    facts = [fact(Kind.REVENUE, "12600"), fact(Kind.RATE, "12.5")]
    found = linked("Recebeu *R$ 12.600,00*, taxa de 12,5%.", *facts)
    assert found == {"R$ 12.600,00": f"{OCTOBER}&status=completed", "12,5%": f"{OCTOBER}&status=sessions"}


def test_figure_that_could_be_of_two_things_is_no_link() -> None:
    assert linked("9 faltas e 9 cancelamentos.", fact(Kind.NO_SHOWS, "9"), fact(Kind.CANCELLED, "9")) == {}


def test_client_s_figure_opens_that_client_s_rows() -> None:
    found = linked("Caio faltou 3 vezes.", fact(Kind.NO_SHOWS, "3", "caio martins"))
    assert found == {"3": f"{SIX_MONTHS}&status=no_show&client=7"}


def test_figure_of_one_of_two_people_of_a_name_is_no_link() -> None:
    assert linked("Ana faltou 3 vezes.", fact(Kind.NO_SHOWS, "3", "ana lima")) == {}


def test_price_time_and_date_are_no_links() -> None:
    facts = [fact(Kind.PRICE, "200", "19/11"), Fact(Kind.TIME, "10:00", "19/11"), Fact(Kind.DATE, "19/11", "19/11")]
    assert linked("Dia 19/11 às 10:00, R$ 200,00.", *facts) == {}


def test_markup_of_a_sentence_stays_text() -> None:
    """P11: only what code knows becomes a link."""
    cells = links.cells('<a href="//evil.example">9</a>', [fact(Kind.NO_SHOWS, "9")], KNOWN)
    assert cells[0] == Cell('<a href="//evil.example">')
    assert [cell.link for cell in cells if cell.link] == [f"{OCTOBER}&status=no_show"]


def test_sentence_says_which_of_two_months_is_meant() -> None:
    months = [_month("2026-09", 9), _month("2026-10", 9)]
    facts = truth.gather([{"months": months}])
    sentence = "Em outubro foram 9 faltas."
    reason, scope = truth.fault(sentence, facts, scope=truth.Scope())
    assert reason is None
    assert linked(sentence, *truth.held(sentence, facts, scope=scope)) == {"9": f"{OCTOBER}&status=no_show"}


def _month(name: str, missed: int) -> dict[str, object]:
    counts = {"total": 72, "completed": 63, "no_shows": missed, "cancelled": 0, "new_clients": 0}
    return {"month": name, "no_show_rate": "12,5% (9 de 72)", "revenue": "R$ 0,00", "expected": "R$ 0,00", **counts}
