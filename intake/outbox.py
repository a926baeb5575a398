"""Outbound messages: enqueued once per dedupe key, handed over in order, reported on forwards only.

An attempt is committed before the call. A message found in the middle of an attempt (its worker died) is
looked up at Twilio before it is sent again, since sending is not idempotent.
"""

import email.utils
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from intake import twilio
from intake.models import Conversation, OutboundMessage, Turn
from intake.twilio import Report, SendError
from scheduling.models import AppointmentEvent, Professional

Medium = OutboundMessage.Medium
Status = OutboundMessage.Status

MOST_ATTEMPTS = 6
# An attempt that is older than any call can take belongs to a dead worker.
ABANDONED = timedelta(seconds=60)
# Twilio's limit for a WhatsApp body is 1,600 characters.
LONGEST_BODY = 1500
# Reports arrive in any order: a status only ever replaces one that stands before it.
_RANK = {Status.PENDING: 0, Status.SENDING: 1, Status.SENT: 2, Status.FAILED: 3, Status.DELIVERED: 4, Status.READ: 5}


def say(
    conversation: Conversation,
    body: str,
    *,
    dedupe_key: str,
    options: Sequence[dict[str, str]] = (),
    turn: Turn | None = None,
    event: AppointmentEvent | None = None,
) -> None:
    """Enqueue a message to the conversation's address, once per dedupe key. Long texts go in several."""
    for number, part in enumerate(_split(body)):
        OutboundMessage.objects.get_or_create(
            dedupe_key=dedupe_key if number == 0 else f"{dedupe_key}/{number}",
            defaults={
                "professional": conversation.professional,
                "conversation": conversation,
                "medium": conversation.channel,
                "recipient": conversation.address,
                "body": part,
                "options": list(options) if number == 0 else [],
                "turn": turn,
                "event": event,
            },
        )


def mail(
    professional: Professional,
    *,
    to: str,
    subject: str,
    body: str,
    dedupe_key: str,
    event: AppointmentEvent | None = None,
    conversation: Conversation | None = None,
) -> None:
    """Enqueue an e-mail, once per dedupe key. It is not held back by the conversation's other messages."""
    OutboundMessage.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "professional": professional,
            "conversation": conversation,
            "medium": Medium.EMAIL,
            "recipient": to,
            # A header takes no line break: a client's name must not be able to add one.
            "subject": " ".join(subject.split())[:200],
            "body": body,
            "event": event,
        },
    )


def deliver_due() -> int:
    """Hand over everything that is due, one message at a time; return how many were tried."""
    tried = 0
    while message := _next():
        _deliver(message)
        tried += 1
    return tried


def revive(messages: QuerySet[OutboundMessage]) -> int:
    """Give failed messages another round of tries; return how many there were."""
    return OutboundMessage.objects.filter(pk__in=messages.values("pk"), status=Status.FAILED).update(
        status=Status.PENDING, attempts=1, due_at=Now(), error_code="", error_message=""
    )


def record(outbox_id: int, report: Report) -> bool:
    """Record a delivery report, forwards only; return whether the message is known."""
    with transaction.atomic():
        message = OutboundMessage.objects.select_for_update().filter(pk=outbox_id).first()
        if message is None:
            return False
        if _RANK.get(report.status, 0) > _RANK.get(Status(message.status), 9):
            message.status, message.error_code = report.status, report.error_code
        # The callback proves that Twilio has the message, even if we died before we could note it.
        message.provider_sid = message.provider_sid or report.sid
        message.handed_at = message.handed_at or message.attempted_at
        message.save(update_fields=["status", "error_code", "provider_sid", "handed_at"])
    return True


def _next() -> OutboundMessage | None:
    """Claim the next message: due, and none before it in its conversation still on the way."""
    earlier = OutboundMessage.objects.filter(
        conversation=OuterRef("conversation"), pk__lt=OuterRef("pk"), status__in=[Status.PENDING, Status.SENDING]
    ).exclude(medium=Medium.EMAIL)
    ready = Q(status=Status.PENDING, due_at__lte=Now()) | Q(
        status=Status.SENDING, attempted_at__lte=Now() - ABANDONED, due_at__lte=Now()
    )
    with transaction.atomic():
        message = (
            OutboundMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("professional")
            .filter(ready)
            .filter(Q(medium=Medium.EMAIL) | ~Exists(earlier))
            .order_by("due_at", "pk")
            .first()
        )
        if message is None:
            return None
        was_sending = message.status == Status.SENDING
        OutboundMessage.objects.filter(pk=message.pk).update(
            status=Status.SENDING,
            attempts=F("attempts") + 1,
            **({} if was_sending else {"attempted_at": Now()}),
            due_at=Now() + ABANDONED,
        )
        return OutboundMessage.objects.select_related("professional").get(pk=message.pk)


def _deliver(message: OutboundMessage) -> None:
    try:
        sid = _hand_over(message)
    except SendError as error:
        _note_failure(message, error)
    else:
        done = Status.SENT if message.medium in (Medium.WHATSAPP, Medium.EMAIL) else Status.DELIVERED
        _mark(message, status=done, provider_sid=sid, handed_at=Now(), error_code="", error_message="")


def _hand_over(message: OutboundMessage) -> str:
    """Pass the message to its medium and return the provider's id; the simulator only shows rows."""
    if message.medium == Medium.EMAIL:
        return _send_mail(message)
    if message.medium != Medium.WHATSAPP:
        return ""
    if not twilio.configured():
        raise SendError("not_configured", "no Twilio credentials", permanent=True)
    if message.attempts > 1 and (sid := twilio.find(message)):
        return sid
    return twilio.send(message)


def _send_mail(message: OutboundMessage) -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    mail = EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.recipient],
        # The same id at a second try lets mail servers drop the copy.
        headers={
            "Message-ID": f"<outbox-{message.pk}@{domain}>",
            "Date": email.utils.format_datetime(message.created_at),
        },
    )
    try:
        mail.send()
    except OSError as error:  # smtplib's errors are OSErrors
        raise SendError(type(error).__name__[:20], "the mail server did not take it", permanent=False) from error
    return ""


def _note_failure(message: OutboundMessage, error: SendError) -> None:
    given_up = error.permanent or message.attempts >= MOST_ATTEMPTS
    _mark(
        message,
        status=Status.FAILED if given_up else Status.PENDING,
        error_code=error.code[:20],
        error_message=error.message[:300],
        due_at=Now() + timedelta(seconds=min(5 * 4 ** (message.attempts - 1), 3600)),
    )


def _mark(message: OutboundMessage, **changes: Any) -> None:
    """Write the outcome of our attempt, unless a report has told more in the meantime."""
    OutboundMessage.objects.filter(pk=message.pk, status=Status.SENDING).update(**changes)


def _split(body: str) -> list[str]:
    """Split a long text at paragraphs, then lines, then words, so that each part fits one message."""
    parts: list[str] = []
    rest = body.strip()
    while len(rest) > LONGEST_BODY:
        cut = next((at for mark in ("\n\n", "\n", " ") if (at := rest.rfind(mark, 1, LONGEST_BODY)) > 0), LONGEST_BODY)
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*parts, rest]
