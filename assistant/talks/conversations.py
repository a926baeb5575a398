"""The list of conversations: who waits for a person first, then those taken over, then the reception's.

Pages are cut by the last message's moment and id, so that a page costs the same however many there are.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from assistant import dates, waiting
from intake import takeover, transcript, wording
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage
from intake.takeover import Speaker
from scheduling import ids, phones
from scheduling.models import Professional

PAGE = 30
LONGEST = 300
# More people than this wait nowhere; whoever is beyond is found among the reception's.
MOST_ATTENDED = 100
# How many of the newest conversations tell whether a list on the screen is still right.
WATCHED = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation in the list; `icon`, `tone` and `speaking` say who speaks and since when."""

    id: int
    name: str
    initials: str
    moment: str
    words: str
    icon: str
    speaking: str
    tone: str
    channel: str
    waits: bool
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of the list. `more` is where the next one begins, empty at the end; `count` is of the reception's."""

    waiting: list[Row]
    taken: list[Row]
    reception: list[Row]
    more: str
    count: int


def inbox(professional: Professional, *, now: datetime, after: str = "", to: str = "") -> Inbox:
    """Return a page of the list; only the first one has the groups before the reception's.

    A list on the screen is asked for again down `to` where it ended, so that no gap opens above what was added to it.
    """
    ours = _attended(professional, now=now)
    rest = waiting.conversations(professional).exclude(pk__in=[one.pk for one in ours])
    wanted, size = with_latest(_after(rest, after)).order_by("-last_inbound_at", "-pk"), PAGE
    if end := _cursor(to):
        wanted, size = wanted.filter(last_inbound_at__gte=end[0]), LONGEST
    page = list(wanted[: size + 1])
    rows = [row(one, now=now) for one in ([] if _cursor(after) else ours)]
    return Inbox(
        waiting=[one for one in rows if one.waits],
        taken=[one for one in rows if not one.waits],
        reception=[row(one, now=now) for one in page[:size]],
        more=to or (_mark(page[size - 1]) if len(page) > size else ""),
        count=rest.count(),
    )


