"""How stretches of days are said: weeks, weekends, months, their edges, and "a última sexta de dezembro"."""

import re
from datetime import timedelta

from language._when_calendar import month_span, week_span
from language._when_names import MONTHS, WEEKDAYS, words
from language._when_questions import Question
from language._when_words import Builder, Day, Doubt, Fixed, Scan

NEXT = r"(?:que vem|que entra|que viene|proxim[ao]|seguinte|siguiente)"
# "Marco" is also a name, "may" a verb: both are months only behind a word that calls for one.
LONG_MONTH = rf"(?P<month>{words(name for name in MONTHS if len(name) > 3 or name == 'may')})"
_NEXT_WEEK = rf"(?P<ahead>proxima semana|semana {NEXT}|next week)"
_NEXT_MONTH = rf"(?P<ahead>proximo mes|mes {NEXT}|next month)"
_THIS = r"(?:n?es[st][ae]|d?es[st][ae]|this|of this|o|a|la|el)"
_EDGE = (
    r"(?P<edge>comeco|me(?:io|ados|diados)|fim|end|beginning|start|early|late|mid(?:dle)?|principios?|fin(?:al|es)*)"
)
_OF = rf"(?: (?:d[aeo]|del?|of the|of) (?:{_THIS} )?|[ -])"
_NTH = {"prim": 1, "firs": 1, "segu": 2, "seco": 2, "terc": 3, "thir": 3, "quar": 4, "four": 4, "cuar": 4}


def _from_today(span: Fixed, scan: Scan) -> Fixed | Doubt:
    """Return what is left of a stretch of days."""
    return Fixed(max(span.first, scan.today), span.last) if span.last >= scan.today else Doubt(Question.DAY)


def _weekend(match: re.Match[str], scan: Scan) -> Day:
    saturday = scan.today + timedelta(days=5 - scan.today.weekday())
    spans = [Fixed(saturday + timedelta(weeks=n), saturday + timedelta(weeks=n, days=1)) for n in (0, 1)]
    following = match.group("before") or match.group("after")
    if scan.today.weekday() == 6 and not following:
        return Doubt(Question.MEANT, (scan.today, spans[1].first))
    if following and scan.today.weekday() < 5:
        return Doubt(Question.MEANT, (spans[0].first, spans[1].first))
    return spans[1] if following else _from_today(spans[0], scan)


def _week(match: re.Match[str], scan: Scan) -> Day:
    said = match.groupdict()
    if scan.today.weekday() == 6:  # a day that ends the week for some and begins it for others
        tomorrow = scan.today + timedelta(days=1)
        return (
            Doubt(Question.MEANT, (tomorrow, tomorrow + timedelta(weeks=1)))
            if said.get("ahead")
            else Doubt(Question.DAY)
        )
    span = week_span(scan.today, 1 if said.get("ahead") else 0)
    edge = said.get("edge")
    if not edge:
        return _from_today(span, scan)
    if edge.startswith(("fim", "end", "fin", "late")):
        return Doubt(Question.END_OF_WEEK)
    first, last = (1, 3) if edge.startswith(("me", "mid")) else (0, 1)
    if span.first + timedelta(days=last) < scan.today:
        span = week_span(scan.today, 1)
    return _from_today(Fixed(span.first + timedelta(days=first), span.first + timedelta(days=last)), scan)


def _coming(match: re.Match[str], scan: Scan) -> Day:
    """Read "nos próximos três dias"."""
    days = int(match.group("count")) * (7 if match.group("unit") in {"semanas", "weeks"} else 1)
    return Fixed(scan.today, scan.today + timedelta(days=days))


def _month(match: re.Match[str], scan: Scan, *, passed: bool = False) -> Fixed:
    """Return the whole month that a match names; `passed`: the one a year later, or the next."""
    said = match.groupdict()
    if said.get("month"):
        return month_span(scan.today, (MONTHS[said["month"]] - scan.today.month) % 12 + 12 * passed)
    return month_span(scan.today, bool(said.get("ahead")) + passed)


def _in_month(match: re.Match[str], scan: Scan) -> Day | None:
    if match.group("month") == "marco" and match.group("loose"):
        return None
    return _from_today(_month(match, scan), scan)


