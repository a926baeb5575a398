"""Messages that Twilio has and we lack: webhooks that found nobody are made up for from Twilio's own list.

Twilio tries a webhook once more at most and does not keep it; its list keeps every message. How far the list of
a number was read is a row: after an outage, however it came about, the next run goes on from there.
"""

import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import OperationalError
from django.db.models.functions import Now

from intake import inbox, twilio
from intake.models import Recovery
from intake.twilio import Received, SendError
from scheduling import transactions
from scheduling.models import Professional

logger = logging.getLogger(__name__)

# Younger messages may still come by webhook (15 s and one more try), which tells more than the list.
SETTLING = timedelta(minutes=1)
# Twilio's list may show a message late, and its clock is not ours.
OVERLAP = timedelta(minutes=5)
# Who wrote earlier has found another way, and WhatsApp's window for an answer is closed.
LONGEST_GAP = timedelta(hours=24)
RUN_SECONDS = 40


def fetch_missed() -> dict[int, float]:
    """Store the missed messages of every number; return in how many seconds each conversation's turn is due.

    A run lasts about RUN_SECONDS; the numbers read longest ago come first, so that the next run goes on.
    """
    due: dict[int, float] = {}
    if not twilio.configured():
        return due
    deadline = time.monotonic() + RUN_SECONDS
    for professional in _longest_ago_first():
        if time.monotonic() > deadline:
            logger.warning("ran out of time before every number's list was read")
            break
        try:
            due |= _fetch(professional, deadline=deadline)
        except SendError as error:
            logger.warning("Twilio's list could not be read: %s", error.code, extra={"professional": professional.pk})
        except OperationalError as error:
            if not transactions.will_pass(error):
                raise
            logger.warning("missed messages wait for a locked conversation", extra={"professional": professional.pk})
    return due


def _longest_ago_first() -> list[Professional]:
    """Return whoever has a number; a number that is new is read from now on."""
    found = Professional.objects.exclude(whatsapp_number=None)
    professionals = {one.whatsapp_number: one for one in found if one.whatsapp_number}
    marks = Recovery.objects.filter(number__in=professionals)
    new = professionals.keys() - set(marks.values_list("number", flat=True))
    Recovery.objects.bulk_create([Recovery(number=number) for number in new], ignore_conflicts=True)
    return [professionals[mark.number] for mark in marks.order_by("read_until", "pk")]


def _fetch(professional: Professional, *, deadline: float) -> dict[int, float]:
    """Store one number's missed messages in the order of their dates, and note how far that went."""
    mark = Recovery.objects.filter(number=professional.whatsapp_number)
    read_until, now = mark.values_list("read_until", Now()).get()
    since, reached = max(read_until - OVERLAP, now - LONGEST_GAP), now - SETTLING
    due: dict[int, float] = {}
    for received in _unknown(professional, since=since, until=reached, deadline=deadline):
        if time.monotonic() > deadline:
            reached = received.sent_at or since
            break
        stored = inbox.receive(replace(received, number=professional.whatsapp_number or ""))
        if stored is not None:
            due[stored.conversation_id] = stored.due_in
    mark.update(read_until=reached)
    if due:
        logger.warning("missed messages of %s conversations found", len(due), extra={"professional": professional.pk})
    return due


def _unknown(professional: Professional, *, since: datetime, until: datetime, deadline: float) -> list[Received]:
    """Read the list between two moments and return what we lack, oldest first. Raises SendError."""
    listed: list[Received] = []
    for received in twilio.inbound_to(professional.whatsapp_number or "", since=since):
        if time.monotonic() > deadline:
            # Newest first: what is still to come is what has to be stored first.
            raise SendError("too_long", "the list is longer than a run", permanent=False)
        if received.sent_at is not None and received.sent_at <= until:
            listed.append(received)
    known = inbox.known(received.sid for received in listed)
    # Dates are in whole seconds; within one the list's own order counts.
    listed.reverse()
    listed.sort(key=lambda received: received.sent_at or since)
    return [received for received in listed if received.sid not in known]
