"""One person is one client of a professional, in whatever form WhatsApp writes the number."""

import pytest

from scheduling import clients, selectors
from scheduling.models import Client, ClientAddress
from tests import cast

pytestmark = pytest.mark.django_db

SHORT = "whatsapp:+551187654321"
LONG = "whatsapp:+5511987654321"


@pytest.mark.parametrize(("first", "second"), [(SHORT, LONG), (LONG, SHORT), (LONG, LONG)])
def test_both_forms_of_the_ninth_digit_are_one_client(first: str, second: str) -> None:
    ana = cast.ana()
    known = clients.register(ana, address=first, name="Caio")
    again = clients.register(ana, address=second)
    assert again == known
    assert again.phone == "+5511987654321"
    assert again.address == second
    assert {row.address for row in known.addresses.all()} == {first, second}


@pytest.mark.parametrize("form", [SHORT, LONG])
def test_find_client_knows_either_form(form: str) -> None:
    ana = cast.ana()
    assert selectors.find_client(ana, form) is None
    known = clients.register(ana, address=SHORT)
    assert selectors.find_client(ana, form) == known


def test_a_landline_and_a_new_mobile_are_two_clients() -> None:
    ana = cast.ana()
    landline = clients.register(ana, address="whatsapp:+551133334444")
    assert clients.register(ana, address="whatsapp:+5511933334444") != landline


def test_an_address_without_a_phone_is_a_client_too() -> None:
    """W18"""
    ana = cast.ana()
    known = clients.register(ana, address="whatsapp:BR.1502AbC", name="Caio")
    assert known.phone is None
    assert clients.register(ana, address="whatsapp:BR.1502AbC") == known
    assert clients.register(ana, address="whatsapp:BR.1502aBC") != known


def test_a_known_name_is_kept_and_an_unknown_one_filled_in() -> None:
    ana = cast.ana()
    clients.register(ana, address=LONG)
    assert clients.register(ana, address=LONG, name="Caio").name == "Caio"
    assert clients.register(ana, address=LONG, name="Somebody else").name == "Caio"


def test_the_same_person_at_another_professional_is_another_client() -> None:
    """N3"""
    mine, theirs = cast.caio(cast.ana()), cast.caio(cast.bruno())
    assert mine != theirs
    assert selectors.find_client(mine.professional, LONG) == mine
    assert selectors.find_client(theirs.professional, LONG) == theirs


def test_an_address_moved_to_a_merged_record_stays_there() -> None:
    ana = cast.ana()
    twice, kept = clients.register(ana, address=LONG), clients.register(ana, address="whatsapp:BR.1502")
    ClientAddress.objects.filter(client=twice).update(client=kept)
    twice.delete()
    assert clients.register(ana, address=LONG) == kept


def test_registering_again_does_not_undo_what_the_professional_wrote_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ana = cast.ana()
    known = clients.register(ana, address=LONG)
    stale = Client.objects.get(pk=known.pk)
    Client.objects.filter(pk=known.pk).update(notes="allergic to lavender")
    monkeypatch.setattr(selectors, "find_client", lambda *_: stale)
    clients.register(ana, address=SHORT, name="Caio")
    known.refresh_from_db()
    assert (known.notes, known.name, known.address) == ("allergic to lavender", "Caio", SHORT)


@pytest.mark.parametrize("form", [SHORT, LONG])
def test_a_client_entered_by_hand_is_known_by_the_phone(form: str) -> None:
    ana = cast.ana()
    by_hand = Client.objects.create(professional=ana, name="Caio", phone="+5511987654321")
    assert clients.register(ana, address=form) == by_hand


def test_a_phone_that_two_clients_share_tells_nobody_apart() -> None:
    ana = cast.ana()
    shared = [Client.objects.create(professional=ana, name=name, phone="+5511987654321") for name in ("Lia", "Caio")]
    assert clients.register(ana, address=LONG) not in shared


def test_a_phone_at_another_professional_is_nobody_here() -> None:
    """N3"""
    Client.objects.create(professional=cast.bruno(), name="Caio", phone="+5511987654321")
    assert selectors.find_client(cast.ana(), LONG) is None


def test_name_of_somebody_new_is_corrected() -> None:
    ana = cast.ana()
    client = clients.register(ana, address=cast.CAIO_ADDRESS, name="Caio Matins")

    assert clients.correct_name(client, "Caio Martins")
    assert Client.objects.get().name == "Caio Martins"


def test_name_in_the_books_is_the_professionals_to_change() -> None:
    client = cast.caio(cast.ana())
    cast.booked(client, cast.next_weekday(0))

    assert not clients.correct_name(client, "Mallory")
    assert Client.objects.get().name == client.name
