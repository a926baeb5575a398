"""The login's own page: e-mail, password, second factor, and where it is logged in."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from assistant import toasts
from assistant.accounts import adapter, devices

Type = Authenticator.Type


@dataclass(frozen=True, slots=True)
class Place:
    """A browser that is logged in."""

    pk: int
    name: str
    address: str
    since: datetime
    is_this: bool


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show everything about the login in one place."""
    user = _user(request)
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    places = _places(request, user)
    recovery = next((one for one in factors if one.type == Type.RECOVERY_CODES), None)
    context = {
        "title": _("Account and security"),
        "short_title": _("Account"),
        "email": user.email or user.username,
        "wanted_email": EmailAddress.objects.filter(user=user, verified=False, primary=False).first(),
        "has_app": any(one.type == Type.TOTP for one in factors),
        "keys": [one.wrap() for one in factors if one.type == Type.WEBAUTHN],
        "codes_left": len(recovery.wrap().get_unused_codes()) if recovery else None,
        "places": places,
        "has_others": len(places) > 1,
    }
    return TemplateResponse(request, "account/page.html", context)


@login_required
@require_POST
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Log out one browser; this one, too, if it is meant."""
    session = get_object_or_404(UserSession, pk=session_id, user=_user(request))
    if session.session_key == request.session.session_key:
        return redirect("logout")
    session.end()
    toasts.say(request, _("Logged out there."))
    return redirect("account")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Log out everywhere but here."""
    count = adapter.end_sessions(_user(request), but=request.session.session_key)
    toasts.say(
        request,
        ngettext("Logged out in %(count)d other place.", "Logged out in %(count)d other places.", count)
        % {"count": count},
    )
    return redirect("account")


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _places(request: HttpRequest, user: User) -> list[Place]:
    """Return where the login is in use, this browser first; rows of sessions that have ended are left out."""
    here = request.session.session_key
    if not UserSession.objects.filter(session_key=here).exists():
        UserSession.objects.create_from_request(request)
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user=user, session_key__in=alive).order_by("-created_at")
    places = [
        Place(
            pk=row.pk,
            name=devices.name(row.user_agent),
            address=row.ip,
            since=row.created_at,
            is_this=row.session_key == here,
        )
        for row in rows
    ]
    return sorted(places, key=lambda place: not place.is_this)
