"""The page of one appointment, and what can be done from it: mark, answer, move, cancel."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from intake import notices
from intake.models import Conversation, OutboundMessage
from scheduling import booking, desk, selectors
from scheduling.models import Appointment, Professional
from tests import cast

pytestmark = pytest.mark.django_db

Status = Appointment.Status
BY_HAND = booking.professional_actor()


@pytest.fixture
def coming(ana: Professional) -> Appointment:
    return cast.booked(cast.caio(ana), cast.next_weekday(1))


@pytest.fixture
def request_(ana: Professional) -> Appointment:
    """A request that waits for Ana."""
    expires = timezone.now() + timedelta(hours=5)
    return cast.on_record(cast.caio(ana), cast.next_weekday(1), status=Status.PENDING, expires_at=expires)


def show(browser: Browser, appointment: Appointment) -> str:
    return browser.get(reverse("appointment", args=[appointment.pk])).content.decode()


def post(browser: Browser, action: str, appointment: Appointment, **fields: Any) -> str:
    """Post, follow to the page it leads to, and return that."""
    return browser.post(reverse(action, args=[appointment.pk]), fields, follow=True).content.decode()


def moved_to(start: str, appointment: Appointment, **fields: Any) -> dict[str, Any]:
    day, clock = start.split(" ")
    return {"date": day, "time": clock, "version": selectors.version(appointment), **fields}


def local(appointment: Appointment, clock: str) -> str:
    return f"{appointment.local_start.date()} {clock}"


def test_page_tells_all_of_it(browser: Browser, ana: Professional) -> None:
    appointment = cast.booked(cast.caio(ana), cast.next_weekday(1), attendee="Lia")
    page = show(browser, appointment)
    for said in (
        "Lia",
        "Caio Martins",
        "Sessão individual",
        "R$ 200,00",
        appointment.reference,
        "às 10:00",
        "WhatsApp",
    ):
        assert said in page
    assert "Marcado para" in page
    assert f'href="/clients/{appointment.client_id}/"' in page


def test_page_offers_what_the_state_allows(browser: Browser, ana: Professional, coming: Appointment) -> None:
    assert "Remarcar" in show(browser, coming)
    assert "Atendi" not in show(browser, coming)
    over = cast.on_record(cast.dora(ana), timezone.now() - timedelta(hours=2))
    assert "Atendi" in show(browser, over)
    gone = cast.on_record(cast.dora(ana), cast.next_weekday(2), status=Status.CANCELLED)
    assert "Marcar de novo" in show(browser, gone)
    assert "Cancelar horário" not in show(browser, gone)


@pytest.mark.parametrize("action", ["appointment", "appointment-move", "appointment-cancel"])
def test_anothers_appointment_does_not_exist(browser: Browser, action: str) -> None:
    """N1: read or changed, the same 404 as for one that is missing."""
    theirs = cast.booked(cast.dora(cast.bruno()), cast.next_weekday(2))
    for pk in (theirs.pk, theirs.pk + 999, 10**17):
        where = reverse(action, args=[pk])
        assert browser.get(where).status_code == 404
        if action != "appointment":
            assert browser.post(where, moved_to("2030-01-07 10:00", theirs)).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.status, theirs.starts_at) == (Status.CONFIRMED, cast.next_weekday(2))


def test_appointment_of_a_trial_is_none(browser: Browser, ana: Professional) -> None:
    trial = cast.on_record(cast.caio(ana), cast.next_weekday(1), is_trial=True)
    assert browser.get(reverse("appointment", args=[trial.pk])).status_code == 404


def test_page_takes_at_most_twelve_queries(
    browser: Browser, ana: Professional, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    starts = desk.walls(cast.next_weekday(1).astimezone(ana.zone).replace(tzinfo=None), weeks=1, count=5)
    entry = desk.Entry(who=cast.caio(ana), service=ana.services.all()[0], intent_key="k")
    made = desk.book_series(ana, entry=entry, starts=starts, actor=BY_HAND)
    with django_assert_max_num_queries(12):
        assert "1 de 5" in show(browser, ana.appointments.order_by("starts_at")[0])
    with django_assert_max_num_queries(12):
        assert "5 de 5 marcados" in browser.get(reverse("series", args=[made])).content.decode()


def test_foreign_series_does_not_exist(browser: Browser) -> None:
    """N1"""
    bruno = cast.bruno()
    starts = desk.walls(cast.next_weekday(2).astimezone(bruno.zone).replace(tzinfo=None), weeks=1, count=2)
    entry = desk.Entry(who=cast.caio(bruno), service=bruno.services.all()[0], intent_key="k")
    made = desk.book_series(bruno, entry=entry, starts=starts, actor=BY_HAND)
    assert browser.get(reverse("series", args=[made])).status_code == 404


def test_request_is_declined_with_a_reason(browser: Browser, request_: Appointment) -> None:
    post(browser, "decline", request_, reason="Estou de férias")
    request_.refresh_from_db()
    assert (request_.status, request_.cancel_reason) == (Status.CANCELLED, "Estou de férias")


def test_answers_lead_back_to_the_page_they_came_from(browser: Browser, request_: Appointment) -> None:
    answer = browser.post(reverse("approve", args=[request_.pk]), {"next": "/agenda/week/?dia=2026-11-30"})
    assert answer.headers["Location"] == "/agenda/week/?dia=2026-11-30"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "/\\example.com", "login", "javascript:1"]
)
def test_answers_lead_to_no_other_site(browser: Browser, request_: Appointment, elsewhere: str) -> None:
    answer = browser.post(reverse("approve", args=[request_.pk]), {"next": elsewhere})
    assert answer.headers["Location"].startswith("/#a")


def test_wanted_move_is_shown_with_its_appointment_and_approved(browser: Browser, ana: Professional) -> None:
    ana.requires_approval = True
    ana.save()
    original = cast.on_record(cast.caio(ana), cast.next_weekday(1))
    move = booking.confirm(booking.hold_move(original, starts_at=cast.next_weekday(2), source="whatsapp"))
    page = browser.get(reverse("appointment", args=[move.pk]), follow=True).content.decode()
    assert "O cliente quer mudar para" in page
    for _ in range(2):
        # The second time the move's own row is gone.
        post(browser, "approve", move, version=selectors.version(original))
    original.refresh_from_db()
    assert original.starts_at == cast.next_weekday(2)
    assert browser.get(reverse("appointment", args=[move.pk])).headers["Location"] == f"/agenda/{original.pk}/"


def test_move_is_made_told_and_taken_back(browser: Browser, ana: Professional, coming: Appointment) -> None:
    """D5: the old time is free again, and the toast's button takes the move back."""
    page = post(browser, "appointment-move", coming, **moved_to(local(coming, "15:00"), coming))
    coming.refresh_from_db()
    assert coming.local_start.hour == 15
    assert "Remarcado para" in page
    assert "Desfazer" in page

    back = moved_to(local(coming, "10:00"), coming, anyway="undo")
    post(browser, "appointment-move", coming, **back)
    coming.refresh_from_db()
    assert coming.local_start.hour == 10


