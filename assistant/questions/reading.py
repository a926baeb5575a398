"""What an everyday question about the business asks for, as far as plain words tell. Pure; three languages.

`read` answers None for whatever it does not understand whole, to the last word: then the professional is told what can
be asked. So a name ("how many times did Maria miss?") is never overheard. A period that no tool knows (a single past
day, next month, last year) is understood as such and never answered with another one.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache

from assistant.questions import en, es, pt
from assistant.questions.words import Topic, joined, numbered
from intake.phrases import normalise
from language import tongue

__all__ = ["DAYS", "MONTHS", "Asked", "Topic", "known_months", "read"]

MONTHS = 6
DAYS = 7
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A topic, and the months (their first days) or the coming days (both included) that it is asked of."""

    topic: Topic
    months: tuple[date, ...] = ()
    first: date | None = None
    last: date | None = None


_ALL = (pt.WORDS, en.WORDS, es.WORDS)
_MONTHS = {name: number for words in _ALL for name, number in numbered(words.months, start=1).items()}
_WEEKDAYS = {name: number for words in _ALL for name, number in numbered(words.weekdays, start=0).items()}
_NUMBERS = {name: number for words in _ALL for name, number in words.numbers.items()}
# Months that are other words in the two other languages, and the name Júlio, which is one in Spanish alone.
_ONLY_IN = {"out": ("pt-br", None), "set": ("pt-br", None), "may": ("en", None), "julio": ("es",)}
_JULIO = re.compile(r"\b(?!(?:de|en|y|con|vs|x|que|entre|fue|estuvo) )(\w+) julio\b")
# Close to a month, and somebody's name.
_NO_MONTHS = frozenset(["augusto"])

_TOPICS = [(topic, joined(words.topics[topic] for words in _ALL)) for topic in pt.WORDS.topics]
_COMING = joined(words.coming for words in _ALL)
_OVER = joined(words.over for words in _ALL)
_FUTURE_MONEY = joined(words.future_money for words in _ALL)
_COMPARING = joined(words.comparing for words in _ALL)
_BY_NAME = joined(words.by_name for words in _ALL)
_BEYOND = joined([*(words.beyond for words in _ALL), r"\b(?:19|20)\d\d\b|\b\d{1,2}/\d{1,2}\b"])
_SIX_MONTHS = joined(words.six_months for words in _ALL)
_SEVERAL_MONTHS = joined(words.several_months for words in _ALL)
_MANY_MONTHS = joined(words.many_months for words in _ALL)
_BEST_MONTH = joined(words.best_month for words in _ALL)
_LAST_MONTH = joined(words.last_month for words in _ALL)
_MONTH_BEFORE_LAST = joined(words.month_before_last for words in _ALL)
_THIS_MONTH = joined(words.this_month for words in _ALL)
_WEEK = joined(words.week for words in _ALL)
_NEXT_ONE = joined(words.next_one for words in _ALL)
_SINGLE_DAYS = (
    (2, joined(words.day_after_tomorrow for words in _ALL)),
    (1, joined(words.tomorrow for words in _ALL)),
    (0, joined(words.today for words in _ALL)),
)
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH = re.compile(rf"\b({_NAMES})\b(?: de| of| do ano de)? ?(\d{{4}})?")
_FROM = joined(words.from_month for words in _ALL)
_SINCE = re.compile(
    rf"(?:{_FROM.pattern}) ({_NAMES})\b(?! (?:a|ate|hasta|al|to|until|till) (?:{_NAMES})\b)"
    rf"|\b(?:de|from) ({_NAMES}) (?:{joined(words.to_now for words in _ALL).pattern})"
)
_STRETCH = re.compile(
    rf"\b(?P<first>{_NAMES}) (?:a|ate|to|through|thru|until|till|hasta|al) (?P<last>{_NAMES})\b"
    rf"|\b(?:entre|between) (?P<from>{_NAMES}) (?:e|y|and) (?P<until>{_NAMES})\b"
)
_COUNTABLE = r" (?:months?|mes|meses|days|dias|weeks?|semanas|clients?|clientes|patients?|pacientes|people)\b"
_DAY = re.compile(
    rf"\b(?:dia|el|the|on|on the) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!/|{_COUNTABLE})"
    rf"(?: (?:de |of )?(?P<named>{_NAMES})\b)?"
    rf"|\b(?:dia )?(?P<first>\d{{1,2}})/(?P<month>\d{{1,2}})\b(?!/)"
    rf"|\b(?P<before>{_NAMES}) (?P<behind>\d{{1,2}})(?:st|nd|rd|th)?\b"
)
# On a Wednesday "next Wednesday" is not today.
_NEXT = re.compile(r"\bque (?:vem|viene)\b|\bproxim[ao]\b|\bnext\b")
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})\b")
_BARE = re.compile(rf"(?:[\s,]*\b(?:{'|'.join([*(words.bare for words in _ALL), *_MONTHS])})\b)+")
_SPELLINGS = [(re.compile(said), meant) for words in _ALL for said, meant in words.spellings]
_FILLERS = frozenset(word for words in _ALL for word in words.fillers.split()) | _MONTHS.keys() | _WEEKDAYS.keys()
_STEMS = joined(words.stems for words in _ALL)
_COUNTED = re.compile(r"\b[2-7] (?=meses|months|dias|days)")


