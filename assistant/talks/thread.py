"""One conversation as its professional reads it: who said what, what became of it, and what happened meanwhile."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant import dates
from intake import failures, simulator, takeover, trace, transcript, wording
from intake.models import Conversation, InboundMessage, OutboundMessage
from intake.takeover import Speaker
from intake.transcript import Media, Quote, Run
from scheduling.models import AppointmentEvent, Professional

PAGE = 40
# A window on the screen grows with what comes; beyond this the page is to be loaded anew.
LONGEST_WINDOW = 400
# How many messages of one moment are kept together.
_TOGETHER = 10

Kind = AppointmentEvent.Kind
Status = OutboundMessage.Status

# Status of a message -> (icon, word).
TICKS = {
    Status.PENDING: ("clock", gettext_lazy("waiting to be sent")),
    Status.SENDING: ("clock", gettext_lazy("being sent")),
    Status.SENT: ("check", gettext_lazy("sent")),
    Status.DELIVERED: ("check2", gettext_lazy("delivered")),
    Status.READ: ("check2", gettext_lazy("read by the client")),
    Status.FAILED: ("alert", gettext_lazy("failed")),
}
# Kind of an event -> (icon, tone, sentence).
EVENTS = {
    Kind.REQUESTED: ("clock", "wt", gettext_lazy("Request for %(when)s")),
    Kind.CONFIRMED: ("check", "ok", gettext_lazy("Booked for %(when)s")),
    Kind.APPROVED: ("check", "ok", gettext_lazy("You approved %(when)s")),
    Kind.DECLINED: ("x", "", gettext_lazy("You declined %(when)s")),
    Kind.MOVE_REQUESTED: ("clock", "wt", gettext_lazy("Request to move the appointment of %(when)s")),
    Kind.MOVED: ("check", "ok", gettext_lazy("Moved to %(when)s")),
    Kind.CANCELLED: ("x", "", gettext_lazy("Cancelled: %(when)s")),
    Kind.COMPLETED: ("check2", "", gettext_lazy("Attended: %(when)s")),
    Kind.NO_SHOW: ("miss", "", gettext_lazy("No-show: %(when)s")),
    Kind.LAPSED: ("hold", "", gettext_lazy("The request for %(when)s lapsed")),
}
# How the key of an e-mail to the professional begins -> (icon, tone, sentence).
NOTICES = {
    "handover:": ("hand", "wt", gettext_lazy("The reception stopped and called you at %(time)s")),
    "late:": ("clock", "wt", gettext_lazy("The client wrote to be late")),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A message, or a pill between messages. `side`: client, reception, professional or event."""

    key: str
    at: datetime
    side: str
    clock: str = ""
    runs: tuple[Run, ...] = ()
    icon: str = ""
    tone: str = ""
    tick: str = ""
    error: str = ""
    text: str = ""
    quote: Quote | None = None
    media: Media | None = None
    is_tap: bool = False
    is_cut: bool = False
    options: tuple[str, ...] = ()
    turn_id: int | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the conversation. `since` is its first moment; `has_older` says whether there is more before it."""

    days: list[Day]
    since: str
    has_older: bool


def window(
    conversation: Conversation, *, now: datetime, before: datetime | None = None, since: datetime | None = None
) -> Window:
    """Return the last entries before a moment, or all of them since one."""
    reach = LONGEST_WINDOW if since else PAGE + _TOGETHER
    streams = [
        list(_heard(conversation, before=before, since=since, reach=reach)),
        list(_said(conversation, before=before, since=since, reach=reach)),
        list(_events(conversation, before=before, since=since, reach=reach, now=now)),
    ]
    found = sorted((one for stream in streams for one in stream), key=lambda one: one.at)
    has_older = bool(since) or len(found) > PAGE or any(len(stream) >= reach for stream in streams)
    if since is None and len(found) > PAGE:
        # All of one moment stay together: the next page begins strictly before it.
        found = [one for one in found if one.at >= found[-PAGE].at]
    first = since or (found[0].at if found else now)
    if before is None:
        found = sorted([*found, *_now(conversation, found, now=now, first=first)], key=lambda one: one.at)
    return Window(list(_days(found, conversation.professional, now=now)), f"{first.timestamp():.6f}", has_older)


def _bounds(field: str, *, before: datetime | None, since: datetime | None) -> dict[str, datetime]:
    bounds = {f"{field}__lt": before, f"{field}__gte": since}
    return {name: moment for name, moment in bounds.items() if moment is not None}


def _heard(
    conversation: Conversation, *, before: datetime | None, since: datetime | None, reach: int
) -> Iterator[Entry]:
    rows = conversation.inbound.filter(**_bounds("received_at", before=before, since=since)).order_by("-id")[:reach]
    found = list(rows)
    quotes = _quotes(conversation, found)
    for message in found:
        media = transcript.media(message)
        yield Entry(
            key=f"in-{message.pk}",
            at=message.received_at,
            side="client",
            clock=wording.clock(message.received_at, conversation.professional),
            # A document's body is its name, which stands on it already.
            runs=() if media and media.kind == "document" else transcript.runs(message.transcript or message.body),
            quote=quotes.get(message.replied_sid),
            media=media,
            is_tap=bool(message.button_payload),
            is_cut=message.is_cut,
        )


def _quotes(conversation: Conversation, heard: list[InboundMessage]) -> dict[str, Quote]:
    """Return what is quoted, by the id that quotes it: one query at most, and none where nobody quotes."""
    own = {message.provider_sid: Quote(_("Client"), transcript.gist(message)) for message in heard}
    wanted = {message.replied_sid for message in heard if message.replied_sid and message.replied_sid not in own}
    if not wanted:
        return own
    # A simulated message has the id of its row, as the simulator writes it.
    rows = {int(one[2:], 16) for one in wanted if _is_row(one)}
    said = conversation.outbound.filter(provider_sid__in=wanted) | conversation.outbound.filter(pk__in=rows)
    return own | {simulator.sid(one): Quote(_speaker(one), transcript.one_line(one.body)) for one in said}


def _is_row(sid: str) -> bool:
    """Return whether an id is short enough to be a row's; a provider's are random and long."""
    return re.fullmatch(r"SM0{17}[0-9a-f]{15}", sid) is not None


def _speaker(message: OutboundMessage) -> str:
    return _("You") if message.author == OutboundMessage.Author.PROFESSIONAL else _("Reception")


def _said(
    conversation: Conversation, *, before: datetime | None, since: datetime | None, reach: int
) -> Iterator[Entry]:
    rows = conversation.outbound.filter(**_bounds("created_at", before=before, since=since))
    rows = rows.exclude(status=Status.DROPPED).select_related("turn").defer("turn__trace").order_by("-id")
    for message in rows[:reach]:
        if message.medium != OutboundMessage.Medium.EMAIL:
            yield _message(message, conversation.professional)
        elif (entry := _notice(message, conversation.professional)) is not None:
            yield entry


def _message(message: OutboundMessage, professional: Professional) -> Entry:
    icon, word = TICKS[Status(message.status)]
    by_hand = message.author == OutboundMessage.Author.PROFESSIONAL
    failed = message.status == Status.FAILED
    return Entry(
        key=f"out-{message.pk}",
        at=message.created_at,
        side="professional" if by_hand else "reception",
        clock=wording.clock(message.created_at, professional),
        runs=transcript.runs(message.body),
        icon=icon,
        tone="bad" if failed else "seen" if message.status == Status.READ else "",
        tick=str(word),
        error=failures.plain(message.error_code) if failed else "",
        # What the text numbers need not be said twice.
        options=tuple(label for label in _labels(message.options) if label not in message.body),
        turn_id=message.turn_id,
        how=trace.how(message.turn) if message.turn else "",
    )


def _labels(options: Any) -> Iterator[str]:
    found = options if isinstance(options, list) else []
    return (str(one["label"]) for one in found if isinstance(one, dict) and one.get("label"))


def _notice(message: OutboundMessage, professional: Professional) -> Entry | None:
    """Return what an e-mail to the professional was about, None if it is told elsewhere."""
    told = next((told for start, told in NOTICES.items() if message.dedupe_key.startswith(start)), None)
    if told is None:
        return None
    icon, tone, text = told
    words = {"time": wording.clock(message.created_at, professional)}
    return Entry(f"note-{message.pk}", message.created_at, "event", icon=icon, tone=tone, text=str(text) % words)


def _events(
    conversation: Conversation, *, before: datetime | None, since: datetime | None, reach: int, now: datetime
) -> Iterator[Entry]:
    """Yield what happened to the client's appointments meanwhile, wherever it was done."""
    if conversation.client_id is None:
        return
    # Nothing is told from before the conversation.
    begun = max(since or conversation.created_at, conversation.created_at - timedelta(minutes=1))
    rows = AppointmentEvent.objects.filter(
        appointment__client=conversation.client_id,
        appointment__professional=conversation.professional_id,
        appointment__is_trial=False,
        **_bounds("created_at", before=before, since=begun),
    )
    for event in rows.exclude(kind=Kind.HELD).select_related("appointment").order_by("-id")[:reach]:
        icon, tone, text = EVENTS[Kind(event.kind)]
        data = event.data if isinstance(event.data, dict) else {}
        start = parse_datetime(str(data.get("at", ""))) or event.appointment.starts_at
        when = dates.moment(start, conversation.professional, now=now)
        words = {"when": f"{when} · {event.appointment.reference}"}
        yield Entry(f"event-{event.pk}", event.created_at, "event", icon=icon, tone=tone, text=str(text) % words)


def _now(conversation: Conversation, found: list[Entry], *, now: datetime, first: datetime) -> Iterator[Entry]:
    """Yield since when a person speaks, unless a pill of that very moment says so already."""
    speaker, since = takeover.speaker(conversation, now=now), conversation.human_since
    if since is None or since < first or speaker not in (Speaker.CALLED, Speaker.PROFESSIONAL):
        return
    words = {"time": wording.clock(since, conversation.professional)}
    if speaker == Speaker.PROFESSIONAL:
        yield Entry("taken", since, "event", icon="person", text=_("You took over at %(time)s") % words)
    elif not any(one.icon == "hand" and abs(one.at - since) < timedelta(minutes=2) for one in found):
        icon, tone, text = NOTICES["handover:"]
        yield Entry("called", since, "event", icon=icon, tone=tone, text=str(text) % words)


def _days(entries: Iterable[Entry], professional: Professional, *, now: datetime) -> Iterator[Day]:
    zone = professional.zone
    for day, said in groupby(entries, key=lambda one: one.at.astimezone(zone).date()):
        yield Day(transcript.day_label(day, today=now.astimezone(zone).date()), list(said))
