"""One person's record as a whole: two made one, and one forgotten so thoroughly that a dump of everything is silent."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from assistant.models import Question, Thread
from intake import agent, inbox, notices, outbox, records, tasks
from intake.inbox import LeaseLost
from intake.models import Conversation, ErasedMessage, InboundMessage, OutboundMessage, Turn
from scheduling import booking, clients
from scheduling.models import Appointment, AppointmentEvent, AuditEntry, Client, ClientAddress, Professional
from tests import cast
from tests.intake import conversing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

Status = Appointment.Status
# Nothing else in the world of these tests holds any of them.
CANARIES = ("Karina", "Melo", "98123-4567", "981234567", "karina@example.com", "alergia", "jasmim", "canario", "Tobias")
ADDRESS = "whatsapp:+5511981234567"


def dump() -> str:
    """Return every text and every JSON value of every row in the database."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField, models.FileField)
    values: list[Any] = []
    for model in apps.get_models(include_auto_created=True):
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, kinds)]
        if names:
            values += model._default_manager.values_list(*names)
    return json.dumps(values, ensure_ascii=False, default=str)


@pytest.fixture
def karina(ana: Professional) -> Client:
    """Karina, who has talked, booked for Tobias, cancelled with a reason; the admin and the assistant tell of her."""
    conversing.say(ana, "oi, sou a Karina Melo, canario", "karina@example.com", address=ADDRESS)
    karina = clients.register(ana, address=ADDRESS, name="Karina Melo")
    clients.change(karina, name="Karina Melo", phone="+5511981234567", email="karina@example.com")
    clients.write_notes(karina, "alergia a jasmim")
    conversation = Conversation.objects.get(address=ADDRESS)
    Conversation.objects.filter(pk=conversation.pk).update(client=karina, profile_name="Karina M.")
    InboundMessage.objects.filter(conversation=conversation).update(
        payload={"Body": "canario", "WaId": "5511981234567"}
    )
    Turn.objects.filter(conversation=conversation).update(trace=[{"prompt": "canario"}])
    cast.booked(karina, cast.at("2026-11-19 15:00"), attendee="Tobias Melo", intent_key="1:book:Tobias")
    past = cast.on_record(karina, cast.at("2026-11-09 10:00"), status=Status.COMPLETED, attendee="Tobias")
    booking.cancel(
        cast.booked(karina, cast.at("2026-11-20 15:00")), actor=booking.professional_actor(), reason="jasmim"
    )
    notices.announce_pending()
    notices.announce_handover(conversation, reason="canario", dedupe_key="handover:1")
    kind = ContentType.objects.get_for_model(Client)
    assert ana.user is not None
    LogEntry.objects.create(
        user=ana.user, content_type=kind, object_id=str(karina.pk), object_repr="Karina Melo", action_flag=CHANGE
    )
    assert past.pk
    thread = Thread.objects.create(professional=ana, user=ana.user, title="a karina vem?")
    missed = [["get_no_show_clients", {"clients": [{"client": "Karina Melo", "no_shows": 1}]}]]
    Question.objects.create(thread=thread, text="a karina vem?", answer="Tobias vem.", results=missed, trace=missed)
    return karina


def test_everything_that_tells_who_it_was_is_gone(ana: Professional, karina: Client) -> None:
    """V2: a dump of every text and JSON column holds neither name, phone nor words."""
    before = dump()
    assert [word for word in CANARIES if word not in before] == ["98123-4567"]

    records.erase(karina, user=ana.user)

    after = dump()
    assert [word for word in CANARIES if word in after] == []


def test_what_was_said_before_the_person_was_entered_by_hand_is_gone(ana: Professional) -> None:
    """V2: they asked for a price, were entered with their phone, and have not written since."""
    conversing.answer(conversing.write(ana, "quais os preços? canario", address=ADDRESS, name="Karina M."))
    karina = clients.enter(ana, name="Karina Melo", phone="+5511981234567")
    assert records.extent(karina).conversations == 1

    records.erase(karina, user=ana.user)

    assert [word for word in CANARIES if word in dump()] == []


