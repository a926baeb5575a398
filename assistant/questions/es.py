"""Spanish."""

from assistant.questions.words import Topic, Words

_PEOPLE = r"(?:client\w*|pacient\w*|alumn\w*|person\w*|gente)"
_MISSING = (
    r"(?:falt(?:a|as|an|o|aron|ando|ar)\b|ausen\w+|inasisten\w+|me fallan?|me plantan?|planton\w*|plantad\w+"
    r"|no.?shows?\b"
    r"|no (?:viene|vienen|vino|vinieron|aparece\w*|asist\w+|se present\w+))"
)

WORDS = Words(
    months=(
        "enero ene",
        "febrero feb",
        "marzo",
        "abril abr",
        "mayo",
        "junio jun",
        "julio jul",
        "agosto ago",
        "septiembre setiembre sept sep",
        "octubre oct",
        "noviembre nov",
        "diciembre dic",
    ),
    weekdays=("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
    spellings=(
        (r"\bxq\b|\bpq\b", "por que"),
        (r"\bqn\b|\bkien\b", "quien"),
        (r"\b(?:porfa|porfis|porfi)\b", "favor"),
        (r"\bbuen(?:os|as)? (?:dias?|tardes|noches)\b|\bbuenas\b", "hola"),
        # To owe, not to be absent.
        (r"\bfalta(?:n)? (?=cobrar|recibir|entrar|pagar|por)", "voy a "),
    ),
    topics={
        Topic.NEW_CLIENTS: rf"\bnuev[oa]s? {_PEOPLE}|\b{_PEOPLE} nuev[oa]s?\b|\bprimera vez\b",
        Topic.RANKING: (
            rf"\b(?:quien|quienes|que {_PEOPLE}|cual|cuales)\b(?!.*\b(?:tasa|porcentaje|numero|total)\b).*\b{_MISSING}"
            rf"|\branking\b|\b{_PEOPLE} (?:que|con) mas {_MISSING}"
        ),
        Topic.NO_SHOWS: rf"\b{_MISSING}",
        Topic.CANCELLED: r"\bcancel(?:acion|ad|aron\b|o\b)|\banul(?:acion|ad|aron\b)",
        Topic.REVENUE: (
            r"\bgan(?:e|ado|amos|ar|ancias?)\b|\bfactur(?:e|ado|acion|amos|ar)\b|\bingres(?:os?|e|aron)\b"
            r"|\bcobr(?:e|ado|ar)\b"
            r"|\bdinero\b|\bplata\b|\bentr(?:o|aron)\b|\bcaja\b|\bpag(?:aron|os)\b|\brecib(?:i|ido|ir)\b|\brecaud\w+"
        ),
        Topic.COUNT: (
            r"\bcuant[oa]s? (?:\w+ ){0,2}(?:atendi|atenciones|sesion|consulta|corte|clase|cita|turno|reserva)"
            r"|\b(?:numero|total) de (?:atenciones|sesion|consulta|corte|clase|cita|turno|reserva)"
        ),
        Topic.SUMMARY: (
            r"\bcomo (?:\w+ ){0,3}(?:fue|fueron|esta|estan|estuvo|va|van|anda|ando|cerro|cerre|quedo|voy)\b|\bresum"
            r"|\bbalance\b|\bdesempeno\b|\bnumeros\b|\bcifras\b|\bestadistic|\binforme\b|\breporte\b|\bpanorama\b"
            r"|\bresultados?\b|\bpasame\b|\bmuestrame\b|\bdame\b|\bque (?:paso|tal)\b"
        ),
    },
    six_months=(
        r"\b(?:ultimos )?(?:seis|6) meses\b|\bsemestre\b|\bultimos meses\b|\btodos los meses\b|\bmes a mes\b"
        r"|\bpor mes\b"
    ),
    several_months=r"\bultimos (dos|2|tres|3|cuatro|4|cinco|5) meses\b",
    numbers={"dos": 2, "tres": 3, "cuatro": 4, "cinco": 5},
    many_months=r"\bmeses\b",
    best_month=r"\b(?:mejor|peor) mes\b|\ben que mes\b",
    last_month=r"\bmes pasado\b|\bultimo mes\b|\bmes anterior\b|(?:que|con) el pasado$",
    month_before_last=r"\bmes antepasado\b",
    this_month=(
        r"\b(?:este|del?|en el|el) mes\b(?! (?:pasado|anterior|antepasado|de |que|a mes))|\bmes (?:actual|corriente)\b"
        r"|\bhasta ahora\b|\bpor ahora\b"
    ),
    day_after_tomorrow=r"\bpasado manana\b",
    tomorrow=r"\bmanana\b",
    today=r"(?<!hasta )\bhoy\b",
    week=r"\bsemana\b|\bproximos (?:(?:7|siete) )?dias\b|\bproximas (?:citas|sesiones|clases)\b",
    next_one=r"\bproxim[oa] (?:cita|client\w+|pacient\w+|alumn\w+|sesion|clase|turno)\b|\bmi agenda\b",
    from_month=r"\b(?:desde|a partir de)\b",
    to_now=r"\b(?:hasta (?:aca|hoy|ahora|aqui)|para aca|en adelante)\b",
    coming=(
        r"\bquien(?:es)?\b|\bagenda\b|\btengo\b|\bviene\b|\bvienen\b|\bcitas?\b|\bturnos?\b|\bsesion|\bclases?\b"
        r"|\bclient|\bpacient|\balumn|\breservad|\bproxim|\bhay\b|\bcomo (?:esta|va|queda)\b"
    ),
    over=(
        r"\b(?:fue|fueron|estuvo|tuve|hubo|atendi|vino|vinieron|paso|quedo|cerro|cerre|falto|faltaron|gane|facture"
        r"|cobre)\b"
    ),
    future_money=r"\bvoy a (?:ganar|cobrar|facturar|recibir)\b|\bprevist|\besperad|\bganare\b|\bcobrare\b",
    comparing=(
        r"\bcompar|\bdiferencia|\bversus\b|\bvs\b|\bmejor(?:es|o)?\b|\bpeor(?:es)?\b|\bmas que\b|\bmenos que\b"
        r"|\brespecto\b|\bcrec"
    ),
    by_name=r"\bquien(?:es)?\b|\b(?:que|cual|cuales) (?:client|pacient|alumn|person)|\bcuales\b(?=.*\b(?:cancel|anul))",
    beyond=(
        r"\bayer\b|\banteayer\b|\b(?:semana|lunes|martes|miercoles|jueves|viernes|sabado|domingo) pasad[oa]\b"
        r"|\bultima semana\b|\bpasada semana\b|\b(?:semana|mes|lunes|martes|jueves|viernes) que vienen?\b"
        r"|\bproxim[oa] (?:semana|mes)\b|\bproximos meses\b|\bfin(?:es)? de semana\b|\bfinde\b|\bsemanas\b"
        r"|\bsiempre\b|\b(?:mejor|peor) dia\b|\b(?:hasta|al?) (?:el )?(?:lunes|martes|miercoles|jueves|viernes|sabado"
        r"|domingo)\b|\bhistori|\bpor que\b|\bpromedio\b|\bpor (?:dia|semana|client\w+)\b|\blibres?\b"
        r"|\bdisponibles?\b|\bnunca\b|\bjamas\b|\bno falt|\bmenos falt|\bfalt\w+ menos\b|\bgast|\bdentro de\b|\bhace\b"
        r"|\b(?:por|de) la manana\b|\b(?:primer|segund|otr)o? semestre\b|\bultimos (?:\d+ |siete )?dias\b|\bdia\b"
        r"|\bno (?:cancel|anul|pag|cobr)|\bcuant[oa]s (?:\w+ ){0,3}pag|\bmas de (?:una|1) vez|\bmejor(?:es)? (?:client"
        r"|pacient|alumn)|\b(?:es|son) nuev"
    ),
    bare=r"y|en|el|la|de|del|mes|este|pasado|anterior|ultimo|actual|hasta|ahora|mis?|por|favor",
    fillers="""
a al el la los las lo un una unos unas y o e de del en con sin para por que se me mi mis su sus nos yo este esta esto
ese esa estos estas aqui ya hasta ahora mas muy mucho mucha muchos muchas bien bueno buena mal todo todos toda todas
solo como cuanto cuanta cuantos cuantas quien quienes cual cuales cuando donde no si hola favor gracias fue fueron fui
hice hago estan estuvo va van voy ir viene vienen vino vinieron anda ando cerro cerre quedo queda tengo tiene tuve
tenia hay hubo dame dime cuentame muestrame mostrar ver quiero quisiera saber necesito puedes tasa porcentaje numero
numeros cifras total dinero plata mes meses semana dias dia hoy manana pasado pasada anterior actual corriente ultimo
ultima ultimos proximo proxima proximos proximas antepasado dos tres cuatro cinco seis siete semestre lista nombre
nombres alguien nadie nuevo nueva nuevos nuevas primera vez veces cosas negocio consultorio agenda paso tal mejor peor
entre contra versus vs x respecto atendi atiendo atender llevo llego llegaron entro deja dejan dejo son es era sido he
ha aparece aparecen suele suelen pasame pasa podrias puedo decirme dejaron entraron caja porfavor rapido rapidito
completo desde adelante aca partir todavia contame cosa disculpa oye repaso sumados sumado lana di planilla agendado
agendada agendados pal mira che anduvo falla fallan planta plantan haces hace hacer decir
""",
    stems=(
        r"falt(?:a|as|an|o|aron|ando|ar)|ausen\w+|inasisten\w+|planton\w*|plantad\w+|asist\w+|present\w+"
        r"|gan(?:e|ado|amos|ar|ancias?)|factur\w+|ingres\w+|cobr\w+|recib\w+|recaud\w+|cancelacion\w*|cancelad\w+"
        r"|cancelaron"
        r"|cancelo|anul\w+|client\w+|pacient\w+|alumn\w+|personas?|gente|atenciones|sesion(?:es)?|consultas?|cortes?"
        r"|clases?|citas?|turnos?|reservas?|reservad\w+|resum\w+|balance|desempeno|estadistic\w+|informe|reporte"
        r"|panorama"
        r"|resultados?|ranking|compar\w+|diferencias?|mejor\w*|peor\w*|crec\w+|previst\w+|esperad\w+"
    ),
)
