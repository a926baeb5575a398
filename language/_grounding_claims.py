"""Which sentences claim that something is booked, moved, cancelled, free, full or passed on, in three languages.

A question, a refusal, a condition or an intention claims nothing: "ainda não está marcado", "posso confirmar?". But
words for claims are never all listed, so a statement that only mentions a time or an appointment must also have a
reason to be one: a claim that was established, or a form of speech that asserts nothing ("para marcar, …", "você
quer …").
"""

import re
from collections.abc import Iterator

from language._grounding_words import (
    ALL_DONE,
    CHANGED,
    DEED,
    FAREWELL_TILL,
    PATTERNS,
    PLANS,
    SPANISH_DEED,
    SPANISH_PAST,
    TICK,
    VISIT,
    Claim,
)

_CLAUSE = re.compile(r"[^,;:!?.()\n]+")
# "… marcado, ok?" states and only then asks.
_TAG = re.compile(
    r"[,.!]?\s(?:ok|okay|tudo bem|(?<!tudo )certo|combinado|ta|ta bom|beleza|viu|ne|nao eh|alright|right|vale"
    r"|de acuerdo"
    r"|blz)\s?\?\W*$|[,.!]\s?(?:tudo certo|pode ser|serve|fechado|sim|yes|si)\s?\?\W*$"
)
_ASKS = re.compile(
    r"\W*(?:e |ou |entao |mas |so |ai |agora |ok |certo |bom |oi )*(?:posso|podemos|pode|poderia|quer|queres|quieres"
    r"|gostaria|deseja|prefere|prefieres|qual|quais|que|quando|o que|em que|para (?:qual|quem|que)|com|de qual|quem"
    r"|onde|alg[a-z]+|voce|vc|seria|vamos|tem alg|ha alg|mais alg\w+|algo|(?:ta )?tudo (?:bem|certo|ok|joia|bom)"
    r"|tem (?:alg|pref)\w*|deu"
    r"|precisa|conseguiu|(?:isso )?(?:eh|e) (?:para|a sua|o seu|a primeira|isso|qual)|confirma|se|vai|ja|tu|te|me"
    r"|would|shall|can|could|do|does|should|which|what|when|who|where|is|are|have|how|any|may|anything|puedo|cual"
    r"|cuando|te gustaria|como|quien|puedes|tienes|hay alg|en que|confirmo|marco|agendo|reservo|lo reservo)\b"
)
_FIRST_PERSON = re.compile(
    r"\b(?:agendei|marquei|reservei|confirmei|anotei|garanti|encaixei|bloqueei|separei|guardei|remarquei|reagendei"
    r"|mudei|alterei|antecipei|adiei|troquei|cancelei|desmarquei|consegui|avisei|deixei|coloquei|booked|moved"
    r"|cancell?ed)\b"
)
# "Você viu que já está confirmado?" states it; "quer que eu marque?" does not.
_STATED_BEHIND = re.compile(
    r"\b(?:(?<!quer )(?<!queria )(?<!prefere )(?<!gostaria )(?<!deseja )(?<!quieres )(?<!o )(?<!em )(?<!para )que"
    r"|that|porque"
    r"|pois|because|since|ya que|ja que|visto que)\b"
)
_PRESUMED = re.compile(
    rf"\b(?:sua|seu|your|tu|su) (?:{VISIT} )?(?:confirmad|marcad|agendad|reservad|booked|confirmed|scheduled"
    rf"|reservad)\w*"
)
_HARMLESS = re.compile(
    r"\b(?:nao (?:tem|ha) (?:nenhum )?problemas?|sem (?:duvidas?|falta)|sem problemas?|nao se preocupe|no problem"
    r"|sin problema|no se preocupe|feel free|(?:sinta-se|fique) livre|livre para (?:perguntar|me)|(?:disponive(?:l"
    r"|is)|available|disponibles?) (?:para|to) (?:te |lhe |you )?(?:ajudar|tirar|conversar|qualquer|help|assist"
    r"|answer|ayudar|duvidas|atende-l[oa]|responder|esclarecer)[a-z]*|com (?:hora|horario) marcad[oa]|by appointment"
    r"|hora marcada|tempo livre|(?:estou|fico|estamos) (?:a disposicao|pront[oa] para|aqui para)|nao (?:tem"
    r"|ha) de que|ja (?:te|lhe) (?:ajudo)|por (?:mensagem|aqui) mesmo|primeira vez|outra vez|de novo|em vez|cada vez"
    r"|uma vez|as vezes|obrigad[oa] por (?:avisar|informar|entrar em contato)|thanks for (?:letting"
    r"|telling)[a-z ]*)"
)
# A refusal, a condition or an intention up to four words before the claim takes it back; "que" starts a new
# statement ("posso garantir que está marcado"), and Portuguese "no sábado" is no English "no".
_TAKEN_BACK = re.compile(
    r"(?:\b(?:nao|nunca|nem|nada|nenhum|nenhuma|sem|not|never|none|nothing|without|ningun|ninguna|sin|isn't|aren't"
    r"|wasn't|don't|didn't|haven't|hasn't|can't|no (?:ta|esta|hay|tengo|tenemos|ha|he|quedo|longer|slots?|openings?"
    r"|times?|se)|caso|quando|assim que|logo que|depois que|antes de|if|whether|when|once|until|si|cuando|aguardando"
    r"|apos|para que|vou|vamos|irei|posso|podemos|podem|quer|quer que|queira|gostaria|deseja|precis[ao]|sera|serao"
    r"|seja|ser|i'll|let me|can|could|would|will|may|voy|puedo|podria|quieres|deixa|deixe|to be)|(?:^|\b(?:verificar"
    r"|ver|saber|conferir|checar|consultar|confirmar|olhar|e|so|ou)\s)\s*se)(?:\s(?!que\b|that\b)[\w'=~-]+){0,4}\s$"
)
# "Assim que você confirmar, eu reservo": a promise that waits for the client.
_ONCE_YOU = re.compile(
    r"^\W*(?:(?:e|mas|entao|ok|certo|claro|perfeito)\W+)*(?:se|caso|quando|assim que|logo que|depois (?:que|do)|apos"
    r"|com o|if|when|once|after|as soon as|si|cuando|despues|so|para)\b[^.!?]*\b(?:voce|vc|confirm\w+|quis\w+"
    r"|quer\w*|prefer\w+|escolh\w+|respond\w+|sim\b|nome|you|choose|pick|want|yes|elij\w+|respuesta)"
)
_DENIED = re.compile(
    r"\b(?:nao (?:consegui|foi possivel|deu para|pude|esta|ta|foi|ficou)|couldn't|could not|wasn't able to|unable to"
    r"|no pude|no fue posible|wasn't|isn't|hasn't been)(?:\s\w+){0,3}\s(?P<what>remarc|reagend|mud|alter|mov|resched"
    r"|cambi|reprogram|cancel|desmarc|anul|agend|marc|reserv|confirm|book|schedul)"
)
_DEEDS = {
    **dict.fromkeys(("remarc", "reagend", "mud", "alter", "mov", "resched", "cambi", "reprogram"), Claim.MOVED),
    **dict.fromkeys(("cancel", "desmarc", "anul"), Claim.CANCELLED),
}
_MARKED = re.compile(r"(?<![a-z])[DT](?![a-z])")
_PRICED = re.compile(r"r\$|\breais\b")
_LOADED = re.compile(rf"\b{VISIT}\b|\b(?:agenda|calendario|calendar|pedido|solicitacao)\b|(?<![a-z])[DT](?![a-z])")
# A clause of times and appointments alone ("quinta, 26/11, 15h") says that they are on offer, or booked.
_BARE = re.compile(
    rf"(?:[DT][=_]*+|X~*+|[^\w=~]|\b(?:as|a|o|os|e|ou|de|da|do|na|no|em|para|dia|dias|com|or|and|at|on|the|y|el|la|las"
    rf"|{VISIT})\b)*"
)
# What asserts nothing about a time or an appointment that it mentions.
_EXCUSED = re.compile(
    r"^\W*(?:(?:e|mas|entao|ok|certo|claro|perfeito|entendi|otimo|bom|ou|so) )*(?:se|caso|quando|assim que"
    r"|depois que|antes de|para (?!(?:\w+ )?[DT](?![a-z]))|sobre|quanto a|if|when|once|to|for|about|si|cuando"
    r"|preferencia|qual|quais|que|what|which|when)\b|\b(?:me (?:diga|diz|fala|fale|conta|conte|avis[ae]|mand[ae]"
    r"|pass[ae]|inform[ae]|confirm[ae]|envi[ae]|dig[ao]s?|cuent\w+)|diga|informe"
    r"|(?<!otima )(?<!boa )(?<!excelente )escolh(?:a|er)|respond[ae]|digite|envie|veja|confira|let me know|tell me"
    r"|choose|pick|please|dime|elige|avisa\w*|indique|selecione)\b|\bpode (?:me )?(?:falar|dizer|escrever|mandar"
    r"|escolher|informar|responder)\b|\b(?:voce|vc) (?:disse|falou|mencionou|pediu|quis|escolheu)\b|\b(?:voce|vc|you"
    r"|tu|usted) (?:quer\w*|prefer\w*|gostaria|precis\w+|busca|procura|deseja|pretende|pode (?:escolher|cancelar"
    r"|remarcar|me|marcar|informar|responder)|want|would|need|can (?:choose|cancel|resched\w+)|quiere\w*"
    r"|puede\w* (?:eleg|cancel)\w+)|\b(?:quer|prefere|gostaria de|want|prefieres|quieres|puedes cancelar"
    r"|cancelar ou remarcar)\b|\b(?:vou|vamos|posso|podemos|consigo|deixa eu|let me|i can|i'll|we can|let's|voy a"
    r"|puedo|vamos a|dejame) (?:te |lhe |you )?(?:ver|verificar|verifico|consultar|consulto|procurar|procuro"
    r"|buscar|busco|olhar|olho|conferir|checar|encontrar|ajudar|ajudo|ajudamos|mostrar|mostro|sugerir|achar"
    r"|pesquisar|explicar|explico|check|look|help|find|see|show|encontrar|ayudar|ayudo|revisar|mostrar"
    r"|marcar (?:outr|um|uma|a sua|seu)|chamar|call)\b|\b(?:ajud\w+|help\w*|ayud\w+|cuid\w+|trat\w+|respons\w+"
    r"|recepc\w+|assistente|assistant) (?:\w+ )?(?:com|with|a|de|dos?|das?|you|para|con|on)\b"
    r"|(?<!nao )\b(?:precis[ao]|precisamos|falta|faltam|necesito|i need|need to know)\b|\bnao (?:sei|entendi"
    r"|reconheci|compreendi|posso (?:falar|compartilhar|mudar|informar|passar|dizer|dar|responder)"
    r"|consigo (?:responder|falar|informar|dizer|entender)|invento)\b|\b(?:i don't know|didn't (?:get|understand)"
    r"|no (?:se|entendi))\b|\b(?:ainda nao|todavia no|not (?:\w+ )?yet|nada foi|isn't|aren't|hasn't|so vale|so sera"
    r"|depende|depois d[oe] (?:seu|sua|voce)|(?:assim que|quando|depois que|se) (?:voce|vc)|apos (?:seu|sua|o seu"
    r"|a sua))\b|^(?!.*(?<![a-z])[DT](?![a-z])).*\b(?:outro|outra|another|other|otro|otra|algum|alguma|qualquer|any"
    r"|some|melhor|best|mejor|bom|boa"
    r"|good|buen\w*) (?:dia|horario|hora|data|semana|periodo|day|time|date|slot|momento)\b|^\W*(?:otim|excelent"
    r"|maravilhos)\w* semana"
)
# What is said of opening hours, lengths, prices and rules is checked figure by figure and day by day.
_INFORMS = re.compile(
    r"\b(?:(?:ate|com|minimo de|up to|hasta|tem|de|sao) X|custa\w*|valor(?:es)?|precos?|investimento|r\$|dura\w*"
    r"|lasts?|costs?|cuesta\w*|prices?|(?:sai|sao|fica) (?:por|em) X|sao X|antecedencia|antes|antecipacao|before"
    r"|endereco|address|direccion|presencia\w+|on-?line|minutos|min)\b"
)
_OPENING = re.compile(
    r"(?<!te )(?<!lhe )\b(?:atend(?:e|emos|o|em|imento eh|imento e)|abr(?:e|o|imos|em)|fech(?:a|o|amos|am)|expediente"
    r"|funcion(?:a|o|amos|am)|trabalh(?:a|o|amos|am)|hours are|we're open|opens?|closed?|closes|works?|cerramos"
    r"|horarios? de (?:atendimento|funcionamento))\b"
)
_DAY = re.compile(r"(?<![a-z])D(?![a-z])")
_TOO_MUCH = re.compile(
    r"\b(?:tod[oa] (?:livre|disponivel|vazi|abert)|o dia (?:todo|inteiro)|a (?:tarde|manha|semana) (?:toda|inteira)"
    r"|all day)|\b(?:lotad[oa]|chei[oa]|llen[oa]|full|booked up)\b.{0,20}\b(?:ate|hasta|until|till)\b"
)
STALL = re.compile(
    r"\b(?:(?:vou|vamos|irei|deixa eu|deixe-me|let me|i'll|i will|voy a|dejame)(?: \w+)? (?:ver|verificar|consultar"
    r"|conferir|checar|olhar|procurar|buscar|pesquisar|check|look|see|revisar|mirar|find)|(?:ja )?(?:verifico"
    r"|confiro|consulto)|so um (?:instante|momento|minut\w+|segund\w+)|um (?:instante|momento|minutinho"
    r"|segundo)(?=\W*$|[,.!]| por favor| que)"
    r"|1 (?:instante|moment\w*|minut\w*)|aguarde|espera(?: ai| um)|one moment|hold on|just a (?:moment|second"
    r"|minute)|un momento|1 momento|estou (?:verificando|consultando|vendo|olhando|conferindo))\b"
)

