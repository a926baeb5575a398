"""Free times without a model: from what a client said to the tool's arguments, and from its result to a text."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from intake import tools, wording
from intake.proposals import Context
from intake.schemas import MOST_DAYS
from intake.state import Awaiting
from language.tools import Outcome
from language.when import When


def text(context: Context) -> str:
    """Write the free times found in this turn, and first why what was asked for is not among them."""
    found = context.offered
    if found is None or not found.starts:
        context.state.awaiting = Awaiting.DAY
        why = f"{found.why} " if found and found.why else ""
        return why + _("I found no free time there. Which other day would suit you?")
    listed = wording.offers(found.starts, context.professional, found.service)
    zone = wording.zone_note(context.professional, address=context.conversation.address, when=found.starts[0])
    return "\n".join(filter(None, [found.why, zone, listed]))


def join(context: Context, wish: When) -> When:
    """Join what was said in pieces: an hour belongs to the day said before it, a day to the hour."""
    draft = context.state.draft
    if wish.date_from is None:
        draft.hour = wish.time or draft.hour
        return recall(context, wish)
    if wish.time_from is None and wish.time_to is None and draft.hour and draft.first_day is None:
        wish = replace(wish, time_from=draft.hour, time_to=draft.hour)
    draft.first_day, draft.last_day = wish.date_from, wish.date_to
    return wish


def recall(context: Context, wish: When) -> When:
    """Return the wish on the days said before, if there are any to come."""
    draft = context.state.draft
    last = draft.last_day or draft.first_day
    if last is None or last < context.local_now.date():
        return wish
    return replace(wish, date_from=draft.first_day, date_to=last)


def show_times(context: Context, wish: When) -> str:
    outcome = use(context, "get_available_slots", _arguments(context, wish))
    _forget_full_days(context, wish)
    return text(context) if outcome.ok else message(outcome)


def _forget_full_days(context: Context, wish: When) -> None:
    """Talk no longer of the wanted days where these have nothing: what is said next is about any day."""
    found, zone = context.offered, context.professional.zone
    days = [start.astimezone(zone).date() for start in found.starts] if found else []
    if days and wish.date_to and min(days) > wish.date_to:
        context.state.draft.first_day = context.state.draft.last_day = None


def free_at(context: Context, wish: When) -> dt.datetime | None:
    """Ask for the exact time; the first offer is it, if it is free."""
    use(context, "get_available_slots", _arguments(context, wish))
    return context.offered.starts[0] if context.offered and context.offered.exact else None


def _arguments(context: Context, wish: When) -> dict[str, Any]:
    first = wish.date_from or context.local_now.date()
    last = (wish.date_to or first) if wish.date_from else first + dt.timedelta(days=MOST_DAYS - 1)
    last = min(last, first + dt.timedelta(days=MOST_DAYS))
    arguments: dict[str, Any] = {"date": first} if first == last else {"date_from": first, "date_to": last}
    if wish.time:
        arguments["time"] = wish.time
    context.between = (None, None) if wish.time else (wish.time_from, wish.time_to)
    return arguments


def offered_at(context: Context, at: dt.time) -> dt.datetime | None:
    """Return the one open offer at that hour."""
    zone = context.professional.zone
    found = [one for one in context.state.open_offers() if one.starts_at.astimezone(zone).time() == at]
    return found[0].starts_at if len(found) == 1 else None


def use(context: Context, name: str, arguments: dict[str, Any]) -> Outcome:
    outcome = tools.TOOLBOX.run(context, name, arguments)
    detail = {"arguments": outcome.arguments, "payload": outcome.payload}
    context.note("tool", name, detail=detail, milliseconds=outcome.milliseconds)
    return outcome


def message(outcome: Outcome) -> str:
    return str(outcome.payload["error"]["message"])
