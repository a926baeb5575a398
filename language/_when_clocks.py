"""How clock times and parts of the day are said: small rules, each a regular expression and a builder.

They run after the rules for days, so "15.12", "dia 15" and "9-11" as a date are out of their reach.
"""

import re
from datetime import UTC, time, timedelta

from language._when_questions import Question
from language._when_words import Builder, Clock, Doubt, Fixed, Hour, Part, Scan, Window, compile_rules

# In Spain the afternoon lasts until eight.
DAYTIME = {
    "manha": range(1, 12),
    "tarde": range(1, 8),
    "tardes": range(1, 9),
    "noite": range(6, 12),
    "madrugada": range(1, 6),
}
_FOREIGN = {"morning": "manha", "manana": "manha", "afternoon": "tarde", "evening": "noite", "night": "noite"}
_FOREIGN |= {"noche": "noite", "tarde": "tardes", "am": "manha", "pm": "noite"}

# Words behind a bare number that make it a quantity ("as 3 sessões"); plural nouns, with few exceptions.
_QUANTITY = re.compile(
    r"\s?(?:[/%x+]|(?!(?:mais|antes|depois|pois|nas|nos|mas|horas|please|gracias|thanks|tardes|as|das|ambos"
    r"|talvez)\b)"
    r"[a-z]{3,}s\b|(?:por cento|mil|pm2|e [1-9]\b(?! ?h)|ou \d sess|pessoa|vaga|hora[s]? de)\b)"
)


def _clock(tag: str = "") -> str:
    """Return the expression for one clock time; group names end in `tag` so that two fit in one rule."""
    return _face(tag) + _of_day(tag)


def _face(tag: str) -> str:
    return (
        rf"(?:(?P<noon{tag}>meiodia|mediodia|noon|midday)|(?P<night{tag}>meianoite|midnight|medianoche)"
        rf"|(?P<hour{tag}>\d{{1,2}})(?:"
        rf"(?P<colon{tag}>\s?h?\s?:\s?(?P<cmin{tag}>\d\d)(?:\s?:\s?\d\d)?(?!\d)(?:\s?(?:hrs?|hs?"
        rf"|horas?|min)(?![a-z]))?)"
        rf"|(?P<dot{tag}>[.,](?P<dmin{tag}>\d\d)(?!\d)(?P<dunit{tag}>\s?(?:hrs?|hs?|horas?)(?![a-z]))?)"
        rf"|(?P<unit{tag}>\s?(?:horas?|hrs?|hs?|o'? ?clock)(?![a-z])"
        rf"(?:\s?(?:e\s)?(?P<hmin{tag}>\d\d)(?!\d|\s?h)"
        rf"(?:\s?m(?:in(?:utos?)?)?\b)?)?))?)"
        rf"(?:\s(?:e|y)\s(?P<and{tag}>meia|media|1/2|(?:um )?quarto|cuarto|[1-5][05]|5)(?![\d:]"
        rf"|\s?h)(?:\s?min(?:utos?)?\b)?)?"
    )


def _of_day(tag: str) -> str:
    return (
        rf"(?:\shoras?\b)?(?P<sharp{tag}>\s(?:em ponto|en punto|sharp)\b)?"
        rf"(?:\s?(?:(?:d[ae] |(?<=\d\s))(?P<period{tag}>(?:manha|tarde|noite|madrugada)\b)"
        rf"|(?:de la|in the|por la) (?P<foreign{tag}>manana|tarde|noche|madrugada|morning|afternoon|evening)"
        rf"|at (?P<at{tag}>night)|(?P<half{tag}>[ap])\.?\s?m\b\.?))?"
    )


def _read(match: re.Match[str], tag: str = "") -> Clock | Doubt:
    """Return the clock time of a match with every reading it allows."""
    said = match.groupdict()
    if said[f"night{tag}"]:
        return Doubt(Question.MIDNIGHT)
    hour = 12 if said[f"noon{tag}"] else int(said[f"hour{tag}"])
    minute = _minute(said, tag)
    if hour > 23 or minute > 59:
        return Doubt(Question.NO_TIME, (f"{hour}:{minute:02}",))
    period = _period(said, tag)
    hours = _hours(hour, period=period, padded=(said[f"hour{tag}"] or "").startswith("0"))
    if not hours:
        return Doubt(Question.PART_OF_DAY, (str(hour),))
    return Clock(tuple(time(reading, minute) for reading in hours))


def _minute(said: dict[str, str | None], tag: str) -> int:
    extra = said[f"and{tag}"]
    if extra:
        return int(extra) if extra.isdigit() else 15 if extra.endswith("arto") else 30
    return int(said[f"cmin{tag}"] or said[f"dmin{tag}"] or said[f"hmin{tag}"] or 0)


