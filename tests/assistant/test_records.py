"""Merging, handing out and erasing a client's record from the pages."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from intake.models import Conversation, InboundMessage
from scheduling import clients
from scheduling.models import Appointment, AuditEntry, Client, Professional
from tests import cast

pytestmark = pytest.mark.django_db


def page(browser: Browser, path: str, **query: str | int) -> str:
    answer = browser.get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(browser: Browser) -> list[list[str]]:
    answer = browser.post("/clients/export/")
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


# Merging


def test_other_record_is_looked_for_compared_and_merged(browser: Browser, ana: Professional) -> None:
    caio, dora = cast.caio(ana), cast.dora(ana)
    cast.booked(dora, cast.next_weekday(0))
    path = reverse("client-merge", args=[caio.pk])
    assert f"?with={dora.pk}" in page(browser, path, q="dora")

    compared = page(browser, path, **{"with": dora.pk})
    assert "Caio Martins fica e recebe tudo de Dora Alves." in compared
    assert "Outro telefone: +5511976543210" in compared
    assert Client.objects.count() == 2

    answer = browser.post(path, {"with": dora.pk})
    shown = page(browser, answer.headers["Location"])
    assert "Cadastros juntados." in shown
    assert "+55 11 97654-3210" in shown
    assert caio.appointments.count() == 1
    assert AuditEntry.objects.get().user == ana.user


def test_likely_records_are_offered_unasked(browser: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    twin = clients.enter(ana, name="CAIO MARTINS", phone=None, email="", notes="")
    assert f"?with={twin.pk}" in page(browser, reverse("client-merge", args=[caio.pk]))


def test_second_click_on_merge_changes_nothing(browser: Browser, ana: Professional) -> None:
    caio, dora = cast.caio(ana), cast.dora(ana)
    path = reverse("client-merge", args=[caio.pk])
    browser.post(path, {"with": dora.pk})
    assert browser.post(path, {"with": dora.pk}).status_code == 404
    assert AuditEntry.objects.count() == 1


# Handing out


def test_data_are_handed_out_as_a_file(browser: Browser, ana: Professional) -> None:
    """V1"""
    caio = cast.caio(ana)
    clients.write_notes(caio, "prefere manhãs")
    cast.dora(ana)
    answer = browser.post(reverse("client-export", args=[caio.pk]))

    assert answer.headers["Content-Disposition"] == 'attachment; filename="caio-martins.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        told = json.loads(packed.read("data.json"))
    assert (told["name"], told["notes"]) == ("Caio Martins", "prefere manhãs")
    assert "Dora" not in json.dumps(told)
    assert AuditEntry.objects.get().data == {"client": caio.pk}


@pytest.mark.parametrize("name", ["client-export", "client-block", "client-notes"])
def test_deeds_are_no_links(browser: Browser, ana: Professional, name: str) -> None:
    caio = cast.caio(ana)
    assert browser.get(reverse(name, args=[caio.pk])).status_code == 405
    assert browser.get("/clients/export/").status_code == 405


def test_list_is_handed_out_for_a_spreadsheet(browser: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    cast.on_record(caio, timezone.now() - timedelta(days=2), status=Appointment.Status.NO_SHOW)
    cast.dora(cast.bruno())
    head, *people = rows(browser)

    assert head[:3] == ["Nome", "Telefone", "E-mail"]
    assert people == [["Caio Martins", "55 11 98765-4321", "", "", "", "0", "1"]]
    assert AuditEntry.objects.get().data == {"clients": 1}


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://x";"a")', "+1+1", "-2+3", "@SUM(A1)", " =1+1", "＝1+1", "=cmd|' /C calc'!A0"]
)
def test_no_cell_runs_as_a_formula(browser: Browser, ana: Professional, name: str) -> None:
    """I3"""
    clients.enter(ana, name=name, phone="+5511987654321", email="=1+1@example.com", notes="=1")
    cells = rows(browser)[1]

    assert cells[0] == f"'{name}"
    assert cells[2] == "'=1+1@example.com"
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)


# Erasing


def test_erasing_asks_first_and_says_what_goes(browser: Browser, ana: Professional) -> None:
    """V2"""
    caio = cast.caio(ana)
    cast.booked(caio, cast.next_weekday(0))
    asked = page(browser, reverse("client-erase", args=[caio.pk]))

    assert "Apagar tudo sobre Caio Martins? Não dá para desfazer." in asked
    assert "1 horário futuro é cancelado, sem aviso ao cliente." in asked
    assert "Conversas inteiras com o assistente são apagadas se falam desta pessoa." in asked
    caio.refresh_from_db()
    assert caio.erased_at is None


def test_nothing_is_erased_without_the_tick(browser: Browser, ana: Professional) -> None:
    """V2"""
    caio = cast.caio(ana)
    answer = browser.post(reverse("client-erase", args=[caio.pk]))

    assert answer.status_code == 400
    assert "Marque a caixa para confirmar." in answer.content.decode()
    caio.refresh_from_db()
    assert caio.name == "Caio Martins"


def test_person_is_erased_with_what_was_said(browser: Browser, ana: Professional) -> None:
    """V2: the page afterwards, and the session that carries its sentence, name nobody."""
    caio = cast.caio(ana)
    talk = Conversation.objects.create(professional=ana, channel="whatsapp", address=cast.CAIO_ADDRESS, client=caio)
    InboundMessage.objects.create(conversation=talk, provider_sid="SM1", body="segredo")
    answer = browser.post(reverse("client-erase", args=[caio.pk]), {"sure": "1"})
    assert "Caio" not in json.dumps(dict(browser.session))

    shown = page(browser, answer.headers["Location"])
    assert "Apagado." in shown
    assert "Caio" not in shown
    assert not InboundMessage.objects.exists()
    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.user) == ("client_erased", ana.user)


def test_second_click_on_erase_is_a_404(browser: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    for status in (302, 404):
        assert browser.post(reverse("client-erase", args=[caio.pk]), {"sure": "1"}).status_code == status
    assert AuditEntry.objects.count() == 1
