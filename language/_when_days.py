"""How days are said: small rules, each a regular expression and a builder.

Order matters: what an earlier rule has read is out of reach of a later one (see `Scan`).
"""

import re
from datetime import date, timedelta

from language._when_words import (
    MONTHS,
    SHY_WEEKDAYS,
    WEEKDAY_NAMES,
    WEEKDAYS,
    Builder,
    Day,
    Doubt,
    Fixed,
    Scan,
    Weekday,
    Which,
    compile_rules,
    words,
)

# "From the 15th on" has no end; two weeks are the longest span the agenda is read for at once.
OPEN_DAYS = 13

_MONTH = rf"(?P<month>{words(MONTHS)})"
_FULL_MONTH = rf"(?P<month>{words(name for name in MONTHS if len(name) > 3 or name == 'may')})"
_ANY_MONTH = rf"(?P<month>{words(MONTHS)}|\d{{1,2}})"
_NEXT = r"(?:que vem|que viene|proxim[ao]|seguinte)"


def label(day: date) -> str:
    """Return the day as Brazilians write it: "quinta-feira, 26/11"."""
    return f"{WEEKDAY_NAMES[day.weekday()]}, {day:%d/%m}"


def make_day(year: int, month: int, *, day: int) -> date | None:
    """Return that date, or None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_and_month(day: int, month: int, *, year: int | None, today: date) -> Fixed | Doubt:
    """Return the date; without a year the coming one, and a doubt when it has just passed or does not exist."""
    leap = make_day(2024, month, day=day)
    if leap is None:
        return Doubt(f"O dia {day:02}/{month:02} não existe. Qual data você prefere?")
    found = make_day(year or today.year, month, day=day)
    if found and year is None and (today - found).days > 31:
        found = make_day(today.year + 1, month, day=day)
    if found is None:
        return Doubt(f"O dia {day:02}/{month:02} não existe nesse ano. Qual data você prefere?")
    if found < today:
        return Doubt(f"O dia {found:%d/%m/%Y} já passou. Qual data você prefere?", about=found)
    return Fixed(found, found)


def month_span(today: date, ahead: int) -> Fixed:
    """Return the whole month that is `ahead` months after the one of `today`."""
    months = today.year * 12 + today.month - 1 + ahead
    first = date(months // 12, months % 12 + 1, 1)
    months += 1
    return Fixed(first, date(months // 12, months % 12 + 1, 1) - timedelta(days=1))


def week_span(today: date, ahead: int) -> Fixed:
    """Return Monday to Sunday of the ISO week `ahead` weeks after this one."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
    return Fixed(monday, monday + timedelta(days=6))


def _days_ahead(days: int) -> Builder:
    return lambda _match, scan: _one(scan.today + timedelta(days=days))


def _one(day: date) -> Fixed:
    return Fixed(day, day)


def _numeric(match: re.Match[str], scan: Scan) -> Day | None:
    day, month, year = (int(group) if group else None for group in match.group("day", "month", "year"))
    if day is None or month is None:
        return None
    if "." in match.group() and month > 12 and year is None:
        return None  # "17.30" is a clock time
    if match.group("sep") == "-" and year is None and 6 <= day < month <= 12:
        return Doubt(f"Você quer dizer o dia {day:02}/{month:02} ou das {day}h às {month}h?")
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
    return next((end for end in ends if isinstance(end, Doubt)), Doubt("De que dia até que dia?"))


def _day_of_month(match: re.Match[str], scan: Scan) -> Day:
    """Read "dia 15": this month's, or the next month's once it has passed."""
    day, ahead = int(match.group("day")), match.groupdict().get("ahead")
    first = month_span(scan.today, 1 if ahead else 0).first
    if not ahead and not match.groupdict().get("same") and 0 < day < scan.today.day:
        first = month_span(scan.today, 1).first
    found = make_day(first.year, first.month, day=day)
    if found is None:
        return Doubt(f"O dia {day}/{first:%m} não existe. Qual data você prefere?")
    return _one(found) if found >= scan.today else Doubt(f"O dia {found:%d/%m} já passou. Qual data você prefere?")


