"""What a model is told: a reviewed template, the state of the conversation, and a bounded history.

No phone, e-mail or note of a client goes in. The server alone sets the roles: whatever a client writes is
the content of a user message.
"""

import datetime as dt
from typing import Any

from django.template.loader import render_to_string

from intake import tools, wording
from intake.models import InboundMessage, OutboundMessage
from intake.proposals import Context
from scheduling import selectors

CALENDAR_DAYS = 14
HISTORY_MESSAGES = 12
HISTORY_CHARACTERS = 4000
LONGEST_MESSAGE = 1000


def messages(context: Context, *, texts: list[str]) -> list[dict[str, Any]]:
    """Return the conversation for the model: instructions and state, history, this turn's words."""
    return [
        {"role": "system", "content": _instructions(context)},
        *_history(context),
        {"role": "user", "content": "\n".join(texts)[: LONGEST_MESSAGE * 2]},
    ]


def _instructions(context: Context) -> str:
    now, professional, state = context.local_now, context.professional, context.state
    coming = selectors.coming(context.client, now=context.now) if context.client else []
    days = [now.date() + dt.timedelta(days=n) for n in range(CALENDAR_DAYS)]
    return render_to_string(
        "prompts/reception.txt",
        {
            "professional": professional,
            "now": f"{wording.weekday(now.date())}, {now:%Y-%m-%d %H:%M}",
            "calendar": [f"{day.isoformat()} {wording.weekday(day)}" for day in days],
            "services": "; ".join(one.name for one in tools.services(professional)),
            "name": wording.first_name(context.name),
            "coming": "; ".join(wording.appointment_line(one) for one in coming),
            "offers": "; ".join(f"{n}. {option.label}" for n, option in enumerate(state.options, start=1)),
            "question": wording.moment(state.question.starts_at, professional) if state.question else "",
        },
    )


def _history(context: Context) -> list[dict[str, Any]]:
    """Return the latest messages before this turn, oldest first, within a budget of characters."""
    conversation = context.conversation
    heard = InboundMessage.objects.filter(conversation=conversation, status="done").order_by("-id")[:HISTORY_MESSAGES]
    said = OutboundMessage.objects.filter(conversation=conversation).exclude(medium="email").order_by("-id")
    lines = [(one.received_at, "user", one.body) for one in heard]
    lines += [(one.created_at, "assistant", one.body) for one in said[:HISTORY_MESSAGES]]
    # A photo or sticker has no words; providers refuse an empty message.
    lines = [line for line in lines if line[2].strip()]
    chosen: list[dict[str, Any]] = []
    left = HISTORY_CHARACTERS
    for _at, role, body in sorted(lines, reverse=True)[:HISTORY_MESSAGES]:
        left -= len(body[:LONGEST_MESSAGE])
        if left < 0:
            break
        chosen.append({"role": role, "content": body[:LONGEST_MESSAGE]})
    return chosen[::-1]
