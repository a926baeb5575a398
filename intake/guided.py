"""Free text without a model: what plain words tell is done with the steps, what is unclear is asked."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import choices, intents, matching, people, phrases, proposals, relative, steps, tools, wording
from intake.intents import Intent
from intake.proposals import Context
from intake.state import Awaiting, Offer, Option, OptionKind, Question, QuestionKind
from language.when import Unsure, When
from scheduling.models import Service

# After so many turns in a row that helped nobody a person is called.
MOST_MISSED = 2


def answer(context: Context, text: str) -> str:
    """Answer free text; what it asks for is done with the tools, what is unclear is asked."""
    missed = context.state.missed
    said = _answer(context, text)
    if context.state.missed == missed:
        context.state.missed = 0
    return said


def understands(context: Context) -> bool:
    """Return whether this turn's words say plainly what is wanted: a deed, a piece of information, a day or an hour."""
    return intents.read(context.words) not in (Intent.NONE, Intent.GREETING, Intent.THANKS) or isinstance(
        context.read(context.words), When
    )


def _answer(context: Context, text: str) -> str:
    said = _about_what_is_open(context, text)
    return _about_something_new(context, text) if said is None else said


def _about_what_is_open(context: Context, text: str) -> str | None:
    """Take what answers, changes or refuses the open question or list; None if the text is about neither."""
    question = context.state.question
    if _is_correction(context, text) and question:
        return steps.propose(context, question.starts_at)
    short = phrases.yes_or_no(text)
    if short is not None and (said := _short(context, yes=short)) is not None:
        return said
    wish = context.read(text)
    if question is not None and wish is None and phrases.begins_with_no(text):
        return steps.decline(context, question)
    if question is not None and wish is None and (service := _other_service(context, question, text)):
        return steps.take_up(context, Offer(service_id=service.pk, starts_at=question.starts_at))
    chosen = _named_option(context, wish) if isinstance(wish, When) else None
    return steps.choose(context, chosen) if chosen else None


def _about_something_new(context: Context, text: str) -> str:
    """Do what the words ask for: a deed, a piece of information, or a time."""
    intent, question = intents.read(text), context.state.question
    wish = relative.resolve(context, text)
    service = _note_service(context, text)
    soonest = context.state.draft.soonest = relative.wants_the_soonest(text)
    if intent == Intent.CANCEL and (swapped := _swap(context, text)) is not None:
        return swapped
    if intent in _HANDLERS and not (intent in _BESIDE_A_WISH and (soonest or isinstance(wish, When))):
        return _HANDLERS[intent](context, text)
    if question is not None and question.kind == QuestionKind.BOOK and intent == Intent.MOVE:
        intent = Intent.BOOK  # what is not agreed yet is chosen anew, not moved
    if intent == Intent.MOVE or context.state.draft.moving_id:
        return steps.move(context, wish)
    if isinstance(wish, Unsure):
        return steps.ask_day(context, wish)
    if isinstance(wish, When) or soonest or intent == Intent.BOOK or service is not None:
        return steps.find(context, wish, asked=True)
    return _repeat(context, text)


def _swap(context: Context, text: str) -> str | None:
    """Take "cancela a de quinta e marca sexta às 10h" for what it is: a move. None if it is a plain cancellation."""
    old, _found, new = phrases.normalise(text).partition(" marca")
    wish = context.read(new)
    meant = steps.on_named_day(context, old)
    if not isinstance(wish, When) or len(meant) != 1:
        return None
    context.quoted = meant[0]
    return steps.move(context, wish)


def _named_option(context: Context, wish: When) -> Option | None:
    """Return the one entry of an open list of appointments that a day or hour names ("a de quinta")."""
    shown = [option for option in context.state.options if option.kind in (OptionKind.MOVE, OptionKind.CANCEL)]
    fitting = [
        option
        for option in shown
        for one in context.coming
        if option.value in (one.reference, str(one.pk))
        and wish.date in (None, one.local_start.date())
        and wish.time in (None, one.local_start.time())
    ]
    return fitting[0] if len(fitting) == 1 else None