def _part_of_month(match: re.Match[str], scan: Scan) -> Day:
    edge, span = match.group("edge"), _month(match, scan)
    if edge.startswith(("fim", "end", "fin", "late")):
        found = Fixed(span.first.replace(day=21), span.last)
        return Doubt(Question.MEANT, (scan.today,)) if found.last == scan.today else _from_today(found, scan)
    first = 11 if edge.startswith(("me", "mid")) else 1
    if span.first.replace(day=first + 9) < scan.today:
        span = _month(match, scan, passed=True)
    return _from_today(Fixed(span.first.replace(day=first), span.first.replace(day=first + 9)), scan)


def _nth_of_month(match: re.Match[str], scan: Scan) -> Day:
    """Read "a primeira semana de dezembro", "a última sexta do mês", "a segunda quinzena"."""
    found = _nth(match, _month(match, scan))
    if found.last < scan.today and match.groupdict().get("month"):
        found = _nth(match, _month(match, scan, passed=True))
    return _from_today(found, scan)


def _nth(match: re.Match[str], month: Fixed) -> Fixed:
    nth, what = _NTH.get(match.group("nth")[:4]), re.split(r"[\s-]", match.group("what"))[0]
    if what.startswith(("quinzena", "quincena")):
        half = month.first.replace(day=15)
        return Fixed(month.first, half) if nth == 1 else Fixed(half + timedelta(days=1), month.last)
    if what in WEEKDAYS:
        first = month.first + timedelta(days=(WEEKDAYS[what] - month.first.weekday()) % 7)
        last = month.last - timedelta(days=(month.last.weekday() - WEEKDAYS[what]) % 7)
        day = first + timedelta(weeks=nth - 1) if nth else last
        return Fixed(day, day)
    length = timedelta(days=6 if what.startswith(("semana", "week")) else 0)
    first = month.first + (length + timedelta(days=1)) * (nth - 1) if nth else month.last - length
    return Fixed(first, first + length)


def _ask(question: Question) -> Builder:
    return lambda _match, _scan: Doubt(question)


SPAN_RULES: tuple[tuple[str, Builder], ...] = (
    (
        (
            rf"\b(?P<nth>primeir[ao]|segund[ao]|terceir[ao]|quart[ao]|ultim[ao]|first|second|third|fourth|last|primera?"
            rf"|tercera?"
            rf"|cuart[ao]) (?P<what>semana|week|quinzena|quincena|dia|day|(?:{words(WEEKDAYS)})(?:[\s-]feira)?)"
            rf"(?: (?:d[aeo]|del?|of the|of|in|em)) (?:{_THIS} )?(?:{_NEXT_MONTH}|mes\b|month\b|{LONG_MONTH}\b)"
        ),
        _nth_of_month,
    ),
    (
        (
            r"\b(?:(?:n?es[st]e|deste|o|no|this|on the|the|el) )?(?P<before>proximo |next )?(?:fim de semana|weekend)\b"
            rf"(?P<after> {NEXT})?"
        ),
        _weekend,
    ),
    (rf"\b{_EDGE}{_OF}(?:{_NEXT_WEEK}|semana|week)\b", _week),
    (
        r"\b(?:n?[ao]s )?(?:proxim[ao]s|next|proximos) (?P<count>\d{1,2}) (?P<unit>dias|semanas|days|weeks)\b",
        _coming,
    ),
    (r"\b(?:n?a )?(?:outra semana|semana sem ser essa)\b", _ask(Question.WEEK)),
    (rf"\b(?:n?a )?{_NEXT_WEEK}\b", _week),
    (r"\b(?:n?es[st]a|dess?t?a|this|d?esta) (?:mesma )?(?:semana|week)\b|\bainda na semana\b", _week),
    (rf"\b{_EDGE}{_OF}(?:{_NEXT_MONTH}|mes\b|month\b|{LONG_MONTH}\b)", _part_of_month),
    (rf"\b(?:n?o )?{_NEXT_MONTH}\b", lambda match, scan: _month(match, scan)),
    (r"\b(?:[nd]?es[st]e mes|this month)\b", lambda match, scan: _from_today(_month(match, scan), scan)),
    (
        (
            rf"(?:\b(?:em|en|in|mes de|(?P<loose>para))\s|(?<=partir de )|(?<=depois de )|(?<=antes de )|(?<=ate ))"
            rf"{LONG_MONTH}\b(?! \d)"
        ),
        _in_month,
    ),
)
