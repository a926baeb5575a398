"""The week as it is typed, extra hours of dates, and the list of time off."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from assistant.forms.hours import Day, Interval, parse_clock, parse_day
from scheduling import practice
from scheduling.models import Professional, TimeOff, WorkingHours
from tests import cast
from tests.assistant.test_settings import NAUGHTY

pytestmark = pytest.mark.django_db

WEEK = "/settings/hours/"
EXTRA = "/settings/hours/extra/"
USUAL = [("09:00", "12:00"), ("13:00", "18:00")]


def typed(professional: Professional, *, act: str = "save", **days: list[tuple[str, str]]) -> dict[str, Any]:
    """The form with Ana's week, other days by number: `d1=[("09:00", "12:00")]`; an empty one is switched off."""
    spans = {day: list(USUAL) if day < 5 else [] for day in range(7)}
    spans |= {int(name[1:]): rows for name, rows in days.items()}
    form: dict[str, Any] = {"seen": practice.week_version(professional), "act": act}
    form["open"] = [str(day) for day, rows in spans.items() if rows]
    for day, rows in spans.items():
        form[f"opens-{day}"], form[f"closes-{day}"] = [row[0] for row in rows], [row[1] for row in rows]
    return form


def save(browser: Browser, professional: Professional, **days: list[tuple[str, str]]) -> Any:
    form: dict[str, Any] = typed(professional, act="save", **days)
    return browser.post(WEEK, form)


def stored(professional: Professional, weekday: int) -> list[str]:
    rows = professional.working_hours.filter(weekday=weekday).order_by("opens_at")
    return [f"{row.opens_at:%H:%M}-{row.closes_at:%H:%M}" for row in rows]


def test_page_shows_the_saved_week(
    browser: Browser, ana: Professional, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        page = browser.get(WEEK).content.decode()
    assert page.count('value="09:00"') == 7
    assert page.count(" checked>") == 5


def test_week_is_stored_sorted(browser: Browser, ana: Professional) -> None:
    answer = save(browser, ana, d0=[("14h", "18:30"), ("8", "0930")], d5=[("09:00", "13:00")], d6=[])
    assert answer.status_code == 302
    assert stored(ana, 0) == ["08:00-09:30", "14:00-18:30"]
    assert stored(ana, 5) == ["09:00-13:00"]
    assert stored(ana, 4) == ["09:00-12:00", "13:00-18:00"]


def test_overlap_is_explained_beside_its_interval(browser: Browser, ana: Professional) -> None:
    answer = save(browser, ana, d1=[("09:00", "12:00"), ("11:30", "18:00")])
    page = answer.content.decode()
    assert "Este intervalo começa às 11:30, antes do fim do anterior (12:00). Use 12:00 ou mais tarde." in page
    field = page.split('id="o1-1"')[1].split(">")[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="e1-1"' in field
    assert 'id="e1-1"' in page
    assert "<b>1 erro para corrigir</b>" in page
    assert "(Terça)" in page
    assert stored(ana, 1) == ["09:00-12:00", "13:00-18:00"]


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (("24:00", "12:00"), "Use uma hora de 00:00 a 23:59"),
        (("25:60", "12:00"), "Use uma hora de 00:00 a 23:59"),
        (("09:00", "24:00"), "Para fechar à meia-noite, escreva 00:00."),
        (("12:00", "09:00"), "Termina às 09:00 e começa às 12:00."),
        (("12:00", "12:00"), "Use um fim depois das 12:00, ou 00:00 para meia-noite."),
        (("00:00", ""), "Use uma hora de 00:00 a 23:59"),
        (("nove", "12:00"), "Use uma hora de 00:00 a 23:59"),
        (("09:60", "12:00"), "Use uma hora de 00:00 a 23:59"),
        (("-1:00", "12:00"), "Use uma hora de 00:00 a 23:59"),
        (("٠٩:٠٠", "12:00"), "Use uma hora de 00:00 a 23:59"),
    ],
)
def test_hour_that_is_none_is_asked_again(
    browser: Browser, ana: Professional, span: tuple[str, str], said: str
) -> None:
    """I4: never a guess, nothing stored."""
    page = save(browser, ana, d2=[span]).content.decode()
    assert said in page
    assert stored(ana, 2) == ["09:00-12:00", "13:00-18:00"]


def test_midnight_closes_a_day(browser: Browser, ana: Professional) -> None:
    """I4: 00:00 as an end is the end of the day, and nothing comes after it."""
    assert save(browser, ana, d4=[("18:00", "00:00")]).status_code == 302
    assert stored(ana, 4) == ["18:00-00:00"]
    page = save(browser, ana, d4=[("18:00", "00:00"), ("20:00", "21:00")]).content.decode()
    assert "O intervalo anterior vai até a meia-noite." in page


