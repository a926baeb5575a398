"""What django-allauth asks of the product: who may try how often, where links lead, which words are used.

Account e-mail is the one thing that is sent inside a request: within EMAIL_TIMEOUT, never inside a transaction.
"""

# ruff: noqa: ARG002 - the signatures are django-allauth's

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assistant import toasts
from assistant.accounts import attempts, devices
from scheduling.models import Professional

logger = logging.getLogger(__name__)

MISMATCH = _("E-mail and password do not match. Check both and try again.")
PAUSE = _("Too many tries. Wait five minutes and try again, or choose a new password with “Forgot my password”.")

# What is said on the next page; whatever is not here goes without saying.
SENTENCES: dict[str, Promise] = {
    "account/messages/email_confirmed.txt": _("E-mail confirmed."),
    "account/messages/email_confirmation_failed.txt": _("This e-mail belongs to another account."),
    "account/messages/password_changed.txt": _("Password changed. Other devices were logged out."),
    "account/messages/password_set.txt": _("Password changed. Other devices were logged out."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is on."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is off."),
    "mfa/messages/webauthn_added.txt": _("Passkey added."),
    "mfa/messages/webauthn_removed.txt": _("Passkey removed."),
}
# What the owner is told by e-mail, in case it was somebody else.
NEWS: dict[str, Promise] = {
    "account/email/password_changed": _("Your password was changed."),
    "account/email/password_set": _("Your password was changed."),
    "account/email/password_reset": _("Your password was changed."),
    "account/email/email_changed": _("The e-mail of your account was changed."),
    "mfa/email/totp_activated": _("An authenticator app was switched on for your account."),
    "mfa/email/totp_deactivated": _("The authenticator app of your account was switched off."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account."),
}


def practice_of(user: Any) -> Professional | None:
    """Return the login's practice; an operator has none."""
    return Professional.objects.filter(user_id=user.pk).first() if user.is_authenticated else None


def vouch_for(login: str) -> None:
    """Give a user that an operator or the demo made the e-mail row that log-in and reset look for.

    The operator typed the address and so vouches for it. Whoever signed up has a row since the same transaction,
    so this must not be called inside that one: django-allauth's `clean_email` hook is, for example.
    """
    login = login.strip()
    if "@" not in login:
        return
    named = Q(email__iexact=login) | Q(email="", username__iexact=login)
    for user in User.objects.filter(named, emailaddress=None):
        taken = EmailAddress.objects.filter(email=login.lower(), verified=True).exists()
        EmailAddress.objects.get_or_create(
            user=user, email=login.lower(), defaults={"primary": True, "verified": not taken}
        )


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Log the user out everywhere, except in the session with that key; return from how many places."""
    ended = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    keys = list(ended.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    ended.delete()
    return len(keys)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """django-allauth's hooks."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "too_many_login_attempts": PAUSE,
        "rate_limited": _("Too many tries. Wait a minute and try again."),
        "incorrect_password": _("The password is not right. Try again."),
        "enter_current_password": _("This is not your current password."),
        "email_taken": _("There is an account with this e-mail already. Log in, or choose a new password."),
        "duplicate_email": _("This is your e-mail already."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        login, address = _tried(request, credentials)
        vouch_for(login)
        self._left = attempts.take(login, address=address)
        if self._left < 0:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user:
            login, address = _tried(request, credentials)
            attempts.give_back(login, address=address)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Say how many tries are left: the same, whether there is such a login or not."""
        attempts.note_failure(_tried(request, credentials)[0])
        if self._left == 0:
            raise self.validation_error("too_many_login_attempts")
        left = ngettext(
            "%(count)d try is left before a pause of five minutes.",
            "%(count)d tries are left before a pause of five minutes.",
            self._left,
        ) % {"count": self._left}
        raise ValidationError(f"{MISMATCH} {left}", code="mismatch")

    def reauthenticate(self, user: User, password: str) -> bool:
        try:
            return bool(super().reauthenticate(user, password))
        except ValidationError as error:
            if error.code == "mismatch":
                return False
            raise

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Called for each address of a user whose new password came by e-mail."""
        login, address = _tried(request, credentials)
        attempts.forget(login, address=address)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the peer, or whom the trusted proxy names; a socket without one shares one counter."""
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            return "0.0.0.0"  # noqa: S104 - nothing is bound to it

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Refuse an address that became somebody else's between the e-mail and the click."""
        vouch_for(email_address.email)
        return bool(super().confirm_email(request, email_address))

    def set_password(self, user: User, password: str) -> None:
        """Log out everywhere else at once: the old password may be why."""
        super().set_password(user, password)
        end_sessions(user, but=self.request.session.session_key)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Only the passkey's script speaks JSON; a form that answers JSON elsewhere would be another door."""
        return request.path == reverse("mfa_login_webauthn") and bool(super().is_ajax(request))

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        named = str(args[0] if args else kwargs.get("message_template") or "")
        said = kwargs.get("message") or SENTENCES.get(named)
        if said:
            toasts.say(request, str(said))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return "/start/"

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        professional = practice_of(request.user)
        if professional is None:
            return reverse("admin:index" if request.user.is_superuser else "today")
        has_begun = professional.onboarded_at or professional.services.exists()
        return reverse("today") if has_begun else self.get_signup_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account" if self.request.user.is_authenticated else "account_login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        return public_url("account_reset_password_from_key", uidb36=uid, key=token)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return public_url("account_confirm_email", key=emailconfirmation.key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of our templates in the reader's language; a mail server that is away is said, not a failure."""
        if not self._delivered(template_prefix, email, context):
            raise ImmediateHttpResponse(render(self.request, "account/mail_away.html", status=503))

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Tell the owner; what was done is done, whether the e-mail arrives or not."""
        email = kwargs.get("email") or EmailAddress.objects.get_primary_email(user)
        if email and template_prefix in NEWS:
            news = {"user": user, "news": NEWS[template_prefix], "place": self.get_client_ip(self.request)}
            self._delivered("account/email/news", email, news)

    def _delivered(self, template_prefix: str, email: str, context: dict[str, Any]) -> bool:
        links = {
            "login_url": public_url("account_login"),
            "join_url": public_url("account_signup"),
            "forgot_url": public_url("account_reset_password"),
        }
        professional = practice_of(context["user"]) if context.get("user") else None
        with translation.override(professional.language if professional else translation.get_language()):
            message = self.render_mail(template_prefix, email, links | context)
        try:
            message.send()
        except (OSError, ValueError) as error:
            # SMTP's errors are OSErrors; a ValueError is an address that no header can hold.
            logger.warning("account e-mail not sent", extra={"mail": template_prefix, "error": type(error).__name__})
            return False
        return True


def _tried(request: HttpRequest, credentials: dict[str, Any]) -> tuple[str, str]:
    """Return login and network address; of IPv6 the network that one customer has."""
    return str(credentials.get("email") or credentials.get("username") or ""), get_ip(request)


def public_url(name: str, **path: str) -> str:
    """Return the address that people reach us at; a request's Host header has no say in it."""
    return f"{settings.PUBLIC_BASE_URL}{reverse(name, kwargs=path)}"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second factor's hooks."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code is not right. Wait for the next one and try again."),
    }

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 - as it is called
        """Propose the device's name, so that the list says which key is which."""
        return devices.name(context.request.META.get("HTTP_USER_AGENT", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Sineta"}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.get_full_name() or user.email}
