"""Every figure of the page opens the rows that reproduce it."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assistant import metrics
from intake.models import Channel, Conversation
from scheduling.models import Appointment, Professional
from tests import cast
from tests.intake.conversing import say

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
    shown.pop("Ocupação")  # of as many working days as that month happens to have
    assert {label: figure for label, (figure, _link) in shown.items()} == {
        "Recebido": "R$ 600,00",
        "Realizados": "3",
        "Taxa de no-show": "40,0%",
        "Cancelamentos": "1",
        "Clientes novos": "1",
        "Resolvidas só pela recepção": "–",
        "Tempo mediano de resposta": "–",
    }


def test_figure_opens_as_many_rows_as_it_says(browser: Browser, last_month: str) -> None:
    shown = tiles(browser.get(f"/numbers/?{last_month}").content.decode())
    assert counted(browser, shown["Realizados"][1]) == 3
    assert counted(browser, shown["Taxa de no-show"][1]) == 2
    assert counted(browser, shown["Cancelamentos"][1]) == 1
    # Caio came several times, and is new once.
    assert counted(browser, shown["Clientes novos"][1]) == 1


def test_hours_and_sources_open_as_many_rows_as_they_say(browser: Browser, last_month: str) -> None:
    page = browser.get(f"/numbers/?{last_month}").content.decode()
    found = re.findall(r'<a (?:class="lk num" )?href="([^"]+(?:hour|source)=[^"]+)">(\d+)</a>', page)
    assert len(found) > 1
    for link, figure in found:
        assert counted(browser, unescape(link)) == int(figure)


@pytest.mark.parametrize("odd", ["weekday=9&hour=99", "weekday=-1&hour=x", "source=x", "weekday=²&hour=1"])
def test_odd_filter_of_rows_is_no_failure(browser: Browser, last_month: str, odd: str) -> None:
    """I2."""
    assert browser.get(f"/numbers/rows/?{last_month}&{odd}").status_code == 200


def test_bar_of_a_month_counts_all_of_its_rows(browser: Browser, ana: Professional) -> None:
    cast.on_record(cast.caio(ana), timezone.now() + timedelta(minutes=1))
    page = browser.get("/numbers/").content.decode()
    link, figure = re.findall(r'<a href="(/numbers/rows/[^"]+)" aria-label="\w+: (\d+)">', page)[-1]
    assert counted(browser, unescape(link)) == int(figure)


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
    for path in ("", "rows/", "export/", "days/", "conversations/", "answers/"):
        assert browser.get(f"/numbers/{path}?{query}").status_code == 200


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
    head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert len(head) == len(row)
    assert (row[2], row[5]) == (f"'{evil.name}", "200,00")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="sineta-')


def test_page_costs_few_queries(
    browser: Browser, last_month: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        browser.get(f"/numbers/?{last_month}")


def test_empty_practice_says_so(browser: Browser) -> None:
    page = browser.get("/numbers/").content.decode()
    assert "Nada marcado neste período." in page
    assert "Ninguém faltou nos últimos seis meses." in page


def test_occupancy_opens_the_days_that_it_is_counted_from(browser: Browser, ana: Professional) -> None:
    cast.on_record(cast.caio(ana), cast.at("2026-06-08 09:00"), status=Status.COMPLETED)
    page = browser.get("/numbers/?from=2026-06-08&to=2026-06-14").content.decode()
    figure, link = tiles(page)["Ocupação"]
    days = browser.get(link).content.decode()
    # 50 minutes of 40 hours.
    assert (figure, "0,8 h de 40 h oferecidas" in page) == ("2,1%", True)
    assert [days.count(">8 h<"), days.count(">40 h<"), days.count(f">{figure}<")] == [5, 1, 1]
    assert counted(browser, "/numbers/rows/?from=2026-06-08&to=2026-06-08") == 1


def test_share_of_the_reception_opens_those_conversations(browser: Browser, ana: Professional) -> None:
    for text, address in (("quanto custa?", cast.CAIO_ADDRESS), ("quero falar com a Ana", cast.DORA_ADDRESS)):
        say(ana, text, address=address)
    Conversation.objects.update(channel=Channel.WHATSAPP)
    figure, link = tiles(browser.get("/numbers/").content.decode())["Resolvidas só pela recepção"]
    assert figure == "50,0%"
    assert [counted(browser, link.replace("alone=1", f"alone={one}")) for one in ("1", "0", "")] == [1, 1, 2]


def test_answer_time_opens_the_answers(browser: Browser, ana: Professional) -> None:
    say(ana, "quanto custa?", "e o endereço?")
    Conversation.objects.update(channel=Channel.WHATSAPP)
    figure, link = tiles(browser.get("/numbers/").content.decode())["Tempo mediano de resposta"]
    assert (figure, counted(browser, link)) == ("0 s", 2)


def test_anothers_conversations_are_nowhere(browser: Browser) -> None:
    """N1."""
    say(cast.bruno(), "quanto custa?")
    Conversation.objects.update(channel=Channel.WHATSAPP, profile_name="Dora")
    for path in ("conversations/", "answers/"):
        page = browser.get(f"/numbers/{path}").content.decode()
        assert "Dora" not in page
        assert counted(browser, f"/numbers/{path}") == 0