def test_move_sent_twice_is_made_once(browser: Browser, coming: Appointment) -> None:
    """A double click: the second finds it done and says so with the first one's way back."""
    where, fields = reverse("appointment-move", args=[coming.pk]), moved_to(local(coming, "15:00"), coming)
    browser.post(where, fields)
    page = browser.post(where, fields, follow=True).content.decode()
    assert coming.events.filter(kind="moved").count() == 1
    assert "Remarcado para" in page
    assert "Desfazer" in page


def test_move_into_an_occupied_time_names_free_ones(browser: Browser, ana: Professional, coming: Appointment) -> None:
    """D4: refused, and the old time stays."""
    cast.on_record(cast.dora(ana), coming.starts_at + timedelta(hours=4, minutes=30))
    page = post(browser, "appointment-move", coming, **moved_to(local(coming, "14:30"), coming))
    coming.refresh_from_db()
    assert coming.local_start.hour == 10
    assert "14:30 já está ocupado. Livres perto:" in page
    assert 'name="pick"' in page


def test_move_outside_the_rules_asks_once(browser: Browser, coming: Appointment) -> None:
    fields = moved_to(local(coming, "12:10"), coming)
    page = post(browser, "appointment-move", coming, **fields)
    assert "Esse horário fica no seu intervalo. Remarcar mesmo assim?" in page
    post(browser, "appointment-move", coming, **fields, anyway=f"break@{local(coming, '12:10').replace(' ', 'T')}")
    coming.refresh_from_db()
    assert coming.local_start.hour == 12


