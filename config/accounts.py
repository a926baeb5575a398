"""The admin's door: the same log-in as everybody's, and for an operator a second factor."""

from allauth.account.views import logout
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from assistant.accounts.pages import dressed

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def may_enter_admin(request: HttpRequest) -> bool:
    """Return whether the login is strong enough for the admin; which rows it then sees is the admin's to decide.

    A superuser sees everybody's data, so outside a trial a password alone is not enough. Whoever has a second
    factor cannot log in without it, so its being there is what counts.
    """
    user = request.user
    if not user.is_active:
        return False
    return not user.is_superuser or settings.DEBUG or is_mfa_enabled(user, SECOND_FACTORS)


@dressed
def login(request: HttpRequest) -> HttpResponseBase:
    """Stand where the admin's own log-in would be: send strangers to ours, and say to the others what is missing."""
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) or not wanted.startswith("/admin/"):
        wanted = reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(wanted, reverse("account_login"))
    if not may_enter_admin(request):
        return render(request, "account/factor_needed.html", status=403)
    if wanted.startswith(reverse("admin:login")) or not admin.site.has_permission(request):
        return render(request, "account/no_admin.html", status=403)
    return redirect(wanted)


log_out = dressed(logout)
