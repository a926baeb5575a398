"""A conversation belongs to whoever is taken for its writer, also where it began before they were a client."""

import pytest

from intake import conversations
from intake.models import Conversation
from scheduling import clients
from scheduling.models import Client, Professional
from tests import cast

pytestmark = pytest.mark.django_db

LONG = "whatsapp:+5511981234567"
SHORT = "whatsapp:+551181234567"
PHONE = "+5511981234567"


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


def began(professional: Professional, address: str, *, channel: str = "whatsapp") -> Conversation:
    return Conversation.objects.create(professional=professional, channel=channel, address=address)


def entered(professional: Professional, name: str = "Karina") -> Client:
    return clients.enter(professional, name=name, phone=PHONE)


@pytest.mark.parametrize("address", [LONG, SHORT])
def test_phone_that_was_entered_finds_it_in_either_form(ana: Professional, address: str) -> None:
    talk = began(ana, address)
    assert list(conversations.of(entered(ana))) == [talk]


@pytest.mark.parametrize("address", [LONG, SHORT])
def test_address_finds_it_in_either_form(ana: Professional, address: str) -> None:
    talk = began(ana, address)
    assert list(conversations.of(clients.register(ana, address=LONG))) == [talk]


def test_phone_of_two_is_neither_s(ana: Professional) -> None:
    """A mother may have given hers for two children."""
    began(ana, LONG)
    two = [entered(ana), entered(ana, "Tobias")]
    assert [list(conversations.of(one)) for one in two] == [[], []]


def test_phone_that_another_writes_from_is_theirs(ana: Professional) -> None:
    talk = began(ana, SHORT)
    writer = clients.register(ana, address=LONG)
    assert list(conversations.of(entered(ana))) == []
    assert list(conversations.of(writer)) == [talk]


def test_phone_that_was_only_told_to_a_program_proves_nothing(ana: Professional) -> None:
    began(ana, LONG)
    told = clients.register(ana, address="api:karina")
    clients.note_contact(told, phone=PHONE, email="")
    assert list(conversations.of(told)) == []


def test_conversation_of_another_client_or_practice_is_not_theirs(ana: Professional) -> None:
    """N3."""
    Conversation.objects.filter(pk=began(ana, LONG).pk).update(client=cast.caio(ana))
    began(cast.bruno(), LONG)
    assert list(conversations.of(entered(ana))) == []
