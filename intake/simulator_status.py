"""What is going on in a simulated conversation just now, and what keeps it waiting."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.models import Conversation, OutboundMessage

# The sweep comes by every 10 s: what is due for longer has nobody to do it.
PATIENCE = timedelta(seconds=12)
UNANSWERED = "A mensagem está guardada, mas ninguém a pegou ainda. Confira se o worker está no ar."
UNDELIVERED = "A resposta está escrita, mas ninguém a entregou ainda. Confira se o worker de entregas está no ar."


@dataclass(frozen=True)
class Status:
    """`doing` is said beside the turn's number, `stalled` on the phone itself; empty when there is nothing to say."""

    typing: bool = False
    doing: str = ""
    stalled: str = ""
    notes: tuple[str, ...] = ()


def of(conversation: Conversation | None, *, now: datetime) -> Status:
    if conversation is None:
        return Status()
    stalled = _stalled(conversation, now=now)
    leased = bool(conversation.lease_until and conversation.lease_until > now)
    due = conversation.reply_due_at
    silent = bool(conversation.human_until and conversation.human_until > now)
    return Status(
        typing=(leased or due is not None) and not silent and not stalled,
        doing="" if stalled else "respondendo" if leased else _waiting(due, now=now),
        stalled=stalled,
        notes=tuple(_notes(conversation, now=now)),
    )


def _waiting(due: datetime | None, *, now: datetime) -> str:
    if due is None:
        return ""
    return "esperando mais mensagens" if due > now else "na fila"


def _stalled(conversation: Conversation, *, now: datetime) -> str:
    leased = bool(conversation.lease_until and conversation.lease_until > now)
    if conversation.reply_due_at and now - conversation.reply_due_at > PATIENCE and not leased:
        return UNANSWERED
    open_ones = (OutboundMessage.Status.PENDING, OutboundMessage.Status.SENDING)
    waiting = conversation.outbound.filter(status__in=open_ones).exclude(medium=OutboundMessage.Medium.EMAIL)
    return UNDELIVERED if waiting.filter(due_at__lt=now - PATIENCE).exists() else ""


def _notes(conversation: Conversation, *, now: datetime) -> list[str]:
    """Return what a person trying the product should know about how this conversation is answered."""
    found = []
    if not conversation.professional.bot_enabled:
        found.append(f"A recepção está desligada: {conversation.professional.name} responde.")
    if conversation.human_until and conversation.human_until > now:
        until = conversation.human_until.astimezone(conversation.professional.zone)
        found.append(f"A recepção está em silêncio até {until:%d/%m, %H:%M}: uma pessoa atende.")
    if conversation.opted_out_at:
        found.append("Este número pediu para parar. A recepção só responde quando ele escreve.")
    return found
