"""Which of the things that a text says about when are wishes.

Refused ("quinta não posso"), told ("vou viajar dia 25") and left behind ("de quinta para sexta") are none of them.
"""

import re

from language._when_questions import Question
from language._when_words import Doubt, Fixed, Mention, Part, Scan, Weekday, Window

_CLAUSE = re.compile(
    r"(.*?)([,;!?\n]|\s-\s|\.(?!\d)|\b(?:mas|porem|(?<!day )but|pero|so da|so pode|so posso|how about|e(?= nao )"
    r"|(?<!nao )pode(?: ser)?)\b|$)",
    re.DOTALL,
)
_CANNOT = (
    r"(?:nao (?:posso|consigo|da|dara|vou|poderei|rola|serve|quero|pode|vai|tenho|estarei|estou|trabalho|precisa|havera"
    r"|seja|ser|e|eh|na|no|antes|depois)"
    r"|\b(?:can't|cant|cannot|can not|won't|don't|dont|doesn't|doesnt|isn't|(?<!if )not)"
    r"|(?<!si )\bno (?:puedo|me|va|es|la|el))\b"
)
_REFUSAL = re.compile(
    "|".join(
        (
            rf"\b{_CANNOT}",
            r"\bnao(?: mesmo)?\s*(?:$|X|para \d)|\bno\s*$|(?<!se )\bnao (?:[a-z]{1,2} )?[DT]",
            r"\b(?:nao sei se|nao (?:recebi|vi|[a-z]+(?:ei|eu|ou)))\b",
            r"\b(?:(?<!mais ou )menos|exceto|tirando|sem ser|except|excepto|any day but|nem|jamais|nunca|nada|fora)\b",
            r"\b(?:ruim|complicado|dificil|impossivel|(?:lot|ocup|pux|apert)ad[ao]|corrid[ao]|imposible|viene mal)\b",
            r"\bis (?:bad|full|no good)\b|\bnecessariamente\b",
        )
    )
)
# "Não tem quinta?" asks for it.
_ASKS = re.compile(
    r"\W*(?:[a-z]+ ){0,4}nao (?:tem|teria|pode|poderia|da|daria|rola|seria|consegue|abre|atende)\b(?! D)"
    r"|.*\b(?:why not|can't you)\b"
)
# "Quinta? Não consigo": the refusal stands behind the day.
_REFUSES_BEFORE = re.compile(
    rf"\s*(?:infelizmente |acho que |mas |eu |ja |ai |unfortunately |i )*\b{_CANNOT}"
    r"(?: (?:mais|para mim|ir|poder|mesmo|infelizmente|viu|comparecer|make it|poder ir|conseguir|dar|rolar))*"
    r"\s*(?:X~*|para \d.*)?"
    r"|\s*nao\s*"
)
_ERRANDS = r"(?:medic[oa]|dentista|prova|reuniao|compromisso|voo|exame|aula|plantao|festa|evento|trabalho|jogo)"
_PARTY = r"(?:aniversario|niver|casamento|formatura|batizado|festa|prova|voo|exame|plantao|viagem|onibus)"
_STORY = re.compile(
    "|".join(
        (
            # What was, and where somebody will be instead.
            r"\b(?:era|eram|foi|fui|vim|fiz|tava|est(?:ive|ava)|(?:lig|cheg|fiqu|esper)u?ei|desde|since|lote)\b",
            r"\b(?:viaj\w+|viagem|voo|ferias|travel\w*|flight)\b",
            r"\b(?:saio|entro|largo|pego|busco|formo|estudo|estarei(?! livre)|chega|volto|salgo|espero)\b",
            r"(?<!por )(?<!em )(?<!na )\bvolta\b",
            r"(?<!\bo )(?<!\bdo )\btrabalho\b|\b(?:nos vemos|te vejo|see you|te veo|vuelo|trabajo|i work|i finish)\b",
            r"\b(?:ja|agora) sao\b|D=* eh? que dia\b|D=* (?:(?:eh? )?(?:feriado|natal)|fazem?)\b",
            rf"\b(?:meu|minha) {_PARTY}\b|\b{_PARTY} (?:d\w+ (?:\w+ ){{0,2}})?(?:e|eh|sera|vai ser)\b",
            r"\bmy birthday\b|\bmi cumpleanos\b",
            rf"\btenho (?:um |uma )?{_ERRANDS}\b",
            r"\b(?:tenho|preciso) (?:que |de )?(?:estar|ir|sair|buscar|pegar|voltar|trabalhar)\b",
            # What is promised: "te aviso amanhã", "pago dia 5".
            r"\b(?:te|lhe) (?:avis|fal|lig|confirm|retorn|respond|dig|mand|procur)(?:o|arei)\b",
            r"\bme (?:avis|lembr|respond|retorn)[ae]\b",
            r"D=* (?:eu )?(?:te |lhe )?(?:aviso|falo|ligo|confirmo|retorno|respondo|digo|vejo|decido)\b",
            r"\b(?:pag(?:o|ar|uei|amento)|recebo|receber|vence|vencimento)(?: (?:so|o|a|no|na|em|e|eh|tudo))* (?=D)",
        )
    )
)
_INSTEAD = re.compile(
    r"\b(?:em vez|ao inves|no lugar|instead|en vez|en lugar) (?:(?:d[aeo]s?|of|del) )?"
    r"(?:(?:a|o|as|la|el|las) )?$"
)
# Which other one, nobody has said.
_NOT_THAT = re.compile(r"\bnao (?:n?[ao] )?(?:proxim[ao]|[nd]?ess[ae]|[nd]?est[ae])\b")
_GOODBYE = re.compile(r"(?:ate|hasta|until) (?!.*\d|.*\b(?:dia|fim|fin|end)\b)")

