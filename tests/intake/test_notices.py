"""Who is told what about an event: once, from the row, whoever sees it first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models.functions import Now
from django.utils import timezone, translation

from intake import notices, outbox, wording
from intake.models import Conversation, OutboundMessage
from scheduling import booking, clients
from scheduling.models import Appointment, AppointmentEvent, Client, Professional
from tests import cast

pytestmark = pytest.mark.django_db

PROFESSIONAL = booking.professional_actor()


def talk(client: Client, **changes: Any) -> Conversation:
    fields = {"channel": "whatsapp", "address": client.address, "client": client, "last_inbound_at": timezone.now()}
    return Conversation.objects.create(professional=client.professional, **fields | changes)


def told(*, medium: str = "whatsapp") -> list[str]:
    """Announce what is pending and return what the outbox holds for that medium, first lines only."""
    notices.announce_pending()
    messages = OutboundMessage.objects.filter(medium=medium)
    return [(one.subject or one.body).partition("\n")[0] for one in messages]


def writing_client(**changes: Any) -> Client:
    """Caio, who has a conversation with Ana."""
    client = cast.caio(cast.ana(**changes))
    talk(client)
    return client


def meeting(client: Client) -> Appointment:
    """An appointment on record, of which nobody has to be told."""
    return cast.on_record(client, cast.next_weekday(2))


# Once


def test_event_is_announced_once() -> None:
    appointment = cast.booked(writing_client(), cast.next_weekday(2))
    notices.announce_latest(appointment)
    for event in AppointmentEvent.objects.all():
        notices.announce(event)
    assert len(told()) == 1
    assert len(told(medium="email")) == 1


def test_announced_event_is_not_told_again_when_its_messages_are_gone() -> None:
    """V8: an outbox that was emptied does not speak again."""
    appointment = cast.booked(writing_client(), cast.next_weekday(2))
    told()
    OutboundMessage.objects.all().delete()
    notices.announce(appointment.events.last() or pytest.fail("no event"))
    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_turn_and_sweep_at_once_announce_once() -> None:
    """Q6: two sweeps, or a sweep and the turn that made the change, see the same event."""
    cast.booked(writing_client(), cast.next_weekday(2))
    ready = Barrier(6)

    def sweep() -> None:
        ready.wait()
        try:
            notices.announce_pending()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        for job in [pool.submit(sweep) for _ in range(6)]:
            job.result()
    assert sorted(OutboundMessage.objects.values_list("medium", flat=True)) == ["email", "whatsapp"]
    assert not AppointmentEvent.objects.filter(announced_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_rolled_back_change_is_announced_to_nobody() -> None:
    client = writing_client()
    with transaction.atomic():
        notices.announce_latest(cast.booked(client, cast.next_weekday(2)))
        transaction.set_rollback(True)
    assert told() == told(medium="email") == []


def test_event_that_cannot_be_announced_keeps_no_other_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Q9, V6."""
    client = writing_client()
    first, second = (cast.booked(client, cast.next_weekday(2, clock)) for clock in ("10:00", "14:00"))
    real = notices.client_text

    def text(event: AppointmentEvent) -> str:
        if event.appointment == first:
            raise KeyError(f"{event.appointment.client.name}")
        return real(event)

    monkeypatch.setattr(notices, "client_text", text)
    assert notices.announce_pending() == 1
    assert second.reference in OutboundMessage.objects.get(medium="whatsapp").body
    assert "KeyError" in caplog.text
    assert "Caio" not in caplog.text


# What the client reads


def _approve(client: Client) -> Appointment:
    return booking.approve(_request(client), actor=PROFESSIONAL)


def _decline(client: Client) -> Appointment:
    return booking.decline(_request(client), actor=PROFESSIONAL)


def _request(client: Client) -> Appointment:
    Professional.objects.update(requires_approval=True)
    asked = cast.booked(client, cast.next_weekday(2))
    AppointmentEvent.objects.update(announced_at=Now())
    return asked


def _cancel(client: Client) -> Appointment:
    return booking.cancel(meeting(client), actor=PROFESSIONAL)


def _move(client: Client) -> Appointment:
    return booking.reschedule(meeting(client), starts_at=cast.next_weekday(3, "14:00"), actor=PROFESSIONAL)


