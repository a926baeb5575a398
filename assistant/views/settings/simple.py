"""Pages of the settings that are one form each, and the list of them all."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods

from assistant import toasts
from assistant.access import professional_only
from assistant.forms.number import pretty
from assistant.forms.profile import ProfileForm, ReceptionForm, place_of
from assistant.forms.rules import RulesForm
from assistant.views.settings.frame import edit, show
from intake import wording
from scheduling import zones
from scheduling.models import Professional

form_page = require_http_methods(["GET", "HEAD", "POST"])


@professional_only
@require_GET
def index(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List the parts, each with what is set there; offer to go on with the first steps where they were left."""
    services = list(professional.services.filter(is_active=True))
    week = wording.opening_hours(list(professional.working_hours.order_by("weekday", "opens_at")))
    facts = {
        "profile": ", ".join(filter(None, [professional.profession, place_of(professional.timezone)])),
        "services": ", ".join(one.name for one in services) or _("None yet"),
        "hours": "; ".join(week).capitalize() or _("None yet"),
        "reception": _("Reception on") if professional.bot_enabled else _("Reception off"),
        "whatsapp": pretty(professional.whatsapp_number or professional.requested_number) or _("Not connected yet"),
    }
    return show(request, professional, "index", {"facts": facts})


@professional_only
@form_page
def profile(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Edit who the professional is; another zone asks what becomes of the appointments."""
    edited = edit(request, professional, ProfileForm, concerned=zones.concerned(professional))
    if edited.is_saved:
        toasts.say(request, _("Saved."))
        return redirect("settings-profile")
    return show(request, professional, "profile", edited.context, status=edited.status)


@professional_only
@form_page
def rules(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Edit when clients may book and change by themselves."""
    edited = edit(request, professional, RulesForm)
    if edited.is_saved:
        toasts.say(request, _("Saved. The rules hold for what is booked from now on."))
        return redirect("settings-rules")
    return show(request, professional, "rules", edited.context, status=edited.status)


@professional_only
@form_page
def reception(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Edit the language and whether the reception answers."""
    edited = edit(request, professional, ReceptionForm)
    if edited.is_saved:
        with override(professional.language):
            toasts.say(request, _("Saved."))
        return redirect("settings-reception")
    return show(request, professional, "reception", edited.context, status=edited.status)
