"""The seven tools: what they answer, what they refuse. It is Monday, 16 November 2026, 09:00 in São Paulo."""

from collections.abc import Callable
from typing import Any

import pytest

from intake import agent, inbox, tools
from intake.proposals import Context
from language.tools import Outcome
from scheduling.models import Appointment, Client, Professional
from tests import cast
from tests.intake import conversing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

THURSDAY = {"date": "2026-11-19"}
AT_THREE = {**THURSDAY, "time": "15:00"}


@pytest.fixture
def ana() -> Professional:
    return cast.ana(address="Rua Augusta, 1200")


def context_of(
    professional: Professional, text: str = "oi, sou o Caio Martins", *, address: str = cast.CAIO_ADDRESS
) -> Context:
    """Return the context of a turn with that text, with its lease taken."""
    conversation = conversing.write(professional, text, address=address)
    lease = inbox.claim(conversation.pk)
    assert lease is not None
    with inbox.fenced(lease) as locked:
        return agent._context(lease, locked, list(inbox.pending_of(locked.pk)))


def run(context: Context, name: str, **arguments: Any) -> Outcome:
    return tools.TOOLBOX.run(context, name, arguments)


def code(outcome: Outcome) -> str:
    return str(outcome.payload["error"]["code"])


def times(outcome: Outcome) -> list[str]:
    return [f"{offer['date'][8:]} {offer['time']}" for offer in outcome.payload["offers"]]


# Free times


def test_offers_say_date_weekday_time_service_and_price(ana: Professional) -> None:
    outcome = run(context_of(ana), "get_available_slots", **THURSDAY)

    first = {"number": 1, "date": "2026-11-19", "weekday": "quinta-feira", "time": "09:00"}
    assert outcome.payload["offers"][0] == first | {"service": "Sessão individual", "price": "200.00"}


def test_offers_of_a_day_are_at_most_six_and_spread(ana: Professional) -> None:
    found = times(run(context_of(ana), "get_available_slots", **THURSDAY))

    assert len(found) == 6
    assert (found[0], found[-1]) == ("19 09:00", "19 17:00")


def test_asked_time_comes_first_when_it_is_free(ana: Professional) -> None:
    outcome = run(context_of(ana), "get_available_slots", **AT_THREE)

    assert times(outcome)[0] == "19 15:00"
    assert outcome.payload["asked_for_is_free"] is True


def test_asked_time_that_is_taken_is_explained(ana: Professional) -> None:
    cast.booked(cast.dora(ana), cast.at("2026-11-19 15:00"))
    outcome = run(context_of(ana), "get_available_slots", **AT_THREE)

    assert outcome.payload["asked_for_is_free"] is False
    assert outcome.payload["why_not"] == "Esse horário já está ocupado."
    assert "19 15:00" not in times(outcome)
    assert times(outcome)


def test_full_day_is_answered_with_the_next_days(ana: Professional) -> None:
    outcome = run(context_of(ana), "get_available_slots", date="2026-11-21")

    assert outcome.payload["why_not"] == "Não há atendimento nesse dia."
    assert times(outcome)[0] == "23 09:00"


@pytest.mark.parametrize(
    ("part", "first"), [("morning", "09:00"), ("manhã", "09:00"), ("afternoon", "13:00"), ("tarde", "13:00")]
)
def test_part_of_day_is_kept_to(ana: Professional, part: str, first: str) -> None:
    assert times(run(context_of(ana), "get_available_slots", **THURSDAY, part_of_day=part))[0] == f"19 {first}"


def test_hour_on_several_days_is_offered_where_it_is_free(ana: Professional) -> None:
    cast.booked(cast.dora(ana), cast.at("2026-11-18 15:00"))
    week = {"date_from": "2026-11-17", "date_to": "2026-11-20"}

    found = times(run(context_of(ana), "get_available_slots", **week, time="15:00"))

    assert found == ["17 15:00", "19 15:00", "20 15:00"]


def test_past_days_are_not_offered(ana: Professional) -> None:
    assert all(one >= "16" for one in times(run(context_of(ana), "get_available_slots", date="2026-11-02")))


def test_time_beyond_the_horizon_is_explained(ana: Professional) -> None:
    outcome = run(context_of(ana), "get_available_slots", date="2027-06-01")

    assert outcome.payload["why_not"] == "A agenda ainda não está aberta até essa data."


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"date": "19/11/2026"},
        {"date": "2026-02-30"},
        {"date": "amanhã"},
        {"date": "2026-11-19", "time": "25:00"},
        {"date": "2026-11-19", "time": "15:00Z"},
        {"date_from": "2026-11-19", "date_to": "2026-12-25"},
        {"date_from": "2026-11-19", "date_to": "2026-11-18"},
        {"date": "2026-11-19", "part_of_day": "dawn"},
        {"date": "2026-11-19", "professional_id": 2},
    ],
)
def test_wrong_arguments_are_explained(ana: Professional, arguments: dict[str, Any]) -> None:
    """I4, L9"""
    assert code(run(context_of(ana), "get_available_slots", **arguments)) == "invalid_arguments"


