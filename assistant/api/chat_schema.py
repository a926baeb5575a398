"""What the chat takes and tells, and how that is described."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, inline_serializer
from rest_framework import serializers

from assistant.api.failures import Failed, failures
from assistant.api.serializing import Strict
from assistant.errors import ApiCode
from intake import api
from intake.api import Cursor
from scheduling import ids

LONGEST_WAIT = 20


def _visible(address: str) -> None:
    if not all(one.isprintable() and not one.isspace() for one in address):
        raise serializers.ValidationError(_("Use visible characters only, without blanks."))


class Said(Strict):
    """What a person says: words, or the payload of a choice that they tapped."""

    address = serializers.CharField(
        max_length=api.LONGEST_ADDRESS,
        trim_whitespace=False,
        validators=[_visible],
        help_text="Your own stable name of the person. It needs no phone, and always means the same conversation.",
    )
    text = serializers.CharField(
        required=False, allow_blank=True, help_text="As on WhatsApp the first 4,096 characters are read."
    )
    name = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="What the person calls themselves, if you know it."
    )
    message_id = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Your own id of this message of this person: sent twice it is stored once, with the same answer.",
    )
    payload = serializers.CharField(
        required=False, allow_blank=True, max_length=256, help_text="The payload of a choice; the text is not needed."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("text") and not attrs.get("payload"):
            raise serializers.ValidationError({"text": [_("Write a text, or send the payload of a choice.")]})
        return attrs


class Listening(Strict):
    """Which conversation, from where on, and how long to wait."""

    conversation = serializers.IntegerField(min_value=1, max_value=ids.LARGEST)
    after = serializers.CharField(
        default="",
        allow_blank=True,
        help_text="The cursor of your last answer; without one the conversation is told from its beginning.",
    )
    wait = serializers.IntegerField(
        min_value=0,
        max_value=LONGEST_WAIT,
        default=0,
        help_text="For how many seconds to wait for the next message where there is none.",
    )

    def validate_after(self, told: str) -> Cursor:
        try:
            return api.read_cursor(told)
        except ValueError:
            raise serializers.ValidationError(_("This is no cursor: send one as an answer told it.")) from None


_STORED = inline_serializer(
    "ChatStored",
    {"conversation": serializers.IntegerField(), "message": serializers.CharField(), "cursor": serializers.CharField()},
)
_CHOICE = inline_serializer(
    "ChatChoice", {"title": serializers.CharField(), "payload": serializers.CharField()}, many=True
)
_MESSAGE = inline_serializer(
    "ChatMessage",
    {
        "id": serializers.CharField(),
        "from": serializers.ChoiceField(
            choices=["reception", "person", "client"], help_text="`person` is the professional, by hand."
        ),
        "text": serializers.CharField(help_text="Marked as on WhatsApp: *bold*."),
        "choices": _CHOICE,
        "at": serializers.DateTimeField(),
    },
    many=True,
)
_NEWS = inline_serializer(
    "ChatNews",
    {
        "messages": _MESSAGE,
        "cursor": serializers.CharField(),
        "is_answering": serializers.BooleanField(help_text="Whether the reception has something left to answer."),
    },
)


def _refused(why: str) -> OpenApiResponse:
    return OpenApiResponse(Failed, description=why)


SAY: dict[str, Any] = {
    "methods": ["POST"],
    "operation_id": "chat_say",
    "summary": "Say something to the reception for a person",
    "tags": ["chat"],
    "description": (
        "Stores the message and answers at once; what the reception says to it is fetched with GET. A burst of short "
        "messages is answered as one. Every person has the limits of a person on WhatsApp, and new people and bookings "
        "of all who write this way are limited by the hour."
    ),
    "request": Said,
    "responses": {
        202: OpenApiResponse(_STORED, description="Stored."),
        400: _refused(f"A field is missing or wrong, or the choice was never offered (`{ApiCode.NO_SUCH_CHOICE}`)."),
        429: _refused(
            f"Too many new people within an hour (`{ApiCode.TOO_MANY_PEOPLE}`); `Retry-After` says when one may come."
        ),
        503: _refused("The database does not answer: nothing was stored."),
        **failures(401, 403, 413, 415),
    },
    "examples": [
        OpenApiExample(
            "A text",
            {"address": "visitor-7f3a", "text": "Oi, tem horário amanhã?", "name": "Caio", "message_id": "a1"},
            request_only=True,
        ),
        OpenApiExample(
            "A tapped choice", {"address": "visitor-7f3a", "payload": "5f0c2b1d9a7e:yes"}, request_only=True
        ),
        OpenApiExample(
            "Stored",
            {"conversation": 12, "message": "in-340", "cursor": "340.1795800000000000.0"},
            response_only=True,
            status_codes=["202"],
        ),
    ],
}

LISTEN: dict[str, Any] = {
    "methods": ["GET"],
    "operation_id": "chat_listen",
    "summary": "Fetch what was said in a conversation",
    "tags": ["chat"],
    "description": (
        "Tells what came after the cursor, at most 100 messages, and the next cursor. With `wait` an answer without "
        "messages takes up to that many seconds, unless too many wait already: then it comes at once, with "
        "`Retry-After`. Receipts and what the professional writes by hand come here as well. A question counts as put "
        "once it was fetched: a yes that came before it is no answer to it."
    ),
    "parameters": [Listening],
    "responses": {
        200: OpenApiResponse(_NEWS, description="What came after the cursor, perhaps nothing."),
        400: _refused("A parameter is missing or wrong."),
        404: _refused("There is no such conversation of yours on this channel."),
        503: _refused("The database does not answer."),
        **failures(401, 403, 429),
    },
    "examples": [
        OpenApiExample(
            "A question with two choices",
            {
                "messages": [
                    {
                        "id": "out-512",
                        "from": "reception",
                        "text": "Confirma? Responda *sim* ou *não*.",
                        "choices": [
                            {"title": "Sim", "payload": "5f0c2b1d9a7e:yes"},
                            {"title": "Não", "payload": "5f0c2b1d9a7e:no"},
                        ],
                        "at": "2026-11-27T12:00:03.120000+00:00",
                    }
                ],
                "cursor": "340.1795800003300000.512",
                "is_answering": False,
            },
            response_only=True,
            status_codes=["200"],
        )
    ],
}