def read(question: str, *, today: date) -> Asked | None:
    """Return what is asked, in the local months and days around `today`; None where that is not plain."""
    text = _spelled(question)
    dated = _DAY.search(text)
    text = _DAY.sub("", text, count=1)
    if not (text or dated) or _BEYOND.search(_MONTH.sub("", text)) or not _is_known_whole(text):
        return None
    topic = next((topic for topic, words in _TOPICS if words.search(text)), None)
    months = _months(text, today=today)
    if months is None:
        return None
    coming = _dated(dated, today=today) if dated else _coming(text, today=today)
    if dated and coming is None:
        return None
    if coming is not None:
        return _of_coming_days(text, topic, coming) if not months else None
    return _of_months(text, topic, months, today=today)


def known_months(today: date) -> list[date]:
    """Return the first days of the months that can be asked for, the oldest first."""
    return [_before(today, back) for back in range(MONTHS - 1, -1, -1)]


def _spelled(question: str) -> str:
    """Return the question in the spelling that the patterns know, with slips of the pen put right."""
    text = normalise(question)
    if len(text) > LONGEST:
        return ""
    for said, meant in _SPELLINGS:
        text = said.sub(meant, text)
    spoken = tongue.read(question)
    foreign = {word for word, languages in _ONLY_IN.items() if spoken not in languages}
    text = _JULIO.sub(r"\1 julio_", text)
    # What is no month here shall not be read as one, nor as a word that is known.
    text = re.sub(r"[a-z]+\b", lambda found: f"{found[0]}_" if found[0] in foreign else _put_right(found[0]), text)
    return re.sub(r"\s+", " ", text).strip()


@cache
def _long_words() -> tuple[str, ...]:
    more = "faturei faturamento cancelamentos atendimentos cancellations appointments cancelaciones"
    return (*(name for name in _MONTHS if len(name) > 5), *more.split())


def _put_right(word: str) -> str:
    if len(word) < 6 or word in _NO_MONTHS or _is_known(word):
        return word
    return next(iter(get_close_matches(word, _long_words(), n=1, cutoff=0.86)), word)


def _is_known(word: str) -> bool:
    return word in _FILLERS or _STEMS.fullmatch(word) is not None


def _is_known_whole(text: str) -> bool:
    """Whether every word is one of ours: a question with another one may be about something else."""
    plain = _COUNTED.sub("", _MONTH.sub("", text))
    return all(_is_known(word) for word in re.findall(r"\w+", plain))


def _of_coming_days(text: str, topic: Topic | None, days: tuple[date, date]) -> Asked | None:
    """What is asked of coming days: who comes, how many, how much that will be; anything else is not known yet."""
    if _OVER.search(text):
        return None
    about = topic in (None, Topic.SUMMARY, Topic.COUNT) or (topic == Topic.REVENUE and _FUTURE_MONEY.search(text))
    said = topic is not None or _COMING.search(text) or len(text.split()) <= 3
    return Asked(Topic.UPCOMING, first=days[0], last=days[1]) if about and said else None


