"""How an account's page is shown: under the strict policy, in the person's language, inside the right frame."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assistant import toasts
from assistant.access import shell, strict
from assistant.accounts.adapter import practice_of
from intake import simulator
from intake.cache import NO_CACHE

View = Callable[..., HttpResponseBase]


def dressed(view: View) -> View:
    """Let a view of django-allauth answer in our clothes.

    Without the cache nobody can count tries, so nobody logs in: 503 with a kind page. Who is inside stays inside.
    """

    @strict
    @wraps(view)
    def page(request: HttpRequest, **path: Any) -> HttpResponseBase:
        professional = practice_of(request.user)
        language = professional.language if professional else translation.get_language()
        with translation.override(language), timezone.override(professional.zone if professional else None):
            try:
                response = view(request, **path)
            except ImmediateHttpResponse as stop:
                response = stop.response
            except NO_CACHE:
                return render(request, "account/unavailable.html", status=503)
            if isinstance(response, TemplateResponse) and not response.is_rendered:
                response.context_data = frame(request) | (response.context_data or {})
                response.render()
            return response

    return page


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what is around the page: the dashboard for a practice, a bare sheet for an operator or a stranger."""
    professional = practice_of(request.user)
    if professional:
        return shell(request, professional, section="settings") | {
            "layout": "account/inside.html",
            "short_title": _("Account"),
        }
    return {
        "layout": "account/alone.html",
        "toast": toasts.take(request),
        "has_simulator": simulator.allowed(request),
    }
