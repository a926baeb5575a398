"""What of a model's text may reach a person: only sentences whose hours, dates, prices and claims facts back.

Law 4: receipts are written by code from the committed row; a model may converse, but an hour that no tool result
holds, or an "agendado" that no tool established, does not leave. Sentences are judged one by one, and a doubt
counts against the sentence: dropping a true one costs a line, letting a false one out costs a client.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise

from language import when
from language._grounding_claims import AFFIRMATION, STALL, WISH, asserts_nothing, find_unbacked, is_question, made
from language._grounding_figures import Service, find_mixed_up, find_unknown
from language._grounding_moments import Heading, Known, echo_of, find_wrong_moment, names_day, speaks_of_hours
from language._grounding_terms import find_untold
from language._grounding_words import CHANGED, Claim
from language._when_words import LONGEST_TEXT, Window, normalise

__all__ = ["Claim", "Facts", "Service", "Verdict", "check", "repeats", "secrets_of"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is established: dates and times in the professional's zone, prices in BRL."""

    # Dates with times on offer: from tool results, open offers, the open question.
    moments: frozenset[tuple[date, time]] = frozenset()
    # The client's own appointments.
    booked: frozenset[tuple[date, time]] = frozenset()
    # Further known dates, such as those a tool was asked about.
    dates: frozenset[date] = frozenset()
    # On which weekdays (0 is Monday) the professional opens and closes at what times.
    opening: frozenset[tuple[int, time]] = frozenset()
    prices: frozenset[Decimal] = frozenset()
    # Which price and length is whose.
    services: frozenset[Service] = frozenset()
    # How long services take, how long before its time an appointment can be changed.
    lengths: frozenset[timedelta] = frozenset()
    # What tools told in words: an address, a description, a rule.
    told: str = ""
    # What a tool result of this turn established.
    claims: frozenset[Claim] = frozenset()
    # The client's own text: its hours, dates and figures may be echoed, in a question only.
    client_words: str = ""
    # What the client wrote in this turn.
    words: str = ""
    links: frozenset[str] = frozenset()
    # The instructions of the model: nobody's business.
    private: str = ""


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
    echo = echo_of(facts.client_words, now=now)
    secrets = secrets_of(facts.private)
    kept: list[str] = []
    dropped: list[tuple[str, str]] = []
    heading = Heading()
    for sentence, space in _sentences(text):
        reason = repeats(sentence, secrets) or _fault(sentence, facts, echo=echo, heading=heading, now=now)
        heading = _follow(heading, sentence, dropped=reason is not None, now=now)
        if reason is None:
            kept.append(sentence + space)
        elif sentence.strip():
            dropped.append((sentence.strip(), reason))
    if reason := _empty_promise("".join(kept), facts):
        dropped.append(("".join(kept).strip(), reason))
        kept = []
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


# --- Instructions --------------------------------------------------------------------------------------------

_TELLTALE_WORDS = 7
_NAME_OF_A_TOOL = re.compile(r"(?<![\w/.@-])[a-z]+(?:_[a-z]+)+(?![\w/.@-])")


@cache
def secrets_of(private: str) -> frozenset[str]:
    """Return the runs of words that give instructions away: seven in a row, or a whole shorter sentence."""
    runs: set[str] = set()
    for line in re.split(r"[.:;\n]+", private):
        said = re.findall(r"\w+", normalise(line))
        last = max(len(said) - _TELLTALE_WORDS, 0)
        runs |= {" ".join(said[start : start + _TELLTALE_WORDS]) for start in range(last + 1) if len(said) > 3}
    return frozenset(runs)


def repeats(sentence: str, secrets: frozenset[str]) -> str | None:
    """Return why a sentence gives away how its writer was instructed, None if it does not."""
    if _NAME_OF_A_TOOL.search(sentence):
        return "the name of a tool"
    said = " ".join(re.findall(r"\w+", normalise(sentence)))
    return "repeats its instructions" if any(secret in said for secret in secrets) else None


# --- One sentence --------------------------------------------------------------------------------------------


_ITEM = re.compile(r"^\s*(?:[*_]*\d{1,2}[*_]*\s?[.)-]\s|[-•*–]\s|\d\ufe0f?\u20e3\s?)")


