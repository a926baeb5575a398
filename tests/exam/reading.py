"""How a client reads what the reception writes: what is asked for, and which of the choices would do."""

import re
from collections.abc import Iterator, Sequence

from tests.exam.persona import Cue, Wanted

_DAY = re.compile(r"\b(\d{1,2})/(\d{1,2})\b|\b(\d{1,2}) (?:de )?(november|december|noviembre|diciembre)\b", re.I)
_TIME = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_OPTION = re.compile(r"^(\d{1,2})\. (.+)$", re.MULTILINE)
_CUES = {
    Cue.RECEIPT: (
        r"^(?:Marcado:|Remarcado para|Cancelado:|Pedido enviado|Booked:|Moved to|Cancelled:|Request sent"
        r"|¡Listo! Tienes cita|Tu cita cambió|Cita cancelada:|Solicitud enviada)"
    ),
    Cue.CONFIRM: r"Confirma\b.*\?|Responda \*sim\*|Answer \*yes\*|Responde \*sí\*",
    Cue.NAME: r"(?:qual é o )?seu nome\b.*\?|your name\b.*\?|tu nombre\b.*\?",
    Cue.SERVICE: r"Qual serviço|Which service|Qué servicio",
    Cue.WHICH: r"Qual deles(?: você|\?)|Which one shall I|Cuál quieres|Cuál de ellos",
    Cue.TIMES: r"Qual você prefere|Which one do you prefer|Cuál prefieres|Escolha uma|Please choose one",
    Cue.MENU: r"(?:Como posso ajudar|How can I help|En qué te puedo ayudar)\?\n1\.",
    Cue.DAY: (
        r"(?i)que (?:outro )?dia|which (?:other )?day|qué (?:otro )?día"
        r"|(?:me diga|tell me|dime) (?:outro|another|otro) d"
    ),
}


def cue(text: str) -> Cue:
    """Return what the last words ask for: of several things the one asked last."""
    asked = [(match.start(), found) for found, how in _CUES.items() for match in re.finditer(how, text, re.M)]
    return max(asked, key=lambda one: one[0])[1] if asked else Cue.NOTHING


def moments(text: str) -> list[str]:
    """Return days with hours as "19/11 15:00", in order; an hour belongs to the day said before it."""
    found, day = [], ""
    for match in sorted([*_DAY.finditer(text), *_TIME.finditer(text)], key=lambda one: one.start()):
        if match.re is _DAY:
            day = _date(match)
        else:
            found.append(f"{day} {int(match[1]):02}:{match[2]}".strip())
    return found


def options(text: str) -> Iterator[tuple[str, str]]:
    """Yield number and what it stands for; an hour alone is completed by the day above the list."""
    head, lines = text.partition("\n1. ")[0], _OPTION.finditer(text)
    above = _DAY.findall(head)
    day = _date(list(_DAY.finditer(head))[-1]) if above else ""
    for line in lines:
        alone = bool(_TIME.fullmatch(line[2].strip()))
        yield line[1], f"{day} {line[2].strip()}" if alone else " ".join(moments(line[2])) or line[2]


def fits(moment: str, wants: Sequence[Wanted]) -> bool:
    return any(re.fullmatch(one.when, moment) for one in wants)


def _date(match: re.Match[str]) -> str:
    months = {"nov": 11, "dec": 12, "dez": 12, "dic": 12}
    return f"{int(match[1]):02}/{match[2]}" if match[1] else f"{int(match[3]):02}/{months[match[4][:3].lower()]}"
