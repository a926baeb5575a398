"""How days are said: small rules, each a regular expression and a builder.

Order matters: what an earlier rule has read is out of reach of a later one (see `Scan`).
"""

import re
from datetime import date, timedelta

from language._when_calendar import day_and_month, day_of_month, make_day, month_span, settle, week_span
from language._when_names import MONTHS, SHY_WEEKDAYS, WEEKDAYS, words
from language._when_questions import Question, tell_language
from language._when_spans import NEXT, SPAN_RULES
from language._when_wishes import MOVES
from language._when_words import (
    Builder,
    Day,
    Doubt,
    Fixed,
    Scan,
    Weekday,
    Which,
    compile_rules,
)

# "From the 15th on" has no end; two weeks are the longest span the agenda is read for at once.
OPEN_DAYS = 13


def _days_ahead(days: int) -> Builder:
    return lambda _match, scan: _one(scan.today + timedelta(days=days))


def _one(day: date) -> Fixed:
    return Fixed(day, day)


def _numeric(match: re.Match[str], scan: Scan) -> Day | None:
    day, month, year = (int(group) if group else None for group in match.group("day", "month", "year"))
    if day is None or month is None:
        return None
    if "." in match.group() and not 1 <= month <= 12 and year is None:
        return None  # "17.30" is a clock time
    if tell_language(scan.source) == "en" and day != month and {day, month} <= set(range(1, 13)):
        # Both ways of writing dates are English.
        either = [date(scan.today.year, *pair) for pair in ((month, day), (day, month))]
        return Doubt(Question.MEANT, tuple(f"{one:%d %b}" for one in either), about=either[0])
    if match.group("sep") == "-" and year is None and 6 <= day < month <= 12:
        return Doubt(Question.MEANT, (f"{day:02}/{month:02}", f"{day}h–{month}h"))
    if year is not None and year < 100:
        year += 2000
    return day_and_month(day, month, year=year, today=scan.today)


def _iso(match: re.Match[str], scan: Scan) -> Day:
    year, month, day = map(int, match.groups())
    return day_and_month(day, month, year=year, today=scan.today)


def _named_month(match: re.Match[str], scan: Scan) -> Day:
    year = match.groupdict().get("year")
    month = MONTHS[match.group("month")]
    return day_and_month(int(match.group("day")), month, year=int(year) if year else None, today=scan.today)


def _range_in_month(match: re.Match[str], scan: Scan) -> Day:
    month = MONTHS.get(match.group("month")) or int(match.group("month"))
    ends = [day_and_month(int(match.group(name)), month, year=None, today=scan.today) for name in ("day", "until")]
    first, last = ends
    if isinstance(first, Fixed) and isinstance(last, Fixed) and first.first <= last.first:
        return Fixed(first.first, last.first)
    return next((end for end in ends if isinstance(end, Doubt)), Doubt(Question.DAYS))


def _either_in_month(match: re.Match[str], scan: Scan) -> Day:
    """Read "1 ou 2 de dezembro"."""
    month = MONTHS.get(match.group("month")) or int(match.group("month"))
    either = [day_and_month(int(match.group(name)), month, year=None, today=scan.today) for name in ("day", "until")]
    return Doubt(Question.DAY_OF, tuple(day.first for day in either if isinstance(day, Fixed)))


def _day_of_month(match: re.Match[str], scan: Scan) -> Day:
    said = match.groupdict()
    return day_of_month(
        int(said["day"]), today=scan.today, ahead=1 if said.get("ahead") else 0 if said.get("same") else None
    )


