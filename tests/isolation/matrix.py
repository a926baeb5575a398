"""Every route x every verb x everybody: what they get, and what becomes of Ana's rows meanwhile."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client as Browser
from django.test import override_settings

from assistant import keys
from scheduling.models import Professional
from tests.isolation import tenants
from tests.isolation.routes import Route, all_routes
from tests.isolation.table import Access
from tests.isolation.world import CANARIES, World

VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# Answered before any route is looked up.
PROBES = ("/healthz", "/readyz", "/metrics", "/favicon.ico", "/nothing-here/")
REFUSED = (301, 302, 400, 401, 403, 404, 405, 415, 429)

# A program with a key of Bruno's, and where keys count.
KEY = "Bruno's key"
FOR_KEYS = "api/v1/"

_OWNED = (Access.OWN, Access.ACCOUNT, Access.JSON)
_CHANGING = re.compile(rb'(name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|\b987654321\b)')


@dataclass
class Report:
    """How much was asked for, and every sentence about what should not have happened."""

    routes: int = 0
    requests: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    location: str

    @property
    def leaks(self) -> list[str]:
        text = self.body.decode(errors="replace") + self.location
        return [canary for canary in CANARIES if canary in text]


def survey(world: World, *, kinds: Iterable[Access] = tuple(Access), share: tuple[int, int] = (0, 1)) -> Report:
    """Ask for everything and return what was wrong. Every change is rolled back.

    `share` is which part of how many: the routes of the admin are many.
    """
    report = Report()
    wanted = set(kinds)
    before = tenants.state(world.ana)
    chosen = [route for route in all_routes() if route.access in wanted]
    # Whoever is refused for asking too often is told nothing.
    with override_settings(API_REQUESTS_PER_MINUTE=10**6):
        for route in chosen[share[0] :: share[1]]:
            report.routes += 1
            _survey(route, world, before, report)
    if Access.PUBLIC in wanted:
        _probe(report)
    return report


def _survey(route: Route, world: World, before: dict[str, str], report: Report) -> None:
    kind = route.access
    assert kind is not None
    forged = _forged(world)
    for who, entered in _people(world, kind).items():
        with undone():
            browser = entered()
            for verb in VERBS if who != "superuser" else ("GET",):
                path = route.path(world.rows)
                answer = ask(browser, verb, path, forged)
                report.requests += 1
                missing = None
                if _is_brunos(who, route) and route.names_rows(world.rows):
                    missing = ask(entered(), verb, route.path(world.rows, missing=True), forged)
                told = [*_faults(answer, who, route, verb), *_differences(answer, missing, verb)]
                report.wrong += [f"{verb} {path} for {who}: {one}" for one in told]
            if who not in ("Ana", "superuser"):
                after = tenants.state(world.ana)
                changed = [label for label, mark in before.items() if mark != after[label]]
                report.wrong += [f"{route.pattern or '/'} for {who}: changed Ana's {label}" for label in changed]
            if who in ("Bruno", KEY):
                report.wrong += [f"{route.pattern or '/'} for {who}: {row}" for row in tenants.strangers()]


def _people(world: World, kind: Access) -> Mapping[str, Callable[[], Browser]]:
    """Return who asks, and how they enter."""
    users = {"Ana": world.ana.user, "Bruno": world.bruno.user, "nobody": None, "staff": world.staff}
    found = {who: partial(enter, user) for who, user in {**users, "superuser": world.superuser}.items()}
    return found | ({KEY: partial(program, world.bruno)} if kind in _OWNED else {})


def _is_brunos(who: str, route: Route) -> bool:
    """Return whether Bruno is let in, so that a row of Ana's must be one that he cannot find."""
    return route.access in _OWNED and (who == "Bruno" or (who == KEY and route.pattern.startswith(FOR_KEYS)))


def _faults(answer: Answer, who: str, route: Route, verb: str) -> list[str]:
    """Return what is wrong with one answer; where keys open nothing, one makes nobody somebody."""
    kind = route.access
    assert kind is not None
    if who == KEY and not _is_brunos(who, route):
        who = "nobody"
    found = [f"answered {answer.status}"] if answer.status >= 500 else []
    if who not in ("Ana", "superuser"):
        found += [f"told {canary!r}" for canary in answer.leaks]
    check = _CHECKS.get(kind)
    return [*found, *check(answer, who, verb)] if check else found


