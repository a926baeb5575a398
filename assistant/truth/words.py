"""The words that are known, without accents: months, numbers, labels of figures, and words that are no names."""

import re

from assistant.truth.facts import Kind

_PORTUGUESE_MONTHS = "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"
ENGLISH_MONTHS = "january february march april may june july august september october november december"
_SPANISH_MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
MONTHS = {
    name: number
    for months in (_PORTUGUESE_MONTHS, ENGLISH_MONTHS, _SPANISH_MONTHS)
    for number, name in enumerate(months.split(), start=1)
}

SHORT_MONTHS = {name[:3]: number for number, name in enumerate(ENGLISH_MONTHS.split(), start=1)} | {"sept": 9}

_NUMBERS = """
zero nenhum nenhuma nenhuns none ninguna ningun
-
dois duas two
tres three
quatro four cuatro
cinco five
seis six
sete seven siete
oito eight ocho
nove nine nueve
dez ten diez
onze eleven once
doze twelve doce
treze thirteen trece
quatorze catorze fourteen catorce
quinze fifteen quince
dezesseis sixteen dieciseis
dezessete seventeen diecisiete
dezoito eighteen dieciocho
dezenove nineteen diecinueve
"""
_TENS = """
vinte twenty veinte
trinta thirty treinta
quarenta forty cuarenta
cinquenta fifty cincuenta
sessenta sixty sesenta
setenta seventy
oitenta eighty ochenta
noventa ninety
"""
WORDED = {
    word: value for value, words in enumerate(_NUMBERS.strip().split("\n")) for word in words.split() if word != "-"
}
TENS = {word: 10 * value for value, words in enumerate(_TENS.strip().split("\n"), start=2) for word in words.split()}
# "Um" is an article, unless there is said to be no more than that.
ONLY_ONE = (
    r"\b(?:(?<=apenas )uma?|(?<=\bso )uma?|(?<=somente )uma?|(?<=only )one|(?<=just )one|(?<=solo )una?"
    r"|(?:o|a|the|el|la) (?:unic[oa]|only))\b"
)

# Figures that nobody counted, whatever they are made of.
COMPUTED = re.compile(
    r"\b(?:metade|dobro|triplo|tercos?|quarta parte|dezenas?|duzia|centenas?|milhares|half|double|twice|triple|dozen"
    r"|mitad|doble|em media|media de|average|promedio|cem|\w+[cz]ent[oa]s|\w*cientos|quinhent[oa]s|quinientos|mil"
    r"|hundred|thousand|(?<!por )cento"
    r"|(?<!por )ciento?|maioria|maior parte|mayoria|majority|most of|dobrou|dobraram"
    r"|triplic\w+|doubled|tripled|duplic\w+"
    r"|(?:todos|todas|todo mundo|everyone|everybody) (?:compar|vier|veio|came|attended|asist|vin)\w*)\b"
)
COMPARED = re.compile(
    r"\b(?:mes|month|dia|day|semana|week|horario|hour|servico|service)s? (?:com|con|with the)"
    r" (?:mais|menos|mas|most|fewest|least|lowest|highest)\b"
    r"|\b(?:highest|lowest|fewest)\b|"
    r"\b(?:aument\w+|sub(?:iu|iram)|cresc\w+|ca(?:iu|iram)|diminu\w+|reduz\w+|melhor\w*|pior\w*|mais (?:do )?que"
    r"|menos (?:do )?que|recorde|igual(?:ou)? a|same as|maior|menor|maximo|minimo|(?:acima|abaixo) d[aeo]s?"
    r"|rose|fell|grew|better|worse|best|worst"
    r"|more than|less than|higher|lower|mejor|peor|mas que|subio|bajo)\b"
)
# Whoever is named first with these missed most; a sign before a figure makes a difference of it.
MISSED_MOST = re.compile(
    r"\b(?:mais (?:falt|fur)\w*|(?:falt|fur)\w* mais|mas falt\w*|falt\w* mas|miss\w* (?:the )?most"
    r"|most (?:no.?shows|absences))\b"
)
SIGNED = re.compile(r"(?:^|[\s(])[-−+]\d")
# Numbers that count nothing: how far the tools look, years, and the number in front of a line.
STRUCTURE = re.compile(
    r"\b(?:6|seis|six)[ -](?:ultimos |last |past )?(?:meses|months?)\b"
    r"|\b(?:7|sete|siete|seven) (?:proximos |next )?(?:dias|days)\b"
    r"|\b(?:ultimos|last|past|proximos|next) (?:6|seis|six|7|sete|siete|seven)\b|\b20\d\d\b|^\s*\d{1,2}[.)]"
)
# Before a label these say that there was none of it; "não vieram" is a label itself.
NONE = re.compile(
    r"\b(?:nao (?:houve|ha|tem|temos|teve|tive|tiveram|tinha|exist\w+|registr\w+|fo(?:i|ram)|falt\w+|cancel\w+)"
    r"|no (?:hubo|hay|tuv\w+|tienes?|falt\w+|cancel\w+)"
    r"|(?:had|were|was|are|is|have|has|with|not) (?:no(?!.?shows?\b)|any)"
    r"|did not (?:miss|cancel)\w*|sem|sin|without|nada|nothing|ninguem|nadie|nobody|no one|nunca|jamais|jamas|never)\b"
)
# Deeds in the first person, with their accents: the assistant reads and does nothing.
DEEDS = re.compile(
    r"\b(?:marquei|agendei|cancelei|desmarquei|remarquei|reagendei|enviei|mandei|avisei|confirmei|apaguei"
    r"|excluí|bloqueei"
    r"|cobrei|cobré|alterei|mudei|reservei|liguei"
    r"|i(?: have|'ve)? (?:just |already )?(?:booked|cancell?ed|moved|sent|deleted|scheduled"
    r"|rescheduled|blocked|updated|notified|confirmed)|he (?:agendado|cancelado|enviado|avisado|borrado"
    r"|movido|bloqueado"
    r"|reservado|confirmado)|agendé|cancelé|envié|avisé|borré|moví|bloqueé|reservé|confirmé)\b",
    re.IGNORECASE,
)
# What no tool tells of a client.
CLIENTS_DEEDS = re.compile(
    r"\b(?:avis\w+|ped(?:iu|e|iram|io)|pid(?:e|io|ieron)|confirm(?:ou|aram|o|aron)|confirmed (?!for|on|at)|disse\w*"
    r"|falou|told"
    r"|said|asked|dijo|quer(?:ia|em)?|quiere|wants?|atras\w+|(?:be|arrive|come) late|llegar\w* tarde"
    r"|cancelou|desmarcou|remarcou|adiou|pagou|deve (?=r\$|\d)|devendo|reclamou|elogiou|prefer\w*|gosta|costuma"
    r"|cancell?ed|rescheduled|postponed|paid|owes|likes|usually"
    r"|(?:is|as) a new client|e (?:uma? )?cliente nov[ao]|cancelo|pago|debe (?=r\$|\d)|reagendo)\b"
)
EXPECTED = re.compile(
    r"\bprevis\w+|\besperad\w*|\bexpected\b|\ba receber\b|\bpor (?:recibir|cobrar)\b"
    r"|\bpendiente\w*|\bpendente\w*|\boutstanding\b|\bainda\b|\bpor vir\b"
)
EARNED = re.compile(
    r"\brece[bi]\w*|\brecib\w*|\bentr(?:ou|aram)\b|\bcobr\w*|\bingres\w*|\bmade\b|\brend(?:eu|eram|e)\b|\bger(?:ou"
    r"|aram)\b|\bgenerat\w+|\bbrought in\b|\bfatur\w*|\bganh\w*|\brevenue\b|\bearn\w*"
)

