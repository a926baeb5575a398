"""What each language has for a question about the business: topics, periods, and the words that may stand around them.

All of it is written as `intake.phrases.normalise` leaves it: small letters, no accents. `joined` reads the three
languages at once; what one of them says of a period nobody knows holds for all.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The patterns and words of one language."""

    # Twelve and seven (from Monday), each with its short forms.
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    # How people type, and the word that is meant.
    spellings: tuple[tuple[str, str], ...]
    topics: dict[Topic, str]

    # Words of months: all six, several ("dois", group 1), some number of them, and single ones.
    six_months: str
    several_months: str
    numbers: dict[str, int]
    many_months: str
    best_month: str
    last_month: str
    month_before_last: str
    this_month: str

    # Before a month: from it until now; and what may say "until now" behind it.
    from_month: str
    to_now: str

    # Words of days.
    day_after_tomorrow: str
    tomorrow: str
    today: str
    week: str
    next_one: str

    # Who comes; is told of what is over; how much that will be; two months against each other.
    coming: str
    over: str
    future_money: str
    comparing: str
    by_name: str
    # What no tool knows: other periods, reasons, averages, free hours, those who do not miss.
    beyond: str
    # What may stand beside a month where nothing else is said.
    bare: str
    # Words without which a question says no more, and beginnings of words.
    fillers: str
    stems: str


def joined(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def numbered(groups: Iterable[str], *, start: int) -> dict[str, int]:
    """Return each word with the number of its group."""
    return {word: number for number, words in enumerate(groups, start=start) for word in words.split()}
