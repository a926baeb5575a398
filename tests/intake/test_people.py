"""How a client can be reached is asked and read by code. Monday, 16 November 2026, 09:00 in São Paulo."""

import pytest

from intake import people
from scheduling.models import Client, Professional
from tests import cast
from tests.intake.conversing import agenda, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

NAMELESS = "whatsapp:BR.1502837465019283"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("11 98765-4321", "+5511987654321"),
        ("meu número é (11) 98765 4321, pode ligar", "+5511987654321"),
        ("+351 912 345 678", "+351912345678"),
        ("não tenho", None),
        ("quinta às 15h", None),
        ("11 98765-4321 ou 11 3333-4444", None),
    ],
)
def test_phone_is_read_as_people_write_it(text: str, number: str | None) -> None:
    assert people.phone(text) == number


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("meu e-mail é caio.m+x@example.com.br, tá?", "caio.m+x@example.com.br"),
        ("caio@example.com e bia@example.com", ""),
        ("caio@", ""),
        ("quinta @ 15h", ""),
    ],
)
def test_email_is_read_from_a_sentence(text: str, email: str) -> None:
    assert people.email(text) == email


def test_phone_is_asked_where_the_address_holds_none(ana: Professional) -> None:
    """W18"""
    heard = say(ana, "quinta às 15h", "Caio Martins", address=NAMELESS)
    assert "Qual é o seu telefone, com DDD?" in heard

    assert "Então fica assim, Caio" in say(ana, "11 98765-4321", address=NAMELESS)
    assert Client.objects.get().phone == "+5511987654321"


@pytest.mark.parametrize("text", ["pular", "prefiro não dizer", "não"])
def test_phone_need_not_be_told(ana: Professional, text: str) -> None:
    """W18"""
    say(ana, "quinta às 15h", "Caio Martins", text, "sim", address=NAMELESS)

    assert agenda(ana) == ["19/11 15:00 Sessão individual confirmed"]
    assert Client.objects.get().phone is None


def test_phone_is_not_asked_of_whom_whatsapp_knows(ana: Professional) -> None:
    assert "Então fica assim" in say(ana, "quinta às 15h", "Caio Martins")


def test_email_that_is_told_is_kept(ana: Professional) -> None:
    say(ana, "oi, quero marcar quinta às 15h, meu email é caio@example.com", "Caio Martins")

    assert Client.objects.get().email == "caio@example.com"


def test_what_the_professional_entered_stays(ana: Professional) -> None:
    cast.caio(ana)
    ana.clients.update(email="caio@work.example.com")

    say(ana, "anota meu email: other@example.com")

    assert Client.objects.get().email == "caio@work.example.com"