def test_touching_intervals_are_fine(browser: Browser, ana: Professional) -> None:
    assert save(browser, ana, d0=[("09:00", "12:00"), ("12:00", "18:00")]).status_code == 302


def test_open_day_without_hours_is_asked_about(browser: Browser, ana: Professional) -> None:
    assert "Escreva as horas deste dia ou desligue-o." in save(browser, ana, d3=[("", "")]).content.decode()


def test_blank_row_beside_a_full_one_is_left_out(browser: Browser, ana: Professional) -> None:
    assert save(browser, ana, d3=[("09:00", "12:00"), ("", "")]).status_code == 302
    assert stored(ana, 3) == ["09:00-12:00"]


def test_interval_is_added_removed_and_brought_back_without_saving(browser: Browser, ana: Professional) -> None:
    page = browser.post(WEEK, typed(ana, act="add 5")).content.decode()
    assert page.count('name="opens-5"') == 1
    page = browser.post(WEEK, typed(ana, act="remove 4 1")).content.decode()
    assert "Sexta: intervalo removido." in page
    assert 'value="restore 4 1 13:00 18:00"' in page
    left = typed(ana, act="restore 4 1 13:00 18:00", d4=[("09:00", "12:00")])
    assert browser.post(WEEK, left).content.decode().count('name="opens-4"') == 2
    assert stored(ana, 4) == ["09:00-12:00", "13:00-18:00"]


def test_monday_is_copied_to_all(browser: Browser, ana: Professional) -> None:
    page = browser.post(WEEK, typed(ana, act="copy", d0=[("07:15", "11:45")])).content.decode()
    assert page.count('value="07:15"') == 7
    assert "Segunda copiada" in page
    assert stored(ana, 0) == ["09:00-12:00", "13:00-18:00"]


@pytest.mark.parametrize(
    "act", ["add 9", "add", "remove 4 99", "remove x y", "restore 4 1", "remove -1 0", "add ²", ""]
)
def test_odd_button_changes_nothing(browser: Browser, ana: Professional, act: str) -> None:
    assert browser.post(WEEK, typed(ana, act=act)).status_code == 200
    assert stored(ana, 4) == ["09:00-12:00", "13:00-18:00"]


@pytest.mark.parametrize("text", [*NAUGHTY, "a\x00b"])
def test_naughty_hours_are_asked_again(browser: Browser, ana: Professional, text: str) -> None:
    """I2: no 500 in any field or button."""
    assert save(browser, ana, d0=[(text, "12:00")]).status_code in (200, 302)
    assert save(browser, ana, d1=[("09:00", text)]).status_code in (200, 302)
    assert browser.post(WEEK, typed(ana, act=f"restore 0 0 {text} {text}")).status_code == 200
    assert add(browser, text, text, text).status_code == 200


def test_second_tab_of_the_week_is_told(browser: Browser, ana: Professional) -> None:
    second = typed(ana, d0=[("10:00", "11:00")])
    save(browser, ana, d0=[("07:00", "08:00")])
    answer = browser.post(WEEK, second)
    assert answer.status_code == 409
    assert "mudaram em outra aba" in answer.content.decode()
    assert stored(ana, 0) == ["07:00-08:00"]


def test_another_professionals_week_stays(browser: Browser, ana: Professional) -> None:
    """N1: what is replaced is one's own."""
    bruno = cast.bruno()
    before = list(bruno.working_hours.values())
    save(browser, ana, d0=[("07:00", "08:00")])
    assert list(bruno.working_hours.values()) == before


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=6))
def test_what_is_accepted_never_overlaps(hours: list[tuple[int, int]]) -> None:
    day = Day(0, "Segunda", is_open=True, intervals=[Interval(f"{a}:00", f"{b}:00") for a, b in hours])
    spans = day.read()
    if not day.faults:
        ends = [closes if closes != time() else time(23, 59, 59) for _opens, closes in spans]
        assert all(end <= opens for end, (opens, _closes) in zip(ends, spans[1:], strict=False))
        assert len(spans) == len(hours)


@pytest.mark.parametrize("text", ["9", "09:00", "9h", "9H00", "0900", " 9:00 ", "９：００"])
def test_hour_is_read_as_people_type_it(text: str) -> None:
    assert parse_clock(text) == time(9)


