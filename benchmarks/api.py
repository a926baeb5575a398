"""The REST API under a crowd: one time, many programs; one key, sent many times."""

import json
from collections import Counter
from importlib import import_module
from itertools import chain

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.utils.crypto import get_random_string

from benchmarks import data, load, processes
from benchmarks.figures import Row, limit
from scheduling.models import Appointment, Client, Professional

PATH = "/api/v1/appointments/"
CROWD = 32
ROUNDS = 20
# Each round is another practice's, so that no limit of requests is met; far from what other groups book.
FIRST = 100
SLOT = 4000


def measure() -> list[Row]:
    """Return the rows about bookings by programs, over real connections to the real web server."""
    with processes.running(processes.command("web")):
        processes.wait_for(lambda: load.answers(processes.PORT))
        load.post(processes.PORT, [[_request(_login(FIRST - 1), _body(FIRST - 1, 0))]])
        races = [_race(number) for number in range(FIRST, FIRST + ROUNDS)]
        repeats = [_race(number, key="bench") for number in range(FIRST + ROUNDS, FIRST + 2 * ROUNDS)]
    counted, told = (Counter(chain.from_iterable(many)) for many in (races, repeats))
    print(f"  POST {PATH}: {dict(counted)}; with one key: {dict(told)}")
    what = f"POST {PATH} from {CROWD} clients for one slot, {ROUNDS} times"
    so = sum(sorted(race) == [201] + [409] * (CROWD - 1) for race in races)
    booked = sum(_booked(number) == 1 for number in range(FIRST, FIRST + 2 * ROUNDS))
    all_told = sum(race == [201] * CROWD for race in repeats)
    failures = sum(count for status, count in (counted + told).items() if status >= 500)
    return [
        _times(f"{what}: one 201, {CROWD - 1} times 409", so, ROUNDS),
        limit("the same: answers with 5xx", failures, most=0),
        _times(f"the same with one Idempotency-Key: {CROWD} times 201", all_told, ROUNDS),
        _times("both: one appointment and one new client", booked, 2 * ROUNDS),
    ]


def _times(what: str, count: int, wanted: int) -> Row:
    return Row(what, f"{count} times", "", f"{count}", f"{wanted}", count == wanted)


def _race(number: int, *, key: str = "") -> list[int]:
    """Let all clients ask for the same hour of one practice at once; return what they were answered."""
    login = _login(number)
    requests = [_request(login, _body(number, 0 if key else client), key=key) for client in range(CROWD)]
    return load.post(processes.PORT, [[request] for request in requests]).statuses


def _body(number: int, client: int) -> bytes:
    body = {
        "service": number,
        "starts_at": data.free_start(SLOT).isoformat(),
        "client": {"name": f"Newcomer {client}", "phone": f"+55119{81000000 + client}"},
    }
    return json.dumps(body).encode()


def _request(cookies: str, body: bytes, *, key: str = "") -> bytes:
    token = cookies.rpartition("=")[2]
    lines = [
        f"POST {PATH} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"Cookie: {cookies}",
        f"X-CSRFToken: {token}",
        *([f"Idempotency-Key: {key}"] if key else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _login(number: int) -> str:
    """Give the practice a login, and return the cookies of a session of it."""
    user, _ = User.objects.get_or_create(username=f"bench-{number}")
    Professional.objects.filter(pk=number).update(user=user)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={get_random_string(32)}"


def _booked(number: int) -> int:
    """Return how many appointments a practice has at that hour; -1 if more or fewer new clients than that."""
    count = Appointment.objects.filter(professional=number, starts_at=data.free_start(SLOT)).count()
    newcomers = Client.objects.filter(professional=number, name__startswith="Newcomer").count()
    return count if newcomers == count else -1
