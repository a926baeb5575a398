"""The first steps: five, each to be skipped, left and come back to; they end in a trial of the reception."""

from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from scheduling import practice
from scheduling.models import Professional, Service
from tests import cast
from tests.assistant.test_settings import NAUGHTY, REFUSED

pytestmark = pytest.mark.django_db

STEPS = ("you", "services", "week", "rules", "whatsapp")


@pytest.fixture
def ana() -> Professional:
    """Ana, who has just signed up: a name and nothing else."""
    return Professional.objects.create(user=cast.login("ana@example.com"), name="Ana Souza")


def begin(browser: Browser) -> str:
    return browser.get("/start/").headers["Location"]


def services(*rows: tuple[str, str, str]) -> dict[str, str]:
    names = ("name", "duration_minutes", "price")
    return {f"s{n}-{name}": value for n, row in enumerate(rows) for name, value in zip(names, row, strict=True)}


def you(professional: Professional, **changes: str) -> dict[str, str]:
    fields = {"name": "Ana Souza", "profession": "Psicóloga", "timezone": "America/Sao_Paulo"} | changes
    return {"seen": practice.version(professional, fields), **fields}


def week(professional: Professional) -> dict[str, Any]:
    return {
        "seen": practice.week_version(professional),
        "open": ["0"],
        "opens-0": ["09:00"],
        "closes-0": ["12:00"],
        "act": "save",
    }


@pytest.mark.parametrize("step", STEPS)
def test_step_opens(
    browser: Browser, ana: Professional, step: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        answer = browser.get(f"/start/{step}/")
    assert answer.status_code == 200
    assert b"style=" not in answer.content


@pytest.mark.parametrize("step", ["six", "you%00", "%F0%9F%91%A9", "finish2", "a" * 300])
def test_step_that_is_none_does_not_exist(browser: Browser, ana: Professional, step: str) -> None:
    assert browser.get(f"/start/{step}/").status_code == 404
    assert browser.post(f"/start/{step}/skip/").status_code == 404


def test_steps_lead_one_to_the_next(browser: Browser, ana: Professional) -> None:
    assert begin(browser) == "/start/you/"
    assert browser.post("/start/you/", you(ana)).headers["Location"] == "/start/services/"
    assert "Sessão individual" in browser.get("/start/services/").content.decode()
    rows = services(("Sessão individual", "50", "200"), ("", "80", ""))
    assert browser.post("/start/services/", rows).headers["Location"] == "/start/week/"
    assert browser.post("/start/week/", week(ana)).headers["Location"] == "/start/rules/"
    assert browser.post("/start/rules/skip/").headers["Location"] == "/start/whatsapp/"
    assert browser.post("/start/finish/", {"to": "try"}).headers["Location"] == "/try/"
    ana.refresh_from_db()
    assert ana.onboarded_at is not None
    assert [one.name for one in ana.services.all()] == ["Sessão individual"]
    assert ana.working_hours.count() == 1


def test_whoever_comes_back_goes_on_where_they_were(browser: Browser, ana: Professional) -> None:
    """Also from another machine: what is done is read from what is saved."""
    browser.post("/start/you/", you(ana))
    cast.service(ana, "Sessão", 50, "200.00")
    other = Browser()
    other.force_login(cast.login("ana@example.com"))
    assert begin(other) == "/start/week/"
    other.post("/start/week/skip/")
    assert begin(other) == "/start/rules/"


def test_later_leads_to_the_agenda_and_is_remembered(browser: Browser, ana: Professional) -> None:
    assert "Continuar" in browser.get("/settings/").content.decode()
    assert browser.post("/start/finish/").headers["Location"] == "/"
    ana.refresh_from_db()
    assert ana.onboarded_at is not None
    assert "Continuar" not in browser.get("/settings/").content.decode()


def test_finishing_twice_keeps_the_first_moment(browser: Browser, ana: Professional) -> None:
    browser.post("/start/finish/")
    first = Professional.objects.get().onboarded_at
    browser.post("/start/finish/")
    assert Professional.objects.get().onboarded_at == first


def test_service_without_a_price_is_explained_and_none_is_stored(browser: Browser, ana: Professional) -> None:
    rows = services(("Sessão", "50", "200"), ("Casal", "80", ""))
    page = browser.post("/start/services/", rows).content.decode()
    assert 'id="id_s1-price_error"' in page
    assert not Service.objects.exists()


def test_two_services_of_one_name_are_explained_and_none_is_stored(browser: Browser, ana: Professional) -> None:
    rows = services(("Sessão", "50", "200"), ("sessão", "80", "300"))
    page = browser.post("/start/services/", rows).content.decode()
    assert "Você já tem um serviço com este nome." in page
    assert not Service.objects.exists()


@pytest.mark.parametrize("text", [*NAUGHTY, *REFUSED])
def test_naughty_text_is_no_failure(browser: Browser, ana: Professional, text: str) -> None:
    """I2, O9: the forms are those of the settings."""
    assert browser.post("/start/you/", you(ana, name=text, profession=text)).status_code in (200, 302)
    assert browser.post("/start/services/", services((text, text, text))).status_code in (200, 302)
    assert browser.post("/start/week/", {"act": text, "opens-0": text, "closes-0": text}).status_code in (200, 409)
    assert browser.post("/start/rules/", {"booking_horizon_days": text}).status_code in (200, 409)
    assert browser.post("/start/whatsapp/", {"requested_number": text}).status_code in (200, 302, 409)
    ana.refresh_from_db()
    assert not set(ana.name) & {"\n", "\x00"}


def test_wished_number_is_kept_and_assigns_nothing(browser: Browser, ana: Professional) -> None:
    """A6: the number is requested here and assigned by an operator."""
    form = {"seen": practice.version(ana, ["requested_number"]), "requested_number": "11 98765-4321"}
    answer = browser.post("/start/whatsapp/", form | {"whatsapp_number": "+5511987654321"})
    ana.refresh_from_db()
    assert answer.headers["Location"] == "/start/whatsapp/"
    assert (ana.requested_number, ana.whatsapp_number) == ("+5511987654321", None)
    assert "O operador recebeu seu pedido." in browser.get("/start/whatsapp/").content.decode()


def test_suggestions_suit_the_profession(browser: Browser, ana: Professional) -> None:
    for profession, name in (("Barbeiro", "Corte e barba"), ("Dentista", "Limpeza"), ("Faquir", "Atendimento")):
        Professional.objects.update(profession=profession)
        assert f'value="{name}"' in browser.get("/start/services/").content.decode()