def test_unknown_service_names_the_known_ones(ana: Professional) -> None:
    outcome = run(context_of(ana), "get_available_slots", **THURSDAY, service="Massagem")

    assert code(outcome) == "unknown_service"
    assert "Sessão individual, Sessão de casal" in outcome.payload["error"]["hint"]


def test_open_hold_of_the_client_counts_as_free(ana: Professional) -> None:
    context = context_of(ana, "quinta às 15h, meu nome é Caio")
    run(context, "book_appointment", **AT_THREE, client_name="Caio")

    assert times(run(context, "get_available_slots", **AT_THREE))[0] == "19 15:00"


# Booking


def test_offered_time_is_held_and_not_booked(ana: Professional) -> None:
    """L17"""
    context = context_of(ana)
    run(context, "get_available_slots", **AT_THREE)
    outcome = run(context, "book_appointment", **AT_THREE, client_name="Caio Martins")

    assert (outcome.payload["status"], context.asked) == ("waiting_for_yes", True)
    assert conversing.agenda(ana) == ["19/11 15:00 Sessão individual held"]


def test_time_of_another_talk_is_not_offered_here(ana: Professional) -> None:
    """L13"""
    run(context_of(ana, address=cast.DORA_ADDRESS), "get_available_slots", **AT_THREE)

    assert code(run(context_of(ana), "book_appointment", **AT_THREE, client_name="Caio")) == "not_offered"


def test_words_of_the_client_count_as_offered(ana: Professional) -> None:
    assert run(context_of(ana, "sou o Caio, quinta às 15h"), "book_appointment", **AT_THREE, client_name="Caio").ok


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("sou o Caio, sexta às 15h", "19 15:00"),
        ("sou o Caio, quinta às 16h", "19 15:00"),
        ("sou o Caio, semana que vem", "19 15:00"),
    ],
)
def test_client_overrules_the_model(ana: Professional, text: str, offered: str) -> None:
    """L14"""
    context = context_of(ana, text)
    assert offered in times(run(context, "get_available_slots", **AT_THREE))

    outcome = run(context, "book_appointment", **AT_THREE, client_name="Caio")

    assert code(outcome) == "not_offered"
    assert "O cliente disse" in outcome.payload["error"]["hint"]
    assert not Appointment.objects.exists()


def test_unclear_day_is_asked_for(ana: Professional) -> None:
    """L14, I4"""
    context = context_of(ana, "sou o Caio, segunda às 15h")

    outcome = run(context, "book_appointment", date="2026-11-23", time="15:00", client_name="Caio")

    assert code(outcome) == "not_offered"
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "123", "😀", "a@b.c", "Cliente", "João Silva"])
def test_name_is_needed(ana: Professional, name: str) -> None:
    outcome = run(context_of(ana, "sou o Caio, quinta às 15h"), "book_appointment", **AT_THREE, client_name=name)

    assert code(outcome) == "name_needed"
    assert not Client.objects.exists()


def test_attendee_is_kept_beside_the_client(ana: Professional) -> None:
    run(
        context_of(ana, "sou o Caio, quinta às 15h"),
        "book_appointment",
        **AT_THREE,
        client_name="Caio",
        for_whom="Júlia",
    )

    appointment = Appointment.objects.get()
    assert (appointment.client.name, appointment.attendee) == ("Caio", "Júlia")


def test_second_question_of_a_turn_is_refused(ana: Professional) -> None:
    """L12"""
    context = context_of(ana, "sou o Caio, quinta às 15h")
    run(context, "book_appointment", **AT_THREE, client_name="Caio")
    outcome = run(context, "book_appointment", **AT_THREE, client_name="Caio", service="Sessão de casal")

    assert code(outcome) == "question_open"
    assert Appointment.objects.count() == 1


def test_refused_booking_leaves_no_trace(ana: Professional) -> None:
    context = context_of(ana, "sou o Caio, quinta às 15h")
    cast.booked(cast.dora(ana), cast.at("2026-11-19 15:00"))
    before = context.state.model_copy(deep=True)

    assert code(run(context, "book_appointment", **AT_THREE, client_name="Caio")) == "slot_taken"

    assert context.state == before
    assert context.client is None
    assert not Client.objects.filter(name="Caio").exists()


def test_refused_booking_leaves_the_open_question(ana: Professional) -> None:
    cast.caio(ana)
    conversing.say(ana, "quinta às 15h")
    cast.booked(cast.dora(ana), cast.at("2026-11-20 10:00"))
    context = context_of(ana, "sou o Caio, sexta às 10h")
    before = context.state.model_copy(deep=True)

    outcome = run(context, "book_appointment", date="2026-11-20", time="10:00", client_name="Caio")

    assert (code(outcome), context.state) == ("slot_taken", before)
    assert "19/11 15:00 Sessão individual held" in conversing.agenda(ana)


