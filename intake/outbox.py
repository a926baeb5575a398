"""Outbound messages: enqueued once per dedupe key, handed over in order, reported on forwards only.

An attempt is committed before the call. A message found in the middle of an attempt (its worker died) is
looked up at Twilio before it is sent again, since sending is not idempotent.
"""

import email.utils
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from intake import quick_replies, twilio
from intake.models import Channel, Conversation, OutboundMessage, Turn
from intake.twilio import Report, SendError
from scheduling.models import AppointmentEvent, Professional

logger = logging.getLogger(__name__)

Medium = OutboundMessage.Medium
Status = OutboundMessage.Status

MOST_ATTEMPTS = 6
LONGEST_PAUSE_SECONDS = 3600
# A sender over its limit tries again with one message, after 5 s to a minute, and gives a message up after an hour.
THROTTLE_SECONDS = (5, 60)
LONGEST_THROTTLE = timedelta(hours=1)
# An attempt that is older than any call can take belongs to a dead worker.
ABANDONED = timedelta(seconds=60)
# How long one task goes on delivering.
DELIVERY_SECONDS = 5
# Until so long after the client's last message WhatsApp takes free text; then only approved templates (63016).
SERVICE_WINDOW = timedelta(hours=24)
# Twilio's limit for a WhatsApp body is 1,600 characters.
LONGEST_BODY = 1500
# The dedupe key of a message that is said a second time.
_AGAIN = "again:"
_OPEN = (Status.PENDING, Status.SENDING)
# Reports arrive in any order: a status only ever replaces one that stands before it.
_RANK = {Status.PENDING: 0, Status.SENDING: 1, Status.SENT: 2, Status.FAILED: 3, Status.DELIVERED: 4, Status.READ: 5}


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A message claimed for handing over; `repeated` says that an earlier attempt may have succeeded."""

    message: OutboundMessage
    repeated: bool


def say(
    conversation: Conversation,
    body: str,
    *,
    dedupe_key: str,
    options: Sequence[dict[str, str]] = (),
    turn: Turn | None = None,
    event: AppointmentEvent | None = None,
    author: OutboundMessage.Author = OutboundMessage.Author.RECEPTION,
) -> None:
    """Enqueue a message to the conversation's address, once per dedupe key. Long texts go in several.

    The options belong to the last part: it ends with the question. What a program fetches (`intake/api.py`) has left
    as soon as it is written.
    """
    parts = _split(body)
    status = Status.SENT if conversation.channel == Channel.API else Status.PENDING
    for number, part in enumerate(parts):
        OutboundMessage.objects.get_or_create(
            dedupe_key=dedupe_key if number == 0 else f"{dedupe_key}/{number}",
            defaults={
                "professional": conversation.professional,
                "conversation": conversation,
                "medium": conversation.channel,
                "author": author,
                "recipient": conversation.address,
                "body": part,
                "status": status,
                "options": list(options) if number == len(parts) - 1 else [],
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


def deliver_due() -> bool:
    """Hand over what is due, one message at a time; return whether there may be more.

    A provider that hangs must not keep a worker from the sweep for ever, so the time is limited.
    """
    until = time.monotonic() + DELIVERY_SECONDS
    while time.monotonic() < until:
        attempt = _next()
        if attempt is None:
            return False
        _deliver(attempt)
    return True


def held_back() -> Q:
    """Return the condition of messages whose sender is over its limit.

    One refused message holds all of its sender back until its next try is over: the limit needs no other memory.
    """
    throttled = OutboundMessage.objects.filter(
        medium=Medium.WHATSAPP, status__in=_OPEN, error_code__in=twilio.RATE_LIMITS, due_at__gt=Now()
    )
    return Q(medium=Medium.WHATSAPP, professional__in=throttled.values("professional"))


def said_as(dedupe_key: str) -> QuerySet[OutboundMessage]:
    """Return the message that was enqueued under the key, and the one that was said again in its place."""
    first = OutboundMessage.objects.filter(dedupe_key=dedupe_key).values_list("pk", flat=True).first()
    return OutboundMessage.objects.filter(dedupe_key__in=[dedupe_key, f"{_AGAIN}{first}"])


def revive(messages: QuerySet[OutboundMessage]) -> int:
    """Give failed messages another round of tries and return how many; what may have left is looked up first."""
    return OutboundMessage.objects.filter(pk__in=messages.values("pk"), status=Status.FAILED).update(
        status=Status.PENDING, attempts=0, due_at=Now(), error_code="", error_message=""
    )


def record(outbox_id: int, report: Report) -> bool:
    """Record a delivery report, forwards only; return whether the message is known.

    The row is committed before Twilio hears of it: a message that is not known was erased, and nothing is parked.
    """
    with transaction.atomic():
        message = OutboundMessage.objects.select_for_update().filter(pk=outbox_id).first()
        if message is None:
            return False
        if report.sid and message.provider_sid not in ("", report.sid):
            _note_copy(message, report)
            return True
        if _RANK.get(report.status, 0) > _RANK.get(Status(message.status), 9):
            message.status, message.error_code = report.status, report.error_code
            _note_opt_out(message, report.error_code)
            if report.status == Status.FAILED:
                _meet_failure(message)
        # The callback proves that Twilio has the message, even if we died before we could note it.
        message.provider_sid = message.provider_sid or report.sid
        message.handed_at = message.handed_at or message.attempted_at
        message.save(update_fields=["status", "error_code", "provider_sid", "handed_at", "rerouted_at"])
    return True


def _next() -> _Attempt | None:
    """Claim the next message: due, none before it in its conversation on the way, its sender not over a limit.

    `attempted_at` is the first attempt that may have succeeded: a client can answer from then on.
    """
    on_the_way = Q(due_at__lte=Now()) | Q(attempts__gt=0)
    earlier = OutboundMessage.objects.filter(
        on_the_way, conversation=OuterRef("conversation"), pk__lt=OuterRef("pk"), status__in=_OPEN
    ).exclude(medium=Medium.EMAIL)
    with transaction.atomic():
        message = (
            OutboundMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("professional")
            .filter(status__in=_OPEN, due_at__lte=Now())
            .filter(Q(medium=Medium.EMAIL) | ~Exists(earlier))
            .exclude(held_back())
            .order_by("due_at", "pk")
            .first()
        )
        if message is None:
            return None
        repeated = message.attempted_at is not None
        OutboundMessage.objects.filter(pk=message.pk).update(
            status=Status.SENDING,
            attempts=F("attempts") + 1,
            attempted_at=Coalesce("attempted_at", Now()),
            due_at=Now() + ABANDONED,
        )
        claimed = OutboundMessage.objects.select_related("professional", "conversation").get(pk=message.pk)
        return _Attempt(claimed, repeated)


def _deliver(attempt: _Attempt) -> None:
    message = attempt.message
    try:
        sid = _hand_over(attempt)
    except SendError as error:
        _note_failure(attempt, error)
    except Exception as error:  # noqa: BLE001 - one odd message must not stop the others
        # Only the kind of error: its text may quote a name or an address.
        logger.error("message could not be handed over: %s", type(error).__name__, extra={"outbox": message.pk})
        _note_failure(attempt, SendError(type(error).__name__[:20], "unexpected", permanent=False, uncertain=True))
    else:
        done = Status.SENT if message.medium in (Medium.WHATSAPP, Medium.EMAIL) else Status.DELIVERED
        _sending(message).update(status=done, provider_sid=sid, handed_at=Now(), error_code="", error_message="")
        logger.info("message handed over", extra={"outbox": message.pk, "turn": message.turn_id})


def _hand_over(attempt: _Attempt) -> str:
    """Pass the message to its medium and return the provider's id; the simulator only shows rows."""
    message = attempt.message
    if message.medium == Medium.EMAIL:
        return _send_mail(message)
    if message.medium != Medium.WHATSAPP:
        return ""
    if not twilio.configured():
        raise SendError("not_configured", "no Twilio credentials", permanent=True)
    if message.conversation and message.conversation.is_refused:
        raise SendError("opted_out", "Twilio refuses this address until its person writes", permanent=True)
    if attempt.repeated and (sid := twilio.find(message)):
        return sid
    if message.attempts > MOST_ATTEMPTS:
        raise SendError("abandoned", "every attempt was cut short", permanent=True)
    if _is_outside_window(message):
        raise SendError("63016", "more than a day after the client's last message: not tried", permanent=True)
    # What was refused for its buttons is said again without any.
    return twilio.send(message) if message.dedupe_key.startswith(_AGAIN) else quick_replies.send(message)


