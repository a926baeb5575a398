"""What people fill in at the door: log-in, sign-up, and the answers of passkeys."""

import re
from typing import Any

from allauth.account.forms import AddEmailForm, ResetPasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.internal import flows
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assistant.accounts.adapter import vouch_for
from scheduling import practices
from scheduling.models import Professional, validate_zone

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """E-mail and password. The field takes a user name as well, which only an operator ever gave anybody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(label=_("E-mail"), max_length=254)

    def user_credentials(self) -> dict[str, str]:
        """Ask for one user in one way: django-allauth's would hash the password thrice for a user that exists."""
        login = self.cleaned_data["login"]
        return {"email" if "@" in login else "username": login, "password": self.cleaned_data["password"]}


class _Vouching:
    """Look at users that an operator made as well, before saying whether there is one."""

    def clean_email(self) -> str:
        vouch_for(self.cleaned_data["email"])  # type: ignore[attr-defined]
        return str(super().clean_email())  # type: ignore[misc]


class ResetForm(_Vouching, ResetPasswordForm):  # type: ignore[misc]
    """A link to a new password."""


class EmailForm(_Vouching, AddEmailForm):  # type: ignore[misc]
    """Another address."""


class SignupForm(_Vouching, AllauthSignupForm):  # type: ignore[misc]
    """Name, e-mail and password; the page's script adds the browser's time zone."""

    name = forms.CharField(label=_("Your name"), max_length=Professional._meta.get_field("name").max_length)
    zone = forms.CharField(required=False, max_length=64)
    field_order = ["name", "email", "password1", "zone"]

    def clean_name(self) -> str:
        name = " ".join(_CONTROL.sub(" ", self.cleaned_data["name"]).split())
        if not name:
            raise ValidationError(_("Write the name by which your clients know you."))
        return name

    def clean_zone(self) -> str:
        """Whatever the browser says, the form is not refused because of it."""
        try:
            validate_zone(self.cleaned_data["zone"])
        except ValidationError:
            return str(Professional._meta.get_field("timezone").default)
        return str(self.cleaned_data["zone"])

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Write login and practice, or do as much work and give the same answer where the address is taken."""
        email = self.cleaned_data["email"]
        with transaction.atomic():
            # Two sign-ups with one address, such as of an impatient double click, come one after the other.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-up {email}"])
            if not self.account_already_exists and not filter_users_by_email(email):
                return self._write(request), None
        make_password(self.cleaned_data["password1"])
        if settings.ACCOUNT_EMAIL_VERIFICATION == "none":
            return None, redirect("account_login")
        return None, flows.signup.prevent_enumeration(request, email=email)

    def _write(self, request: HttpRequest) -> User:
        user: User = self.save(request)
        name = self.cleaned_data["name"]
        practices.found(user, name=name, language=_spoken(), timezone=self.cleaned_data["zone"], now=timezone.now())
        user.first_name, _space, user.last_name = (part[:150] for part in name.partition(" "))
        user.save(update_fields=["first_name", "last_name"])
        if settings.ACCOUNT_EMAIL_VERIFICATION == "none":
            EmailAddress.objects.filter(user=user).update(verified=True)
        return user


def _spoken() -> str:
    """Return the language that the page was shown in."""
    code = (get_language() or "").lower()
    found = [one for one in Professional.Language.values if one.split("-")[0] == code.split("-")[0]]
    return found[0] if found else Professional.Language.PORTUGUESE.value


class Answer(forms.JSONField):
    """A passkey's answer; nesting that no parser follows is none."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise refused() from error


class _Guarded(forms.Form):
    """A passkey's answer is JSON of any shape; what the library stumbles over is a wrong answer, not a failure."""

    credential = Answer(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        # PostgreSQL's JSON takes neither; json.dumps writes both as escapes that only the database would refuse.
        if not isinstance(credential, dict) or _unstorable(credential):
            raise refused()
        parent = getattr(super(), "clean_credential", None)
        if parent is None:
            return credential
        try:
            return parent()
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise refused() from error

    def clean(self) -> Any:
        try:
            return super().clean()
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise refused() from error


def refused() -> ValidationError:
    return ValidationError(_("The passkey was not accepted. Try again, or use another way."), code="incorrect_code")


def _unstorable(value: Any) -> bool:
    match value:
        case str():
            return "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
        case dict():
            return any(_unstorable(one) for pair in value.items() for one in pair)
        case list():
            return any(_unstorable(one) for one in value)
    return False


class AddKeyForm(_Guarded, AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey or security key."""

    name = forms.CharField(required=False, max_length=60)


class EditKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for it."""

    name = forms.CharField(max_length=60)


class KeyForm(_Guarded, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second factor, after the password."""


class KeyLoginForm(_Guarded, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of e-mail and password."""


class KeyAgainForm(_Guarded, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The same person still, before something delicate."""
