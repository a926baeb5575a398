"""Taking back a booking: the receipt offers it with a button and a word, both understood for five minutes.

Nothing is remembered: the receipt's row says what was booked, where and when.
"""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from intake import proposals
from intake.models import OutboundMessage
from intake.proposals import Context
from language.tools import Refusal
from scheduling.models import Appointment, AppointmentEvent


def tapped(context: Context, payload: str) -> AppointmentEvent | None:
    """Return what is to be taken back by a tap; only this conversation's own receipts are ever found."""
    return _event(_receipts(context).filter(options__contains=[{"id": payload}]).first())


def meant(context: Context, quoted: OutboundMessage | None) -> AppointmentEvent | None:
    """Return what the word is about: the quoted receipt, else the one that was said last."""
    return _event(quoted) or _event(_receipts(context).last())


def take_back(context: Context, event: AppointmentEvent, *, asked_at: datetime) -> str:
    """Cancel what was just booked; the receipt says so. Later, or a second time, say what can be done instead."""
    try:
        proposals.undo(context, event, asked_at=asked_at)
    except Refusal:
        if Appointment.objects.filter(pk=event.appointment_id, status=Appointment.Status.CANCELLED).exists():
            return _("This is cancelled already. If you would like another time, just tell me the day.")
        return _("This can no longer be undone. To cancel or move an appointment, just write it here.")
    context.note("receipt", "undo")
    return ""


def _receipts(context: Context) -> QuerySet[OutboundMessage]:
    of_events = OutboundMessage.objects.filter(conversation=context.conversation, event__isnull=False)
    return of_events.select_related("event__appointment").order_by("pk")


def _event(receipt: OutboundMessage | None) -> AppointmentEvent | None:
    return receipt.event if receipt else None
