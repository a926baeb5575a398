"""What the reception did, in words that need no programmer; the raw record is folded below each step."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from intake import simulator_transcript
from intake.models import Conversation, InboundMessage, OutboundMessage, Turn

TURNS_SHOWN = 12

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
    "question": ("hold", "a"),
    "receipt": ("check", "o"),
    "answer": ("send", "a"),
    "guided": ("list", ""),
    "note": ("info", ""),
    # A note of that name.
    "voice": ("mic", "o"),
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
    ("receipt", "undo"): "Desfez o que foi marcado",
    ("note", "voice"): "Ouviu o áudio",
    ("note", "grounding"): "Não disse o que não podia provar",
    ("received", ""): "Recebeu a mensagem",
    ("model", ""): "Consultou o modelo",
    ("question", ""): "Fez uma pergunta de sim ou não",
    ("receipt", ""): "Escreveu o recibo",
    ("guided", ""): "Seguiu em modo guiado",
    ("note", ""): "Anotou",
}
OUTCOMES = {
    "answered": "respondeu com texto",
    "halted": "deixou a palavra com o código",
    "step_limit": "passos demais",
    "call_limit": "chamadas demais",
    "repeated_call": "repetiu uma chamada",
    "deadline": "tempo esgotado",
    "unusable": "respostas que não servem",
    "unavailable": "não respondeu",
}
DELIVERIES = {
    "pending": "na fila",
    "sending": "saindo",
    "sent": "enviada",
    "delivered": "entregue",
    "read": "lida, entregue",
    "failed": "falhou",
    "dropped": "dispensada",
}
SUBTITLES = {
    "receipt": "O recibo é texto do código, feito a partir do horário gravado.",
    "question": "Texto escrito pelo código. Só o próximo “sim” do cliente confirma.",
}


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
    together = f"{len(messages)} mensagens respondidas juntas." if len(messages) > 1 else ""
    title = f"Recebeu {_quoted(messages, 60)}"
    return [Step(*LOOKS["received"], title, "Toque numa opção." if taps else together)]


def _said(turn: Turn) -> list[Step]:
    return [_answer(message) for message in _answers(turn)]


def _answers(turn: Turn) -> list[OutboundMessage]:
    """Return what the client was told in this turn; filtered here, since the rows are fetched once for all."""
    messages = [] if turn.pk is None else turn.outbound.all()
    return [message for message in messages if message.medium != OutboundMessage.Medium.EMAIL]


def _answer(message: OutboundMessage) -> Step:
    if message.dedupe_key.startswith("question:"):
        return Step(*LOOKS["question"], TITLES["question", ""], SUBTITLES["question"])
    options = f"Com {len(message.options)} opções numeradas." if message.options else ""
    return Step(*LOOKS["answer"], "Respondeu", options or _shortened(message.body, 120))


def _quoted(messages: Sequence[InboundMessage], longest: int) -> str:
    """Return how the messages began; what has no words is named: Áudio, Foto."""
    words = _shortened(" / ".join(filter(None, map(simulator_transcript.gist, messages))), longest)
    return (
        f"“{words}”"
        if any((message.transcript or message.body).strip() for message in messages)
        else words or "uma mensagem vazia"
    )


def _title(kind: str, *, name: str, refused: bool) -> str:
    if kind == "tool":
        return TOOLS[name][refused] if name in TOOLS else _spoken(name)
    if kind == "model":
        title = "O modelo não respondeu" if refused else TITLES["model", ""]
        return f"{title}: {name}" if name else title
    if refused and name == "voice":
        return "Não entendeu o áudio"
    return TITLES.get((kind, name)) or TITLES.get((kind, "")) or _spoken(kind)


def _spoken(name: str) -> str:
    return name.replace("_", " ").strip().capitalize() or "Passo"


def _shortened(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip(' (,;:.-')}…"


def _subtitle(kind: str, facts: Mapping[str, Any]) -> str:
    found = _result(facts) or _text(facts) or SUBTITLES.get(kind, "")
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
        counted = _counted(len(offers), "horário", "horários")
        return " ".join(filter(None, (str(found.get("why_not") or ""), counted, times)))
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


def _times(offers: Sequence[Mapping[str, Any]]) -> str:
    """Return 23/11: 09:00, 10:30; 24/11: 15:00."""
    days = groupby(offers, key=lambda one: str(one.get("date", "")))
    listed = [f"{_day_first(day)}: {', '.join(str(one.get('time', '')) for one in times)}" for day, times in days]
    return f"{'; '.join(listed)}." if listed else ""


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


def _raw(name: str, *, detail: object) -> tuple[tuple[str, str], ...]:
    """Return a tool's call and its result apart, anything else as it was recorded."""
    if not detail:
        return ()
    if isinstance(detail, Mapping) and "payload" in detail:
        return ("Chamada", f"{name} {_json(detail.get('arguments'))}"), ("Resultado", _json(detail["payload"]))
    return (("Registro", f"{name} {_json(detail)}".strip()),)


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2, default=str)


