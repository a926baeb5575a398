"""`Authorization: Bearer sineta_…`: a practice's key may do what its professional may, through this interface."""

from allauth.core.internal.ratelimit import get_ip
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from assistant import keys
from assistant.api import throttle
from assistant.models import ApiKey

SCHEME = "Bearer"
# Wrong keys from one address: whoever sends more has lost his, or is guessing.
GROUP, WRONG_KEYS = "api-wrong-key", "30/m"


class Key(BaseAuthentication):
    """The login is that of the key's professional."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return the login and the key, None where none is sent. Raises AuthenticationFailed, Throttled."""
        scheme, _blank, plain = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        found = keys.find(plain.strip())
        if found is None or found.professional.user is None:
            # By the very address that log-ins are counted by: the peer, or whom the trusted proxy names.
            wrong = throttle.counted(get_ip(request._request), group=GROUP, rate=WRONG_KEYS)
            if wrong.is_over:
                raise Throttled(wait=wrong.seconds_left)
            raise AuthenticationFailed(_("This key is not valid, or it was revoked."))
        return found.professional.user, found

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - REST framework's signature
        return SCHEME


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the interface's description tells of it."""

    target_class = Key
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002 - its signature
        return {"type": "http", "scheme": "bearer", "description": "A key made in the settings, under API."}
