"""Clients as the professional finds, corrects and notes them; another's are nowhere."""

import logging
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from intake import records
from intake.models import Conversation
from scheduling import clients
from scheduling.models import Appointment, Client, Professional
from tests import cast

pytestmark = pytest.mark.django_db

Status = Appointment.Status
DAY = timedelta(days=1)
# What breaks programs that trust what people type.
NAUGHTY = [
    "<script>alert(1)</script>",
    "'; DROP TABLE scheduling_client; --",
    "{{ settings.SECRET_KEY }}{% load x %}",
    "%(name)s %s %d",
    "=HYPERLINK('http://x')",
    "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤",
    "👩‍👩‍👧‍👧 🏳️‍🌈",
    "\u202eRTL\u202c \u200b\ufeff",
    "Ω≈ç√∫˜µ≤≥÷",
    "../../etc/passwd",
    "null",
    "1/0",
    "ﷺ",
    "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
]


def person(professional: Professional, name: str, number: int = 0, **fields: object) -> Client:
    address = f"whatsapp:+55119876500{number:02}"
    client = clients.register(professional, address=address, name=name)
    for field, value in fields.items():
        setattr(client, field, value)
    client.save()
    return client


def text(browser: Browser, path: str = "/clients/", **query: str) -> str:
    answer = browser.get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


def order(browser: Browser, *names: str, **query: str) -> list[str]:
    """Return the names in the order in which the page has them."""
    page = text(browser, **query)
    return sorted((name for name in names if f">{name}</a>" in page), key=lambda name: page.index(f">{name}</a>"))


def test_stranger_is_asked_to_log_in() -> None:
    assert Browser().get("/clients/").headers["Location"] == "/accounts/login/?next=/clients/"


def test_empty_list_says_what_to_do(browser: Browser) -> None:
    page = text(browser)
    assert "Nenhum cliente ainda" in page
    assert "Novo cliente" in page


def test_list_shows_its_own_people_alone(browser: Browser, ana: Professional) -> None:
    """N1, N3: the same person with another professional is another record."""
    cast.caio(ana)
    theirs = cast.caio(cast.bruno())
    clients.change(theirs, name="Caio de Bruno", phone=None, email="")
    cast.dora(theirs.professional)

    page = text(browser) + text(browser, q="Caio") + text(browser, q="98765")

    assert "Caio Martins" in page
    assert "Caio de Bruno" not in page
    assert "Dora" not in page


PAGES = ["client", "client-edit", "client-merge", "client-erase"]
DEEDS = ["client-edit", "client-notes", "client-block", "client-merge", "client-export", "client-erase"]


@pytest.mark.parametrize("name", PAGES)
def test_anothers_client_does_not_exist(browser: Browser, name: str) -> None:
    """N1: the same 404 as for one that is missing, whose id is out of range, or who was erased."""
    theirs = cast.caio(cast.bruno())
    for pk in (theirs.pk, theirs.pk + 999, 2**63, 10**30):
        assert browser.get(reverse(name, args=[pk])).status_code == 404


@pytest.mark.parametrize("name", DEEDS)
def test_nothing_is_done_to_anothers_client(browser: Browser, name: str) -> None:
    """N1"""
    theirs = cast.caio(cast.bruno())
    form = {"name": "X", "notes": "X", "on": "1", "sure": "1", "with": str(theirs.pk)}
    for pk in (theirs.pk, theirs.pk + 999):
        assert browser.post(reverse(name, args=[pk]), form).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.name, theirs.notes, theirs.is_blocked, theirs.erased_at) == ("Caio Martins", "", False, None)


@pytest.mark.parametrize("method", ["get", "post"])
def test_anothers_client_is_no_record_to_merge_with(browser: Browser, ana: Professional, method: str) -> None:
    """N1"""
    own, theirs = cast.dora(ana), cast.caio(cast.bruno())
    for other in (theirs.pk, theirs.pk + 999):
        answer = getattr(browser, method)(reverse("client-merge", args=[own.pk]), {"with": other})
        assert answer.status_code == 404
    assert Client.objects.count() == 2


