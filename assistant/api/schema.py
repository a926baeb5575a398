"""The description of the interface (OpenAPI 3), and the pages that show it with this server's own files."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.http import Http404
from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant.rest import Session

PREFIX = "/api/v1/"
# Both viewers write styles into their pages; scripts are this server's files alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description tells of the dashboard's session."""

    target_class = Session
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002 - its signature
        said = "The dashboard's session; whatever changes something carries its CSRF token as X-CSRFToken."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": said}


def only_v1(endpoints: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Describe what is for programs; the dashboard's own calls are not promised to anybody."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


class AskedFor(DefaultContentNegotiation):
    """YAML or JSON, as asked for; YAML for whoever asks for anything else."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        try:
            renderer, media_type = super().select_renderer(request, renderers, format_suffix)
        except (Http404, NotAcceptable):
            return renderers[0], renderers[0].media_type
        return renderer, media_type


@cache
def described() -> dict[str, Any]:
    """Return the description, in English. It changes with the code alone, so it is made once in a process."""
    with translation.override("en"):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


class Once(SchemaGenerator):
    """What everybody is told, whoever asks."""

    def get_schema(self, request: Request | None = None, public: bool = False) -> dict[str, Any]:  # noqa: ARG002, FBT001, FBT002 - its signature
        """Return it."""
        return described()


class Description(SpectacularAPIView):
    """The description itself; whoever may not call may read what there is to call."""

    generator_class = Once
    content_negotiation_class = AskedFor
    throttle_classes = ()
    http_method_names = ["get", "head"]


class Shown(APIView):
    """A page with a policy of its own, out of every cache."""

    throttle_classes = ()
    http_method_names = ["get", "head"]

    def finalize_response(self, request: Request, response: Response, *args: Any, **path: Any) -> Any:
        """Add the headers."""
        answer = super().finalize_response(request, response, *args, **path)
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["Cache-Control"] = "no-store"
        return answer


class Swagger(Shown, SpectacularSwaggerSplitView):
    """The description to try things in; its script comes from an address of its own."""

    url_name = "api-schema"


class Redoc(Shown, SpectacularRedocView):
    """The description to read."""

    url_name = "api-schema"
    template_name = "api/redoc.html"


schema = Description.as_view()
docs = Swagger.as_view()
redoc = Redoc.as_view()
