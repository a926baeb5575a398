"""What was said, piece by piece, and a whole conversation as the client's phone shows it.

The professional's page puts the same pieces together its own way (`assistant/talks/thread.py`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import simulator, wording
from intake.models import Conversation, InboundMessage, OutboundMessage

# More than a phone shows at once; the page is redrawn every second while something changes.
SHOWN = 200
# WhatsApp's own limits: three reply buttons of at most 20 characters, a list for anything more.
MOST_BUTTONS = 3
LONGEST_BUTTON = 20
# Kind -> (name, icon).
MEDIA = {
    "audio": (gettext_lazy("Audio"), "mic"),
    "image": (gettext_lazy("Photo"), "photo"),
    "sticker": (gettext_lazy("Sticker"), "sticker"),
    "document": (gettext_lazy("Document"), "file"),
    "contact": (gettext_lazy("Contact"), "person"),
    "location": (gettext_lazy("Location"), "pin"),
}

_CLOCK = re.compile(r"\d\d:\d\d$")
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
class Media:
    """What a message carries beside words; `url` is a path of this server, empty when there is nothing to show."""

    kind: str
    url: str
    name: str

    @property
    def icon(self) -> str:
        return MEDIA[self.kind][1]


@dataclass(frozen=True)
class Quote:
    author: str
    text: str


@dataclass(frozen=True)
class Bubble:
    """One message. `tick`: clock, one, two, read or failed; empty where a phone shows none."""

    key: str
    at: datetime
    own: bool
    runs: tuple[Run, ...]
    tick: str
    author: str
    sid: str
    quote: Quote | None = None
    media: Media | None = None
    options: tuple[Option, ...] = ()
    error: str = ""
    unread: bool = False

    @property
    def buttons(self) -> tuple[Option, ...]:
        short = len(self.options) <= MOST_BUTTONS and all(len(one.label) <= LONGEST_BUTTON for one in self.options)
        return self.options if short else ()

    @property
    def rows(self) -> tuple[Option, ...]:
        return () if self.buttons else self.options

    @property
    def heading(self) -> str:
        """Return what all rows begin with, such as their day, to be said once above them."""
        first, *others = (one.label.rpartition(", ")[0] for one in self.rows)
        return first if all(one == first for one in others) else ""

    @property
    def are_times(self) -> bool:
        return all(_CLOCK.search(one.label) for one in self.rows)

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
    """Return the day as a phone heads it: hoje, ontem, or qui, 19/11; with its year where it is another."""
    if day == today:
        return _("today")
    if day == today - timedelta(days=1):
        return _("yesterday")
    return wording.short_day(day, today=today)


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
    name = conversation.professional.name
    quotes = {message.provider_sid: Quote(_("You"), gist(message)) for message in said}
    quotes |= {simulator.sid(message): Quote(_author(message, name), one_line(message.body)) for message in answered}
    return [*_own(said, quotes=quotes, zone=zone), *_theirs(answered, zone=zone, name=name)]


def _own(said: Iterable[InboundMessage], *, quotes: dict[str, Quote], zone: ZoneInfo) -> Iterator[Bubble]:
    for message in said:
        found = media(message)
        yield Bubble(
            key=f"m-{message.provider_sid}",
            at=message.received_at.astimezone(zone),
            own=True,
            # A document's body is its name, which stands on it already.
            runs=() if found and found.kind == "document" else runs(message.transcript or message.body),
            tick=_tick(message),
            author=_("You"),
            sid=message.provider_sid,
            quote=quotes.get(message.replied_sid),
            media=found,
        )


def _tick(message: InboundMessage) -> str:
    """Stored is sent, taken up by a turn is delivered, answered (or left to a person) is read."""
    if message.status == InboundMessage.Status.PENDING:
        return "two" if message.attempts else "one"
    return "read" if message.status == InboundMessage.Status.DONE else "failed"


def media(message: InboundMessage) -> Media | None:
    """Name what came by what Twilio said about it; a file is shown only from this server."""
    told = message.payload if isinstance(message.payload, dict) else {}
    if message.kind == "location":
        place = ", ".join(filter(None, (told.get("Label"), told.get("Address"))))
        return Media("location", "", place or str(MEDIA["location"][0]))
    if not message.media or not isinstance(first := message.media[0], dict):
        return None
    path = urlsplit(str(first.get("url", ""))).path
    url = path if path.startswith((reverse("simulator-media", args=["x"])[:-1], settings.STATIC_URL)) else ""
    kind = "sticker" if told.get("MessageType") == "sticker" else _kind(str(first.get("type", "")))
    return Media(kind, url, message.body if kind == "document" and message.body else str(MEDIA[kind][0]))


def _kind(content_type: str) -> str:
    main = content_type.partition("/")[0]
    return "contact" if main == "text" else main if main in ("audio", "image") else "document"


def _theirs(answered: Iterable[OutboundMessage], *, zone: ZoneInfo, name: str) -> Iterator[Bubble]:
    ticks = {OutboundMessage.Status.PENDING: "clock", OutboundMessage.Status.SENDING: "clock"}
    for message in answered:
        failed = message.status == OutboundMessage.Status.FAILED
        yield Bubble(
            key=f"m-out-{message.pk}",
            at=message.created_at.astimezone(zone),
            own=False,
            runs=runs(message.body),
            tick="failed" if failed else ticks.get(OutboundMessage.Status(message.status), ""),
            author=_author(message, name),
            sid=simulator.sid(message),
            options=tuple(Option(id=str(one["id"]), label=str(one["label"])) for one in message.options),
            error=message.error_message if failed else "",
            unread=message.status == OutboundMessage.Status.DELIVERED,
        )


def _author(message: OutboundMessage, name: str) -> str:
    if message.author == OutboundMessage.Author.PROFESSIONAL:
        return name
    return _("Reception of %(name)s") % {"name": wording.first_name(name)}


def gist(message: InboundMessage) -> str:
    """Return a message in one line: how its words begin, or what came instead."""
    found = media(message)
    return one_line(message.transcript or message.body) or (found.name if found else "")


def one_line(body: str) -> str:
    """Return how a text begins, without the marks of its style."""
    return " ".join("".join(run.text for run in runs(body)).split())[:160]
