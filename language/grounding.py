"""What of a model's text may reach a person: only sentences whose hours, dates, prices and claims facts back.

Law 4: receipts are written by code from the committed row; a model may converse, but an hour that no tool result
holds, or an "agendado" that no tool established, does not leave. Sentences are judged one by one, and a doubt
counts against the sentence: dropping a true one costs a line, letting a false one out costs a client.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

from language import when
from language._grounding_claims import Claim, find_unbacked
from language._when_words import LONGEST_TEXT, Doubt, Fixed, Mention, Part, Scan, Weekday, Window, normalise

__all__ = ["Claim", "Facts", "Verdict", "check"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is established: dates and times in the professional's zone, prices in BRL."""

    # Dates with times from tool results, open offers and receipts.
    moments: frozenset[tuple[date, time]] = frozenset()
    # Further known dates.
    dates: frozenset[date] = frozenset()
    # Further known times, such as opening hours.
    times: frozenset[time] = frozenset()
    prices: frozenset[Decimal] = frozenset()
    # What a tool result of this turn established.
    claims: frozenset[Claim] = frozenset()
    # The client's own text: its hours and dates may be echoed, in a question only.
    client_words: str = ""
    links: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`text`: the sentences that may leave, in order; `dropped`: the others, each with the reason."""

    text: str
    dropped: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was dropped."""
        return not self.dropped


def check(text: str, facts: Facts, *, now: datetime) -> Verdict:
    """Return the sentences of `text` that `facts` back, seen from `now` (aware, in the professional's zone)."""
    echo = _known_from(facts.client_words, now=now)
    kept: list[str] = []
    dropped: list[tuple[str, str]] = []
    heading = Heading()
    for sentence, space in _sentences(text):
        reason = _fault(sentence, facts, echo=echo, heading=heading, now=now)
        heading = heading.follow(sentence, dropped=reason is not None, now=now)
        if reason is None:
            kept.append(sentence + space)
        elif sentence.strip():
            dropped.append((sentence.strip(), reason))
    return Verdict(re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip(), tuple(dropped))


# --- Sentences -----------------------------------------------------------------------------------------------

# A full stop behind one of these ends no sentence ("Dr. Lima", "seg. às 9h", "10 a.m. on Friday").
_ABBREVIATIONS = re.compile(
    r"(?:drª?|dra|sra?|srta|profa?|av|rua|tel|ex|obs|nº?|min|seg|ter|qua|qui|sex|s[áa]b|dom|[ap]\.m|mrs?|ms|st|uds?|pág|art"
    r"|jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez)"
)
_STOP = re.compile(r"[.!?…]+[*_\"')\]]*(?=\s|$)")
_ENUMERATOR = re.compile(r"\s*[*_]*\d{1,2}[*_]*[.)]\s?$")
# A call to a tool that a model wrote as text instead of making it.
_TOOL_CALL = re.compile(
    r"<\|?/?\s*(?:function|tool|python_tag)[\s\S]*?(?:</\s*(?:function|tool)[^>]*>|$)"
    r"|\{(?=[^{}]*[\"'](?:name|function|tool)[\"']\s*:)(?=[\s\S]*[\"'](?:arguments|parameters"
    r"|args)[\"'])[\s\S]*(?:\}|$)"
    r"|\b[a-z]+(?:_[a-z]+)+\s?\([^)\n]*\)?",
    re.IGNORECASE,
)


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence with the white space behind it; a line ends one, and so does a tool call."""
    edges = sorted({0, len(text), *(edge for call in _TOOL_CALL.finditer(text) for edge in call.span())})
    calls = {call.start() for call in _TOOL_CALL.finditer(text)}
    for start, end in pairwise(edges):
        block = text[start:end]
        if start in calls:
            yield block, "\n"
            continue
        for line in re.findall(r"[^\n]*\n+|[^\n]+", block):
            yield from _split_line(line)


def _split_line(line: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences of one line; "Dr. ", "1. " and "R$ 1.234,56" do not end one."""
    start = 0
    for stop in _STOP.finditer(line):
        before = line[start : stop.start()]
        word = re.split(r"[\s(*_]", before)[-1].lower()
        if stop.group() == "." and (_ABBREVIATIONS.fullmatch(word) or _ENUMERATOR.fullmatch(before + ".")):
            continue
        end = stop.end() + len(line[stop.end() :]) - len(line[stop.end() :].lstrip())
        yield line[start : stop.end()], line[stop.end() : end]
        start = end
    rest = line[start:]
    if rest:
        yield rest.rstrip(), rest[len(rest.rstrip()) :]