def _follow(heading: Heading, sentence: str, *, dropped: bool, now: datetime) -> Heading:
    """Return the heading for the next sentence."""
    if not sentence.strip():
        return heading
    if sentence.rstrip(" *_").endswith(":"):
        read = when.scan(_plain(sentence), now=now)
        return Heading(read, dropped) if names_day(read) else heading
    return heading if _is_item(sentence) else Heading()


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
    if reason := _unreadable(sentence):
        return reason
    if WISH.fullmatch(normalise(sentence)):
        return None
    read = when.scan(_plain(sentence), now=now)
    asks = is_question(read.source)
    claims = made(read.source, marked=read.text, raw=sentence)
    of_hours = speaks_of_hours(read)
    if of_hours:
        claims -= {Claim.FULL}
    if _CLOCK_FACES.search(sentence) and not any(isinstance(one.value, Window) for one in read.found):
        return "unknown time on a clock's face"
    known = _known_for(facts, claims, echo=echo, asks=asks, today=now.date())
    told = "\n".join(map(normalise, (facts.told, facts.client_words if asks else "")))
    return (
        _foreign_link(read.source, facts)
        or find_unknown(read, prices=facts.prices, lengths=facts.lengths, told=told)
        or find_mixed_up(read, facts.services)
        or find_wrong_moment(read, known, heading=heading, free=Claim.FREE in claims)
        or find_unbacked(read.source, marked=read.text, claims=claims, established=facts.claims, of_hours=of_hours)
        or find_untold(read.source, told=told)
    )


_SPELLED = re.compile(r"(?<!\w)(?:[^\W\d_][\s.\-_*|/]{1,3}){4,}[^\W\d_](?!\w)")
# Two of these make a sentence French, Italian or German.
_FOREIGN = re.compile(
    r"\b(?:est|c'est|vous|votre|nous|pour|avec|je|ne|pas|merci|bonjour|jeudi|vendredi|rendez-vous|réservé"
    r"|ist|ihr|ihre|der|und|für|nicht|ich|sie|mit|uhr|termin|donnerstag|freitag|gebucht|bestätigt|frei"
    r"|il|tuo|suo|è|della|appuntamento|confermato|giovedì|venerdì|grazie|prenotato|alle)\b"
)
_CLOCK_FACES = re.compile("[\U0001f550-\U0001f567]")


def _unreadable(sentence: str) -> str | None:
    """Return why the rules cannot read a sentence that a person can: letters of another script, or letters apart."""
    for character in unicodedata.normalize("NFKD", sentence):
        if not character.isascii() and character.isalpha() and not unicodedata.name(character, "").startswith("LATIN"):
            return "letters of another script"
    if len(set(_FOREIGN.findall(sentence.lower()))) > 1:
        return "a language that is not read"
    return "letters apart" if _SPELLED.search(sentence) else None


def _known_for(facts: Facts, claims: set[Claim], *, echo: Known, asks: bool, today: date) -> Known:
    """Return what a sentence with these claims may name: what is free on offer, what is booked as booked, else both.

    A question may echo what the client named; so may a "no", the hour alone, on the days a tool was asked about.
    """
    pairs = facts.moments | facts.booked
    if claims & CHANGED and Claim.FREE not in claims:
        pairs = facts.booked
    if Claim.FREE in claims and not claims & CHANGED:
        pairs = facts.moments
    days = {day for day, _ in pairs}
    if claims & (CHANGED | {Claim.FREE}):
        return Known(frozenset(days), pairs=pairs, opening=facts.opening)
    if asks:
        pairs |= echo.pairs
    elif claims == {Claim.FULL}:
        pairs |= {(day, clock) for day in facts.dates for clock in echo.times}
        echo = Known(echoed=echo.times)
    else:
        echo = Known()
    return Known(facts.dates | days | echo.dates | {today}, pairs=pairs, opening=facts.opening, echoed=echo.times)


_ASKED = re.compile(r"[?\d]")
_WISHED = re.compile(
    r"\b(?:marc|agend|reserv|cancel|desmarc|remarc|reagend|confirm|mud|troc|adi[ae]|antecip|encaix|vaga|book|move|resched"
    r"|cambi|anul)"
)


def _empty_promise(text: str, facts: Facts) -> str | None:
    """Return why a text that asks nothing leaves the client waiting, or believing that something was done.

    A wish that no tool was called for is met by a question or an excuse, never by a bare statement: "rolou!" after
    "marca quinta" says more than any list of words knows.
    """
    said, wish = normalise(text), normalise(facts.words)
    if not text.strip() or "?" in said or facts.claims & {Claim.FREE, Claim.FULL}:
        return None
    if STALL.search(said):
        return "promises what nobody will do"
    wished = _WISHED.search(wish)
    if (wished or _ASKED.search(wish)) and AFFIRMATION.fullmatch(said):
        return "says yes to whatever was asked"
    if wished and not (facts.claims or facts.told or asserts_nothing(said)):
        return "answers a wish with a statement"
    return None


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
