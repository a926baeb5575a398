"""One turn: a direct answer, else the model's, else the guided one. A client is always served.

Everything that a turn decides is written in one transaction that is refused if the lease was lost. Only the
writes of a model's tools come earlier, each in a transaction of its own under the same lease.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.cache import cache as shared_cache
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from structlog.contextvars import bind_contextvars

from intake import (
    attempts,
    direct,
    facts,
    guided,
    inbox,
    limits,
    media,
    offers,
    outbox,
    people,
    phrases,
    prompt,
    proposals,
    relative,
    steps,
    tools,
    typing_indicator,
    wording,
)
from intake.inbox import Lease, LeaseLost
from intake.models import Conversation, InboundMessage, Turn
from intake.proposals import Context
from intake.state import Awaiting
from language import grounding, loop, tongue
from language.breaker import Breaker, Entry
from language.groq import Groq
from scheduling import selectors
from scheduling.models import Appointment, Client

logger = logging.getLogger(__name__)

TURN_SECONDS = 20
RECENT_TEXTS = 8
# Whoever writes again after that long starts afresh: "quinta" of last month is no wish of today.
PAUSE = timedelta(hours=12)
# Their answer is written by code: the model has nothing to add.
_ENDING = frozenset({"book_appointment", "reschedule_appointment", "cancel_appointment", "ask_human"})
# What this process is answering just now.
_under_way: set[Lease] = set()


@dataclass
class Draft:
    """An answer in the making: what is said, and how it was found."""

    path: Turn.Path
    text: str = ""
    run: loop.Run | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)


def reply(conversation_id: int) -> bool:
    """Answer what is pending in a conversation; return whether there was a turn to take."""
    lease = inbox.claim(conversation_id)
    if lease is None:
        return False
    _under_way.add(lease)
    try:
        if attempts.are_used_up(lease):
            attempts.give_back(lease)
        else:
            _tell_turn(_take_turn(lease))
    except inbox.GivenBack:
        logger.info("turn given back: the database was busy or away", extra={"conversation": conversation_id})
    except LeaseLost:
        logger.warning("turn outlived its lease, nothing written", extra={"conversation": conversation_id})
    except Exception:
        logger.exception("turn failed", extra={"conversation": conversation_id})
        attempts.give_back(lease)
    finally:
        _under_way.discard(lease)
    return True


def release_turns() -> list[int]:
    """Give back what this process has under way, for a worker that has to go; return the conversations.

    Their threads think on, and find that their lease is lost: another worker's answer is the only one.
    """
    leases = list(_under_way)
    for lease in leases:
        inbox.return_untried(lease)
    return [lease.conversation_id for lease in leases]


def _tell_turn(turn: Turn) -> None:
    """Leave a line that joins request, conversation, turn and, by the rows' ids, what the outbox says of it."""
    bind_contextvars(turn=turn.pk)
    facts = {"conversation": turn.conversation_id, "milliseconds": turn.milliseconds}
    logger.info("turn taken: %s", turn.path, extra=facts)


def _take_turn(lease: Lease) -> Turn:
    started = time.monotonic()
    listening = media.listen(lease, until=started + media.SECONDS)
    with inbox.fenced(lease) as conversation:
        messages = media.before_unheard(inbox.pending_of(conversation.pk).order_by("pk"), listening=listening)
        context = _context(lease, conversation, messages)
        context.steps += listening.steps
        with translation.override(context.language):
            draft = _without_model(context, conversation, messages)
            if draft is not None:
                return _finish(context, conversation, messages, draft, started=started)
    with translation.override(context.language):
        run = _ask_model(context, messages, deadline=started + TURN_SECONDS)
        with inbox.fenced(lease) as conversation:
            draft = _from_model(context, conversation, run, messages)
            return _finish(context, conversation, messages, draft, started=started)


def _context(lease: Lease, conversation: Conversation, messages: Sequence[InboundMessage]) -> Context:
    state, recent = conversation.recall(), _recent(conversation, messages)
    if len(recent) == len(messages):
        state.forget_unfinished()
    state.language = tongue.read(_text(messages), spoken=state.language) or state.language
    context = Context(
        lease=lease,
        conversation=conversation,
        professional=conversation.professional,
        client=_client(conversation),
        state=state,
        client_texts=[message.words for message in recent if message.kind != "tap" and message.words][-RECENT_TEXTS:],
        old_option_ids=frozenset(option.id for option in state.options),
        newest_message_id=messages[-1].pk if messages else 0,
        words=_text(messages),
    )
    context.wish = relative.read(context, context.words)
    return context


def _client(conversation: Conversation) -> Client | None:
    """Return who writes. The professional may have entered the person, or erased them, after the first message."""
    known = conversation.client
    if known is not None and known.erased_at is None:
        return known
    return selectors.find_client(conversation.professional, conversation.address)