# --- One sentence --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """Dates and times that a text names: pairs of which both halves are its own may be echoed."""

    dates: frozenset[date] = frozenset()
    times: frozenset[time] = frozenset()


@dataclass(frozen=True, slots=True)
class Heading:
    """The line that a list stands under ("Quinta-feira, 26/11:"): its day is the day of the items."""

    read: Scan | None = None
    dropped: bool = False

    def follow(self, sentence: str, *, dropped: bool, now: datetime) -> "Heading":
        """Return the heading for the next sentence."""
        if not sentence.strip():
            return self
        if sentence.rstrip(" *_").endswith(":"):
            read = when.scan(_plain(sentence), now=now)
            named = any(map(_is_day, read.found))
            return Heading(read=read, dropped=dropped) if named else self
        return self if _is_item(sentence) else Heading()


_ITEM = re.compile(r"^\s*(?:[*_]*\d{1,2}[*_]*\s?[.)-]\s|[-•*–]\s|\d\ufe0f?\u20e3\s?)")


def _is_item(sentence: str) -> bool:
    return bool(_ITEM.match(sentence))


def _plain(sentence: str) -> str:
    """Return the sentence without its list mark and without WhatsApp's *bold* and _italic_."""
    return re.sub(r"[*_~`]+", " ", _ITEM.sub("", sentence))


def _fault(sentence: str, facts: Facts, *, echo: Known, heading: Heading, now: datetime) -> str | None:
    """Return why the sentence may not leave, or None."""
    if len(sentence) > LONGEST_TEXT:
        return "too long to be checked"
    if _TOOL_CALL.search(sentence):
        return "a tool call written as text"
    plain = _plain(sentence)
    read = when.scan(plain, now=now)
    question = read.source.rstrip(" \"')").endswith("?")
    return (
        _foreign_link(read.source, facts)
        or _wrong_price(read, facts)
        or _wrong_moment(read, facts, echo=echo if question else Known(), heading=heading)
        or find_unbacked(read.source, marked=read.text, raw=sentence, established=facts.claims)
    )


_LINK = re.compile(
    r"\bhttps?:/?/?\s?\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.\w+"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|br|net|org|io|me|app|link|ly|gg|co|xyz|site|online|dev|info|shop|store"
    r"|page)\b(?:/\S*)?"
)


def _foreign_link(source: str, facts: Facts) -> str | None:
    known = {_bare(normalise(link)) for link in facts.links} | set(
        map(_bare, _LINK.findall(normalise(facts.client_words)))
    )
    unknown = [link for link in _LINK.findall(source) if _bare(link) not in known]
    return f"unknown link {unknown[0]}" if unknown else None


def _bare(link: str) -> str:
    return re.sub(r"^https?:/*\s?(?:www\.)?|^www\.", "", link).rstrip(".,;:!?)]}>\"'/")


# --- Prices --------------------------------------------------------------------------------------------------

