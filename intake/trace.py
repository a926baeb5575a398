"""What the reception did, in words that need no programmer; the raw record is folded below each step."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake import transcript
from intake.models import Conversation, InboundMessage, OutboundMessage, Turn
from intake.trace_words import DELIVERIES, LOOKS, OUTCOMES, PATH_NOTES, PATHS, SUBTITLES, TITLES, TOOLS

TURNS_SHOWN = 12
# A day in milliseconds; more was never measured.
_LONGEST = 86_400_000


@dataclass(frozen=True)
class Step:
    """One step in words; `raw` is what was recorded of it, as (name, text)."""

    icon: str
    tone: str
    title: str
    subtitle: str = ""
    duration: str = ""
    raw: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Shown:
    """One turn in words; `totals` are (name, value)."""

    id: int
    number: int
    steps: tuple[Step, ...]
    path: str
    note: str
    totals: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """One turn in the table. `heard` is how its messages began."""

    id: int
    number: int
    heard: str
    path: str
    duration: str
    tokens: str
    model: str


def steps(turn: Turn) -> list[Step]:
    """Return the turn from what was heard to what was said, each step in words."""
    records = turn.trace if isinstance(turn.trace, list) else []
    return [*_heard(turn), *(step(one) for one in records if isinstance(one, dict)), *_said(turn)]


def step(record: Mapping[str, Any]) -> Step:
    """Return one recorded step in words. An unknown kind is shown by its own name, never hidden."""
    kind, name = str(record.get("kind", "")), str(record.get("name", ""))
    detail = record.get("detail")
    facts: Mapping[str, Any] = detail if isinstance(detail, Mapping) else {}
    refused = _error(facts)
    icon, tone = LOOKS.get(name) or LOOKS.get(kind, ("info", ""))
    return Step(
        icon="alert" if refused else icon,
        tone="w" if refused else tone,
        title=_title(kind, name=name, refused=bool(refused)),
        subtitle=refused or _subtitle(kind, facts),
        duration=duration(record.get("milliseconds")),
        raw=_raw(name, detail=detail),
    )


def _heard(turn: Turn) -> list[Step]:
    if turn.pk is None or not (messages := list(turn.inbound.all())):
        return []
    taps = any(message.button_payload for message in messages)
    count = len(messages)
    together = ngettext("%(count)s message, answered alone.", "%(count)s messages, answered together.", count) % {
        "count": count
    }
    title = _("Received %(words)s") % {"words": _quoted(messages, 60)}
    return [Step(*LOOKS["received"], title, _("A tap on an option.") if taps else together if count > 1 else "")]


def _said(turn: Turn) -> list[Step]:
    return [_answer(message) for message in _answers(turn)]


def _answers(turn: Turn) -> list[OutboundMessage]:
    """Return what the client was told in this turn; filtered here, since the rows are fetched once for all."""
    messages = [] if turn.pk is None else turn.outbound.all()
    return [message for message in messages if message.medium != OutboundMessage.Medium.EMAIL]


def _answer(message: OutboundMessage) -> Step:
    if message.dedupe_key.startswith("question:"):
        return Step(*LOOKS["question"], str(TITLES["question", ""]), str(SUBTITLES["question"]))
    count = len(message.options) if isinstance(message.options, list) else 0
    options = ngettext("With %(count)s option.", "With %(count)s numbered options.", count) % {"count": count}
    return Step(*LOOKS["answer"], _("Answered"), options if count else _shortened(message.body, 120))


def _quoted(messages: Sequence[InboundMessage], longest: int) -> str:
    """Return how the messages began; what has no words is named: Áudio, Foto."""
    words = _shortened(" / ".join(filter(None, map(transcript.gist, messages))), longest)
    return (
        f"“{words}”"
        if any((message.transcript or message.body).strip() for message in messages)
        else words or _("an empty message")
    )


def _title(kind: str, *, name: str, refused: bool) -> str:
    if kind == "tool":
        return str(TOOLS[name][refused]) if name in TOOLS else _spoken(name)
    if kind == "model":
        title = _("The model did not answer") if refused else str(TITLES["model", ""])
        return f"{title}: {name}" if name else title
    if refused and name == "voice":
        return _("Did not understand the voice message")
    return str(TITLES.get((kind, name)) or TITLES.get((kind, "")) or _spoken(kind))


def _spoken(name: str) -> str:
    return name.replace("_", " ").strip().capitalize() or _("Step")


def _shortened(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip(' (,;:.-')}…"


def _subtitle(kind: str, facts: Mapping[str, Any]) -> str:
    found = _result(facts) or _text(facts) or str(SUBTITLES.get(kind, ""))
    spent = tokens(facts)
    return f"{found} {spent}.".strip() if spent else found


def _error(facts: Mapping[str, Any]) -> str:
    """Return why a tool said no, in the error shape that every door shares, or why a model did not answer."""
    payload = facts.get("payload", facts.get("result"))
    error = payload.get("error") if isinstance(payload, Mapping) else facts.get("error") or facts.get("trouble")
    if isinstance(error, Mapping):
        return str(error.get("message") or error.get("code") or "")
    return error if isinstance(error, str) else ""


def _result(facts: Mapping[str, Any]) -> str:
    """Return what a tool found or a model asked for, in a sentence."""
    payload = facts.get("payload")
    found: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {}
    if isinstance(offers := found.get("offers"), list):
        times = _times([one for one in offers if isinstance(one, Mapping)])
        counted = _times_counted(len(offers))
        return " ".join(filter(None, (str(found.get("why_not") or ""), counted, times)))
    if found.get("status") == "waiting_for_yes":
        when = ", ".join(str(found[name]) for name in ("weekday", "date") if found.get(name))
        if found.get("time"):
            when = _("%(day)s, at %(time)s") % {"day": when, "time": found["time"]}
        return _("%(when)s. Waits for the client's “yes”.") % {"when": _day_first(when)}
    if isinstance(coming := found.get("coming"), list):
        return _booked_counted(len(coming))
    if isinstance(calls := facts.get("calls"), list) and calls:
        asked = ", ".join(str(TOOLS[str(one)][2]) if str(one) in TOOLS else str(one) for one in calls)
        return _("Asked for: %(what)s.") % {"what": asked}
    dropped = facts.get("dropped")
    sentences = (
        [one.get("sentence") for one in dropped if isinstance(one, Mapping)] if isinstance(dropped, list) else []
    )
    return " ".join(f"“{sentence}”" for sentence in sentences)


def _times(offers: Sequence[Mapping[str, Any]]) -> str:
    """Return 23/11: 09:00, 10:30; 24/11: 15:00."""
    days = groupby(offers, key=lambda one: str(one.get("date", "")))
    listed = [f"{_day_first(day)}: {', '.join(str(one.get('time', '')) for one in times)}" for day, times in days]
    return f"{'; '.join(listed)}." if listed else ""


def _day_first(text: str) -> str:
    """Write ISO dates as people in Brazil do: 2026-11-23 -> 23/11."""
    return re.sub(r"\b\d{4}-(\d\d)-(\d\d)\b", r"\2/\1", text)


def _times_counted(count: int) -> str:
    if not count:
        return _("No time.")
    return ngettext("%(count)s time.", "%(count)s times.", count) % {"count": count}


def _booked_counted(count: int) -> str:
    if not count:
        return _("No appointment booked.")
    return ngettext("%(count)s appointment booked.", "%(count)s appointments booked.", count) % {"count": count}


def _text(facts: Mapping[str, Any]) -> str:
    for name in ("text", "message", "body", "reason", "note"):
        if isinstance(text := facts.get(name), str) and text.strip():
            return _shortened(text, 280)
    return ""


def _raw(name: str, *, detail: object) -> tuple[tuple[str, str], ...]:
    """Return a tool's call and its result apart, anything else as it was recorded."""
    if not detail:
        return ()
    if isinstance(detail, Mapping) and "payload" in detail:
        return (_("Call"), f"{name} {_json(detail.get('arguments'))}"), (_("Result"), _json(detail["payload"]))
    return ((_("Record"), f"{name} {_json(detail)}".strip()),)


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2, default=str)


