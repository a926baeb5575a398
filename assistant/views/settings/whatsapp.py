"""The connection: which number, which address to paste at Twilio, what was seen last, and a button that checks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assistant import connection as words
from assistant import toasts
from assistant.access import professional_only
from assistant.forms.number import NumberForm
from assistant.views.settings.frame import edit, show
from assistant.views.settings.simple import form_page
from intake import connection
from intake.cache import NO_CACHE
from scheduling.models import Professional


@professional_only
@form_page
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Show the state; take the number that is wished for."""
    edited = edit(request, professional, NumberForm)
    if edited.is_saved:
        toasts.say(request, _("Saved. The operator assigns the number."))
        return redirect("settings-whatsapp")
    context = edited.context | {"state": words.state(professional)}
    return show(request, professional, "whatsapp", context, status=edited.status)


@professional_only
@require_POST
def check(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Check the connection, outside any transaction and within five seconds; its page shows what was found."""
    try:
        if not connection.check(professional):
            toasts.say(request, _("Checked a moment ago. Try again in a few seconds."))
    except NO_CACHE:
        toasts.say(request, toasts.not_now())
    return redirect("start-step", "whatsapp") if request.POST.get("back") == "start" else redirect("settings-whatsapp")