_AMOUNT = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_UNIT = r"(?:reais|real|brl|contos?|pilas?|mangos|paus|pesos)"
_PRICE = re.compile(
    rf"r\$\s?(?P<marked>{_AMOUNT})(?P<kilo>\s?mil\b)?"
    rf"|(?:(?P<thousands>\d+)\s)?(?P<mil>mil\b)(?:\s(?:e\s)?(?P<rest>{_AMOUNT}))?\s{_UNIT}\b"
    rf"|(?P<worded>{_AMOUNT})\s?{_UNIT}\b(?:\se\s(?P<cents>\d\d?)\scentavos)?"
)
_OTHER_MONEY = re.compile(
    r"(?:us\$|(?<!r)\$)\s?\d|\d\s?(?:\$|usd\b|dolar|dollar|euros?\b|bucks)|\d\s?(?:%|por cento|percent)"
    r"|\bmetade do (?:preco|valor)"
)
# "O valor é 200": a number with no unit behind a word for price; times and dates are marks by then.
_NAKED = re.compile(
    r"\b(?:custam?|valor|preco|(?:sai|saem|fica|ficam) (?:por|a)|por apenas|cobr[oa]|cobramos|investimento"
    rf"|price|costs?|cuesta|vale|precio)\b[^\d.!?DT]{{0,25}}(?P<asked>{_AMOUNT})(?![\d:h])"
    rf"|(?P<paid>{_AMOUNT}) (?:no pix|a vista|por (?:sessao|hora|consulta|pessoa|mes|sesion)|cada|no cartao|per)\b"
)
_FOR_NOTHING = re.compile(r"\b(?:gratuit[oa]s?|gratis|de graca|cortesia|free of charge|for free)\b")


def _wrong_price(read: Scan, facts: Facts) -> str | None:
    if _OTHER_MONEY.search(read.source):
        return "a figure that is no known price"
    said = [_amount(match) for match in _PRICE.finditer(read.source)]
    said += [_decimal(match.group("asked") or match.group("paid")) for match in _NAKED.finditer(read.text)]
    said += [Decimal(0)] * bool(_FOR_NOTHING.search(read.source))
    unknown = [price for price in said if price not in facts.prices]
    return f"unknown price {unknown[0]}" if unknown else None


def _amount(match: re.Match[str]) -> Decimal:
    said = match.groupdict()
    if said["mil"]:
        return int(said["thousands"] or 1) * 1000 + _decimal(said["rest"] or "0")
    amount = _decimal(said["marked"] or said["worded"] or "0")
    return amount * (1000 if said["kilo"] else 1) + Decimal(said["cents"] or 0) / 100


def _decimal(text: str) -> Decimal:
    """Return "1.234,56", "200,00" or "200.00" as a number: two digits behind the last sign are cents."""
    whole, cents = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", text).groups()  # type: ignore[union-attr]
    return Decimal(re.sub(r"[.,]", "", whole) + "." + (cents or "0"))


# --- Dates and times -----------------------------------------------------------------------------------------

_DAYS_ECHOED = timedelta(days=14)
# Weekdays in the plural are opening days ("aos sábados"), not a date.
_EVERY_WEEK = re.compile(r"\b(?:(?:segunda|terca|quarta|quinta|sexta|sabado)s|\w+days|(?:los|todos os|todas as) \w+)\b")
_SAME_DAY = re.compile(r"[\s,(-]*(?:dia |the |el )?")


def _known_from(text: str, *, now: datetime) -> Known:
    """Return the dates and times that the client's own words name."""
    found = when.scan(text, now=now).found
    dates = {day for mention in found for day in _named_days(mention, today=now.date())}
    times = {reading for mention in found for clock in _clocks(mention) for reading in clock}
    return Known(frozenset(dates), frozenset(times))


def _named_days(mention: Mention, *, today: date) -> Iterator[date]:
    value = mention.value
    if isinstance(value, Fixed) and (value.last - value.first) < _DAYS_ECHOED:
        yield from (value.first + timedelta(days=n) for n in range((value.last - value.first).days + 1))
    if isinstance(value, Weekday):
        first = today + timedelta(days=(value.index - today.weekday()) % 7)
        yield from (first, first + timedelta(weeks=1))


def _clocks(mention: Mention) -> list[tuple[time, ...]]:
    """Return the readings of each clock time in a mention."""
    if not isinstance(mention.value, Window):
        return []
    clocks = dict.fromkeys(clock for clock in (mention.value.first, mention.value.last) if clock)
    return [clock.readings for clock in clocks]