# The more special label of two decides: "sessões realizadas", "atendimentos cancelados".
LABELS: tuple[tuple[re.Pattern[str], tuple[Kind, ...]], ...] = (
    (re.compile(r"\bnov[oa]s?\b|\bnew\b|\bnuev[oa]s?\b|\bprimeira vez\b"), (Kind.NEW_CLIENTS,)),
    (
        re.compile(
            r"\bfalt\w*|\bno.?shows?\b|\bausenc\w*|\bfuros?\b|\bmissed\b|\babsences?\b"
            r"|\bnao (?:veio|vieram|comparec\w+)"
        ),
        (Kind.NO_SHOWS,),
    ),
    (re.compile(r"\bcancel\w*|\bdesmarc\w*|\banulad\w*"), (Kind.CANCELLED,)),
    (
        re.compile(
            r"\bcomparec\w*|\brealiz\w*|\batendid\w*|\batendeu\b|\bconclu\w*|\bcomplet\w*|\battended\b"
            r"|\btook place\b|\bacontece(?:u|ram)\b|\bveio\b|\bvieram\b"
        ),
        (Kind.COMPLETED,),
    ),
    (re.compile(r"\bsess\w+|\bsesion\w+"), (Kind.SESSIONS, Kind.TOTAL, Kind.COMING)),
    (
        re.compile(
            r"\batendiment\w*|\bagendament\w*|\bhorarios?\b|\bconsultas?\b|\bappointments?\b|\bcitas?\b|\baulas?\b|\bcortes?\b|\bbookings?\b"
            r"|\btotal\b|\bmarcad\w*"
        ),
        (Kind.TOTAL, Kind.COMING),
    ),
)

