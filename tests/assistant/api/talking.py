"""A program that talks to the reception."""

import json
from typing import Any

from django.test import Client as Browser

PATH = "/api/v1/chat/"


def say(browser: Browser, *, address: str = "visitor-7f3a", **fields: str) -> Any:
    """Post what a person says; return the answer."""
    return browser.post(PATH, json.dumps({"address": address} | fields), content_type="application/json")


def listen(browser: Browser, conversation: int, **query: str | int) -> Any:
    """Ask for what was said; return the answer."""
    return browser.get(PATH, {"conversation": conversation, **query})


def read(browser: Browser, conversation: int, **query: str | int) -> dict[str, Any]:
    """Return what was said, waited for to the end."""
    answer = listen(browser, conversation, **query)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = json.loads(answer.getvalue())
    return told


def texts(told: dict[str, Any]) -> list[str]:
    return [one["text"] for one in told["messages"]]
