"""Every figure of the page opens the rows that reproduce it."""

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assistant import metrics
from assistant.views.numbers import plain_cell
from scheduling.models import Appointment, Professional
from tests import cast

pytestmark = pytest.mark.django_db

Status = Appointment.Status


@pytest.fixture
def last_month(ana: Professional) -> str:
    """The query of last month: 3 attended, 2 missed, 1 cancelled."""
    first = metrics.months(ana, now=timezone.now(), count=2)[0]
    ends = [Status.COMPLETED] * 3 + [Status.NO_SHOW] * 2 + [Status.CANCELLED]
    for day, status in enumerate(ends, start=1):
        cast.on_record(cast.caio(ana), cast.at(f"{first.replace(day=day)} 10:00"), status=status)
    return f"from={first}&to={metrics.month_end(first)}"


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """Label -> figure and link of each tile."""
    found = re.findall(
        r'<a class="tile[^"]*" href="([^"]+)"><span class="k">([^<]+)</span><span class="fig">([^<]+)<', page
    )
    return {label: (figure, unescape(link)) for link, label, figure in found}


def counted(browser: Browser, link: str) -> int:
    found = re.search(r'class="lead">(\d+) ', browser.get(link).content.decode())
    assert found
    return int(found[1])


def test_figures_are_those_of_the_period(browser: Browser, last_month: str) -> None:
    shown = tiles(browser.get(f"/numbers/?{last_month}").content.decode())
    assert {label: figure for label, (figure, _link) in shown.items()} == {
        "Recebido": "R$ 600,00",
        "Realizados": "3",
        "Taxa de no-show": "40,0%",
        "Cancelamentos": "1",
        "Clientes novos": "1",
    }


def test_figure_opens_as_many_rows_as_it_says(browser: Browser, last_month: str) -> None:
    shown = tiles(browser.get(f"/numbers/?{last_month}").content.decode())
    assert counted(browser, shown["Realizados"][1]) == 3
    assert counted(browser, shown["Taxa de no-show"][1]) == 2
    assert counted(browser, shown["Cancelamentos"][1]) == 1
    # Caio came several times, and is new once.
    assert counted(browser, shown["Clientes novos"][1]) == 1


def test_marks_of_the_charts_are_links_with_names(browser: Browser, last_month: str) -> None:
    page = browser.get("/numbers/").content.decode()
    assert len(re.findall(r'<a href="/numbers/rows/[^"]+" aria-label="\w+: \d+">', page)) == metrics.MONTHS


@pytest.mark.parametrize(
    "query",
    [
        "from=x&to=y",
        "from=2026-13-01&to=2026-01-01",
        "from=2026-02-01&to=2026-01-01",
        "from=0001-01-01&to=9999-12-31",
        "status=%00&client=%D9%A3&page=x",
        "client=99999999999999999999",
    ],
)
def test_odd_query_shows_the_current_month(browser: Browser, query: str) -> None:
    """I2."""
    for path in ("/numbers/", "/numbers/rows/", "/numbers/export/"):
        assert browser.get(f"{path}?{query}").status_code == 200


def test_another_professionals_figures_are_nowhere(browser: Browser) -> None:
    """N1."""
    other = cast.bruno()
    theirs = cast.on_record(cast.dora(other), timezone.now(), status=Status.NO_SHOW)
    for path in ("/numbers/", f"/numbers/rows/?client={theirs.client_id}", "/numbers/export/"):
        assert "Dora" not in browser.get(path).content.decode()


def test_export_is_the_rows_and_holds_no_formula(browser: Browser, ana: Professional) -> None:
    """I3."""
    evil = cast.caio(ana)
    evil.name = '=HYPERLINK("https://evil.example";"x")'
    evil.save()
    cast.on_record(evil, timezone.now(), status=Status.COMPLETED)
    answer = browser.get("/numbers/export/")
    head, row = csv.reader(io.StringIO(answer.content.decode().lstrip("\ufeff")))
    assert len(head) == len(row)
    assert row[2] == f"'{evil.name}"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="sineta-')


@pytest.mark.parametrize("text", ["=1+1", "+55", "-1", "@x", "\t=1", " =1", "\r=1"])
def test_formula_is_no_formula_any_more(text: str) -> None:
    """I3."""
    assert plain_cell(text) == f"'{text}"


def test_page_costs_few_queries(
    browser: Browser, last_month: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        browser.get(f"/numbers/?{last_month}")


def test_empty_practice_says_so(browser: Browser) -> None:
    page = browser.get("/numbers/").content.decode()
    assert "Nada marcado neste período." in page
    assert "Ninguém faltou nos últimos seis meses." in page
