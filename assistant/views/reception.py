"""The switch that is always in sight: whether the reception answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assistant import toasts
from assistant.access import professional_only
from scheduling.models import Professional


@professional_only
@require_POST
def switch(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Turn the reception on or off and go back to the page that had the switch."""
    professional.bot_enabled = request.POST.get("on") == "1"
    professional.save(update_fields=["bot_enabled"])
    said = _("The reception answers again.") if professional.bot_enabled else _("The reception is silent now.")
    toasts.say(request, said)
    back = request.POST.get("next", "")
    # Only a path: anything else that names no host might name one of our routes, or nothing.
    is_own = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_own else "today")