# "Bom fim de semana!"
WISH = re.compile(
    r"\W*(?:(?:tenha|tenham|have|que tengas?|um|uma|a|un|una|muito|desejo|te desejo|enjoy|aproveite) )*(?:bo[ma]"
    r"|bons|boas|otim[oa]|feliz|felizes|great|good|nice|happy|merry|buen[oa]?|lind[oa]|excelente|the|your|o"
    r"|your) (?:dia|tarde|noite|semana|fim de semana|feriado|feriadao|natal|ano novo|pascoa|carnaval|descanso|viagem"
    r"|sorte|trabalho|domingo|sabado|sexta|sextou|weekend|week|day|evening|trip|holidays?|christmas|new year|luck"
    r"|finde|viaje|suerte|festas)(?: (?:para|a) (?:voce|vc|ti|ai|todos|you)| entao| too)?\W*"
)
# "Rolou!", "saiu!": three words in the past with nothing else are the news that something happened.
_SHORT_NEWS = re.compile(
    r"\b(?!(?:you|thou|valeu|meu|seu|teu|eu|ou|sou|vou|dou|estou|museu|europeu)\b)\w+(?:ou|eu|iu)(?![a-z])|\b(?:foi"
    r"|fue|salio|quedo|went|worked)\b"
)
_CANNOT = re.compile(
    r"\b(?:nao (?:sei|posso|consigo|tenho (?:ess|est|acesso|como|permissao)|falo|compartilho|entendi|peguei)"
    r"|so (?:posso|ajudo|a \w+"
    r" pode)|desculp\w+|sinto muito|infelizmente|nao (?:foi possivel|consegui) (?:entender|ouvir|ver)|essa (?:duvida"
    r"|informacao)|melhor perguntar|prefiro nao|nao eh possivel|sou (?:um|uma|a|so)|eh so (?:me )?(?:dizer|responder"
    r"|escrever|chamar)|basta responder|i'm (?:an?|the|just)|you can ask|i (?:can't|cannot|don't)|sorry|no (?:puedo"
    r"|entendi|tengo es)|perdon"
    r"|lo siento)\b"
)
AFFIRMATION = re.compile(
    r"(?:\W|\b(?:sim|claro|com certeza|isso|isso mesmo|pode|pode sim|exato|perfeito|certo|ok|okay|beleza|combinado"
    r"|sure|yes|yep|of course|absolutely|definitely|si|por supuesto|claro que sim|claro que si|dale|positivo|correto"
    r"|certinho|otimo|show|maravilha|obvio|uhum|aham|great|perfect|desde luego|exatamente|ta bom|tudo bem|feito|nao"
    r"|no|infelizmente nao|nope)\b)*"
)


