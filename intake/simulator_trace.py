"""What the reception did, in words that need no programmer; the raw record is folded below each step."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from intake.models import Conversation, InboundMessage, OutboundMessage, Turn

TURNS_SHOWN = 12
# Longer than a burst's quiet time and a guided answer: then probably no worker runs.
SLOW_SECONDS = 25

PATHS = {"direct": "Direto", "model": "Modelo", "guided": "Guiado", "silent": "Em silêncio"}
PATH_NOTES = {
    "direct": "Não precisou de modelo.",
    "model": "O modelo conversou; horários e recibos vêm do código.",
    "guided": "Sem modelo: perguntas prontas e opções numeradas.",
    "silent": "A recepção não respondeu: uma pessoa atende.",
}
# (icon, tone): the tone is a class of the stylesheet, a = accent, o = ok, w = warning.
LOOKS = {
    "received": ("chat", ""),
    "tool": ("tool", "o"),
    "model": ("spark", ""),
    "question": ("ask", "a"),
    "receipt": ("check", "o"),
    "answer": ("send", "a"),
    "guided": ("list", ""),
    "note": ("info", ""),
}
# What a tool did, what it did not get done, and what a model asks for.
TOOLS = {
    "get_available_slots": ("Procurou horários livres", "Não procurou horários", "horários livres"),
    "book_appointment": ("Segurou o horário", "Não segurou o horário", "segurar o horário"),
    "get_professional_info": ("Leu serviços, preços e regras", "Não leu os dados", "serviços e preços"),
    "list_my_appointments": ("Leu os horários deste cliente", "Não leu os horários", "horários do cliente"),
    "reschedule_appointment": ("Segurou o novo horário", "Não segurou o novo horário", "segurar o novo horário"),
    "cancel_appointment": ("Perguntou se cancela", "Não cancelou", "cancelar"),
    "ask_human": ("Chamou uma pessoa", "Não chamou uma pessoa", "chamar uma pessoa"),
}
TITLES = {
    ("receipt", "book"): "Confirmou o horário",
    ("receipt", "move"): "Trocou o horário",
    ("receipt", "cancel"): "Cancelou o horário",
    ("note", "grounding"): "Não disse o que não podia provar",
    ("received", ""): "Recebeu a mensagem",
    ("model", ""): "Consultou o modelo",
    ("question", ""): "Fez uma pergunta de sim ou não",
    ("receipt", ""): "Escreveu o recibo",
    ("guided", ""): "Seguiu em modo guiado",
    ("note", ""): "Anotou",
}
SUBTITLES = {
    "receipt": "O recibo é texto do código, feito a partir do horário gravado.",
    "question": "Texto escrito pelo código. Só o próximo “sim” do cliente confirma.",
}


@dataclass(frozen=True)
class Step:
    icon: str
    tone: str
    title: str
    subtitle: str
    duration: str
    raw: str


@dataclass(frozen=True)
class Shown:
    """One turn in words. `outcome` is how the model's part ended, as recorded."""

    id: int
    number: int
    steps: tuple[Step, ...]
    path: str
    note: str
    duration: str
    outcome: str


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
    icon, tone = LOOKS.get(kind, ("info", ""))
    return Step(
        icon="alert" if refused else icon,
        tone="w" if refused else tone,
        title=_title(kind, name=name, refused=bool(refused)),
        subtitle=refused or _result(facts) or _text(facts) or SUBTITLES.get(kind, ""),
        duration=duration(record.get("milliseconds")),
        raw=_raw(name, detail=detail),
    )


def _heard(turn: Turn) -> list[Step]:
    if turn.pk is None or not (messages := list(turn.inbound.all())):
        return []
    taps = any(message.button_payload for message in messages)
    together = f"{len(messages)} mensagens respondidas juntas." if len(messages) > 1 else ""
    title = f"Recebeu “{_shortened(' / '.join(message.body for message in messages), 60)}”"
    return [Step(*LOOKS["received"], title, "Toque numa opção." if taps else together, "", "")]


def _said(turn: Turn) -> list[Step]:
    messages = [] if turn.pk is None else list(turn.outbound.exclude(medium=OutboundMessage.Medium.EMAIL))
    return [_answer(message) for message in messages]


def _answer(message: OutboundMessage) -> Step:
    if message.dedupe_key.startswith("question:"):
        return Step(*LOOKS["question"], TITLES["question", ""], SUBTITLES["question"], "", "")
    options = f"Com {len(message.options)} opções numeradas." if message.options else ""
    return Step(*LOOKS["answer"], "Respondeu", options or _shortened(message.body, 120), "", "")


def _title(kind: str, *, name: str, refused: bool) -> str:
    if kind == "tool":
        return TOOLS[name][refused] if name in TOOLS else _spoken(name)
    if kind == "model":
        title = "O modelo não respondeu" if refused else TITLES["model", ""]
        return f"{title}: {name}" if name else title
    return TITLES.get((kind, name)) or TITLES.get((kind, "")) or _spoken(kind)


def _spoken(name: str) -> str:
    return name.replace("_", " ").strip().capitalize() or "Passo"


def _shortened(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip(' (,;:.-')}…"


def _error(facts: Mapping[str, Any]) -> str:
    """Return why a tool said no, in the error shape that every door shares, or why a model did not answer."""
    payload = facts.get("payload", facts.get("result"))
    error = payload.get("error") if isinstance(payload, Mapping) else facts.get("error")
    if isinstance(error, Mapping):
        return str(error.get("message") or error.get("code") or "")
    return error if isinstance(error, str) else ""


