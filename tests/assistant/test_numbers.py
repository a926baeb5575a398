"""Every figure of the page opens the rows that reproduce it."""

import csv
import io
import re
from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assistant import metrics
from intake.models import Channel, Conversation, Turn
from scheduling.models import Appointment, Professional
from tests import cast
from tests.assistant.test_replies import conversation as talk_of
from tests.assistant.test_replies import heard, told
from tests.intake.conversing import say

pytestmark = pytest.mark.django_db

Status = Appointment.Status
NO_DATE = "{}: Essa data não existe. Informe uma como 27/11/2026."


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
    found = re.findall(r'<a class="to" href="([^"]+)"><span class="k">([^<]+)</span> <span class="fig">([^<]+)<', page)
    return {label: (figure, unescape(link)) for link, label, figure in found}


def bases(page: str) -> dict[str, str]:
    """What a tile's figure is made of -> its link."""
    return {
        text: unescape(link) for link, text in re.findall(r'class="sub"><a class="lk" href="([^"]+)">([^<]+)<', page)
    }


def lead(browser: Browser, link: str) -> str:
    found = re.search(r'class="lead">([^<]+)<', browser.get(link).content.decode())
    assert found
    return unescape(found[1])


def counted(browser: Browser, link: str) -> int:
    found = re.search(r'class="lead">(\d+) ', browser.get(link).content.decode())
    assert found
    return int(found[1])


def test_period_of_the_comparison_is_named(browser: Browser) -> None:
    page = browser.get("/numbers/?from=2026-10-01&to=2026-10-31").content.decode()
    assert "Comparado com 01/09/2026 – 30/09/2026." in page


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


@pytest.mark.parametrize(
    ("path", "name"),
    [("/numbers/", "Números"), ("/numbers/rows/", "Números"), ("/assistant/", "Assistente"), ("/settings/", "Ajustes")],
)
def test_bar_of_a_phone_names_the_place(browser: Browser, path: str, name: str) -> None:
    assert f'<span class="ttl" aria-hidden="true">{name}</span>' in browser.get(path).content.decode()


def test_figure_opens_as_many_rows_as_it_says(browser: Browser, last_month: str) -> None:
    shown = tiles(browser.get(f"/numbers/?{last_month}").content.decode())
    assert counted(browser, shown["Realizados"][1]) == 3
    assert counted(browser, shown["Taxa de no-show"][1]) == 5
    assert counted(browser, shown["Cancelamentos"][1]) == 1
    # Caio came several times, and is new once.
    assert counted(browser, shown["Clientes novos"][1]) == 1


def test_money_opens_rows_with_prices_and_their_sum(browser: Browser, ana: Professional, last_month: str) -> None:
    figure, link = tiles(browser.get(f"/numbers/?{last_month}").content.decode())["Recebido"]
    assert lead(browser, link) == f"3 horários · Recebido: {figure}"
    assert browser.get(link).content.decode().count('<span class="num sm">R$ 200,00</span>') == 3


def test_rate_opens_the_sessions_with_both_its_parts(browser: Browser, last_month: str) -> None:
    figure, link = tiles(browser.get(f"/numbers/?{last_month}").content.decode())["Taxa de no-show"]
    assert lead(browser, link) == f"5 horários · Taxa de no-show: {figure} (2 de 5) · Recebido: R$ 600,00"
    trend = re.findall(r'<a href="([^"]+)" aria-label="\w+: 40,0%">', browser.get("/numbers/").content.decode())
    assert [lead(browser, unescape(one)) for one in trend] == [lead(browser, link)]


def test_list_of_one_end_has_no_rate(browser: Browser, last_month: str) -> None:
    assert lead(browser, f"/numbers/rows/?{last_month}&status=no_show") == "2 horários"


def test_expected_opens_the_agreed_ones_ahead_and_their_sum(browser: Browser, ana: Professional) -> None:
    with time_machine.travel(cast.at("2026-11-18 14:20")):
        cast.on_record(cast.caio(ana), cast.at("2026-11-18 09:00"))
        cast.on_record(cast.caio(ana), cast.at("2026-11-19 09:00"))
        asked = {"status": Status.PENDING, "expires_at": cast.at("2026-11-19 09:00")}
        cast.on_record(cast.dora(ana), cast.at("2026-11-20 09:00"), **asked)
        found = bases(browser.get("/numbers/").content.decode())
        assert lead(browser, found["R$ 200,00 ainda previstos"]) == "1 horário · R$ 200,00 ainda previstos"
        assert counted(browser, found["de 3 marcados"]) == 3


def test_returning_clients_open_one_row_each(browser: Browser, ana: Professional) -> None:
    for clock, client in (("09:00", cast.caio(ana)), ("11:00", cast.dora(ana))):
        for day in ("2026-05-05", "2026-06-05", "2026-06-12"):
            cast.on_record(client, cast.at(f"{day} {clock}"), status=Status.COMPLETED)
    found = bases(browser.get("/numbers/?from=2026-06-01&to=2026-06-30").content.decode())
    assert counted(browser, found["2 que voltaram"]) == 2


