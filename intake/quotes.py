"""Replies to an older message: what the client quotes says what the words under it are about."""

from collections.abc import Sequence

from intake.models import InboundMessage, OutboundMessage
from intake.proposals import Context
from scheduling.models import Appointment


def quoted(context: Context, messages: Sequence[InboundMessage]) -> OutboundMessage | None:
    """Return the message of ours that the newest reply quotes; only this conversation's are ever found."""
    sids = [message.replied_sid for message in messages if message.replied_sid]
    if not sids:
        return None
    ours = OutboundMessage.objects.filter(conversation=context.conversation, provider_sid=sids[-1])
    return ours.select_related("event").order_by("pk").first()


def appointment(context: Context, message: OutboundMessage | None) -> Appointment | None:
    """Return the client's own coming appointment that a quoted receipt or reminder is about."""
    if message is None or message.event is None:
        return None
    return next((one for one in context.coming if one.pk == message.event.appointment_id), None)


def is_outdated(context: Context, message: OutboundMessage | None) -> bool:
    """Return whether a quoted question or list has been replaced by another one, or is settled."""
    # A receipt's button asks nothing.
    if message is None or message.event_id is not None or not message.options:
        return False
    ids = {str(option["id"]) for option in message.options}
    question = context.state.question
    open_ids = {option.id for option in context.state.options}
    if question is not None:
        open_ids |= {f"{question.id}:yes", f"{question.id}:no"}
    return not ids & open_ids