def _result(facts: Mapping[str, Any]) -> str:
    """Return what a tool found or a model asked for, in a sentence."""
    payload = facts.get("payload")
    found: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {}
    if isinstance(offers := found.get("offers"), list):
        return " ".join(filter(None, [str(found.get("why_not") or ""), _counted(len(offers), "horário", "horários")]))
    if found.get("status") == "waiting_for_yes":
        when = ", ".join(str(found[name]) for name in ("weekday", "date", "time") if found.get(name))
        return f"{_day_first(when)}. Espera o “sim” do cliente."
    if isinstance(coming := found.get("coming"), list):
        return _counted(len(coming), "horário marcado", "horários marcados")
    if isinstance(calls := facts.get("calls"), list) and calls:
        return "Pediu: " + ", ".join(TOOLS[str(one)][2] if str(one) in TOOLS else str(one) for one in calls) + "."
    dropped = facts.get("dropped")
    sentences = (
        [one.get("sentence") for one in dropped if isinstance(one, Mapping)] if isinstance(dropped, list) else []
    )
    return " ".join(f"“{sentence}”" for sentence in sentences)


def _day_first(text: str) -> str:
    """Write ISO dates as people in Brazil do: 2026-11-23 -> 23/11."""
    return re.sub(r"\b\d{4}-(\d\d)-(\d\d)\b", r"\2/\1", text)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}." if number else f"Nenhum {one}."


def _text(facts: Mapping[str, Any]) -> str:
    for name in ("text", "message", "body", "reason", "note"):
        if isinstance(text := facts.get(name), str) and text.strip():
            return _shortened(text, 280)
    return ""


def _raw(name: str, *, detail: object) -> str:
    if not detail:
        return ""
    return f"{name}\n{json.dumps(detail, ensure_ascii=False, indent=2, default=str)}".strip()


def duration(milliseconds: object) -> str:
    """Return 17 ms below a second, 1,6 s above; nothing where nothing was measured."""
    if not isinstance(milliseconds, int | float) or not milliseconds:
        return ""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s".replace(".", ",")


def rows(conversation: Conversation) -> list[Row]:
    """Return the last turns for the table, newest first."""
    turns = list(conversation.turns.order_by("-id").prefetch_related("inbound")[:TURNS_SHOWN])
    last = conversation.turns.count()
    return [_row(turn, number=last - place) for place, turn in enumerate(turns)]


def _row(turn: Turn, *, number: int) -> Row:
    heard = " / ".join(message.body for message in turn.inbound.all())
    return Row(
        id=turn.pk,
        number=number,
        heard=_shortened(heard, 20),
        path=PATHS.get(turn.path, turn.path),
        duration=duration(turn.milliseconds),
        tokens=f"{turn.prompt_tokens + turn.completion_tokens:,}".replace(",", "."),
        model=turn.model,
    )


def shown(conversation: Conversation, *, turn_id: int | None = None) -> Shown | None:
    """Return that turn in words, or the newest if it is not this conversation's; None before the first answer."""
    chosen = conversation.turns.filter(pk=turn_id).first() if turn_id is not None else None
    turn = chosen or conversation.turns.order_by("-id").first()
    if turn is None:
        return None
    return Shown(
        id=turn.pk,
        number=conversation.turns.filter(pk__lte=turn.pk).count(),
        steps=tuple(steps(turn)),
        path=PATHS.get(turn.path, turn.path),
        note=PATH_NOTES.get(turn.path, ""),
        duration=duration(turn.milliseconds),
        outcome=turn.outcome,
    )


def notices(conversation: Conversation) -> list[OutboundMessage]:
    """Return the mail to the professional since this conversation began, newest first."""
    return list(
        OutboundMessage.objects.filter(
            professional=conversation.professional,
            medium=OutboundMessage.Medium.EMAIL,
            created_at__gte=conversation.created_at,
        ).order_by("-id")[:10]
    )


def warnings(conversation: Conversation | None, *, now: datetime) -> list[str]:
    """Return what a person trying the product should know about this conversation just now."""
    if conversation is None:
        return []
    found = []
    if not conversation.professional.bot_enabled:
        found.append(f"A recepção está desligada: {conversation.professional.name} responde.")
    zone = conversation.professional.zone
    if conversation.human_until and conversation.human_until > now:
        until = f"{timezone.localtime(conversation.human_until, zone):%d/%m, %H:%M}"
        found.append(f"A recepção está em silêncio até {until}: uma pessoa atende.")
    if conversation.opted_out_at:
        found.append("Este número pediu para parar. A recepção só responde quando ele escreve.")
    waiting = conversation.inbound.filter(status=InboundMessage.Status.PENDING).order_by("id").first()
    if waiting and (now - waiting.received_at).total_seconds() > SLOW_SECONDS:
        found.append("A mensagem está guardada, mas ninguém a pegou ainda. Confira se o worker está no ar.")
    return found


def is_typing(conversation: Conversation | None, *, now: datetime) -> bool:
    """Return whether an answer is on its way: messages wait for their turn, or a turn is running."""
    if conversation is None or (conversation.human_until and conversation.human_until > now):
        return False
    leased = bool(conversation.lease_until and conversation.lease_until > now)
    return leased or conversation.reply_due_at is not None
