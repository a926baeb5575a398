"""What `manage.py doctor` looks at: each check returns findings and none needs another one to succeed."""

import importlib.metadata
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import health, heartbeats, logs, probes, state
from intake import agent, media, twilio, twilio_setup
from intake.checks import check_time_zones
from intake.twilio import SendError
from language.groq import Groq
from language.tools import ModelError
from scheduling.models import Professional

SERVER_SECONDS = 6
MODEL_SECONDS = 20
WEB_SECONDS = 10
CONSTRAINT = "appointment_no_double_booking"
MOST_NAMED = 20

GROQ_ADVICE = {
    "unauthorized": "Check GROQ_API_KEY.",
    "not_served": "Set GROQ_MODELS to models that the account is served (console.groq.com, Limits).",
    "rate_limited": "The account's limit is used up for now; clients are guided meanwhile.",
    "timeout": "Check the network and GROQ_BASE_URL.",
    "connection": "Check the network and GROQ_BASE_URL.",
}


class Result(StrEnum):
    """`note` is worth knowing, `broken` keeps the product from its work."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "BROKEN"


@dataclass(frozen=True)
class Finding:
    check: str
    result: Result
    text: str
    advice: str = ""


def examine() -> Iterator[Finding]:
    """Yield every finding as soon as it is known."""
    for name, look in LOOKS.items():
        try:
            yield from look()
        except Exception as error:  # noqa: BLE001 - one check that fails must not hide the others
            yield Finding(name, Result.BROKEN, f"The check itself failed: {logs.describe(error)}", "Report this.")


def look_at_settings() -> Iterator[Finding]:
    """Django's and our own system checks; those of a deployment outside DEBUG."""
    found = checks.run_checks(include_deployment_checks=not settings.DEBUG)
    for message in found:
        if not message.is_silenced():
            result = Result.BROKEN if message.is_serious() else Result.NOTE
            yield Finding("settings", result, str(message.msg).splitlines()[0], str(message.hint or ""))
    if not any(not message.is_silenced() for message in found):
        yield Finding("settings", Result.OK, f"DEBUG={'on' if settings.DEBUG else 'off'}, {settings.PUBLIC_BASE_URL}")


def look_at_database() -> Iterator[Finding]:
    """Whether PostgreSQL answers; then its migrations, the constraint, and the professionals."""
    facts, trouble = _ask("doctor.database", _database_facts)
    if trouble:
        where = "the embedded server" if settings.EMBEDDED_DATABASE else "DATABASE_URL and its server"
        yield Finding("database", Result.BROKEN, trouble, f"Check {where}.")
        return
    yield Finding("database", Result.OK, f"PostgreSQL {facts['version']}")
    if facts["missing"]:
        yield Finding("migrations", Result.BROKEN, f"{facts['missing']} not applied", "Run: manage.py migrate")
        return
    yield Finding("migrations", Result.OK, "all applied")
    if facts["constraint"]:
        yield Finding("double booking", Result.OK, f"forbidden by {CONSTRAINT}")
    else:
        advice = "Nothing prevents double booking now. Restore it: manage.py migrate scheduling"
        yield Finding("double booking", Result.BROKEN, f"{CONSTRAINT} is missing or not valid", advice)
    yield from _professionals(facts)


def look_at_broker() -> Iterator[Finding]:
    _found, trouble = _ask("doctor.broker", health.ping_broker)
    advice = f"Check {'the embedded Valkey' if settings.EMBEDDED_REDIS else 'REDIS_URL and its server'}."
    yield Finding("broker", Result.BROKEN, trouble, advice) if trouble else Finding("broker", Result.OK, "answers")