def tokens(facts: Mapping[str, Any]) -> str:
    """Return 1.204 tokens lidos, 38 escritos; nothing where none were counted."""
    read, written = (facts.get(name) for name in ("prompt_tokens", "completion_tokens"))
    if not (isinstance(read, int) and isinstance(written, int)) or not read + written:
        return ""
    words = {"read": grouped(read), "written": grouped(written)}
    return _("%(read)s tokens read, %(written)s written") % words


def grouped(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def duration(milliseconds: object) -> str:
    """Return 17 ms below a second, 1,6 s above; nothing where nothing was measured."""
    if not isinstance(milliseconds, int | float) or not 0 < milliseconds < _LONGEST:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    return f"{number_format(milliseconds / 1000, decimal_pos=1, use_l10n=True)} s"


def path(turn: Turn) -> str:
    """Return how the turn was answered, in a word."""
    return str(PATHS.get(turn.path, turn.path))


def how(turn: Turn) -> str:
    """Return how it was answered and how long that took: "Modelo, 3,5 s"."""
    return ", ".join(filter(None, (path(turn), duration(turn.milliseconds))))


def shown(conversation: Conversation, *, turn_id: int | None = None) -> Shown | None:
    """Return that turn in words, or the newest if it is not this conversation's; None before the first answer."""
    return latest(conversation, turn_id=turn_id)[1]


def latest(
    conversation: Conversation, *, turn_id: int | None = None, count: int | None = None
) -> tuple[list[Row], Shown | None]:
    """Return the last turns for the table, and what `shown` returns; `count` is how many turns there are, if known."""
    turns = conversation.turns.order_by("-id").prefetch_related("inbound", "outbound")
    last = list(turns[:TURNS_SHOWN])
    if not last:
        return [], None
    count = conversation.turns.count() if count is None else count
    chosen = next((turn for turn in last if turn.pk == turn_id), None)
    if chosen is None and turn_id is not None:
        chosen = turns.filter(pk=turn_id).first()
    turn = chosen or last[0]
    number = count - last.index(turn) if turn in last else conversation.turns.filter(pk__lte=turn.pk).count()
    return [_row(one, number=count - place) for place, one in enumerate(last)], _in_words(turn, number=number)


def _row(turn: Turn, *, number: int) -> Row:
    return Row(
        id=turn.pk,
        number=number,
        heard=_quoted(list(turn.inbound.all()), 20),
        path=path(turn),
        duration=duration(turn.milliseconds),
        tokens=grouped(turn.prompt_tokens + turn.completion_tokens),
        model=turn.model,
    )


def _in_words(turn: Turn, *, number: int) -> Shown:
    return Shown(
        id=turn.pk,
        number=number,
        steps=tuple(steps(turn)),
        path=path(turn),
        note=str(PATH_NOTES.get(turn.path, "")),
        totals=tuple(totals(turn)),
    )


def totals(turn: Turn) -> Iterator[tuple[str, str]]:
    """Yield what is known of the whole turn, by name."""
    if turn.model:
        yield _("Model"), turn.model
    if turn.outcome:
        ending, _colon, code = turn.outcome.partition(": ")
        yield _("How the model ended"), ": ".join(filter(None, (str(OUTCOMES.get(ending, ending)), code)))
    yield _("Time taken"), duration(turn.milliseconds) or _("less than 1 ms")
    if spent := tokens({"prompt_tokens": turn.prompt_tokens, "completion_tokens": turn.completion_tokens}):
        yield _("Tokens"), spent
    if answers := _answers(turn):
        yield _("Delivery"), _delivery(answers[-1], zone=turn.conversation.professional.zone)


def _delivery(message: OutboundMessage, *, zone: ZoneInfo) -> str:
    status = str(DELIVERIES.get(message.status, message.status)).capitalize()
    if not message.handed_at:
        return status
    return _("%(status)s at %(time)s") % {"status": status, "time": f"{message.handed_at.astimezone(zone):%H:%M}"}


def notices(conversation: Conversation) -> list[OutboundMessage]:
    """Return the mail to the professional since this conversation began, newest first."""
    return list(
        OutboundMessage.objects.filter(
            professional=conversation.professional,
            medium=OutboundMessage.Medium.EMAIL,
            created_at__gte=conversation.created_at,
        ).order_by("-id")[:10]
    )