@pytest.mark.parametrize("text", ["24/12/2026", "24.12.2026", "2026-12-24", "24-12-2026"])
def test_date_is_read_as_people_type_it(text: str) -> None:
    assert parse_day(text) == date(2026, 12, 24)


@pytest.mark.parametrize("text", ["30/02/2027", "31/04/2027", "01/02/03", "12/24/2026", "0/1/2027", "99/99/9999", ""])
def test_date_that_is_none_is_refused(text: str) -> None:
    """I4: 30 February, and what two people would read differently."""
    assert parse_day(text) is None


# Extra hours


def on(days: int) -> str:
    return f"{timezone.now().date() + timedelta(days=days):%d/%m/%Y}"


def add(browser: Browser, day: str, opens: str = "09:00", closes: str = "12:00") -> Any:
    return browser.post(EXTRA, {"day": day, "opens": opens, "closes": closes})


def extra(professional: Professional) -> list[WorkingHours]:
    return list(professional.working_hours.filter(date__isnull=False))


def test_extra_hours_are_added_removed_and_brought_back(browser: Browser, ana: Professional) -> None:
    assert add(browser, on(30)).status_code == 302
    [row] = extra(ana)
    assert (row.opens_at, row.closes_at) == (time(9), time(12))
    browser.post(f"{EXTRA}{row.pk}/remove/")
    assert extra(ana) == []
    undo = browser.session["toast"]
    browser.post(undo["undo"], undo["fields"])
    assert [one.date for one in extra(ana)] == [row.date]


@pytest.mark.parametrize(
    ("day", "opens", "closes", "said"),
    [
        ("30/02/2027", "09:00", "12:00", "Esta data não existe."),
        (on(-2), "09:00", "12:00", "Esta data já passou."),
        (on(900), "09:00", "12:00", "Use uma data dos próximos dois anos."),
        (on(9), "12:00", "09:00", "Termina às 09:00 e começa às 12:00."),
        (on(9), "25:00", "09:00", "Use uma hora de 00:00 a 23:59"),
        (on(9), "09:00", "24:00", "escreva 00:00"),
    ],
)
def test_wrong_extra_hours_are_explained(
    browser: Browser, ana: Professional, day: str, opens: str, closes: str, said: str
) -> None:
    """I4, D12: wrong dates and hours, past and far away."""
    assert said in add(browser, day, opens, closes).content.decode()
    assert extra(ana) == []


def test_extra_hours_of_one_date_do_not_overlap(browser: Browser, ana: Professional) -> None:
    add(browser, on(30), "09:00", "12:00")
    assert "Esta data já está aberta das 09:00 às 12:00." in add(browser, on(30), "11:00", "15:00").content.decode()
    assert add(browser, on(30), "12:00", "00:00").status_code == 302
    assert "já está aberta das 12:00 às 00:00" in add(browser, on(30), "22:00", "23:00").content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_anothers_extra_hours_do_not_exist(browser: Browser, ana: Professional, method: str) -> None:
    """N1: the same 404 as for a missing row; weekly rows are none of this page's either."""
    bruno = cast.bruno()
    cast.open_on_date(bruno, date(2030, 1, 5), ("09:00", "12:00"))
    weekly = ana.working_hours.all()[0]
    for pk in (extra(bruno)[0].pk, extra(bruno)[0].pk + 999, weekly.pk):
        assert getattr(browser, method)(f"{EXTRA}{pk}/remove/").status_code in (404, 405)
    assert len(extra(bruno)) == 1
    assert ana.working_hours.filter(pk=weekly.pk).exists()


# Time off


def test_time_off_is_listed_with_links_to_edit_it(browser: Browser, ana: Professional) -> None:
    starts = cast.at(f"{timezone.now().year + 1}-01-04 00:00")
    off = TimeOff.objects.create(
        professional=ana, starts_at=starts, ends_at=starts + timedelta(days=14), reason="Férias"
    )
    page = browser.get("/settings/time-off/").content.decode()
    assert f'href="/agenda/block/{off.pk}/"' in page
    assert "Férias" in page
    assert "04/01" in page
    assert "17/01" in page


def test_anothers_time_off_is_nowhere(browser: Browser, ana: Professional) -> None:
    """N1: a list is one professional's."""
    starts = timezone.now() + timedelta(days=3)
    TimeOff.objects.create(
        professional=cast.bruno(), starts_at=starts, ends_at=starts + timedelta(hours=3), reason="Dentista"
    )
    page = browser.get("/settings/time-off/").content.decode()
    assert "Dentista" not in page
    assert "Nenhuma folga marcada" in page
