"""Who may see a page, and what every page of the professional's carries: a strict policy, their language and clock."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache

from assistant import navigation, toasts, waiting
from intake import simulator, wording
from intake.simulator_views import POLICY
from scheduling.models import Professional

View = Callable[..., HttpResponseBase]


def strict(view: View) -> View:
    """Let the page run nothing but this server's own files, and keep it out of every cache."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **path: Any) -> HttpResponseBase:
        response = never_cache(view)(request, *args, **path)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return guarded


def professional_only(view: View) -> View:
    """Call the view with the login's professional, in their language and zone; a login without one gets a kind page."""

    @strict
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, **path: Any) -> HttpResponseBase:
        professional = Professional.objects.filter(user_id=request.user.pk or 0).first()
        if professional is None:
            return render(request, "dashboard/nobody.html", status=403)
        with translation.override(professional.language), timezone.override(professional.zone):
            return view(request, professional, **path)

    return guarded


def shell(request: HttpRequest, professional: Professional, *, section: str) -> dict[str, Any]:
    """Return what the frame around every page shows; `section` is the entry of the navigation that is current."""
    return {
        "professional": professional,
        "section": section,
        # A phone's bar has room for a word; a page with a name of its own says that one.
        "short_title": next((entry.label for entry in navigation.ENTRIES if entry.section == section), ""),
        "entries": navigation.ENTRIES,
        "waiting_people": waiting.people(professional, now=timezone.now()),
        "toast": toasts.take(request),
        "initials": wording.initials(professional.name),
        "has_simulator": simulator.allowed(request),
    }
