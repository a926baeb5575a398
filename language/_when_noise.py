"""What looks like a date or a time and is none: prices, phones, ages, quantities, greetings, streets, the past."""

import re

from language._when_names import MONTHS, WEEKDAYS, words

_WEEKDAY = words(WEEKDAYS)
# "… às 15h" behind a day that is past.
_AT = r"(?:\s?,?\s(?:as|at|a las)\s\d{1,2}(?:\s?[h:]\s?\d{0,2})?(?:\sd[ae]\s(?:manha|tarde|noite))?)?"
# Prices, phones, ages, quantities, greetings, names and the past: none of them is a wish.
NOISE = re.compile(
    "|".join(
        (
            r"(?:r\$|us\$|\$)\s?\d[\d.,]*",
            (
                r"\b\d[\d.,]*\s?(?:mil\s)?(?:reais|real|contos?|pilas?|mangos|paus|dolares|euros|dollars|brl"
                r"|usd|%|por cento)"
            ),
            r"\bhttps?://\S+|\bwww\.\S+|\S+@\S+|\b[\w-]+\.com\S*",
            (
                r"(?<![\d/])(?:(?:\+\d{1,3}|(?<![:h])55)[\s.-]?)?(?:(?<!\bas )\(?0?\d{2}\)?[\s.-]?)?"
                r"\d{4,5}[\s.-]?\d{4}(?![\d/])"
                r"|\d{5,}(?:-\d+)?"
            ),
            r"\d{1,3}\.\d{3}\.\d{3}-\d{2}|\b24/7\b",
            r"\b\d{1,3}\s?(?:e meio\s)?(?:anos?|aninhos|years?|yo|anitos|kg|km|m2|metros)\b",
            r"\b\d{1,2}/\d{1,2}\s(?:vezes|horas?|sessoes|pessoas|periodos?)|\b\d{1,3}\s?(?:x|vezes|times|veces)\b",
            (
                r"\b(?:bom|bons|boa|boas|buen|buenos|buenas|good) (?:dias?|tardes?|noites?|noches|morning"
                r"|afternoon|evening|night)\b"
            ),
            (
                r"\b(?:ate )?mais tarde\b|\b(?:muito|ja ta|ja|ta|meio|tao|tan|cheg\w+|too|muy) tarde\b"
                r"|\btarde demais\b"
            ),
            r"\b(?:tao|mais|muito) cedo\b|\bhoje em dia\b|\bum dia desses\b|\btodo dia\b|\bdia a dia\b",
            r"\b(?:meu nome(?: completo)? (?:e|eh)|me chamo|my name is|me llamo|mi nombre es|nome:) [a-z]+",
            rf"\b\d{{1,2}} (?:{words(MONTHS)}) (?:street|st|avenue|road)\b",
            # Streets are named after dates, and a birthday is no wish.
            (
                r"\b(?:rua|moro na|fica na|perto da|r\.|av\.?|avenida|praca|travessa|alameda|rodovia|estrada|bairro"
                rf"|esquina|calle) (?:da |do |de )?\d{{1,2}} de (?:{words(MONTHS)})\b"
            ),
            (
                r"\b(?:aniversario|nasci|nascid[oa]|nascimento):?(?: (?:e|eh|em|no|dia|foi|sera)){0,3}"
                r" \d{1,2}(?:[/.-]| de )\w+(?:(?:[/.-]| de )\d{2,4})?"
            ),
            r"\bde \d+ ?h(?:oras?)? em \d+ ?h(?:oras?)?\b",
            r"\b(?:de \d+ em|a? ?cada|every) \d+ (?:dias|semanas|meses|days|weeks|months)\b",
            (
                r"\b(?:bom|boa|otim[oa]|excelente|lind[oa]|abencoad[oa]|nice|great|good|lovely|buen) "
                r"(?:fim de semana|semana|feriado|week(?:end)?|domingo|sabado)\b"
            ),
            (
                rf"\b(?:boa|otima|excelente|linda|abencoada|happy) (?:{_WEEKDAY})(?:[\s-]feira)?"
                r"(?= (?:para|pra|a todos)|\s?[!.]*\s?$)"
            ),
            r"\b(?:feliz|merry|happy) (?:natal|navidad|christmas|ano|new year|pascoa|dia)\b(?: novo)?",
            r"\bate segunda ordem\b|\bdia e noite\b|\bday and night\b",
            rf"\b(?:ontem|anteontem|ayer|anteayer|yesterday|last (?:night|week|month|{_WEEKDAY})(?! (?:of|in)))\b{_AT}",
            rf"\b(?:{_WEEKDAY})(?:[\s-]feira)? (?:passad[ao]|pasad[ao]|retrasad[ao])\b{_AT}",
            r"\b(?:semana|mes|ano|fim de semana) (?:passad[ao]|pasad[ao]|retrasad[ao])\b(?: em [a-z]+)?",
            (
                r"(?<!daqui )\b(?:ha|faz|hace) \d+ (?:dias?|semanas?|meses|mes)\b|\b\d+ (?:dias?|semanas?|meses|days?"
                r"|weeks?) (?:atras|ago)\b"
            ),
            (
                r"\b(?:segunda|terca|quarta|quinta|sexta|[2-6]a) (?:vez|sessao|consulta|aula|opcao|parte"
                r"|parcela|via|tentativa"
                r"|cita|opcion|visita|sesion|clase|filha|pessoa|mensagem|pergunta|chance|dose|etapa|avenida|turma"
                r"|serie|mao)\b"
            ),
            (
                rf"(?:[,.!;\n]\s?|obrigad[ao],? |brigad[ao],? |valeu,? "
                rf"|tchau,? )(?:entao )?ate (?:{_WEEKDAY})(?=\s?[!.]*\s?$)"
            ),
            r"(?:^|[,.!;\n-]\s?|obrigad[ao],? |brigad[ao],? |valeu,? |tchau,? )(?:entao )?ate amanha(?=\s?[!.]*\s?$)",
            r"\bate (?:logo|breve|ja|la)\b",
        )
    )
)
# Lengths of time; read after the days, because "15h de sexta" is none.
LENGTHS = re.compile(
    "|".join(
        (
            r"\b(?:abert\w+|atend\w+|funcion\w+|open) 24 ?(?:h|hs|horas|hours)\b",
            r"\b(?:custa|cobra[a-z]*|quanto (?:e|eh|fica)|sessao|aula|consulta|pacote) [1-4] ?(?:h|hs|horas?|hours?)\b",
            r"\b(?:meia|uma|1/2|media|half an) (?:hora|hour)\b(?! d[ae] (?:manha|tarde))",
            r"\b\d{1,3} ?min(?:utos?)?(?: ou | or | o | a |/)\d ?(?:h|horas?|hours?)\b",
            (
                r"\b(?:[1-9]|1[0-2]|24|36|48|72)\s?(?:h|hrs?|hs|horas?|hours?)(?:\s?(?:e\s)?(?:\d{2}|meia))?"
                r"\s(?:(?=antes|depois|before|after)|atras|later|ago|por dia|diarias?"
                r"|de (?!X|D|T|brasilia|manha|tarde|noite|madrugada|la ))"
            ),
            (
                r"\b(?:durante|dur\w+|demor\w+)(?: de| umas?| uns| cerca de)? \d{1,2}\s?(?:h|hs|hrs?|horas?)\b"
                r"|\b(?:faz|ha|hace|mais de|menos de|ultimas|for)\s(?:[1-9]"
                r"|1[0-2])\s?(?:horas?|hours?|hrs?|hs?)\b"
            ),
            (
                r"\b(?:de|por)\s[1-4]\s?(?:horas?|hrs?|hs?)(?:\s?(?:e\s)?(?:\d{2}|meia))?\b"
                r"(?!\s?(?:as|a|ate|-|to|e)\s(?:as\s)?[\dm])(?!\sd[ae]\s(?:manha|tarde|noite))"
            ),
            (
                r"(?<![:.,])(?<!\dh )(?<!\dh e )(?<!hs )(?<!hs e )(?<!horas )(?<!horas e )(?<!hora e )"
                r"\b\d{1,3}\s?(?:min|mins|minutos?|minutes?)\b(?!\s(?:para|to|past)\s)"
            ),
        )
    )
)