def look_at_cache() -> Iterator[Finding]:
    """Whether the shared cache keeps what is written, and who has left a heartbeat there."""
    shared, trouble = _ask("doctor.cache", health.read_shared)
    if trouble:
        yield Finding("cache", Result.BROKEN, trouble, "Check REDIS_URL and its server.")
        return
    yield Finding("cache", Result.OK, "keeps what is written, shared by all processes")
    beats = {f"worker {queue}": seconds for queue, seconds in shared.workers.items()} | {"beat": shared.beat}
    for part, seconds in beats.items():
        if seconds is not None:
            yield Finding(part, Result.OK, f"last sign of life {seconds} s ago")
            continue
        # In a trial the doctor may well be called while nothing runs.
        result = Result.NOTE if settings.DEBUG else Result.BROKEN
        yield Finding(part, result, f"no sign of life for {heartbeats.LIFE_SECONDS} s", "Start it (or make demo).")


def look_at_time_zones() -> Iterator[Finding]:
    version = importlib.metadata.version("tzdata")
    found = check_time_zones(None)
    if found:
        yield Finding("time zones", Result.BROKEN, str(found[0].msg), str(found[0].hint))
    else:
        yield Finding("time zones", Result.OK, f"tzdata {version}")


def look_at_state() -> Iterator[Finding]:
    folder = state.folder()
    if os.access(folder, os.W_OK | os.X_OK):
        yield Finding("state folder", Result.OK, str(folder))
    else:
        yield Finding("state folder", Result.BROKEN, f"{folder} is not writable", "Set STATE_DIR to a folder that is.")


def look_at_groq() -> Iterator[Finding]:
    """Ask for one word, as a turn would: models in order, memory of those not served."""
    model = agent.model()
    if not isinstance(model, Groq):
        yield Finding("Groq", Result.NOTE, "no GROQ_API_KEY", "Clients are guided with numbered choices.")
        return
    question = [{"role": "user", "content": "Responda com uma palavra: tudo bem?"}]
    try:
        answer = model.answer(question, tools=[], deadline=time.monotonic() + MODEL_SECONDS)
    except ModelError as error:
        advice = GROQ_ADVICE.get(str(error), "Clients are guided with numbered choices meanwhile.")
        yield Finding("Groq", Result.BROKEN, f"no model answered: {error}", advice)
    else:
        yield Finding("Groq", Result.OK, f"{answer.model} answered in {answer.milliseconds} ms")
    if unserved := model.unserved():
        yield Finding("Groq models", Result.NOTE, f"not served: {', '.join(unserved)}", "Take them out of GROQ_MODELS.")


def look_at_voice() -> Iterator[Finding]:
    """Let a second of silence be transcribed; a note at the worst, for clients are asked to write."""
    if not media.can_listen():
        yield Finding("voice messages", Result.NOTE, "not transcribed", "Clients are asked to write.")
        return
    started, name = time.monotonic(), settings.GROQ_TRANSCRIPTION_MODEL
    try:
        media.probe(seconds=MODEL_SECONDS)
    except ModelError as error:
        advice = "Clients are asked to write. Set GROQ_TRANSCRIPTION_MODEL to a model that the account is served."
        yield Finding("voice messages", Result.NOTE, f"{name} did not answer: {error}", advice)
    else:
        milliseconds = round((time.monotonic() - started) * 1000)
        yield Finding("voice messages", Result.OK, f"{name} answered in {milliseconds} ms")


def look_at_twilio() -> Iterator[Finding]:
    """One read of the Messages list: proves the address, the account and the token."""
    if not twilio.configured():
        yield Finding("Twilio", Result.NOTE, "no credentials", "Nothing leaves; the simulator works.")
        return
    try:
        twilio.probe()
    except SendError as error:
        yield _say_twilio(error)
    else:
        yield Finding("Twilio", Result.OK, "the account answers")


