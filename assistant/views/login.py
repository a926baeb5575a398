"""Logging in: Django's own view in our clothes."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from assistant.access import strict
from intake import simulator


@strict
def page(request: HttpRequest) -> HttpResponseBase:
    """Ask for e-mail and password; whoever is logged in already goes on."""
    view = LoginView.as_view(
        template_name="dashboard/login.html",
        redirect_authenticated_user=True,
        extra_context={"has_simulator": simulator.allowed(request)},
    )
    return view(request)