def _in_days(match: re.Match[str], scan: Scan) -> Day | None:
    count, unit = int(match.group("count")), match.group("unit")
    if unit.startswith(("mes", "month")):
        span = month_span(scan.today, count)
        return _one(make_day(span.first.year, span.first.month, day=scan.today.day) or span.last)
    day = scan.today + timedelta(days=count * (7 if unit.startswith(("semana", "week")) else 1))
    if count in {8, 15} and not unit.startswith(("semana", "week")) and not match.group("word").startswith("in"):
        # "Quinze dias" is how people say two weeks, as "oito dias" is one.
        return Doubt(f"Você quer dizer {label(day - timedelta(days=1))}, ou {label(day)}?")
    return _one(day)


def _weekday(match: re.Match[str], _scan: Scan) -> Day | None:
    name = match.group("name")
    index = WEEKDAYS[name] if name in WEEKDAYS else SHY_WEEKDAYS[name]
    before, after = match.groupdict().get("before") or "", match.groupdict().get("after") or ""
    if before.startswith(("prox", "next", "que")) or after:
        return Weekday(index, Which.NEXT)
    if before.startswith("outr"):
        return Weekday(index, Which.OTHER)
    return Weekday(index, Which.COMING if before else Which.PLAIN)


def _part_of_month(match: re.Match[str], scan: Scan) -> Day:
    if match.groupdict().get("month"):
        ahead = (MONTHS[match.group("month")] - scan.today.month) % 12
    else:
        ahead = 1 if match.groupdict().get("ahead") else 0
    edge = match.group("edge")
    days = (1, 10) if edge.startswith(("comeco", "beg", "start", "princip")) else (11, 20)
    span = month_span(scan.today, ahead)
    if edge.startswith(("fim", "end", "fin")):
        days = (21, span.last.day)
    if ahead == 0 and span.first.replace(day=days[1]) < scan.today:
        span = month_span(scan.today, 12 if match.groupdict().get("month") else 1)
    return Fixed(max(scan.today, span.first.replace(day=days[0])), span.first.replace(day=min(days[1], span.last.day)))


def _in_month(match: re.Match[str], scan: Scan) -> Day:
    span = month_span(scan.today, (MONTHS[match.group("month")] - scan.today.month) % 12)
    return Fixed(max(span.first, scan.today), span.last)


def _weekend(match: re.Match[str], scan: Scan) -> Day:
    saturday = scan.today + timedelta(days=5 - scan.today.weekday())
    spans = [Fixed(saturday + timedelta(weeks=n), saturday + timedelta(weeks=n, days=1)) for n in (0, 1)]
    following = match.group("before") or match.group("after")
    if scan.today.weekday() == 6 and not following:
        return Doubt(f"Você quer dizer hoje ou {label(spans[1].first)}?")
    if following and scan.today.weekday() < 5:
        return Doubt(f"Qual fim de semana: o de {spans[0].first:%d/%m} ou o de {spans[1].first:%d/%m}?")
    return spans[1] if following else Fixed(max(spans[0].first, scan.today), spans[0].last)


def _week(match: re.Match[str], scan: Scan) -> Day:
    ahead = 1 if match.groupdict().get("ahead") else 0
    span = week_span(scan.today, ahead)
    edge = match.groupdict().get("edge") or ""
    if edge.startswith(("fim", "end", "fin")):
        return Doubt("Você prefere quinta-feira, sexta-feira ou o fim de semana?")
    if edge:
        days = (0, 1) if edge.startswith(("comeco", "beg", "start", "princip")) else (1, 3)
        if span.first + timedelta(days=days[1]) < scan.today:
            span = week_span(scan.today, 1)
        span = Fixed(span.first + timedelta(days=days[0]), span.first + timedelta(days=days[1]))
    return Fixed(max(span.first, scan.today), span.last)