MOVES = re.compile(
    r"\b(?:remarc|mud|troc|pass|adi[ae]|antecip|transfer|reagend|reschedul|mov[ei]|chang|cambi|postpon|push"
    r"|altera)[a-z]*\b"
)
_FROM = re.compile(r"\W*d[aeo]s? [DT][^,;.!?]* para (?:[ao]s? |o dia )?[DT]")
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
    if (read.found and not kept) or _is_open(gone, kept) or (kept and _NOT_THAT.search(read.text)):
        return Doubt(Question.OTHER)
    return _moved_to(kept, text=read.text) if kept and (MOVES.search(read.text) or _FROM.match(read.text)) else kept


def _is_open(gone: list[Mention], kept: list[Mention]) -> bool:
    """Whether something is given up and nothing taken instead: "de manhã, menos segunda", "terça, de manhã não"."""
    if kept and any(_is_stretch(mention) for mention in gone):
        return not any(isinstance(mention.value, Window | Part) for mention in kept)
    wanted = [mention.value for mention in kept if isinstance(mention.value, Fixed | Weekday)]
    if not kept or any(isinstance(day, Weekday) or day.first == day.last for day in wanted):
        return False
    spans = [day for day in wanted if isinstance(day, Fixed)]
    lost = [mention.value for mention in gone if isinstance(mention.value, Fixed | Weekday)]
    return any(
        not spans
        or isinstance(day, Weekday)
        or any(day.first <= span.last and span.first <= day.last for span in spans)
        for day in lost
    )


def _is_stretch(mention: Mention) -> bool:
    value = mention.value
    return isinstance(value, Part) or (isinstance(value, Window) and value.first is not value.last)


def _refused(read: Scan) -> list[Mention]:
    """Return the mentions whose clause refuses or tells them; a question ("não tem quinta?") asks for it instead."""
    gone: list[Mention] = []
    before: list[Mention] = []
    for clause in _CLAUSE.finditer(read.text):
        here = [mention for mention in read.found if clause.start() <= mention.start < clause.end()]
        asked = clause.group(2) == "?"
        if not here and not asked and _REFUSES_BEFORE.fullmatch(clause.group(1)):
            gone += before
        told = _STORY.search(clause.group(1)) or any(_is_goodbye(each, clause[1], source=read.source) for each in here)
        if told or (_REFUSAL.search(clause.group(1)) and not (asked and _ASKS.match(clause.group(1)))):
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
        if _INSTEAD.search(read.text[max(0, mention.start - 30) : mention.start]) or (
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
        values = [mention.value for mention in gone]
        mentions = [mention for mention in mentions if mention.value not in values]
    return mentions or Doubt(Question.MOVE)


def _end(text: str, start: int) -> int:
    mark = re.compile(r"[DT][=_]*").match(text, start)
    return mark.end() if mark else start