def _period(said: dict[str, str | None], tag: str) -> str | None:
    half = said[f"half{tag}"]
    if half:
        return f"{half}m"
    foreign = said[f"foreign{tag}"] or said[f"at{tag}"]
    return said[f"period{tag}"] or (_FOREIGN.get(foreign, foreign) if foreign else None)


def _hours(hour: int, *, period: str | None, padded: bool) -> tuple[int, ...]:
    """Return the hours of the day that a number may mean; none when it contradicts the part of the day."""
    if period in {"am", "pm"}:
        said = 0 < hour <= 12 and (hour, period) != (12, "am")
        return (hour % 12 + (12 if period == "pm" else 0),) if said else ()
    if period is None:
        return (hour,) if padded or hour == 0 or hour >= 12 else (hour, hour + 12)
    later = {"tarde": range(12, 20), "tardes": range(12, 21), "noite": range(18, 24)}.get(period, range(0))
    if hour in later:
        return (hour,)
    return (hour + (12 if later else 0),) if hour in DAYTIME[period] else ()


def _marked(match: re.Match[str], tag: str = "") -> bool:
    """Whether the words alone make a number a clock time ("15h", "3 da tarde"), without "às" before it."""
    said = match.groupdict()
    names = ("noon", "night", "colon", "unit", "period", "foreign", "at", "half", "dunit", "sharp")
    return any(said[f"{name}{tag}"] for name in names) or said[f"and{tag}"] in {"meia", "media"}


_WAY = re.compile(r"depois|apos|antes|before|after|despues")
_SHIFT = re.compile(r"(?:\dh|\b(?:horas?|hours?|min|minut[oe]s?))\s(?P<way>(?:antes|depois|before|after)\s)?$")
# At the head of a clause, but for a day; and at its end.
_ALONE_BEFORE = re.compile(r"(?:^|[,.!?;X~]\s?|\b(?:ok|tem|vaga|marcar|quero|prefiro|ser|so|para)\s)[D=,\s]*$")
_ALONE_BEHIND = re.compile(r"\s?(?:$|[,.!?;X]|para \d|pode\b)")


def _single(match: re.Match[str], scan: Scan) -> Hour | None:
    """Read one clock time, with "depois das", "até as" before it or "em diante" behind it."""
    bound, prefix = match.group("bound") or "", match.group("prefix")
    before, behind = scan.text[: match.start()], scan.text[match.end() :]
    alone = (match.group("and") or match.group("dot")) and _ALONE_BEFORE.search(before) and _ALONE_BEHIND.match(behind)
    if not _marked(match) and (not (bound or prefix or alone) or _QUANTITY.match(behind)):
        return None
    dotted = match.group("dot") and not (match.group("dunit") or match.group("half") or bound or prefix)
    if dotted and not (alone and ("." in match.group("dot") or re.search(r"[D=],?\s$", before))):
        return None  # a price, a height
    if (shift := _SHIFT.search(scan.source[: match.start()])) and (shift["way"] or _WAY.match(bound)):
        return Doubt(Question.TIME)  # "meia hora antes das 15h"
    if match.group("and") in {"5", "10"} and not (match.group("unit") or match.group("period")):
        return Doubt(Question.TIME)  # "9 e 10" is a minute to some, two hours to others
    if prefix and not _marked(match) and int(match.group("hour")) > 24:
        return None
    clock = _read(match)
    if isinstance(clock, Doubt):
        return clock
    if match.group("onwards") or bound.startswith(("depois", "a partir", "apos", "after", "despues", "from", "desde")):
        return Window(clock, None)
    return Window(None, clock) if bound else Window(clock, clock)


def _between(match: re.Match[str], scan: Scan) -> Hour | None:
    """Read "das 9 às 11", "entre 9 e 11", "9-11h"; "de 9 a 11" only beside a day, for it may name two days."""
    behind = scan.text[match.end() :]
    marked = _marked(match, "1") or _marked(match, "2")
    loose = match.group("plain") == "de" and match.group("join") == "a" and _ALONE_BEHIND.match(behind)
    # "9 às 12" is a stretch of time, "sala 2 às 10" is not.
    unclear = match.group("join") == "as" and not match.group("plain")
    if not (marked or match.group("sure") or loose or unclear) or (not _marked(match, "2") and _QUANTITY.match(behind)):
        return None
    if re.search(r"\b(?:para|for)\s$", scan.text[: match.start()]) and not (
        match.group("sure") or match.group("plain")
    ):
        return None  # "mesa para 4 às 19:30"
    if " - " in match.group() and not _marked(match, "1"):
        return None  # "sala 10 - 15h"
    if match.group("join") in {"e", "and", "y"} and not (match.group("sure") or "").startswith(("entre", "between")):
        return None
    if not marked and max(int(match.group("hour1")), int(match.group("hour2"))) > 24:
        return None
    if not (marked or match.group("sure") or (loose and "D=" in scan.text)):
        return Doubt(Question.MEANT, (f"{match.group('hour1')}h–{match.group('hour2')}h",))
    first, last = _read(match, "1"), _read(match, "2")
    if isinstance(first, Doubt):
        return first
    return last if isinstance(last, Doubt) else Window(first, last)