def _recent(conversation: Conversation, messages: Sequence[InboundMessage]) -> list[InboundMessage]:
    """Return what the client wrote lately, this turn's messages included, oldest first."""
    if not messages:
        return []
    since = messages[0].received_at - PAUSE
    found = InboundMessage.objects.filter(conversation=conversation, received_at__gte=since)
    return list(found.order_by("-id")[: RECENT_TEXTS + len(messages)])[::-1]


def _without_model(context: Context, conversation: Conversation, messages: Sequence[InboundMessage]) -> Draft | None:
    """Return the answer that needs no model, or None if one is wanted and there is one."""
    if not messages or not conversation.professional.bot_enabled:
        return Draft(Turn.Path.SILENT)
    if _is_blocked(context):
        # An opt-out counts all the same, from whomever it comes.
        context.opted_out = any(phrases.wants_to_stop(message.words) for message in messages)
        return Draft(Turn.Path.SILENT)
    if _is_with_a_person(conversation) and not direct.takes_back(context, messages):
        return Draft(Turn.Path.SILENT)
    if limits.is_machine(conversation):
        steps.rest(context, reason=gettext_lazy("another automatic system seems to answer"))
        return Draft(Turn.Path.SILENT)
    if limits.is_flood(conversation):
        return Draft(Turn.Path.DIRECT, steps.rest(context, reason=gettext_lazy("too many messages within an hour")))
    text = direct.answer(context, messages)
    if text is not None:
        return Draft(Turn.Path.DIRECT, text)
    if model() is None:
        return Draft(Turn.Path.GUIDED, guided.answer(context, _text(messages)))
    return None


def _is_with_a_person(conversation: Conversation) -> bool:
    return conversation.human_until is not None and conversation.human_until > timezone.now()


def _is_blocked(context: Context) -> bool:
    """Return whether the professional wants no answer to go to this person."""
    return context.client is not None and context.client.is_blocked


def _ask_model(context: Context, messages: Sequence[InboundMessage], *, deadline: float) -> loop.Run:
    """Return how it went; a provider that lately answered nobody is not asked."""
    entry = breaker().enter()
    if entry is Entry.REFUSED:
        return loop.Run(loop.Stop.UNAVAILABLE, "", (), (), loop.Usage(), "", "breaker_open")
    typing_indicator.show(context.conversation, messages[-1])
    run = _converse(context, messages, deadline=deadline)
    if run.steps:  # else the time was up before anybody was asked
        # Any other end had an answer before it: what is wrong with an answer is no reason to ask for no more.
        is_alone = run.stop in (loop.Stop.UNAVAILABLE, loop.Stop.DEADLINE)
        breaker().note(entry, reason=run.error if is_alone else "")
    return run


def _converse(context: Context, messages: Sequence[InboundMessage], *, deadline: float) -> loop.Run:
    steps.note_move(context)
    context.noted = people.note(context, context.words)
    chosen = model()
    assert chosen is not None  # noqa: S101 - _without_model answered otherwise
    told = prompt.messages(context, texts=[message.words for message in messages])
    return loop.run(
        chosen,
        told,
        toolbox=tools.TOOLBOX,
        context=context,
        deadline=deadline,
        halt=lambda outcome: outcome.ok and outcome.name in _ENDING,
        # The state and this turn's words are enough to go on with.
        shorter=[told[0], told[-1]] if len(told) > 2 else (),
    )


def _from_model(
    context: Context, conversation: Conversation, run: loop.Run, messages: Sequence[InboundMessage]
) -> Draft:
    """Make an answer of the model's run: only backed sentences leave; without any the guided mode answers."""
    draft = Draft(Turn.Path.MODEL, run=run, steps=[asdict(step) for step in run.steps])
    blocked = conversation.client is not None and conversation.client.is_blocked
    silent = blocked or _is_with_a_person(conversation) or not conversation.professional.bot_enabled
    if silent and not context.handed_over:
        # A person took over while the model was thinking: nothing that it says or holds may interfere.
        if context.asked:
            proposals.drop_question(context)
        draft.path, context.asked = Turn.Path.SILENT, False
        return draft
    if context.handed_over:
        draft.text = wording.handed_over(context.professional)
    elif not context.asked:
        draft.text = _grounded(context, run, draft)
        if context.offered and context.offered.exact:
            # Just that time is free: no list to choose from, and code asks what is still missing.
            draft.text = steps.propose(context, context.offered.starts[0])
        elif context.offered and context.offered.starts:
            draft.text = f"{draft.text}\n{offers.text(context)}".strip()
    if not draft.text and not context.asked:
        draft.path = Turn.Path.GUIDED
        draft.text = guided.answer(context, _text(messages))
    return draft


