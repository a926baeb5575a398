"""What is open to be chosen or said next: the menu, lists under numbers, the name that is missing."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from intake import wording
from intake.proposals import Context
from intake.state import Awaiting, Option, OptionKind


def menu(context: Context) -> str:
    """Show what the reception can do."""
    entries = wording.menu(context.professional)
    show(context, OptionKind.MENU, entries)
    return _("How can I help?") + "\n" + wording.numbered([label for _key, label in entries])


def open_choice(context: Context) -> str:
    """Say what the client was about to answer; without anything open show the menu."""
    state = context.state
    if state.question is not None and not state.options:
        return ""  # the turn ends with the question anyway
    if state.awaiting == Awaiting.NAME:
        return ask_name()
    if state.awaiting == Awaiting.PHONE:
        return ask_phone()
    if state.awaiting == Awaiting.DAY and not state.options:
        return _("Which day would suit you?")
    if not state.options or state.options[0].kind == OptionKind.MENU:
        return menu(context)
    if state.options[0].kind == OptionKind.SLOT:
        return _("Answer with the number of one of the times above, or tell me another day.")
    return which_one(context)


def which_one(context: Context) -> str:
    """Show the list that is open once more."""
    heads = {
        OptionKind.SERVICE: _("Which service?"),
        OptionKind.MOVE: _("Which one shall I move?"),
        OptionKind.CANCEL: _("Which one shall I cancel?"),
    }
    options = context.state.options
    return heads[options[0].kind] + "\n" + wording.numbered([option.label for option in options])


def pick(context: Context, kind: OptionKind, entries: Sequence[tuple[str, str]]) -> str:
    """Show a new list to choose from; entries are (value, label)."""
    show(context, kind, entries)
    return which_one(context)


def pass_on(context: Context) -> str:
    name = wording.first_name(context.professional.name)
    return _("I cannot answer that here. Write *person* and I will call %(name)s.") % {"name": name}


def ask_name() -> str:
    return _("What is your name, please?")


def ask_phone() -> str:
    return _("What is your phone number, with area code? If you prefer not to tell it, write *skip*.")


def show(context: Context, kind: OptionKind, entries: Sequence[tuple[str, str]]) -> None:
    context.state.options = [Option(kind=kind, value=value, label=label) for value, label in entries]