def _public(answer: Answer, who: str, verb: str) -> list[str]:
    # With a way back, unlike whoever has just logged out.
    asked = who == "nobody" and "/accounts/login/?" in answer.location
    return ["is asked for a log-in"] if asked else []


def _own(answer: Answer, who: str, verb: str) -> list[str]:
    if who == "nobody" and not (answer.status == 302 and "/accounts/login/" in answer.location):
        return [f"is not sent to the log-in page but gets {answer.status}"]
    if who == "staff" and answer.status not in (403, 302):
        return [f"has no practice and gets {answer.status}"]
    return []


def _account(answer: Answer, who: str, verb: str) -> list[str]:
    return _own(answer, who, verb) if who == "nobody" else []


def _json(answer: Answer, who: str, verb: str) -> list[str]:
    wanted = {"nobody": (401,), "staff": (403, 405) if verb != "OPTIONS" else (200,)}.get(who, (answer.status,))
    return [] if answer.status in wanted else [f"gets {answer.status} instead of {wanted[0]}"]


def _admin(answer: Answer, who: str, verb: str) -> list[str]:
    allowed = (200, *REFUSED) if verb != "OPTIONS" else (200, 204, *REFUSED)
    return [] if answer.status in allowed or who == "superuser" else [f"gets {answer.status}"]


def _webhook(answer: Answer, who: str, verb: str) -> list[str]:
    wanted = 403 if verb == "POST" else 405
    return [] if answer.status == wanted else [f"is not signed and gets {answer.status} instead of {wanted}"]


def _simulator(answer: Answer, who: str, verb: str) -> list[str]:
    return [] if answer.status in (404, 405) else [f"reaches the simulator: {answer.status}"]


_CHECKS: dict[Access, Callable[[Answer, str, str], list[str]]] = {
    Access.PUBLIC: _public,
    Access.OWN: _own,
    Access.ACCOUNT: _account,
    Access.JSON: _json,
    Access.ADMIN: _admin,
    Access.WEBHOOK: _webhook,
    Access.SIMULATOR: _simulator,
}


def _differences(answer: Answer, missing: Answer | None, verb: str) -> list[str]:
    """Another's row must look exactly like one that does not exist; OPTIONS tells of the path, whether it is there."""
    if missing is None:
        return []
    if answer.status not in (404, 405) and verb != "OPTIONS":
        return [f"gets {answer.status} for a row of Ana's"]
    same = answer.status == missing.status and _CHANGING.sub(b"", answer.body) == _CHANGING.sub(b"", missing.body)
    return [] if same else ["can tell a row of Ana's from a missing one"]


def _probe(report: Report) -> None:
    for path in PROBES:
        for verb in VERBS:
            answer = ask(Browser(raise_request_exception=False), verb, path, {})
            report.requests += 1
            # The report on health says 503 where no worker runs.
            if answer.leaks or (answer.status >= 500 and path != "/readyz"):
                report.wrong.append(f"{verb} {path}: {answer.status} {answer.leaks}")


def enter(user: User | None) -> Browser:
    """Return a browser, logged in if there is somebody."""
    browser = Browser(raise_request_exception=False)
    if user is not None:
        browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser


def program(professional: Professional) -> Browser:
    """Return a program with a key of the professional's."""
    _row, plain = keys.issue(professional, name="Site", user=professional.user)
    return Browser(headers={"Authorization": f"Bearer {plain}"}, raise_request_exception=False)


def ask(browser: Browser, verb: str, path: str, fields: dict[str, Any]) -> Answer:
    if verb == "POST":
        response: Any = browser.post(path, fields)
    elif verb in ("PUT", "PATCH"):
        response = browser.generic(verb, path, "{}", content_type="application/json")
    else:
        response = browser.generic(verb, path)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(response.status_code, body, response.headers.get("Location", ""))


def _forged(world: World) -> dict[str, str]:
    """Return a form that names Ana's rows wherever a field could."""
    named = {name.removesuffix("_id"): str(value) for name, value in world.rows.items()}
    words = {
        "name": "forjado",
        "notes": "forjado",
        "body": "forjado",
        "status": "no_show",
        "on": "0",
        "action": "delete",
    }
    admin = {"_selected_action": str(world.rows["client_id"]), "post": "yes", "confirm": "yes"}
    return {**named, **{name: str(value) for name, value in world.rows.items()}, **words, **admin}


class undone:  # noqa: N801 - reads as a word
    """Run in a transaction that is always rolled back."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *_: object) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