def test_other_peoples_rows_stay_as_they_are(ana: Professional, karina: Client) -> None:
    """V2, N3: neither another client's nor another professional's record of the same person is touched."""
    dora = cast.dora(ana)
    cast.booked(dora, cast.at("2026-11-18 15:00"))
    conversing.say(ana, "quais os preços?", address=cast.DORA_ADDRESS)
    bruno = cast.bruno()
    hers = clients.register(bruno, address=ADDRESS, name="Karina com Bruno")
    conversing.say(bruno, "oi", address=ADDRESS)

    records.erase(karina, user=ana.user)

    hers.refresh_from_db()
    assert hers.name == "Karina com Bruno"
    assert Conversation.objects.filter(professional=bruno, address=ADDRESS).exists()
    assert Conversation.objects.get(professional=ana, address=cast.DORA_ADDRESS).inbound.count() == 1
    assert dora.appointments.get().status == Status.CONFIRMED


def test_appointments_stay_as_bare_statistics(ana: Professional, karina: Client) -> None:
    """V2: what was attended still counts, and the row says that it was erased."""
    records.erase(karina, user=ana.user)

    karina.refresh_from_db()
    assert karina.erased_at is not None
    assert (karina.name, karina.phone, karina.address) == ("", None, "")
    statuses = list(karina.appointments.order_by("starts_at").values_list("status", flat=True))
    assert statuses == [Status.COMPLETED, Status.CANCELLED, Status.CANCELLED]
    assert AuditEntry.objects.get().data == {"client": karina.pk}


def test_what_waits_to_be_sent_is_never_sent(ana: Professional, karina: Client) -> None:
    """V3: reminders, receipts and notices about the person go before anything else, and none comes after."""
    event = karina.appointments.get(status=Status.CONFIRMED).events.latest("pk")
    outbox.mail(ana, to=karina.email, subject="lembrete", body="Karina", dedupe_key="reminder", event=event)
    assert OutboundMessage.objects.filter(status="pending").exists()
    # The client's own booking, of which the professional has not been told yet.
    AppointmentEvent.objects.filter(pk=event.pk).update(announced_at=None)

    records.erase(karina, user=ana.user)

    assert not OutboundMessage.objects.exists()
    tasks.sweep()
    tasks.tidy()
    assert not OutboundMessage.objects.exists()


def test_coming_time_is_free_again(ana: Professional, karina: Client) -> None:
    """V3"""
    records.erase(karina, user=ana.user)

    assert cast.booked(cast.dora(ana), cast.at("2026-11-19 15:00")).status == Status.CONFIRMED


def test_hold_and_wish_to_move_go_too(ana: Professional, karina: Client) -> None:
    """V2"""
    coming = karina.appointments.get(status=Status.CONFIRMED)
    booking.hold_move(coming, starts_at=cast.at("2026-11-19 16:00"), source="whatsapp")
    cast.held(karina, cast.at("2026-11-18 10:00"))

    records.erase(karina, user=ana.user)

    assert set(karina.appointments.values_list("status", flat=True)) == {Status.COMPLETED, Status.CANCELLED}


def test_person_who_writes_again_is_new(ana: Professional, karina: Client) -> None:
    """V2"""
    records.erase(karina, user=ana.user)
    conversing.say(ana, "oi, sou a Lia Prado", "quinta às 15h", "sim", address=ADDRESS)

    again = Conversation.objects.get(address=ADDRESS).client
    assert again is not None
    assert (again.pk != karina.pk, again.name) == (True, "Lia Prado")


