"""What is announced to whom about an appointment's event: once per event and recipient, from the committed row.

Whoever sees an event first announces it: the turn that made it at once, else the sweep. A change from the
chat, a page, the API or the admin is told by this one piece of code.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from intake import conversations, letters, outbox, wording
from intake.models import Channel, Conversation, OutboundMessage
from intake.state import new_id
from scheduling import phones
from scheduling.models import Appointment, AppointmentEvent

logger = logging.getLogger(__name__)

Kind = AppointmentEvent.Kind
Actor = AppointmentEvent.Actor
Medium = OutboundMessage.Medium

# What no program has fetched for so long is told another way as well.
UNFETCHED = timedelta(minutes=15)
# What repeats for whom the appointment is.
_WITH_ATTENDEE = frozenset({Kind.CONFIRMED, Kind.APPROVED, Kind.REQUESTED, Kind.MOVED})
# What concerns nobody but the books.
_UNTOLD = frozenset({Kind.HELD, Kind.COMPLETED, Kind.NO_SHOW})


@transaction.atomic
def announce(event: AppointmentEvent) -> None:
    """Enqueue what the event's people are to know and mark the event; a second call changes nothing."""
    event = (
        AppointmentEvent.objects.select_for_update(of=("self",))
        .select_related("appointment__professional__user", "appointment__client", "appointment__service")
        .get(pk=event.pk)
    )
    if event.announced_at is not None:
        return
    if event.kind not in _UNTOLD:
        with translation.override(event.appointment.professional.language):
            _tell_client(event)
            _tell_professional(event)
    event.announced_at = timezone.now()
    event.save(update_fields=["announced_at"])


def announce_latest(appointment: Appointment) -> None:
    """Announce what just happened to the appointment; call it in the transaction of the change."""
    for event in appointment.events.filter(announced_at=None):
        announce(event)


def announce_pending() -> int:
    """Announce the events that nobody has announced yet; return how many. One that fails keeps no other back."""
    events = list(AppointmentEvent.objects.filter(announced_at=None)[:500])
    announced = 0
    for event in events:
        try:
            announce(event)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next sweep tries again
            # Only the kind of error: its text may quote a name.
            logger.error(
                "event could not be announced: %s", type(error).__name__, extra={"appointment": event.appointment_id}
            )
        else:
            announced += 1
    return announced


def reroute_undelivered() -> int:
    """Tell by e-mail what did not reach the client about appointments; return how many messages."""
    yesterday = Now() - timedelta(days=1)
    about = OutboundMessage.objects.filter(event__isnull=False, rerouted_at=None, created_at__gt=yesterday)
    failed = about.filter(medium=Medium.WHATSAPP, status="failed")
    # They can still be fetched; but their reader has probably closed the page.
    unfetched = about.filter(medium=Medium.API, status="sent", created_at__lt=Now() - UNFETCHED)
    return _reroute_all(failed) + _reroute_all(unfetched)


