"""What a model is told: a reviewed template, the state of the conversation, and a bounded history.

No phone, e-mail or note of a client goes in: what somebody wrote is read by a model in the copy of
`language/masking.py`, while the row keeps it as it came. The server alone sets the roles: whatever a client writes
is the content of a user message.
"""

import datetime as dt
import re
from functools import cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format

from intake import tools, wording
from intake.models import InboundMessage, OutboundMessage
from intake.proposals import Context
from language import masking
from scheduling import selectors

TEMPLATE = "prompts/reception.txt"
CALENDAR_DAYS = 14
HISTORY_MESSAGES = 12
HISTORY_CHARACTERS = 4000
LONGEST_MESSAGE = 1000
LONGEST_NAME = 20


def messages(context: Context, *, texts: list[str]) -> list[dict[str, Any]]:
    """Return the conversation for the model: instructions and state, history, this turn's words."""
    return [
        {"role": "system", "content": _instructions(context)},
        *_history(context),
        {"role": "user", "content": _copy("\n".join(texts), most=LONGEST_MESSAGE * 2) or "…"},
    ]


def _copy(text: str, *, most: int) -> str:
    """Return what a model may read of a text, at most so many characters; cut before and after, for masks change it."""
    return masking.for_model(text[: most * 2])[:most]


@cache
def rules() -> str:
    """Return the instructions without what is filled in: what a model must not tell."""
    return re.sub(r"{[{%].*?[%}]}", "\n", (settings.BASE_DIR / "templates" / TEMPLATE).read_text())


def _instructions(context: Context) -> str:
    now, professional, state = context.local_now, context.professional, context.state
    coming = selectors.coming(context.client, now=context.now) if context.client else []
    days = [now.date() + dt.timedelta(days=n) for n in range(CALENDAR_DAYS)]
    return render_to_string(
        TEMPLATE,
        {
            "professional": professional,
            "now": f"{wording.weekday(now.date())}, {now:%Y-%m-%d %H:%M}",
            "calendar": [f"{day.isoformat()} {date_format(day, 'D').lower()}" for day in days],
            "services": "; ".join(one.name for one in tools.services(professional)),
            "name": _name(context.name),
            "coming": "; ".join(wording.appointment_line(one) for one in coming),
            "offers": "; ".join(f"{n}. {option.label}" for n, option in enumerate(state.options, start=1)),
            "question": wording.moment(state.question.starts_at, professional) if state.question else "",
        },
    )


def _name(name: str) -> str:
    """Return the first name in letters alone: it stands among the instructions, and its owner chose it."""
    first = wording.first_name(masking.plain(name))
    return re.sub(r"[^\w'’-]|[\d_]", "", first)[:LONGEST_NAME]


def _history(context: Context) -> list[dict[str, Any]]:
    """Return the latest messages before this turn, oldest first, within a budget of characters."""
    conversation = context.conversation
    heard = InboundMessage.objects.filter(conversation=conversation, status="done").order_by("-id")[:HISTORY_MESSAGES]
    said = OutboundMessage.objects.filter(conversation=conversation).exclude(medium="email").order_by("-id")
    lines = [(one.received_at, "user", one.words) for one in heard]
    lines += [(one.created_at, "assistant", one.body) for one in said[:HISTORY_MESSAGES]]
    # A photo or sticker has no words; providers refuse an empty message.
    latest = sorted((line for line in lines if line[2].strip()), reverse=True)[:HISTORY_MESSAGES]
    chosen: list[dict[str, Any]] = []
    left = HISTORY_CHARACTERS
    for _at, role, body in latest:
        content = _copy(body, most=LONGEST_MESSAGE)
        left -= len(content)
        if left < 0:
            break
        if content.strip():
            chosen.append({"role": role, "content": content})
    return chosen[::-1]
