"""Answers that need no model: a tap, a number, sim or não, a name that was asked for, PARAR, a person.

They mean the same whether a model answers the rest of the conversation or not.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import (
    choices,
    guided,
    media,
    outbox,
    phrases,
    proposals,
    quotes,
    rights,
    steps,
    takeover,
    undo,
    wording,
)
from intake.models import InboundMessage, OutboundMessage
from intake.proposals import Context
from intake.state import Awaiting, Option, Question, QuestionKind
from language.tools import Refusal
from scheduling.models import AppointmentEvent

# What has this status will never reach the client.
_LOST = (OutboundMessage.Status.FAILED, OutboundMessage.Status.DROPPED)
# What may well be meant for the professional's own eyes.
_FOR_A_PERSON = ("image", "video", "document", "contact")


def answer(context: Context, messages: Sequence[InboundMessage]) -> str | None:
    """Answer the burst if it is one of the above, else None. An empty text: what is to be said is queued already."""
    texts = [message.words for message in messages if message.words or message.button_payload]
    if not texts:
        return _not_words(context, messages)
    if phrases.wants_to_stop(texts[-1]):
        return _stop(context)
    if phrases.wants_the_reception(texts[-1]):
        return _("The reception is back.") + "\n" + choices.menu(context)
    name = wording.first_name(context.professional.name)
    if any(phrases.wants_a_person(text, name=name) for text in texts):
        return steps.hand_over(context)
    if messages[-1].button_payload:
        return _tap(context, messages[-1])
    return _about_data(context, texts) or _about_what_is_open(context, messages, texts)


def _about_what_is_open(context: Context, messages: Sequence[InboundMessage], texts: Sequence[str]) -> str | None:
    """Answer what is said to a question, a receipt or a list; None for anything else."""
    question, quoted = context.state.question, quotes.quoted(context, messages)
    context.quoted = quotes.appointment(context, quoted)
    if phrases.wants_to_undo(texts[-1]) and (booked := undo.meant(context, quoted)):
        return _take_back(context, booked, messages[-1])
    if quotes.is_outdated(context, quoted) and _is_short(texts[-1]):
        return _("That choice is no longer open.") + "\n" + choices.open_choice(context)
    if question is not None and question.asked_for == messages[-1].pk:
        # This very turn asked before and died: what it did stands, the question is still to be put.
        context.asked = True
        return ""
    if question is not None and any(message.is_unheard for message in messages) and _is_short(texts[-1]):
        # What nobody heard may take the yes back: it is asked for, and the question once more.
        return ""
    if question is not None:
        answered = _yes_or_no(context, question, messages, "\n".join(texts))
        if answered is not None:
            return answered
    answered = _from_list(context, texts[-1])
    return steps.refuse_move(context) if answered is None else answered


def _about_data(context: Context, texts: Sequence[str]) -> str:
    """Answer who asks for what is kept about somebody; nothing otherwise.

    Whose address it is, is their proof of who they are: of another person nothing is told here, to nobody. Their own
    data are the professional's to export or to erase.
    """
    name = wording.first_name(context.professional.name)
    if any(rights.asks_about_others_data(text, name=name) for text in texts):
        return _("Here I only deal with your own data. Another person has to write from their own number.")
    if any(rights.asks_about_own_data(text) for text in texts):
        return steps.call_a_person(context, reason=gettext_lazy("asks about their own data (LGPD)"))
    return ""


def _was_a_receipt(context: Context) -> bool:
    """Return whether the last thing said was a receipt: a second "sim" behind it asks a model for nothing."""
    said = OutboundMessage.objects.filter(conversation=context.conversation).exclude(medium="email")
    return said.order_by("-pk").values_list("event_id", flat=True).first() is not None


def _is_short(text: str) -> bool:
    """Return whether a text is an answer to something shown, and means nothing without it."""
    return phrases.number(text) is not None or phrases.yes_or_no(text) is not None


def takes_back(context: Context, messages: Sequence[InboundMessage]) -> bool:
    """Give the conversation back to the reception if its client wants that; return whether they do.

    Only where a person was called: whoever took over unasked (`human_reason` is empty) gives back by hand. If the
    reception itself had given up, any wish that it understands will do.
    """
    conversation, state = context.conversation, context.state
    wanted = any(phrases.wants_the_reception(message.words) for message in messages)
    if not conversation.human_reason or not (wanted or (state.gave_up and guided.understands(context))):
        return False
    takeover.end(conversation)
    state.gave_up = False
    return True


def _from_list(context: Context, text: str) -> str | None:
    """A number of the list shown last, the name that was asked for, or a yes said once more."""
    options = context.state.options
    number = phrases.number(text, count=len(options))
    if number is not None and options:
        if 1 <= number <= len(options):
            return steps.choose(context, options[number - 1])
        return _("Please choose a number from 1 to %(last)s.") % {"last": len(options)}
    if context.state.awaiting == Awaiting.NAME:
        return steps.take_name(context, text)
    if context.state.awaiting == Awaiting.PHONE:
        return steps.take_phone(context, text)
    chosen = [option for option in options if phrases.normalise(option.label) == phrases.normalise(text)]
    if len(chosen) == 1:
        return steps.choose(context, chosen[0])
    return guided.at_your_service() if phrases.yes_or_no(text) and _was_a_receipt(context) else None


def _yes_or_no(context: Context, question: Question, messages: Sequence[InboundMessage], text: str) -> str | None:
    """Take a sim or não to the question said last; one that something has overtaken is left to the conversation."""
    said = phrases.yes_or_no(text)
    if said is None or question.overtaken:
        return None
    if not _was_put(question, before=messages[0]):
        # The client cannot have meant a question that had not reached them.
        if _was_lost(question):
            proposals.ask_again(context, question)
        context.asked = True
        return ""
    return _accept(context, question) if said else steps.decline(context, question)


def _accept(context: Context, question: Question) -> str:
    try:
        proposals.accept(context, question)
    except Refusal as no:
        context.state.forget_flow()
        context.state.draft.service_id = question.service_id
        context.state.draft.moving_id = question.original_id
        context.state.draft.attendee = question.attendee
        context.state.draft.starts_at = question.starts_at
        if question.kind == QuestionKind.CANCEL:
            return f"{no.message}\n{choices.menu(context)}"
        return steps.refuse(context, no.code, no.message)
    context.note("receipt", question.kind.value)
    return ""


def _tap(context: Context, message: InboundMessage) -> str:
    payload, question = message.button_payload, context.state.question
    if question is not None and payload in (f"{question.id}:yes", f"{question.id}:no"):
        return _accept(context, question) if payload.endswith(":yes") else steps.decline(context, question)
    option = _option(context, payload)
    if option is not None:
        return steps.choose(context, option)
    if offer := context.state.offer(payload):
        return steps.take_up(context, offer)
    if booked := undo.tapped(context, payload):
        return _take_back(context, booked, message)
    # Whoever taps twice wants to know what has become of the first tap.
    instead = choices.open_choice if _is_open(context) or not context.coming else steps.appointments
    return _("That choice is no longer open.") + "\n" + instead(context)


def _take_back(context: Context, booked: AppointmentEvent, message: InboundMessage) -> str:
    said = undo.take_back(context, booked, asked_at=message.received_at)
    return f"{said}\n{choices.open_choice(context)}".strip() if said and _is_open(context) else said


def _is_open(context: Context) -> bool:
    """Return whether the client was about to answer something."""
    state = context.state
    return state.question is not None or bool(state.options) or state.awaiting != Awaiting.NOTHING


def _option(context: Context, payload: str) -> Option | None:
    return next((option for option in context.state.options if option.id == payload), None)


def _was_put(question: Question, *, before: InboundMessage) -> bool:
    """Return whether the question was on its way to the client before that message arrived.

    The attempt's time counts, not the provider's answer: a client may be faster than our note of it. A message that
    was found in the provider's list has its time in whole seconds: it may be that of any moment within.
    """
    came = before.received_at if before.received_at.microsecond else before.received_at + timedelta(seconds=1)
    return outbox.said_as(question.dedupe_key).filter(attempted_at__lte=came).exclude(status__in=_LOST).exists()


def _was_lost(question: Question) -> bool:
    """Return whether the question will never reach the client."""
    said = outbox.said_as(question.dedupe_key)
    return said.filter(status__in=_LOST).exists() and not said.exclude(status__in=_LOST).exists()


def _stop(context: Context) -> str:
    """Record the opt-out and acknowledge it once; whoever writes again is answered again."""
    already = context.conversation.opted_out_at is not None
    context.opted_out = True
    if already:
        return ""
    return _("All right: you will get no more notices here. If you need anything, just write.")


def unread(messages: Sequence[InboundMessage]) -> str:
    """Say what of a burst was not taken in, beside what was."""
    told = []
    if any(message.is_cut for message in messages):
        told.append(_("Your message is very long: I could read only its beginning."))
    if any(message.is_unheard for message in messages) and any(message.words for message in messages):
        told.append(_("I could not listen to your voice message. Could you write what it says, please?"))
    if any(message.kind == "text" and message.media for message in messages):
        told.append(_("I cannot see pictures or open files here, only read text."))
    return "\n".join(told)


def _not_words(context: Context, messages: Sequence[InboundMessage]) -> str:
    """Answer what came without words, and go on with what is open."""
    kind = "audio" if any(message.is_unheard for message in messages) else messages[-1].kind
    told = _acknowledged(kind)
    if _is_open(context):
        return f"{told}\n{choices.open_choice(context)}".strip()
    if kind in _FOR_A_PERSON:
        name = {"name": wording.first_name(context.professional.name)}
        return told + " " + _("If it is for %(name)s, write *person*; else tell me in words what you need.") % name
    further = {
        "sticker": _("If you need anything, just write."),
        "location": _("How can I help? You can write the day and time you would like."),
    }
    return f"{told} {further.get(kind, '')}".strip()


def _acknowledged(kind: str) -> str:
    if kind == "audio":
        if media.can_listen():
            return _("I could not understand your voice message. Could you write it, please?")
        return _("I cannot listen to voice messages here yet. Could you write it, please?")
    told = {
        "sticker": "🙂",
        "location": _("Thank you for the location."),
        "image": _("I got your picture, but I can only read text here."),
        "video": _("I got your video, but I can only read text here."),
        "document": _("I got your document, but I can only read text here."),
        "contact": _("I got the contact, but I can only read text here."),
    }
    return told.get(kind) or _("I can only read text here. Could you write what you need, please?")