def test_time_that_the_clocks_skip_is_refused() -> None:
    """T4"""
    ana = cast.ana(timezone="America/New_York", booking_horizon_days=200)
    context = context_of(ana)

    outcome = run(context, "book_appointment", date="2027-03-14", time="02:30", client_name="Caio")

    assert code(outcome) == "not_offered"


def test_known_name_is_kept(ana: Professional) -> None:
    cast.caio(ana)
    run(context_of(ana, "sou o Caio, quinta às 15h"), "book_appointment", **AT_THREE, client_name="Outro Nome")

    assert Client.objects.get().name == "Caio Martins"


# Own appointments


def test_own_appointments_are_listed(ana: Professional) -> None:
    one = cast.booked(cast.caio(ana), cast.at("2026-11-19 15:00"))
    cast.booked(cast.dora(ana), cast.at("2026-11-19 16:00"))

    coming = run(context_of(ana), "list_my_appointments").payload["coming"]

    assert [row["reference"] for row in coming] == [one.reference]
    assert (coming[0]["weekday"], coming[0]["time"]) == ("quinta-feira", "15:00")


CHANGES: list[Callable[[Context, str], Outcome]] = [
    lambda context, reference: run(context, "cancel_appointment", reference=reference),
    lambda context, reference: run(context, "reschedule_appointment", reference=reference, **AT_THREE),
]


@pytest.mark.parametrize("change", CHANGES, ids=["cancel", "move"])
@pytest.mark.parametrize("whose", ["dora", "bruno", "nobody"])
def test_reference_of_somebody_else_does_not_exist(
    ana: Professional, change: Callable[[Context, str], Outcome], whose: str
) -> None:
    """N3, P1"""
    references = {
        "dora": cast.booked(cast.dora(ana), cast.at("2026-11-18 16:00")).reference,
        "bruno": cast.booked(cast.caio(cast.bruno()), cast.at("2026-11-18 16:00")).reference,
        "nobody": "ZZZZZZ",
    }
    cast.caio(ana)

    outcome = change(context_of(ana, "sou o Caio, quinta às 15h"), references[whose])

    assert outcome.payload["error"]["message"] == "Não encontrei esse horário."
    assert Appointment.objects.filter(status="confirmed").count() == 2


@pytest.mark.parametrize("spelling", ["lower", "blanks"])
def test_reference_is_read_in_any_spelling(ana: Professional, spelling: str) -> None:
    reference = cast.booked(cast.caio(ana), cast.at("2026-11-19 15:00")).reference
    typed = reference.lower() if spelling == "lower" else f" {reference} "

    assert run(context_of(ana), "cancel_appointment", reference=typed).ok


def test_cancelling_asks_first(ana: Professional) -> None:
    reference = cast.booked(cast.caio(ana), cast.at("2026-11-19 15:00")).reference

    outcome = run(context_of(ana), "cancel_appointment", reference=reference)

    assert outcome.payload["status"] == "waiting_for_yes"
    assert conversing.agenda(ana) == ["19/11 15:00 Sessão individual confirmed"]


@pytest.mark.parametrize("change", CHANGES, ids=["cancel", "move"])
def test_cut_off_is_kept(ana: Professional, change: Callable[[Context, str], Outcome]) -> None:
    reference = cast.booked(cast.caio(ana), cast.at("2026-11-16 15:00")).reference

    assert code(change(context_of(ana, "sou o Caio, quinta às 15h"), reference)) == "cutoff_passed"


def test_move_keeps_the_old_time_until_the_yes(ana: Professional) -> None:
    old = cast.booked(cast.caio(ana), cast.at("2026-11-18 10:00"))

    run(context_of(ana, "mudar para quinta às 15h"), "reschedule_appointment", reference=old.reference, **AT_THREE)

    old.refresh_from_db()
    assert old.starts_at == cast.at("2026-11-18 10:00")
    assert Appointment.objects.get(replaces=old).status == "held"


# Information and people


def test_information_is_complete(ana: Professional) -> None:
    told = run(context_of(ana), "get_professional_info").payload

    assert told["services"][1] == {"name": "Sessão de casal", "minutes": 80, "price": "320.00"}
    assert told["hours"] == ["segunda a sexta 09:00–12:00, 13:00–18:00"]
    assert (told["address"], told["cancellation"]) == (
        "Rua Augusta, 1200",
        "Você pode cancelar ou remarcar por aqui até 24 horas antes.",
    )


def test_information_has_nothing_private(ana: Professional) -> None:
    """V7"""
    told = str(run(context_of(ana), "get_professional_info").payload)

    assert "@" not in told
    assert cast.ANA_NUMBER not in told


def test_person_is_called_once(ana: Professional) -> None:
    context = context_of(ana)
    run(context, "ask_human", reason="prefere falar")

    conversation = conversing.conversation_of(ana)
    assert (conversation.human_reason, context.handed_over) == ("prefere falar", True)
    assert ana.outbound.filter(medium="email").count() == 1