def _in_days(match: re.Match[str], scan: Scan) -> Day | None:
    count, unit = int(match.group("count")), match.group("unit")
    if unit.startswith(("mes", "month")):
        span = month_span(scan.today, count)
        return _one(make_day(span.first.year, span.first.month, day=scan.today.day) or span.last)
    day = scan.today + timedelta(days=count * (7 if unit.startswith(("semana", "week")) else 1))
    if match.group("word") == "within":
        return Fixed(scan.today, day)
    if match.group("about"):
        return Doubt(Question.MEANT, (day,))
    if count in {8, 15} and not unit.startswith(("semana", "week")) and not match.group("word").startswith("in"):
        # "Quinze dias" is how people say two weeks, as "oito dias" is one.
        return Doubt(Question.MEANT, (day - timedelta(days=1), day))
    return _one(day)


def _weekday(match: re.Match[str], _scan: Scan) -> Day | None:
    name = match.group("name")
    index = WEEKDAYS[name] if name in WEEKDAYS else SHY_WEEKDAYS[name]
    before, after = match.groupdict().get("before") or "", match.groupdict().get("after") or ""
    if before.startswith(("prox", "next", "que")) or after:
        return Weekday(index, Which.NEXT)
    if before.startswith(("outr", "otro", "foll")) or match.groupdict().get("other"):
        return Weekday(index, Which.OTHER)
    return Weekday(index, Which.COMING if before or match.groupdict().get("now") else Which.PLAIN)


def _ends(match: re.Match[str], scan: Scan) -> tuple[Fixed, Fixed] | Doubt:
    """Return the two days that "de … a …" names, the second not before the first."""
    first, last = (scan.value_at(match.start(name)) for name in ("first", "last"))
    if isinstance(first, Weekday):
        first = settle(first, today=scan.today, passed=True)
    if isinstance(last, Weekday):
        after = first.first if isinstance(first, Fixed) else scan.today
        last = settle(last, today=after, passed=True)
    if isinstance(first, Fixed) and isinstance(last, Fixed) and first.first <= last.last:
        return first, last
    return Doubt(Question.DAYS)


def _day_range(match: re.Match[str], scan: Scan) -> Day | None:
    if (match.groupdict().get("join") or "").strip() in {"to", "al"} and MOVES.search(scan.text):
        return None  # "move it from Thursday to Wednesday"
    if re.search(r"\bprefie?ro (?:o |a |el )?$", scan.text[: match.start("first")]):
        return None  # "prefiro quinta a sexta"
    kinds = {type(scan.value_at(match.start(name))) for name in ("first", "last")}
    if "-" in (match.groupdict().get("join") or "") and len(kinds) > 1:
        return None  # "hoje - sexta" names one day twice
    ends = _ends(match, scan)
    return ends if isinstance(ends, Doubt) else Fixed(ends[0].first, ends[1].last)


def _day_bound(match: re.Match[str], scan: Scan) -> Day | None:
    day, bound = scan.value_at(match.start("day")), match.group("bound")
    if bound == "from" and MOVES.search(scan.text):
        return None
    if isinstance(day, Weekday):
        day = settle(day, today=scan.today)
    if not isinstance(day, Fixed):
        return day if isinstance(day, Doubt) else Doubt(Question.DAY)
    if bound.startswith(("ate", "until", "till", "hasta", "by")):
        return Fixed(min(scan.today, day.last), day.last)
    if bound.startswith(("antes", "before")):
        if re.match(r"fim d[oe] (?!semana)|end of", scan.source[match.start("day") :]):
            return Doubt(Question.DAY)  # "antes do fim do mês"
        last = day.first - timedelta(days=1)
        return Fixed(scan.today, last) if last >= scan.today else Doubt(Question.DAY)
    start = (
        day.first if bound.startswith(("a partir", "from", "em", "para", "en", "on")) else day.last + timedelta(days=1)
    )
    return Fixed(start, start + timedelta(days=OPEN_DAYS))


def _week_of(match: re.Match[str], scan: Scan) -> Day | None:
    """Read "a semana do dia 7"."""
    day = scan.value_at(match.start("day"))
    if not isinstance(day, Fixed):
        return None
    span = week_span(day.first, 0)
    return Fixed(max(span.first, scan.today), span.last)


