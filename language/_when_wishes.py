"""Which of the things that a text says about when are wishes.

Refused ("quinta não posso"), told ("vou viajar dia 25") and left behind ("de quinta para sexta") are none of them.
"""

import re

from language._when_questions import Question
from language._when_words import Doubt, Fixed, Mention, Scan

_CLAUSE = re.compile(
    r"(.*?)([,;!?\n]|\.(?!\d)|\b(?:mas|porem|(?<!day )but|pero|so da|so pode|so posso|pode ser|pode|how about)\b|$)",
    re.DOTALL,
)
_CANNOT = (
    r"(?:nao (?:posso|consigo|da|dara|vou|poderei|rola|serve|quero|pode|vai|tenho|estarei|estou|trabalho|precisa|seja"
    r"|ser|e|eh|na|no|antes|depois)|\b(?:can't|cant|cannot|can not|won't|don't|dont|doesn't|doesnt|isn't|not)"
    r"|\bno (?:puedo|me|va|es|la|el))\b"
)
_REFUSAL = re.compile(
    rf"\b{_CANNOT}|\bnao(?: mesmo)?\s*$|\bno\s*$|^\s*nao [DT]"
    r"|\b(?:menos|exceto|tirando|sem ser|except|excepto|any day but|nem|jamais|nunca|nada)\b"
    r"|\b(?:ruim|complicado|dificil|impossivel|lotad[ao]|imposible)\b"
)
# "Quinta? Não consigo": the refusal stands behind the day.
_REFUSES_BEFORE = re.compile(
    rf"\s*(?:infelizmente |acho que |mas |eu |ja |ai |unfortunately |i )*\b{_CANNOT}"
    r"(?: (?:mais|para mim|ir|poder|mesmo|infelizmente|viu|comparecer|make it|poder ir|conseguir|dar|rolar))*\s*"
)
_ERRANDS = (
    r"(?:medic[oa]|dentista|prova|reuniao|compromisso|voo|exame|aula|plantao|festa|casamento|evento|trabalho|jogo)"
)
_STORY = re.compile(
    r"\b(?:era|eram|fui|vim|estive|liguei|desde|lote|viaj\w+|viagem|voo|ferias|saio|largo|estudo|estarei|chega|volt[oa]"
    r"|nos vemos|te vejo|see you|te veo|ja sao|agora sao|D=* eh? que dia|i work|i finish|my birthday|travel\w*"
    r"|flight|trabajo|vuelo"
    r"|(?:meu|minha) (?:aniversario|niver)|mi cumpleanos|(?<!d)(?<!do )(?<!o )trabalho"
    rf"|tenho (?:um |uma )?{_ERRANDS}|(?:meu|minha) {_ERRANDS}"
    r"|(?:te|lhe) (?:avis|fal|lig|confirm|retorn|respond|dig|mand)(?:o|arei)|me (?:avis|lembr|respond|retorn)[ae]"
    r"|(?:pago|pagar|paguei|pagamento|recebo|receber|vence|vencimento)(?: (?:so|o|a|no|na|em|e|eh|tudo))* (?=D))\b"
    r"|D=* (?:eu )?(?:te |lhe )?(?:aviso|falo|ligo|confirmo|retorno|respondo|digo|vejo|decido)\b"
)
_INSTEAD = re.compile(
    r"\b(?:em vez|ao inves|no lugar|instead|en vez|en lugar) (?:de |da |do |of |del )(?:a |o |la |el |las |as )?$"
)
# Which other one, nobody has said.
_NOT_THAT = re.compile(r"\bnao (?:n?[ao] )?(?:proxim[ao]|[nd]?ess[ae]|[nd]?est[ae])\b")
_GOODBYE = re.compile(r"(?:ate|hasta|until) (?!.*\d|.*\b(?:dia|fim|fin|end)\b)")

