"""Which sentences claim that something is booked, moved, cancelled or free, in Portuguese, English and Spanish.

A question, a refusal, a condition or an intention claims nothing: "ainda não está marcado", "posso confirmar?",
"vou verificar se está livre".
"""

import re
from enum import StrEnum


class Claim(StrEnum):
    """What a tool result can establish."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    FREE = "free"


_VISIT = (
    r"(?:sessao|consulta|horario|agendamento|aula|corte|atendimento|reserva|visita|encontro|appointment"
    r"|session|booking|visit"
    r"|cita|turno|hora)s?"
)
_DONE = r"(?:(?:foi|ta|esta|foram) )?(?:feit|realizad|concluid|efetuad|efetivad|registrad)[oa]s?"
_FILLER = (
    r"(?:(?:um|uma|o|a|os|as|est[ae]s|ess[ae]s|sim|ainda|tambem|so|somente|apenas|alguns|algumas|outros|outras|varios"
    r"|\d+|na|no|para|em|dia) ){0,3}"
)
# What follows "tenho", "hay", "I have" when a time is offered; D and T mark a day and a time.
_OFFER = r"(?:horarios?|disponibilidade|encaixes?|opcoes|opcao|lugar|espaco|[DT])"
_OFERTA = r"(?:horas?|citas?|turnos?|hueco|lugar|espacio|[DT])"
_IS = r"(?:eh|e|ta|esta|fica|ficou|is|es|continua)"
_ON = r"(?:para |na |no |em |as |dia |on |at |el |a las )?(?:para |na |no |as |dia )?[DT]"

_WORDS: dict[Claim, tuple[str, ...]] = {
    Claim.MOVED: (
        r"(?:remarcad|reagendad|reprogramad|transferid|alterad|antecipad|adiad|trocad|mudad|cambiad|movid)[oa]s?",
        r"remarquei|reagendei|mudei|transferi|alterei|antecipei|adiei|troquei|remarcamos|mudamos",
        r"passei (?:sua|seu|voce|para)|pass(?:ou|aram|a) para|nov[oa] (?:data|dia|horario) (?:eh|e|fica|ficou|sera)",
        r"rescheduled|moved|changed|postponed|new (?:date|time) is",
        rf"(?:remarcacao|alteracao|mudanca|troca) {_DONE}",
    ),
    Claim.CANCELLED: (
        r"(?:cancelad|desmarcad|anulad)[oa]s?|cancelei|desmarquei|cancelamos|cancell?ed",
        rf"cancelamento {_DONE}",
    ),
    Claim.BOOKED: (
        r"(?:confirmad|agendad|marcad|reservad|garantid|anotad|encaixad|separad)[oa]s?",
        r"(?:agendad|marcad|reservad)inh[oa]s?|confirmadissim[oa]",
        r"agendei|marquei|reservei|confirmei|garanti|encaixei|bloqueei|separei|guardei|agendamos|marcamos|reservamos",
        r"anotei(?! (?:seu|sua|o|a) (?:nome|telefone|e-?mail|recado|pedido|preferencia|endereco|observacao))",
        r"consegui (?:o|um|uma|a|seu|sua|esse|este|aquele|te|marcar|agendar|reservar|encaixar|confirmar|[DT])",
        r"coloquei voce|(?:ta|esta|coloquei|inclui|botei|entrou|ficou) (?:\w+ )?(?:na|em|na minha|na sua) agenda",
        r"(?:tudo|ta|esta) (?:certo|certinho|ok) (?:para|com|na|no|entao)|combinad[oa]s?|fechado (?:para|na|no|entao)",
        r"fechado(?=\s*$)|(?:te|lhe) (?:espero|aguardo|vejo|espera|aguarda)|(?:espero|aguardo|vejo) (?:por )?voce",
        r"(?:esperamos|aguardamos) (?:por )?voce|(?:nos|a gente se) (?:vemos|ve)",
        rf"(?:agendamento|reserva|marcacao|confirmacao) {_DONE}",
        rf"(?:sua|seu|your|tu|su|[oa] nov[ao]) (?:proxim[ao] |next )?{_VISIT} {_IS} {_ON}",
        rf"{_VISIT} (?:acontece|acontecera|ficou|sera|vai ser|takes place|will be) {_ON}",
        r"eh (?:todo )?(?:seu|sua|teu|tua)(?=\s*$)",
        r"booked|scheduled|confirmed|reserved|all set|you're (?:in|set)|see you|i(?:'ve| have) (?:got|put) you",
        r"quedo (?:agendad|reservad|confirmad)[oa]",
    ),
    Claim.FREE: (
        r"livres?|disponive(?:l|is)|vag[oa]s?|desocupad[oa]s?|sobrou|abriu (?:um|uma)|da certo",
        rf"(?<!voce )(?<!vc )(?:tenho|temos|tem|ha|existe|existem|consigo|conseguimos) {_FILLER}{_OFFER}",
        r"available|availability|(?:is|are|'s|'re|still|slots?|times?) free|free (?:slot|time|at|on)|open slots?",
        r"openings?",
        r"i have (?:an? |the |one |two )?(?:[DT]|slots?|openings?|times?)|disponibles?|disponibilidad|libres?",
        rf"(?:hay|tengo|tenemos) (?:un |una |la |el |las |los )?{_OFERTA}",
    ),
}
# Behind a word a letter would make it another one; D and T are marks and go on.
_PATTERNS = {claim: re.compile(rf"\b(?:{'|'.join(words)})(?![a-z])") for claim, words in _WORDS.items()}
_FAREWELL_TILL = re.compile(
    r"^\W*(?:entao |obrigad[oa],? )?ate (?:a )?(?:proxima )?"
    r"(?:amanha|hoje|segunda|terca|quarta|quinta|sexta|sabado|domingo|dia \d)"
)
# The Spanish first person of the past differs from the Portuguese imperative ("agende") by its accent alone.
_SPANISH_PAST = {
    Claim.BOOKED: re.compile(r"\b(?:agend|reserv|confirm|anot)é\b"),
    Claim.MOVED: re.compile(r"\b(?:cambi|reprogram)é\b|\bmoví\b"),
    Claim.CANCELLED: re.compile(r"\b(?:cancel|anul)é\b"),
}

_CLAUSE = re.compile(r"[^,;:!?.()\n]+")
# "… marcado, ok?" states and only then asks.
_TAG = re.compile(
    r"[,.]?\s(?:ok|okay|tudo bem|certo|combinado|ta|ta bom|beleza|viu|ne|alright|right|vale|de acuerdo"
    r"|tudo certo|blz)\s?\?\W*$"
)
_ASKS = re.compile(
    r"\s*(?:e |ou |entao |mas |so |ai |agora )*(?:posso|podemos|pode|quer|queres|quieres|gostaria|deseja"
    r"|prefere|prefieres|qual|quais"
    r"|que|quando|o que|em que|para qual"
    r"|alg[a-z]+|voce|vc|seria|vamos|tem alg|ha alg|would|shall|can|could"
    r"|do|does|should|which"
    r"|what|when|puedo|cual|cuando|te gustaria|confirma|se|how|como)\b"
)
_FIRST_PERSON = re.compile(
    r"\b(?:agendei|marquei|reservei|confirmei|anotei|garanti|encaixei|bloqueei|separei|guardei|remarquei"
    r"|reagendei|mudei|alterei"
    r"|antecipei|adiei|troquei|cancelei|desmarquei|consegui|booked|moved)\b"
)
_HARMLESS = re.compile(
    r"\b(?:nao (?:tem|ha) problemas?|sem (?:duvidas?|falta)|sem problemas?|nao se preocupe|no problem|sin problema"
    r"|feel free|(?:sinta-se|fique) livre"
    r"|livre para (?:perguntar|me)|(?:disponive(?:l|is)|available|disponibles?) (?:para|to) (?:te |lhe "
    r"|you )?(?:ajudar|tirar|conversar"
    r"|qualquer|help|assist|answer|ayudar|duvidas|atende-l[oa]|responder|esclarecer)[a-z]*"
    r"|com (?:hora|horario) marcad[oa]|by appointment|hora marcada|tempo livre)"
)
# A refusal, a condition or an intention up to four words before the claim takes it back; "que" starts a new
# statement ("posso garantir que está marcado"), and Portuguese "no sábado" is no English "no".
_TAKEN_BACK = re.compile(
    r"(?:\b(?:nao|nunca|nem|nenhum|nenhuma|sem|not|never|none|without|ningun|ninguna|sin|isn't|aren't|wasn't|don't"
    r"|didn't|haven't|hasn't|can't|no (?:ta|esta|hay|tengo|tenemos|ha|he|quedo|longer|slots?|openings?|times?|se)"
    r"|caso|quando|assim que|logo que|depois que|antes de|if|whether|when|once|until|si|cuando|aguardando|apos|para que"
    r"|vou|vamos|irei|posso|podemos|podem|quer|quer que|queira|gostaria|deseja|precis[ao]|sera|serao|seja|ser|i'll"
    r"|let me|can|could|would|will|may|voy|puedo|podria|quieres|deixa|deixe|to be)"
    r"|(?:^|\b(?:verificar|ver|saber|conferir|checar|consultar|confirmar|olhar|e|so|ou)\s)\s*se)"
    r"(?:\s(?!que\b|that\b)[\w'=~-]+){0,4}\s$"
)
_DENIED = re.compile(
    r"\b(?:nao (?:consegui|foi possivel|deu para|pude)|couldn't|could not|wasn't able to|unable to|no pude"
    r"|no fue posible)"
    r"(?:\s\w+){0,3}\s(?P<what>remarc|reagend|mud|alter|mov|resched|cambi|reprogram|cancel|desmarc|anul"
    r"|agend|marc|reserv|confirm"
    r"|book|schedul)"
)
_DEEDS = {
    **dict.fromkeys(("remarc", "reagend", "mud", "alter", "mov", "resched", "cambi", "reprogram"), Claim.MOVED),
    **dict.fromkeys(("cancel", "desmarc", "anul"), Claim.CANCELLED),
}


def find_unbacked(said: str, *, marked: str, raw: str, established: frozenset[Claim]) -> str | None:
    """Return the first claim of a sentence that was not established, or the denial of one that was.

    `said` is the normalised sentence, `marked` the same with its days and times as marks, `raw` as written.
    """
    denied = _DENIED.search(said)
    if denied and _DEEDS.get(denied.group("what"), Claim.BOOKED) in established:
        return f"denies what is {_DEEDS.get(denied.group('what'), Claim.BOOKED)}"
    claims = {Claim.BOOKED} if _FAREWELL_TILL.match(said) and not said.endswith("?") else set()
    claims |= _made(marked) | _made(said) | {claim for claim, past in _SPANISH_PAST.items() if past.search(raw.lower())}
    missing = sorted(claims - established)
    return f"claims {missing[0]}" if missing else None


def _made(text: str) -> set[Claim]:
    """Return the claims that a sentence makes."""
    text = _HARMLESS.sub(lambda match: "x" * len(match.group()), text)
    text, tags = _TAG.subn(".", text)
    asks = not tags and text.rstrip(" \"'").endswith("?")
    clauses = [clause.group() for clause in _CLAUSE.finditer(text) if clause.group().strip(" \"'")]
    claims: set[Claim] = set()
    for position, clause in enumerate(clauses):
        question = asks and position == len(clauses) - 1 and _ASKS.match(clause) and not _FIRST_PERSON.search(clause)
        if not question:
            claims |= _stated(clause)
    return claims


def _stated(clause: str) -> set[Claim]:
    return {
        claim
        for claim, pattern in _PATTERNS.items()
        if any(not _TAKEN_BACK.search(clause[: match.start()]) for match in pattern.finditer(clause))
    }
