"""The settings that are one form each, and the services: stored under rules, told apart by tenant, undone."""

from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from assistant.forms.number import parse_number
from assistant.forms.profile import ProfileForm, ReceptionForm
from assistant.forms.rules import RulesForm
from assistant.forms.services import FIELDS
from scheduling import practice
from scheduling.models import Professional, Service
from tests import cast

pytestmark = pytest.mark.django_db

PAGES = {
    "/settings/profile/": ProfileForm,
    "/settings/rules/": RulesForm,
    "/settings/reception/": ReceptionForm,
}
NAUGHTY = [
    "undefined",
    "0",
    "-1",
    "1e309",
    "NaN",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "الكل في المجموعة",
    "\u202atest\u202a",
    "T\u033a\u033a\u0355o\u035e i\u0332\u032c\u0347n",
    "<script>alert(1)</script>",
    "'; DROP TABLE scheduling_service;--",
    "{{ 7*7 }}{% csrf_token %}",
    "%s%n%d",
    "../../etc/passwd",
    '=HYPERLINK("http://x")',
    "\ufeff",
    "\u200b",
    "a" * 10_000,
    "é" * 80,
    '"><img src=x onerror=alert(1)>',
    "\\\\ \\' \\\"",
]
INVISIBLE = ["\ufeff", "\u200b", "\u200b \u2060"]
REFUSED = [*INVISIBLE, "a\x00b", "Ana\r\nBcc: all@example.com", "Ana\nSouza", "a\x08b", "\x1b[31m"]


def sent(professional: Professional, path: str, /, **changes: Any) -> dict[str, Any]:
    """The page's form as it stands, with changes; False is a switch that is off and not sent."""
    form = PAGES[path](professional)
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    values = {name: value for name, value in (values | changes).items() if value not in (None, False)}
    return {"seen": practice.version(professional, form.fields), **values}


def store(browser: Browser, professional: Professional, path: str, /, **changes: Any) -> Any:
    professional.refresh_from_db()
    answer = browser.post(path, sent(professional, path, **changes))
    professional.refresh_from_db()
    return answer


def service_form(**changes: str) -> dict[str, str]:
    return {"name": "Avaliação", "duration_minutes": "30", "price": "1.234,56"} | changes


