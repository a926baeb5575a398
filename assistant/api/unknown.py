"""What is not there, told to programs as they are told everything else."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from assistant.errors import ApiCode, ApiError


class Unknown(APIView):
    """Refuses any verb. Without it, Django would send a booking without its last slash on as a GET."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()

    def initial(self, request: Request, *args: Any, **path: Any) -> None:  # noqa: ARG002 - REST framework's signature
        """Refuse before a verb is looked up. Raises ApiError 404."""
        hint = _("Every path ends with a slash; what there is stands at /api/docs/.")
        raise ApiError(404, ApiCode.NOT_FOUND, _("There is no such path."), hint=hint)


path = Unknown.as_view()
