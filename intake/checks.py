"""System checks: what is missing or contradictory is said at start-up, not at three in the morning."""

import ipaddress
import zoneinfo
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.http.request import validate_host

from intake import twilio

# Each process has its own of these: limits, heartbeats and the memory of models would each be known to one alone.
UNSHARED_CACHES = ("locmem", "dummy", "filebased")


@checks.register
def check_twilio(app_configs: Sequence[Any] | None, **_kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """Credentials come in pairs."""
    found: list[checks.CheckMessage] = []
    if bool(settings.TWILIO_ACCOUNT_SID) != bool(settings.TWILIO_AUTH_TOKEN):
        hint = "Set both TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or neither (simulator only)."
        found.append(checks.Error("Only half of the Twilio credentials is set.", hint=hint, id="intake.E001"))
    if not settings.DEBUG and not settings.TWILIO_AUTH_TOKEN:
        hint = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN; every webhook is refused without them."
        found.append(checks.Warning("No Twilio credentials outside DEBUG.", hint=hint, id="intake.W001"))
    return found


@checks.register
def check_public_address(app_configs: Sequence[Any] | None, **_kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """Twilio signs the URL that it calls: PUBLIC_BASE_URL has to be exactly that, as far as the path (W2)."""
    parts = urlsplit(settings.PUBLIC_BASE_URL)
    found: list[checks.CheckMessage] = []
    if settings.TWILIO_AUTH_TOKEN and parts.scheme != "https" and not settings.DEBUG:
        hint = "Twilio signs the URL it calls: set PUBLIC_BASE_URL to the public https address."
        found.append(checks.Error("PUBLIC_BASE_URL is not an https address.", hint=hint, id="intake.E002"))
    if not _is_origin(settings.PUBLIC_BASE_URL):
        hint = "Write scheme and host alone, as in https://sineta.example: no path, no spaces, no user name."
        found.append(checks.Error("PUBLIC_BASE_URL is more or less than an origin.", hint=hint, id="intake.E004"))
    elif not settings.DEBUG and not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        hint = f"Add {parts.hostname} to ALLOWED_HOSTS unless the proxy passes on another host name."
        found.append(checks.Warning("The host of PUBLIC_BASE_URL is not allowed.", hint=hint, id="intake.W003"))
    return found


@checks.register
def check_reach(app_configs: Sequence[Any] | None, **_kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """Once real messages leave, answers and reports come from outside (W2)."""
    if not twilio.configured() or settings.TWILIO_API_BASE_URL or not _is_origin(settings.PUBLIC_BASE_URL):
        return []
    if not _is_inner(urlsplit(settings.PUBLIC_BASE_URL).hostname or ""):
        return []
    text = "Twilio cannot reach PUBLIC_BASE_URL: no message comes in, no report on those that leave."
    hint = "Set PUBLIC_BASE_URL to the public https address, for a trial to that of a tunnel."
    if settings.DEBUG:
        return [checks.Warning(text, hint=hint, id="intake.W004")]
    return [checks.Error(text, hint=hint, id="intake.E006")]


@checks.register
def check_servers(app_configs: Sequence[Any] | None, **_kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """The cache is shared by web and workers, and embedded servers are for trials."""
    found: list[checks.CheckMessage] = []
    if any(kind in settings.CACHES["default"]["BACKEND"] for kind in UNSHARED_CACHES):
        hint = "Use django-redis on the Valkey of REDIS_URL, as config/settings.py does."
        found.append(checks.Error("The cache is not shared between processes.", hint=hint, id="intake.E005"))
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not getattr(settings, name)]
    if missing and not settings.DEBUG:
        hint = f"Set {' and '.join(missing)}: the embedded servers end with their last command and have no backups."
        found.append(checks.Warning("Embedded servers outside DEBUG.", hint=hint, id="intake.W002"))
    return found


@checks.register
def check_time_zones(app_configs: Sequence[Any] | None, **_kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """The zone data in use must be the pinned one: British Columbia stays on UTC-7 from November 2026 on (T12)."""
    vancouver = datetime(2026, 12, 1, 12, tzinfo=UTC).astimezone(zoneinfo.ZoneInfo("America/Vancouver"))
    offset = vancouver.utcoffset()
    if offset is not None and offset.total_seconds() == -7 * 3600:
        return []
    hint = "Install the tzdata version of requirements.txt; PYTHONTZPATH must not point elsewhere."
    return [checks.Error("The time-zone data is older than 2026.", hint=hint, id="intake.E003")]


def _is_inner(host: str) -> bool:
    """Return whether a host is this machine, an address of an inner network, or a name without a domain."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def _is_origin(url: str) -> bool:
    """Return whether the URL is scheme, host and perhaps a port, and nothing else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    netloc = f"{host}:{port}" if port is not None else host
    if not host or any(character.isspace() for character in url):
        return False
    return parts.scheme in ("http", "https") and url.lower() == f"{parts.scheme}://{netloc}"


@checks.register
def check_retention(app_configs: Sequence[Any] | None, **_kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """A slip of the keyboard must not erase what a practice lives on."""
    found: list[checks.CheckMessage] = []
    for name in ("KEEP_MESSAGES_DAYS", "KEEP_TRACES_DAYS"):
        if getattr(settings, name) < 1:
            hint = "Set it to how many days are kept, at least 1."
            found.append(checks.Error(f"{name} is less than a day.", hint=hint, id="intake.E007"))
    return found
