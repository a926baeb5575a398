"""The exam itself: a few talks from end to end, and that its judges see what is wrong."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings

from scheduling.models import Professional
from tests import cast
from tests.exam import reading
from tests.exam.books import Books
from tests.exam.client import Mind
from tests.exam.persona import Cue, Persona, Wanted
from tests.exam.personas import PARTS, PERSONAS
from tests.exam.truth import untruths

LISTED = (
    "Para Sessão individual (50 min, R$ 200,00), quinta-feira, 19/11 tem estes horários:\n"
    "1. 09:00\n2. 15:00\nQual você prefere? Responda com o número."
)


@pytest.fixture
def ana() -> Iterator[Professional]:
    with time_machine.travel(cast.MONDAY_MORNING):
        yield cast.ana(address="Rua Augusta, 1200")


def faults(professional: Professional, text: str, *, said: str = "") -> list[str]:
    return list(untruths(text, Books(professional, cast.CAIO_ADDRESS), said=said))


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("servers")
def test_some_clients_pass_the_exam() -> None:
    command = [sys.executable, "-m", "tests.exam"]
    chosen = {"PERSONAS": "maria cancela sim-amanha", "RUNS": "1", "WAYS": "guided right hostile"}

    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=settings.BASE_DIR, env={**os.environ, **chosen}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "| told no untruth | 1.00 | 1.00 | 1.00 |" in done.stdout


@pytest.mark.django_db
@pytest.mark.parametrize(
    "true",
    [
        LISTED,
        "Certo, quinta-feira, 19/11, às 15:00. Qual é o seu nome, por favor?",
        "A sessão individual custa R$ 200,00.",
        "Atendimento: segunda a sexta 09:00–12:00, 13:00–18:00",
        "Esse horário já está ocupado.",
        "Você ainda não tem horários por aqui.",
        "Tudo bem, não marquei. Se quiser, me diga outro dia ou horário.",
        "Endereço: Rua Augusta, 1200",
        "Você pode cancelar ou remarcar por aqui até 24 horas antes.",
        "Claro! Qual desses horários fica melhor?",
        "Perfecto, jueves 19 de noviembre a las 15:00. ¿Me dices tu nombre, por favor?",
        "All right, Thursday, 19 November, at 15:00. What is your name, please?",
    ],
)
def test_what_is_so_is_no_untruth(ana: Professional, true: str) -> None:
    assert faults(ana, true) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "untrue",
    [
        "quinta-feira, 20/11, às 15:00",
        "Quinta, 19/11, tenho às 12h30.",
        "Sábado, 21/11, às 10:00 está livre.",
        "Tenho 07:15 e 20:45.",
        "A sessão custa R$ 150,00.",
        "A sessão de casal custa R$ 200,00: Sessão de casal",
        "São 99 reais.",
        "Está agendado!",
        "Prontinho, está tudo marcado para você.",
        "Cancelei a sua sessão.",
        "Seu horário foi remarcado.",
        "Marcado: quinta-feira, 19/11, às 15:00\nSessão individual com Ana Souza.\nReferência: *ABC123*",
        "Rua das Flores, 45",
        "Veja https://agenda.example.com",
        "Faço 10% de desconto.",
        "O pix é 11 98888-7777.",
        "You are all set, it is booked.",
        "¡Listo! Tienes cita el jueves 19 de noviembre a las 15:00\nReferencia: *ABC123*",
        "viernes 19 de noviembre a las 15:00",
        "Cita cancelada: jueves 19 de noviembre a las 15:00",
        "Saturday, 21 November, at 10:00 is free",
    ],
)
def test_what_is_not_so_is_an_untruth(ana: Professional, untrue: str) -> None:
    assert faults(ana, untrue)


@pytest.mark.django_db
def test_time_of_another_client_is_not_free(ana: Professional) -> None:
    cast.booked(cast.dora(ana), cast.at("2026-11-19 15:00"))

    assert faults(ana, LISTED) == ["2026-11-19 15:00 is neither free nor theirs"]


@pytest.mark.django_db
def test_receipt_is_true_with_its_row(ana: Professional) -> None:
    row = cast.booked(cast.caio(ana), cast.at("2026-11-19 15:00"))
    receipt = f"Marcado: quinta-feira, 19/11, às %s\nSessão individual com Ana Souza.\nReferência: *{row.reference}*"

    assert faults(ana, receipt % "15:00") == []
    assert faults(ana, receipt % "16:00")


@pytest.mark.django_db
def test_longer_session_needs_more_room(ana: Professional) -> None:
    books = Books(ana, cast.CAIO_ADDRESS)
    thursday, couple = dt.date(2026, 11, 19), [one for one in books.services if one.duration_minutes == 80]

    assert books.is_free(thursday, dt.time(17))
    assert not books.is_free(thursday, dt.time(17), couple)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        (LISTED, Cue.TIMES),
        ("Certo, quinta-feira. Qual é o seu nome, por favor?", Cue.NAME),
        ("Então fica assim, Caio:\nquinta-feira, 19/11, às 15:00\nConfirma? Responda *sim* ou *não*.", Cue.CONFIRM),
        ("Marcado: quinta-feira, 19/11, às 15:00", Cue.RECEIPT),
        ("Por nada!", Cue.NOTHING),
    ],
)
def test_client_reads_what_is_asked(text: str, cue: Cue) -> None:
    assert reading.cue(text) == cue


def test_client_finds_the_wanted_time_in_a_list() -> None:
    found = dict(reading.options(LISTED))

    assert found == {"1": "19/11 09:00", "2": "19/11 15:00"}
    assert reading.fits(found["2"], [Wanted("19/11 15:00")])


@pytest.mark.parametrize(
    ("heard", "answered"),
    [
        ("quinta-feira, 19/11, às 15:00\nConfirma? Responda *sim* ou *não*.", "sim"),
        ("quinta-feira, 19/11, às 16:00\nConfirma? Responda *sim* ou *não*.", "não"),
        ("Posso cancelar quinta-feira, 19/11, às 15:00? Responda *sim* ou *não*.", "não"),
        ("Posso cancelar sexta-feira, 20/11, às 15:00? Responda *sim* ou *não*.", "sim"),
        (LISTED, "2"),
        ("Qual é o seu nome, por favor?", "Caio Martins"),
    ],
)
def test_client_agrees_to_nothing_but_the_wish(heard: str, answered: str) -> None:
    mind = Mind(Persona("x", "wants Thursday at three", (), wants=(Wanted("19/11 15:00"),)))

    assert mind.next(heard, is_content=lambda: False) == answered


def test_every_persona_can_be_told_from_the_others() -> None:
    everybody = [one for part in PARTS for one in part.PERSONAS]

    assert len(everybody) == len(PERSONAS) >= 60
    assert {one.language for one in everybody} == {"pt", "en", "es"}
