"""The simulated conversation as the client's phone shows it: bubbles in order of time, days, ticks, buttons."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from intake import simulator
from intake.models import Conversation, InboundMessage, OutboundMessage

# More than a phone shows at once; the page is redrawn every second while something changes.
SHOWN = 200
# WhatsApp's own limits: three reply buttons of at most 20 characters, a list for anything more.
MOST_BUTTONS = 3
LONGEST_BUTTON = 20
WEEKDAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")

_MARKS = {"*": "b", "_": "i", "~": "s"}
# WhatsApp marks whole words: no blank just inside the marks, no letter or digit just outside.
_MARKED = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^*_~\n]+)(?<=\S)\1(?![\w*_~])")


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style: "" plain, b, i or s."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Option:
    id: str
    label: str


@dataclass(frozen=True)
class Bubble:
    """One message. `tick`: clock, one, two or failed; empty where a phone shows none."""

    key: str
    at: datetime
    own: bool
    runs: tuple[Run, ...]
    tick: str
    author: str
    sid: str = ""
    quote: str = ""
    options: tuple[Option, ...] = ()
    error: str = ""

    @property
    def buttons(self) -> tuple[Option, ...]:
        short = len(self.options) <= MOST_BUTTONS and all(len(one.label) <= LONGEST_BUTTON for one in self.options)
        return self.options if short else ()

    @property
    def rows(self) -> tuple[Option, ...]:
        return () if self.buttons else self.options

    @property
    def clock(self) -> str:
        return f"{self.at:%H:%M}"


@dataclass(frozen=True)
class Day:
    key: str
    label: str
    bubbles: tuple[Bubble, ...]


def days(conversation: Conversation, *, now: datetime) -> list[Day]:
    """Return what was said, day by day in the professional's zone, oldest first."""
    zone = conversation.professional.zone
    today = now.astimezone(zone).date()
    bubbles = sorted(_bubbles(conversation, zone=zone), key=lambda bubble: (bubble.at, not bubble.own))
    return [
        Day(key=f"day-{day}", label=day_label(day, today=today), bubbles=tuple(said))
        for day, said in groupby(bubbles, key=lambda bubble: bubble.at.date())
    ]


def day_label(day: date, *, today: date) -> str:
    """Return the day as a phone heads it: hoje, ontem, or qui, 19/11."""
    names = {today: "hoje", today - timedelta(days=1): "ontem"}
    return names.get(day, f"{WEEKDAYS[day.weekday()]}, {day:%d/%m}")


def runs(body: str) -> tuple[Run, ...]:
    """Split a text at WhatsApp's marks, *bold* _italic_ ~struck~; what is no pair of marks stays as written."""
    return tuple(_split(body))


def _split(body: str) -> Iterator[Run]:
    end = 0
    for match in _MARKED.finditer(body):
        if match.start() > end:
            yield Run(body[end : match.start()])
        yield Run(match[2], _MARKS[match[1]])
        end = match.end()
    if end < len(body):
        yield Run(body[end:])


def _bubbles(conversation: Conversation, *, zone: ZoneInfo) -> list[Bubble]:
    said = list(conversation.inbound.order_by("-id")[:SHOWN])
    answers = conversation.outbound.exclude(medium=OutboundMessage.Medium.EMAIL)
    answered = list(answers.exclude(status=OutboundMessage.Status.DROPPED).order_by("-id")[:SHOWN])
    quotes = {simulator.sid(message): message.body for message in answered}
    return [*_own(said, quotes=quotes, zone=zone), *_theirs(answered, zone=zone, name=conversation.professional.name)]


def _own(said: Iterable[InboundMessage], *, quotes: dict[str, str], zone: ZoneInfo) -> Iterator[Bubble]:
    ticks = {InboundMessage.Status.PENDING: "one", InboundMessage.Status.DONE: "two"}
    for message in said:
        yield Bubble(
            key=f"m-{message.provider_sid}",
            at=message.received_at.astimezone(zone),
            own=True,
            runs=runs(message.body),
            tick=ticks.get(InboundMessage.Status(message.status), "failed"),
            author="Cliente",
            sid=message.provider_sid,
            quote=_first_line(quotes.get(message.replied_sid, "")),
        )


def _theirs(answered: Iterable[OutboundMessage], *, zone: ZoneInfo, name: str) -> Iterator[Bubble]:
    ticks = {OutboundMessage.Status.PENDING: "clock", OutboundMessage.Status.SENDING: "clock"}
    for message in answered:
        failed = message.status == OutboundMessage.Status.FAILED
        by_hand = message.author == OutboundMessage.Author.PROFESSIONAL
        yield Bubble(
            key=f"m-out-{message.pk}",
            at=message.created_at.astimezone(zone),
            own=False,
            runs=runs(message.body),
            tick="failed" if failed else ticks.get(OutboundMessage.Status(message.status), ""),
            author=name if by_hand else "Recepção",
            sid=simulator.sid(message),
            options=tuple(Option(id=str(one["id"]), label=str(one["label"])) for one in message.options),
            error=message.error_message if failed else "",
        )


def _first_line(body: str) -> str:
    return body.strip().partition("\n")[0][:80]