MOVES = re.compile(
    r"\b(?:remarc|mud|troc|pass|adi[ae]|antecip|transfer|reagend|reschedul|mov[ei]|chang|cambi|postpon|push"
    r"|altera)[a-z]*\b"
)
_TO = re.compile(r"\b(?:para|pro|por|pela|pelo|to|al?)\s(?:(?:o|a|as|el|las|la|dia|the|next)\s)*(?=[DT])")
_OLD = re.compile(
    r"\b(?:sessao|consulta|horario|hora|aula|atendimento|corte|encontro|visita|appointment|session|cita"
    r"|turno|marcad[oa])s?"
    r"\s(?:(?:que (?:eu )?tenho |que esta |que ta |ta |marcad[oa] |agendad[oa] )+(?:para )?|(?<=marcad[oa] )para )?"
    r"(?:de|da|do|das|on|at|del|na|no|as|em|is|from)?\s?"
    r"(?:(?:o|a|as|dia|la|el)\s)?(?P<old>[DT])"
)
_ADJACENT = re.compile(r"[^,;.!?]{0,6}")


def wished(read: Scan) -> list[Mention] | Doubt:
    """Return the mentions that are wishes, in the order of the text; a doubt when everything said is none."""
    gone = _refused(read)
    kept = [mention for mention in read.found if mention not in gone]
    if (read.found and not kept) or (kept and _NOT_THAT.search(read.text)):
        return Doubt(Question.OTHER)
    return _moved_to(kept, text=read.text) if kept and MOVES.search(read.text) else kept


def _refused(read: Scan) -> list[Mention]:
    """Return the mentions whose clause refuses or tells them; a question ("não tem quinta?") asks for it instead."""
    gone: list[Mention] = []
    before: list[Mention] = []
    for clause in _CLAUSE.finditer(read.text):
        here = [mention for mention in read.found if clause.start() <= mention.start < clause.end()]
        if not here and _REFUSES_BEFORE.fullmatch(clause.group(1)):
            gone += before
        asked = clause.group(2) == "?"
        told = _STORY.search(clause.group(1)) or any(_is_goodbye(each, clause[1], source=read.source) for each in here)
        if told or (_REFUSAL.search(clause.group(1)) and not asked):
            gone += here
        before = here or before
    return gone + _instead(read)


def _is_goodbye(mention: Mention, clause: str, *, source: str) -> bool:
    """Whether "até quinta" stands alone: a goodbye to some, "by Thursday" to others."""
    alone = re.fullmatch(
        r"\s*(?:(?:ok|combinado|fechado|entao|obrigad[ao]|valeu|tchau) )?D=*(?: (?:as )?T_*)?(?: entao)?\s*", clause
    )
    return isinstance(mention.value, Fixed) and bool(alone and _GOODBYE.match(source[mention.start : mention.end]))


def _instead(read: Scan) -> list[Mention]:
    """Return what "em vez de" gives away: a day and the time right behind it."""
    gone: list[Mention] = []
    for mention in read.found:
        joined = gone and _ADJACENT.fullmatch(read.text[gone[-1].end : mention.start])
        if _INSTEAD.search(read.text[: mention.start]) or (
            joined and not isinstance(mention.value, type(gone[-1].value))
        ):
            gone.append(mention)
    return gone


def _moved_to(mentions: list[Mention], *, text: str) -> list[Mention] | Doubt:
    """Return what a client who moves an appointment moves it to."""
    for target in _TO.finditer(text):
        later = [mention for mention in mentions if mention.start >= target.end()]
        if later and len(later) < len(mentions):
            mentions = later
            break
    old = _OLD.search(text)
    start = old.start("old") if old else -1
    if old and any(mention.start == start for mention in mentions):
        gone = [m for m in mentions if start <= m.start and _ADJACENT.fullmatch(text[_end(text, start) : m.start])]
        mentions = [mention for mention in mentions if mention not in gone]
    return mentions or Doubt(Question.MOVE)


def _end(text: str, start: int) -> int:
    mark = re.compile(r"[DT][=_]*").match(text, start)
    return mark.end() if mark else start