# Times and groups of which no tool tells: whatever figure is said of them, it is another one's.
UNTOLD = re.compile(
    r"\b(?:ontem|anteontem|yesterday|ayer|anteayer"
    r"|semanas? (?:passadas?|retrasada|anterior|que vem|seguinte|pasada|que viene)|proxima semana|(?:last|next) week"
    r"|(?:d?n?este|d?n?esse|no|do|this|last|el) (?:ano|year)(?! de)|ano (?:passado|inteiro|todo)|por (?:dia|semana)"
    r"|trimestres?|bimestres?|quarters?|quinzenas?|quincenas?|fi(?:m|ns|n|nes) de semana|finais de semana|weekends?"
    r"|segundas|tercas|quartas|quintas|sextas|sabados|domingos|(?:toda|todo|cada) (?:segunda|terca|quarta|quinta|sexta"
    r"|sabado|domingo|dia)|(?:mon|tues|wednes|thurs|fri|satur|sun)days|(?:every|each|per) \w+day|los (?:lunes|martes"
    r"|miercoles|jueves|viernes)|(?:parte|periodo|turno) da (?:manha|tarde|noite)|pela (?:manha|tarde|noite)"
    r"|(?:every|this) (?:morning|afternoon|evening)s?|por la (?:tarde|noche))\b"
)

# Rates and heads that are counted nowhere.
UNCOUNTED = re.compile(
    r"\b(?:taxa|indice|percentual|porcentagem|rate|tasa|porcentaje)s? (?:de |of |das? |dos? )?(?:cancel|comparec"
    r"|presenc|ocupac"
    r"|retenc|convers|attend|occup|asist)\w*|\b(?:cancellation|attendance|occupancy) rate"
    r"|\b(?:clientes|pacientes|pessoas|alunos|clients|patients|people|students|personas) (?:diferentes|distint\w+"
    r"|unic\w+)"
    r"|\b(?:different|distinct|unique) (?:clients|patients|people|students)\b"
)

# Behind a word that begins a sentence: it was somebody's name.
DOES = re.compile(
    r"\s*(?:,|\b(?:falt\w+|tem|tinha|vem|veio|e quem|cancel\w+|marc\w+|remarc\w+|desmarc\w+|nao|compare\w+|sera|has|had"
    r"|is|missed|comes|booked|cancelled|viene|tiene|falto)\b)"
)
# Words that begin sentences with a capital, and are no names.
_NO_NAMES = """
a o os as ao aos no na nos nas em de do da dos das um uma e ou mas se por para pelo pela com sem sobre ate entre apos
ja seu sua seus suas meu minha este esta esse essa isso foram foi houve teve tem tiveram ha sao e voce ela ele eles
quem qual quais quando quanto quantos quantas como onde que nao sim ola oi bom boa tudo bem certo claro taxa total
receita faturamento falta faltas cancelamentos cancelados cancelado atendimentos atendimento agendamentos
comparecimentos concluidos realizados sessoes sessao clientes cliente novos novas ranking resumo mes meses semana hoje
amanha segunda terca quarta quinta sexta sabado domingo ultimos ultimo proximos proximo proxima dia dias valor
previsto prevista ainda aqui segue seguem veja confira nenhum nenhuma ninguem mais menos tambem alem disso comparativo
comparando comparacao r$ confirmado confirmada whatsapp ano horario horarios agenda consultas consulta recebido
receber no-show no-shows desculpe desculpa infelizmente lamento atualmente portanto porem assim entretanto manhã tanto
ambos ambas depois primeiro pronto posso consigo ok obrigado obrigada sorry unfortunately currently thanks lo siento
perdon actualmente the in on of and your you there were was had have rate revenue completed cancelled appointments
clients new this last next month week today tomorrow who missed most sessions hi hello here is are it for from so far
monday tuesday wednesday thursday friday saturday sunday i el la los las una su sus tu hubo tuvo fueron tasa ingresos
citas ausencias canceladas cancelaciones nuevos hoy manana quien lunes martes miercoles jueves viernes
"""
# What may stand where a person is named, and is nobody.
_NOBODY = """
que com quem mais menos a o os as um uma uns umas un uno una el la los las the an of your his her seu sua seus suas mi
tu su meu minha base apenas so somente only just solo cada todos todas all este esta essa esse isso esses essas estes
estas estos this that these those ele ela eles elas him them he she they you voce usted ustedes nenhum nenhuma ninguem
ninguno no nobody alguem someone alguien nothing nada algo e y and de do da for para por em in on at es se sem sin
without ja ainda nao respeito carinho calma prazer destaque numero maior menor novo nova novos novas new nuevo nueva
ambos ambas both another other outro outra outros outras otro otra more vai vem tem foi era is was has had were fue
also tambem frequencia atencao cuidado detalhes certeza previsao expectativa data servico hora pessoa pessoas paciente
pacientes aluno aluna alunos alunas alumno alumna patient student customer sera seria estara agendado agendada marcado
marcada inicio relacao antecedencia pagamento pagamentos sucesso excecao desta deste nesta neste lembrete lembretes
poucas poucos algumas alguns confirmado confirmada
"""
NOBODY = frozenset(_NOBODY.split())
NO_NAMES = frozenset(_NO_NAMES.split()) | MONTHS.keys() | SHORT_MONTHS.keys() | WORDED.keys()