def test_turn_under_way_brings_nothing_back(ana: Professional, karina: Client) -> None:
    """V2: its conversation is gone, and its lease with it."""
    conversation = conversing.write(ana, "canario de novo, sou a Karina", address=ADDRESS)
    lease = inbox.claim(conversation.pk)
    assert lease is not None

    records.erase(karina, user=ana.user)

    with pytest.raises(LeaseLost), inbox.fenced(lease):
        pytest.fail("the lease still stands")
    assert not agent.reply(conversation.pk)
    assert [word for word in CANARIES if word in dump()] == []


def test_answer_of_a_model_that_comes_too_late_is_not_written(
    ana: Professional, karina: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V2: the professional erases the person while the reception thinks."""
    conversation = conversing.write(ana, "canario de novo", address=ADDRESS)
    monkeypatch.setattr(agent, "_without_model", lambda *_args: None)

    def think(*_args: object, **_options: object) -> None:
        records.erase(karina, user=ana.user)

    monkeypatch.setattr(agent, "_ask_model", think)

    agent.reply(conversation.pk)

    assert [word for word in CANARIES if word in dump()] == []
    assert not Turn.objects.exists()


def test_list_of_the_provider_brings_nothing_back(ana: Professional, karina: Client) -> None:
    """V2: what was erased a moment ago still stands in Twilio's list, and counts as known there."""
    sids = set(InboundMessage.objects.values_list("provider_sid", flat=True))

    records.erase(karina, user=ana.user)

    assert not InboundMessage.objects.exists()
    assert inbox.known(sids) == sids


def test_old_messages_leave_no_id(ana: Professional, karina: Client) -> None:
    InboundMessage.objects.update(received_at=timezone.now() - timedelta(days=3))

    records.erase(karina, user=ana.user)

    assert not ErasedMessage.objects.exists()


def test_erasing_twice_is_erasing_once(ana: Professional, karina: Client) -> None:
    records.erase(karina, user=ana.user)
    records.erase(karina, user=ana.user)

    assert AuditEntry.objects.count() == 1


def test_conversation_that_began_with_an_erased_row_finds_the_person_anew(ana: Professional, karina: Client) -> None:
    """V2: a first message that came in the very moment may refer to the row that was just emptied."""
    records.erase(karina, user=ana.user)
    conversation = conversing.write(ana, "sou a Lia Prado", address=ADDRESS)
    Conversation.objects.filter(pk=conversation.pk).update(client=karina)

    conversing.say(ana, "meu e-mail é lia@example.com", "quinta às 15h", "sim", address=ADDRESS)

    karina.refresh_from_db()
    assert (karina.name, karina.email) == ("", "")
    assert not karina.appointments.filter(status=Status.CONFIRMED).exists()


# Two records of one person


@pytest.fixture
def twice(ana: Professional) -> tuple[Client, Client]:
    """Karina under two numbers, with an appointment and a conversation each."""
    first = clients.register(ana, address=ADDRESS, name="Karina Melo")
    second = clients.register(ana, address=cast.DORA_ADDRESS, name="Karina")
    clients.write_notes(first, "alergia")
    clients.write_notes(second, "prefere quinta")
    clients.change(second, name="Karina", phone="+5511976543210", email="karina@example.com")
    clients.block(second, blocked=True)
    cast.booked(first, cast.at("2026-11-19 15:00"))
    cast.booked(second, cast.at("2026-11-20 15:00"))
    conversing.say(ana, "oi", address=ADDRESS)
    conversing.write(ana, "oi", address=cast.DORA_ADDRESS)
    return first, second


def test_merged_record_has_all_of_both(ana: Professional, twice: tuple[Client, Client]) -> None:
    kept = records.merge(twice[0], other=twice[1], user=ana.user)

    assert (kept.name, kept.phone, kept.email) == ("Karina Melo", "+5511981234567", "karina@example.com")
    assert kept.notes.startswith("alergia\n\nprefere quinta\n\n")
    assert "+5511976543210" in kept.notes
    assert kept.is_blocked
    assert kept.appointments.count() == 2
    assert set(kept.addresses.values_list("address", flat=True)) == {ADDRESS, cast.DORA_ADDRESS}
    assert set(Conversation.objects.values_list("client", flat=True)) == {kept.pk}
    assert not Client.objects.filter(pk=twice[1].pk).exists()


def test_merge_leaves_a_line_of_ids(ana: Professional, twice: tuple[Client, Client]) -> None:
    """V6: the audit names rows, nobody's name."""
    kept, gone = twice[0].pk, twice[1].pk
    records.merge(twice[0], other=twice[1], user=ana.user)

    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.user) == ("clients_merged", ana.user)
    assert entry.data == {"kept": kept, "merged": gone, "appointments": 2 - 1, "addresses": 1}


