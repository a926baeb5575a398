"""The sentences that code writes, from unsaved rows, in Portuguese unless said otherwise."""

from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from intake import wording
from intake.intents import Topic
from intake.state import Question, QuestionKind
from scheduling.models import Appointment, Client, Professional, Service, WorkingHours
from tests import cast

THURSDAY = cast.at("2026-11-19 15:00")


@pytest.fixture(autouse=True)
def _portuguese() -> Iterator[None]:
    with translation.override("pt-br"):
        yield


@pytest.fixture
def ana() -> Professional:
    return Professional(name="Ana Souza", profession="Psicóloga", address="Rua Augusta, 1200")


@pytest.fixture
def session() -> Service:
    return Service(name="Sessão individual", duration_minutes=50, price=Decimal("200"))


def appointment(professional: Professional, service: Service, **changes: Any) -> Appointment:
    fields: dict[str, Any] = {
        "client": Client(name="Caio Martins"),
        "starts_at": THURSDAY,
        "price": Decimal("200"),
        "reference": "ABC123",
        "status": "held",
    }
    return Appointment(professional=professional, service=service, **fields | changes)


def asking(kind: QuestionKind) -> Question:
    return Question(kind=kind, asked_for=1, appointment_id=1, service_id=1, starts_at=THURSDAY)


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "R$ 0,00"), ("50", "R$ 50,00"), ("1234.56", "R$ 1.234,56"), ("1000000", "R$ 1.000.000,00")],
)
def test_price_is_written_as_in_brazil(amount: str, text: str) -> None:
    assert wording.price(Decimal(amount)) == text


@pytest.mark.parametrize(("language", "text"), [("es", "R$ 1.234,50"), ("en", "R$ 1,234.50")])
def test_price_in_another_language(language: str, text: str) -> None:
    with translation.override(language):
        assert wording.price(Decimal("1234.5")) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("es", "jueves 19 de noviembre a las 15:00"), ("en", "Thursday, 19 November, at 15:00")],
)
def test_moment_in_another_language(ana: Professional, language: str, text: str) -> None:
    with translation.override(language):
        assert wording.moment(THURSDAY, ana) == text


def test_moment_names_weekday_date_and_hour(ana: Professional) -> None:
    assert wording.moment(THURSDAY, ana) == "quinta-feira, 19/11, às 15:00"


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Thursday, 19 November, at 15:00"), ("pt-br", "quinta-feira, 19/11, às 15:00")]
)
def test_moment_follows_the_language(ana: Professional, language: str, text: str) -> None:
    with translation.override(language):
        assert wording.moment(THURSDAY, ana) == text


def test_hour_that_comes_twice_shows_its_offset() -> None:
    """T2, T5"""
    lisbon = Professional(name="Rui", timezone="Europe/Lisbon")

    assert wording.clock(cast.at("2026-10-25 01:30", "Europe/Lisbon"), lisbon) == "01:30 (UTC+0100)"
    assert wording.clock(cast.at("2026-10-25 10:00", "Europe/Lisbon"), lisbon) == "10:00"


def test_late_evening_keeps_its_local_day(ana: Professional) -> None:
    """T11"""
    assert wording.moment(cast.at("2026-11-19 23:30"), ana) == "quinta-feira, 19/11, às 23:30"


def test_label_fits_a_button(ana: Professional) -> None:
    label = wording.label(THURSDAY, ana)

    assert label == "qui, 19/11, 15:00"
    assert len(label) <= 20


def test_offers_of_one_day_name_it_once(ana: Professional, session: Service) -> None:
    text = wording.offers([THURSDAY, cast.at("2026-11-19 16:00")], ana, session)

    assert text.count("19/11") == 1
    assert "1. 15:00\n2. 16:00\n" in text


def test_offers_of_several_days_name_each(ana: Professional, session: Service) -> None:
    text = wording.offers([THURSDAY, cast.at("2026-11-20 16:00")], ana, session)

    assert "1. quinta-feira, 19/11, às 15:00\n2. sexta-feira, 20/11, às 16:00" in text


