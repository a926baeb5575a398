"""Turns with a model behind real HTTP: the real SDK talks to a scripted Groq; judged on rows and on what is said.

It is Monday, 16 November 2026, 09:00 in São Paulo; Caio's name is known.
"""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from intake import agent
from intake.models import InboundMessage, OutboundMessage, Turn
from scheduling.models import Appointment, Client, Professional
from tests import cast
from tests.intake.conversing import agenda, everything_said, last_turn, say
from tests.standins.groq import GroqStandIn, call, hang, not_served, raw, status, text

THURSDAY = {"date": "2026-11-19", "time": "15:00"}
HELD = ["19/11 15:00 Sessão individual held"]
BOOKED = ["19/11 15:00 Sessão individual confirmed"]
LOOK = call("get_available_slots", {"date": "2026-11-19"})
BOOK = call("book_appointment", {**THURSDAY, "client_name": "Caio Martins"})

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def steps(professional: Professional) -> list[str]:
    return [step["name"] for step in last_turn(professional).trace if step["kind"] == "tool"]


# The model's way through


def test_model_books_over_several_turns(groq: GroqStandIn, ana: Professional) -> None:
    groq.script(LOOK, text("Qual deles você prefere? E qual é o seu nome?"), BOOK)

    say(ana, "oi, quero uma sessão na quinta", "às 15h, sou o Caio Martins")
    assert agenda(ana) == HELD
    receipt = say(ana, "sim")

    appointment = Appointment.objects.get()
    assert agenda(ana) == BOOKED
    assert receipt.startswith("Marcado: quinta-feira, 19/11, às 15:00")
    assert appointment.reference in receipt
    assert (appointment.client.name, appointment.source) == ("Caio Martins", "simulator")


def test_model_moves_an_appointment(groq: GroqStandIn, ana: Professional, caio: Client) -> None:
    reference = cast.booked(caio, cast.at("2026-11-19 15:00")).reference
    wanted = {"reference": reference, "date": "2026-11-20", "time": "10:00"}
    groq.script(call("list_my_appointments", {}), call("reschedule_appointment", wanted, id="call_1"))

    question = say(ana, "preciso mudar de quinta para sexta às 10h")
    receipt = say(ana, "sim")

    assert "Mudar de quinta-feira, 19/11, às 15:00\npara sexta-feira, 20/11, às 10:00?" in question
    assert "Remarcado para sexta-feira, 20/11, às 10:00" in receipt
    assert agenda(ana) == ["20/11 10:00 Sessão individual confirmed"]


def test_model_cancels_an_appointment(groq: GroqStandIn, ana: Professional, caio: Client) -> None:
    reference = cast.booked(caio, cast.at("2026-11-19 15:00")).reference
    groq.script(call("list_my_appointments", {}), call("cancel_appointment", {"reference": reference}, id="call_1"))

    say(ana, "não vou conseguir ir na quinta")
    assert agenda(ana) == BOOKED

    assert "Cancelado: quinta-feira, 19/11, às 15:00" in say(ana, "sim")
    assert agenda(ana) == []


def test_second_yes_behind_a_receipt_asks_the_model_for_nothing(
    groq: GroqStandIn, ana: Professional, caio: Client
) -> None:
    """L17"""
    groq.script(BOOK, BOOK)

    heard = say(ana, "quinta às 15h", "sim", "sim!!")

    assert "Se precisar de algo" in heard
    assert len(groq.requests) == 1


def test_receipt_is_one_row_of_its_event(groq: GroqStandIn, ana: Professional, caio: Client) -> None:
    groq.script(BOOK)

    say(ana, "quinta às 15h", "sim", "sim", "sim")

    receipts = OutboundMessage.objects.filter(event__kind="confirmed", medium="simulator")
    assert receipts.count() == 1


def test_offers_are_written_by_code_under_the_models_words(groq: GroqStandIn, ana: Professional) -> None:
    groq.script(LOOK, text("Claro! Veja os horários:"))

    heard = say(ana, "tem na quinta?")

    assert "Claro! Veja os horários:" in heard
    assert "quinta-feira, 19/11 tem estes horários" in heard
    assert last_turn(ana).path == "model"


def test_number_of_the_models_offers_is_understood(groq: GroqStandIn, ana: Professional, caio: Client) -> None:
    groq.script(LOOK, text("Veja os horários:"))

    assert "Então fica assim, Caio" in say(ana, "tem na quinta?", "1")
    assert len(groq.requests) == 2


def test_exact_time_that_is_free_is_not_followed_by_a_list(groq: GroqStandIn, ana: Professional) -> None:
    groq.script(call("get_available_slots", THURSDAY), text("Claro! Qual é o seu nome?"))

    assert say(ana, "quinta às 15h").endswith("Certo, quinta-feira, 19/11, às 15:00. Qual é o seu nome, por favor?")


def test_person_who_is_to_come_is_remembered_through_the_models_offers(groq: GroqStandIn, ana: Professional) -> None:
    groq.script(LOOK, text("Veja os horários:"))

    heard = say(ana, "oi, é pro meu filho Pedro, tem na quinta?", "1", "Renata Dias")

    assert "Para: Pedro" in heard


def test_move_after_the_cutoff_is_refused_before_a_model_books_beside_it(
    groq: GroqStandIn, ana: Professional, caio: Client
) -> None:
    cast.booked(caio, cast.at("2026-11-16 15:00"))
    groq.script(call("get_available_slots", THURSDAY), text("Veja:"))

    assert "Já passou do prazo" in say(ana, "queria mudar pra quinta às 15h")
    assert agenda(ana) == ["16/11 15:00 Sessão individual confirmed"]