def tokens(facts: Mapping[str, Any]) -> str:
    """Return 1.204 tokens lidos, 38 escritos; nothing where none were counted."""
    read, written = (facts.get(name) for name in ("prompt_tokens", "completion_tokens"))
    if not (isinstance(read, int) and isinstance(written, int)) or not read + written:
        return ""
    return f"{_grouped(read)} tokens lidos, {_grouped(written)} escritos"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


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
    return Row(
        id=turn.pk,
        number=number,
        heard=_quoted(list(turn.inbound.all()), 20),
        path=PATHS.get(turn.path, turn.path),
        duration=duration(turn.milliseconds),
        tokens=_grouped(turn.prompt_tokens + turn.completion_tokens),
        model=turn.model,
    )


def shown(conversation: Conversation, *, turn_id: int | None = None) -> Shown | None:
    """Return that turn in words, or the newest if it is not this conversation's; None before the first answer."""
    turns = conversation.turns.prefetch_related("inbound", "outbound")
    chosen = turns.filter(pk=turn_id).first() if turn_id is not None else None
    turn = chosen or turns.order_by("-id").first()
    if turn is None:
        return None
    return Shown(
        id=turn.pk,
        number=conversation.turns.filter(pk__lte=turn.pk).count(),
        steps=tuple(steps(turn)),
        path=PATHS.get(turn.path, turn.path),
        note=PATH_NOTES.get(turn.path, ""),
        totals=tuple(totals(turn)),
    )


def totals(turn: Turn) -> Iterator[tuple[str, str]]:
    """Yield what is known of the whole turn, by name."""
    if turn.model:
        yield "Modelo", turn.model
    if turn.outcome:
        ending, _, code = turn.outcome.partition(": ")
        yield "Fim do modelo", ": ".join(filter(None, (OUTCOMES.get(ending, ending), code)))
    yield "Tempo", duration(turn.milliseconds) or "menos de 1 ms"
    yield "Tokens", tokens({"prompt_tokens": turn.prompt_tokens, "completion_tokens": turn.completion_tokens}) or "0"
    if answers := _answers(turn):
        yield "Entrega", _delivery(answers[-1], zone=turn.conversation.professional.zone)


def _delivery(message: OutboundMessage, *, zone: ZoneInfo) -> str:
    status = DELIVERIES.get(message.status, message.status)
    return f"{status} às {message.handed_at.astimezone(zone):%H:%M:%S}" if message.handed_at else status


def notices(conversation: Conversation) -> list[OutboundMessage]:
    """Return the mail to the professional since this conversation began, newest first."""
    return list(
        OutboundMessage.objects.filter(
            professional=conversation.professional,
            medium=OutboundMessage.Medium.EMAIL,
            created_at__gte=conversation.created_at,
        ).order_by("-id")[:10]
    )
