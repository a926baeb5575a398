"""System checks: what is missing or contradictory is said at start-up, not at three in the morning."""

import zoneinfo
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core import checks


@checks.register
def check_twilio(app_configs: Sequence[Any] | None, **_kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """Credentials come in pairs, and Twilio signs a public URL without a trailing path of its own."""
    found: list[checks.CheckMessage] = []
    if bool(settings.TWILIO_ACCOUNT_SID) != bool(settings.TWILIO_AUTH_TOKEN):
        hint = "Set both TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or neither (simulator only)."
        found.append(checks.Error("Only half of the Twilio credentials is set.", hint=hint, id="intake.E001"))
    if settings.TWILIO_AUTH_TOKEN and not settings.PUBLIC_BASE_URL.startswith("https://") and not settings.DEBUG:
        hint = "Twilio signs the URL it calls: set PUBLIC_BASE_URL to the public https address."
        found.append(checks.Error("PUBLIC_BASE_URL is not an https address.", hint=hint, id="intake.E002"))
    if not settings.DEBUG and not settings.TWILIO_AUTH_TOKEN:
        hint = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN; every webhook is refused without them."
        found.append(checks.Warning("No Twilio credentials outside DEBUG.", hint=hint, id="intake.W001"))
    return found


@checks.register
def check_time_zones(app_configs: Sequence[Any] | None, **_kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """The zone data in use must be the pinned one: British Columbia stays on UTC-7 from November 2026 on."""
    vancouver = datetime(2026, 12, 1, 12, tzinfo=UTC).astimezone(zoneinfo.ZoneInfo("America/Vancouver"))
    offset = vancouver.utcoffset()
    if offset is not None and offset.total_seconds() == -7 * 3600:
        return []
    hint = "Install the tzdata version of requirements.txt; PYTHONTZPATH must not point elsewhere."
    return [checks.Error("The time-zone data is older than 2026.", hint=hint, id="intake.E003")]
