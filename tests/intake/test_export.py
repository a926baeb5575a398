"""What is handed to a person who asks for it: all of theirs, and nothing of anybody else's."""

import io
import json
import zipfile

import pytest

from intake import export, notices
from scheduling import booking, clients
from scheduling.models import AuditEntry, Client, Professional
from tests import cast
from tests.intake import conversing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def caio(ana: Professional) -> Client:
    caio = cast.caio(ana)
    clients.change(caio, name="Caio Martins", phone="+5511987654321", email="caio@example.com")
    clients.write_notes(caio, "prefere <b>manhãs</b>")
    conversing.say(ana, "quinta às 15h", "sim")
    booking.cancel(caio.appointments.get(), actor=booking.professional_actor(), reason="viagem")
    notices.announce_pending()
    return caio


def test_record_holds_all_that_is_kept(caio: Client) -> None:
    """V1: appointments with their events, messages of both sides, addresses, notes."""
    told = export.gather(caio)

    assert (told["name"], told["phone"], told["email"]) == ("Caio Martins", "+5511987654321", "caio@example.com")
    assert told["notes"] == "prefere <b>manhãs</b>"
    assert told["addresses"] == [cast.CAIO_ADDRESS]
    appointment = told["appointments"][0]
    assert (appointment["starts_at"], appointment["cancel_reason"]) == ("2026-11-19T15:00:00-03:00", "viagem")
    assert [event["kind"] for event in appointment["events"]] == ["held", "confirmed", "cancelled"]
    messages = told["conversations"][0]["messages"]
    assert [one["text"] for one in messages if one["from"] == "client"] == ["quinta às 15h", "sim"]
    assert any(one["text"].startswith("Marcado") for one in messages if one["from"] == "reception")


def test_record_holds_nothing_of_others(ana: Professional, caio: Client) -> None:
    """V1, N1, N3: neither Dora's data nor what the same person has with Bruno."""
    dora = cast.dora(ana)
    clients.change(dora, name="Dora Alves", phone=None, email="dora@example.com")
    cast.booked(dora, cast.at("2026-11-20 15:00"))
    conversing.say(ana, "segredo da Dora", address=cast.DORA_ADDRESS)
    bruno = cast.bruno()
    cast.booked(cast.caio(bruno), cast.at("2026-11-20 16:00"))
    conversing.say(bruno, "corte secreto")

    told = json.dumps(export.gather(caio), ensure_ascii=False)

    for foreign in ("Dora", "dora@", "segredo", "Bruno", "Corte", "corte secreto"):
        assert foreign not in told


def test_package_is_for_machines_and_for_people(ana: Professional, caio: Client) -> None:
    """V1, I2: what was written stands there as it was written, and runs nothing."""
    with zipfile.ZipFile(io.BytesIO(export.package(caio, user=ana.user))) as packed:
        assert json.loads(packed.read("data.json")) == export.gather(caio)
        page = packed.read("data.html").decode()

    assert "quinta às 15h" in page
    assert "prefere &lt;b&gt;manhãs&lt;/b&gt;" in page
    assert "<b>manhãs" not in page


def test_export_leaves_a_line(ana: Professional, caio: Client) -> None:
    """V1, V6"""
    export.package(caio, user=ana.user)

    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.data, entry.user) == ("client_exported", {"client": caio.pk}, ana.user)