def _lapse(client: Client) -> Appointment:
    asked = _request(client)
    Appointment.objects.update(expires_at=timezone.now())
    booking.lapse_due()
    return asked


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_approve, "Ana Souza confirmed: "),
        (_decline, "Ana Souza cannot take "),
        (_cancel, "Cancelled: "),
        (_move, "Moved to "),
        (_lapse, "Ana Souza did not answer"),
    ],
)
def test_client_is_told_of_what_others_did_exactly_once(change: Callable[[Client], Appointment], words: str) -> None:
    """A change from the page, the API or the clock reaches the client in the conversation."""
    appointment = change(writing_client(language="en"))
    (text,) = told()
    assert told() == [text]
    assert text.startswith(words)
    with translation.override("en"):
        assert wording.moment(appointment.starts_at, appointment.professional) in text


@pytest.mark.parametrize("change", [_cancel, _move, _approve, _decline])
def test_professional_is_not_told_of_own_changes(change: Callable[[Client], Appointment]) -> None:
    change(writing_client())
    assert told(medium="email") == []


def test_receipt_is_written_from_the_row() -> None:
    """L15, L16."""
    appointment = cast.booked(writing_client(), cast.next_weekday(2))
    told()
    body = OutboundMessage.objects.get(medium="whatsapp").body
    day = f"{appointment.local_start:%d/%m}"
    for fact in (day, "10:00", "Sessão individual", "Ana Souza", f"*{appointment.reference}*"):
        assert fact in body


def test_hold_and_history_concern_nobody() -> None:
    client = writing_client()
    cast.held(client, cast.next_weekday(2))
    past = cast.on_record(client, timezone.now() - timedelta(days=1))
    booking.mark(past, status=Appointment.Status.NO_SHOW, actor=PROFESSIONAL)
    assert told() == told(medium="email") == []
    assert not AppointmentEvent.objects.filter(announced_at=None).exists()


# What the professional reads


def _book(client: Client) -> Appointment:
    return cast.booked(client, cast.next_weekday(2))


def _ask(client: Client) -> Appointment:
    Professional.objects.update(requires_approval=True)
    return cast.booked(client, cast.next_weekday(2))


def _ask_to_move(client: Client) -> Appointment:
    Professional.objects.update(requires_approval=True)
    wanted = booking.hold_move(meeting(client), starts_at=cast.next_weekday(3), source="whatsapp")
    return booking.confirm(wanted)


def _move_oneself(client: Client) -> Appointment:
    return booking.confirm(booking.hold_move(meeting(client), starts_at=cast.next_weekday(3), source="whatsapp"))


def _cancel_oneself(client: Client) -> Appointment:
    return booking.cancel(meeting(client), actor=booking.CLIENT)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_book, "New appointment"),
        (_ask, "Request waiting for your approval"),
        (_ask_to_move, "Request to move waiting for your approval"),
        (_move_oneself, "Appointment moved"),
        (_cancel_oneself, "Appointment cancelled"),
        (_lapse, "Request lapsed"),
    ],
)
def test_professional_is_told_by_mail_of_what_clients_did(change: Callable[[Client], Appointment], words: str) -> None:
    change(writing_client(language="en"))
    (subject,) = told(medium="email")
    assert subject.startswith(f"{words}: Caio Martins, ")
    assert OutboundMessage.objects.get(medium="email").recipient == "ana@example.com"


def test_professional_without_an_address_is_told_nothing() -> None:
    client = writing_client(user=None)
    _book(client)
    assert told(medium="email") == []


def test_own_address_goes_before_the_login_s() -> None:
    _book(writing_client(email="recepcao@example.com"))
    notices.announce_pending()
    assert OutboundMessage.objects.get(medium="email").recipient == "recepcao@example.com"


def test_name_in_the_subject_adds_no_header() -> None:
    """O9."""
    client = writing_client()
    Client.objects.update(name="Caio\r\nBcc: todos@example.com")
    _book(client)
    (subject,) = told(medium="email")
    assert "\n" not in OutboundMessage.objects.get(medium="email").subject
    assert "Caio Bcc: [link]" in subject


def test_hand_over_is_told_by_mail_once() -> None:
    client = writing_client()
    conversation = Conversation.objects.get()
    for _ in range(2):
        notices.announce_handover(conversation, reason="quer falar com a Ana", dedupe_key="handover:1")
    letter = OutboundMessage.objects.get()
    assert letter.medium == "email"
    assert client.name in letter.subject
    assert "quer falar com a Ana" in letter.body


def test_hand_over_of_a_stranger_names_the_profile() -> None:
    conversation = Conversation.objects.create(
        professional=cast.ana(), channel="whatsapp", address=cast.DORA_ADDRESS, profile_name="Dora\nBcc: x@y.z"
    )
    notices.announce_handover(conversation, reason="ajuda", dedupe_key="handover:1")
    assert "Dora Bcc: [link]" in OutboundMessage.objects.get().subject


