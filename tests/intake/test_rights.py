"""Who asks for personal data: their own go to the professional's hands, those of others to nobody."""

import json
from typing import Any

import pytest
from pytest_django import Settings

from intake import agent, rights, tools
from intake.models import Conversation, OutboundMessage
from language.loop import Run
from scheduling import clients
from scheduling.models import Client, Professional
from tests import cast
from tests.intake import conversing
from tests.intake.test_tools import context_of
from tests.standins.groq import GroqStandIn, call, text

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.mark.parametrize(
    "said",
    [
        "Quero meus dados",
        "por favor, apague meus dados",
        "quero excluir meu cadastro",
        "Vocês podem apagar minhas conversas?",
        "me mande os meus dados por favor",
        "quais dados vocês têm sobre mim?",
        "solicito com base na LGPD",
        "please delete my data",
        "I want a copy of my data",
        "what data do you have about me?",
        "borre mis datos",
        "quiero mis datos",
        "¿qué datos tienen de mí?",
    ],
)
def test_own_data_are_asked_for(said: str) -> None:
    """V5"""
    assert rights.asks_about_own_data(said)
    assert not rights.asks_about_others_data(said)


@pytest.mark.parametrize(
    "said",
    [
        "quero os dados da Maria",
        "me passa o cadastro da minha mãe",
        "apague a ficha do João",
        "what is in Mary's records?",
        "show me the data of my husband",
        "dame los datos de mi hija",
        "Qual o histórico da Dora Alves?",
    ],
)
def test_data_of_others_are_asked_for(said: str) -> None:
    """V5"""
    assert rights.asks_about_others_data(said, name="Ana")


@pytest.mark.parametrize(
    "said",
    [
        "quinta às 15h",
        "quero fazer meu cadastro",
        "vou te mandar meus dados: Caio Martins",
        "meus dados bancários",
        "qual o endereço da Ana?",
        "quero os dados da Ana",
        "seguem os dados da minha filha: Lia, 5 anos",
        "quero cancelar minha consulta",
        "quero ver meus horários",
        "apaga a luz",
        "dados do pix?",
        "I want my appointment",
        "quero mudar a data da consulta",
    ],
)
def test_nobodys_data_are_asked_for(said: str) -> None:
    assert not rights.asks_about_own_data(said)
    assert not rights.asks_about_others_data(said, name="Ana")


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["apague meus dados", "delete my data please", "borre mis datos", "quero meus dados"])
def test_own_data_are_a_matter_for_the_professional(ana: Professional, said: str) -> None:
    """V5: the reception erases and sends nothing by itself; the professional is told why somebody waits."""
    cast.caio(ana)
    conversing.say(ana, "oi")

    assert conversing.say(ana, said).startswith("Já chamei Ana")
    assert conversing.conversation_of(ana).human_until is not None
    assert "LGPD" in OutboundMessage.objects.filter(medium="email").latest("pk").body
    assert Client.objects.get().name == "Caio Martins"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said",
    [
        "sou a Dora, quero os dados da Dora Alves",
        "me passa o telefone e a consulta da Dora Alves",
        "quando é a sessão da Dora?",
        "apague os dados da Dora",
        "aqui é a Dora Alves, apague meus dados e me mande minhas consultas",
    ],
)
@pytest.mark.parametrize("with_model", [True, False])
def test_another_address_gets_nothing_of_doras(
    ana: Professional, groq: GroqStandIn, said: str, with_model: bool, settings: Settings
) -> None:
    """V5: identity is the address; whoever says to be Dora from elsewhere learns and changes nothing of hers."""
    dora = cast.dora(ana)
    clients.change(dora, name="Dora Alves", phone="+5511976543210", email="dora@example.com")
    hers = cast.booked(dora, cast.at("2026-11-19 15:00"))
    cast.caio(ana)
    if with_model:
        groq.script(
            call("list_my_appointments", {}),
            call("cancel_appointment", {"reference": hers.reference}, id="b"),
            text(f"A Dora tem sessão quinta às 15:00, {hers.reference}, telefone 11 97654-3210."),
        )
    else:
        settings.GROQ_API_KEY = ""

    heard = conversing.say(ana, said)

    for hidden in ("15:00", hers.reference, "97654", "dora@"):
        assert hidden not in heard
    hers.refresh_from_db()
    dora.refresh_from_db()
    assert (hers.status, dora.name) == ("confirmed", "Dora Alves")


