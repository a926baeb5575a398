"""A table opens in the reader's spreadsheet: nothing in it is a formula, and a number is a number."""

from decimal import Decimal

import pytest
from django.utils import translation

from assistant.numbers import sheets


def lines(*rows: list[sheets.Cell], language: str = "pt-br") -> list[str]:
    with translation.override(language):
        return sheets.written(rows).decode("utf-8-sig").splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+55",
        "-1",
        "@x",
        "\t=1",
        "\rx",
        "\nx",
        " =1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        " \t-2",
        "﹦1",
        "−1",
    ],
)
def test_formula_is_no_formula_any_more(text: str) -> None:
    """I3."""
    assert sheets.cell(text, decimal=",") == f"'{text}"


@pytest.mark.parametrize("text", ["Caio", "12:30", "2026-11-05", "a=b", "1-2", ""])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert sheets.cell(text, decimal=",") == text


@pytest.mark.parametrize(("language", "line"), [("pt-br", "-1234,50;3"), ("es", "-1234,50;3"), ("en", "-1234.50,3")])
def test_number_is_the_languages_and_keeps_its_minus(language: str, line: str) -> None:
    assert lines([Decimal("-1234.50"), 3], language=language) == [line]


def test_separator_inside_a_text_separates_nothing() -> None:
    assert lines(["a;b", 'say "oi"']) == ['"a;b";"say ""oi"""']


def test_file_begins_with_the_mark_that_saves_accents() -> None:
    assert sheets.written([["São Paulo"]]).startswith(b"\xef\xbb\xbfS\xc3\xa3o")
