"""What a model's sentences may rest on in this turn: tool results, open offers, the open question."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from intake.proposals import Context
from language.grounding import Claim, Facts
from language.tools import Outcome

_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")


def gather(context: Context, outcomes: Sequence[Outcome]) -> Facts:
    """Collect the facts; prices come from this turn's tools alone, times from what is still on offer as well."""
    zone = context.professional.zone
    payloads = [outcome.payload for outcome in outcomes if outcome.ok]
    rows = [row for payload in payloads for row in _rows(payload)]
    open_starts = [offer.starts_at for offer in context.state.open_offers()]
    if context.state.question:
        open_starts.append(context.state.question.starts_at)
    moments = {_moment(row) for row in rows if "date" in row and "time" in row}
    moments |= {(local.date(), local.time()) for start in open_starts for local in [start.astimezone(zone)]}
    return Facts(
        moments=frozenset(moments),
        dates=frozenset(day for outcome in outcomes for day in _asked_days(outcome)),
        times=frozenset(_clocks(payloads)),
        prices=frozenset(price for row in rows if (price := _price(row)) is not None),
        claims=frozenset(_claims(outcomes)),
        client_words="\n".join(context.client_texts),
        links=frozenset(str(payload["link"]) for payload in payloads if payload.get("link")),
    )


def _rows(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _rows(part)
    elif isinstance(value, list):
        for part in value:
            yield from _rows(part)


def _moment(row: dict[str, Any]) -> tuple[dt.date, dt.time]:
    return dt.date.fromisoformat(row["date"]), dt.time.fromisoformat(row["time"])


def _asked_days(outcome: Outcome) -> Iterator[dt.date]:
    """The days that a tool was asked about: "na quinta não há horários" is backed by its empty answer."""
    for name in ("date", "date_from", "date_to"):
        if outcome.arguments and outcome.arguments.get(name):
            yield dt.date.fromisoformat(str(outcome.arguments[name]))


def _clocks(payloads: Sequence[dict[str, Any]]) -> Iterator[dt.time]:
    for payload in payloads:
        for line in payload.get("hours", []):
            yield from (dt.time(int(hour), int(minute)) for hour, minute in _CLOCK.findall(line))


def _price(row: dict[str, Any]) -> Decimal | None:
    try:
        return Decimal(str(row["price"]))
    except (KeyError, InvalidOperation):
        return None


def _claims(outcomes: Sequence[Outcome]) -> Iterator[Claim]:
    """A model's tools never book, move or cancel by themselves; lists of what is booked back that word alone."""
    for outcome in outcomes:
        if not outcome.ok:
            continue
        if outcome.payload.get("offers"):
            yield Claim.FREE
        if outcome.payload.get("coming"):
            yield Claim.BOOKED
