"""How a program calls: JSON in, JSON out, in the name of Ana's login."""

import json
from datetime import datetime
from typing import Any

from django.test import Client as Browser

from scheduling.models import Professional
from tests import cast

APPOINTMENTS = "/api/v1/appointments/"


def program(email: str = "ana@example.com") -> Browser:
    caller = Browser()
    caller.force_login(cast.login(email))
    return caller


def post(caller: Browser, path: str, body: Any = None, **headers: str) -> Any:
    return caller.post(path, json.dumps({} if body is None else body), content_type="application/json", headers=headers)


def wish(professional: Professional, start: datetime | str | None = None, **changes: Any) -> dict[str, Any]:
    """A booking for Caio, a newcomer with a phone, next Tuesday at ten."""
    moment = start or cast.next_weekday(1)
    return {
        "service": professional.services.all()[0].pk,
        "starts_at": moment if isinstance(moment, str) else moment.isoformat(),
        "client": {"name": "Caio Martins", "phone": "+5511987654321"},
    } | changes


def book(caller: Browser, professional: Professional, start: datetime | str | None = None, **changes: Any) -> Any:
    key = changes.pop("key", None)
    headers = {} if key is None else {"Idempotency-Key": key}
    return post(caller, APPOINTMENTS, wish(professional, start, **changes), **headers)


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def fields(answer: Any) -> list[str]:
    return list(answer.json()["error"]["fields"])