def _compact(match: re.Match[str], _scan: Scan) -> Hour:
    """Read "às 1530"."""
    hour, minute = int(match.group("hour")), int(match.group("hmin"))
    if hour > 23:
        return Doubt(Question.TIME)
    clock = Clock((time(hour, minute),))
    return Window(clock, clock)


def _shifted(sign: int) -> Builder:
    """Return the builder for "dez para as três" (-1) or "half past three" (+1)."""

    def build(match: re.Match[str], _scan: Scan) -> Hour:
        clock, word = _read(match), match.group("minutes")
        if isinstance(clock, Doubt):
            return clock
        minutes = int(word) if word.isdigit() else {"half": 30}.get(word, 15)
        moved = Clock(tuple(_shift(reading, minutes=sign * minutes) for reading in clock.readings))
        return Window(moved, moved)

    return build


def _shift(reading: time, *, minutes: int) -> time:
    total = (reading.hour * 60 + reading.minute + minutes) % 1440
    return time(total // 60, total % 60)


def _part(first: str, last: str) -> Builder:
    value = Part(time.fromisoformat(first), time.fromisoformat(last))
    return lambda _match, _scan: value


def _part_bound(match: re.Match[str], scan: Scan) -> Hour | None:
    """Read "até o fim da tarde": a part of the day that is only an edge."""
    part, bound = scan.value_at(match.start("part")), match.group("bound")
    if not isinstance(part, Part):
        return None
    edge = Clock((part.first if bound.startswith(("antes", "a partir")) else part.last,))
    return Window(None, edge) if bound.startswith(("antes", "ate")) else Window(edge, None)


def _until_noon(_match: re.Match[str], _scan: Scan) -> Hour:
    return Window(None, Clock((time(12),)))


def read_delays(scan: Scan) -> None:
    """Read "daqui a duas horas": the day and the minute it leads to, by the clock on the wall."""
    for match in list(_DELAY.finditer(scan.text)):
        count, unit = match.group("count"), match.group("unit")
        amount = int(count) if count.isdigit() else {"meia": 0.5, "half an": 0.5, "media": 0.5}.get(count, 1)
        delay = timedelta(minutes=amount) if unit.startswith("m") else timedelta(hours=amount)
        # Through UTC: a clock that is put back in between must not cost an hour.
        then = (scan.now.astimezone(UTC) + delay).astimezone(scan.now.tzinfo)
        clock = Clock((time(then.hour, then.minute),))
        middle = match.start() + 3
        scan.take(match.start(), middle, value=Fixed(then.date(), then.date()))
        scan.take(middle, match.end(), value=Window(clock, clock))


_DELAY = re.compile(
    r"\b(?:daqui(?: a| ha)?|em|dentro de|in|en)\s(?P<count>\d{1,3}|uma?|meia|half an|media|an)\s?"
    r"(?P<unit>h|hs|horas?|hrs?|hours?|(?<!em \d )(?<!em \d\d )(?:min|mins|minutos?|minutes?))\b(?! de )"
)
_SURE = r"(?P<sure>das|entre(?: las| as| o| el)?|between|from|de las|desde las|a partir das|dentre)"
_BOUND = (
    r"(?P<bound>depois d[aeo]s?|a partir d[aeo]s?|apos|after|despues de|desde"
    r"|ate|antes d[aeo]s?|before|until|till|by|hasta)"
)
_BEFORE = r"(?P<prefix>as|das|pelas|umas|(?:a )?las?|at|around|about|tipo|por volta d[ae]s?|eh as|@)"
_OF = (
    r"(?:\b(?:n?[ao]s?|d[ae]s?|pel[ao]s?|(?:n?a )?parte d[ae]|(?:periodo|horario|turno) d[ae]"
    r"|(?:por|en|de|a) la|in the|the|at|on)\s)"
)
_ALONE = r"(?:(?<=_)\s(?:e|ou|y|o|or|and)\s|(?<==)\s|(?<==),\s|^(?:so |prefiro |pode ser )?)"

CLOCK_RULES = compile_rules(
    (
        (
            r"\b(?:hora d[eo]l? almo(?:co)|horario d[eo] almoco|no almoco|n?a hora do almoco|lunch ?time"
            r"|hora de(?:l almuerzo| almorzar| comer)|at lunch)\b"
        ),
        _part("11:30", "14:00"),
    ),
    (
        r"\b(?:depois|apos|pos|despues|after)(?: d[oe]l?)? (?:almoco|almocar|lunch|almuerzo|almorzar|comer)\b",
        _part("13:00", "18:00"),
    ),
    (r"\b(?:antes|before)(?: d[oe]l?)? (?:almoco|almocar|lunch|almuerzo|almorzar)\b", _until_noon),
    (
        (
            rf"(?:\b{_SURE}\s)?(?:\b(?P<plain>de|as|a)\s)?(?:as\s|las\s)?(?<![\d/.,:$])(?<![\d$a-z]){_clock('1')}"
            rf"\s?(?P<join>as|a|e|y|ate|-|to|and|hasta|a las)\s?(?:as\s|las\s|la\s"
            rf"|o\s)?{_clock('2')}(?![\d/:]|[.,]\d)"
        ),
        _between,
    ),
    (
        (
            rf"(?<![:h])\b(?<!\bdas )(?<!\bas )(?<!\d e )(?:faltando )?(?P<minutes>5|10|15|20|25|(?:um )?quarto|quarter"
            rf"|cuarto)\s(?:minut[oe]s?\s)?"
            rf"(?:para\s(?:(?:as|o|a|las|la)\s|(?=meio))|to\s|till\s){_clock()}(?![\d/:]|[.,]\d)"
        ),
        _shifted(-1),
    ),
    (rf"\b(?P<minutes>half|quarter|5|10|15|20|25)\s(?:minutes\s)?past\s{_clock()}(?![\d/:]|[.,]\d)", _shifted(1)),
    (
        rf"\b(?:a )?las? {_face('')}\smenos\s(?P<minutes>cuarto|\d\d?){_of_day('')}",
        _shifted(-1),
    ),
    (
        (
            rf"(?<!\d[/.,:])(?<![\d$a-z+])(?:{_BOUND}\s(?:(?:as|das|las|o"
            rf"|umas)\s)?)?(?:{_BEFORE}\s)?(?<![\d$a-z]){_clock()}"
            r"(?![\d/:%]|[.,]\d)(?P<onwards>\s(?:em diante|para frente|onwards|or later|ou mais tarde"
            r"|en adelante))?"
        ),
        _single,
    ),
    (r"\b(?:as )?(?P<hour>[01]\d|2[0-4])(?P<hmin>[0-5]\d)\s?(?:h|hs|hrs|horas)\b", _compact),
    (r"\bas (?P<hour>[01]\d|2[0-4])(?P<hmin>[0-5]\d)\b", _compact),
    (r"\btarde da noite\b|\blate at night\b", lambda _match, _scan: Doubt(Question.TIME)),
    (rf"{_OF}?madrugada\b", _part("00:00", "06:00")),
    (rf"{_OF}?(?:fim d[ae] manha|late morning)\b", _part("10:00", "12:00")),
    (
        (
            rf"{_OF}?(?:comeco d[ae] manha|manhazinha|manha (?:bem )?cedo|(?:bem |logo )?cedo|cedinho"
            rf"|early(?: in the)? morning|first thing(?: in the morning)?|early"
            r"|primera hora|temprano)\b"
        ),
        _part("06:00", "10:00"),
    ),
    (rf"{_OF}?(?:comeco d[ae] tarde|early afternoon)\b", _part("12:00", "15:00")),
    (rf"{_OF}?(?:meio d[ae] tarde|mid[ -]?afternoon)\b", _part("14:00", "16:00")),
    (
        (
            rf"{_OF}?(?:fim d(?:[aeo]|e la) (?:tarde|dia|expediente)|(?:fim de )?tard(?:ez)?inha"
            r"|late (?:in the )?afternoon|end of the day)\b"
        ),
        _part("16:00", "19:00"),
    ),
    (rf"{_OF}?(?:comeco d[ae] noite|noitinha|early evening)\b", _part("18:00", "20:00")),
    (rf"{_OF}?(?:manhas?|mornings?)\b|\b(?:por|en|de|a) las? mananas?\b", _part("06:00", "12:00")),
    (rf"(?:{_OF}|{_ALONE})(?:tardes?|afternoons?)\b", _part("12:00", "18:00")),
    (rf"(?:{_OF}|{_ALONE})(?:noites?|evenings?|nights?|noches?)\b|\bnoite$", _part("18:00", "22:00")),
    (r"\b(?P<bound>ate|antes d[aeo]|depois d[aeo]|a partir d[aeo])\s(?:[ao]\s)?(?P<part>T_*)", _part_bound),
)