@pytest.mark.parametrize("path", ["/settings/", *PAGES, "/settings/services/", "/settings/services/new/"])
def test_page_opens_with_few_queries_and_bytes(
    browser: Browser, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        answer = browser.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < 100_000
    assert b"style=" not in answer.content


def test_profile_is_stored_and_said(browser: Browser, ana: Professional) -> None:
    answer = store(browser, ana, "/settings/profile/", name="Ana Maria", link="meet.example.com/ana")
    assert (answer.status_code, ana.name, ana.link) == (302, "Ana Maria", "https://meet.example.com/ana")
    assert "Salvo." in browser.get("/settings/profile/").content.decode()


def test_what_is_no_setting_cannot_be_posted(browser: Browser, ana: Professional) -> None:
    """A6: number, plan, trial, owner and step of the database are not the form's."""
    before = Professional.objects.values().get(pk=ana.pk)
    forged = {
        "whatsapp_number": "+5511999990000", "plan": "premium", "trial_ends_at": "2099-01-01", "user": "1",
        "user_id": "1", "id": "7", "professional": "7", "is_staff": "true", "onboarded_at": "2026-01-01",
    }  # fmt: skip
    for path in PAGES:
        store(browser, ana, path, **forged)
    browser.post("/settings/whatsapp/", {"seen": practice.version(ana, ["requested_number"]), **forged})
    browser.post("/settings/services/new/", service_form() | {"professional": "7", "position": "99", "is_active": ""})
    assert Professional.objects.values().get(pk=ana.pk) == before
    added = Service.objects.get(name="Avaliação")
    assert (added.professional_id, added.position, added.is_active) == (ana.pk, 2, True)


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_text_is_kept_or_refused_in_words(browser: Browser, ana: Professional, text: str) -> None:
    """I2: no 500; what is stored comes back as it was typed, escaped."""
    everything = dict.fromkeys(("name", "profession", "about", "address", "link", "email", "timezone"), text)
    assert store(browser, ana, "/settings/profile/", **everything).status_code == 200
    answer = store(browser, ana, "/settings/profile/", name=text, about=text)
    rules = dict.fromkeys(RulesForm.base_fields, text)
    assert store(browser, ana, "/settings/rules/", **rules).status_code == 200
    assert browser.post("/settings/services/new/", dict.fromkeys(FIELDS, text)).status_code == 200
    assert browser.post("/settings/services/new/", service_form(name=text, description=text)).status_code in (200, 302)
    assert browser.post("/settings/whatsapp/", {"requested_number": text}).status_code in (200, 302, 409)
    page = browser.get("/settings/profile/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert answer.status_code in (200, 302)
    assert ana.name == (text if answer.status_code == 302 else "Ana Souza")


@pytest.mark.parametrize("text", REFUSED)
def test_unprintable_names_are_refused(browser: Browser, ana: Professional, text: str) -> None:
    """O9, I2: a line break in a name would reach the header of an e-mail; NUL cannot be stored."""
    for name in ("name", "profession", "address"):
        assert "aria-invalid" in store(browser, ana, "/settings/profile/", **{name: text}).content.decode()
    page = browser.post("/settings/services/new/", service_form(name=text)).content.decode()
    assert "aria-invalid" in page
    assert (ana.name, Service.objects.count()) == ("Ana Souza", 2)


def test_several_lines_are_fine_where_there_are_lines(browser: Browser, ana: Professional) -> None:
    store(browser, ana, "/settings/profile/", about="Adultos\r\ne casais")
    assert ana.about == "Adultos\r\ne casais"


@pytest.mark.parametrize("path", PAGES)
def test_second_tab_is_told(browser: Browser, ana: Professional, path: str) -> None:
    """Two tabs edit the same settings: the second neither wins nor is lost, it sees what is there now."""
    second = sent(ana, path)
    change = {"name": "Ana M."} if "profile" in path else {"requires_approval": "on", "language": "es"}
    store(browser, ana, path, **change)
    answer = browser.post(path, second)
    ana.refresh_from_db()
    assert answer.status_code == 409
    assert ana.name == "Ana M." or ana.requires_approval or ana.language == "es"


def test_second_tab_says_so_in_words(browser: Browser, ana: Professional) -> None:
    second = sent(ana, "/settings/rules/")
    store(browser, ana, "/settings/rules/", daily_limit="5")
    page = browser.post("/settings/rules/", second).content.decode()
    assert "Estes ajustes mudaram em outra aba." in page
    assert 'value="5"' in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("booking_horizon_days", "0"),
        ("booking_horizon_days", "731"),
        ("booking_horizon_days", "99999"),
        ("daily_limit", "0"),
        ("daily_limit", "-3"),
        ("daily_limit", "1,5"),
        ("slot_step_minutes", "7"),
        ("minimum_notice_minutes", "-60"),
        ("cancellation_cutoff_hours", "100000"),
    ],
)
def test_rule_out_of_range_is_explained_beside_its_field(
    browser: Browser, ana: Professional, name: str, value: str
) -> None:
    """D12: what the columns could not hold or nobody could mean never reaches them."""
    page = store(browser, ana, "/settings/rules/", **{name: value}).content.decode()
    assert f'id="id_{name}_error"' in page
    assert f"id_{name}_error" in page.split(f'name="{name}"')[1].split(">")[0]
    assert "1 erro para corrigir" in page


def test_rules_are_stored_and_an_empty_limit_is_none(browser: Browser, ana: Professional) -> None:
    store(browser, ana, "/settings/rules/", daily_limit="8", requires_approval="on", minimum_notice_minutes="1440")
    assert (ana.daily_limit, ana.requires_approval, ana.minimum_notice_minutes) == (8, True, 1440)
    store(browser, ana, "/settings/rules/", daily_limit="", requires_approval=False)
    assert (ana.daily_limit, ana.requires_approval) == (None, False)


def test_odd_value_of_an_administrator_is_offered_too(browser: Browser, ana: Professional) -> None:
    Professional.objects.update(minimum_notice_minutes=95)
    assert store(browser, ana, "/settings/rules/").status_code == 302
    assert ana.minimum_notice_minutes == 95