def test_parts_of_every_bar_open_as_many_rows_as_they_say(browser: Browser, ana: Professional, last_month: str) -> None:
    cast.on_record(cast.dora(ana), timezone.now() + timedelta(minutes=1))
    table = re.findall(r'<table class="tb parts">.*?</table>', browser.get("/numbers/").content.decode())[0]
    rows = re.findall(r"</i>([^<]+)</th>(.*?)</tr>", table)
    links = [(name, re.findall(r'href="([^"]+)">(\d+)<', cells)) for name, cells in rows]
    found = {name: [counted(browser, unescape(link)) for link, _figure in cells] for name, cells in links}
    assert found == {name: [int(figure) for _link, figure in cells] for name, cells in links}
    assert found == {"Realizados": [3], "Faltas": [2], "Por vir": [1], "Cancelamentos": [1]}


def test_who_misses_most_opens_the_sessions_of_the_rate(browser: Browser, last_month: str) -> None:
    page = browser.get("/numbers/").content.decode()
    row = page.partition("Caio Martins</td>")[2].partition("</tr>")[0]
    found = [(figure, lead(browser, unescape(link))) for link, figure in re.findall(r'href="([^"]+)">([^<]+)<', row)]
    sessions = "5 horários · Taxa de no-show: 40,0% (2 de 5) · Recebido: R$ 600,00"
    assert found == [("2", "2 horários"), ("5", sessions), ("40,0%", sessions)]


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
    ("query", "faults"),
    [
        ("from=x&to=y", [NO_DATE.format("from"), NO_DATE.format("to")]),
        ("from=2026-13-01&to=2026-01-01", [NO_DATE.format("from")]),
        ("from=2026-01-01", ["to: Informe uma data, como 27/11/2026."]),
        (
            "from=2026-02-01&to=2026-01-01",
            ["to: O último dia vem antes do primeiro. Informe 01/02/2026 ou um dia posterior."],
        ),
        (
            "from=2021-01-01&to=2026-12-31",
            ["to: Um período tem no máximo três anos. Informe 04/01/2024 ou um dia anterior."],
        ),
        ("from=0001-01-01&to=9999-12-31", [NO_DATE.format("from"), NO_DATE.format("to")]),
        ("status=%00&client=%D9%A3&page=x", []),
        ("client=99999999999999999999", []),
    ],
)
def test_odd_query_shows_the_current_month(browser: Browser, query: str, faults: list[str]) -> None:
    """I2: and what is wrong with a period is said beside its field."""
    for path in ("rows/", "export/", "days/", "conversations/", "answers/"):
        assert browser.get(f"/numbers/{path}?{query}").status_code == 200
    page, usual = (browser.get(f"/numbers/?{one}").content.decode() for one in (query, ""))
    found = re.findall(r'<p class="err" id="(\w+)-error"><svg.*?</svg><span>([^<]+)<', page)
    assert [f"{field}: {fault}" for field, fault in found] == faults
    assert ('<details class="span" open>' in page) == bool(faults)
    # The figures are the current month's, under its name.
    assert tiles(page) == tiles(usual)
    assert re.findall("<h1>.*?</h1>", page) == re.findall("<h1>.*?</h1>", usual)


def test_days_of_a_faulty_period_stay_to_be_mended(browser: Browser) -> None:
    page = browser.get("/numbers/?from=2026-02-01&to=2026-01-01").content.decode()
    assert re.findall(r'type="date" id="(\w+)" name="\w+" value="([^"]+)"', page) == [
        ("from", "2026-02-01"),
        ("to", "2026-01-01"),
    ]


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


def answered_after(talk: Conversation, at: datetime, *, seconds: int, author: str = "reception") -> None:
    is_reception = author == "reception"
    turn = heard(talk, at, path=Turn.Path.DIRECT if is_reception else Turn.Path.SILENT)
    told(talk, at + timedelta(seconds=seconds), turn=turn if is_reception else None, author=author)


def test_answer_time_is_held_against_the_time_before(browser: Browser, ana: Professional) -> None:
    for day, seconds in (("2026-05-05", 30), ("2026-06-05", 12), ("2026-06-06", 12)):
        answered_after(talk_of(ana), cast.at(f"{day} 12:00"), seconds=seconds)
    page = browser.get("/numbers/?from=2026-06-01&to=2026-06-30").content.decode()
    assert 'class="ch good"><svg class="i i-s" aria-hidden="true"><use href="#i-dn"/></svg>18 s mais rápido<' in page


def test_own_answer_time_opens_ones_own_answers(browser: Browser, ana: Professional) -> None:
    answered_after(talk_of(ana), cast.at("2026-06-05 12:00"), seconds=240, author="professional")
    found = bases(browser.get("/numbers/?from=2026-06-01&to=2026-06-30").content.decode())
    assert lead(browser, found["você: 4 min"]).startswith("1 resposta sua. A do meio levou 4 min")


def test_anothers_conversations_are_nowhere(browser: Browser) -> None:
    """N1."""
    say(cast.bruno(), "quanto custa?")
    Conversation.objects.update(channel=Channel.WHATSAPP, profile_name="Dora")
    for path in ("conversations/", "answers/"):
        page = browser.get(f"/numbers/{path}").content.decode()
        assert "Dora" not in page
        assert counted(browser, f"/numbers/{path}") == 0