def is_question(said: str) -> bool:
    """Whether a normalised sentence asks; "marquei sexta, ok?" does not."""
    return not _TAG.search(said) and said.rstrip(" \"')").endswith("?")


def asserts_nothing(said: str) -> bool:
    """Whether a normalised text asks for something or says what cannot be done, if only in one of its sentences."""
    return bool(_EXCUSED.search(said) or _CANNOT.search(said))


def made(said: str, *, marked: str, raw: str) -> set[Claim]:
    """Return the claims of a sentence: `said` normalised, `marked` with days and times as marks, `raw` as written."""
    lower = raw.lower()
    claims = {Claim.BOOKED} if FAREWELL_TILL.match(said) and not said.endswith("?") else set()
    claims |= _claims(marked) | _claims(said) | {claim for claim, past in SPANISH_PAST.items() if past.search(lower)}
    claims |= {Claim.DONE} if SPANISH_DEED.search(lower) else set()
    if TICK.search(raw) and _LOADED.search(marked) and not is_question(said):
        claims.add(Claim.BOOKED)
    return claims


# Code alone books: a deed without its day is no sentence about what stands in a client's list.
_OWN_DEED = re.compile(
    r"^(?!.*\b(?:nao|nada|not|nothing|nunca|ainda)\b).*"
    r"\b(?:marquei|agendei|reservei|quedo (?:agendad|reservad|marcad)[oa]"
    r"|i(?: have| just|'ve)?(?: just)? (?:booked|scheduled|reserved))\b"
)


