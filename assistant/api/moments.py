"""Moments as programs write them: RFC 3339 with an offset; where a day will do, a local date of the practice."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assistant.typed import YEARS
from scheduling import selectors
from scheduling.models import Professional

# Stricter than Python, which also reads weeks and days of a year. Seconds may be left out, as people do.
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?P<offset>[Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LONGEST = 40
# Beyond the years of any agenda one time is as good as another; there, zones could lead out of the calendar.
FIRST, LAST = datetime(YEARS[0], 1, 1, tzinfo=UTC), datetime(YEARS[-1], 12, 31, tzinfo=UTC)


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(serializers.Field[datetime, Any, str, Any]):
    """An instant: without an offset nobody could tell which one is meant, least of all when the clocks change."""

    def to_internal_value(self, data: Any) -> datetime:
        """Return the instant in UTC. Raises ValidationError that says what to write."""
        return read(data)

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()


class DayOrMomentField(serializers.Field[date | datetime, Any, str, Any]):
    """A local date of the practice, or an instant."""

    def to_internal_value(self, data: Any) -> date | datetime:
        """Return the date, or the instant in UTC. Raises ValidationError that says what to write."""
        if not isinstance(data, str) or not _DAY.fullmatch(data):
            return read(data)
        try:
            return min(max(date.fromisoformat(data), FIRST.date()), LAST.date())
        except ValueError:
            raise serializers.ValidationError(_("There is no such date.")) from None

    def to_representation(self, value: date | datetime) -> str:
        return value.isoformat()


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant, included, until another, excluded; None where there is no end."""

    since: datetime | None
    until: datetime | None


def read(text: Any) -> datetime:
    """Return the instant that an RFC 3339 text means, in UTC. Raises ValidationError that says what to write."""
    if not isinstance(text, str) or len(text) > LONGEST or not (found := _MOMENT.fullmatch(text)):
        raise serializers.ValidationError(
            _("Write a time as in 2026-12-01T09:00:00-03:00; in an address + is written as %2B.")
        )
    if found["offset"] is None:
        raise serializers.ValidationError(_("Add the offset from UTC, as in 2026-12-01T09:00:00-03:00."))
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise serializers.ValidationError(_("There is no such time.")) from None
    if moment.year not in YEARS:
        return FIRST if moment.year < YEARS[0] else LAST
    return moment.astimezone(UTC)


def span(professional: Professional, first: date | datetime | None, last: date | datetime | None) -> Span:
    """Return the stretch that two ends mean; a date counts whole, by the practice's clock. Raises ValidationError."""
    found = Span(_edge(professional, first, 0), _edge(professional, last, 1))
    if found.since and found.until and found.until <= found.since:
        raise serializers.ValidationError({"to": [_("The end must come after the start.")]})
    return found


def _edge(professional: Professional, end: date | datetime | None, which: int) -> datetime | None:
    """Return an instant as it is, of a date its beginning (0) or its end (1)."""
    if end is None or isinstance(end, datetime):
        return end
    return selectors.bounds(professional, end, end)[which]
