"""Tables for a spreadsheet, as one opens them with a double click in the reader's language, and without formulas.

Excel takes the separator and the decimal sign from the country: a semicolon and a comma in Brazil and Spain. The mark
at the beginning tells it that accents are UTF-8.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.http import HttpResponse
from django.utils import formats

Cell = str | int | Decimal

# What a spreadsheet runs as a formula (OWASP: CSV injection), in every width too, and what some leave out before one.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "−")
_LEFT_OUT = ("\t", "\r", "\n")


def download(name: str, rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Return the rows as a file of that name."""
    response = HttpResponse(written(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def written(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the rows as the file's bytes."""
    decimal = str(formats.get_format("DECIMAL_SEPARATOR"))
    text = io.StringIO()
    # Where the comma is in the numbers, it separates nothing.
    sheet = csv.writer(text, delimiter=";" if decimal == "," else ",")
    sheet.writerows([cell(one, decimal=decimal) for one in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def cell(value: Cell, *, decimal: str) -> str:
    """Return a number as a number, its minus too, and a text as nothing but a text."""
    if isinstance(value, str):
        is_formula = value.startswith(_LEFT_OUT) or value.lstrip().startswith(_FORMULA)
        return f"'{value}" if is_formula else value
    return f"{value:f}".replace(".", decimal) if isinstance(value, Decimal) else str(value)