def _reroute_all(undelivered: QuerySet[OutboundMessage]) -> int:
    rerouted = 0
    for pk in list(undelivered.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            message = undelivered.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if message is not None and message.event is not None:
                _reroute(message.event, message)
                rerouted += 1
    return rerouted


def _reroute(event: AppointmentEvent, message: OutboundMessage) -> None:
    """E-mail the client, else ask the professional to tell them; a text in several parts is one letter."""
    key = f"event:{event.pk}:rerouted"
    with translation.override(_language(event)):
        mailed = _mail_client(event, dedupe_key=key)
    if not mailed:
        with translation.override(event.appointment.professional.language):
            reason = message.error_code or _("nobody has fetched it")
            _ask_to_tell(event, reason=reason, channel=message.medium, dedupe_key=key)
    message.rerouted_at = timezone.now()
    message.save(update_fields=["rerouted_at"])


def announce_handover(conversation: Conversation, *, reason: str | Promise, dedupe_key: str) -> None:
    """Tell the professional that a client waits for a person."""
    professional = conversation.professional
    with translation.override(professional.language):
        facts = {"who": _who(conversation), "reason": letters.line(str(reason), longest=letters.LONGEST_REASON)}
        waits = _("%(who)s is waiting for you on WhatsApp")
        if conversation.channel == Channel.API:
            waits = _("%(who)s is waiting for you in a chat")
        if _is_told(conversation):
            outbox.mail(
                professional,
                to=professional.notice_email,
                subject=waits % facts,
                body=_("Reason: %(reason)s") % facts + "\n" + _("The reception is silent in this conversation."),
                dedupe_key=dedupe_key,
                conversation=conversation,
            )


def announce_late(conversation: Conversation, appointment: Appointment, *, dedupe_key: str) -> None:
    """Tell the professional that a client is late for an appointment of today."""
    professional = conversation.professional
    with translation.override(professional.language):
        facts = {"who": _who(conversation), "when": wording.moment(appointment.starts_at, professional)}
        if _is_told(conversation):
            outbox.mail(
                professional,
                to=professional.notice_email,
                subject=_("%(who)s will be late") % facts,
                body=_("%(who)s wrote to be late for %(when)s.") % facts,
                dedupe_key=dedupe_key,
                conversation=conversation,
            )


def _is_told(conversation: Conversation) -> bool:
    """Return whether the professional gets an e-mail about a conversation; a trial is their own."""
    return bool(conversation.professional.notice_email) and conversation.channel != Channel.TRIAL


def client_text(event: AppointmentEvent) -> str:
    """Return what the client is told: the receipt, written from the row."""
    appointment = event.appointment
    facts = {
        "when": _when(event),
        "service": appointment.service.name,
        "reference": appointment.reference,
        "name": appointment.professional.name,
    }
    if event.data.get("move") or event.kind == Kind.MOVE_REQUESTED:
        return _move_text(event) % facts
    texts = {
        Kind.CONFIRMED: _("Booked: %(when)s\n%(service)s with %(name)s.\nReference: *%(reference)s*"),
        Kind.APPROVED: _("%(name)s confirmed: %(when)s\n%(service)s.\nReference: *%(reference)s*"),
        Kind.REQUESTED: _(
            "Request sent: %(when)s\n%(service)s. %(name)s still has to approve it; I will let you know here.\n"
            "Reference: *%(reference)s*"
        ),
        Kind.DECLINED: _("%(name)s cannot take %(when)s. Shall we look for another time?"),
        Kind.MOVED: _("Moved to %(when)s\n%(service)s with %(name)s.\nReference: *%(reference)s*"),
        Kind.CANCELLED: _("Cancelled: %(when)s, %(service)s (%(reference)s)."),
        Kind.LAPSED: _("%(name)s did not answer the request for %(when)s in time, so it was not booked. Another time?"),
    }
    together = event.data.get("occurrences", [])
    text = _series_text(event, together) if len(together) > 1 else texts[Kind(event.kind)] % facts
    zone = wording.zone_note(
        appointment.professional, address=appointment.client.address, when=datetime.fromisoformat(event.data["at"])
    )
    text = f"{text}\n{zone}" if zone else text
    if appointment.attendee and event.kind in _WITH_ATTENDEE:
        text += "\n" + _("For: %(name)s") % {"name": _name(appointment.attendee)}
    return text


def _series_text(event: AppointmentEvent, together: Sequence[dict[str, str]]) -> str:
    """Return the one receipt of all the occurrences that were booked or cancelled together."""
    appointment = event.appointment
    head = {
        Kind.CONFIRMED: _("Booked %(count)s times: %(service)s with %(name)s."),
        Kind.CANCELLED: _("Cancelled %(count)s times: %(service)s with %(name)s."),
    }[Kind(event.kind)]
    lines = [
        f"{wording.short(datetime.fromisoformat(one['at']), appointment.professional)} ({one['reference']})"
        for one in together
    ]
    facts = {"count": len(together), "service": appointment.service.name, "name": appointment.professional.name}
    return "\n".join([head % facts, *lines])


def reaches(appointment: Appointment) -> bool:
    """Return whether news about the appointment find its client on a channel or by e-mail."""
    conversation = _conversation(appointment)
    return bool((conversation and not conversation.opted_out_at) or appointment.client.email)


def _when(event: AppointmentEvent) -> str:
    """Return the start that the event is about, in the professional's words and zone."""
    return wording.moment(datetime.fromisoformat(event.data["at"]), event.appointment.professional)


def _move_text(event: AppointmentEvent) -> str:
    if event.kind == Kind.MOVE_REQUESTED:
        return _("Request to move sent. Until %(name)s approves it, your time stays %(when)s (%(reference)s).")
    return _("The new time was not approved. Your time stays %(when)s, %(service)s (%(reference)s).")


def _tell_client(event: AppointmentEvent) -> None:
    """Write where the client wrote last; an opt-out from notices is respected, and told to whom it concerns."""
    conversation, key = _conversation(event.appointment), f"event:{event.pk}:client"
    opted_out = conversation is not None and conversation.opted_out_at and event.actor != Actor.CLIENT
    with translation.override(_language(event)):
        if conversation is not None and not opted_out:
            text, options = client_text(event), []
            if _was_booked_here(event, conversation):
                text += "\n" + _("To undo it, write *undo* within 5 minutes.")
                options = [{"id": new_id(), "label": _("Undo")}]
            outbox.say(conversation, text, dedupe_key=key, options=options, event=event)
            return
        mailed = _mail_client(event, dedupe_key=key)
    if conversation is not None and opted_out and not mailed:
        _ask_to_tell(event, reason=_("opted out"), channel=conversation.channel, dedupe_key=key)


def _was_booked_here(event: AppointmentEvent, conversation: Conversation) -> bool:
    """Return whether it is a booking that the client made in a chat, which can be taken back for a while."""
    booked = event.actor == Actor.CLIENT and event.kind in (Kind.CONFIRMED, Kind.REQUESTED)
    return booked and event.appointment.source == conversation.channel


def _mail_client(event: AppointmentEvent, *, dedupe_key: str) -> bool:
    """E-mail the client if an address is known; return whether it is."""
    appointment = event.appointment
    if not appointment.client.email or appointment.is_trial:
        return False
    outbox.mail(
        appointment.professional,
        to=appointment.client.email,
        subject=_("Your appointment with %(name)s") % {"name": appointment.professional.name},
        body=client_text(event),
        dedupe_key=dedupe_key,
        event=event,
    )
    return True


def _ask_to_tell(event: AppointmentEvent, *, reason: str, channel: str, dedupe_key: str) -> None:
    """Ask the professional to tell a client whom nothing else reaches."""
    appointment = event.appointment
    if appointment.is_trial:
        return
    if not appointment.professional.notice_email:
        logger.error("nobody could be told about an appointment", extra={"appointment": appointment.pk})
        return
    subject = _("%(who)s could not be reached on WhatsApp")
    body = _("WhatsApp did not bring this message to %(who)s (reason: %(reason)s). Please tell them:\n\n%(text)s")
    if channel == Channel.API:
        subject = _("%(who)s could not be reached in the chat")
        body = _("The chat did not bring this message to %(who)s (reason: %(reason)s). Please tell them:\n\n%(text)s")
    who = _name(appointment.client.name, phones.plain(appointment.client.address))
    outbox.mail(
        appointment.professional,
        to=appointment.professional.notice_email,
        subject=subject % {"who": who},
        body=body % {"who": who, "reason": reason, "text": client_text(event)},
        dedupe_key=dedupe_key,
        event=event,
    )


def _tell_professional(event: AppointmentEvent) -> None:
    """E-mail the professional about everything that somebody else did."""
    appointment = event.appointment
    professional = appointment.professional
    if event.actor == Actor.PROFESSIONAL or appointment.is_trial or not professional.notice_email:
        return
    who = _name(appointment.client.name, phones.plain(appointment.client.address))
    outbox.mail(
        professional,
        to=professional.notice_email,
        subject=f"{_headline(event)}: {who}, {_when(event)}",
        body="\n".join(_lines(event, who)),
        dedupe_key=f"event:{event.pk}:professional",
        event=event,
    )


def _lines(event: AppointmentEvent, who: str) -> list[str]:
    appointment = event.appointment
    attendee = _(" (for %(name)s)") % {"name": _name(appointment.attendee)} if appointment.attendee else ""
    lines = [f"{_headline(event)}: {who}{attendee}", _when(event)]
    if event.kind == Kind.MOVE_REQUESTED:
        wanted = wording.moment(datetime.fromisoformat(event.data["to"]), appointment.professional)
        lines.append(_("Wanted instead: %(when)s") % {"when": wanted})
    lines.append(f"{appointment.service.name}, {wording.price(appointment.price)}")
    lines.append(_("Reference: %(reference)s") % {"reference": appointment.reference})
    return lines


def _headline(event: AppointmentEvent) -> str:
    if event.data.get("move"):
        return _("Move not approved")
    return {
        Kind.CONFIRMED: _("New appointment"),
        Kind.APPROVED: _("Request approved"),
        Kind.REQUESTED: _("Request waiting for your approval"),
        Kind.DECLINED: _("Request declined"),
        Kind.MOVE_REQUESTED: _("Request to move waiting for your approval"),
        Kind.MOVED: _("Appointment moved"),
        Kind.CANCELLED: _("Appointment cancelled"),
        Kind.LAPSED: _("Request lapsed"),
    }[Kind(event.kind)]


def _conversation(appointment: Appointment) -> Conversation | None:
    """Return where the client wrote last; a trial stays in the trial."""
    found = conversations.of(appointment.client)
    found = found.filter(channel="trial") if appointment.is_trial else found.exclude(channel="trial")
    return found.order_by(F("last_inbound_at").desc(nulls_last=True), "-pk").first()


def _language(event: AppointmentEvent) -> str:
    """Return the client's language; until it is known, the professional's."""
    return (_conversation(event.appointment) or event.appointment.professional).language


def _who(conversation: Conversation) -> str:
    name = conversation.client.name if conversation.client else ""
    return _name(name, conversation.profile_name, phones.plain(conversation.address))


def _name(*called: str) -> str:
    """Return the first of the names of which there is something to see, as an e-mail may carry it."""
    return next(filter(None, (letters.line(name, longest=letters.LONGEST_NAME) for name in called)), "–")
