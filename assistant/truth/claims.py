"""What a sentence claims beside its figures: of whom, which rank, weekday, part of a day or service it speaks.

Each check is asked in turn; a sentence that none of them refuses may still have figures that nothing holds.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from assistant.truth.facts import Facts, Kind
from assistant.truth.reading import DATE, Said, day_of, first_label
from assistant.truth.words import CLIENTS_DEEDS, MISSED_MOST, MONTHS, UNCOUNTED, UNTOLD, WORDED

# What the assistant cannot tell.
_NO_CLAIM = re.compile(
    r"\bnao (?:consigo|sei|posso|tenho (?:como|acesso|informac\w+|dados|registros?))\b"
    r"|\b(?:can ?not|can't|do not know)\b|\bno (?:puedo|se|tengo datos)\b"
)
_RANKS = (re.compile(r"\bsegund[oa] (?!-)|\bsecond\b"), re.compile(r"\bterceir[oa]\b|\bthird\b|\btercer[oa]?\b"))
_PART_OF_A_DAY = re.compile(
    r"(?<!\d )(?<!h )\b(?:(?:de|da|na|a) (?:manha|tarde|noite)|(?:tomorrow|this|in the) (?:morning|afternoon|evening)"
    r"|(?:por|de|en) la (?:manana|tarde|noche))\b"
)
_OF_MONTHS = frozenset((Kind.NO_SHOWS, Kind.COMPLETED, Kind.CANCELLED, Kind.REVENUE, Kind.RATE, Kind.NEW_CLIENTS))


def untold(text: str, said_all: Sequence[Said], facts: Facts) -> str | None:
    """Return what the plain sentence tells that no tool does, None if nothing."""
    return next((reason for reason, tells in _CHECKS if tells(text, said_all, facts)), None)


def _is_of_another_time(text: str, said_all: Sequence[Said], facts: Facts) -> bool:
    is_untold = UNTOLD.search(text) or UNCOUNTED.search(text) or _is_of_another_year(text, facts)
    return bool(said_all and is_untold)


def _is_of_a_part_of_a_day(text: str, said_all: Sequence[Said], _facts: Facts) -> bool:
    counts = any(Kind.COMING in said.kinds or said.kinds[0] == Kind.EXPECTED for said in said_all)
    return counts and _PART_OF_A_DAY.search(text) is not None


def _is_of_another_year(text: str, facts: Facts) -> bool:
    """Whether a year or a month of a year is named that no tool told of."""
    if not facts.months:
        return False
    named = re.findall(rf"\b({'|'.join(MONTHS)})(?: de| of| del|,)? (20\d\d)\b", text)
    told = {month[:4] for month in facts.months}
    return any(f"{year}-{MONTHS[name]:02}" not in facts.months for name, year in named) or any(
        year not in told for year in re.findall(r"(?<![\d.,/$])\b(20\d\d|19\d\d)\b(?![.,]?\d)(?! reais)", text)
    )


def _is_another_weekday(text: str, _said_all: Sequence[Said], facts: Facts) -> bool:
    """Whether a weekday, "today" or "tomorrow" stands beside the date of another day of the week to come."""
    if not facts.days:
        return False
    names = "|".join(facts.days)
    for named in re.finditer(
        rf"\b(?<!depois de )(?<!pasado )(?<!after )({names})(?:-feira)?(?:,| is| es|:|(?<=hoje) e|(?<=amanha) e)? ?"
        rf"\(?(?:dia |el |({names})\b)?",
        text,
    ):
        name, other = named.groups()
        if other and not facts.is_called(facts.days[name], other) and not facts.is_called(facts.days[other], name):
            return True
        dated = DATE.match(text, named.end())
        if dated and day_of(dated) in facts.days.values() and not facts.is_called(day_of(dated), name):
            return True
    return False


def _counts_a_service(text: str, said_all: Sequence[Said], facts: Facts) -> bool:
    """Whether a figure is said of one service: no tool counts by service."""
    for service in facts.services if len(facts.services) > 1 else ():
        if " " not in service and first_label(service):
            continue
        named = " ".join(_either_number(word) for word in service.split())
        if re.search(rf"(?:\b[2-9]|\d\d|\b(?:{'|'.join(WORDED)})) {named}\b", text):
            return True
        is_named = " " in service and re.search(rf"\b{named}\b", text)
        if is_named and any(_OF_MONTHS.issuperset(said.kinds) for said in said_all):
            return True
    return False


def _either_number(word: str) -> str:
    """Return a pattern for a word and its plural: "sessao", "sessoes"; "individual", "individuais"."""
    for ending, either in (("ao", "(?:ao|oes|aos)"), ("al", "(?:al|ais|ales)"), ("em", "(?:em|ens)")):
        if word.endswith(ending):
            return re.escape(word.removesuffix(ending)) + either
    return rf"{re.escape(word)}(?:s|es)?"


def _tells_a_deed(text: str, said_all: Sequence[Said], facts: Facts) -> bool:
    """Whether something is said of a client that no tool tells: no figure, rank, question, doubt or head of a list."""
    if not facts.clients_in(text) or re.search(r"[?:]\s*$", text):
        return False
    deed = CLIENTS_DEEDS.search(text)
    before = text[: deed.start()] if deed else text
    is_told = deed is not None or not (said_all or MISSED_MOST.search(text))
    return is_told and not _NO_CLAIM.search(before)


def _has_another_rank(text: str, _said_all: Sequence[Said], facts: Facts) -> bool:
    """Whether the person who is named first as one who missed most, or second, has not that rank."""
    places = {name: text.find(name.split()[0]) for name in facts.clients_in(text)}
    if not places or not MISSED_MOST.search(text):
        return False
    first = min(places, key=places.__getitem__)
    missed = {fact.scope: Decimal(fact.value) for fact in facts.figures if fact.kind == Kind.NO_SHOWS}
    ranks = sorted((missed[name] for name in facts.clients & missed.keys()), reverse=True)
    of_first = text[: places[first]] + re.split(r"[;,(]", text[places[first] :])[0]
    rank = next((place for place, word in enumerate(_RANKS, start=1) if word.search(of_first)), 0)
    return rank >= len(ranks) or missed.get(first) != ranks[rank]


_CHECKS: tuple[tuple[str, Callable[[str, Sequence[Said], Facts], bool]], ...] = (
    ("what no tool tells", _is_of_another_time),
    ("a part of a day", _is_of_a_part_of_a_day),
    ("a weekday", _is_another_weekday),
    ("a service's figure", _counts_a_service),
    ("a rank", _has_another_rank),
    ("a client's deed", _tells_a_deed),
)
