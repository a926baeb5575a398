"""Pages that stay as new as the database: a page asks every few seconds whether its days look as it shows them.

The question is answered by one statement over the days in question. Nothing new is a 204, and costs what it takes to
know who asks and that statement.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from scheduling.models import LONGEST

View = Callable[..., HttpResponseBase]
# A local day can begin so much before or after the one in UTC; what stands just outside the days does no harm.
_ABROAD = timedelta(hours=14)

# All that an agenda shows: appointments (cancelled ones by an index of their own), hours and time off, who waits.
_STATE = """
WITH own AS (SELECT * FROM scheduling_professional WHERE user_id = %(user)s),
near AS (
  SELECT one.* FROM scheduling_appointment one, own
   WHERE one.professional_id = own.id AND one.status <> 'cancelled' AND NOT one.is_trial
     AND one.starts_at >= %(since)s AND one.starts_at < %(until)s
  UNION ALL
  SELECT one.* FROM scheduling_appointment one, own
   WHERE one.professional_id = own.id AND one.status = 'cancelled' AND NOT one.is_trial
     AND one.starts_at >= %(since)s AND one.starts_at < %(until)s
  UNION ALL
  SELECT one.* FROM scheduling_appointment one, own
   WHERE one.professional_id = own.id AND one.status = 'pending' AND NOT one.is_trial AND one.expires_at > %(now)s
     AND NOT (one.starts_at >= %(since)s AND one.starts_at < %(until)s)
)
SELECT md5(concat_ws('|',
  (SELECT concat_ws(',', id, timezone, language, observes_holidays, bot_enabled, slot_step_minutes) FROM own),
  (SELECT string_agg(concat_ws(',', near.id, near.status, near.starts_at, near.ends_at, near.move_to, near.attendee,
                               near.price, client.name, service.name), ';' ORDER BY near.id)
     FROM near JOIN scheduling_client client ON client.id = near.client_id
     JOIN scheduling_service service ON service.id = near.service_id
    WHERE near.expires_at IS NULL OR near.expires_at > %(now)s OR near.status NOT IN ('held', 'pending')),
  (SELECT string_agg(concat_ws(',', hours.id, weekday, "date", opens_at, closes_at), ';' ORDER BY hours.id)
     FROM scheduling_workinghours hours, own WHERE hours.professional_id = own.id),
  (SELECT string_agg(concat_ws(',', off.id, starts_at, ends_at, reason), ';' ORDER BY off.id)
     FROM scheduling_timeoff off, own
    WHERE off.professional_id = own.id AND ends_at > %(since)s AND starts_at < %(until)s),
  (SELECT string_agg(concat_ws(',', called.id, called.last_inbound_at, called.profile_name), ';' ORDER BY called.id)
     FROM intake_conversation called, own
    WHERE called.professional_id = own.id AND human_until > %(now)s AND human_reason <> '')
))
"""


def version(user_id: int | None, first: date, last: date, *, now: datetime) -> str:
    """Return a short text that is another one as soon as those days look different. One statement.

    Around today it changes every minute as well: the clock's line moves, and appointments begin and end.
    """
    since, until = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
    since, until = since - _ABROAD - LONGEST, until + _ABROAD
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"user": user_id, "since": since, "until": until, "now": now})
        state = str(cursor.fetchone()[0])
    minute = int(now.timestamp()) // 60 if since <= now < until else 0
    return hashlib.sha256(f"{state} {minute}".encode()).hexdigest()[:16]


def polled(days: Callable[[HttpRequest], tuple[date, date] | None]) -> Callable[[View], View]:
    """Answer a page's own question whether its days have changed before the view does any work.

    `days` reads first and last day from the URL; None leaves the answer to the view.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **path: Any) -> HttpResponseBase:
            asked = days(request) if asks(request) and request.user.is_authenticated else None
            if asked and request.GET["v"] == version(request.user.pk, *asked, now=timezone.now()):
                return HttpResponse(status=204)
            return view(request, *args, **path)

        return guarded

    return decorate


def asks(request: HttpRequest) -> bool:
    """Return whether the page itself asks for what is new."""
    return "v" in request.GET and "HX-Request" in request.headers


def url(path: str, *, version: str, **query: str) -> str:
    """Return where the page asks whether it is still what that version was."""
    return url_of(path, **query, v=version)


def url_of(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query)}"
