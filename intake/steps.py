"""The steps of a conversation: find times, propose one, take a name, move, cancel, inform, call a person.

They mean the same whoever asks for them: a number or a tap (`intake/direct.py`), free text without a model
(`intake/guided.py`). None dead-ends: every answer says what can be done next.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import choices, intents, limits, matching, notices, offers, people, proposals, takeover, tools, wording
from intake.proposals import Context, ToolCode
from intake.schemas import MOST_DAYS
from intake.state import Awaiting, Offer, Option, OptionKind, Question, QuestionKind
from language.when import Unsure, When
from scheduling import booking, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, Service

# Other times do not help when these say no.
_FINAL = frozenset({ToolCode.BLOCKED, ToolCode.TOO_MANY, Code.CUTOFF_PASSED, Code.NOT_FOUND, Code.NOT_POSSIBLE})


def decline(context: Context, question: Question) -> str:
    """Take a no: the hold is given back, whatever was agreed before stays."""
    proposals.drop_question(context)
    context.state.forget_flow()
    if question.kind == QuestionKind.CANCEL:
        return _("All right, your appointment stays as it is.")
    moving = question.kind == QuestionKind.MOVE
    kept = _("All right, your old time stays.") if moving else _("All right, I did not book it.")
    return " ".join([kept, _("Tell me another day or time, if you like.")])


def refuse(context: Context, code: str, message: str) -> str:
    """Say why something cannot be had, and show other times where they help."""
    if code not in _FINAL:
        return offer_again(context, reason=message)
    context.state.forget_flow()
    return message


def choose(context: Context, option: Option) -> str:
    """Do what a numbered or tapped option stands for."""
    match option.kind:
        case OptionKind.MENU:
            return _MENU[option.value](context)
        case OptionKind.SERVICE:
            context.state.draft.service_id = int(option.value)
            return find(context, None, asked=True)
        case OptionKind.SLOT:
            offer = context.state.offer(option.value)
            return take_up(context, offer) if offer else choices.menu(context)
        case OptionKind.MOVE:
            return _start_move(context, int(option.value))
        case OptionKind.CANCEL:
            return _cancel_one(context, option.value)


def note_move(context: Context) -> None:
    """Note that the times to be found are for moving an appointment, where the words leave no doubt which."""
    one = _to_be_moved(context)
    if one is not None:
        context.state.draft.moving_id, context.state.draft.service_id = one.pk, one.service_id


def refuse_move(context: Context) -> str | None:
    """Say at once that the one appointment to be moved cannot be: a search for times would end in a second booking."""
    one = _to_be_moved(context)
    if one is None or booking.is_changeable(one):
        return None
    return _start_move(context, one.pk)


def _to_be_moved(context: Context) -> Appointment | None:
    if intents.read(context.words) != intents.Intent.MOVE or context.state.question:
        return None
    meant = context.meant
    return meant[0] if len(meant) == 1 else None


def take_up(context: Context, offer: Offer) -> str:
    """Propose a time that was offered before: the hold is made if it is still free, else others near it are shown."""
    draft, local = context.state.draft, offer.starts_at.astimezone(context.professional.zone)
    draft.service_id, draft.moving_id = offer.service_id, offer.moving_id
    if offer.starts_at <= context.now:
        return _("That time has passed.") + "\n" + offers.show_times(context, When())
    starts_at = offers.free_at(context, When(local.date(), local.date(), local.time(), local.time()))
    return propose(context, starts_at) if starts_at else offers.text(context)


def propose(context: Context, starts_at: dt.datetime) -> str:
    """Hold a time and put the question; ask for what is still missing before that."""
    draft = context.state.draft
    local = starts_at.astimezone(context.professional.zone)
    if draft.moving_id:
        original = context.professional.appointments.filter(pk=draft.moving_id).first()
        arguments = {"reference": original.reference if original else "", "date": local.date(), "time": local.time()}
        return _asking(context, "reschedule_appointment", arguments)
    if not context.name or people.needs_phone(context):
        draft.starts_at, context.state.options = starts_at, []
        context.state.awaiting = Awaiting.PHONE if context.name else Awaiting.NAME
        ask = choices.ask_phone() if context.name else choices.ask_name()
        return _("All right, %(when)s.") % {"when": wording.moment(starts_at, context.professional)} + " " + ask
    service = Service.objects.get(pk=draft.service_id, professional=context.professional) if draft.service_id else None
    arguments = {"date": local.date(), "time": local.time(), "client_name": context.name}
    if service:
        arguments["service"] = service.name
    if draft.attendee:
        arguments["for_whom"] = draft.attendee
    return _asking(context, "book_appointment", arguments)


def take_name(context: Context, text: str) -> str | None:
    """Take the answer to "what is your name?" and go on; None when it is no name."""
    name = people.name(context, text)
    if name is None:
        return None
    context.state.name = name
    return _go_on(context)


def take_phone(context: Context, text: str) -> str | None:
    """Take the answer to "what is your phone?", or that it is kept private, and go on; None when it is neither."""
    state, number = context.state, people.phone(text)
    if number is None and not people.refuses_phone(text):
        return None
    state.phone, state.phone_refused = number or state.phone, number is None
    return _go_on(context)


def _go_on(context: Context) -> str:
    context.state.awaiting, starts_at = Awaiting.NOTHING, context.state.draft.starts_at
    return propose(context, starts_at) if starts_at else find(context, None, asked=True)


def offer_again(context: Context, *, reason: str) -> str:
    """Say why a time cannot be had and show others, of the same day first."""
    starts_at = context.state.draft.starts_at
    context.state.draft.starts_at = None
    wish = When()
    if starts_at is not None:
        day = starts_at.astimezone(context.professional.zone).date()
        wish = offers.join(context, When(date_from=day, date_to=day))
    return f"{reason}\n{offers.show_times(context, wish)}"


def hand_over(context: Context) -> str:
    """Call the professional and say so."""
    return call_a_person(context, reason=gettext_lazy("asked for a person"))


def rest(context: Context, *, reason: Promise) -> str:
    """Be silent for an hour in a conversation that had too much, and tell the professional once."""
    conversation = context.conversation
    notices.announce_handover(conversation, reason=reason, dedupe_key=f"handover:{context.newest_message_id}")
    # Without a reason of the client's: only time or the professional ends it.
    takeover.rest(conversation, until=context.now + limits.REST)
    name = wording.first_name(context.professional.name)
    return _("Many messages came from here. I have told %(name)s and will answer again in an hour.") % {"name": name}


def call_a_person(context: Context, *, reason: Promise) -> str:
    """Hand the conversation over; the reason is told in the professional's language, the rest in the client's."""
    with translation.override(context.professional.language):
        told = str(reason)
    offers.use(context, "ask_human", {"reason": told})
    return wording.handed_over(context.professional)


def find(context: Context, wish: When | Unsure | None, *, asked: bool) -> str:
    """Look for times once it is clear for which service; an exact wish that is free is proposed at once."""
    context.state.awaiting = Awaiting.NOTHING
    services = tools.services(context.professional)
    if not services:
        return _("There is nothing to be booked here yet.") + "\n" + hand_over(context)
    if context.state.draft.service_id is None and len(services) > 1 and asked and not isinstance(wish, When):
        entries = [(str(one.pk), wording.service(one)) for one in services]
        return choices.pick(context, OptionKind.SERVICE, entries)
    look = _propose_soonest if context.state.draft.soonest else offers.show_times
    if not isinstance(wish, When):
        said = look(context, offers.recall(context, When()))
        # "O primeiro que tiver" after a day that has nothing is about any day.
        none_there = context.state.draft.soonest and context.offered is not None and context.offered.why
        return look(context, When()) if none_there else said
    if wish.time and wish.date is None and (known := offers.offered_at(context, wish.time)):
        return propose(context, known)
    wish = offers.join(context, wish)
    if wish.date and wish.time:
        starts_at = offers.free_at(context, wish)
        return propose(context, starts_at) if starts_at else offers.text(context)
    return look(context, wish)


def ask_day(context: Context, doubt: Unsure) -> str:
    """Put the question of an unclear wish; what was said before stays as far as the doubt does not concern it."""
    draft = context.state.draft
    if not matching.names_day(context.words, now=context.local_now):
        return doubt.question
    context.state.awaiting, context.state.options = Awaiting.DAY, []
    draft.hour, draft.first_day = matching.hour(context.words, now=context.local_now, hours=context.hours), None
    return doubt.question


def _propose_soonest(context: Context, wish: When) -> str:
    """Propose the first free time; where the wanted days have none, show what there is and why."""
    said = offers.show_times(context, wish)
    found = context.offered
    return propose(context, found.starts[0]) if found and found.starts and not found.why else said


def tell_late(context: Context, _text: str = "") -> str:
    """Tell the professional that somebody will be late; what exactly they wrote stands in the conversation."""
    today = [one for one in context.coming if one.local_start.date() == context.local_now.date()]
    begun = selectors.under_way(context.client, now=context.now) if context.client else None
    appointment = begun or (today[0] if today else None)
    if appointment is None:
        return f"{choices.pass_on(context)}\n{back_to_business(context)}".strip()
    notices.announce_late(context.conversation, appointment, dedupe_key=f"late:{context.newest_message_id}")
    return _("Thank you for telling. I have let %(name)s know.") % {
        "name": wording.first_name(context.professional.name)
    }


def appointments(context: Context, _text: str = "") -> str:
    coming = context.coming
    last = selectors.last_visit(context.client, now=context.now) if context.client else None
    offers.use(context, "list_my_appointments", {})
    return wording.appointments(coming, last)


def information(context: Context, text: str = "") -> str:
    """Tell what was asked, then lead back to what is open."""
    offers.use(context, "get_professional_info", {})
    professional = context.professional
    hours = list(professional.working_hours.filter(date=None))
    named = matching.mentioned(text, tools.services(professional))
    services = [named] if named else tools.services(professional)
    told = wording.information(professional, services, hours, topics=intents.topics(text))
    return f"{told or choices.pass_on(context)}\n{back_to_business(context)}".strip()


def back_to_business(context: Context) -> str:
    state = context.state
    if state.options and state.options[0].kind == OptionKind.SLOT:
        return _("The times above still stand: answer with the number, or tell me another day.")
    if state.awaiting == Awaiting.NAME:
        return _("And to go on:") + " " + choices.ask_name()
    if state.question is not None:
        return ""
    state.awaiting = Awaiting.DAY
    return _("Shall I look for a time? Just tell me the day.")


def other_times(context: Context, _text: str) -> str:
    """Show what is free after the times on offer."""
    starts = [offer.starts_at for offer in context.state.open_offers()]
    if not starts:
        return find(context, None, asked=True)
    day = max(starts).astimezone(context.professional.zone).date() + dt.timedelta(days=1)
    return offers.show_times(context, When(date_from=day, date_to=day + dt.timedelta(days=MOST_DAYS - 1)))


def cancel(context: Context, text: str = "") -> str:
    """Cancel an appointment; while a booking waits for its yes, "cancelar" is a no to that."""
    question, coming = context.state.question, on_named_day(context, text)
    if question is not None and question.kind == QuestionKind.BOOK and context.quoted is None:
        dropped = decline(context, question)
        return dropped if not coming else f"{dropped}\n{_pick(context, coming, OptionKind.CANCEL)}"
    if len(coming) == 1:
        return _cancel_one(context, coming[0].reference)
    return _pick(context, coming, OptionKind.CANCEL)


def _cancel_one(context: Context, reference: str) -> str:
    return _asking(context, "cancel_appointment", {"reference": reference})


def on_named_day(context: Context, text: str) -> list[Appointment]:
    """Return the appointments that are meant: those of the day that the text names ("cancela a de quinta"), if any."""
    wish, meant = context.read(text), context.meant
    day = wish.date if isinstance(wish, When) else None
    return [one for one in meant if one.local_start.date() == day] or meant


def move(context: Context, wish: When | Unsure | None) -> str:
    """Find out which appointment and when; then the new time is proposed."""
    if context.state.draft.moving_id is None:
        meant = context.meant
        if not meant and isinstance(wish, When):
            return f"{_('You have no coming appointments.')}\n{find(context, wish, asked=False)}".strip()
        if len(meant) != 1:
            return _pick(context, meant, OptionKind.MOVE)
        return _start_move(context, meant[0].pk, wish)
    if isinstance(wish, Unsure):
        return ask_day(context, wish)
    return find(context, wish, asked=False)


def _start_move(context: Context, pk: int, wish: When | Unsure | None = None) -> str:
    original = next((one for one in context.coming if one.pk == pk), None)
    if original is None:
        return choices.menu(context)
    try:
        booking.require_changeable(original)
    except BookingError as no:
        return refuse(context, no.code, no.message)
    draft = context.state.draft
    draft.moving_id, draft.service_id = original.pk, original.service_id
    if isinstance(wish, Unsure):
        return ask_day(context, wish)
    if isinstance(wish, When) and wish.date_from is None:
        # "Muda para as 11" is about that same day.
        draft.first_day = draft.last_day = original.local_start.date()
    intro = _("Moving %(appointment)s.") % {"appointment": wording.appointment_line(original)}
    return f"{intro}\n{find(context, wish, asked=False)}".strip()


def _pick(context: Context, coming: Sequence[Appointment], kind: OptionKind) -> str:
    if not coming:
        return _("You have no coming appointments.") + "\n" + choices.menu(context)
    key = (lambda one: str(one.pk)) if kind == OptionKind.MOVE else (lambda one: one.reference)
    return choices.pick(context, kind, [(key(one), wording.appointment_line(one)) for one in coming])


def _book_afresh(context: Context) -> str:
    context.state.forget_flow()
    return find(context, None, asked=True)


def _asking(context: Context, tool: str, arguments: dict[str, Any]) -> str:
    """Run a tool that ends in a question; the question itself is written by code from its row."""
    outcome = offers.use(context, tool, arguments)
    return "" if outcome.ok else refuse(context, outcome.payload["error"]["code"], offers.message(outcome))


_MENU: dict[str, Callable[[Context], str]] = {
    "book": _book_afresh,
    "list": appointments,
    "move": lambda context: move(context, None),
    "cancel": cancel,
    "info": information,
    "human": hand_over,
}