@pytest.mark.parametrize("typed", ["", "x", "²", "-1", "9" * 40, "\x00", "1 OR 1=1"])
def test_odd_record_to_merge_with_is_none(browser: Browser, ana: Professional, typed: str) -> None:
    """I2"""
    own = cast.dora(ana)
    assert browser.get(reverse("client-merge", args=[own.pk]), {"with": typed}).status_code in (200, 404)
    assert browser.post(reverse("client-merge", args=[own.pk]), {"with": typed}).status_code in (200, 404)
    assert browser.get(reverse("client-merge", args=[own.pk]), {"with": own.pk}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("joão", ["João da Silva"]),
        ("JOAO", ["João da Silva"]),
        ("silva joao", ["João da Silva"]),
        ("joa\u0303o", ["João da Silva"]),
        ("  jo ", ["João da Silva", "Jorge"]),
        ("11 91234-5678", ["João da Silva"]),
        ("(11) 1234-5678", []),
        ("+55 11 8765-4321", ["Jorge"]),
        ("11 98765-4321", ["Jorge"]),
        ("011987654321", ["Jorge"]),
        ("87654321", ["Jorge"]),
        ("98765", ["Jorge"]),
        ("5511 8765", ["Jorge"]),
        ("JORGE@EXAMPLE", ["Jorge"]),
        ("zé", []),
        ("%", []),
        ("_", []),
    ],
)
def test_search_takes_names_phones_and_emails(
    browser: Browser, ana: Professional, typed: str, found: list[str]
) -> None:
    clients.enter(ana, name="João da Silva", phone="+5511912345678", email="", notes="")
    jorge = clients.register(ana, address="whatsapp:+551187654321", name="Jorge")
    clients.change(jorge, name="Jorge", phone=jorge.phone, email="jorge@example.com")

    assert order(browser, "João da Silva", "Jorge", q=typed) == found


def test_search_that_finds_nobody_says_so(browser: Browser, ana: Professional) -> None:
    cast.caio(ana)
    assert "Ninguém encontrado" in text(browser, q="zzz")


def test_names_are_in_the_order_of_the_alphabet(browser: Browser, ana: Professional) -> None:
    names = ["Álvaro", "ana", "Ângela", "Bruna", "Çelik", "Zé"]
    for number, name in enumerate(reversed(names)):
        person(ana, name, number)

    assert order(browser, *names) == names


def test_other_orders(browser: Browser, ana: Professional) -> None:
    now = timezone.now()
    often, soon, never = person(ana, "Bia", 1), person(ana, "Caco", 2), person(ana, "Alda", 3)
    cast.on_record(often, now - 9 * DAY, status=Status.NO_SHOW)
    cast.on_record(often, now - 8 * DAY, status=Status.COMPLETED)
    cast.on_record(soon, now - 7 * DAY, status=Status.COMPLETED)
    cast.on_record(soon, now + 2 * DAY)
    cast.on_record(often, now + 3 * DAY)
    names = [often.name, soon.name, never.name]

    assert order(browser, *names, sort="next") == ["Caco", "Bia", "Alda"]
    assert order(browser, *names, sort="last") == ["Caco", "Bia", "Alda"]
    assert order(browser, *names, sort="no-shows") == ["Bia", "Caco", "Alda"]


@pytest.mark.parametrize("sort", ["", "x", "name'--", "NEXT", "\x00", "next "])
@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "99999999", "9" * 5000, "\x00"])
def test_order_and_page_that_are_none_are_the_first(
    browser: Browser, ana: Professional, sort: str, number: str
) -> None:
    """I2"""
    cast.caio(ana)
    assert "Caio Martins" in text(browser, sort=sort, page=number)


@pytest.mark.parametrize("typed", [*NAUGHTY, "\x00", "a" * 5000, "\\", "'", '"'])
def test_odd_search_is_only_a_search(browser: Browser, ana: Professional, typed: str) -> None:
    """I2"""
    cast.caio(ana)
    page = text(browser, q=typed)
    assert "<script>alert" not in page
    assert browser.get(reverse("client-merge", args=[Client.objects.get().pk]), {"q": typed}).status_code == 200


