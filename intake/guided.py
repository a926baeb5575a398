"""Free text without a model: what plain words tell is done with the steps, what is unclear is asked."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import choices, intents, matching, phrases, proposals, relative, steps, tools, wording
from intake.intents import Intent
from intake.proposals import Context
from intake.state import Awaiting, OptionKind, QuestionKind
from language import when
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


def _answer(context: Context, text: str) -> str:
    if _is_correction(context, text) and context.state.question:
        return steps.propose(context, context.state.question.starts_at)
    short = phrases.yes_or_no(text)
    if short is not None and (said := _short(context, yes=short)) is not None:
        return said
    intent = intents.read(text)
    wish = relative.resolve(context, text, when.parse(text, now=context.local_now, hours=context.hours))
    service = _note_service(context, text)
    soonest = context.state.draft.soonest = relative.wants_the_soonest(text)
    if intent in _HANDLERS and not (intent in _BESIDE_A_WISH and (soonest or isinstance(wish, When))):
        return _HANDLERS[intent](context, text)
    question = context.state.question
    if question is not None and question.kind == QuestionKind.BOOK and intent == Intent.MOVE:
        intent = Intent.BOOK  # what is not agreed yet is chosen anew, not moved
    if intent == Intent.MOVE or context.state.draft.moving_id:
        return steps.move(context, wish)
    if isinstance(wish, Unsure):
        return steps.ask_day(context, wish)
    if isinstance(wish, When) or soonest or intent == Intent.BOOK or service is not None:
        return steps.find(context, wish, asked=True)
    return _repeat(context, text)


def _short(context: Context, *, yes: bool) -> str | None:
    """Answer a yes or a no that answers no open question by itself; None when it means nothing here."""
    state = context.state
    if not yes:
        if state.question is not None:
            return steps.decline(context, state.question)
        if not state.options and state.awaiting == Awaiting.NOTHING:
            return _at_your_service()
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
    return _at_your_service() if state.greeted else None


def _at_your_service() -> str:
    return _("All right. If you need anything, just write.")


def _repeat(context: Context, text: str) -> str:
    """Not understood: say so, show what is open, and from the second time on point to a person."""
    if name := matching.introduced(text):
        hello = _("Nice to meet you, %(name)s!") % {"name": wording.first_name(name)}
        return f"{hello}\n{choices.open_choice(context)}"
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
    """Note the names that a text tells; return whether it only says who comes to the time in question."""
    former = context.state.draft.attendee
    _note_names(context, text)
    question = context.state.question
    if question is None or question.kind != QuestionKind.BOOK or context.state.draft.attendee == former:
        return False
    wish = when.parse(text, now=context.local_now, hours=context.hours)
    return wish is None and intents.read(text) in (Intent.NONE, Intent.BOOK)


def _note_names(context: Context, text: str) -> None:
    if not context.name and (name := matching.introduced(text)):
        context.state.name = name
    attendee = matching.attendee(text, now=context.local_now)
    if attendee and attendee.split()[0] not in context.professional.name:
        context.state.draft.attendee = attendee


_HANDLERS: dict[str, Callable[[Context, str], str]] = {
    Intent.CANCEL: steps.cancel,
    Intent.LIST: steps.appointments,
    Intent.INFORMATION: steps.information,
    Intent.OTHER_TIMES: steps.other_times,
    Intent.WHO: _introduce,
    Intent.GREETING: _greet,
    Intent.THANKS: _thanks,
}
# With a day or an hour beside them these are wishes for a time.
_BESIDE_A_WISH = frozenset({Intent.INFORMATION, Intent.OTHER_TIMES, Intent.THANKS})