def _of_months(text: str, topic: Topic | None, months: list[date], *, today: date) -> Asked | None:
    if _BEST_MONTH.search(text) and len(months) in (0, MONTHS):
        return Asked(Topic.SUMMARY, tuple(known_months(today)))
    is_compared = _COMPARING.search(text) is not None
    if is_compared and len(months) < 2 and topic in (None, Topic.SUMMARY, Topic.REVENUE, Topic.COUNT):
        # "Melhor que setembro?" is asked of the current month, "este mês foi melhor?" of the one before it.
        other = _before(today, 0) if months and months[0] != _before(today, 0) else _before(today, 1)
        months = [*months, other] if months else [_before(today, 1), _before(today, 0)]
    if len(months) == 2 and (is_compared or topic in (None, Topic.SUMMARY)):
        return Asked(Topic.COMPARE, tuple(sorted(months)))
    if topic is None:
        return Asked(Topic.SUMMARY, tuple(months)) if months and _BARE.fullmatch(text) else None
    if topic in (Topic.CANCELLED, Topic.REVENUE, Topic.COUNT) and _BY_NAME.search(text):
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
    if _SIX_MONTHS.search(text):
        return known
    if found := _SEVERAL_MONTHS.search(text):
        count = next(group for group in found.groups() if group)
        return known[-(_NUMBERS.get(count) or int(count)) :]
    if _MANY_MONTHS.search(text):
        return None
    if _FROM.search(text) or _SINCE.search(text) or (_STRETCH.search(text) and not _COMPARING.search(text)):
        return _stretch(text, known, today=today)
    found_months = []
    if _MONTH_BEFORE_LAST.search(text):
        found_months.append(_before(today, 2))
    elif _LAST_MONTH.search(text):
        found_months.append(_before(today, 1))
    if _THIS_MONTH.search(text):
        found_months.append(_before(today, 0))
    for name, year in _MONTH.findall(text):
        month = _named(name, year, today=today)
        if month not in known:
            return None
        found_months.append(month)
    return list(dict.fromkeys(found_months))


def _stretch(text: str, known: list[date], *, today: date) -> list[date] | None:
    """Return the months "from July to September" or "since July"; None if they begin before all that is known."""
    if found := _SINCE.search(text):
        first, last = _named(found[1] or found[2], "", today=today), known[-1]
    elif found := _STRETCH.search(text):
        first, last = sorted(_named(name, "", today=today) for name in found.groups() if name)
    else:
        return None
    return [month for month in known if first <= month <= last] if first in known and last in known else None


def _named(name: str, year: str, *, today: date) -> date:
    """Return the latest such month that is not in the future, or that of the year that is said."""
    number = _MONTHS[name]
    if year:
        return date(max(1, int(year)), number, 1)
    return date(today.year - (number > today.month), number, 1)


def _before(today: date, back: int) -> date:
    number = today.year * 12 + today.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def _dated(found: re.Match[str], *, today: date) -> tuple[date, date] | None:
    """Return the day that is told by its number ("dia 24", "24/11"), if it is one of those to come."""
    number = int(found["day"] or found["first"] or found["behind"])
    name = found["named"] or found["before"]
    month = _MONTHS[name] if name else int(found["month"] or 0)
    days = (today + timedelta(days=ahead) for ahead in range(DAYS + 1))
    return next(((day, day) for day in days if day.day == number and month in (0, day.month)), None)


def _coming(text: str, *, today: date) -> tuple[date, date] | None:
    """Return the coming days that are named, today being the first that can be."""
    for ahead, words in _SINGLE_DAYS:
        if words.search(text):
            return today + timedelta(days=ahead), today + timedelta(days=ahead)
    if found := _WEEKDAY.search(text):
        ahead = (_WEEKDAYS[found[1]] - today.weekday()) % 7 or (DAYS if _NEXT.search(text) else 0)
        return today + timedelta(days=ahead), today + timedelta(days=ahead)
    if _WEEK.search(text) or _NEXT_ONE.search(text):
        return today, today + timedelta(days=DAYS)
    return None
