"""What is not there, told to programs as they are told everything else."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from language.tools import error


@csrf_exempt
def path(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Refuse any verb. Without this, Django would send a booking without its last slash on as a GET."""
    hint = _("Every path ends with a slash; what there is stands at /api/docs/.")
    return JsonResponse(error("not_found", _("There is no such path."), hint=hint), status=404)