def test_half_a_surrogate_in_a_search_is_no_error(browser: Browser) -> None:
    """I2"""
    assert browser.get("/clients/?q=%ED%A0%80&sort=%ED%A0%80&page=%ED%A0%80").status_code == 200


def test_rate_has_its_base(browser: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    for number in range(13):
        status = Status.NO_SHOW if number < 2 else Status.COMPLETED
        cast.on_record(caio, timezone.now() - (number + 1) * DAY, status=status)
    cast.on_record(caio, timezone.now() - 20 * DAY, status=Status.CANCELLED)

    for page in (text(browser), text(browser, reverse("client", args=[caio.pk]))):
        assert "15,4%" in page
        assert "2 de 13" in page


def test_person_is_shown_with_all_that_was_agreed(browser: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    cast.on_record(caio, cast.at("2026-01-12 10:00"), status=Status.COMPLETED, attendee="Lia")
    cast.on_record(caio, cast.at("2026-01-13 10:00"), status=Status.CANCELLED)
    cast.on_record(caio, cast.at("2026-01-14 10:00"), status=Status.COMPLETED, is_trial=True)
    coming = cast.on_record(caio, cast.next_weekday(0))
    talk = Conversation.objects.create(professional=ana, channel="whatsapp", address=cast.CAIO_ADDRESS)

    page = text(browser, reverse("client", args=[caio.pk]))

    assert "12/01/2026" in page
    assert "Sessão individual · Lia" in page
    assert "13/01/2026" in page
    assert "14/01/2026" not in page
    assert "R$ 200,00" in page
    assert f'href="/agenda/{coming.pk}/"' in page
    assert f'href="/conversations/{talk.pk}/"' in page
    assert f'href="/agenda/new/?client={caio.pk}"' in page


def test_history_has_pages(browser: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    for number in range(25):
        cast.on_record(caio, cast.at("2026-01-01 10:00") + number * DAY, status=Status.COMPLETED)
    path = reverse("client", args=[caio.pk])

    assert "05/01/2026" not in text(browser, path)
    assert "05/01/2026" in text(browser, path, page="2")
    assert text(browser, path, page="x").count("Página 1 de 2") == 1


# Entering and correcting


def test_person_is_entered_by_hand(browser: Browser, ana: Professional) -> None:
    form = {"name": "  Lia   Prado ", "phone": "(11) 98765-4321", "email": "lia@example.com", "notes": "tímida"}
    answer = browser.post("/clients/new/", form)

    lia = Client.objects.get()
    assert (lia.name, lia.phone, lia.email, lia.notes) == ("Lia Prado", "+5511987654321", "lia@example.com", "tímida")
    assert lia.professional == ana
    assert answer.headers["Location"] == reverse("client", args=[lia.pk])
    assert "Cliente salvo." in text(browser, answer.headers["Location"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("11 98765-4321", "+5511987654321"),
        ("011 98765 4321", "+5511987654321"),
        ("1187654321", "+5511987654321"),
        ("+55 (11) 98765.4321", "+5511987654321"),
        ("5511987654321", "+5511987654321"),
        ("0055 11 98765-4321", "+5511987654321"),
        ("11 3123-4567", "+551131234567"),
        ("+351 912 345 678", "+351912345678"),
        ("", None),
    ],
)
def test_phone_is_kept_in_the_international_form(
    browser: Browser, ana: Professional, typed: str, kept: str | None
) -> None:
    browser.post("/clients/new/", {"name": "Lia", "phone": typed})
    assert Client.objects.get().phone == kept


@pytest.mark.parametrize("typed", ["123", "98765-4321", "onze", "11 98765-43210", "+", "００", "1" * 39, "😀"])
def test_what_is_no_phone_is_explained_beside_its_field(browser: Browser, ana: Professional, typed: str) -> None:
    answer = browser.post("/clients/new/", {"name": "Lia", "phone": typed})
    page = answer.content.decode()

    assert answer.status_code == 400
    assert 'aria-describedby="phone-wrong"' in page
    assert "Escreva o DDD e o número" in page
    assert 'value="Lia"' in page
    assert not Client.objects.exists()


def test_name_and_email_are_explained_beside_their_fields(browser: Browser) -> None:
    page = browser.post("/clients/new/", {"name": " ", "email": "lia@"}).content.decode()
    assert "Escreva o nome" in page
    assert "Este não é um e-mail" in page
    assert page.count('aria-invalid="true"') == 2


def test_contact_is_corrected_and_the_rest_stays(browser: Browser, ana: Professional) -> None:
    caio = person(ana, "Caio", 1, notes="fica", is_blocked=True)
    path = reverse("client-edit", args=[caio.pk])
    assert 'value="+55 11 98765-0001"' in text(browser, path)

    browser.post(path, {"name": "Caio Martins", "phone": "+55 11 98765-0001", "email": "c@example.com"})

    caio.refresh_from_db()
    assert (caio.name, caio.phone, caio.email) == ("Caio Martins", "+5511987650001", "c@example.com")
    assert (caio.notes, caio.is_blocked) == ("fica", True)


def test_phone_that_stands_there_already_needs_no_proof(browser: Browser, ana: Professional) -> None:
    """A number that WhatsApp itself gave keeps nobody from correcting the name."""
    caio = person(ana, "Caio", 1, phone="+5500123456")
    page = browser.post(reverse("client-edit", args=[caio.pk]), {"name": "Caio M.", "phone": "+5500123456"})

    caio.refresh_from_db()
    assert (page.status_code, caio.name, caio.phone) == (302, "Caio M.", "+5500123456")


@pytest.mark.parametrize("typed", NAUGHTY)
def test_odd_names_and_notes_come_back_as_they_were_typed(browser: Browser, ana: Professional, typed: str) -> None:
    """I2: stored as typed, escaped where they are shown."""
    browser.post("/clients/new/", {"name": typed, "notes": typed})
    client = Client.objects.get()

    assert (client.name, client.notes) == (" ".join(typed.split()), typed)
    for path in (reverse("client", args=[client.pk]), reverse("client-edit", args=[client.pk]), "/clients/"):
        page = text(browser, path)
        assert "<script>alert" not in page
        assert "style=" not in page


@pytest.mark.parametrize("field", ["name", "phone", "email", "notes"])
def test_nul_is_refused_beside_its_field(browser: Browser, ana: Professional, field: str) -> None:
    """I2: PostgreSQL could not keep it."""
    form = {"name": "Lia"} | {field: "a\x00b"}
    assert browser.post("/clients/new/", form).status_code == 400
    assert not Client.objects.exists()


# Notes, blocking


def test_notes_are_kept(browser: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    written = "  linha 1\r\nlinha 2 <b>"
    answer = browser.post(reverse("client-notes", args=[caio.pk]), {"notes": written})

    caio.refresh_from_db()
    assert caio.notes == "  linha 1\nlinha 2 <b>"
    page = text(browser, answer.headers["Location"])
    assert "Anotações salvas." in page
    assert "linha 2 &lt;b&gt;" in page


@pytest.mark.parametrize("typed", ["a\x00b", "x" * 20_001])
def test_notes_that_cannot_be_kept_are_explained_and_not_lost(browser: Browser, ana: Professional, typed: str) -> None:
    """I2"""
    caio = cast.caio(ana)
    answer = browser.post(reverse("client-notes", args=[caio.pk]), {"notes": typed})

    assert answer.status_code == 400
    assert 'id="notes-wrong"' in answer.content.decode()


def test_blocking_is_said_shown_and_taken_back(browser: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    path = reverse("client-block", args=[caio.pk])
    browser.post(path, {"on": "1"})
    page = text(browser, reverse("client", args=[caio.pk]))

    assert "Bloqueado. A recepção não responde mais." in page
    assert "Desfazer" in page
    assert "Bloqueado" in text(browser)
    browser.post(path, {"on": "0"})
    caio.refresh_from_db()
    assert not caio.is_blocked


def test_erased_person_is_nowhere(browser: Browser, ana: Professional) -> None:
    """V2"""
    caio = cast.caio(ana)
    records.erase(caio, user=None)

    assert "Nenhum cliente ainda" in text(browser)
    assert browser.get(reverse("client", args=[caio.pk])).status_code == 404


def test_record_that_may_be_the_same_person_is_pointed_out(browser: Browser, ana: Professional) -> None:
    caio = cast.caio(ana)
    clients.enter(ana, name="C. Martins", phone="+5511987654321", email="", notes="")
    bruno = cast.bruno()
    clients.enter(bruno, name="Caio Martins", phone="+5511987654321", email="", notes="")

    page = text(browser, reverse("client", args=[caio.pk]))

    assert "C. Martins pode ser a mesma pessoa." in page


# Figures, privacy of lines


def test_pages_take_at_most_twelve_queries(
    browser: Browser, ana: Professional, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        client = person(ana, f"Pessoa {number:02}", number)
        cast.on_record(client, timezone.now() - (number + 1) * DAY, status=Status.COMPLETED)
        cast.on_record(client, timezone.now() + (number + 1) * DAY)
    for query in ({}, {"q": "pessoa 1"}, {"q": "98765", "sort": "next"}, {"sort": "no-shows"}, {"page": "2"}):
        with django_assert_max_num_queries(12):
            page = browser.get("/clients/", query).content
        assert b"Pessoa" in page
        assert len(page) < 150_000
    for name in PAGES:
        with django_assert_max_num_queries(12):
            assert browser.get(reverse(name, args=[client.pk])).status_code == 200


def test_log_lines_name_nobody(browser: Browser, ana: Professional, caplog: pytest.LogCaptureFixture) -> None:
    """V6: neither names nor phones nor notes stand in a line about any of these pages."""
    caplog.set_level(logging.DEBUG)
    browser.post("/clients/new/", {"name": "Karina Canário", "phone": "11 98765-4321", "notes": "alergia"})
    karina = Client.objects.get()
    other = person(ana, "Karina Dois", 7)
    browser.get("/clients/", {"q": "Karina Canário"})
    browser.post(reverse("client-notes", args=[karina.pk]), {"notes": "alergia a jasmim"})
    browser.post(reverse("client-block", args=[karina.pk]), {"on": "1"})
    browser.post(reverse("client-merge", args=[karina.pk]), {"with": other.pk})
    browser.post(reverse("client-export", args=[karina.pk]))
    browser.post("/clients/export/")
    browser.post(reverse("client-erase", args=[karina.pk]), {"sure": "1"})

    lines = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert "request" in lines
    for canary in ("Karina", "Can", "98765", "alergia", "jasmim"):
        assert canary not in lines


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["New client", "No-show rate", "2 clients."]), ("es", ["Nuevo cliente", "Tasa de ausencias"])],
)
def test_pages_speak_the_professionals_language(
    browser: Browser, ana: Professional, language: str, words: list[str]
) -> None:
    caio = cast.caio(ana)
    cast.on_record(caio, cast.next_weekday(0))
    cast.dora(ana)
    ana.language = language
    ana.save()

    page = text(browser)
    assert [word for word in words if word not in page] == []
    for name in PAGES:
        assert browser.get(reverse(name, args=[caio.pk])).status_code == 200


def test_dates_are_those_of_the_professionals_zone(browser: Browser, ana: Professional) -> None:
    """A visit at half past eleven at night in Rio Branco is the next day in UTC and still that day on the page."""
    ana.timezone = "America/Rio_Branco"
    ana.save()
    caio = cast.caio(ana)
    cast.on_record(caio, cast.at("2026-01-12 23:30", ana.timezone), status=Status.COMPLETED)
    Client.objects.update(created_at=cast.at("2026-01-01 22:00", ana.timezone))

    page = text(browser, reverse("client", args=[caio.pk]))

    assert "12/01/2026</span> 23:30" in page
    assert "01/01/2026" in page
    assert "12/01/2026" in text(browser)