def test_language_changes_the_pages_at_once(browser: Browser, ana: Professional) -> None:
    store(browser, ana, "/settings/reception/", language="es", bot_enabled=False)
    assert not ana.bot_enabled
    assert "Recepción e idioma" in browser.get("/settings/reception/").content.decode()


# The time zone


def test_other_zone_asks_what_becomes_of_appointments(browser: Browser, ana: Professional) -> None:
    """T13: the form says how many are concerned, and saves nothing before it has an answer."""
    appointment = cast.booked(cast.caio(ana), cast.next_weekday(0))
    page = store(browser, ana, "/settings/profile/", timezone="America/Manaus").content.decode()
    assert "1 horário já está marcado." in page
    assert ana.timezone == "America/Sao_Paulo"
    store(browser, ana, "/settings/profile/", timezone="America/Manaus", keep="wall")
    before = appointment.local_start
    appointment.refresh_from_db()
    assert (ana.timezone, appointment.timezone, appointment.local_start) == ("America/Manaus",) * 2 + (before,)


def test_other_zone_without_appointments_asks_nothing(browser: Browser, ana: Professional) -> None:
    store(browser, ana, "/settings/profile/", timezone="Europe/Lisbon")
    assert ana.timezone == "Europe/Lisbon"


def test_conflict_of_a_new_zone_is_listed(browser: Browser, ana: Professional) -> None:
    """T13: nothing changes, and the form names the appointments in the way."""
    caio = cast.caio(ana)
    first = cast.on_record(caio, cast.at("2027-03-14 02:00"), ends_at=cast.at("2027-03-14 02:30"))
    cast.on_record(caio, cast.at("2027-03-14 02:30"), ends_at=cast.at("2027-03-14 03:00"))
    answer = store(browser, ana, "/settings/profile/", timezone="America/New_York", keep="wall")
    assert "Remarque antes estes horários" in answer.content.decode()
    first.refresh_from_db()
    assert (ana.timezone, first.timezone) == ("America/Sao_Paulo", "America/Sao_Paulo")


def test_moment_is_kept_when_chosen(browser: Browser, ana: Professional) -> None:
    """T13: the other answer."""
    monday = cast.next_weekday(0)
    appointment = cast.booked(cast.caio(ana), monday)
    store(browser, ana, "/settings/profile/", timezone="America/Manaus", keep="instant")
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.timezone) == (monday, "America/Manaus")


def test_stranger_is_asked_to_log_in() -> None:
    for path in ("/settings/", *PAGES, "/settings/services/", "/settings/hours/", "/settings/whatsapp/", "/start/"):
        assert Browser().get(path).headers["Location"] == f"/accounts/login/?next={path}"


# The wished-for number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("11 98765-4321", "+5511987654321"),
        ("(11) 98765.4321", "+5511987654321"),
        ("011987654321", "+5511987654321"),
        ("+351 912 345 678", "+351912345678"),
        ("00351912345678", "+351912345678"),
        ("whatsapp:+14155238886", "+14155238886"),
    ],
)
def test_number_is_read_as_people_write_it(typed: str, number: str) -> None:
    """W18: a number is asked for in a form that people know, and kept in one form."""
    assert parse_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["ana", "123", "8765-4321", "+", "BR.1502abc", "+55", "11 98765-4321 ramal 9", "1" * 30, "2026-02-30"]
)
def test_what_is_no_number_is_explained(browser: Browser, ana: Professional, typed: str) -> None:
    """W18: an id without a phone cannot be wished for."""
    seen = practice.version(ana, ["requested_number"])
    page = browser.post("/settings/whatsapp/", {"requested_number": typed, "seen": seen}).content.decode()
    assert "Use um número com DDD" in page


def test_wished_number_routes_nothing(browser: Browser, ana: Professional) -> None:
    """A6: it is kept beside the assigned one, even if that is somebody else's."""
    bruno = cast.bruno()
    seen = practice.version(ana, ["requested_number"])
    browser.post("/settings/whatsapp/", {"requested_number": cast.BRUNO_NUMBER, "seen": seen})
    ana.refresh_from_db()
    bruno.refresh_from_db()
    assert (ana.requested_number, ana.whatsapp_number) == (cast.BRUNO_NUMBER, cast.ANA_NUMBER)
    assert bruno.whatsapp_number == cast.BRUNO_NUMBER