def find_unbacked(
    said: str, *, marked: str, claims: set[Claim], established: frozenset[Claim], of_hours: bool
) -> str | None:
    """Return the first claim that was not established, or the denial of one that was, or a statement without any."""
    if _OWN_DEED.search(said) and not is_question(said) and not _MARKED.search(marked):
        return "claims a deed of its own"
    denied = _DENIED.search(said)
    if denied and _DEEDS.get(denied.group("what"), Claim.BOOKED) in established:
        return f"denies what is {_DEEDS.get(denied.group('what'), Claim.BOOKED)}"
    if Claim.NONE in claims:
        claims = claims - {Claim.FULL}
    if missing := sorted(claims - _implied(established)):
        return f"claims {missing[0]}"
    if _TOO_MUCH.search(said):
        return "claims more than can be known"
    if claims or of_hours:
        return None
    if _PRICED.search(said) and not _MARKED.search(marked):
        return None
    return _unfounded(marked, established=established)


def _implied(established: frozenset[Claim]) -> frozenset[Claim]:
    """What moved is booked, and whatever happened was done."""
    booked = {Claim.BOOKED} if Claim.MOVED in established else set()
    return established | booked | ({Claim.DONE} if CHANGED & established else set())


def _unfounded(marked: str, *, established: frozenset[Claim]) -> str | None:
    """Return why a sentence without a known claim may not mention times or appointments as it does."""
    clauses = list(_clauses(_HARMLESS.sub(_blank, marked)))
    asks = is_question(marked)
    asking = [asks and bool(_ASKS.match(clause) or _EXCUSED.search(clause)) for clause in clauses]
    for position, clause in enumerate(clauses):
        if not _LOADED.search(clause) or (asks and (position == len(clauses) - 1 or any(asking[: position + 1]))):
            continue
        if _BARE.fullmatch(clause):
            if not (asks or established & (CHANGED | {Claim.FREE}) or any(map(_is_harmless, clauses))):
                return "names a time without a claim"
        elif not _is_harmless(clause):
            return "states something of times or appointments"
    return None