def _bare_number(match: re.Match[str], scan: Scan) -> Day:
    """Read "sexta 9": an hour or a day of the month."""
    number = int(match.group("bare"))
    day = day_of_month(number, today=scan.today)
    choices = (day.first,) if isinstance(day, Fixed) else ()
    return Doubt(Question.MEANT, (f"{number}h", *choices)) if number < 24 else Doubt(Question.DAY)


def _feast(day: int, month: int) -> Builder:
    return lambda _match, scan: day_and_month(day, month, year=None, today=scan.today)


def _counted_from(match: re.Match[str], scan: Scan) -> Day | None:
    """Read "a week from Monday"."""
    day = scan.value_at(match.start("day"))
    start = settle(day, today=scan.today) if isinstance(day, Weekday) else day
    if not isinstance(start, Fixed):
        return start if isinstance(start, Doubt) else None
    return _one(start.first + timedelta(weeks=int(match.group("count"))))


def _idiom(match: re.Match[str], scan: Scan) -> Day | None:
    """Read "de hoje a oito": a week from today, though some count eight days."""
    day = scan.value_at(match.start("day"))
    if not isinstance(day, Fixed):
        return None
    later = day.first + timedelta(days=int(match.group("count")))
    return Doubt(Question.MEANT, (later - timedelta(days=1), later))


def _ask(question: Question, *ahead: int) -> Builder:
    """Return the builder of a question, about the days so many days ahead."""
    return lambda _match, scan: Doubt(question, tuple(scan.today + timedelta(days=days) for days in ahead))


_DD = r"(?P<day>\d{1,2})"
_ANY_MONTH = rf"(?P<month>{words(MONTHS)}|\d{{1,2}}(?!\d|/|\sde\b))"
_MONTH = rf"(?P<month>{words(MONTHS)})"
# Short names that are no everyday words stand beside a number without "de": "24 nov", "Dec 3".
_BARE_MONTH = rf"(?P<month>{words(MONTHS.keys() - {'mar', 'set', 'ago', 'out', 'mai', 'sep', 'dez'})})"
_UNTIL = rf"(?:o\s)?(?:dia\s)?(?P<until>\d{{1,2}})(?:\s(?:de|of)\s|/){_ANY_MONTH}"
_YEAR = r"(?P<year>\d{4}|\d\d)"
_NEAR_YEAR = r"(?:,?\s(?:(?:de|del|do|of)\s)?(?P<year>20\d\d))?"
_BEFORE_DATE = r"(?<![\d/.,$:-])(?:\bdia\s)?"
_NO_HOUR = r"(?!\d|/\d(?!\d?h)|\s?(?:h|hs|hrs|horas?|am|pm|min)\b|h\d|:\d)"
_SHY = words(SHY_WEEKDAYS)
_THE = r"(?:\b(?:o|a|os|as|el|the|on)\s)?"
_D = r"D=*"

