"""What was done last, said once on the next page, with a way to take it back where there is one."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

_KEY = "toast"


def say(request: HttpRequest, text: str, *, undo: str = "", **fields: str | int) -> None:
    """Keep a sentence for the next page; `undo` is the path that takes the deed back by a POST of the fields."""
    request.session[_KEY] = {"text": text, "undo": undo, "fields": fields}


def take(request: HttpRequest) -> dict[str, Any] | None:
    """Return what is to be said and forget it."""
    kept: dict[str, Any] | None = request.session.pop(_KEY, None)
    return kept


def not_now() -> str:
    """Return what is said where a server of ours gives no answer."""
    return _("This is not possible right now. Try again in a moment.")
