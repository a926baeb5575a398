"""Paths of log-in, sign-up and what belongs to an account: those of django-allauth that the product has a page for."""

from allauth.account import views as account
from allauth.account.views import EmailView
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import URLPattern, path, re_path, reverse_lazy

from assistant.accounts.pages import View, dressed
from assistant.views import account as own

home = reverse_lazy("account")


def _page(route: str, view: View, name: str) -> URLPattern:
    return path(route, dressed(view), name=name)


urlpatterns = [
    _page("account/", own.page, "account"),
    # Where django-allauth's own overviews would be.
    _page("account/", own.page, "mfa_index"),
    _page("account/", own.page, "mfa_list_webauthn"),
    path("account/sessions/end/", dressed(own.end_others), name="end-sessions"),
    path("account/sessions/<int:session_id>/end/", dressed(own.end), name="end-session"),
    # The names by which the rest of the product knows the door.
    _page("accounts/login/", account.login, "login"),
    _page("accounts/logout/", account.logout, "logout"),
    _page("accounts/login/", account.login, "account_login"),
    _page("accounts/logout/", account.logout, "account_logout"),
    _page("accounts/signup/", account.signup, "account_signup"),
    _page("accounts/inactive/", account.account_inactive, "account_inactive"),
    _page("accounts/reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    _page("accounts/email/", EmailView.as_view(success_url=home), "account_email"),
    _page("accounts/confirm-email/", account.email_verification_sent, "account_email_verification_sent"),
    re_path(
        r"^accounts/confirm-email/(?P<key>[-:\w]{1,200})/$",
        dressed(account.confirm_email),
        name="account_confirm_email",
    ),
    _page("accounts/password/change/", account.password_change, "account_change_password"),
    _page("accounts/password/set/", account.password_set, "account_set_password"),
    _page("accounts/password/reset/", account.password_reset, "account_reset_password"),
    _page("accounts/password/reset/sent/", account.password_reset_done, "account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[-0-9A-Za-z]{1,100})/$",
        dressed(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    _page(
        "accounts/password/reset/done/", account.password_reset_from_key_done, "account_reset_password_from_key_done"
    ),
    _page("accounts/factor/", factor.authenticate, "mfa_authenticate"),
    _page("accounts/factor/again/", factor.reauthenticate, "mfa_reauthenticate"),
    _page("accounts/factor/app/on/", totp.activate_totp, "mfa_activate_totp"),
    _page("accounts/factor/app/off/", totp.DeactivateTOTPView.as_view(success_url=home), "mfa_deactivate_totp"),
    _page("accounts/factor/codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    _page("accounts/factor/codes/new/", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    _page("accounts/factor/codes/file/", codes.download_recovery_codes, "mfa_download_recovery_codes"),
    _page("accounts/passkeys/add/", keys.add_webauthn, "mfa_add_webauthn"),
    _page("accounts/passkeys/login/", keys.login_webauthn, "mfa_login_webauthn"),
    _page("accounts/passkeys/again/", keys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    _page("accounts/passkeys/<int:pk>/edit/", keys.edit_webauthn, "mfa_edit_webauthn"),
    _page("accounts/passkeys/<int:pk>/remove/", keys.remove_webauthn, "mfa_remove_webauthn"),
]