def test_move_to_its_own_time_or_into_the_past_is_explained(browser: Browser, coming: Appointment) -> None:
    """D12"""
    assert "Já está nesse horário. Informe outro." in post(
        browser, "appointment-move", coming, **moved_to(local(coming, "10:00"), coming)
    )
    assert "Este horário já passou." in post(
        browser, "appointment-move", coming, **moved_to("2020-01-06 10:00", coming)
    )


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.COMPLETED, Status.NO_SHOW])
def test_what_is_over_is_not_moved(browser: Browser, ana: Professional, status: str) -> None:
    row = cast.on_record(cast.caio(ana), cast.next_weekday(1), status=status)
    for answer in (
        browser.get(reverse("appointment-move", args=[row.pk])),
        browser.post(reverse("appointment-move", args=[row.pk]), moved_to(local(row, "15:00"), row)),
    ):
        assert answer.headers["Location"] == f"/agenda/{row.pk}/"
    row.refresh_from_db()
    assert row.local_start.hour == 10


@pytest.mark.parametrize(
    ("day", "clock", "said"),
    [
        ("2027-02-30", "10:00", "Essa data não existe."),
        ("30/02/2027", "10:00", "Essa data não existe."),
        ("01/02/03", "10:00", "Essa data não existe."),
        ("2027-02-22", "24:00", "Essa hora não existe."),
        ("2027-02-22", "25:60", "Essa hora não existe."),
        ("2027-02-22", "１０:００", "Essa hora não existe."),
        ("", "", "Informe uma data"),
        ("9999-12-31", "23:59", "Essa data não existe."),
        ("a\x00b", "\x00", "Essa data não existe."),
    ],
)
def test_dates_and_times_that_are_none_are_explained(
    browser: Browser, coming: Appointment, day: str, clock: str, said: str
) -> None:
    """I4, I5: next to the field, and what to enter."""
    page = post(browser, "appointment-move", coming, date=day, time=clock)
    assert said in page
    assert 'aria-invalid="true"' in page


def test_hour_that_the_clocks_skip_is_explained(browser: Browser, ana: Professional, coming: Appointment) -> None:
    """T1, T4: 02:30 does not exist in New York on 2027-03-14."""
    ana.timezone = "America/New_York"
    ana.save()
    page = post(browser, "appointment-move", coming, **moved_to("2027-03-14 02:30", coming))
    assert "02:30 não existe nesse dia: o relógio adianta. O próximo horário é 03:00." in page


def test_hour_that_occurs_twice_is_the_first_and_has_its_offset(
    browser: Browser, ana: Professional, coming: Appointment
) -> None:
    """T2, T4: 01:30 in New York on 2027-11-07."""
    ana.timezone = "America/New_York"
    ana.save()
    page = post(browser, "appointment-move", coming, **moved_to("2027-11-07 01:30", coming, anyway="undo"))
    coming.refresh_from_db()
    assert coming.starts_at == cast.at("2027-11-07 01:30", "America/New_York")
    assert "01:30 (UTC-0400)" in page


def test_page_after_midnight_in_utc_keeps_the_local_day(browser: Browser, ana: Professional) -> None:
    """T11: 23:30 in São Paulo is the next day in UTC."""
    late = cast.on_record(cast.caio(ana), cast.next_weekday(1, "23:30"))
    assert f"?dia={late.local_start.date()}#a{late.pk}" in show(browser, late)


def test_second_tab_is_told_and_sees_the_present_state(browser: Browser, coming: Appointment) -> None:
    """Two tabs: neither a move nor a cancellation nor a mark goes over what the first one did."""
    seen = selectors.version(coming)
    post(browser, "appointment-move", coming, **moved_to(local(coming, "15:00"), coming))
    later = {"date": local(coming, "16:00").split()[0], "version": seen}
    for action, fields in (
        ("appointment-move", {**later, "time": "16:00"}),
        ("appointment-move", {**later, "time": "12:10"}),
        ("appointment-cancel", {"version": seen}),
    ):
        page = post(browser, action, coming, **fields)
        assert "Este horário mudou em outra aba. Veja como está agora." in page
        assert "às 15:00" in page
    coming.refresh_from_db()
    assert (coming.status, coming.local_start.hour) == (Status.CONFIRMED, 15)


def test_mark_from_an_old_page_is_told(browser: Browser, ana: Professional) -> None:
    over = cast.on_record(cast.caio(ana), timezone.now() - timedelta(hours=2))
    seen = selectors.version(over)
    booking.mark(over, status=Status.NO_SHOW, actor=BY_HAND)
    here = reverse("appointment", args=[over.pk])
    page = post(browser, "mark", over, status="completed", version=seen, next=here)
    over.refresh_from_db()
    assert over.status == Status.NO_SHOW
    assert "mudou em outra aba" in page