def settle(weekday: Weekday, *, today: date, passed: bool = False) -> Fixed | Doubt:
    """Return the date that a weekday's name means; `passed`: today would be too late for the time said."""
    ahead = (weekday.index - today.weekday()) % 7
    coming = today + timedelta(days=ahead)
    after = coming + timedelta(weeks=1)
    if weekday.which is Which.NEXT and ahead == 0:
        return _one(after)
    # On Monday "quinta que vem" is this Thursday for some and next week's for others.
    unclear = weekday.which is Which.NEXT and weekday.index > today.weekday()
    if unclear or weekday.which is Which.OTHER or (ahead == 0 and not passed):
        first = f"hoje, {coming:%d/%m}" if ahead == 0 else label(coming)
        return Doubt(f"Você quer dizer {first}, ou {label(after)}?")
    return _one(after if ahead == 0 else coming)


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
    return Doubt("De que dia até que dia?")


def _day_range(match: re.Match[str], scan: Scan) -> Day:
    ends = _ends(match, scan)
    return ends if isinstance(ends, Doubt) else Fixed(ends[0].first, ends[1].last)


def _day_bound(match: re.Match[str], scan: Scan) -> Day:
    day, bound = scan.value_at(match.start("day")), match.group("bound")
    if isinstance(day, Weekday):
        day = settle(day, today=scan.today)
    if not isinstance(day, Fixed):
        return day if isinstance(day, Doubt) else Doubt("Qual dia você prefere?")
    if bound.startswith(("ate", "until", "till", "hasta")):
        return Fixed(min(scan.today, day.last), day.last)
    if bound.startswith(("antes", "before")):
        last = day.first - timedelta(days=1)
        return Fixed(scan.today, last) if last >= scan.today else Doubt("Qual dia você prefere?")
    start = day.first if bound.startswith(("a partir", "from", "desde")) else day.last + timedelta(days=1)
    return Fixed(start, start + timedelta(days=OPEN_DAYS))


def _week_of(match: re.Match[str], scan: Scan) -> Day | None:
    """Read "a semana do dia 7"."""
    day = scan.value_at(match.start("day"))
    if not isinstance(day, Fixed):
        return None
    span = week_span(day.first, 0)
    return Fixed(max(span.first, scan.today), span.last)


def _bare_number(match: re.Match[str], _scan: Scan) -> Day:
    if int(match.group("bare")) > 23:
        return Doubt("Qual dia você prefere?")
    return Doubt(f"Você quer dizer às {match.group('bare')}h ou o dia {match.group('bare')}?")


def _ask(question: str) -> Builder:
    return lambda _match, _scan: Doubt(question)


_DD = r"(?P<day>\d{1,2})"
_UNTIL = rf"(?:o\s)?(?:dia\s)?(?P<until>\d{{1,2}})(?:\s(?:de|of)\s|/){_ANY_MONTH}"
_YEAR = r"(?P<year>\d{4}|\d\d)"
_BEFORE_DATE = r"(?<![\d/.,$:-])(?:\bdia\s)?"
_NO_HOUR = r"(?!\d|/\d|\s?(?:h|hs|hrs|horas?|am|pm|min)\b|h\d|:\d)"
_NAMES = words(WEEKDAYS)
_EDGE = r"(?P<edge>comeco|meio|meados|fim|end|beginning|start|middle|principios?|mediados|fin(?:es|al)?)"
_THIS = r"(?:n?es[st][ae]|d?es[st][ae]|this|of this|o|a)"
_THE = r"(?:o\s|a\s|os\s|as\s|el\s|the\s|on\s)?"
_D = r"D=*"

