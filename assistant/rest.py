"""How the interfaces for programs read requests: whose they are, one session, one form of body, bounded."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from assistant.errors import LARGEST_BODY, ApiCode, ApiError, too_large
from assistant.models import ApiKey
from scheduling.models import Professional


def professional_of(request: Request) -> Professional:
    """Return the practice of the request's key or login, never one that it names. Raises ApiError 403 without one."""
    if isinstance(request.auth, ApiKey):
        return request.auth.professional
    professional = Professional.objects.filter(user_id=request.user.pk or 0).first()
    if professional is None:
        raise ApiError(403, ApiCode.NO_PRACTICE, _("This login has no agenda of its own."))
    return professional


class AnyMedia(DefaultContentNegotiation):
    """Whatever is accepted gets JSON; who accepts a stream of events is asked by the one view that has one."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:  # noqa: ARG002
        return renderers[0], renderers[0].media_type


class Session(SessionAuthentication):
    """The dashboard's session. Its challenge makes "not logged in" a 401: without one it would be called a 403."""

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - REST framework's signature
        return "Session"


class Json(JSONParser):
    """JSON of a bounded size and depth."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return what the body says. Raises ApiError 413 for too much of it, ParseError for what is no JSON."""
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise too_large()
        try:
            return super().parse(BytesIO(body), media_type, dict(parser_context or {}))
        except RecursionError as deep:
            raise ParseError(_("The JSON is nested too deeply.")) from deep
