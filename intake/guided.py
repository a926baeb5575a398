"""The conversation without a model, over the same tools: numbered choices, and free text as far as it is clear.

It never dead-ends: every answer says what can be done next. The steps are also those of the direct answers
(`intake/direct.py`), so that a number, a tap or a name means the same with a model and without.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from intake import matching, phrases, tools, wording
from intake.proposals import Context
from intake.schemas import MOST_DAYS
from intake.state import Awaiting, Option, OptionKind
from language import when
from language.tools import Outcome
from language.when import Unsure, When
from scheduling import selectors
from scheduling.models import Appointment, Service

# The first that is found decides: "desmarcar" and "remarcar" also hold "marcar".
_INTENTS = {
    "cancel": r"\b(?:cancel|desmarc|anular|suspender|nao (?:vou|posso|consigo) (?:mais )?(?:ir|poder|comparecer))",
    "move": r"\b(?:remarc|reagend|mud(?:ar|o|a)\b|troc(?:ar|o)\b|adiar|adiant|transferir|reschedul|move\b|cambiar)",
    "list": (
        r"\b(?:meus? (?:horarios?|agendamentos?|consultas?|sessoes|sessao)|minhas? (?:consultas?|sessoes|sessao)"
        r"|que (?:dia|horas?) (?:e|eh|ficou|esta) (?:a )?minha|tenho (?:algo |algum horario )?marcad"
        r"|my appointments?|mis citas)"
    ),
    "info": (
        r"\b(?:preco|valor|quanto (?:custa|e|eh|sai|fica|cobra)|endereco|onde (?:fica|e|eh)|localiza|como chegar"
        r"|horario de (?:atendimento|funcionamento)|que horas (?:abre|fecha)|convenio|servicos?\b|informac"
        r"|price|how much|address|cuanto|direccion)"
    ),
    "book": (
        r"\b(?:marc|agend|reserv|horarios?|vaga|disponi|livre|consulta|sessao|atend|book|appointment|cita|turno"
        r"|cedo possivel|quando (?:tem|pode))"
    ),
    "thanks": r"^(?:muito )?(?:obrigad|brigad|valeu|vlw|thanks|thank you|gracias|tchau|ate (?:mais|logo|la)|de nada)",
}


def answer(context: Context, text: str) -> str:
    """Answer free text; what it asks for is done with the tools, what is unclear is asked."""
    _note_names(context, text)
    intent = _intent(text)
    wish = when.parse(text, now=context.local_now, hours=context.hours)
    if intent in _HANDLERS and not (intent == "info" and isinstance(wish, When)):
        return _HANDLERS[intent](context)
    service = _named_service(context, text)
    if service is not None:
        context.state.draft.service_id = service.pk
    if intent == "move" or context.state.draft.moving_id:
        return _move(context, wish)
    if isinstance(wish, Unsure):
        context.state.awaiting = Awaiting.DAY
        return wish.question
    if isinstance(wish, When) or intent == "book" or service is not None or context.state.awaiting == Awaiting.DAY:
        return _find(context, wish, asked=intent == "book" or isinstance(wish, When))
    return _repeat(context)


def menu(context: Context) -> str:
    """Show what the reception can do."""
    entries = wording.menu(context.professional)
    _show(context, OptionKind.MENU, entries)
    return _("How can I help?") + "\n" + wording.numbered([label for _key, label in entries])


def _repeat(context: Context) -> str:
    """Not understood: show the choice that is open once more, else the menu."""
    options = context.state.options
    if not options or options[0].kind == OptionKind.MENU:
        return menu(context)
    return "\n".join(
        [_("Please choose one of these, or tell me another day:"), wording.numbered([o.label for o in options])]
    )


def choose(context: Context, option: Option) -> str:
    """Do what a numbered or tapped option stands for."""
    match option.kind:
        case OptionKind.MENU:
            return _MENU[option.value](context)
        case OptionKind.SERVICE:
            context.state.draft.service_id = int(option.value)
            return _find(context, None, asked=True)
        case OptionKind.SLOT:
            offer = context.state.offer(option.value)
            if offer is None:
                return menu(context)
            context.state.draft.service_id = offer.service_id
            return propose(context, offer.starts_at)
        case OptionKind.MOVE:
            return _start_move(context, int(option.value))
        case OptionKind.CANCEL:
            return _cancel_one(context, option.value)


def propose(context: Context, starts_at: dt.datetime) -> str:
    """Hold a time and put the question; ask for what is still missing before that."""
    draft = context.state.draft
    local = starts_at.astimezone(context.professional.zone)
    if draft.moving_id:
        original = context.professional.appointments.filter(pk=draft.moving_id).first()
        arguments = {"reference": original.reference if original else "", "date": local.date(), "time": local.time()}
        return _asking(context, "reschedule_appointment", arguments)
    if not context.name:
        draft.starts_at, context.state.awaiting = starts_at, Awaiting.NAME
        context.state.options = []
        return _("What is your name, please?")
    service = Service.objects.get(pk=draft.service_id, professional=context.professional) if draft.service_id else None
    arguments = {"date": local.date(), "time": local.time(), "client_name": context.name}
    if service:
        arguments["service"] = service.name
    if draft.attendee:
        arguments["for_whom"] = draft.attendee
    return _asking(context, "book_appointment", arguments)


def take_name(context: Context, text: str) -> str | None:
    """Take the answer to "what is your name?" and go on; None when it is no name."""
    name = matching.introduced(text) or matching.person_name(text)
    if name is None or "?" in text or _intent(text) or phrases.number(text) is not None:
        return None
    context.state.name, context.state.awaiting = name, Awaiting.NOTHING
    starts_at = context.state.draft.starts_at
    return propose(context, starts_at) if starts_at else _find(context, None, asked=True)


def offer_again(context: Context, *, reason: str) -> str:
    """Say why a time cannot be had and show others, of the same day first."""
    starts_at = context.state.draft.starts_at
    context.state.draft.starts_at = None
    wish = None
    if starts_at is not None:
        day = starts_at.astimezone(context.professional.zone).date()
        wish = When(date_from=day, date_to=day)
    return f"{reason}\n{_list(context, wish)}"


def hand_over(context: Context) -> str:
    """Call the professional and say so."""
    _use(context, "ask_human", {"reason": _("asked for a person")})
    return handed_over_text(context)


def handed_over_text(context: Context) -> str:
    return _("All right, I have called %(name)s, who will answer you here. I will be quiet meanwhile.") % {
        "name": wording.first_name(context.professional.name)
    }


def offers_text(context: Context) -> str:
    """Write the free times found in this turn, and first why what was asked for is not among them."""
    found = context.offered
    if found is None or not found.starts:
        context.state.awaiting = Awaiting.DAY
        why = f"{found.why} " if found and found.why else ""
        return why + _("I found no free time there. Which other day would suit you?")
    text = wording.offers(found.starts, context.professional, found.service)
    return f"{found.why}\n{text}" if found.why else text


def _find(context: Context, wish: When | Unsure | None, *, asked: bool) -> str:
    """Look for times once it is clear for which service; an exact wish that is free is proposed at once."""
    services = tools.services(context.professional)
    if not services:
        return _("There is nothing to be booked here yet.") + "\n" + hand_over(context)
    if context.state.draft.service_id is None and len(services) > 1 and asked and not isinstance(wish, When):
        entries = [(str(one.pk), wording.service(one)) for one in services]
        _show(context, OptionKind.SERVICE, entries)
        return _("Which service?") + "\n" + wording.numbered([label for _key, label in entries])
    if isinstance(wish, When) and wish.time and wish.date is None and (known := _offered_at(context, wish.time)):
        return propose(context, known)
    if isinstance(wish, When) and wish.date and wish.time:
        starts_at = _if_free(context, wish)
        return propose(context, starts_at) if starts_at else offers_text(context)
    return _list(context, wish if isinstance(wish, When) else None)


def _list(context: Context, wish: When | None) -> str:
    outcome = _use(context, "get_available_slots", _slot_arguments(context, wish))
    return offers_text(context) if outcome.ok else _say(outcome)


def _if_free(context: Context, wish: When) -> dt.datetime | None:
    """Ask for the exact time; the first offer is it, if it is free."""
    outcome = _use(context, "get_available_slots", _slot_arguments(context, wish))
    if not outcome.ok or not outcome.payload["asked_for_is_free"] or not context.offered:
        return None
    return context.offered.starts[0] if context.offered.starts else None


def _slot_arguments(context: Context, wish: When | None) -> dict[str, Any]:
    today = context.local_now.date()
    first, last = (wish.date_from or today, wish.date_to or wish.date_from) if wish else (today, None)
    if wish is None or wish.date_from is None:
        last = first + dt.timedelta(days=MOST_DAYS - 1)
    last = min(last or first, first + dt.timedelta(days=MOST_DAYS))
    arguments: dict[str, Any] = {"date": first} if first == last else {"date_from": first, "date_to": last}
    if wish and wish.time:
        arguments["time"] = wish.time
    elif wish and (wish.time_from or wish.time_to):
        arguments["part_of_day"] = _part(wish.time_from, wish.time_to)
    return arguments


def _part(since: dt.time | None, until: dt.time | None) -> str:
    """Return the part of the day that a range of hours belongs to."""
    if since is None:
        return "morning" if until and until <= dt.time(13) else "afternoon"
    if since >= dt.time(17, 30):
        return "evening"
    return "afternoon" if since >= dt.time(11, 30) else "morning"


def _offered_at(context: Context, at: dt.time) -> dt.datetime | None:
    """Return the one open offer at that hour."""
    ids = {option.value for option in context.state.options if option.kind == OptionKind.SLOT}
    zone = context.professional.zone
    found = [one for one in context.state.offers if one.id in ids and one.starts_at.astimezone(zone).time() == at]
    return found[0].starts_at if len(found) == 1 else None


def _appointments(context: Context) -> str:
    coming = _coming(context)
    last = selectors.last_visit(context.client, now=context.now) if context.client else None
    _use(context, "list_my_appointments", {})
    return wording.appointments(coming, last)


def _information(context: Context) -> str:
    _use(context, "get_professional_info", {})
    professional = context.professional
    hours = list(professional.working_hours.filter(date=None))
    text = wording.information(professional, tools.services(professional), hours)
    return text + "\n" + _("Shall I look for a time? Just tell me the day.")


def _cancel(context: Context) -> str:
    coming = _coming(context)
    if len(coming) == 1:
        return _cancel_one(context, coming[0].reference)
    return _pick(context, coming, OptionKind.CANCEL, _("Which one shall I cancel?"))


def _cancel_one(context: Context, reference: str) -> str:
    return _asking(context, "cancel_appointment", {"reference": reference})


def _move(context: Context, wish: When | Unsure | None) -> str:
    """Find out which appointment and when; then the new time is proposed."""
    if context.state.draft.moving_id is None:
        coming = _coming(context)
        if len(coming) != 1:
            return _pick(context, coming, OptionKind.MOVE, _("Which one shall I move?"))
        return _start_move(context, coming[0].pk, wish)
    if isinstance(wish, Unsure):
        return wish.question
    return _find(context, wish, asked=False)


def _start_move(context: Context, pk: int, wish: When | Unsure | None = None) -> str:
    original = next((one for one in _coming(context) if one.pk == pk), None)
    if original is None:
        return menu(context)
    context.state.draft.moving_id, context.state.draft.service_id = original.pk, original.service_id
    if isinstance(wish, Unsure):
        return wish.question
    intro = _("Moving %(appointment)s.") % {"appointment": wording.appointment_line(original)}
    return f"{intro}\n{_find(context, wish, asked=False)}".strip()


def _pick(context: Context, coming: Sequence[Appointment], kind: OptionKind, question: str) -> str:
    if not coming:
        return _("You have no coming appointments.") + "\n" + menu(context)
    key = (lambda one: str(one.pk)) if kind == OptionKind.MOVE else (lambda one: one.reference)
    entries = [(key(one), wording.appointment_line(one)) for one in coming]
    _show(context, kind, entries)
    return question + "\n" + wording.numbered([label for _key, label in entries])


def _thanks(context: Context) -> str:
    return _("You are welcome. If you need anything, just write.")


def _book_afresh(context: Context) -> str:
    context.state.forget_flow()
    return _find(context, None, asked=True)


def _asking(context: Context, tool: str, arguments: dict[str, Any]) -> str:
    """Run a tool that ends in a question; the question itself is written by code from its row."""
    outcome = _use(context, tool, arguments)
    if outcome.ok:
        return ""
    return offer_again(context, reason=_say(outcome)) if tool != "cancel_appointment" else _say(outcome)


def _use(context: Context, name: str, arguments: dict[str, Any]) -> Outcome:
    outcome = tools.TOOLBOX.run(context, name, arguments)
    detail = {"arguments": outcome.arguments, "payload": outcome.payload}
    context.steps.append({"kind": "tool", "name": name, "detail": detail, "milliseconds": outcome.milliseconds})
    return outcome


def _say(outcome: Outcome) -> str:
    return str(outcome.payload["error"]["message"])


def _show(context: Context, kind: OptionKind, entries: Sequence[tuple[str, str]]) -> None:
    context.state.options = [Option(kind=kind, value=value, label=label) for value, label in entries]


def _coming(context: Context) -> list[Appointment]:
    return list(selectors.coming(context.client, now=context.now)) if context.client else []


def _named_service(context: Context, text: str) -> Service | None:
    return matching.mentioned(text, tools.services(context.professional))


def _note_names(context: Context, text: str) -> None:
    if not context.name and (name := matching.introduced(text)):
        context.state.name = name
    if attendee := matching.attendee(text):
        context.state.draft.attendee = attendee


def _intent(text: str) -> str:
    plain = phrases.normalise(text)
    return next((name for name, pattern in _INTENTS.items() if re.search(pattern, plain)), "")


_HANDLERS: dict[str, Callable[[Context], str]] = {
    "cancel": _cancel,
    "list": _appointments,
    "info": _information,
    "thanks": _thanks,
}
_MENU: dict[str, Callable[[Context], str]] = {
    "book": _book_afresh,
    "list": _appointments,
    "move": lambda context: _move(context, None),
    "cancel": _cancel,
    "info": _information,
    "human": hand_over,
}
