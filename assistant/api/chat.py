"""The reception for programs: a website, or another channel, writes for a person and fetches what is said to them.

What is written becomes a row and is answered like a message on WhatsApp; nothing here waits for that. Whoever fetches
may wait a while for what is said next.
"""

import json
import time
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from assistant import limits
from assistant.api import chat_schema
from assistant.errors import ApiCode, ApiError
from assistant.rest import professional_of
from intake import api, tasks
from intake.api import Cursor, News, Row
from intake.models import InboundMessage, OutboundMessage
from scheduling.models import Professional

# How often a request that waits looks for something new; looking takes a hundredth of that.
LOOK_SECONDS = 0.5
BUSY_SECONDS = 2
_AWAY = (OperationalError, InterfaceError)


@extend_schema(**chat_schema.SAY)
@extend_schema(**chat_schema.LISTEN)
@api_view(["GET", "POST"])
def chat(request: Request) -> HttpResponseBase:
    professional = professional_of(request)
    with translation.override(professional.language):
        try:
            return _say(request, professional) if request.method == "POST" else _listen(request, professional)
        except _AWAY:
            said = _("Nothing was stored or fetched: the database does not answer. Try again in a moment.")
            raise ApiError(503, ApiCode.UNAVAILABLE, said, headers={"Retry-After": str(BUSY_SECONDS)}) from None


def _say(request: Request, professional: Professional) -> Response:
    """Store what a person says, try once to wake a worker, and answer."""
    body = chat_schema.Said(data=request.data)
    body.is_valid(raise_exception=True)
    try:
        message, stored = api.receive(professional, api.Written(**body.validated_data))
    except api.NoSuchChoice:
        hint = _("Send a payload as it stands in the choices of a message of this conversation.")
        raise ApiError(400, ApiCode.NO_SUCH_CHOICE, _("That choice was never offered here."), hint=hint) from None
    except api.TooManyPeople as many:
        said = _("Too many new people within an hour; whoever has written before can go on.")
        pause = {"Retry-After": str(int(many.pause.total_seconds()) + 1)}
        raise ApiError(429, ApiCode.TOO_MANY_PEOPLE, said, headers=pause) from None
    if stored is not None and stored.wakes:
        transaction.on_commit(lambda: tasks.wake(tasks.reply, stored.conversation_id, after=stored.due_in))
    cursor = Cursor(heard=message.pk, handed_at=message.received_at)
    told = {"conversation": message.conversation_id, "message": _id(message), "cursor": str(cursor)}
    return Response(told, status=202)


def _listen(request: Request, professional: Professional) -> HttpResponseBase:
    """Tell what came after the cursor; where that is nothing, wait for it as long as was asked."""
    asked = chat_schema.Listening(data=request.query_params)
    asked.is_valid(raise_exception=True)
    wanted = asked.validated_data
    talk = get_object_or_404(api.conversations(professional), pk=wanted["conversation"])
    news = api.fetch(talk.pk, after=wanted["after"])
    headers = {"Cache-Control": "no-store"}
    if not news.rows and wanted["wait"]:
        try:
            place = limits.WAITS.take(professional.pk)
        except limits.Busy:
            return Response(_told(news), headers=headers | {"Retry-After": str(BUSY_SECONDS)})
        waiting = Waiting(talk.pk, news, seconds=wanted["wait"], place=place)
        unbuffered = headers | {"X-Accel-Buffering": "no"}
        return StreamingHttpResponse(waiting, content_type="application/json", headers=unbuffered)
    return Response(_told(news), headers=headers)


class Waiting:
    """The body of an answer that waits for its news: blanks, which JSON allows, and then what was found.

    A blank that cannot be written tells the server that nobody reads any more, and it closes this. While it waits no
    transaction is open and no lock is held; the connection is the one that its thread keeps anyway.
    """

    def __init__(self, conversation_id: int, news: News, *, seconds: int, place: limits.Place) -> None:
        self._conversation_id, self._news, self._place = conversation_id, news, place
        self._until = time.monotonic() + seconds

    def __iter__(self) -> Iterator[bytes]:
        try:
            while (left := self._until - time.monotonic()) > 0 and not self._found():
                yield b" "
                time.sleep(min(LOOK_SECONDS, left))
            self._news = api.fetch(self._conversation_id, after=self._news.cursor)
        except _AWAY:
            # The status has left long ago: whoever asks again from the same place hears what is the matter.
            pass
        finally:
            self.close()
        yield json.dumps(_told(self._news), ensure_ascii=False).encode()

    def close(self) -> None:
        """Give the place back, also when nobody listened to the end."""
        self._place.release()

    def _found(self) -> bool:
        return api.has_news(self._conversation_id, after=self._news.cursor)


def _told(news: News) -> dict[str, Any]:
    return {
        "messages": [_message(row) for row in news.rows],
        "cursor": str(news.cursor),
        "is_answering": news.is_answering,
    }


def _message(row: Row) -> dict[str, Any]:
    return {
        "id": _id(row),
        "from": _from(row),
        "text": row.body,
        "choices": [{"title": one["label"], "payload": one["id"]} for one in getattr(row, "options", ())],
        "at": api.moment(row).astimezone(UTC).isoformat(),
    }


def _id(row: Row) -> str:
    """Return an id that no other message of the conversation has; each side counts for itself."""
    return f"in-{row.pk}" if isinstance(row, InboundMessage) else f"out-{row.pk}"


def _from(row: Row) -> str:
    if isinstance(row, InboundMessage):
        return "client"
    return "person" if row.author == OutboundMessage.Author.PROFESSIONAL else "reception"