def _grounded(context: Context, run: loop.Run, draft: Draft) -> str:
    """Return the model's text if every fact in it is backed; what was not is kept in the trace."""
    if not run.text:
        return ""
    verdict = grounding.check(run.text, facts.gather(context, run.outcomes), now=context.local_now)
    if verdict.ok:
        return verdict.text
    detail = {"dropped": [{"sentence": sentence, "reason": reason} for sentence, reason in verdict.dropped]}
    draft.steps.append({"kind": "note", "name": "grounding", "detail": detail, "milliseconds": 0})
    return ""


def _finish(
    context: Context,
    conversation: Conversation,
    messages: Sequence[InboundMessage],
    draft: Draft,
    *,
    started: float,
) -> Turn:
    """Write the turn: what is said, what was done, the state, and give the lease back. Inside `fenced`."""
    if draft.path != Turn.Path.SILENT:
        draft.text = f"{direct.unread(messages)}\n{draft.text}".strip()
    turn = _turn(context, conversation, draft, started=started)
    if draft.text and messages:
        text = f"{draft.text}\n{_reminder(context, draft)}".strip()
        body = text if context.state.greeted else f"{_greeting(context)}\n{text}"
        options = [{"id": o.id, "label": o.label} for o in context.state.options if o.id not in context.old_option_ids]
        outbox.say(conversation, body, dedupe_key=f"turn:{messages[-1].pk}", options=options, turn=turn)
        context.state.greeted = True
    if context.asked and context.state.question is not None:
        _put_question(context, conversation, turn)
    _carry_over(context, conversation)
    conversation.memorise(context.state)
    inbox.finish(conversation, messages, turn=turn)
    return turn


def _carry_over(context: Context, conversation: Conversation) -> None:
    """Copy to the locked row what this turn changed, and nothing else: it was read anew after the model's answer."""
    conversation.client = context.client or conversation.client
    if context.opted_out:
        conversation.opted_out_at = context.now
    if context.handed_over:
        conversation.human_until = context.conversation.human_until
        conversation.human_since = context.conversation.human_since
        conversation.human_reason = context.conversation.human_reason


def _reminder(context: Context, draft: Draft) -> str:
    """Return the open question in short, so that a "sim" answers what was said last; none if the text asks itself."""
    question, state = context.state.question, context.state
    if question is None or context.asked:
        return ""
    asks = draft.path == Turn.Path.MODEL and "?" in draft.text
    question.overtaken = asks or bool(state.options) or state.awaiting != Awaiting.NOTHING
    return "" if question.overtaken else wording.reminder(question, context.professional)


def _put_question(context: Context, conversation: Conversation, turn: Turn) -> None:
    question = context.state.question
    if question is None:
        return
    appointments = Appointment.objects.select_related("professional", "service", "client", "replaces")
    appointment = appointments.filter(pk=question.appointment_id).first()
    # The hold may have run out meanwhile; a yes books all the same if the time is still free.
    text = wording.question(question, appointment) if appointment else wording.reminder(question, context.professional)
    zone = wording.zone_note(context.professional, address=conversation.address, when=question.starts_at)
    body = "\n".join(filter(None, ["" if context.state.greeted else _greeting(context), zone, text]))
    options = [{"id": f"{question.id}:yes", "label": _("Yes")}, {"id": f"{question.id}:no", "label": _("No")}]
    outbox.say(conversation, body, dedupe_key=question.dedupe_key, options=options, turn=turn)
    context.state.greeted = True


def _turn(context: Context, conversation: Conversation, draft: Draft, *, started: float) -> Turn:
    run = draft.run
    return Turn.objects.create(
        conversation=conversation,
        path=draft.path,
        model=run.model if run else "",
        outcome=(f"{run.stop}: {run.error}" if run.error else run.stop.value)[:40] if run else "",
        prompt_tokens=run.usage.prompt_tokens if run else 0,
        completion_tokens=run.usage.completion_tokens if run else 0,
        milliseconds=round((time.monotonic() - started) * 1000),
        trace=[*draft.steps, *context.steps],
        called_person=context.handed_over,
    )


def _greeting(context: Context) -> str:
    return wording.greeting(context.professional)


def _text(messages: Sequence[InboundMessage]) -> str:
    return "\n".join(message.words for message in messages if message.words.strip())


@cache
def model() -> loop.Model | None:
    """Return the configured model; None means guided mode."""
    if not settings.GROQ_API_KEY:
        return None
    return Groq(
        api_key=settings.GROQ_API_KEY,
        base_url=settings.GROQ_BASE_URL,
        models=settings.GROQ_MODELS,
        memory=shared_cache,
    )


def breaker() -> Breaker:
    """Return the breaker of the configured model's provider, shared by all processes."""
    return Breaker("groq", memory=shared_cache)