@pytest.mark.parametrize("address", [ADDRESS, cast.DORA_ADDRESS])
def test_later_messages_from_either_address_find_the_kept_record(
    ana: Professional, twice: tuple[Client, Client], address: str
) -> None:
    kept = records.merge(twice[0], other=twice[1], user=ana.user)
    clients.block(kept, blocked=False)
    Conversation.objects.all().delete()

    heard = conversing.say(ana, "meus horários", address=address)

    assert "19/11" in heard
    assert "20/11" in heard
    assert Conversation.objects.get().client == kept


def test_turn_under_way_begins_again_with_the_kept_record(ana: Professional, twice: tuple[Client, Client]) -> None:
    conversation = Conversation.objects.get(address=cast.DORA_ADDRESS)
    lease = inbox.claim(conversation.pk)
    assert lease is not None

    kept = records.merge(twice[0], other=twice[1], user=ana.user)

    with pytest.raises(LeaseLost), inbox.fenced(lease):
        pytest.fail("the lease still stands")
    assert conversation.pk in inbox.due()
    conversation.refresh_from_db()
    assert conversation.client == kept


def test_merge_with_a_row_that_is_gone_changes_nothing(ana: Professional, twice: tuple[Client, Client]) -> None:
    records.merge(twice[0], other=twice[1], user=ana.user)
    with pytest.raises(Client.DoesNotExist):
        records.merge(twice[0], other=twice[1], user=ana.user)

    assert AuditEntry.objects.count() == 1


def test_merge_stays_inside_one_practice(ana: Professional, twice: tuple[Client, Client]) -> None:
    """N1: rows of two professionals are never one."""
    theirs = cast.caio(cast.bruno())
    with pytest.raises(Client.DoesNotExist):
        records.merge(twice[0], other=theirs, user=ana.user)

    assert Client.objects.filter(pk=theirs.pk, professional=theirs.professional).exists()


def test_erasing_a_merged_record_forgets_the_former_one(ana: Professional, twice: tuple[Client, Client]) -> None:
    """V2: the admin's history may name the row that was merged away."""
    kind = ContentType.objects.get_for_model(Client)
    assert ana.user is not None
    entry = LogEntry.objects.create(
        user=ana.user, content_type=kind, object_id=str(twice[1].pk), object_repr="Karina", action_flag=CHANGE
    )
    kept = records.merge(twice[0], other=twice[1], user=ana.user)

    records.erase(kept, user=ana.user)

    entry.refresh_from_db()
    assert entry.object_repr == ""


def test_nothing_refers_to_clients_that_merging_does_not_move() -> None:
    """A new reference to a client has to be moved by `merge` and thought of by `erase`."""
    known = {(Appointment, "client"), (ClientAddress, "client"), (Conversation, "client")}
    referring = {(relation.related_model, relation.field.name) for relation in Client._meta.related_objects}
    assert referring == known


def test_due_times_are_the_databases(ana: Professional, twice: tuple[Client, Client]) -> None:
    """A merge wakes nobody who has nothing to do."""
    Conversation.objects.update(reply_due_at=None)
    records.merge(twice[0], other=twice[1], user=ana.user)

    assert not Conversation.objects.filter(reply_due_at__lte=Now()).exists()