def _is_outside_window(message: OutboundMessage) -> bool:
    late = Conversation.objects.filter(outbound=message, last_inbound_at__lte=Now() - SERVICE_WINDOW)
    return late.exists()


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
    except ValueError as error:
        raise SendError(type(error).__name__[:20], "not an address or header", permanent=True) from error
    except OSError as error:  # smtplib's errors are OSErrors
        raise SendError(type(error).__name__[:20], "the mail server did not take it", permanent=False) from error
    return ""


def _note_failure(attempt: _Attempt, error: SendError) -> None:
    message = attempt.message
    age = timezone.now() - message.created_at
    given_up = error.permanent or (age > LONGEST_THROTTLE if error.throttled else message.attempts >= MOST_ATTEMPTS)
    # Only of the newest attempt: another worker may have taken over one that seemed dead.
    _sending(message).filter(attempts=message.attempts).update(
        status=Status.FAILED if given_up else Status.PENDING,
        # A limit says nothing about the message: that attempt does not count.
        attempts=F("attempts") - (1 if error.throttled else 0),
        error_code=error.code[:20],
        error_message=error.message[:300],
        # After a plain refusal the next attempt is the first that counts.
        attempted_at=message.attempted_at if error.uncertain or attempt.repeated else None,
        due_at=Now() + timedelta(seconds=_pause(message, error, age=age)),
    )
    logger.warning("message not taken: %s", error.code, extra={"outbox": message.pk, "turn": message.turn_id})
    _note_opt_out(message, error.code)