def test_question_names_who_what_when_and_how_much(ana: Professional, session: Service) -> None:
    text = wording.question(asking(QuestionKind.BOOK), appointment(ana, session))

    assert text == (
        "Então fica assim, Caio:\nquinta-feira, 19/11, às 15:00\nSessão individual, R$ 200,00\n"
        "Confirma? Responda *sim* ou *não*."
    )


def test_question_names_who_comes(ana: Professional, session: Service) -> None:
    assert "\nPara: Júlia\n" in wording.question(asking(QuestionKind.BOOK), appointment(ana, session, attendee="Júlia"))


def test_question_of_a_move_names_both_times(ana: Professional, session: Service) -> None:
    old = appointment(ana, session, status="confirmed")
    new = appointment(ana, session, replaces=old, move_to=cast.at("2026-11-20 10:00"))

    text = wording.question(asking(QuestionKind.MOVE), new)

    assert "Mudar de quinta-feira, 19/11, às 15:00\npara sexta-feira, 20/11, às 10:00?" in text


@pytest.mark.parametrize("kind", QuestionKind)
def test_reminder_names_the_time_and_both_answers(ana: Professional, kind: QuestionKind) -> None:
    text = wording.reminder(asking(kind), ana)

    assert "quinta-feira, 19/11, às 15:00" in text
    assert "*sim* ou *não*" in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([(0, "09:00", "18:00")], ["segunda 09:00–18:00"]),
        ([(0, "09:00", "18:00"), (1, "09:00", "18:00")], ["segunda a terça 09:00–18:00"]),
        ([(0, "09:00", "12:00"), (0, "13:00", "18:00")], ["segunda 09:00–12:00, 13:00–18:00"]),
        ([(0, "09:00", "18:00"), (2, "09:00", "18:00")], ["segunda 09:00–18:00", "quarta 09:00–18:00"]),
        ([(4, "09:00", "18:00"), (5, "09:00", "12:00")], ["sexta 09:00–18:00", "sábado 09:00–12:00"]),
        ([], []),
    ],
)
def test_opening_hours_are_grouped(rows: list[tuple[int, str, str]], lines: list[str]) -> None:
    hours = [
        WorkingHours(weekday=day, opens_at=time.fromisoformat(opens), closes_at=time.fromisoformat(closes))
        for day, opens, closes in rows
    ]

    assert wording.opening_hours(hours) == lines


@pytest.mark.parametrize(
    ("topics", "has", "lacks"),
    [
        ({Topic.PRICE}, "R$ 200,00", "Augusta"),
        ({Topic.PLACE}, "Augusta", "R$"),
        ({Topic.RULES}, "24 horas", "R$"),
        (set(), "*Ana Souza*, Psicóloga", "None"),
    ],
)
def test_information_keeps_to_what_was_asked(
    ana: Professional, session: Service, topics: set[Topic], has: str, lacks: str
) -> None:
    text = wording.information(ana, [session], [], topics=topics)

    assert has in text
    assert lacks not in text


def test_information_that_is_not_known_is_empty(session: Service) -> None:
    assert wording.information(Professional(name="Ana"), [session], [], topics={Topic.PLACE}) == ""


def test_waiting_appointment_says_so(ana: Professional, session: Service) -> None:
    assert wording.appointment_line(appointment(ana, session, status="pending")).endswith("esperando aprovação")


@pytest.mark.parametrize(("name", "first"), [("Caio Martins", "Caio"), ("", ""), ("  ", ""), ("Zé", "Zé")])
def test_first_name(name: str, first: str) -> None:
    assert wording.first_name(name) == first


@pytest.mark.parametrize(
    ("name", "letters"), [("Ana Souza", "AS"), ("Caio de Melo Martins", "CM"), ("lia", "L"), ("+55 11", "?"), ("", "?")]
)
def test_initials_are_those_of_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert wording.initials(name) == letters