def _is_harmless(clause: str) -> bool:
    opening = _OPENING.search(clause) and not _DAY.search(clause)
    return bool(opening or _EXCUSED.search(clause) or _INFORMS.search(clause))


def _claims(text: str) -> set[Claim]:
    """Return the claims that a text makes outside its question."""
    text = _HARMLESS.sub(_blank, text)
    text, tags = _TAG.subn(".", text)
    asks = not tags and text.rstrip(" \"')").endswith("?")
    tables = [PATTERNS] if _ONCE_YOU.match(text) else [PATTERNS, PLANS]
    claims = {Claim.BOOKED} if _PRESUMED.search(text) else set()
    clauses = list(_clauses(text))
    for clause in clauses[:-1] if asks else clauses:
        claims |= {claim for table in tables for claim in _stated(clause, table)} | _done(clause)
    if not asks and len(text.split()) <= 3 and _SHORT_NEWS.search(text):
        claims.add(Claim.DONE)
    for piece in _stated_in_question(clauses[-1]) if asks and clauses else ():
        claims |= {claim for table in tables for claim in _stated(piece, table)} | _done(piece)
    return claims


def _stated_in_question(clause: str) -> list[str]:
    """Return what a question's clause states: all if it does not ask, and what "que" or "because" brings in."""
    if _ASKS.match(clause) and not _FIRST_PERSON.search(clause):
        return _STATED_BEHIND.split(clause)[1:]
    return [clause]


def _done(clause: str) -> set[Claim]:
    deed = DEED.search(clause)
    is_deed = deed is not None and not _TAKEN_BACK.search(clause[: deed.start()])
    return {Claim.DONE} if is_deed or ALL_DONE.fullmatch(clause) else set()


def _stated(clause: str, table: dict[Claim, re.Pattern[str]]) -> Iterator[Claim]:
    for claim, pattern in table.items():
        if any(not _TAKEN_BACK.search(clause[: match.start()]) for match in pattern.finditer(clause)):
            yield claim


def _clauses(text: str) -> Iterator[str]:
    return (clause.group() for clause in _CLAUSE.finditer(text) if clause.group().strip(" \"'"))


def _blank(match: re.Match[str]) -> str:
    return "x" * len(match.group())