def version(professional: Professional, *, now: datetime) -> str:
    """Return a mark that changes with what the first page shows, at least every minute, for "6 minutes ago"."""
    said = OutboundMessage.objects.filter(conversation=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    newest = waiting.conversations(professional).annotate(newest=Subquery(said)).order_by("-last_inbound_at", "-pk")
    found = newest.values_list("pk", "last_inbound_at", "newest", "human_until", "human_since", "human_reason")
    return sha256(repr([list(found[:WATCHED]), f"{now:%H:%M}"]).encode()).hexdigest()[:16]


def with_latest(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Add what was said last on each side as two JSON columns: one query for a page, none for each row."""
    heard = InboundMessage.objects.filter(conversation=OuterRef("pk")).order_by("-pk")
    said = OutboundMessage.objects.filter(conversation=OuterRef("pk"))
    said = said.exclude(medium=OutboundMessage.Medium.EMAIL).exclude(status=OutboundMessage.Status.DROPPED)
    heard_as = JSONObject(body="body", transcript="transcript", kind="kind", media="media", payload="payload")
    said_as = JSONObject(body="body", author="author", dedupe_key="dedupe_key")
    return rows.annotate(
        said_at=waiting.said_at(),
        heard=Subquery(heard.values(found=heard_as)[:1]),
        said=Subquery(said.order_by("-pk").values(found=said_as)[:1]),
    ).select_related("professional", "client")


def row(conversation: Any, *, now: datetime) -> Row:
    """Return one conversation as the list shows it; it comes from `with_latest`."""
    name = name_of(conversation)
    speaker = takeover.speaker(conversation, now=now)
    waits = bool(getattr(conversation, "waits", False))
    icon, speaking = _speaking(conversation, speaker, waits=waits, now=now)
    return Row(
        id=conversation.pk,
        name=name,
        initials=wording.initials(name),
        moment=moment(conversation.last_inbound_at, conversation.professional, now=now),
        words=_words(conversation),
        icon=icon,
        speaking=speaking,
        tone="w" if waits else "",
        channel="" if conversation.channel == Channel.WHATSAPP else str(conversation.get_channel_display()),
        waits=waits,
        is_ours=speaker in (Speaker.CALLED, Speaker.PROFESSIONAL),
    )


def name_of(conversation: Conversation) -> str:
    """Return how the person is called: by the professional's own record, else as they call themselves."""
    known = conversation.client.name if conversation.client else ""
    return " ".join((known or conversation.profile_name).split()) or number_of(conversation)


def number_of(conversation: Conversation) -> str:
    """Return the phone, as far as the address is one, with its middle hidden from whoever looks on."""
    return masked(phones.phone(conversation.address) or phones.plain(conversation.address))


def masked(number: str) -> str:
    """Return +5511987654410 as +55 11 98•••-4410."""
    if number.startswith("+55") and len(number) in (13, 14) and number[1:].isdigit():
        return f"+55 {number[3:5]} {number[5:7]}•••-{number[-4:]}"
    return f"{number[:4]}•••{number[-4:]}" if len(number) > 9 else number


def moment(when: datetime, professional: Professional, *, now: datetime) -> str:
    """Return the hour today, else the day: "14:14", "ontem", "12/11"."""
    local, today = when.astimezone(professional.zone), now.astimezone(professional.zone).date()
    if local.date() == today:
        return wording.clock(when, professional)
    label = transcript.day_label(local.date(), today=today)
    return label.rpartition(", ")[2]


def _attended(professional: Professional, *, now: datetime) -> list[Conversation]:
    """Return those that wait, the longest first, then those that were taken over, the latest first."""
    wanted = waiting.for_a_person(professional, now=now)
    rows = with_latest(waiting.conversations(professional)).annotate(
        waits=ExpressionWrapper(wanted, output_field=BooleanField())
    )
    mine = Q(human_until__gt=now, human_since__isnull=False)
    found: list[Any] = list(rows.filter(wanted | mine).order_by("last_inbound_at", "pk")[:MOST_ATTENDED])
    waits, taken = [one for one in found if one.waits], [one for one in found if not one.waits]
    return [*waits, *reversed(taken)]


def _after(rows: QuerySet[Conversation], mark: str) -> QuerySet[Conversation]:
    """Leave out what pages before this one have shown; a mark that is none begins at the beginning."""
    cursor = _cursor(mark)
    if cursor is None:
        return rows
    at, pk = cursor
    # The first condition is what the index is entered by.
    return rows.filter(last_inbound_at__lte=at).exclude(last_inbound_at=at, pk__gte=pk)


def _mark(conversation: Conversation) -> str:
    assert conversation.last_inbound_at is not None  # noqa: S101 - `waiting.conversations` has no others
    return f"{conversation.last_inbound_at.timestamp():.6f}-{conversation.pk}"


def _cursor(mark: str) -> tuple[datetime, int] | None:
    seconds, _dash, pk = mark.partition("-")
    at, number = moment_of(seconds), ids.typed(pk)
    return (at, number) if at and number is not None else None


def moment_of(seconds: str) -> datetime | None:
    """Return the moment that a URL means by seconds since 1970, None for anything else."""
    whole, _point, parts = seconds.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) < 11 and len(parts) == 6 and parts.isascii()):
        return None
    if not parts.isdigit():
        return None
    return datetime.fromtimestamp(int(whole), UTC).replace(microsecond=int(parts))


def _words(conversation: Any) -> str:
    """Return what was said last, and whose words they are if they are not the client's."""
    said, heard = conversation.said, conversation.heard
    if said and conversation.said_at and conversation.said_at >= conversation.last_inbound_at:
        body = transcript.one_line(str(said["body"]))
        if said["author"] == OutboundMessage.Author.PROFESSIONAL:
            return _("You: %(words)s") % {"words": body}
        return body
    return transcript.gist(InboundMessage(**heard)) if heard else ""


def _speaking(conversation: Any, speaker: Speaker, *, waits: bool, now: datetime) -> tuple[str, str]:
    """Return icon and words for who speaks, and since when."""
    since, professional = conversation.human_since, conversation.professional
    if speaker == Speaker.CALLED:
        asked = dates.ago(since or conversation.last_inbound_at, now=now)
        return "hand", _("Asked for a person %(ago)s ago") % {"ago": asked}
    if waits:
        return "clock", _("Unanswered for %(ago)s") % {"ago": dates.ago(conversation.last_inbound_at, now=now)}
    if speaker == Speaker.PROFESSIONAL:
        return "person", _taken(since, professional, now=now)
    if speaker == Speaker.RESTING:
        until = wording.clock(conversation.human_until, professional)
        return "pause", _("Reception resting until %(time)s") % {"time": until}
    if not professional.bot_enabled:
        return "pause", _("Reception off")
    asks = bool(conversation.said and str(conversation.said["dedupe_key"]).startswith("question:"))
    if asks and conversation.said_at >= conversation.last_inbound_at:
        return "bell", _("Reception, waiting for the “yes”")
    return "bell", _("Reception")


def _taken(since: datetime, professional: Professional, *, now: datetime) -> str:
    when = moment(since, professional, now=now)
    if when == wording.clock(since, professional):
        return _("You took over at %(time)s") % {"time": when}
    return _("You took over: %(when)s") % {"when": when}
