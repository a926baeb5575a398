"""What an everyday question about the business asks for, as far as plain words tell. Pure; Portuguese.

`read` answers None for whatever it does not understand whole: then the professional is told what can be asked. A
period that no tool knows (a single past day, next month, last year) is understood as such and never answered with
another one.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from intake.phrases import normalise

MONTHS = 6
DAYS = 7


class Topic(StrEnum):
    SUMMARY = "summary"
    REVENUE = "revenue"
    NO_SHOWS = "no_shows"
    RANKING = "ranking"
    CANCELLED = "cancelled"
    COUNT = "count"
    NEW_CLIENTS = "new_clients"
    COMPARE = "compare"
    UPCOMING = "upcoming"


@dataclass(frozen=True, slots=True)
class Asked:
    """A topic, and the months (their first days) or the coming days (both included) that it is asked of."""

    topic: Topic
    months: tuple[date, ...] = ()
    first: date | None = None
    last: date | None = None


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
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
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {"segunda": 0, "terca": 1, "quarta": 2, "quinta": 3, "sexta": 4, "sabado": 5, "domingo": 6}

_PEOPLE = r"(?:client\w*|pacient\w*|alun\w*|pesso\w*|gente)"
# The first that is found decides.
_TOPICS = (
    (
        Topic.NEW_CLIENTS,
        rf"\bnov[oa]s? {_PEOPLE}|\b{_PEOPLE}(?: que)?(?: \w+)? nov[oa]s?\b|\bprimeira vez\b|\bnovatos\b",
    ),
    (
        Topic.RANKING,
        (
            rf"\b(?:quem|qual|quais)\b(?!.*\btaxa\b).*\b(?:falt|fur[ao]|no.?show|nao (?:vem|veio|aparece|comparece))"
            rf"|\branking\b|\b(?:mais|muito) (?:faltos|falt|fur)|\bfaltos[oa]s\b|\b(?:lista|nomes?) d\w+ falt\w+"
            rf"|\b{_PEOPLE} (?:que|com) (?:mais )?(?:falt|fur|ausenc)"
        ),
    ),
    (
        Topic.NO_SHOWS,
        (
            r"\bno.?shows?\b|\bfalt(?:a|as|ou|aram|am|ando)\b|\bfur(?:o|os|ou|aram|am)\b|\bausenc"
            r"|\babsente|\bnao (?:veio|vieram|comparece|apareceram)"
        ),
    ),
    (Topic.CANCELLED, r"\bcancel|\bdesmarc"),
    (
        Topic.REVENUE,
        (
            r"\bganh(?:ei|o|amos|ar|os?)\b|\bfatur|\breceb(?:i|er|imento|ido|o)|\breceita|\brenda\b"
            r"|\brend(?:eu|imento)|\bdinheiro"
            r"|\bentrou\b|\bem caixa\b|\bgrana\b|\bfiz de\b|\bvalor (?:total|recebido|das?)"
        ),
    ),
    (
        Topic.COUNT,
        (
            r"\bquant[oa]s? (?:\w+ ){0,2}(?:atendi|sess|consult|cort|aul|agendament|horario|hora marcad)"
            r"|\batendi quant"
            r"|\b(?:numero|total) de (?:atendiment|sess|consult|cort|aul|agendament|horario)"
            r"|\bquant[oa]s? atendi"
        ),
    ),
    (
        Topic.SUMMARY,
        (
            r"\bcomo (?:foi|foram|esta|estao|ta|vai|vao|anda|andam|ficou|fechou|fechei|fui|estou|tem sido)\b"
            r"|\bresum|\bbalanco"
            r"|\bdesempenho|\bnumeros\b|\bestatistic|\brelatorio|\bmovimento|\bpanorama|\bvisao geral|\bresultados?\b"
            r"|\bme (?:conta|fala|diz|mostra)\b|\bo que aconteceu\b|\bfechamento\b"
        ),
    ),
)
_COMING = (
    r"\bquem (?:e|vem|tenho|tem|esta|vou|sao|eu|atendo|marcou)\b|\bagenda\b|\bhorarios?\b"
    r"|\bcompromissos?\b|\btenho\b|\bvem\b"
    r"|\batend(?:er|o|imentos?)\b|\bpacient|\bclient|\balun|\bmarcad|\bsess(?:ao|oes)\b"
    r"|\bconsultas?\b|\bcortes?\b|\baulas?\b"
    r"|\bcomo (?:esta|ta|vai|fica)\b|\bo que (?:tem|tenho)\b|\bprimeir[oa]\b|\bproxim"
    r"|\bminha semana\b|\bminha agenda\b"
)
_COMPARING = (
    r"\bcompar|\bdiferenca|\bversus\b|\bvs\b|\bx\b|\bmelhor(?:es|ou)?\b|\bpior(?:es|ou)?\b"
    r"|\bem relacao\b|\bmais (?:do )?que\b|\bmenos (?:do )?que\b|\bcresc|\bcaiu\b|\bsubiu\b"
)
_UNKNOWN_PERIOD = (
    r"\bontem\b|\banteontem\b|\bsemana passada\b|\bultima semana\b|\bano passado\b"
    r"|\b(?:d?este|esse|nesse|neste|no) ano\b"
    r"|\b(?:mes que vem|proximo mes|mes seguinte|proximos meses)\b|\bsemanas\b|\bdecada|\btrimestre passado\b"
    r"|\b(?:19|20)\d\d\b|\bdia \d|\b\d{1,2}/\d{1,2}\b|\banos\b|\bdesde\b|\bsempre\b|\bhistoric"
)
_BARE_MONTH = (
    r"(?:\s*\b(?:e|em|n?o|n?a|de|d[oae]|mes|n?este|n?esse|passado|anterior|ultimo|atual|ate|agora|meus?|por"
    rf"|{'|'.join(_MONTHS)})\b)+"
)
_FUTURE_MONEY = (
    r"\bvou (?:ganhar|receber|faturar)|\bprevis|\bprevist|\besperad|\bentra(?:r)?\b.*\b(?:semana|amanha|hoje)\b"
)


_MONTH = rf"\b({'|'.join(_MONTHS)})\b(?: de| do ano de)? ?(\d{{4}})?"


def read(question: str, *, today: date) -> Asked | None:
    """Return what is asked, in the local months and days around `today`; None where that is not plain."""
    text = normalise(question)
    if not text or len(text) > 200 or re.search(_UNKNOWN_PERIOD, re.sub(_MONTH, "", text)):
        return None
    topic = next((topic for topic, words in _TOPICS if re.search(words, text)), None)
    months = _months(text, today=today)
    if months is None:
        return None
    coming = _coming(text, today=today)
    if coming is not None:
        return _of_coming_days(text, topic, coming)
    return _of_months(text, topic, months, today=today)


def known_months(today: date) -> list[date]:
    """Return the first days of the months that can be asked for, the oldest first."""
    return [_before(today, back) for back in range(MONTHS - 1, -1, -1)]


def _of_coming_days(text: str, topic: Topic | None, days: tuple[date, date]) -> Asked | None:
    """What is asked of coming days: who comes, how many, how much that will be; anything else is not known yet."""
    about = topic in (None, Topic.SUMMARY, Topic.COUNT) or (topic == Topic.REVENUE and re.search(_FUTURE_MONEY, text))
    said = topic == Topic.REVENUE or re.search(_COMING, text) or len(text.split()) <= 3 or topic is not None
    return Asked(Topic.UPCOMING, first=days[0], last=days[1]) if about and said else None


def _of_months(text: str, topic: Topic | None, months: list[date], *, today: date) -> Asked | None:
    if re.search(_COMPARING, text) and len(months) < 2 and topic in (None, Topic.SUMMARY, Topic.REVENUE, Topic.COUNT):
        # "Melhor que setembro?" is asked of the current month, "este mês foi melhor?" of the one before it.
        other = _before(today, 0) if months and months[0] != _before(today, 0) else _before(today, 1)
        months = [*months, other] if months else [_before(today, 1), _before(today, 0)]
    if len(months) == 2 and (re.search(_COMPARING, text) or topic in (None, Topic.SUMMARY)):
        return Asked(Topic.COMPARE, tuple(sorted(months)))
    if topic is None:
        return Asked(Topic.SUMMARY, tuple(months)) if months and _is_bare(text) else None
    if topic == Topic.CANCELLED and re.search(r"\b(?:quem|quais)\b", text):
        return None
    if topic == Topic.RANKING and months and len(months) < MONTHS:
        # The ranking is one of six months: it is not told as one of a single month.
        return None
    return Asked(topic, tuple(sorted(months)) or _usual(topic, today=today))


def _usual(topic: Topic, *, today: date) -> tuple[date, ...]:
    """Return the months that are meant where none is named: rates and rankings need many rows."""
    if topic in (Topic.NO_SHOWS, Topic.RANKING):
        return tuple(known_months(today))
    return (_before(today, 0),)


def _months(text: str, *, today: date) -> list[date] | None:
    """Return the months that are named, without repetitions; None if one of them is beyond the tools."""
    known = known_months(today)
    if re.search(
        r"\b(?:ultimos? )?(?:seis|6) meses\b|\bsemestre\b|\bultimos meses\b|\btodos os meses\b"
        r"|\bmes a mes\b|\bpor mes\b",
        text,
    ):
        return known
    if found := re.search(r"\b(?:ultimos?|nos) (dois|2|tres|3|quatro|4|cinco|5) meses\b", text):
        count = {"dois": 2, "tres": 3, "quatro": 4, "cinco": 5}.get(found[1]) or int(found[1])
        return known[-count:]
    if re.search(r"\b\d+ meses\b|\bmeses\b", text):
        return None
    found_months = []
    if re.search(r"\bmes passado\b|\bultimo mes\b|\bmes anterior\b|\bmes retrasado\b", text):
        found_months.append(_before(today, 2 if "retrasado" in text else 1))
    if re.search(
        r"\b(?:d?n?esse|d?n?este|d?o|no|pelo) mes\b(?! (?:passado|anterior|retrasado|de ))"
        r"|\bmes (?:atual|corrente)\b|\bate agora\b",
        text,
    ):
        found_months.append(_before(today, 0))
    for name, year in re.findall(_MONTH, text):
        month = _named(name, year, today=today)
        if month not in known:
            return None
        found_months.append(month)
    return list(dict.fromkeys(found_months))


def _named(name: str, year: str, *, today: date) -> date:
    """Return the latest such month that is not in the future, or that of the year that is said."""
    number = _MONTHS[name]
    if year:
        return date(int(year), number, 1)
    return date(today.year - (number > today.month), number, 1)


def _before(today: date, back: int) -> date:
    number = today.year * 12 + today.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def _coming(text: str, *, today: date) -> tuple[date, date] | None:
    """Return the coming days that are named, today being the first that can be."""
    if re.search(r"\bdepois de amanha\b", text):
        return today + timedelta(days=2), today + timedelta(days=2)
    if re.search(r"\bamanha\b", text):
        return today + timedelta(days=1), today + timedelta(days=1)
    if re.search(r"\bhoje\b", text) and not re.search(r"\bate hoje\b", text):
        return today, today
    if re.search(
        r"\bsemana\b|\b(?:proximos|nos) (?:7|sete)? ?dias\b"
        r"|\bproximos (?:atendimentos|horarios|clientes|pacientes)\b",
        text,
    ):
        return today, today + timedelta(days=DAYS)
    if found := re.search(rf"\b({'|'.join(_WEEKDAYS)})(?:.feira)?\b", text):
        ahead = (_WEEKDAYS[found[1]] - today.weekday()) % 7
        return today + timedelta(days=ahead), today + timedelta(days=ahead)
    if re.search(
        r"\bproxim[oa] (?:atendimento|cliente|paciente|alun[oa]|horario|sessao|consulta)\b|\bminha agenda\b", text
    ):
        return today, today + timedelta(days=DAYS)
    return None


def _is_bare(text: str) -> bool:
    """Whether nothing but a month is said: "outubro?", "e em setembro?", "este mês até agora"."""
    return re.fullmatch(_BARE_MONTH, text) is not None
