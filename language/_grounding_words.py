"""The words that claim something about an appointment or a free time, in Portuguese, English and Spanish.

Patterns are read on the normalised sentence, in which D and T mark a day and a time.
"""

import re
from enum import StrEnum


class Claim(StrEnum):
    """What a tool result can establish; nothing ever establishes TOLD and DONE, for code writes those sentences."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    FREE = "free"
    # Nothing is free, or not what was asked for.
    FULL = "full"
    # The client has no appointment.
    NONE = "none"
    # Somebody was or will be told, or will answer.
    TOLD = "told"
    # Something was done, without saying what.
    DONE = "done"


CHANGED = frozenset({Claim.BOOKED, Claim.MOVED, Claim.CANCELLED})

VISIT = (
    r"(?:sessao|sessoes|consulta|horario|agendamento|aula|corte|atendimento|reserva|visita|encontro|compromisso|vaga"
    r"|presenca|appointment|session|booking|visit|reservation|slot|spot|cita|turno|hora|hueco|sesion|lugar|encaixe"
    r"|marcacao|desmarcacao|remarcacao|cadeira)(?:e?s)?"
)
_DONE = (
    r"(?:(?:foi|ta|esta|foram|com|has been|was|is) )?(?:feit|realizad|concluid|efetuad|efetivad|registrad|criad|gerad"
    r"|ok\b|sucesso|okay|certo|certinh|finalizad|complet|processad|salv|aprovad|aceit|validad)[oa]?s?"
)
_FILLER = (
    r"(?:(?:um|uma|o|a|os|as|est[ae]s|ess[ae]s|sim|ainda|tambem|so|somente|apenas|alguns|algumas|outros|outras|varios"
    r"|\d+|na|no|para|em|dia|bastante|muit[oa]s?|otim[oa]s?|bo[am]s?|bons) ){0,3}"
)
# What follows "tenho", "hay", "I have" when a time is offered; D and T mark a day and a time.
_OFFER = r"(?:horarios?|disponibilidade|encaixes?|opcoes|opcao|lugar|espaco|brecha|janela|agenda|[DT])"
_OFERTA = r"(?:horas?|horarios?|citas?|turnos?|hueco|lugar|espacio|disponibilidad|[DT])"
_IS = r"(?:eh|e|ta|esta|fica|ficou|is|es|continua|sera|vai ser|agora eh|permanece|segue)"
_ON = r"(?:para |na |no |em |as |dia |on |at |el |a las )?(?:para |na |no |as |dia )?[DT]"
_PLAN = (
    r"(?:vou|vamos (?:te|ja|deixar)|irei|ja vou|to|estou|estamos|voy a|vamos a|i'll|i will|i am|i'm|we'll|we will"
    r"|let me)(?: (?:ja|te|lhe|entao|agora|aqui|so|deixar|deixando|tambem|go ahead and|just|a|voce))* "
)

_WORDS: dict[Claim, tuple[str, ...]] = {
    Claim.MOVED: (
        (
            r"(?:remarcad|reagendad|reprogramad|transferid|alterad|antecipad|adiad|adiantad|trocad|mudad|cambiad|movid"
            r"|atualizad)[oa]s?"
        ),
        (
            r"remarquei|reagendei|mudei|transferi|alterei|antecipei|adiei|troquei|remarcamos|mudamos|adiantei|joguei"
            r"|empurrei"
        ),
        r"passei (?:sua|seu|voce|para|[ao] |D)|(?:pass|mud)(?:ou|aram|a) para",
        r"nov[oa] (?:data|dia|horario) (?:eh|e|fica|ficou|sera)",
        r"rescheduled|moved|changed|postponed|updated|new (?:date|time) is",
        rf"(?:remarcacao|alteracao|mudanca|troca) {_DONE}",
    ),
    Claim.CANCELLED: (
        r"(?:cancelad|desmarcad|anulad|suspens|excluid|removid|retirad|apagad|liberad)[oa]s?",
        (
            r"cancelei|desmarquei|cancelamos|cancell?ed|tirei|retirei|removi|exclui|apaguei|liberei|deletei|removed"
            r"|deleted"
        ),
        (
            rf"cancelamento {_DONE}|took you off|off (?:the|your) (?:books?|calendar|schedule|list)|(?:nao|no"
            rf"|not) (?:existe|consta|esta|ta|eh) mais(?! (?:livre|dispon"
            rf"|vag|ocup))|no longer(?! (?:free|avail|open))|ya no(?! (?:esta|hay|tengo|queda))"
        ),
        (
            r"(?<!voce )(?<!vc )(?:cancelou|desmarcou|desistiu|remarcou)|(?:nao|nem) (?:precisa"
            r"|precisam) (?:mais )?(?:vir|comparecer)|you don't need to come"
        ),
    ),
    Claim.BOOKED: (
        (
            r"(?:confirmad|agendad|marcad|reservad|garantid|anotad|encaixad|separad|guardad|bloquead|assegurad|inserid"
            r"|inclu[ií]d|registrad|programad|combinad|acertad|apontad|apartad)[oa]s?"
        ),
        r"(?:agendad|marcad|reservad|confirmad|anotad)inh[oa]s?|(?:confirm|garanti|marc)adissim[oa]",
        (
            r"agendei|marquei|reservei|confirmei|garanti|encaixei|bloqueei|separei|guardei|agendamos|marcamos"
            r"|reservamos"
            r"|registrei|efetuei|inclui|inseri|lancei|confirmamos|fechamos (?:para |na |em |o )?D|garantimos|fechei"
        ),
        r"anotei(?! (?:seu|sua|o|a) (?:nome|preferencia))",
        r"consegui (?:o|um|uma|a|seu|sua|esse|este|aquele|te|para|marcar|agendar|reservar|encaixar|confirmar|[DT])",
        r"(?:coloquei|botei|pus|deixei|registrei|inclui) (?:ja )?(?:voce|seu|sua|teu|o seu|a sua|aqui|na|no|T|D)",
        r"(?:ta|esta|coloquei|inclui|botei|entrou|ficou) (?:\w+ )?(?:na|em|na minha|na sua) agenda",
        r"(?:tudo|ta|esta) (?:certo|certinho|ok|pronto) (?:para|com|na|no|entao)",
        r"fechado (?:para|na|no|entao)|fechado(?=\s*$)|(?:te|lhe) (?:espero|aguardo|vejo|espera|aguarda|esperamos)",
        (
            r"(?:espero|aguardo|vejo|esperamos|aguardamos) (?:por )?voce|(?:nos|a gente se) (?:vemos|ve|veremos"
            r"|encontramos)"
        ),
        (
            r"(?:ultim[ao]|last) (?:vez|sessao|consulta|visita|visit|time|session) (?:foi|ficou|was)"
            r"|(?:encontrei|achei|localizei) (?:aqui )?(?:[oa] )?(?:sua|seu)|(?:aqui estao|estes sao|esses sao"
            r"|here (?:is|are)|aqui estan)"
            r" (?:os |as )?(?:seus?|suas?|your|sus?|tus|what you have)|obrigad[oa] (?:pela|por) (?:sua )?(?:confirm"
            r"|reserv|agend|marc)\w+|te esperamos"
            r"|te esperando|(?:voce|vc) (?:ta|esta) (?:dentro|na lista)|te (?:vejo|veo)|ate la(?=\s*$)"
            r"|conte comigo(?! para o que)|pode contar|presenca (?:confirmad|garantid)"
        ),
        rf"(?:agendamento|reserva|marcacao|confirmacao|inscricao|booking|appointment) {_DONE}",
        rf"(?:sua|seu|your|tu|su|[oa] nov[ao]) (?:proxim[ao] |next )?{VISIT} {_IS} {_ON}",
        rf"{VISIT} (?:acontece|acontecera|ficou|sera|vai ser|takes place|will be) {_ON}",
        (
            rf"(?:voce|vc|you|you've) (?:ja |tem |tem uma |tem um |ja tem |have |got )+(?:uma? |a |an "
            rf"|another )?(?:{VISIT}|[DT])"
        ),
        r"(?:eh|es|is|are) (?:todo |toda )?(?:seu|sua|teu|tua|tuy[oa]|yours)\b",
        (
            r"(?<!fully )booked(?! (?:up|out|solid))|scheduled|confirmed|reserved|secured|locked|all set"
            r"|you're (?:in|set"
            r"|down|good|on)|see you|penciled"
            r"|locked in"
            r"|i(?:'ve| have)? (?:got|put|get) you|expecting you|it is(?=\s*$)"
        ),
        r"quedo (?:agendad|reservad|confirmad)[oa]|te (?:agende|reserve|anote)",
        (
            r"(?:ana|dra?|ela|ele|professional|\w+a) (?:ja )?(?:confirmou|aceitou|liberou|autorizou|aprovou|reservou"
            r"|agendou|marcou|encaixou|topou|concordou|te espera|agreed|accepted|approved)"
        ),
        (
            r"(?:eh|e) so (?:vir|chegar|aparecer|comparecer)|pode (?:vir|aparecer|chegar|comparecer)|anot[ae] ai"
            r"|apareca"
            r"|venha|come (?:by|over|on in)|just (?:come|show up)|(?:puedes|puede) venir|te espera"
        ),
        r"(?:fica|ficamos|fiquemos) (?:entao|assim|combinad|para [DT]|[DT]|em [DT]|na [DT])",
    ),
    Claim.FREE: (
        (
            r"(?:o )?mais cedo (?:eh|e|possivel eh)|the (?:earliest|first|soonest) is|primeiro (?:horario"
            r"|dia) (?:livre )?(?:eh|e)"
            r"|livres?|disponive(?:l|is)|vag[oa]s?|vaguinhas?|desocupad[oa]s?|sobrou|sobrando|abriu (?:um|uma)"
            r"|abriu(?=\s*$)|da certo|vazi[oa]s?"
        ),
        rf"(?<!voce )(?<!vc )(?:tenho|temos|tem|ha|existe|existem|consigo|conseguimos) {_FILLER}{_OFFER}",
        (
            r"(?:tenho|temos|tem|consigo|rola|pode|cabe) sim|sim (?:tenho|temos|tem|consigo|da)|(?:tambem |sim "
            r"|ainda )da(?=\s*$)"
        ),
        (
            r"da sim|rola(?=\s*$)|(?:ainda )?(?:cabe|rola) (?:um|voce|mais)|(?:agenda|semana|[DT]\S*) (?:\w+ )?(?:ta"
            r"|esta|eh) (?:bem )?(?:tranquil|abert|sossegad|calm)\w+|nao tem ninguem|sem ninguem"
        ),
        (
            r"(?:consigo|conseguimos|posso|podemos|da para|dou um jeito de) (?:te |lhe )?(?:atender|receber|encaixar"
            r"|ver) ?(?:voce|te|lhe)?(?! os| as| o | a | se| seus)|consigo te|te (?:atendo|recebo|encaixo|atendemos)"
            r"|(?:atendo|recebo) voce"
        ),
        (
            r"available|availability|(?:is|are|'s|'re|still|slots?|times?) free|free (?:slot|time|at|on)|open slots?"
            r"|wide open"
        ),
        (
            r"openings?|fit you in|squeeze you in|(?:there's|there is|have|got) (?:a |an |one |still a )?(?:spot|slot"
            r"|room|space|gap)"
        ),
        (
            r"D\S*(?:'s| is) (?:\w+ )?(?:open|fine|good)|[DT]\S* works|i have (?:an? |the |one |two )?(?:[DT]|slots?"
            r"|openings?|times?)|disponibles?|disponibilidad"
            r"|libres?"
        ),
        rf"(?<!no )(?:hay|tengo|tenemos|queda|quedan) (?:un |una |la |el |las |los )?{_OFERTA}|huecos?",
        (
            r"(?:horarios?|vagas?|opcoes) (?:para|de|em|na|no|nesta|dest\w|ess\w) [DT][^?]*:?\s*$|(?:encontrei"
            r"|achei) \w+ horarios?"
        ),
    ),
    Claim.FULL: (
        (
            r"ja passou|lotou|encheu|esgotou|lotad[oa]s?|chei[oa]s?|cheíssim\w+|ocupad[oa]s?|esgotad[oa]s?"
            r"|indisponive(?:l|is)|tomad[oa]s?"
            r"|preenchid[oa]s?"
        ),
        (
            r"sem (?:nenhum\w* )?(?:vagas?|horarios?|disponibilidade|agenda|espaco)|nenhum\w* (?:outr[oa] )?(?:vaga"
            r"|horario|dia)\b"
        ),
        (
            rf"(?:nao|nem) (?:tenho|temos|ha|tem|existem?|sobrou|sobraram|resta\w*|consegui|encontrei|achei|vi|possuo"
            rf"|possuimos) (?:mais )?(?:nada|nenhum\w*|{_FILLER}{_OFFER}|{_FILLER}vagas?|mais)"
        ),
        (
            r"nao (?:consegui|foi possivel|deu para|pude) (?:\w+ )?(?:agendar|marcar|reservar|remarcar|encaixar"
            r"|confirmar|cancelar)"
        ),
        r"nao (?:\w+ ){0,2}(?:livres?|disponive(?:l|is)|vag[oa]s?|atend\w+|abr\w+|funcion\w+|trabalh\w+)",
        r"(?:nao|ja) (?:da|rola|cabe)(?: mais)?(?=\s*$|\s(?:na|no|para|nesse|esse|[DT]))|ja (?:foi|era)(?=\s*$)",
        (
            r"fully booked|booked (?:up|out|solid)|no (?:\w+ )?(?:openings?|slots?|availability|times?|spots?|room)"
            r"|unavailable"
        ),
        (
            r"(?:not|isn't|aren't|no longer) (?:\w+ )?(?:free|available|open)|(?:is|are|'s|'re) (?:taken|full|closed"
            r"|busy|gone)"
        ),
        (
            r"no (?:hay|tengo|tenemos|queda\w*) (?:mas|ningun\w*|nada|libre|(?:\w+ )?(?:[DT]|horas?|citas?|turnos?"
            r"|huecos?|lugar))|(?:esta|ta) completo|ocupado|lleno|nada (?:livre|disponivel|para [DT]|[DT])"
        ),
    ),
    Claim.NONE: (
        (
            r"(?:voce|vc) (?:\w+ )?nao (?:tem|possui|esta|ta)(?: \w+){0,3} (?:nada|marcad[oa]|agendad[oa]"
            r"|confirmad[oa]|sessao|sessoes|consulta"
            r"|horario|agendamento"
            r"|reserva)s?"
        ),
        (
            r"nao (?:tem|ha|existe|consta|encontrei|achei|localizei|vi|vejo|tenho|temos) (?:\w+ ){0,3}(?:agendamento"
            r"|sessao|sessoes|consulta|reserva|compromisso|horario)s?(?: \w+){0,2} (?:marcad|agendad|seu|sua|em seu"
            r"|no seu|para voce|com (?:seu|esse))"
        ),
        (
            r"seu nome nao (?:aparece|consta|ta)|nao (?:ha|tem|encontrei|achei|consta) nada (?:marcad|agendad|(?:n[oa]"
            r"|em) seu)\w*"
        ),
        r"(?:nao|nenhum\w*|nunca) (?:\w+ ){0,2}(?:agendamentos?|reservas?|compromissos?)(?! par[ae])",
        (
            r"you (?:don't|do not) have (?:any|an) (?:\w+ )?(?:appointment|booking|session)s?"
            r"|no (?:appointments?|bookings?)"
            r"|(?:not|couldn't|didn't) find any (?:\w+ )?(?:appointment|booking|session)s?|nothing (?:under|booked"
            r"|scheduled)"
            r"|no (?:tienes|encontre) (?:ningun\w* |nada )?(?:citas?|turnos?|reservas?|a (?:su|tu) nombre)"
        ),
    ),
    Claim.TOLD: (
        (
            r"avisei|avisamos|informei|comuniquei|encaminhei|repassei|transmiti|notifiquei|acionei|chamei|perguntei"
            r"|consultei a (?!agenda)|falei com|conversei com|solicitei|pedi (?:para|a|ao)"
        ),
        (
            r"(?:passei|deixei|mandei|enviei|anotei) (?:\w+ ){0,2}(?:recado|pedido|mensagem|observacao|telefone|contato"
            r"|email)"
        ),
        (
            r"(?:recado|pedido|solicitacao|mensagem|caso|reclamacao)(?: \w+)? (?:foi |sera |ja foi )?(?:enviad"
            r"|encaminhad|repassad|passad|anotad|registrad|transmitid)\w*"
        ),
        (
            rf"{_PLAN}(?:avisar|chamar|encaminhar|repassar|passar|pedir|perguntar|falar com|retornar|responder|ligar"
            rf"|escrever|informar a|notificar"
            r"|transferir"
            r"|acionar|confirmar com|verificar com|ver com|checar com|consultar a ana|tell|ask|notify|inform"
            r"|let \w+ know|transfer)"
        ),
        (
            r"(?:ja )?(?:vai|ira|vao) (?:ja )?(?:te |lhe |logo )?(?:ligar|retornar|responder|chamar|procurar|escrever"
            r"|atender|entrar|confirmar|mandar|enviar|avaliar|analisar|falar)"
        ),
        (
            r"(?:te|lhe) (?:liga|ligara|responde|retorna|retornara|chama|procura|escreve|manda)(?:ra)?\b"
            r"|entrara em contato|retornara|(?:ela|ele|ana|a gente|equipe) (?:ja |logo |te )?(?:responde|retorna|liga"
            r"|chama)\w*"
        ),
        (
            r"(?:te )?(?:aviso|retorno|ligo|respondo|escrevo|mando) (?:\w+ )?(?:ja|em breve|logo|depois|mais tarde"
            r"|amanha|[DT])"
        ),
        (
            r"(?:i|we)(?:'ve| have)? (?:just |already )?(?:told|notified|informed|asked|let \w+ know|passed|forwarded"
            r"|alerted)"
        ),
        r"(?:will|'ll) (?:call|contact|get back|reply|be in touch|reach out|answer|text|let you know)",
        (
            r"le (?:avise|dije|informe|pase)|te (?:llamara|contactara|respondera)\w*|va a (?:llamar|responder"
            r"|contactar)\w*"
        ),
        (
            r"(?:esta|ta) sabendo|(?:foi|esta|ta) (?:avisad|informad|notificad|comunicad|ciente)[oa]?|(?:i'll "
            r"|i will |we'll )?(?:have"
            r"|get) \w+ (?:call|contact"
            r"|reply)"
            r"|(?:assim que|quando|se) (?:abrir|surgir|liberar|aparecer|vagar)(?! (?:alguma|qualquer|uma) duvida)"
            r"|ja sabe|(?:vai|ira) receber|lembrete|reminder|recordatorio|you'll (?:get|receive)|te (?:llamamos"
            r"|retorno|digo"
            r"|chamo|procuro|ligo"
            r"|aviso|respondo|falo|conto|mando|confirmo|llama|llamo|escribe|escribo|respondo)"
        ),
        (
            r"(?<!voce )(?<!vc )(?:disse|falou|pediu|respondeu|avisou|informou|garantiu|said|told me) (?:que|para|that"
            r"|me)\b"
        ),
    ),
    Claim.DONE: (
        (
            r"(?:efetuad|concluid|finalizad|realizad|resolvid|efetivad|solucionad|processad|executad|atendid)[oa]s?"
            r"|com sucesso|(?:foi|ja foi|ta|esta) feit[oa]|(?:tudo|ta|esta) (?:nos conformes|acertad\w|arranjad\w"
            r"|encaminhad\w)|feit[oa]s? [oa]\b|acab(?:o|ei|amos) de|(?:missao|tarefa) cumprida|consider[ae]|considerar"
            r"|consider it|done|arranged|arreglad[oa]|in the (?:calendar|book|diary|schedule|system)|successfully"
            r"|taken care of|sorted|(?:tudo|ta|esta|is|it's|all) (?:resolvido|feito|done|prontinho|pronto)|deu certo"
        ),
        (
            r"(?:i've|i have|i just|we've|we have|i already|i) (?!understand|never|hardly|need|said)(?:just |already "
            r"|now )?(?:\w+ed\b(?<!need)(?<!noticed)(?<!received)(?<!wanted)(?<!missed)|put|made|set|took|sent|did|gave"
            r"|got|let)(?! (?:about|to help))"
        ),
    ),
}
# Said now, meant for later: a promise that nobody keeps, unless it waits for the client's own yes.
_PLANS: dict[Claim, tuple[str, ...]] = {
    Claim.MOVED: (
        rf"{_PLAN}(?:remarc|reagend|mud|transfer|alter|antecip|adi|troc|reschedul|mov|chang|cambi|reprogram|passar)\w*",
        r"remarco|reagendo|transfiro|altero|adio|antecipo",
    ),
    Claim.CANCELLED: (rf"{_PLAN}(?:cancel|desmarc|anul|remov|exclu|tirar)\w*|cancelo|desmarco",),
    Claim.BOOKED: (
        rf"{_PLAN}(?:agend|marc|reserv|garant|encaix|bloque|separ|guard|inclu|coloc|registr|book|schedul|put you)\w*",
        rf"{_PLAN}(?:confirmar|confirmando|confirm) (?:seu|sua|o agend|a sess|o hor|a pres|your|[DT]|para)",
        r"(?:agendo|reservo|confirmo|garanto|encaixo|bloqueio|separo|marcarei|agendarei|reservarei|confirmarei)",
        r"(?:eu |ja )?marco (?:voce|seu|sua|para|aqui|[DT])|(?:te|lhe|voce) (?:agendo|marco|reservo|encaixo)",
    ),
}


def _compile(table: dict[Claim, tuple[str, ...]]) -> dict[Claim, re.Pattern[str]]:
    """Behind a word a letter would make it another one; D and T are marks and go on."""
    return {claim: re.compile(rf"\b(?:{'|'.join(words)})(?![a-z])") for claim, words in table.items()}


PATTERNS, PLANS = _compile(_WORDS), _compile(_PLANS)
# A first person of the past is a deed; these are deeds of the head, and what looks like one.
DEED = re.compile(
    r"\b(?!(?:sei|lei|rei|hei|adorei|gostei|amei|fiquei|pensei|cheguei|achei|errei|encontrei|localizei|tentei|anotei"
    r"|olhei|verifiquei|consultei|busquei|procurei|imaginei|falei|dei|expliquei|mencionei|perguntei|sobrei"
    r"|vi)\b)(?!\w*(?:ar|er|ir)ei\b)[a-z]{3,}ei(?![a-z])"
)
SPANISH_DEED = re.compile(r"\b(?!até|encontré|café|josé|andré|porqué|también|bebé|comité|você|qué)[a-zñ]{3,}(?<!r)é\b")
# A clause that is nothing but the news that it is done.
ALL_DONE = re.compile(
    r"\W*(?:(?:sim|ja|esta|ta|tudo|muito bem|certo|perfeito|show|otimo|entao|agora|ya|all|it's|it is|its|is|yes|si"
    r"|que bom|oba|eba|e|ok) )*(?:pront(?:o|inho|issimo)|feit(?:o|inho)|certinho|tudo certo|tudo certinho|tudo ok"
    r"|done|listo|hecho|sorted|settled|okay done|deu certo|consegui|conseguimos|rolou|foi|ya quedo|fechado|fechou"
    r"|e isso|combinado|all good to go)\W*"
)
FAREWELL_TILL = re.compile(
    r"^\W*(?:\w+, )?(?:entao |obrigad[oa],? )?ate (?:a )?(?:proxima )?"
    r"(?:amanha|hoje|segunda|terca|quarta|quinta|sexta|sabado|domingo|dia \d|(?:a |nossa )(?:sessao|consulta))"
)
# The Spanish first person of the past differs from the Portuguese imperative ("agende") by its accent alone.
SPANISH_PAST = {
    Claim.BOOKED: re.compile(r"\b(?:agend|reserv|confirm|anot)é\b"),
    Claim.MOVED: re.compile(r"\b(?:cambi|reprogram)é\b|\bmoví\b"),
    Claim.CANCELLED: re.compile(r"\b(?:cancel|anul)é\b"),
}
TICK = re.compile("[\u2705\u2714\u2611\U0001f197\U0001f44c]")
