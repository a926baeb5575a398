"""The channel of programs: what reaches its people, and what they may have. Monday, 16 November 2026, 09:00."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from pytest_django import Settings

from intake import agent, api, notices
from intake.api import Cursor, Written
from intake.models import Conversation, OutboundMessage
from scheduling import booking, clients
from scheduling.models import Appointment, Client, Professional
from tests import cast
from tests.intake.conversing import agenda

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def say(professional: Professional, *words: str, address: str = "visitor") -> str:
    """Write for a person, each text answered and fetched; return the last answer."""
    told: list[str] = []
    for text in words:
        message, _ = api.receive(professional, Written(address, text))
        Conversation.objects.filter(pk=message.conversation_id).update(reply_due_at=Now())
        agent.reply(message.conversation_id)
        news = api.fetch(message.conversation_id, after=Cursor(heard=message.pk, handed_at=message.received_at))
        told = [row.body for row in news.rows]
    return "\n".join(told)


def visitor(professional: Professional, *, address: str = "visitor") -> Client:
    """Somebody who has written through a program before, and told name and phone."""
    say(professional, "oi", address=address)
    client = clients.register(professional, address=f"api:{address}", name="Caio Martins")
    clients.note_contact(client, phone="+5511987654321", email="")
    return client


def letters() -> list[OutboundMessage]:
    return list(OutboundMessage.objects.filter(medium="email").order_by("pk"))


def cancelled_by_hand(client: Client) -> None:
    appointment = cast.on_record(client, cast.at("2026-11-19 15:00"), source="api")
    booking.cancel(appointment, actor=booking.professional_actor())
    notices.announce_pending()


def test_appointment_booked_in_words_comes_from_the_api(ana: Professional) -> None:
    """The whole talk, without a model."""
    say(ana, "quero marcar quinta às 15h", "Caio Martins")
    assert "Confirma?" in say(ana, "pular")
    assert "Marcado" in say(ana, "sim")
    assert Appointment.objects.get().source == "api"


def test_others_bookings_of_an_hour_have_a_bound(ana: Professional, settings: Settings) -> None:
    """P9: invented people have no more than that together."""
    settings.API_BOOKINGS_PER_HOUR = 1
    for address in ("a", "b"):
        visitor(ana, address=address)
    say(ana, "quinta às 15h", "sim", address="a")
    assert "agendamentos demais" in say(ana, "quinta às 16h", address="b")
    assert agenda(ana) == ["19/11 15:00 Sessão individual confirmed"]


def test_what_is_cancelled_counts_within_the_hour(ana: Professional, settings: Settings) -> None:
    """P9"""
    settings.API_BOOKINGS_PER_HOUR = 1
    for address in ("a", "b"):
        visitor(ana, address=address)
    say(ana, "quinta às 15h", "sim", "cancelar", "sim", address="a")
    assert "agendamentos demais" in say(ana, "quinta às 16h", address="b")


def test_bound_leaves_people_on_whatsapp_and_later_hours_alone(ana: Professional, settings: Settings) -> None:
    """P9"""
    settings.API_BOOKINGS_PER_HOUR = 1
    cast.booked(cast.caio(ana), cast.at("2026-11-18 10:00"))
    late = cast.on_record(visitor(ana, address="a"), cast.at("2026-11-19 15:00"), source="api")
    Appointment.objects.filter(pk=late.pk).update(created_at=Now() - timedelta(hours=1))
    visitor(ana, address="b")
    assert "Confirma?" in say(ana, "quinta às 16h", address="b")


def test_one_person_may_change_their_mind_at_the_bound(ana: Professional, settings: Settings) -> None:
    """P9"""
    settings.API_BOOKINGS_PER_HOUR = 1
    visitor(ana)
    assert "16:00" in say(ana, "quinta às 15h", "melhor às 16h")


def test_moving_is_bound_as_well(ana: Professional, settings: Settings) -> None:
    """P9"""
    settings.API_BOOKINGS_PER_HOUR = 1
    for address in ("a", "b"):
        visitor(ana, address=address)
    cast.on_record(clients.register(ana, address="api:b"), cast.at("2026-11-20 10:00"), source="api")
    Appointment.objects.update(created_at=Now() - timedelta(hours=2))
    say(ana, "quinta às 15h", "sim", address="a")
    assert "agendamentos demais" in say(ana, "remarcar para quinta às 16h", address="b")


def test_news_that_nobody_fetches_reach_the_client_by_email(ana: Professional) -> None:
    """O7: the page is closed, and the appointment is off."""
    client = visitor(ana)
    clients.note_contact(client, phone="", email="caio@example.com")
    cancelled_by_hand(client)
    assert notices.reroute_undelivered() == 0
    OutboundMessage.objects.update(created_at=Now() - notices.UNFETCHED)
    assert notices.reroute_undelivered() == 1
    assert [letter.recipient for letter in letters()] == ["caio@example.com"]
    assert notices.reroute_undelivered() == 0


def test_news_that_nobody_fetches_are_the_professionals_to_tell(ana: Professional) -> None:
    """O7"""
    cancelled_by_hand(visitor(ana))
    OutboundMessage.objects.update(created_at=Now() - notices.UNFETCHED)
    notices.reroute_undelivered()
    [letter] = letters()
    assert letter.subject == "Não foi possível avisar Caio Martins pelo chat"
    assert "ninguém a recebeu" in letter.body
    assert "WhatsApp" not in letter.body


def test_news_that_were_fetched_are_told_once(ana: Professional) -> None:
    client = visitor(ana)
    cancelled_by_hand(client)
    api.fetch(Conversation.objects.get().pk, after=Cursor())
    OutboundMessage.objects.update(created_at=Now() - notices.UNFETCHED)
    assert notices.reroute_undelivered() == 0
    assert letters() == []


def test_opt_out_is_respected(ana: Professional) -> None:
    client = visitor(ana)
    say(ana, "PARAR")
    cancelled_by_hand(client)
    [letter] = letters()
    assert "pelo chat" in letter.subject


def test_call_for_a_person_says_that_it_is_a_chat(ana: Professional) -> None:
    assert "chamei Ana" in say(ana, "quero falar com uma pessoa", address="ana-7")
    [letter] = letters()
    assert letter.subject == "ana-7 está esperando por você no chat"


def test_flood_of_one_address_is_met_with_a_rest(ana: Professional, settings: Settings) -> None:
    """L22"""
    settings.TURNS_PER_HOUR = 2
    say(ana, "onde fica?", "e o estacionamento?", "tem wifi?")
    assert Conversation.objects.get().human_until is not None
    assert say(ana, "e agora?") == ""


def test_cursor_survives_being_told() -> None:
    cursor = Cursor(heard=7, handed_at=cast.MONDAY_MORNING + timedelta(microseconds=1), said=9)
    assert api.read_cursor(str(cursor)) == cursor