def _wrong_moment(read: Scan, facts: Facts, *, echo: Known, heading: Heading) -> str | None:
    """Return the first date, time or pair of both that is not known."""
    dates = facts.dates | {day for day, _ in facts.moments} | echo.dates
    times = facts.times | {clock for _, clock in facts.moments} | echo.times
    pairs = facts.moments | {(day, clock) for day in echo.dates for clock in echo.times}
    days = _heading_days(heading, dates=dates)
    behind_day = False
    for mention in _in_order(read):
        if isinstance(mention.value, Window):
            if not all(set(readings) & times for readings in _clocks(mention)):
                return f"unknown time {_said(mention, read)}"
            if heading.dropped and not any(map(_is_day, read.found)):
                return "its heading was dropped"
            if not all(_paired(day, mention, pairs) for day in days):
                return f"{_said(mention, read)} is not known for that day"
        elif not isinstance(mention.value, Part):
            known = _matching(mention, read=read, dates=dates)
            if known is not None and not known:
                return f"unknown date {_said(mention, read)}"
            # "Quinta e sexta às 15h" speaks of both days, "quinta às 15h e sexta às 10h" of one at a time.
            days = (days if behind_day else []) + ([known] if known is not None else [])
        behind_day = not isinstance(mention.value, Window)
    return _disagreement(read, dates=dates)


def _is_day(mention: Mention) -> bool:
    value = mention.value
    return isinstance(value, Fixed | Weekday) or (isinstance(value, Doubt) and value.about is not None)


def _in_order(read: Scan) -> list[Mention]:
    """Return the mentions each day before its times: "15h de quinta ou 10h de sexta" is read backwards."""
    days = [mention for mention in read.found if _is_day(mention)]
    if not days or _is_day(read.found[0]):
        return read.found
    if _is_day(read.found[-1]):
        return read.found[::-1]
    return [days[0], *(mention for mention in read.found if mention is not days[0])]


def _heading_days(heading: Heading, *, dates: frozenset[date]) -> list[frozenset[date]]:
    if heading.read is None:
        return []
    known = [_matching(day, read=heading.read, dates=dates) for day in heading.read.found if _is_day(day)]
    return [days for days in known if days is not None]


def _paired(days: frozenset[date], mention: Mention, pairs: frozenset[tuple[date, time]]) -> bool:
    """Whether an exact time is known for one of the days; a range ("das 9h às 18h") is no appointment."""
    if not isinstance(mention.value, Window) or mention.value.first != mention.value.last:
        return True
    return any((day, reading) in pairs for day in days for clock in _clocks(mention) for reading in clock)


def _said(mention: Mention, read: Scan) -> str:
    return read.source[mention.start : mention.end].strip()


def _matching(mention: Mention, *, read: Scan, dates: frozenset[date]) -> frozenset[date] | None:
    """Return the known dates that a mention may mean; None when it means no single day ("semana que vem")."""
    value, said = mention.value, _said(mention, read)
    if isinstance(value, Weekday):
        return None if _EVERY_WEEK.search(said) else frozenset(day for day in dates if day.weekday() == value.index)
    if isinstance(value, Doubt):
        return frozenset(day for day in dates if day == value.about)
    if not isinstance(value, Fixed):
        return None
    if value.first != value.last:
        known = value.first in dates and value.last in dates
        return None if known or not re.search(r"\d", said) else frozenset()
    if re.search(r"\d", said) and not re.search(r"\d{4}", said):
        # Without a year "10/10" is also the one of an appointment long past.
        return frozenset(day for day in dates if (day.day, day.month) == (value.first.day, value.first.month))
    return frozenset(day for day in dates if day == value.first)


def _disagreement(read: Scan, *, dates: frozenset[date]) -> str | None:
    """Return a weekday that stands beside a date which falls on another ("terça, 26/11" on a Thursday)."""
    for first, second in pairwise(read.found):
        if not _SAME_DAY.fullmatch(read.text[first.end : second.start]):
            continue
        names = [mention for mention in (first, second) if isinstance(mention.value, Weekday)]
        others = [mention for mention in (first, second) if isinstance(mention.value, Fixed | Doubt)]
        if len(names) == len(others) == 1:
            days = _matching(others[0], read=read, dates=dates)
            if days and all(day.weekday() != getattr(names[0].value, "index", None) for day in days):
                return f"{_said(names[0], read)} and {_said(others[0], read)} are not the same day"
    return None
