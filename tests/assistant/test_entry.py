"""Booking by hand: who, what, when; obstacles explained once; series; nothing twice, nothing over another."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assistant import typed
from scheduling.models import Appointment, Client, Professional, TimeOff
from tests import cast

pytestmark = pytest.mark.django_db

NEW = "/agenda/new/"
Status = Appointment.Status


def form(ana: Professional, start: str, /, **changes: Any) -> dict[str, Any]:
    """What the page would send for Caio at that wall time, such as "2026-12-01 10:00"."""
    day, clock = start.split(" ")
    fields = {
        "token": uuid4().hex,
        "client": cast.caio(ana).pk,
        "service": ana.services.all()[0].pk,
        "date": day,
        "time": clock,
    }
    return fields | changes


def day(weekday: int = 1) -> str:
    return str(typed_day(weekday))


def typed_day(weekday: int) -> Any:
    return cast.next_weekday(weekday).date()


def text(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def test_time_is_booked_and_the_day_shown(browser: Browser, ana: Professional) -> None:
    answer = browser.post(NEW, form(ana, f"{day()} 10:00", attendee="Lia"), follow=True)
    booked = ana.appointments.get()
    assert (booked.status, booked.source, booked.attendee, booked.local_start.hour) == (
        Status.CONFIRMED,
        "dashboard",
        "Lia",
        10,
    )
    assert answer.redirect_chain == [(f"/?dia={day()}#a{booked.pk}", 302)]
    assert "Marcado para" in text(answer)
    assert booked.events.get().user == ana.user


def test_booking_is_taken_back_from_the_toast_and_made_again(browser: Browser, ana: Professional) -> None:
    """D5: undone, then the same form sent again, books again."""
    fields = form(ana, f"{day()} 10:00")
    page = text(browser.post(NEW, fields, follow=True))
    booked = ana.appointments.get()
    assert f'action="{reverse("appointment-cancel", args=[booked.pk])}"' in page
    browser.post(reverse("appointment-cancel", args=[booked.pk]))
    browser.post(NEW, fields)
    assert sorted(ana.appointments.values_list("status", flat=True)) == ["cancelled", "confirmed"]


def test_form_sent_twice_books_once(browser: Browser, ana: Professional) -> None:
    fields = form(ana, f"{day()} 10:00", client="new", name="Zélia Prado")
    for _ in range(2):
        assert browser.post(NEW, fields).status_code == 302
    assert ana.appointments.count() == Client.objects.filter(name="Zélia Prado").count() == 1


def test_old_form_with_other_words_is_another_booking(browser: Browser, ana: Professional) -> None:
    """The way back in a browser keeps the token: what one types then is not swallowed."""
    fields = form(ana, f"{day()} 10:00")
    browser.post(NEW, fields)
    browser.post(NEW, fields | {"time": "11:00"})
    assert ana.appointments.count() == 2


def test_start_and_client_of_the_address_are_filled_in(browser: Browser, ana: Professional) -> None:
    page = text(browser.get(NEW, {"start": f"{day()}T15:30", "client": str(cast.caio(ana).pk)}))
    assert f'value="{day()}"' in page
    assert 'value="15:30"' in page
    assert f'<input type="hidden" name="client" value="{cast.caio(ana).pk}">' in page


@pytest.mark.parametrize("start", ["", "ontem", "2026-02-30T10:00", "2026-11-30T25:60", "\x00", "9999-12-31T23:59"])
def test_start_that_is_none_is_left_empty(browser: Browser, start: str) -> None:
    """I4"""
    assert 'name="date" type="date" min="2000-01-01" max="2100-12-31" value=""' in text(
        browser.get(NEW, {"start": start})
    )


def test_others_clients_and_services_do_not_exist(browser: Browser, ana: Professional) -> None:
    """N1: in the address and in the form, the same 404 as for missing ones."""
    bruno = cast.bruno()
    theirs, corte = cast.dora(bruno), bruno.services.all()[0]
    for client in (theirs.pk, theirs.pk + 999, 10**17):
        assert browser.get(NEW, {"client": client}).status_code == 404
        assert browser.post(NEW, form(ana, f"{day()} 10:00", client=client)).status_code == 404
    for service in (corte.pk, corte.pk + 999, 10**17):
        assert browser.post(NEW, form(ana, f"{day()} 10:00", service=service)).status_code == 404
    assert not Appointment.objects.exists()


def test_search_finds_own_clients_without_accents(browser: Browser, ana: Professional) -> None:
    """N1: nobody of another professional is found."""
    client = cast.caio(ana)
    client.name = "Cáio Araújo"
    client.save()
    cast.caio(cast.bruno())
    page = text(browser.post(NEW, {"search": "1", "name": "CAIO ARAUJO"}))
    assert "Cáio Araújo" in page
    assert "Novo cliente: CAIO ARAUJO" in page
    assert "Caio Martins" not in page
    assert "aria-invalid" not in page


@pytest.mark.parametrize("typed", ["98765", "(11) 98765-4321", "11 8765-4321", "011 8765 4321"])
def test_search_finds_by_phone(browser: Browser, ana: Professional, typed: str) -> None:
    """With or without the ninth digit: whoever is not found would be entered once more."""
    cast.caio(ana)
    assert "Caio Martins" in text(browser.post(NEW, {"search": "1", "name": typed}))


def test_erased_client_is_not_offered(browser: Browser, ana: Professional) -> None:
    client = cast.caio(ana)
    client.erased_at = timezone.now()
    client.save()
    assert 'name="client" value="new"' in text(browser.post(NEW, {"search": "1", "name": "Caio"}))
    assert browser.post(NEW, form(ana, f"{day()} 10:00", client=client.pk)).status_code == 404


def test_namesake_has_to_be_chosen(browser: Browser, ana: Professional) -> None:
    page = text(browser.post(NEW, form(ana, f"{day()} 10:00", client="", name="caio")))
    assert "Escolha quem é" in page
    assert not ana.appointments.exists()


def test_unknown_name_is_a_new_client(browser: Browser, ana: Professional) -> None:
    browser.post(NEW, form(ana, f"{day()} 10:00", client="", name="Zélia Prado", phone="(11) 95555-4444"))
    booked = ana.appointments.get()
    assert (booked.client.name, booked.client.phone) == ("Zélia Prado", "+5511955554444")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"client": "", "name": ""}, "Informe para quem é"),
        ({"client": "new", "name": "123"}, "Informe um nome para o novo cliente."),
        ({"client": "new", "name": "Zélia", "phone": "12"}, "Isso não é um telefone."),
        ({"service": ""}, "Escolha um serviço."),
        ({"service": "x"}, "Escolha um serviço."),
        ({"date": "2027-02-30"}, "Essa data não existe."),
        ({"time": "24:00"}, "Essa hora não existe."),
        ({"time": "25:60"}, "Essa hora não existe."),
        ({"repeat": "1", "count": "1"}, "Informe quantas vezes, de 2 a 52."),
        ({"repeat": "1", "count": "999"}, "Informe quantas vezes, de 2 a 52."),
        ({"repeat": "1", "count": "x"}, 'id="count-wrong"'),
        ({"repeat": "1", "ends": "until", "until": ""}, "Informe o último dia"),
        ({"repeat": "1", "ends": "until", "until": "2020-01-01"}, "O último dia precisa vir depois"),
        ({"repeat": "7"}, 'id="repeat-wrong"'),
    ],
)
def test_what_is_wrong_is_said_next_to_its_field(
    browser: Browser, ana: Professional, changes: dict[str, str], said: str
) -> None:
    """I4: and everything else that was typed is still there."""
    page = text(browser.post(NEW, form(ana, f"{day()} 10:00", attendee="Lia", **changes)))
    assert said in page
    assert 'value="Lia"' in page
    assert not ana.appointments.exists()


def test_hour_that_the_clocks_skip_is_explained(browser: Browser) -> None:
    """T1, T4: midnight of 2018-11-04 in São Paulo, 02:30 of 2027-03-14 in New York."""
    ana = Professional.objects.get(user__email="ana@example.com")
    assert "00:30 não existe nesse dia" in text(browser.post(NEW, form(ana, "2018-11-04 00:30")))
    ana.timezone = "America/New_York"
    ana.save()
    assert "O próximo horário é 03:00." in text(browser.post(NEW, form(ana, "2027-03-14 02:30")))
    assert not ana.appointments.exists()


def test_hour_that_occurs_twice_is_the_first_and_has_its_offset(browser: Browser, ana: Professional) -> None:
    """T2, T4: 01:30 in New York on 2027-11-07."""
    ana.timezone = "America/New_York"
    ana.save()
    fields = form(ana, "2027-11-07 01:30")
    page = text(browser.post(NEW, fields))
    anyway = page.partition('name="anyway" value="')[2].partition('"')[0]
    page = text(browser.post(NEW, fields | {"anyway": anyway}, follow=True))
    assert ana.appointments.get().starts_at == cast.at("2027-11-07 01:30", "America/New_York")
    assert "01:30 (UTC-0400)" in page


def test_taken_time_is_refused_with_free_ones_beside_it(browser: Browser, ana: Professional) -> None:
    """D2: partly over another; a button books what is free."""
    cast.on_record(cast.dora(ana), cast.next_weekday(1, "15:00"))
    fields = form(ana, f"{day()} 15:30")
    page = text(browser.post(NEW, fields))
    assert "15:30 já está ocupado. Livres perto:" in page
    assert f'name="pick" value="{day()}T14:00"' in page
    browser.post(NEW, fields | {"pick": f"{day()}T14:00"})
    assert ana.appointments.get(client=cast.caio(ana)).local_start.hour == 14


def test_time_beside_another_is_booked(browser: Browser, ana: Professional) -> None:
    """D2: adjacent is not over."""
    cast.on_record(cast.dora(ana), cast.next_weekday(1, "15:00"))
    fields = form(ana, f"{day()} 15:50")
    browser.post(NEW, fields | {"anyway": f"off_grid@{day()}T15:50"})
    assert ana.appointments.count() == 2


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (f"{day()} 12:10", "Esse horário fica no seu intervalo. Marcar mesmo assim?"),
        (f"{day()} 20:00", "Esse horário fica fora do seu expediente. Marcar mesmo assim?"),
        (f"{day(6)} 10:00", "Você não atende nesse dia. Marcar mesmo assim?"),
        (f"{day()} 10:10", "Esse horário não é oferecido aos clientes. Marcar mesmo assim?"),
        ("2020-01-06 10:00", "Esse horário já passou; o cliente não é avisado. Marcar mesmo assim?"),
        ("2099-01-05 10:00", "É mais longe do que os clientes podem marcar. Marcar mesmo assim?"),
    ],
)
def test_time_outside_the_rules_is_asked_about_once(browser: Browser, ana: Professional, start: str, said: str) -> None:
    fields = form(ana, start)
    page = text(browser.post(NEW, fields))
    assert said in page
    assert not ana.appointments.exists()
    anyway = page.partition('name="anyway" value="')[2].partition('"')[0]
    assert browser.post(NEW, fields | {"anyway": anyway}).status_code == 302
    assert ana.appointments.count() == 1


def test_yes_to_one_time_is_no_yes_to_another(browser: Browser, ana: Professional) -> None:
    fields = form(ana, f"{day()} 12:20", anyway=f"break@{day()}T12:10")
    assert "Marcar mesmo assim?" in text(browser.post(NEW, fields))
    assert not ana.appointments.exists()


def test_blocked_time_and_buffers_are_explained(browser: Browser, ana: Professional) -> None:
    """D6: a block is no wall for its owner, but never crossed unawares."""
    start = cast.next_weekday(1, "15:00")
    TimeOff.objects.create(professional=ana, starts_at=start, ends_at=start + timedelta(hours=1))
    assert "Você bloqueou esse período." in text(browser.post(NEW, form(ana, f"{day()} 15:00")))
    cast.on_record(cast.dora(ana), cast.next_weekday(1, "09:00"), buffer_after_minutes=20)
    assert "Sobra menos tempo entre atendimentos" in text(browser.post(NEW, form(ana, f"{day()} 10:00")))


def test_free_times_of_a_day_are_shown_and_filled_in(browser: Browser, ana: Professional) -> None:
    cast.on_record(cast.dora(ana), cast.next_weekday(1, "15:00"))
    looked = text(browser.post(NEW, form(ana, f"{day()} 10:00", look="1")))
    assert f'name="fill" value="{day()}T14:00"' in looked
    assert f'name="fill" value="{day()}T15:00"' not in looked
    filled = text(browser.post(NEW, form(ana, f"{day()} 10:00", fill=f"{day()}T14:00")))
    assert 'placeholder="15:00" value="14:00"' in filled
    assert not ana.appointments.filter(client=cast.caio(ana)).exists()


def test_series_is_booked_and_reported(browser: Browser, ana: Professional) -> None:
    taken = cast.next_weekday(1, "10:00") + timedelta(weeks=1)
    cast.on_record(cast.dora(ana), taken)
    fields = form(ana, f"{day()} 10:00", repeat="1", ends="count", count="4")
    page = text(browser.post(NEW, fields, follow=True))
    assert "3 de 4 marcados" in page
    assert f'{taken:%d/%m}, às 10:00</span><span class="sm soft">ocupado' in page
    assert ana.appointments.exclude(series=None).count() == 3
    browser.post(NEW, fields)
    assert ana.appointments.exclude(series=None).count() == 3


def test_series_in_the_break_is_agreed_to_once(browser: Browser, ana: Professional) -> None:
    fields = form(ana, f"{day()} 12:10", repeat="2", ends="count", count="3")
    page = text(browser.post(NEW, fields))
    assert "fica no seu intervalo" in page
    browser.post(NEW, fields | {"anyway": f"break@{day()}T12:10"})
    assert ana.appointments.count() == 3


def test_fields_that_are_not_the_forms_change_nothing(browser: Browser, ana: Professional) -> None:
    """A6"""
    bruno = cast.bruno()
    forged = {"professional": bruno.pk, "status": "completed", "price": "1.00", "is_trial": "1", "source": "admin"}
    browser.post(NEW, form(ana, f"{day()} 10:00", **forged))
    booked = Appointment.objects.get()
    assert (booked.professional, booked.status, booked.source) == (ana, Status.CONFIRMED, "dashboard")
    assert booked.price == booked.service.price


@pytest.mark.parametrize("field", ["name", "phone", "attendee", "client", "service", "date", "time", "token", "until"])
@pytest.mark.parametrize("words", ["a\x00b", "<script>alert(1)</script>", "👩‍🚀 ﷽ ‮abc", "%s %d {0}", "x" * 5000])
def test_odd_words_are_never_a_failure(browser: Browser, ana: Professional, field: str, words: str) -> None:
    """I2: looked up, searched for and booked."""
    fields = form(ana, f"{day()} 10:00", client="new", name="Zélia", repeat="1", ends="until", until="2027-01-01")
    for extra in ({"look": "1"}, {"search": "1"}, {"fill": words}, {}):
        answer = browser.post(NEW, fields | {field: words} | extra, follow=True)
        assert answer.status_code == 200
        assert "<script>alert" not in text(answer)


@pytest.mark.parametrize("name", ["Zoë \u202eabc", "Åsa <b>", "李小龙", 'O\'Neil "Zé" & Cia', "x" * 120])
def test_new_names_are_kept_as_typed(browser: Browser, ana: Professional, name: str) -> None:
    """I2: round trip."""
    browser.post(NEW, form(ana, f"{day()} 10:00", client="new", name=name))
    assert ana.appointments.get().client.name == name


def test_page_takes_at_most_twelve_queries(
    browser: Browser, ana: Professional, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = cast.caio(ana)
    with django_assert_max_num_queries(12):
        browser.get(NEW, {"start": f"{day()}T10:00", "client": str(client.pk)})


def test_without_a_service_the_way_to_one_is_shown(browser: Browser, ana: Professional) -> None:
    ana.services.all().delete()
    assert "Adicionar um serviço" in text(browser.get(NEW))


@pytest.mark.django_db(transaction=True)
def test_eight_forms_for_one_time_book_it_once() -> None:
    """D1, D3: the others are told what is free beside it."""
    ana = cast.ana()
    user, forms, gate = cast.login("ana@example.com"), [form(ana, f"{day()} 10:00") for _ in range(8)], Barrier(8)

    def send(fields: dict[str, Any]) -> HttpResponse:
        try:
            browser = Browser()
            browser.force_login(user)
            gate.wait()
            return browser.post(NEW, fields)  # type: ignore[return-value]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, forms))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [302]
    assert all("ocupado" in text(answer) for answer in answers if answer.status_code == 200)
    assert Appointment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_eight_times_at_once_books_once() -> None:
    ana = cast.ana()
    fields, gate = form(ana, f"{day()} 10:00", client="new", name="Zélia"), Barrier(8)
    user = cast.login("ana@example.com")

    def send(_number: int) -> int:
        try:
            browser = Browser()
            browser.force_login(user)
            gate.wait()
            return browser.post(NEW, fields).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))
    assert Appointment.objects.count() == Client.objects.filter(name="Zélia").count() == 1


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("9:30", "09:30"),
        ("0930", "09:30"),
        ("15h", "15:00"),
        ("15h30", "15:30"),
        ("15", "15:00"),
        ("24:00", ""),
        ("1:2", ""),
    ],
)
def test_times_are_read_as_people_type_them(words: str, read: str) -> None:
    found = typed.read_clock(words)
    assert (f"{found:%H:%M}" if found else "") == read
