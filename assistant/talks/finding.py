"""Finding conversations by name, phone or words; capitals and accents do not matter.

Names and phones are looked for everywhere, words in the newest conversations only: whoever has years of messages gets
an answer as fast as anybody, and is told how far was looked.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from assistant import waiting
from assistant.talks import conversations
from assistant.talks.conversations import Row
from intake.models import InboundMessage, OutboundMessage
from scheduling import phones, search
from scheduling.models import Professional

# How far words are looked for, and how many conversations are shown.
NEWEST = 300
SHOWN = 30
LONGEST_WISH = 100
MOST_TERMS = 6
_AROUND = 40


@dataclass(frozen=True, slots=True)
class Hit:
    """Where something was found: what it is, and the words around it. `before` is the moment to show it by."""

    where: str
    start: str = ""
    match: str = ""
    end: str = ""
    before: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has to show. `is_cut`: there is more than is shown; `is_deep`: not all was searched for words."""

    rows: list[tuple[Row, Hit]]
    is_cut: bool
    is_deep: bool
    newest: int = NEWEST


def find(professional: Professional, typed: str, *, now: datetime) -> Found:
    """Return the conversations in which all of the typed words stand together somewhere, the newest first."""
    terms = terms_of(typed)
    if not terms:
        return Found([], is_cut=False, is_deep=False)
    mine = waiting.conversations(professional)
    newest = list(mine.order_by("-last_inbound_at", "-pk").values_list("pk", flat=True)[: NEWEST + 1])
    hits = dict(_in_messages(newest[:NEWEST], terms, name=_said_by))
    by_name = set(_by_name(mine, terms, typed).values_list("pk", flat=True)[: SHOWN + 1])
    wanted = mine.filter(pk__in=by_name | set(hits)).order_by("-last_inbound_at", "-pk")
    found = list(conversations.with_latest(wanted)[: SHOWN + 1])
    return Found(
        [(conversations.row(one, now=now), _hit(one, by_name, hits, terms)) for one in found[:SHOWN]],
        is_cut=len(found) > SHOWN,
        is_deep=len(newest) > NEWEST,
    )


def terms_of(typed: str) -> list[str]:
    """Return the words to look for as the columns have them: small, without accents."""
    return search.fold(typed[:LONGEST_WISH]).split()[:MOST_TERMS]


def _all_in(column: str, terms: Sequence[str]) -> Q:
    """Return the condition that all words stand in a column; Django escapes what LIKE would read as a pattern."""
    condition = Q()
    for term in terms:
        condition &= Q(**{f"{column}__contains": term})
    return condition


def _by_name(rows: QuerySet[Any], terms: Sequence[str], typed: str) -> QuerySet[Any]:
    names = rows.annotate(called=Concat("client__name", Value(" "), "profile_name", output_field=TextField()))
    condition = _all_in("plain", terms)
    if forms := phones.sought(typed[:LONGEST_WISH]):
        condition |= search.holds_one_of("address", forms) | search.holds_one_of("client__phone", forms)
    found: QuerySet[Any] = names.alias(plain=search.plain("called")).filter(condition)
    return found.order_by("-last_inbound_at")


def _in_messages(
    within: Sequence[int], terms: Sequence[str], *, name: Callable[[Any], str]
) -> Iterator[tuple[int, Hit]]:
    """Yield the newest message of each conversation that has all the words; the client's own come last, and win."""
    said = OutboundMessage.objects.filter(conversation__in=within).exclude(medium=OutboundMessage.Medium.EMAIL)
    heard = InboundMessage.objects.filter(conversation__in=within)
    heard_matching = heard.alias(plain=search.plain("body"), spoken=search.plain("transcript"))
    both: list[QuerySet[Any]] = [
        said.alias(plain=search.plain("body")).filter(_all_in("plain", terms)),
        # Hardly any message is spoken: an empty column is not made plain first.
        heard_matching.filter(_all_in("plain", terms) | ~Q(transcript="") & _all_in("spoken", terms)),
    ]
    for rows in both:
        newest = rows.order_by("conversation_id", "-pk").distinct("conversation_id")
        for message in newest.defer(*_UNSEEN[rows.model])[: NEWEST + 1]:
            yield message.conversation_id, _message_hit(message, terms, where=name(message))


_UNSEEN = {OutboundMessage: ("options",), InboundMessage: ("payload", "media")}


def _said_by(message: InboundMessage | OutboundMessage) -> str:
    if isinstance(message, InboundMessage):
        return _("In a voice message") if message.transcript and not message.body else _("In a message of the client")
    by_hand = message.author == OutboundMessage.Author.PROFESSIONAL
    return _("In an answer of yours") if by_hand else _("In an answer of the reception")


def _message_hit(message: InboundMessage | OutboundMessage, terms: Sequence[str], *, where: str) -> Hit:
    heard = isinstance(message, InboundMessage)
    body = message.body
    if isinstance(message, InboundMessage) and terms[0] not in search.fold(body):
        body = message.transcript
    at = message.received_at if isinstance(message, InboundMessage) else message.created_at
    start, match, end = around(body, terms[0])
    # The page shows what was said before a moment: up to this message and no further.
    before = f"{(at + timedelta(microseconds=1)).timestamp():.6f}"
    return Hit(where, start, match, end, before=before, key=f"{'in' if heard else 'out'}-{message.pk}")


def around(text: str, term: str) -> tuple[str, str, str]:
    """Return the text around a word's first place: before, the word as it is written there, after."""
    text = " ".join(text.split())
    folded = search.fold(text)
    at = folded.find(term)
    # Few letters change their number when they are made small; then no place is marked.
    if at < 0 or len(folded) != len(text):
        return text[: 3 * _AROUND], "", ""
    first, last = max(0, at - _AROUND), at + len(term) + _AROUND
    start = ("…" if first else "") + text[first:at]
    return start, text[at : at + len(term)], text[at + len(term) : last] + ("…" if last < len(text) else "")


def _hit(conversation: Any, by_name: set[int], hits: dict[int, Hit], terms: Sequence[str]) -> Hit:
    """A name says more than a word in some message."""
    if conversation.pk in by_name or conversation.pk not in hits:
        name = conversations.name_of(conversation)
        is_name = all(term in search.fold(name) for term in terms)
        return Hit(_("In the name") if is_name else _("In the name of the profile or the phone"))
    return hits[conversation.pk]
