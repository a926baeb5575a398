"""What the reception did, in words that need no programmer; the raw record is folded below each step."""

import json
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
    "tool": ("tool", ""),
    "model": ("spark", ""),
    "question": ("ask", "a"),
    "receipt": ("send", "a"),
    "guided": ("list", ""),
    "note": ("info", ""),
}
# What a tool did, and what it did not get done.
TOOLS = {
    "get_available_slots": ("Procurou horários livres", "Não procurou horários"),
    "book_appointment": ("Segurou o horário", "Não segurou o horário"),
    "get_professional_info": ("Leu serviços, preços e regras", "Não leu os dados"),
    "list_my_appointments": ("Leu os horários deste cliente", "Não leu os horários"),
    "reschedule_appointment": ("Segurou o novo horário", "Não segurou o novo horário"),
    "cancel_appointment": ("Perguntou se cancela", "Não cancelou"),
    "ask_human": ("Chamou uma pessoa", "Não chamou uma pessoa"),
    "confirm": ("Confirmou o horário", "Não confirmou o horário"),
}
TITLES = {
    "received": "Recebeu a mensagem",
    "model": "Consultou o modelo",
    "question": "Fez uma pergunta de sim ou não",
    "receipt": "Escreveu o recibo",
    "guided": "Seguiu em modo guiado",
    "note": "Anotou",
}
SUBTITLES = {
    "receipt": "Texto feito a partir do horário gravado.",
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
class Row:
    """One turn in the table. `heard` is how its messages began."""

    number: int
    heard: str
    path: str
    duration: str
    tokens: str
    model: str


def steps(turn: Turn) -> list[Step]:
    return [step(one) for one in turn.trace if isinstance(one, dict)]


def step(record: Mapping[str, Any]) -> Step:
    """Return one recorded step in words. An unknown kind is shown by its own name, never hidden."""
    kind, name = str(record.get("kind", "")), str(record.get("name", ""))
    detail = record.get("detail")
    facts: Mapping[str, Any] = detail if isinstance(detail, Mapping) else {}
    refused = _error(facts)
    icon, tone = LOOKS.get(kind, ("info", ""))
    return Step(
        icon="alert" if refused else icon,
        tone="w" if refused else ("o" if kind == "tool" and not tone else tone),
        title=_title(kind, name=name, refused=bool(refused)),
        subtitle=refused or _text(facts) or SUBTITLES.get(kind, ""),
        duration=duration(record.get("milliseconds")),
        raw=_raw(name, detail=detail),
    )


def _title(kind: str, *, name: str, refused: bool) -> str:
    if kind == "tool":
        return TOOLS[name][refused] if name in TOOLS else _spoken(name)
    title = TITLES.get(kind) or _spoken(kind)
    return f"{title}: {name}" if kind == "model" and name else title


def _spoken(name: str) -> str:
    return name.replace("_", " ").strip().capitalize() or "Passo"


def _error(facts: Mapping[str, Any]) -> str:
    """Return why a tool said no, in the error shape that every door shares."""
    result = facts.get("result")
    error = result.get("error") if isinstance(result, Mapping) else facts.get("error")
    if isinstance(error, Mapping):
        return str(error.get("message") or error.get("code") or "")
    return str(error) if isinstance(error, str) else ""


def _text(facts: Mapping[str, Any]) -> str:
    for name in ("text", "message", "body", "reason", "note"):
        if isinstance(facts.get(name), str) and facts[name].strip():
            return str(facts[name]).strip()[:280]
    return ""


def _raw(name: str, *, detail: object) -> str:
    if not detail:
        return ""
    return f"{name}\n{json.dumps(detail, ensure_ascii=False, indent=2, default=str)}".strip()


def duration(milliseconds: object) -> str:
    """Return 17 ms below a second, 1,6 s above; nothing where nothing was measured."""
    if not isinstance(milliseconds, int | float):
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
        number=number,
        heard=heard if len(heard) <= 20 else f"{heard[:19].rstrip()}…",
        path=PATHS.get(turn.path, turn.path),
        duration=duration(turn.milliseconds),
        tokens=f"{turn.prompt_tokens + turn.completion_tokens:,}".replace(",", "."),
        model=turn.model,
    )


def latest(conversation: Conversation) -> dict[str, object] | None:
    """Return the newest turn in words, None before the first answer."""
    turn = conversation.turns.order_by("-id").first()
    if turn is None:
        return None
    return {"steps": steps(turn), "path": PATHS.get(turn.path, turn.path), "note": PATH_NOTES.get(turn.path, "")}


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
