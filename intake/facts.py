"""What a model's sentences may rest on in this turn: tool results, open offers, the open question."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from intake import prompt
from intake.proposals import Context
from language.grounding import Claim, Facts, Service
from language.tools import Outcome
from scheduling.models import Professional
from scheduling.slots import Reason

# What may be repeated word for word.
_TOLD = frozenset({"name", "profession", "about", "address", "cancellation", "service", "why_not", "reference"})
# The refusals that say why a time is not free.
_TAKEN = frozenset(reason.value for reason in Reason)


def gather(context: Context, outcomes: Sequence[Outcome]) -> Facts:
    """Collect the facts; prices come from this turn's tools alone, times from what is still on offer as well."""
    zone = context.professional.zone
    payloads = [outcome.payload for outcome in outcomes if outcome.ok]
    open_starts = [offer.starts_at for offer in context.state.open_offers()]
    if context.state.question:
        open_starts.append(context.state.question.starts_at)
    moments = {_moment(row) for payload in payloads for row in [payload, *payload.get("offers", [])] if "time" in row}
    moments |= {(local.date(), local.time()) for start in open_starts for local in [start.astimezone(zone)]}
    rows = list(_rows(payloads))
    informed = any("hours" in payload for payload in payloads)
    return Facts(
        moments=frozenset(moments),
        booked=frozenset(_moment(row) for payload in payloads for row in _own(payload)),
        dates=frozenset(day for outcome in outcomes for day in _asked_days(outcome)),
        opening=frozenset(_opening(context.professional)) if informed else frozenset(),
        prices=frozenset(price for row in rows if (price := _price(row)) is not None),
        services=frozenset(_services(rows)),
        lengths=frozenset(_lengths(context.professional)) if informed else frozenset(),
        told="\n".join(_words(payloads)),
        claims=frozenset(_claims(outcomes)),
        client_words="\n".join(context.client_texts),
        words=context.words,
        private=prompt.rules(),
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


def _own(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The client's appointments in a result."""
    return [*payload.get("coming", []), *([payload["last"]] if payload.get("last") else [])]


def _moment(row: dict[str, Any]) -> tuple[dt.date, dt.time]:
    return dt.date.fromisoformat(row["date"]), dt.time.fromisoformat(row["time"])


def _asked_days(outcome: Outcome) -> Iterator[dt.date]:
    """The days that a tool was asked about: "na quinta não há horários" is backed by its empty answer."""
    for name in ("date", "date_from", "date_to"):
        if outcome.arguments and outcome.arguments.get(name):
            yield dt.date.fromisoformat(str(outcome.arguments[name]))


def _opening(professional: Professional) -> Iterator[tuple[int, dt.time]]:
    for row in professional.working_hours.filter(date=None):
        if row.weekday is not None:
            yield from ((row.weekday, row.opens_at), (row.weekday, row.closes_at))


def _services(rows: Sequence[dict[str, Any]]) -> Iterator[Service]:
    for row in rows:
        name, price = row.get("service", row.get("name")), _price(row)
        if name and price is not None:
            yield Service(name, price, dt.timedelta(minutes=row["minutes"]) if "minutes" in row else None)


def _lengths(professional: Professional) -> Iterator[dt.timedelta]:
    yield dt.timedelta(hours=professional.cancellation_cutoff_hours)
    yield from (service.duration for service in professional.services.filter(is_active=True))


def _words(value: Any) -> Iterator[str]:
    """Yield what results say in words; times, dates and prices are facts of their own."""
    for row in _rows(value):
        for name, part in row.items():
            if name in _TOLD and part:
                yield str(part)


def _price(row: dict[str, Any]) -> Decimal | None:
    try:
        return Decimal(str(row["price"]))
    except (KeyError, InvalidOperation):
        return None


def _claims(outcomes: Sequence[Outcome]) -> Iterator[Claim]:
    """A model's tools never book, move or cancel by themselves; lists of what is booked back that word alone."""
    for outcome in outcomes:
        if not outcome.ok:
            if outcome.payload["error"]["code"] in _TAKEN:
                yield Claim.FULL
            continue
        if outcome.payload.get("offers"):
            yield Claim.FREE
        if outcome.payload.get("asked_for_is_free") is False:
            yield Claim.FULL
        if "coming" in outcome.payload:
            if _own(outcome.payload):
                yield Claim.BOOKED
            if not outcome.payload["coming"]:
                yield Claim.NONE
