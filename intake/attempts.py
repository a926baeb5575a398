"""How often a turn is tried, and how it ends when no try succeeds: with a person, not with silence."""

import logging

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from intake import inbox, notices, outbox, takeover, wording
from intake.inbox import Lease, LeaseLost
from intake.models import Conversation

logger = logging.getLogger(__name__)


def are_used_up(lease: Lease) -> bool:
    """Return whether even the last try is over: its workers died so hard that none could say so."""
    return _made(lease) > inbox.MOST_ATTEMPTS


def give_back(lease: Lease) -> None:
    """After a failure: try again later, and in the end call a person."""
    made = _made(lease)
    if made < inbox.MOST_ATTEMPTS:
        inbox.postpone(lease, seconds=2**made)
        return
    try:
        with inbox.fenced(lease) as conversation:
            _give_up(conversation)
    except LeaseLost:
        logger.warning("gave up a turn that somebody else has", extra={"conversation": lease.conversation_id})


def _made(lease: Lease) -> int:
    """Return how often the most tried of the waiting messages was taken up, this time included."""
    return max(inbox.pending_of(lease.conversation_id).values_list("attempts", flat=True), default=0)


def _give_up(conversation: Conversation) -> None:
    """Call the professional, unless they answer there anyway; a plain wish brings the reception back."""
    professional, newest = conversation.professional, inbox.pending_of(conversation.pk).latest("pk").pk
    with translation.override(professional.language):
        reason = _("The reception could not answer.")
    if takeover.speaker(conversation, now=timezone.now()) == takeover.Speaker.RECEPTION:
        takeover.call(conversation, reason=reason, now=timezone.now())
        # Not by way of the model of the state, which may be what cannot be read.
        conversation.state = conversation.state | {"gave_up": True}
    notices.announce_handover(conversation, reason=reason, dedupe_key=f"handover:{newest}")
    with translation.override(conversation.language):
        text = _("Something went wrong on our side, sorry.") + " " + wording.handed_over(professional)
    outbox.say(conversation, text, dedupe_key=f"turn:{newest}")
    inbox.bury(conversation)
