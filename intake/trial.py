"""A trial: professionals write to their own reception as a client would.

Everything is real but its ends: messages come from a page and stay there (no other channel's rows are made), and what
is booked is marked as a trial, so that it neither occupies time nor counts. All of it hangs on one conversation and
one test client for each professional, and is gone when the trial begins anew or has rested for a day.
"""

from datetime import timedelta
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction
from django.db.models.functions import Now

from intake import simulator
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage
from scheduling.models import TRIAL, Appointment, Client, Professional
from scheduling.transactions import repeated

# A trial asks the same model as everybody: nothing that a client would write is longer.
LONGEST_BODY = 1000
MESSAGES_PER_HOUR = 60
# Whoever has not written for so long begins anew.
REST = timedelta(days=1)
_HOUR = 3600


def address(professional: Professional) -> str:
    """Return where the test client writes from."""
    return f"{TRIAL}{professional.pk}"


def conversation(professional: Professional) -> Conversation | None:
    """Return the professional's trial, None before its first message."""
    found = Conversation.objects.filter(professional=professional, channel=Channel.TRIAL)
    return found.select_related("professional").first()


def may_go_on(professional: Professional) -> bool:
    """Count one more message of this hour and return whether it is within the limit; each may cost a model's answer."""
    key = f"trial:{professional.pk}:messages"
    try:
        cache.add(key, 0, timeout=_HOUR)
        return cache.incr(key) <= MESSAGES_PER_HOUR
    except Exception:  # noqa: BLE001 - whatever the cache raises, nobody is kept from trying
        return True


@transaction.atomic
def receive(professional: Professional, body: str, *, option: str = "") -> int:
    """Store a message of the test client, due at once, and return its conversation's id.

    `option` is the id of a tapped option; its words then stand for the body.
    """
    talk, _made = Conversation.objects.select_for_update(no_key=True).get_or_create(
        professional=professional, channel=Channel.TRIAL, address=address(professional)
    )
    tapped = _tapped(talk, option) if option else None
    words = tapped[1] if tapped else body
    InboundMessage.objects.create(
        conversation=talk,
        provider_sid=f"TR{uuid4().hex}",
        body=words,
        kind="tap" if tapped else "text",
        button_payload=option if tapped else "",
        replied_sid=tapped[0] if tapped else "",
        payload={"Body": words},
    )
    Conversation.objects.filter(pk=talk.pk).update(reply_due_at=Now(), last_inbound_at=Now())
    return talk.pk


def _tapped(talk: Conversation, option: str) -> tuple[str, str] | None:
    """Return what was tapped: the message's id at its channel and the option's words; None for an unknown one."""
    for message in OutboundMessage.objects.filter(conversation=talk).exclude(options=[]).order_by("-pk"):
        for one in message.options:
            if one["id"] == option:
                return simulator.sid(message), str(one["label"])
    return None


@repeated
def restart(professional: Professional) -> None:
    """Forget the trial: what was said, what was booked, and who booked.

    A turn that is under way writes only with the conversation's lock, and then finds that its lease is gone.
    """
    talks = Conversation.objects.select_for_update().filter(professional=professional, channel=Channel.TRIAL)
    ids = list(talks.values_list("pk", flat=True))
    # Whatever else writes appointments waits.
    Professional.objects.select_for_update(no_key=True).get(pk=professional.pk)
    Appointment.objects.filter(professional=professional, is_trial=True).delete()
    Conversation.objects.filter(pk__in=ids).delete()
    Client.with_trials.filter(professional=professional, address=address(professional)).delete()


def forget_resting() -> int:
    """Forget the trials that nobody has gone on with for a day; return how many."""
    resting = Conversation.objects.filter(channel=Channel.TRIAL, last_inbound_at__lt=Now() - REST)
    found = [talk.professional for talk in resting.select_related("professional")[:500]]
    for professional in found:
        restart(professional)
    return len(found)