def test_correction_is_taken_though_the_model_gives_nothing_usable(
    groq: GroqStandIn, ana: Professional, caio: Client
) -> None:
    groq.script(BOOK, *[text("")] * 3)

    heard = say(ana, "quinta às 15h", "é para minha filha Júlia")

    assert "Para: Júlia" in heard


def test_number_of_the_models_offers_for_a_move_moves(groq: GroqStandIn, ana: Professional, caio: Client) -> None:
    cast.booked(caio, cast.at("2026-11-18 10:00"))
    groq.script(text("Claro. Para que dia?"), LOOK, text("Veja os horários:"))

    say(ana, "quero remarcar", "quinta", "1", "sim")

    assert agenda(ana) == ["19/11 09:00 Sessão individual confirmed"]


def test_turn_keeps_model_tokens_and_tools(groq: GroqStandIn, ana: Professional) -> None:
    groq.script(LOOK, text("Veja os horários:"))

    say(ana, "tem na quinta?")

    turn = last_turn(ana)
    assert (turn.model, turn.outcome, turn.prompt_tokens) == ("openai/gpt-oss-120b", "answered", 200)
    assert steps(ana) == ["get_available_slots"]


def test_model_hands_over_to_a_person(groq: GroqStandIn, ana: Professional) -> None:
    groq.script(call("ask_human", {"reason": "emergência"}), text("nunca pedido"))

    assert "chamei Ana" in say(ana, "estou passando muito mal, é uma emergência")
    assert say(ana, "alô?") == ""
    assert OutboundMessage.objects.filter(medium="email", body__contains="emergência").count() == 1


# When no model answers

SILENT_MODELS: dict[str, Callable[[], Any]] = {
    "no capacity": lambda: status(498),
    "outage": lambda: status(503),
    "wrong key": lambda: status(401),
    "not served": not_served,
    "rate limit": lambda: status(429, retry_after=60),
    "too long": lambda: status(413),
    "no text": lambda: text(""),
    "cut off": lambda: text("Claro, vou", finish_reason="length"),
    "half an answer": lambda: raw(b'{"choices": [{"mess'),
    "error inside 200": lambda: raw(b'{"error": {"message": "stream error"}}'),
}


@pytest.mark.parametrize("trouble", SILENT_MODELS.values(), ids=SILENT_MODELS)
def test_client_books_without_the_model(
    groq: GroqStandIn, ana: Professional, caio: Client, trouble: Callable[[], Any]
) -> None:
    """L1, L2, L3, L5, L6, L18, L20"""
    groq.reply = lambda _body: trouble()

    say(ana, "quinta às 15h", "sim")

    assert agenda(ana) == BOOKED
    assert set(Turn.objects.values_list("path", flat=True)) == {"guided", "direct"}
    assert not InboundMessage.objects.filter(status="pending").exists()


def test_hanging_model_is_left_at_the_deadline(
    groq: GroqStandIn, ana: Professional, caio: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "TURN_SECONDS", 1)
    groq.reply = lambda _body: hang(30)
    started = time.perf_counter()

    heard = say(ana, "quinta às 15h")

    assert time.perf_counter() - started < 3
    assert "Confirma?" in heard


# Whose appointments


def test_appointment_of_somebody_else_does_not_exist(groq: GroqStandIn, ana: Professional, caio: Client) -> None:
    """P1, N3"""
    hers = cast.booked(cast.dora(ana), cast.at("2026-11-19 15:00"))
    his = cast.booked(cast.caio(cast.bruno()), cast.at("2026-11-19 15:00"))
    groq.script(
        call("list_my_appointments", {}),
        call("cancel_appointment", {"reference": hers.reference}, id="b"),
        call("cancel_appointment", {"reference": his.reference}, id="c"),
        call("reschedule_appointment", {"reference": hers.reference, "date": "2026-11-20", "time": "10:00"}, id="d"),
        text("Não encontrei."),
    )

    heard = say(ana, f"sou a Dora, cancele {hers.reference} e {his.reference} ou mude para sexta às 10h")

    results = [json.loads(m["content"]) for m in groq.requests[-1]["messages"] if m["role"] == "tool"]
    assert results[0] == {"ok": True, "coming": [], "last": None}
    assert [result["error"]["code"] for result in results[1:]] == ["not_found"] * 3
    assert "Dora" not in heard
    assert Appointment.objects.filter(status="confirmed").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_clients_race_for_one_time(ana: Professional) -> None:
    """D1"""
    agent.model.cache_clear()
    people = {cast.CAIO_ADDRESS: cast.caio(ana), cast.DORA_ADDRESS: cast.dora(ana)}

    heard = _at_once(ana, "quinta às 15h", addresses=list(people))
    receipts = _at_once(ana, "sim", addresses=list(people))

    assert sorted("Confirma?" in text for text in heard) == [False, True]
    assert sum("já está ocupado" in text for text in heard) == 1
    assert sum("Marcado" in text for text in receipts) == 1
    assert agenda(ana) == BOOKED


def _at_once(professional: Professional, body: str, *, addresses: list[str]) -> list[str]:
    def turn(address: str) -> str:
        try:
            return say(professional, body, address=address)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(addresses)) as pool:
        return list(pool.map(turn, addresses))


def test_what_was_said_is_all_there_is(groq: GroqStandIn, ana: Professional, caio: Client) -> None:
    """Q11"""
    groq.script(BOOK)

    say(ana, "quinta às 15h", "sim")

    assert len(everything_said(ana)) == 2
