"""Whose practice a program speaks for: that of its login or of its key, never one that it names."""

from django.utils.translation import gettext as _
from rest_framework.request import Request

from assistant.errors import ApiError
from assistant.models import ApiKey
from scheduling.models import Professional


def professional_of(request: Request) -> Professional:
    """Return the practice of the request's key or login. Raises ApiError 403 for a login without one."""
    if isinstance(request.auth, ApiKey):
        return request.auth.professional
    professional = Professional.objects.filter(user_id=request.user.pk or 0).first()
    if professional is None:
        raise ApiError(403, "no_practice", _("This login has no agenda of its own."))
    return professional
