"""What the professional's pages cost in a large account, against the same pages of an empty one."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks import data
from benchmarks.figures import Row, cost, repeated, take_turns
from scheduling.models import Appointment, Professional

BUSY, EMPTY = 2, 3
ROUNDS = 9
PAGES = {"the week": "/agenda/week/", "the conversations": "/conversations/", "the clients": "/clients/"}
MOST_QUERIES = 12

# Five more each evening, back from yesterday: 10,000 in all.
_HISTORY = """
INSERT INTO scheduling_appointment
  (professional_id, client_id, service_id, attendee, starts_at, ends_at, local_start, timezone, buffer_before_minutes,
   buffer_after_minutes, status, reference, price, source, is_trial, cancel_reason)
SELECT p, (p - 1) * %(clients)s + 1 + k %% %(clients)s, p, '', wall AT TIME ZONE 'America/Sao_Paulo',
       wall AT TIME ZONE 'America/Sao_Paulo' + interval '50 minutes', wall, 'America/Sao_Paulo', 0, 0,
       'completed', 'E' || k, 200, 'whatsapp', false, ''
  FROM (SELECT %(busy)s AS p) one, generate_series(0, 8999) k,
       LATERAL (SELECT %(today)s::date - (1 + k / 5) * interval '1 day' + (19 + k %% 5) * interval '1 hour' AS wall) w
"""

# Each with twenty messages and twenty answers, the last ones minutes apart.
_TALKS = """
INSERT INTO scheduling_client (id, professional_id, name, address, email, notes, is_blocked)
SELECT 10000000 + c, %(busy)s, 'Talker ' || c, 'whatsapp:+55119' || lpad(c::text, 8, '0'), '', '', false
  FROM generate_series(1, 5000) c;
INSERT INTO intake_conversation
  (id, professional_id, channel, address, profile_name, client_id, state, human_reason, last_inbound_at)
SELECT 10000000 + c, %(busy)s, 'whatsapp', 'whatsapp:+55119' || lpad(c::text, 8, '0'), '', 10000000 + c, '{}', '',
       now() - c * interval '3 minutes'
  FROM generate_series(1, 5000) c;
INSERT INTO intake_inboundmessage
  (conversation_id, provider_sid, body, kind, button_payload, replied_sid, media, payload, status, attempts,
   received_at)
SELECT 10000000 + c, 'SM' || (c * 100 + m), 'Message ' || m, 'text', '', '', '[]', '{}', 'done', 1,
       now() - c * interval '3 minutes' - (20 - m) * interval '1 hour'
  FROM generate_series(1, 20) m, generate_series(1, 5000) c;
INSERT INTO intake_outboundmessage
  (professional_id, conversation_id, medium, author, recipient, subject, body, options, dedupe_key, status, attempts,
   provider_sid, error_code, error_message, created_at)
SELECT %(busy)s, 10000000 + c, 'whatsapp', 'reception', 'whatsapp:+55119' || lpad(c::text, 8, '0'), '',
       'Answer ' || m, '[]', 'bench:' || (c * 100 + m), 'read', 1, '', '', '',
       now() - c * interval '3 minutes' - (20 - m) * interval '1 hour'
  FROM generate_series(1, 20) m, generate_series(1, 5000) c;
"""


def measure() -> list[Row]:
    """Return the rows about pages: their cost in a large account, and that their queries do not grow with it."""
    _fill()
    busy, empty = _browser(BUSY), _browser(EMPTY)
    rows = []
    for what, path in PAGES.items():
        base, mine = take_turns(ROUNDS, repeated(_get(empty, path), 5), repeated(_get(busy, path), 5))
        size = f"10,000 of {Appointment.objects.count():,} appointments, 5,000 conversations"
        rows.append(cost(f"{what}, {size}", mine, base, over="the same page of an empty account", most=3))
        rows.append(_queries(what, busy, empty, path))
    return rows


def _queries(what: str, busy: Browser, empty: Browser, path: str) -> Row:
    many, few = _count(busy, path), _count(empty, path)
    met = many <= MOST_QUERIES
    return Row(
        f"{what}: queries", str(many), f"{few} in an empty account", str(many), f"at most {MOST_QUERIES}", met=met
    )


def _count(browser: Browser, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        _get(browser, path)()
    return len(queries)


def _get(browser: Browser, path: str) -> Callable[[], object]:
    def get() -> object:
        answer = browser.get(path, HTTP_HOST="127.0.0.1")
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    return get


def _browser(number: int) -> Browser:
    """Return a browser in which that professional is logged in."""
    user = User.objects.create_user(f"bench-{number}@example.com")
    Professional.objects.filter(pk=number).update(user=user, onboarded_at=timezone.now())
    browser = Browser()
    browser.force_login(user)
    return browser


def _fill() -> None:
    values = {"busy": BUSY, "clients": data.CLIENTS_EACH, "today": timezone.now().astimezone(data.ZONE).date()}
    Appointment.objects.filter(professional=EMPTY).delete()
    with data.generating():
        data.run(_HISTORY, values)
        data.run(_TALKS, values)
