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
        (r"\bmt([oa]s?)\b", r"muit\1"),
        (r"\b(?:pfv|pfvr|pfvor|pls)\b", "favor"),
        (r"\b(?:bom dia|boa (?:tarde|noite))\b", "oi"),
        (r"\bmes (?:que|q) passou\b", "mes passado"),
        (r"\bconversar com (?:ele|ela)s?\b", ""),
        (r"\bultimo seis mes\b", "ultimos seis meses"),
        (r"\bce\b", "voce"),
        (r"\bn[º°o]\.? de\b", "numero de"),
        (r"\b(?:me )?dando cano\b|\bd[ao]\w* cano\b|\bnao dao as caras\b", "faltam"),
        # To owe and to be lacking, not to be absent.
        (r"\bfalta(?:m)? (?=receber|entrar|cair|pagar)", "ainda vou "),
        (r"\bn\b(?! ?\d)", "nao"),
        (r"%", " porcentagem "),
        (r"\b(segunda|terca|quarta|quinta|sexta)[ -]?feira\b", r"\1"),
    ),
    topics={
        Topic.NEW_CLIENTS: (
            rf"\bnov[oa]s? {_PEOPLE}|\b{_PEOPLE}(?: que)?(?: \w+)? nov[oa]s?\b|\bprimeira vez\b|\bnovatos\b"
            rf"|\bcaras? novas?\b|\bcaptei\b"
        ),
        Topic.RANKING: (
            r"\b(?:quem|qual|quais)\b(?!.*\b(?:taxa|porcentagem|percentual|numero|total)\b)"
            r".*\b(?:falt|fur[ao]|no.?show|bolos?\b|nao (?:vem|veio|aparece|comparece)|deix\w+ de (?:vir|aparecer))"
            r"|\branking\b|\btop (?:\w+ ){0,2}falt|\bmais (?:faltos|falt|fur)|\bfaltos[oa]s\b|\b(?:lista"
            r"|nomes?) d\w+ falt\w+"
            rf"|\b{_PEOPLE} (?:que|com) (?:mais )?(?:falt|fur|ausenc)"
        ),
        Topic.NO_SHOWS: (
            r"\bno.?shows?\b|\bfalt(?:a|as|ou|aram|am|ando|antes?)\b|\bfur(?:o|os|ou|aram|am)\b|\bausenc"
            r"|\bbolos?\b|\bausente|\bnao (?:veio|vieram|comparece|apareceu|apareceram)|\bdeixaram de vir"
            r"|\besperando a toa\b"
        ),
        Topic.CANCELLED: r"\bcancel(?:ament|ad|ou\b|aram\b|ei\b)|\bdesmarc(?:ou\b|aram\b|ad|ac)",
        Topic.REVENUE: (
            r"\bganh(?:ei|o|amos|ar|os?)\b|\bfatur|\breceb(?:i|er|imento|ido|o)|\breceita|\brenda\b"
            r"|\brend(?:eu|imento)|\bdinheiro|\btirei\b|\bcaiu na conta\b"
            r"|\bentr(?:ou|aram)\b|\bcaixa\b|\bgrana\b|\bfiz de\b|\bquanto (?:que )?(?:eu )?(?:ja )?fiz\b|\bpingou\b"
            r"|\bvalor (?:total|recebido)|\bpag(?:o|aram|amentos?)\b|\bquanto (?:que )?deu\b|\barrecad|\bembols"
            r"|\bgrana\b|\bapur(?:ei|ado)"
        ),
        Topic.COUNT: (
            r"\bquant[oa]s? (?:\w+ ){0,2}(?:atendi|sess|consult|cort|aul|agendament|horario|hora marcad)"
            r"|\batendi quant"
            r"|\b(?:numero|total) de (?:atendiment|sess|consult|cort|aul|agendament|horario)"
        ),
        Topic.SUMMARY: (
            r"\bme sai\b|\bapanhado\b|\bolhada\b|\bver tudo\b|\brend\w+ bem\b|\bcomo (?:\w+ ){0,3}(?:foi|foram|esta"
            r"|estao|ta|vai|vao|ia|anda|andam|andou|ficou|fechou"
            r"|fechei|fui|estou"
            r"|estava|rolou|terminou|encerr(?:ou|ei)|indo|sendo|sido|saiu)\b"
            r"|\bresum|\bbalanco|\bdesempenho|\bnumeros\b|\bestatistic|\brelatorio|\bmovimento|\bpanorama|\bvisao geral"
            r"|\bresultados?\b|\bme (?:conta|fala|diz|mostra|passa|manda)\b|\bgeral\b|\bo que aconteceu\b"
            r"|\bfechamento\b|\bfoi (?:bom|ruim)\b"
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
    from_month=r"\b(?:desde|a partir de)\b",
    to_now=r"\b(?:(?:pra|para|ate) (?:ca|hoje|agora|aqui)|em diante)\b",
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
        r"|\bem relacao\b|\bmais (?:.*\bd?o? ?que|.*\bou)\b|\bmenos (?:do )?que\b|\bcresc"
        r"|\bcaiu\b(?! (?:na conta|de dinheiro))|\bsubiu\b"
    ),
    by_name=r"\bquem\b|\b(?:qual|quais|que) (?:client|pacient|alun|pesso)|\bquais\b(?=.*\b(?:cancel|desmarc))",
    beyond=(
        r"\bontem\b|\banteontem\b|\b(?:semana|segunda|terca|quarta|quinta|sexta|sabado|domingo) passad[oa]\b"
        r"|\bultima (?:semana|segunda|terca|quarta|quinta|sexta)\b|\banos?\b|\bsemana (?:que vem|seguinte)\b"
        r"|\bproxima semana\b|\bfi(?:m|ns) de semana\b|\bdaqui\b"
        r"|\b(?:mes que vem|proximo mes|mes seguinte|proximos meses)\b|\bsemanas\b|\bdecada|\btrimestre\b"
        r"|\b(?:primeir|segund|outr)o semestre\b|\bultimos (?:\d+ |sete )?dias\b|\bdia(?! da semana)\b|\bsempre\b"
        r"|\bhistoric|\bpor ?que\b|\bmedia\b|\bpor (?:dia|semana|client\w+)\b"
        r"|\blivres?\b|\bvag[oa]s?\b|\bnunca\b|\bjamais\b|\bnao (?:falt|fur)|\bmenos (?:falt|fur)|\b(?:falt"
        r"|fur)\w+ menos"
        r"|\bantes\b|\bgast|\bdespes|\bnao (?:cancel|desmarc|pag|receb)|\bquant[oa]s (?:\w+ ){0,3}pag"
        r"|\bvalor d\w+ (?:sess|consult|aul|cort|atend)"
        r"|\bmais de (?:uma|1) vez|\bmelhor(?:es)? (?:client|pacient|alun)|\b(?:qual|que|melhor|pior) dia\b"
        r"|\bate (?:a |o )?(?:segunda|terca|quarta|quinta|sexta|sabado|domingo)\b|\b(?:e|sao"
        r"|esta) novo"
    ),
    bare=(r"e|em|n?o|n?a|de|d[oae]|mes|n?este|n?esse|passado|anterior|ultimo|atual|ate|agora|meus?|por|ja|ai"),
    fillers="""
a o os as um uma uns umas e ou de do da dos das no na nos nas em ao aos com sem para pra pro por pelo pela que se me
eu mim comigo voce gente meu minha meus minhas seu sua este esta esse essa isso isto neste nesse nesta nessa deste
desse desta dessa aqui ai la ja ate agora mais muito muita muitos muitas bem bom boa ruim tudo todo todos toda todas
so como quanto quanta quantos quantas quem qual quais quando onde nao sim oi ola ei opa favor obrigado obrigada foi
foram fui fiz faz fazer fez ficou fechou fechei estou estao ta tao vai vao vou vem vieram veio vir anda andam sido ser
sao era sai tem tenho tinha tive teve ha houve deu dar conta fala fale diz diga mostra mostre ver vejo quero queria
gostaria saber preciso pode podia tipo afinal entao hein msm mesmo total numero numeros taxa porcentagem percentual
valor caixa caiu grana dinheiro mes meses semana dias hoje amanha depois passado passada anterior atual corrente
ultimo ultima ultimos proximo proxima proximos retrasado seis sete dois tres quatro cinco semestre lista nome nomes
alguem ninguem pessoa pessoas novo nova novos novas novatos primeira primeiro vez vezes coisas negocio agenda agendas
horario horarios hora horas compromisso compromissos trabalho chegou chegaram entrou entraram entra entrar aconteceu
geral visao melhor pior mudou relacao entre contra versus vs x atendi atendo atender atendendo marcou marquei vive
costuma vivem costumam comparecer sumiu some levei dao campeao campea campeoes bolo bolos clinica salao barbearia
consultorio estudio studio empresa loja financeiro cheio cheia movimentado apareceu aparece apareceram aparecem
aparecer tirei deram deixou deixaram pingou top gentileza consegue consigo sabe dizer falar contar mostrar passa passe
passar manda mande traz puxa liste listar calcula ajuda querendo querer rapido rapidinho completo detalhado detalhes
andou rolou terminou encerrou encerrei indo sendo ia estava tava saiu tivemos fizemos nosso nossa marcaram pessoal
galera povo turma apenas curso ainda ca partir diante cair desde luz olhada apanhado duvida tira tirar fechando contas
reais somando somado soma ne viu acho bastante indice volume tanto curioso curiosa voces esperando toa noticia
noticias bate ponto fraco forte comecaram comecou dei quinta aula pego pegar agendado agendada agendados le faco
captei cara caras avisou nem planilha organizar conversar    olha entendi poe coloca junto juntos junta
""",
    stems=(
        r"falt\w*|fur(?:o|a|am|os|ou|aram|ando|ar|oes)|fatur\w+|ganh(?:ei|o|os|ar|amos)|receb\w+|receit\w+|renda"
        r"|rend(?:eu|imento|imentos)|cancel(?:ament\w+|ad\w+|ou|aram|ei|am)|desmarc(?:ou|aram|ad\w+|am)|no|show"
        r"|shows|noshow|noshows|ausenc\w+|ausent\w+|comparec\w+"
        r"|client\w+|pacient\w+|alun\w+|atendiment\w+|sess(?:ao|oes)|consultas?|cortes?|aulas?|agendament\w+|marcad\w+"
        r"|resum\w+|balanco|desempenho|estatistic\w+|relatorio|movimento|panorama|resultados?|fechamento|ranking"
        r"|compar\w+|diferenc\w+|melhor\w*|pior\w*|cresc\w+|subiu|caiu|previs\w+|esperad\w+|realiz\w+|embols\w+"
        r"|rend\w+|conclu\w+"
        r"|pag(?:o|aram|amentos?)|arrecad\w+|apur(?:ei|ado)"
    ),
)