def _pause(message: OutboundMessage, error: SendError, *, age: timedelta) -> float:
    """Return after how many seconds the next try comes: later each time, and not before Twilio wants it."""
    if error.throttled:
        shortest, longest = THROTTLE_SECONDS
        # As long again as it has waited already.
        pause = error.retry_after or min(max(age.total_seconds(), shortest), longest)
    else:
        pause = 5 * 4 ** (message.attempts - 1)
    # What Twilio has taken needs a moment to appear in its list.
    return max(min(pause, LONGEST_PAUSE_SECONDS), ABANDONED.total_seconds() if error.uncertain else 0)


def _meet_failure(message: OutboundMessage) -> None:
    """Say again what Twilio took and WhatsApp then refused for the sender's rate, or for its buttons."""
    if message.error_code in twilio.RATE_LIMITS:
        _say_again(message, after=THROTTLE_SECONDS[1])
    elif quick_replies.note_refused(message, message.error_code):
        _say_again(message, after=0)


def _say_again(message: OutboundMessage, *, after: float) -> None:
    """Enqueue a message once more, as plain text.

    A row of its own: late reports on the first one cannot touch it, and for a limit it holds its sender back meanwhile.
    """
    if message.dedupe_key.startswith(_AGAIN):
        return
    same = ("professional", "conversation", "turn", "event", "medium", "author", "recipient", "body", "options")
    OutboundMessage.objects.get_or_create(
        dedupe_key=f"{_AGAIN}{message.pk}",
        defaults={name: getattr(message, name) for name in same}
        | {"error_code": message.error_code, "due_at": Now() + timedelta(seconds=after)},
    )
    message.rerouted_at = timezone.now()


def _note_copy(message: OutboundMessage, report: Report) -> None:
    """Flag a report about another message of Twilio's under our id: the client probably read it twice."""
    logger.error("Twilio reports on a second copy of a message", extra={"outbox": message.pk})
    message.error_message = f"Twilio has a second copy: {report.sid}"
    message.save(update_fields=["error_message"])


def _note_opt_out(message: OutboundMessage, code: str) -> None:
    if code in twilio.OPT_OUTS and message.conversation_id:
        Conversation.objects.filter(pk=message.conversation_id).update(
            opted_out_at=Coalesce("opted_out_at", Now()), refused_at=Now()
        )


def _sending(message: OutboundMessage) -> QuerySet[OutboundMessage]:
    """Return the row unless a report has told more than its attempt can."""
    return OutboundMessage.objects.filter(pk=message.pk, status=Status.SENDING)


def _split(body: str) -> list[str]:
    """Split a long text at paragraphs, then lines, then words, so that each part fits one message; blanks are none."""
    parts: list[str] = []
    rest = body.strip()
    while len(rest) > LONGEST_BODY:
        cut = next((at for mark in ("\n\n", "\n", " ") if (at := rest.rfind(mark, 1, LONGEST_BODY)) > 0), LONGEST_BODY)
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*parts, rest] if rest else parts