DAY_RULES = compile_rules(
    (r"\bamanha (?:ou|e) depois\b(?! de amanha)", _ask("Qual dia você prefere: amanhã ou depois de amanhã?")),
    (r"\bdepois (?:de |da )?amanha\b|\bpasado manana\b|\b(?:the )?day after tomorrow\b", _days_ahead(2)),
    (
        r"\b(?:sexta(?:[\s-]feira)? santa|quarta(?:[\s-]feira)? de cinzas|black friday|domingo de pascoa)\b",
        _ask("Qual é a data?"),
    ),
    (
        r"\b(?:antes|depois) d[oae]s? (?:feriado|natal|carnaval|pascoa|ano novo|ferias|viagem)\b",
        _ask("A partir de que data?"),
    ),
    (r"(?<![\d/.-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\d/])", _iso),
    (rf"(?<![/.\d-])\b(?:dia\s)?{_DD}\s?(?:a|ao|ate|to|al|-)\s?{_UNTIL}\b", _range_in_month),
    (rf"\b(?:entre|between)\s(?:os?\s)?(?:dias?\s)?{_DD}\s(?:e|y|and)\s{_UNTIL}\b", _range_in_month),
    (rf"{_BEFORE_DATE}{_DD}\s?(?P<sep>[/-])\s?(?P<month>\d{{1,2}})(?:\s?[/.-]\s?{_YEAR})?{_NO_HOUR}", _numeric),
    (rf"{_BEFORE_DATE}{_DD}(?P<sep>\.)(?P<month>\d\d)(?:\.{_YEAR})?(?!\d|[.,]\d|\s?h|\s?%)", _numeric),
    (rf"\b(?:dia\s)?{_DD}\s(?P<sep>do|del)\s(?P<month>\d{{1,2}})(?P<year>)(?!\d|[:h]|\s?h)", _numeric),
    (
        (
            rf"\b(?:dia\s|the\s)?{_DD}\s(?:de|do|of)\s(?:mes de\s)?{_MONTH}\b(?:\s(?:de|del|do"
            rf"|of)\s(?P<year>\d{{4}}))?"
        ),
        _named_month,
    ),
    (rf"\b(?:dia\s)?{_DD}\s?[/-]?\s?{_FULL_MONTH}\b(?:\s(?:de\s)?(?P<year>20\d\d))?", _named_month),
    (rf"\b(?:dia\s)?{_DD}[/-]{_MONTH}\b(?:[/-](?P<year>20\d\d))?", _named_month),
    (rf"\b{_FULL_MONTH}\s(?:the\s)?{_DD}(?!\d|[:h]|\s?(?:h|am|pm)\b)(?:,?\s(?P<year>20\d\d))?", _named_month),
    (
        (
            rf"\b(?:n?o\s)?dia\s{_DD}(?!\d|[:h/]|\s?h\b)(?:\s(?:(?P<same>d?este mes|d?esse mes"
            rf"|do mes(?! que)|do corrente)"
            rf"|(?P<ahead>d[oe] (?:proximo mes|mes {_NEXT}|outro mes))))?"
        ),
        _day_of_month,
    ),
    (rf"\b(?:el(?: dia)?|on the|the)\s{_DD}(?!\d|[:h/]|\s?(?:h|am|pm)\b)(?!\s[a-z]+s\b)", _day_of_month),
    (r"\b(?:hoje|today|hoy)\b", _days_ahead(0)),
    (r"\b(?:amanha|tomorrow|(?<!la )manana)\b", _days_ahead(1)),
    (
        (
            r"\b(?:(?:esse|este|neste|nesse|deste|o|no|this|on the|el) )?(?P<before>proximo "
            r"|next )?(?:fim de semana|weekend)\b"
            rf"(?P<after> {_NEXT})?"
        ),
        _weekend,
    ),
    (
        (
            rf"\b{_EDGE} (?:d[ae]|del?|of the|of) (?:{_THIS} )?(?:(?P<ahead>proxima semana|semana {_NEXT}"
            rf"|next week)|semana|week)\b"
        ),
        _week,
    ),
    (r"\b(?:n?a )?(?:outra semana|semana sem ser essa)\b", _ask("A semana que vem ou a seguinte?")),
    (rf"\b(?:n?a )?(?P<ahead>proxima semana|semana {_NEXT}|next week)\b", _week),
    (r"\b(?:n?es[st]a|dess?t?a|this|d?esta) (?:mesma )?(?:semana|week)\b|\bainda na semana\b", _week),
    (
        (
            rf"\b{_EDGE} (?:d[oe]|del?|of the|of) (?:{_THIS} )?(?:(?P<ahead>proximo mes|mes {_NEXT}|next month)"
            rf"|mes\b|month|{_MONTH}\b)"
        ),
        _part_of_month,
    ),
    (rf"\b(?:n?o )?(?:proximo mes|mes {_NEXT}|next month)\b", lambda _match, scan: month_span(scan.today, 1)),
    (
        r"\b(?:n?es[st]e mes|deste mes|este mes|this month)\b",
        lambda _match, scan: Fixed(scan.today, month_span(scan.today, 0).last),
    ),
    (rf"\b(?:em|en|in|mes de|a partir de|depois de|desde|from) {_FULL_MONTH}\b", _in_month),
    (
        (
            r"\b(?P<word>daqui(?: a| ha)?|em|dentro de|in|en|within)\s(?:uns |umas )?(?P<count>\d{1,3})\s"
            r"(?P<unit>dias?|semanas?|mes(?:es)?|days?|weeks?|months?)\b(?! uteis)"
        ),
        _in_days,
    ),
    (r"(?P<word>in)?\b(?P<count>\d{1,2}) (?P<unit>weeks?|days?) from (?:now|today)\b", _in_days),
    (
        (
            rf"\b(?:(?P<before>proxim[ao]s?|next|n?es[st][ae]|d?es[st][ae]|this|outr[ao]) )?(?P<name>{_NAMES})"
            rf"(?:[\s-]feiras?)?\b\.?(?:,?\s(?P<after>{_NEXT}))?"
        ),
        _weekday,
    ),
    (
        (
            rf"(?:\b(?P<before>proxim[ao]|next|essa|esse|this) |\b(?:na|no|on) |^"
            rf"|(?<=[,(]\s))(?P<name>{words(SHY_WEEKDAYS)})\b"
            r"\.?(?=\s?(?:$|[,/(?]|D|(?:as?|at)?\s?\d))"
        ),
        _weekday,
    ),
    (rf"\b(?P<name>{words(SHY_WEEKDAYS)})\b[.,]?(?=\s?(?:D|(?:as|at) \d|\d{{1,2}}[h:/]))", _weekday),
    (rf"(?<==),?\s{_DD}(?=,?\s(?:as|at|a las)\s\d|,?\s(?:de manha|as? (?:tarde|noite)))", _day_of_month),
    (r"(?<==),?\s(?P<day>2[5-9]|3[01])(?=\s?(?:$|[,.!?;]))", _day_of_month),
    (r"(?<==),?\s(?:(?:ou|e|or|o|y)\s)?(?P<bare>\d{1,2})(?=\s?(?:$|[.,!?;]|(?:ou|or|e|y)\s\d))", _bare_number),
    (rf"\bsemana d[eoa]\s{_THE}(?P<day>{_D})", _week_of),
    (rf"\b(?:entre|between)\s{_THE}(?P<first>{_D})\s(?:e|and|y)\s{_THE}(?P<last>{_D})", _day_range),
    (
        (
            rf"(?:\b(?:de|do|da|desde|from|del)\s)?{_THE}(?P<first>{_D})\s?(?:a|ao|ate|to|al|hasta|-"
            rf"|until)\s?{_THE}(?P<last>{_D})"
        ),
        _day_range,
    ),
    (
        (
            r"\b(?P<bound>ate|antes d[aeo]s?|antes del?|a partir d[aeo]s?|depois d[aeo]s?|despues del?|apos"
            r"|after|before|until|till"
            rf"|desde|hasta)\s{_THE}(?P<day>{_D})"
        ),
        _day_bound,
    ),
)