def test_mark_is_taken_back_from_the_toast(browser: Browser, ana: Professional) -> None:
    over = cast.on_record(cast.caio(ana), timezone.now() - timedelta(hours=2))
    here = reverse("appointment", args=[over.pk])
    page = post(browser, "mark", over, status="no_show", version=selectors.version(over), next=here)
    assert "Marcado como falta." in page
    post(browser, "mark", over, status="confirmed", next=here)
    over.refresh_from_db()
    assert over.status == Status.CONFIRMED


def test_cancelling_asks_first(browser: Browser, coming: Appointment) -> None:
    page = browser.get(reverse("appointment-cancel", args=[coming.pk])).content.decode()
    assert "Cancelar Caio Martins?" in page
    assert "Não dá para desfazer." in page
    coming.refresh_from_db()
    assert coming.status == Status.CONFIRMED


def test_cancelled_with_a_reason_frees_the_time(browser: Browser, ana: Professional, coming: Appointment) -> None:
    """D5: the same time can be booked again."""
    page = post(browser, "appointment-cancel", coming, version=selectors.version(coming), reason="Pediu por telefone")
    assert "Cancelado." in page
    coming.refresh_from_db()
    assert (coming.status, coming.cancel_reason) == (Status.CANCELLED, "Pediu por telefone")
    assert cast.booked(cast.dora(ana), coming.starts_at).status == Status.CONFIRMED


def test_client_whom_no_message_reaches_is_named(browser: Browser, ana: Professional, coming: Appointment) -> None:
    """The page promises no message that nobody sends."""
    assert "Avise Caio: nenhuma mensagem chega por aqui." in post(browser, "appointment-cancel", coming)


def test_client_with_a_conversation_is_told(browser: Browser, ana: Professional, coming: Appointment) -> None:
    Conversation.objects.create(professional=ana, channel="whatsapp", address=cast.CAIO_ADDRESS, client=coming.client)
    assert "Caio fica sabendo." in post(browser, "appointment-cancel", coming)
    notices.announce_pending()
    assert OutboundMessage.objects.filter(medium="whatsapp", body__startswith="Cancelado").exists()


def test_rest_of_a_series_is_cancelled_from_the_page(browser: Browser, ana: Professional) -> None:
    starts = desk.walls(cast.next_weekday(1).astimezone(ana.zone).replace(tzinfo=None), weeks=1, count=4)
    entry = desk.Entry(who=cast.caio(ana), service=ana.services.all()[0], intent_key="k")
    desk.book_series(ana, entry=entry, starts=starts, actor=BY_HAND)
    second = ana.appointments.order_by("starts_at")[1]
    assert "Este e os 2 seguintes" in browser.get(reverse("appointment-cancel", args=[second.pk])).content.decode()
    post(browser, "appointment-cancel", second, scope="following", version=selectors.version(second))
    assert ana.appointments.filter(status=Status.CANCELLED).count() == 3


def test_fields_that_are_not_the_forms_change_nothing(browser: Browser, coming: Appointment) -> None:
    """A6: professional, status and price are nobody's to post."""
    bruno = cast.bruno()
    forged = {"professional": bruno.pk, "status": "completed", "price": "1.00", "client": cast.dora(bruno).pk}
    post(browser, "appointment-move", coming, **moved_to(local(coming, "15:00"), coming), **forged)
    before = (coming.professional_id, coming.status, coming.price, coming.client_id)
    coming.refresh_from_db()
    assert (coming.professional_id, coming.status, coming.price, coming.client_id) == before
    assert coming.local_start.hour == 15


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 40, "１"])
def test_version_that_is_none_asks_nothing_or_is_refused(browser: Browser, coming: Appointment, version: str) -> None:
    answer = browser.post(reverse("appointment-cancel", args=[coming.pk]), {"version": version})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "'; DROP TABLE x; --", "👩‍🚀 ﷽ ‮abc", "a\x00b", "x" * 201]
)
def test_odd_reasons_are_kept_or_explained(browser: Browser, coming: Appointment, words: str) -> None:
    """I2: kept as typed and escaped, or refused next to the field; never a failure."""
    page = post(browser, "appointment-cancel", coming, reason=words)
    assert "<script>alert" not in page
    coming.refresh_from_db()
    if coming.status == Status.CANCELLED:
        assert coming.cancel_reason == words
        assert "<script>alert" not in show(browser, coming)
    else:
        assert 'id="reason-wrong"' in page