DAY_RULES = compile_rules(
    (r"\bamanha (?:ou|e) depois\b(?! de amanha)|\bmanana o pasado\b(?! manana)", _ask(Question.DAY_OF, 1, 2)),
    (r"\bdepois (?:de |da )?amanha\b|\bpasado manana\b|\b(?:the )?day after tomorrow\b", _days_ahead(2)),
    (r"\bqta\b|\bdaqui(?: a)? \d (?:segunda|terca|quarta|quinta|sexta|sabado|domingo)s\b", _ask(Question.DAY)),
    (
        r"\b(?:sexta(?:[\s-]feira)? santa|quarta(?:[\s-]feira)? de cinzas|black friday|domingo de pascoa)\b",
        _ask(Question.DATE),
    ),
    (r"\b(?:antes|depois) d[oae]s? (?:feriado|carnaval|pascoa|ano novo|ferias|viagem)\b", _ask(Question.DATE)),
    (r"\bvespera d[eo] natal\b|\bchristmas eve\b|\bnochebuena\b", _feast(24, 12)),
    (r"\bvespera d[eo] ano novo\b|\bnew year's eve\b|\bnochevieja\b", _feast(31, 12)),
    # "Em Natal" is a city.
    (
        r"\b(?:dia de natal|(?<=no )natal|(?<=do )natal|christmas(?: day)?|(?:dia de )?navidad)\b|^natal\b",
        _feast(25, 12),
    ),
    (r"(?<![\d/.-])(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?![\d/])", _iso),
    (rf"(?<![/.\d-])\b(?:dia\s)?{_DD}\s?(?:a|ao|ate|to|al|-)\s?{_UNTIL}\b", _range_in_month),
    (rf"\b(?:entre|between)\s(?:os?\s)?(?:dias?\s)?{_DD}\s(?:e|y|and)\s{_UNTIL}\b", _range_in_month),
    (rf"(?<![/.\d-])(?<!as )\b(?:dias?\s)?{_DD}\s(?:ou|e|or|and|o|y)\s{_UNTIL}\b", _either_in_month),
    (rf"{_BEFORE_DATE}{_DD}(?P<sep>\s?/\s?|-)(?P<month>\d{{1,2}})(?:(?:\s?/\s?|[.-]){_YEAR})?{_NO_HOUR}", _numeric),
    (
        rf"(?<!as ){_BEFORE_DATE}{_DD}(?P<sep>\.)(?P<month>\d\d)(?:\.{_YEAR})?(?!\d|[.,]\d|\s?h|\s?[ap]m\b|\s?%)",
        _numeric,
    ),
    (rf"\b(?:dia\s)?{_DD}\s(?P<sep>do|del)\s(?:mes )?(?P<month>\d{{1,2}})(?P<year>)(?!\d|[:h]|\s?h)", _numeric),
    (
        rf"\b(?:dia\s|the\s)?{_DD}\s(?:de|do|of)\s(?:mes de\s)?{_MONTH}\b{_NEAR_YEAR}(?:\.(?= a ))?",
        _named_month,
    ),
    (rf"\b(?:dia\s)?{_DD}\s?[/-]?\s?{_BARE_MONTH}\b(?:,?\s(?:de\s)?(?P<year>20\d\d))?", _named_month),
    (rf"\b(?:dia\s)?{_DD}[/-]{_MONTH}\b(?:[/-](?P<year>20\d\d))?", _named_month),
    (
        (
            rf"(?<!de )(?<!do )(?<!of )\b{_BARE_MONTH}\.?\s(?:the\s)?"
            rf"{_DD}(?!\d|[:h]|\s?(?:h|am|pm)\b)(?:,?\s(?P<year>20\d\d))?"
        ),
        _named_month,
    ),
    (
        (
            rf"\b(?:n?o\s)?dia\s{_DD}(?!\d|[:/]\d|h|\s?h\b)(?:\s(?:(?P<same>d?este mes|d?esse mes|do mes(?! que)"
            rf"|do corrente)|(?P<ahead>d[oe] (?:proximo mes|mes {NEXT}|outro mes))))?"
        ),
        _day_of_month,
    ),
    (
        rf"\b(?:el(?: dia)?|on the|the)\s{_DD}(?!\d|[:h/]|\s?(?:h|am|pm)\b)(?!\s[a-z]+s\b|\sof us\b)",
        _day_of_month,
    ),
    (r"\b(?:hoje|today|hoy)\b", _days_ahead(0)),
    (r"\b(?:amanha|tomorrow|(?<!la )manana)\b", _days_ahead(1)),
    *SPAN_RULES,
    (
        (
            r"\b(?P<word>daqui(?: a| ha)?|em|dentro de|in|en|within)\s(?P<about>uns |umas |about )?(?P<count>\d{1,3})\s"
            r"(?P<unit>dias?|semanas?|mes(?:es)?|days?|weeks?|months?)\b(?! uteis)"
        ),
        _in_days,
    ),
    (r"(?P<word>in)?(?P<about>)\b(?P<count>\d{1,2}) (?P<unit>weeks?|days?) from (?:now|today)\b", _in_days),
    (
        (
            rf"\b(?:(?P<before>proxim[ao]s?|next|n?es[st][ae]|d?es[st][ae]|this|outr[ao]|otro|following) )?"
            rf"(?P<name>{words(WEEKDAYS)})(?:[\s-]feiras?)?\b(?:(?<=\b[a-z]{{3}})\.)?"
            rf"(?:,?\s(?:(?P<after>{NEXT})|(?P<now>agora)\b|(?:mas )?(?:n?[ao] )?"
            r"(?P<other>outr[ao]|after next)\b(?! semana)))?"
        ),
        _weekday,
    ),
    (
        (
            r"(?:\b(?P<before>proxim[ao]|next|essa|esse|this) |\b(?:na|no|on|or|and|ou|e) |^"
            r"|(?<=[,(]\s)|(?<==/)|(?<==\s))"
            rf"(?P<name>{_SHY})\b\.?(?=\s?(?:$|[,/(?!.]|para\b|X|D|(?:as?|at)?\s?\d"
            r"|(?:or|ou|and|morning|afternoon|de manha|vc|voce|tem)\b))"
        ),
        _weekday,
    ),
    (
        (
            rf"\b(?P<name>{_SHY})\b[.,]?"
            rf"(?=\s?(?:D|(?:as|at) \d|\d{{1,2}}[h:/]|(?:or|ou|and) D|(?:morning|afternoon|evening)\b))"
        ),
        _weekday,
    ),
    (rf"(?<==),?\s{_DD}(?=,?\s(?:as|at|a las)\s\d|,?\s\d{{1,2}}h|,?\s(?:de manha|as? (?:tarde|noite)))", _day_of_month),
    (r"(?<==),?\s(?P<day>2[4-9]|3[01])(?=\s?(?:$|[,.!?;]|para \d|X))", _day_of_month),
    (
        (
            r"(?<==),?\s(?:(?:ou|e|or|o|y)\s)?(?P<bare>\d{1,2})"
            r"(?=\s?(?:$|para \d|X|[.,](?!\d)|[!?;]|(?:ou|or|e|y)\s(?![1-5][05]\b)\d))"
        ),
        _bare_number,
    ),
    (rf"\bsemana d[eoa]\s{_THE}(?P<day>{_D})", _week_of),
    (rf"\b(?P<count>\d) weeks? from {_THE}(?P<day>{_D})", _counted_from),
    (rf"(?P<day>{_D}) week\b", _ask(Question.DAY)),
    (rf"\bde (?P<day>{_D}) (?:a|en) (?P<count>8|15)(?: dias)?\b(?! de)", _idiom),
    (rf"\b(?:entre|between)\s{_THE}(?P<first>{_D})\s(?:e|and|y)\s{_THE}(?P<last>{_D})", _day_range),
    (
        (
            rf"(?:\b(?:de|do|da|desde|from|del)\s)?{_THE}(?P<first>{_D})"
            rf"(?P<join>\s(?:a|ao|ate|to|al|hasta|until)\s|\s?-\s?){_THE}(?P<last>{_D})"
        ),
        _day_range,
    ),
    (rf"\b(?P<bound>from)\s{_THE}(?P<day>{_D})", _day_bound),
    (rf"\bd[ae]\s(?P<first>{_D})\sas\s(?P<last>{_D})", _day_range),
    (rf"\b(?P<bound>from)\s{_THE}(?P<day>{_D}) on(?:wards)?\b", _day_bound),
    (rf"(?:\bd[aeo]\s)?(?P<day>{_D}) (?P<bound>em diante|para frente|en adelante|onwards)\b", _day_bound),
    (
        (
            r"\b(?P<bound>ate|antes d[aeo]s?|antes del?|a partir d[aeo]l?s?|depois d[aeo]s?|despues del?|apos|after"
            rf"|before|until|by|till|hasta)\s{_THE}(?P<day>{_D})"
        ),
        _day_bound,
    ),
)
