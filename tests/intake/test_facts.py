"""What a model's sentences may rest on: this turn's results, what is still on offer, the open question."""

import datetime as dt
from decimal import Decimal

import pytest

from intake import facts
from intake.proposals import Context
from intake.state import OptionKind
from language import grounding
from language.grounding import Claim
from language.tools import Outcome
from scheduling.models import Professional
from tests import cast
from tests.intake.test_tools import context_of, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

THURSDAY, AT_THREE = dt.date(2026, 11, 19), dt.time(15)


@pytest.fixture
def context() -> Context:
    return context_of(cast.ana(link="https://meet.example/ana", address="Rua Augusta, 1200", about="Aceito pix."))


def leaves(sentence: str, context: Context, *outcomes: Outcome) -> bool:
    return grounding.check(sentence, facts.gather(context, outcomes), now=context.local_now).ok


def test_nothing_backs_nothing(context: Context) -> None:
    gathered = facts.gather(context, [])
    backed = [*gathered.moments, *gathered.booked, *gathered.dates, *gathered.opening, *gathered.prices]

    assert backed == []
    assert (gathered.claims, gathered.lengths, gathered.told) == (frozenset(), frozenset(), "")


def test_offers_back_their_times_and_that_they_are_free(context: Context) -> None:
    found = facts.gather(context, [run(context, "get_available_slots", date="2026-11-19", time="15:00")])

    assert (THURSDAY, AT_THREE) in found.moments
    assert (Claim.FREE in found.claims, Claim.BOOKED in found.claims) == (True, False)
    assert found.prices == {Decimal("200.00")}


def test_open_offers_back_their_times_in_later_turns(context: Context) -> None:
    run(context, "get_available_slots", date="2026-11-19", time="15:00")

    assert (THURSDAY, AT_THREE) in facts.gather(context, []).moments


def test_replaced_offers_back_nothing(context: Context) -> None:
    run(context, "get_available_slots", date="2026-11-19", time="15:00")
    run(context, "get_available_slots", date="2026-11-20")

    assert (THURSDAY, AT_THREE) not in facts.gather(context, []).moments
    assert {option.kind for option in context.state.options} == {OptionKind.SLOT}


def test_question_backs_its_time(context: Context) -> None:
    run(context, "get_available_slots", date="2026-11-19", time="15:00")
    run(context, "book_appointment", date="2026-11-19", time="15:00", client_name="Caio")

    assert (THURSDAY, AT_THREE) in facts.gather(context, []).moments


def test_hold_is_no_booking(context: Context) -> None:
    """L15"""
    run(context, "get_available_slots", date="2026-11-19", time="15:00")
    held = run(context, "book_appointment", date="2026-11-19", time="15:00", client_name="Caio")

    assert held.ok
    assert not leaves("Sua sessão está marcada para quinta às 15h.", context, held)


def test_refusal_backs_no_claim(context: Context) -> None:
    refused = run(context, "book_appointment", date="2026-11-19", time="15:00", client_name="Caio")

    assert not refused.ok
    assert facts.gather(context, [refused]).claims == frozenset()


def test_list_backs_what_is_booked() -> None:
    ana = cast.ana()
    cast.booked(cast.caio(ana), cast.at("2026-11-19 15:00"))
    context = context_of(ana)
    listed = run(context, "list_my_appointments")

    assert leaves("Você tem uma sessão marcada para quinta-feira, 19/11, às 15:00.", context, listed)
    assert not leaves("Sua sessão foi cancelada.", context, listed)
    assert not leaves("Você tem uma sessão marcada para sexta às 15h.", context, listed)
    assert not leaves("Você não tem nenhuma sessão marcada.", context, listed)


def test_empty_list_backs_that_nothing_is_booked(context: Context) -> None:
    listed = run(context, "list_my_appointments")

    assert leaves("Você não tem nenhuma sessão marcada.", context, listed)
    assert not leaves("Você não tem nenhuma sessão marcada.", context)


def test_full_day_backs_that_it_is_full(context: Context) -> None:
    looked = run(context, "get_available_slots", date="2026-11-21")

    assert leaves("Não há horário livre no sábado.", context, looked)
    assert not leaves("Não há horário livre no sábado.", context)
    assert not leaves("Sábado está livre.", context, looked)


def test_offer_is_no_appointment_of_the_client() -> None:
    """L15"""
    ana = cast.ana()
    cast.booked(cast.caio(ana), cast.at("2026-11-18 10:00"))
    context = context_of(ana)
    outcomes = [run(context, "list_my_appointments"), run(context, "get_available_slots", date="2026-11-19")]

    assert leaves("Sua sessão é quarta-feira, 18/11, às 10:00.", context, *outcomes)
    assert not leaves("Sua sessão é quinta-feira, 19/11, às 09:00.", context, *outcomes)


@pytest.mark.parametrize(
    ("sentence", "leaves_it"),
    [
        ("A sessão individual custa R$ 200,00.", True),
        ("A sessão de casal sai por 320 reais.", True),
        ("A sessão custa R$ 150,00.", False),
        ("A sessão individual custa R$ 320,00.", False),
        ("A sessão de casal dura 50 minutos.", False),
        ("Atendemos de segunda a sexta, das 9h às 12h e das 13h às 18h.", True),
        ("Atendemos até as 20h.", False),
        ("Atendemos de segunda a sábado.", False),
        ("Não atendemos aos sábados.", True),
        ("A sessão dura 50 minutos.", True),
        ("A sessão dura uma hora.", False),
        ("Você pode cancelar até 24 horas antes.", True),
        ("Você pode cancelar até 2 horas antes.", False),
        ("Aceitamos pix.", True),
        ("Aceitamos cartão.", False),
        ("O consultório fica na Rua Augusta, 1200.", True),
        ("O consultório fica na Rua das Flores, 1200.", False),
        ("O link é https://meet.example/ana.", True),
        ("Pague em https://golpe.example.", False),
    ],
)
def test_information_backs_prices_hours_and_link(context: Context, sentence: str, leaves_it: bool) -> None:
    told = run(context, "get_professional_info")

    assert leaves(sentence, context, told) is leaves_it


def test_empty_answer_backs_the_day_it_was_about() -> None:
    ana: Professional = cast.ana(booking_horizon_days=1)
    context = context_of(ana)
    outcome = run(context, "get_available_slots", date="2026-12-10")

    assert dt.date(2026, 12, 10) in facts.gather(context, [outcome]).dates


def test_clients_words_may_come_back_as_a_question() -> None:
    context = context_of(cast.ana(), "pode ser quinta às 15h?")

    assert leaves("Você quer quinta às 15h?", context)
    assert not leaves("Quinta às 15h está livre.", context)
