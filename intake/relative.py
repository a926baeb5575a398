"""Wishes that lean on what is on the table: "tem mais tarde?", "mesmo horário", "o quanto antes".

They become ordinary wishes here; whoever looks for times need not know how they were said.
"""

import datetime as dt
import re
from dataclasses import replace

from intake import matching, phrases
from intake.proposals import Context
from intake.state import QuestionKind
from language import when
from language.when import Unsure, When

_SOONEST = (
    r"\b(?:(?:o|a)? ?mais (?:cedo|rapido|proxim[oa]) (?:possivel|que (?:der|tiver|puder|houver))|(?:o )?quanto antes"
    r"|assim que (?:der|puder|possivel)|primeir[oa] (?:horario|hora|vaga)|proxim[oa] (?:horario|vaga)|com urgencia"
    r"|o mais urgente|as soon as possible|asap|(?:the )?(?:earliest|soonest|first available|next available)"
    r"|lo (?:antes|mas pronto) posible|cuanto antes|primer (?:turno|horario)|proximo (?:turno|horario))\b"
)
_LATER = (
    r"\b(?:mais (?:tarde|pro fim|para o fim|pro final|tardinha)|um pouco depois|depois (?:disso|desse)|later|mas tarde"
    r"|despues de eso)\b"
)
_EARLIER = (
    r"\b(?:mais cedo|mais pro comeco|(?:um pouco|algo|tem|pode ser|da pra ser) antes|antes (?:disso|desse|dessa)"
    r"|earlier|mas temprano|algo antes)\b"
)
_SAME_HOUR = r"\b(?:(?:n[oa] )?mesm[oa] (?:horario|hora)|same (?:time|hour)|misma hora|mismo horario)\b"
# Words that count from today, whatever day is talked about.
_FROM_TODAY = re.compile(
    r"\b(?:hoje|hj|amanha|depois|ontem|semana|mes|daqui|ess[ae]|est[ae]|proxim[oa]|que vem|agora|today|tomorrow|week"
    r"|month|next|this|hoy|manana|viene)\b|\d[/.]\d"
)
# A single day talked about is context only when it is further than any weekday's next occurrence.
_FAR_DAYS = 7
_MINUTE = dt.timedelta(minutes=1)


def wants_the_soonest(text: str) -> bool:
    return re.search(_SOONEST, phrases.normalise(text)) is not None


def read(context: Context, text: str) -> When | Unsure | None:
    """Read a text as `when.parse` does; a bare "terça" or "dia 26" is of the days talked about, if these are far."""
    number = phrases.number(text.rpartition("\n")[2])
    if number is not None and number <= len(context.state.options):
        return None  # "la 2" and "el 4" are an hour and a date only where no list is open
    wish = context.read(text)
    if isinstance(wish, Unsure):
        wish = _last_sentence(context, text) or wish
    first, last = _days_in_question(context)
    said = wish.date_from if isinstance(wish, When) else None
    if wish is None or first is None or (said and said >= first) or _FROM_TODAY.search(phrases.normalise(text)):
        return wish
    if last == first and (first - context.local_now.date()).days < _FAR_DAYS:
        return wish
    there = dt.datetime.combine(first, dt.time(), context.professional.zone)
    again = when.parse(text, now=there, hours=context.hours)
    return again if isinstance(again, When) and (again.date_from or said) else wish


def _last_sentence(context: Context, text: str) -> When | None:
    """Return the wish of the last sentence if only that one names a day: "17h fica tarde. Amanhã de manhã?"."""
    *before, last = [part for part in re.split(r"[.!?\n]+\s", text) if part.strip()] or [text]
    if not before or any(matching.names_day(part, now=context.local_now) for part in before):
        return None
    wish = context.read(last)
    return wish if isinstance(wish, When) and wish.date_from else None


def _days_in_question(context: Context) -> tuple[dt.date | None, dt.date | None]:
    draft = context.state.draft
    if draft.first_day is not None:
        return draft.first_day, draft.last_day
    days = [_local(context, offer.starts_at).date() for offer in context.state.open_offers()]
    return (min(days), max(days)) if days else (None, None)


def resolve(context: Context, text: str) -> When | Unsure | None:
    """Return what a text wishes, with what it leans on written out; as read if it leans on nothing known."""
    plain = phrases.normalise(text)
    wish = read(context, text)
    if isinstance(wish, When) and wish.date and wish.time_from is None and wish.time_to is None:
        return replace(wish, time_from=at, time_to=at) if (at := _same_hour(context, plain)) else wish
    if wish is not None or wants_the_soonest(text):
        return wish
    if re.search(_LATER, plain) and (anchor := _anchor(context, latest=True)):
        return _on_day_of(anchor, time_from=(anchor + _MINUTE).time())
    if re.search(_EARLIER, plain) and (anchor := _anchor(context, latest=False)):
        return _on_day_of(anchor, time_to=(anchor - _MINUTE).time())
    return None


def _same_hour(context: Context, plain: str) -> dt.time | None:
    """Return the hour of the time in question, of the appointment that is being moved, or of the only one there is."""
    if not re.search(_SAME_HOUR, plain):
        return None
    question, moving = context.state.question, context.state.draft.moving_id
    if question is not None and question.kind != QuestionKind.CANCEL:
        return _local(context, question.starts_at).time()
    meant = [one for one in context.coming if one.pk == moving] or context.coming
    return meant[0].local_start.time() if len(meant) == 1 else None


def _anchor(context: Context, *, latest: bool) -> dt.datetime | None:
    """Return the local time that "later" or "earlier" starts from: the one in question, else an end of the list."""
    question, draft = context.state.question, context.state.draft
    if question is not None and question.kind != QuestionKind.CANCEL:
        return _local(context, question.starts_at)
    if draft.starts_at is not None:
        return _local(context, draft.starts_at)
    starts = [_local(context, offer.starts_at) for offer in context.state.open_offers()]
    return (max(starts) if latest else min(starts)) if starts else None


def _on_day_of(moment: dt.datetime, *, time_from: dt.time | None = None, time_to: dt.time | None = None) -> When:
    return When(moment.date(), moment.date(), time_from, time_to)


def _local(context: Context, moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(context.professional.zone)