def _other_service(context: Context, question: Question, text: str) -> Service | None:
    """Return the service that a text names in place of the one in question."""
    service = matching.mentioned(text, tools.services(context.professional))
    is_other = service is not None and question.kind == QuestionKind.BOOK and service.pk != question.service_id
    return service if is_other and intents.read(text) in (Intent.NONE, Intent.BOOK) else None


def _short(context: Context, *, yes: bool) -> str | None:
    """Answer a yes or a no that answers no open question by itself; None when it means nothing here."""
    state = context.state
    if not yes:
        if state.question is not None:
            return steps.decline(context, state.question)
        if not state.options and state.awaiting == Awaiting.NOTHING:
            return at_your_service()
        state.forget_flow()
        return _("All right.") + " " + _("Tell me another day or time, if you like.")
    slots = [option for option in state.options if option.kind == OptionKind.SLOT]
    if len(slots) == 1:
        return steps.choose(context, slots[0])
    if state.options:
        return choices.open_choice(context)
    if state.question is not None:
        proposals.ask_again(context, state.question)
        return ""
    if state.awaiting == Awaiting.DAY:
        return steps.find(context, None, asked=True)
    if state.awaiting == Awaiting.NAME:
        return choices.ask_name()
    return at_your_service() if state.greeted else None


def at_your_service() -> str:
    return _("All right. If you need anything, just write.")


def _repeat(context: Context, text: str) -> str:
    """Not understood: say so, show what is open, and from the second time on point to a person."""
    if name := matching.introduced(text):
        hello = _("Nice to meet you, %(name)s!") % {"name": wording.first_name(name)}
        return f"{hello}\n{choices.open_choice(context)}"
    if context.noted:
        return "\n".join(filter(None, [_("I have noted that."), choices.open_choice(context)]))
    context.state.missed += 1
    if context.state.missed >= MOST_MISSED:
        return _give_up(context)
    # Whoever has an appointment mostly tells something about it ("vou me atrasar"): a matter for a person.
    if "?" in text or context.coming:
        return f"{choices.pass_on(context)}\n{steps.back_to_business(context)}".strip()
    sorry = _("Sorry, I did not quite understand.")
    return f"{sorry}\n{choices.open_choice(context)}".strip()


def _give_up(context: Context) -> str:
    """Call the professional of our own accord: answers that help nobody are worse than a person's later one."""
    context.state.gave_up = True
    called = steps.call_a_person(context, reason=gettext_lazy("the reception did not understand"))
    return _("I am not being of much help, sorry.") + " " + called


def _thanks(_context: Context, _text: str) -> str:
    return _("You are welcome. If you need anything, just write.")


def _introduce(context: Context, _text: str) -> str:
    return _("I am the automatic reception of %(name)s. If you prefer a person, write *person*.") % {
        "name": context.professional.name
    }


def _greet(context: Context, _text: str) -> str:
    """Greet back, with the question that is open or else the menu."""
    if context.state.question is not None:
        return _("Hello!")
    return choices.menu(context)


def _note_service(context: Context, text: str) -> Service | None:
    """Note the service that a text names: what follows is about it."""
    service = matching.mentioned(text, tools.services(context.professional))
    if service is not None:
        context.state.draft.service_id = service.pk
    return service


def _is_correction(context: Context, text: str) -> bool:
    """Note the names that a text tells; return whether it only corrects whose the time in question is."""
    context.noted, question = people.note(context, text) or context.noted, context.state.question
    if question is None or question.kind != QuestionKind.BOOK or not context.noted:
        return False
    return context.read(text) is None and intents.read(text) in (Intent.NONE, Intent.BOOK)


_HANDLERS: dict[str, Callable[[Context, str], str]] = {
    Intent.CANCEL: steps.cancel,
    Intent.LATE: steps.tell_late,
    Intent.LIST: steps.appointments,
    Intent.INFORMATION: steps.information,
    Intent.OTHER_TIMES: steps.other_times,
    Intent.WHO: _introduce,
    Intent.GREETING: _greet,
    Intent.THANKS: _thanks,
}
# With a day or an hour beside them these are wishes for a time.
_BESIDE_A_WISH = frozenset({Intent.INFORMATION, Intent.OTHER_TIMES, Intent.THANKS})
