"""The demo's conversations: a few talks of Ana's clients, so that no list of the trial is empty.

Rows of history, written past the pipeline: nothing of them is due, and nothing is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from intake.models import Channel, Conversation, InboundMessage, OutboundMessage, Turn
from scheduling.models import Client, Professional

CLIENT, RECEPTION, PROFESSIONAL = "client", "reception", "professional"


@dataclass(frozen=True, slots=True)
class Talk:
    """Who said what, one a minute, the last so many minutes ago; `called` is why a person was asked for."""

    ended_ago: int
    lines: Sequence[tuple[str, str]]
    called: str = ""
    is_taken_over: bool = False


TALKS = (
    Talk(
        6,
        (
            (CLIENT, "oi, tudo bem? posso levar minha mãe na sessão?"),
            (RECEPTION, "Essa eu prefiro que a Ana responda. Já avisei, e ela fala com você por aqui."),
        ),
        called="Posso levar minha mãe na sessão?",
    ),
    Talk(
        28,
        (
            (CLIENT, "preciso do recibo das sessões de setembro"),
            (RECEPTION, "Avisei a Ana, que responde você por aqui."),
            (CLIENT, "obrigada, é pro plano de saúde"),
        ),
        called="Preciso do recibo das sessões de setembro",
    ),
    Talk(
        95,
        (
            (CLIENT, "dá pra fazer online essa semana?"),
            (PROFESSIONAL, "Dá sim. Mando o link meia hora antes, pode ser?"),
            (CLIENT, "pode, obrigada"),
            (PROFESSIONAL, "Combinado, até quinta."),
        ),
        is_taken_over=True,
    ),
    Talk(
        140,
        (
            (CLIENT, "bom dia! quanto é a sessão individual?"),
            (RECEPTION, "A sessão individual custa R$ 200,00 e dura 50 minutos. Quer ver os horários livres?"),
            (CLIENT, "depois eu vejo, obrigado"),
            (RECEPTION, "Por nada. Quando quiser, é só chamar."),
        ),
    ),
    Talk(
        60 * 26,
        (
            (CLIENT, "qual o endereço mesmo?"),
            (RECEPTION, "As sessões são online. O link chega antes do horário."),
        ),
    ),
)


# What the other clients wrote in the months before: how a talk began, and whether a person had to be called.
EARLIER = (
    ("oi! quanto custa a sessão?", "A sessão individual custa R$ 200,00 e dura 50 minutos.", ""),
    ("qual o endereço?", "Rua Augusta, 1200, sala 34, Consolação, São Paulo.", ""),
    ("tem horário na quinta à tarde?", "Na quinta há 14:00, 15:00 e 16:30. Qual prefere?", ""),
    ("você emite nota fiscal?", "Avisei a Ana, que responde você por aqui.", "Emito sim, mando por e-mail hoje."),
    ("preciso desmarcar amanhã", "Desmarquei a sua sessão de amanhã. Quando quiser, é só chamar.", ""),
)
EVERY = timedelta(days=8)


def seed(professional: Professional, *, now: datetime) -> int:
    """Write the talks of that professional's first clients, and earlier ones of the others, once; return how many."""
    if professional.conversations.exists():
        return 0
    people = list(professional.clients.order_by("pk"))
    for client, talk in zip(people, TALKS, strict=False):
        _write(professional, client, talk, now=now)
    for number, client in enumerate(people[len(TALKS) :], start=1):
        _write_earlier(professional, client, number=number, at=now - number * EVERY)
    return len(people)


def _write_earlier(professional: Professional, client: Client, *, number: int, at: datetime) -> None:
    """Write a talk that ended long ago; one in five called the professional, who answered within the hour."""
    heard, said, by_hand = EARLIER[number % len(EARLIER)]
    conversation = Conversation.objects.create(
        professional=professional,
        channel=Channel.WHATSAPP,
        address=client.address,
        profile_name=client.name,
        client=client,
        last_inbound_at=at,
        created_at=at,
    )
    seconds, key = 9 + number * 7 % 11, f"demo:{conversation.pk}:"
    turn = Turn.objects.create(
        conversation=conversation,
        path=Turn.Path.MODEL if number % 2 else Turn.Path.DIRECT,
        milliseconds=900 + 130 * number,
        called_person=bool(by_hand),
        created_at=at,
    )
    message = {"provider_sid": f"{key}0", "body": heard, "status": "done", "turn": turn, "received_at": at}
    InboundMessage.objects.create(conversation=conversation, **message)
    _say(conversation, said, who=RECEPTION, at=at + timedelta(seconds=seconds), key=f"{key}1", turn=turn)
    if by_hand:
        answered = at + timedelta(minutes=12 + 3 * number)
        _say(conversation, by_hand, who=PROFESSIONAL, at=answered, key=f"{key}2", turn=None)


def _write(professional: Professional, client: Client, talk: Talk, *, now: datetime) -> None:
    ended = now - timedelta(minutes=talk.ended_ago)
    times = [ended - timedelta(minutes=back) for back in range(len(talk.lines) - 1, -1, -1)]
    heard_at = [at for at, (who, _text) in zip(times, talk.lines, strict=True) if who == CLIENT]
    silent = {"human_until": now + timedelta(hours=settings.HUMAN_TAKEOVER_HOURS), "human_since": ended}
    conversation = Conversation.objects.create(
        professional=professional,
        channel=Channel.WHATSAPP,
        address=client.address,
        profile_name=client.name,
        client=client,
        last_inbound_at=heard_at[-1],
        human_reason=talk.called,
        **silent if talk.called or talk.is_taken_over else {},
    )
    turn: Turn | None = None
    for number, (at, (who, text)) in enumerate(zip(times, talk.lines, strict=True)):
        key = f"demo:{conversation.pk}:{number}"
        if who == CLIENT:
            called = bool(talk.called) and number == 0
            took = {
                "path": _path(talk, number),
                "milliseconds": 640 + 90 * number,
                "called_person": called,
                "created_at": at,
            }
            turn = Turn.objects.create(conversation=conversation, **took)
            message = {"provider_sid": key, "body": text, "status": "done", "turn": turn, "received_at": at}
            InboundMessage.objects.create(conversation=conversation, **message)
        else:
            is_ours = who == RECEPTION
            # The reception takes seconds, a person a minute.
            said_at = at - timedelta(seconds=60 - 11 - number) if is_ours else at
            _say(conversation, text, who=who, at=said_at, key=key, turn=turn if is_ours else None)


def _path(talk: Talk, number: int) -> Turn.Path:
    is_with_person = talk.is_taken_over or (talk.called and number)
    return Turn.Path.SILENT if is_with_person else Turn.Path.GUIDED


def _say(conversation: Conversation, text: str, *, who: str, at: datetime, key: str, turn: Turn | None) -> None:
    author: Any = OutboundMessage.Author
    OutboundMessage.objects.create(
        professional=conversation.professional,
        conversation=conversation,
        turn=turn,
        author=author.PROFESSIONAL if who == PROFESSIONAL else author.RECEPTION,
        medium=OutboundMessage.Medium.WHATSAPP,
        recipient=conversation.address,
        body=text,
        dedupe_key=key,
        status=OutboundMessage.Status.READ,
        handed_at=at,
        due_at=at,
        created_at=at,
    )