# Where


def test_client_is_told_where_they_wrote_last() -> None:
    client = cast.caio(cast.ana())
    talk(client)
    talk(client, channel="simulator", last_inbound_at=timezone.now() + timedelta(seconds=1))
    talk(client, channel="api", last_inbound_at=None)
    _cancel(client)
    assert told(medium="simulator") != []
    assert told() == told(medium="api") == []


def test_conversation_that_began_before_the_client_was_known_is_theirs() -> None:
    client = cast.caio(cast.ana())
    talk(client)
    Conversation.objects.update(client=None)
    _cancel(client)
    assert len(told()) == 1


def test_client_entered_by_hand_is_told_where_they_wrote_before() -> None:
    ana = cast.ana()
    Conversation.objects.create(
        professional=ana, channel="whatsapp", address=cast.DORA_ADDRESS, last_inbound_at=timezone.now()
    )
    _cancel(clients.enter(ana, name="Dora Alves", phone="+5511976543210"))
    assert len(told()) == 1


def test_conversation_with_another_professional_is_not() -> None:
    """N3."""
    client = cast.caio(cast.ana())
    talk(cast.caio(cast.bruno()))
    _cancel(client)
    assert told() == []


def test_client_without_a_conversation_is_told_by_mail() -> None:
    client = cast.caio(cast.ana())
    Client.objects.update(email="caio@example.com")
    _cancel(client)
    notices.announce_pending()
    assert OutboundMessage.objects.get().recipient == "caio@example.com"


def test_client_of_no_known_channel_is_told_nothing_and_the_event_is_done() -> None:
    _cancel(cast.caio(cast.ana()))
    assert told() == []
    assert not AppointmentEvent.objects.filter(announced_at=None).exists()


def test_opt_out_ends_notices_but_not_answers() -> None:
    """O3, V10: what the client does is still confirmed to them."""
    client = writing_client()
    Conversation.objects.update(opted_out_at=Now())
    _cancel(client)
    assert told() == []
    _book(client)
    assert len(told()) == 1


def test_receipt_goes_to_the_form_of_the_number_used_last() -> None:
    client = writing_client()
    Conversation.objects.update(address="whatsapp:+551187654321")
    _cancel(client)
    notices.announce_pending()
    assert OutboundMessage.objects.get().recipient == "whatsapp:+551187654321"


def test_trial_stays_in_the_trial() -> None:
    client = cast.caio(cast.ana())
    talk(client, channel="trial")
    talk(client)
    cast.booked(client, cast.next_weekday(2), is_trial=True)
    assert told() == told(medium="email") == []
    assert len(told(medium="trial")) == 1


def test_real_appointment_is_not_told_in_the_trial() -> None:
    client = cast.caio(cast.ana())
    talk(client)
    talk(client, channel="trial")
    _cancel(client)
    assert told(medium="trial") == []
    assert len(told()) == 1


def test_answer_in_the_language_of_the_professional() -> None:
    client = writing_client(language="en")
    _cancel(client)
    assert told()[0].startswith("Cancelled: ")
    assert outbox.Medium.EMAIL not in OutboundMessage.objects.values_list("medium", flat=True)


# Of what it was


def test_event_told_late_names_the_time_of_its_own_day() -> None:
    first, second = cast.next_weekday(2), cast.next_weekday(3)
    appointment = cast.booked(writing_client(), first)
    booking.reschedule(appointment, starts_at=second, actor=PROFESSIONAL)
    with translation.override("pt-br"):
        expected = [wording.moment(start, appointment.professional) for start in (first, second)]
    booked, moved = told()
    assert expected[0] in booked
    assert expected[1] in moved


def test_receipt_says_who_comes() -> None:
    cast.booked(writing_client(), cast.next_weekday(2), attendee="Júlia")
    notices.announce_pending()
    assert "\nPara: Júlia\n" in OutboundMessage.objects.get(medium="whatsapp").body


def test_letter_about_a_wanted_move_names_both_times() -> None:
    client = writing_client(requires_approval=True)
    appointment = meeting(client)
    wanted = cast.next_weekday(3)
    booking.confirm(booking.hold_move(appointment, starts_at=wanted, source="whatsapp"))
    notices.announce_pending()
    letter = OutboundMessage.objects.get(medium="email").body
    with translation.override("pt-br"):
        times = [wording.moment(start, client.professional) for start in (appointment.starts_at, wanted)]
    assert all(time in letter for time in times)