def look_at_public_address() -> Iterator[Finding]:
    """Post a signed form to ourselves the way Twilio would (W2): a proxy that changes the URL shows here.

    The form names a foreign account, so it is verified and then belongs to nobody: no row is written.
    """
    if not settings.TWILIO_AUTH_TOKEN or urlsplit(settings.PUBLIC_BASE_URL).scheme != "https":
        yield Finding("public address", Result.NOTE, "not tried", "Needs Twilio's token and an https PUBLIC_BASE_URL.")
        return
    try:
        got = twilio_setup.knock(timeout=WEB_SECONDS)
    except requests.RequestException as error:
        advice = "Is the web server running, and may this machine reach its own public address?"
        yield Finding("public address", Result.NOTE, f"not reached ({type(error).__name__})", advice)
        return
    if got.status_code == 200:
        yield Finding("public address", Result.OK, "a signed webhook arrives and is believed")
    else:
        yield Finding("public address", Result.BROKEN, f"HTTP {got.status_code} for a signed webhook", _advise(got))


LOOKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "settings": look_at_settings,
    "database": look_at_database,
    "broker": look_at_broker,
    "cache": look_at_cache,
    "time zones": look_at_time_zones,
    "state folder": look_at_state,
    "Groq": look_at_groq,
    "voice messages": look_at_voice,
    "Twilio": look_at_twilio,
    "public address": look_at_public_address,
}


def _ask(name: str, question: Callable[[], Any]) -> tuple[Any, str]:
    """Return the answer, or what is wrong, in words."""
    try:
        return probes.ask(name, question).result(timeout=SERVER_SECONDS), ""
    except TimeoutError:
        return None, f"no answer within {SERVER_SECONDS} s"
    except Exception as error:  # noqa: BLE001 - whatever a driver raises
        return None, f"{type(error).__name__}: {logs.hide(str(error))}".splitlines()[0][:160]


def _database_facts() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        cursor.execute(
            "SELECT 1 FROM pg_constraint WHERE conname = %s AND contype = 'x' AND convalidated", [CONSTRAINT]
        )
        constraint = cursor.fetchone() is not None
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    facts = {"version": version, "constraint": constraint, "missing": len(plan), "total": 0, "mute": [], "closed": []}
    if not plan:
        everybody = Professional.objects.order_by("pk")
        facts["total"] = everybody.count()
        facts["mute"] = list(everybody.filter(whatsapp_number=None).values_list("pk", flat=True)[:MOST_NAMED])
        facts["closed"] = list(everybody.filter(working_hours=None).values_list("pk", flat=True)[:MOST_NAMED])
    return facts


def _professionals(facts: dict[str, Any]) -> Iterator[Finding]:
    """Name by id who cannot be written to or has no hours; a name is nobody's business in a terminal's history."""
    for what, key, advice in (
        ("without a WhatsApp number", "mute", "Nobody can write to them: set whatsapp_number in the admin."),
        ("without working hours", "closed", "Nobody can book with them: add hours in the admin."),
    ):
        if facts[key]:
            ids = ", ".join(f"#{pk}" for pk in facts[key])
            yield Finding("professionals", Result.NOTE, f"{what}: {ids}", advice)
    if not facts["mute"] and not facts["closed"]:
        advice = "" if facts["total"] else "Add one in the admin, or try: manage.py seed_demo"
        yield Finding("professionals", Result.OK, f"{facts['total']}, all with number and hours", advice)


def _say_twilio(error: SendError) -> Finding:
    if not error.status:
        advice = "Check the network and TWILIO_API_BASE_URL."
        return Finding("Twilio", Result.BROKEN, f"no answer ({error.code})", advice)
    refused = error.status in (401, 403, 404)
    advice = "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN." if refused else "Try again later: status.twilio.com"
    return Finding("Twilio", Result.BROKEN, f"HTTP {error.status}", advice)


def _advise(got: requests.Response) -> str:
    if got.status_code == 403:
        return "The proxy changes path or query, or PUBLIC_BASE_URL is not the address that was called."
    if got.status_code == 400:
        return "Add the host name that the proxy passes on to ALLOWED_HOSTS."
    if got.is_redirect:
        return "Something redirects the webhook; Twilio would lose the message. Point PUBLIC_BASE_URL past it."
    return "Something other than Sineta answers there, or it has no database; see its log."
