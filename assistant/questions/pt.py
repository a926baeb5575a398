"""Portuguese, as Brazilians ask."""

from assistant.questions.words import Topic, Words

_PEOPLE = r"(?:client\w*|pacient\w*|alun\w*|pesso\w*|gente)"

WORDS = Words(
    months=(
        "janeiro jan",
        "fevereiro fev",
        "marco",
        "abril abr",
        "maio",
        "junho jun",
        "julho jul",
        "agosto ago",
        "setembro set",
        "outubro out",
        "novembro nov",
        "dezembro dez",
    ),
    weekdays=("segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo"),
    spellings=(
        (r"\bq(?:ua)?n?to\b|\bqnt\b|\bqt\b", "quanto"),
        (r"\bq(?:ua)?n?t([oa]s)\b", r"quant\1"),
        (r"\bqts\b|\bqnts\b", "quantos"),
        (r"\bqm\b|\bken\b", "quem"),
        (r"\boq\b", "o que"),
        (r"\bq\b", "que"),
        (r"\b(?:cm|cmo|komo)\b", "como"),
        (r"\b(?:hj|oje)\b", "hoje"),
        (r"\b(?:vcs?)\b", "voce"),
        (r"\bn\b(?! ?\d)", "nao"),
        (r"%", " porcentagem "),
        (r"\b(segunda|terca|quarta|quinta|sexta)[ -]?feira\b", r"\1"),
    ),
    topics={
        Topic.NEW_CLIENTS: (
            rf"\bnov[oa]s? {_PEOPLE}|\b{_PEOPLE}(?: que)?(?: \w+)? nov[oa]s?\b|\bprimeira vez\b|\bnovatos\b"
        ),
        Topic.RANKING: (
            r"\b(?:quem|qual|quais)\b(?!.*\b(?:taxa|porcentagem|percentual|numero|total)\b)"
            r".*\b(?:falt|fur[ao]|no.?show|bolos?\b|nao (?:vem|veio|aparece|comparece))"
            r"|\branking\b|\b(?:mais|muito) (?:faltos|falt|fur)|\bfaltos[oa]s\b|\b(?:lista|nomes?) d\w+ falt\w+"
            rf"|\b{_PEOPLE} (?:que|com) (?:mais )?(?:falt|fur|ausenc)"
        ),
        Topic.NO_SHOWS: (
            r"\bno.?shows?\b|\bfalt(?:a|as|ou|aram|am|ando)\b|\bfur(?:o|os|ou|aram|am)\b|\bausenc|\bbolos?\b"
            r"|\bausente|\bnao (?:veio|vieram|comparece|apareceram)"
        ),
        Topic.CANCELLED: r"\bcancel(?:ament|ad|ou\b|aram\b|ei\b)|\bdesmarc(?:ou\b|aram\b|ad|ac)",
        Topic.REVENUE: (
            r"\bganh(?:ei|o|amos|ar|os?)\b|\bfatur|\breceb(?:i|er|imento|ido|o)|\breceita|\brenda\b"
            r"|\brend(?:eu|imento)|\bdinheiro|\btirei\b|\bcaiu na conta\b"
            r"|\bentrou\b|\bem caixa\b|\bgrana\b|\bfiz de\b|\bquanto (?:que )?eu fiz\b|\bvalor (?:total|recebido|das?)"
        ),
        Topic.COUNT: (
            r"\bquant[oa]s? (?:\w+ ){0,2}(?:atendi|sess|consult|cort|aul|agendament|horario|hora marcad)"
            r"|\batendi quant"
            r"|\b(?:numero|total) de (?:atendiment|sess|consult|cort|aul|agendament|horario)"
        ),
        Topic.SUMMARY: (
            r"\bme sai\b|\bcomo (?:que )?(?:foi|foram|esta|estao|ta|vai|vao|anda|andam|ficou|fechou|fechei|fui|estou)\b"
            r"|\bcomo tem sido\b"
            r"|\bresum|\bbalanco|\bdesempenho|\bnumeros\b|\bestatistic|\brelatorio|\bmovimento|\bpanorama|\bvisao geral"
            r"|\bresultados?\b|\bme (?:conta|fala|diz|mostra)\b|\bo que aconteceu\b|\bfechamento\b|\bfoi (?:bom|ruim)\b"
        ),
    },
    six_months=(
        r"\b(?:ultimos? )?(?:seis|6) meses\b|\bsemestre\b|\bultimos meses\b|\btodos os meses\b|\bmes a mes\b"
        r"|\bpor mes\b"
    ),
    several_months=r"\b(?:ultimos?|nos) (dois|2|tres|3|quatro|4|cinco|5) meses\b",
    numbers={"dois": 2, "tres": 3, "quatro": 4, "cinco": 5},
    many_months=r"\bmeses\b",
    best_month=r"\b(?:melhor|pior) mes\b|\bem que mes\b|\bqual mes\b",
    last_month=r"\bmes passado\b|\bultimo mes\b|\bmes anterior\b|(?:que|com) o passado$",
    month_before_last=r"\bmes retrasado\b",
    this_month=(
        r"\b(?:d?n?esse|d?n?este|d?o|no|pelo) mes\b(?! (?:passado|anterior|retrasado|de |a mes))"
        r"|\bmes (?:atual|corrente)\b|\bate agora\b"
    ),
    day_after_tomorrow=r"\bdepois de amanha\b",
    tomorrow=r"\bamanha\b",
    today=r"(?<!ate )\bhoje\b",
    week=(
        r"\bsemana\b|\b(?:proximos|nos) (?:(?:7|sete) )?dias\b|\bproximos (?:atendimentos|horarios|clientes"
        r"|pacientes)\b"
    ),
    next_one=r"\bproxim[oa] (?:atendimento|cliente|paciente|alun[oa]|horario|sessao|consulta)\b|\bminha agenda\b",
    coming=(
        r"\bquem (?:e|vem|tenho|tem|esta|vou|sao|eu|atendo|marcou)\b|\bagenda\b|\bhorarios?\b"
        r"|\bcompromissos?\b|\btenho\b|\bvem\b|\btem\b"
        r"|\batend(?:er|o|imentos?)\b|\bpacient|\bclient|\balun|\bmarcad|\bsess(?:ao|oes)\b"
        r"|\bconsultas?\b|\bcortes?\b|\baulas?\b"
        r"|\bcomo (?:esta|ta|vai|fica)\b|\bprimeir[oa]\b|\bproxim"
    ),
    over=(
        r"\b(?:foi|foram|fui|ficou|fechou|fechei|fiz|tive|teve|vieram|veio|atendi|atendemos|passou|aconteceu|faltou"
        r"|faltaram|ganhei|faturei|recebi)\b"
    ),
    future_money=(
        r"\bvou (?:ganhar|receber|faturar)|\bprevis|\besperad|\bentra(?:r)?\b.*\b(?:semana|amanha|hoje)\b"
        r"|\b(?:semana|amanha|hoje)\b.*\bentra(?:r)?\b"
    ),
    comparing=(
        r"\bcompar|\bdiferenca|\bversus\b|\bvs\b|\bx\b|\bmelhor(?:es|ou)?\b|\bpior(?:es|ou)?\b"
        r"|\bem relacao\b|\bmais (?:do )?que\b|\bmenos (?:do )?que\b|\bcresc|\bcaiu\b(?! na conta)|\bsubiu\b"
    ),
    by_name=r"\b(?:quem|quais)\b",
    beyond=(
        r"\bontem\b|\banteontem\b|\b(?:semana|segunda|terca|quarta|quinta|sexta|sabado|domingo) passad[oa]\b"
        r"|\bultima (?:semana|segunda|terca|quarta|quinta|sexta)\b|\banos?\b|\bsemana (?:que vem|seguinte)\b"
        r"|\bproxima semana\b|\bfi(?:m|ns) de semana\b|\bdaqui\b"
        r"|\b(?:mes que vem|proximo mes|mes seguinte|proximos meses)\b|\bsemanas\b|\bdecada|\btrimestre\b"
        r"|\bdia \d|\bdesde\b|\bsempre\b|\bhistoric|\bpor ?que\b|\bmedia\b|\bpor (?:dia|semana|client\w+)\b"
        r"|\blivres?\b|\bvag[oa]s?\b|\bnunca\b|\bjamais\b|\bnao (?:falt|fur)|\bmenos (?:falt|fur)|\b(?:falt"
        r"|fur)\w+ menos"
        r"|\bantes\b|\bgast|\bdespes"
    ),
    bare=(r"e|em|n?o|n?a|de|d[oae]|mes|n?este|n?esse|passado|anterior|ultimo|atual|ate|agora|meus?|por|ja|ai"),
    fillers="""
a o os as um uma uns umas e ou de do da dos das no na nos nas em ao aos com sem para pra pro por pelo pela que se me
eu mim comigo voce gente meu minha meus minhas seu sua este esta esse essa isso isto neste nesse nesta nessa deste
desse desta dessa aqui ai la ja ate agora mais muito muita muitos muitas bem bom boa ruim tudo todo todos toda todas
so como quanto quanta quantos quantas quem qual quais quando onde nao sim oi ola ei dia tarde noite opa favor
obrigado obrigada foi foram fui fiz faz fazer fez ficou fechou fechei estou estao ta tao vai vao vou vem vieram veio
vir anda andam sido ser sao era sai tem tenho tinha tive teve ha houve deu dar conta fala fale diz diga mostra mostre
ver vejo quero queria gostaria saber preciso pode podia tipo afinal entao hein msm mesmo total numero numeros taxa
porcentagem percentual valor caixa caiu grana dinheiro mes meses semana dias hoje amanha depois passado passada
anterior atual corrente ultimo ultima ultimos proximo proxima proximos retrasado seis sete dois tres quatro cinco
semestre lista nome nomes alguem ninguem pessoa pessoas novo nova novos novas novatos primeira primeiro vez vezes
coisas negocio consultorio agenda agendas horario horarios hora horas compromisso compromissos trabalho chegou
chegaram entrou entra entrar aconteceu geral visao melhor pior mudou relacao entre contra versus vs x atendi atendo
atender atendendo marcou marquei vive costuma vivem costumam comparecer sumiu some levei dao campeao campea campeoes
bolo bolos clinica salao cheio cheia movimentado apareceu aparece apareceram aparecem tirei
""",
    stems=(
        r"falt\w*|fur(?:o|a|am|os|ou|aram|ando|ar|oes)|fatur\w+|ganh(?:ei|o|os|ar|amos)|receb\w+|receit\w+|renda"
        r"|rend(?:eu|imento|imentos)|cancel(?:ament\w+|ad\w+|ou|aram|ei|am)|desmarc(?:ou|aram|ad\w+|am)|no|show"
        r"|shows|noshow|noshows|ausenc\w+|ausent\w+|comparec\w+"
        r"|client\w+|pacient\w+|alun\w+|atendiment\w+|sess(?:ao|oes)|consultas?|cortes?|aulas?|agendament\w+|marcad\w+"
        r"|resum\w+|balanco|desempenho|estatistic\w+|relatorio|movimento|panorama|resultados?|fechamento|ranking"
        r"|compar\w+|diferenc\w+|melhor\w*|pior\w*|cresc\w+|subiu|caiu|previs\w+|esperad\w+|realizad\w+|concluid\w+"
    ),
)