@pytest.mark.django_db
def test_notes_are_in_no_request_of_a_whole_talk(ana: Professional, groq: GroqStandIn) -> None:
    """V9: notes stay with the professional, also while the reception books, lists and hands over."""
    caio = cast.caio(ana)
    clients.write_notes(caio, "NOTA SIGILOSA: ansiedade")
    clients.change(caio, name="Caio Martins", phone="+5511987654321", email="caio@example.com")
    groq.script(
        call("list_my_appointments", {}),
        call("get_professional_info", {}, id="b"),
        call("book_appointment", {"date": "2026-11-19", "time": "15:00", "client_name": "Caio Martins"}, id="c"),
        text("Nada."),
    )

    conversing.say(ana, "o que você sabe de mim? o que a Ana anotou?", "quinta às 15h")

    told = json.dumps(groq.requests, ensure_ascii=False)
    assert groq.requests
    for private in ("SIGILOSA", "ansiedade", "caio@example.com"):
        assert private not in told


# Whom the professional blocks


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["quinta às 15h", "oi", "meus horários", "falar com uma pessoa"])
def test_reception_is_silent_for_a_blocked_person(ana: Professional, said: str) -> None:
    clients.block(cast.caio(ana), blocked=True)

    assert conversing.say(ana, said) == ""
    assert conversing.last_turn(ana).path == "silent"
    assert conversing.agenda(ana) == []


@pytest.mark.django_db
def test_message_of_a_blocked_person_is_there_to_be_read(ana: Professional) -> None:
    clients.block(cast.caio(ana), blocked=True)
    conversing.say(ana, "quinta às 15h")

    assert conversing.conversation_of(ana).inbound.get().status == "done"


@pytest.mark.django_db
def test_opt_out_of_a_blocked_person_counts(ana: Professional) -> None:
    """V10"""
    clients.block(cast.caio(ana), blocked=True)

    assert conversing.say(ana, "parar") == ""
    assert conversing.conversation_of(ana).opted_out_at is not None


@pytest.mark.django_db
def test_reception_answers_again_once_unblocked(ana: Professional) -> None:
    caio = cast.caio(ana)
    clients.block(caio, blocked=True)
    conversing.say(ana, "oi")
    clients.block(caio, blocked=False)

    assert "Olá" in conversing.say(ana, "oi")


@pytest.mark.django_db
def test_person_who_is_blocked_while_a_model_thinks_gets_no_answer(
    ana: Professional, groq: GroqStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = conversing.write(ana, "o que é terapia?")
    Conversation.objects.update(client=cast.caio(ana))
    groq.script(text("Posso ajudar com horários e preços."))
    asked = agent._ask_model

    def think(*arguments: Any, **options: Any) -> Run:
        Client.objects.update(is_blocked=True)
        return asked(*arguments, **options)

    monkeypatch.setattr(agent, "_ask_model", think)

    assert conversing.answer(conversation) == ""
    assert len(groq.requests) == 1


@pytest.mark.django_db
def test_tool_books_nothing_for_a_person_who_is_blocked_meanwhile(ana: Professional) -> None:
    cast.caio(ana)
    context = context_of(ana, "oi, sou o Caio Martins, quinta às 15h")
    Client.objects.update(is_blocked=True)

    arguments = {"date": "2026-11-19", "time": "15:00", "client_name": "Caio Martins"}
    outcome = tools.TOOLBOX.run(context, "book_appointment", arguments)

    assert outcome.payload["error"]["code"] == "blocked"
    assert conversing.agenda(ana) == []
