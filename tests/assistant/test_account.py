"""The account's own page: e-mail, second factor and where one is logged in; nobody else's."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from assistant.accounts import devices
from scheduling.models import Professional
from tests import cast
from tests.assistant.test_signup import link_in

pytestmark = pytest.mark.django_db

PASSWORD = "sineta-sineta"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


# JSON of any shape, or none.
ODD_ANSWERS = [
    *("", "null", "[]", "1", '"x"', "{}", "{" * 2000, "[" * 900 + "]" * 900),
    *('{"id":"x"}', '{"response":{"userHandle":null}}', '{"id":"\\u0000"}', '{"a":"\\ud800"}'),
    '{"response":{"userHandle":"AAAA"},"id":"AA","rawId":"AA","type":"public-key"}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","attestationObject":"AA",'  # noqa: ISC004
    '"authenticatorData":"AA","signature":"AA","userHandle":"MQ"}}',
]


@pytest.fixture
def user(ana: Professional) -> User:
    assert ana.user is not None
    ana.user.set_password(PASSWORD)
    ana.user.save()
    return ana.user


def logged_in(email: str = "ana@example.com", **extra: Any) -> Browser:
    browser = Browser(**extra)
    browser.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return browser


def sure(browser: Browser) -> Browser:
    """Have said once more who one is."""
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return browser


def text(browser: Browser, path: str = "/account/") -> str:
    return browser.get(path).content.decode()


def session_of(browser: Browser) -> UserSession:
    return UserSession.objects.get(session_key=browser.session.session_key)


def is_inside(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def test_places_are_shown_and_one_is_ended(user: User) -> None:
    """A5"""
    here, phone = logged_in(), logged_in(headers={"user-agent": PHONE})
    page = text(here)
    assert "Chrome, Android" in page
    assert "Este aparelho" in page
    here.post(f"/account/sessions/{session_of(phone).pk}/end/")
    assert not is_inside(phone)
    assert is_inside(here)
    assert "Chrome, Android" not in text(here)


def test_everywhere_else_is_ended_at_once(user: User) -> None:
    """A5"""
    here, others = logged_in(), [logged_in(), logged_in()]
    here.post("/account/sessions/end/")
    assert [is_inside(one) for one in others] == [False, False]
    assert "2 aparelhos desconectados" in text(here)


def test_anothers_session_does_not_exist(user: User) -> None:
    """N1: the same 404 as for one that is missing, and it goes on."""
    bruno = cast.bruno().user
    assert bruno is not None
    bruno.set_password(PASSWORD)
    bruno.save()
    theirs = logged_in("bruno@example.com")
    here = logged_in()
    for pk in (session_of(theirs).pk, session_of(theirs).pk + 99):
        assert here.post(f"/account/sessions/{pk}/end/").status_code == 404
    here.post("/account/sessions/end/")
    assert is_inside(theirs)


@pytest.mark.parametrize("action", ["edit", "remove"])
def test_anothers_passkey_does_not_exist(user: User, action: str) -> None:
    """N1"""
    bruno = cast.bruno().user
    theirs = Authenticator.objects.create(user=bruno, type="webauthn", data={"name": "Celular", "credential": {}})
    here = sure(logged_in())
    for pk in (theirs.pk, theirs.pk + 99):
        path = f"/accounts/passkeys/{pk}/{action}/"
        assert here.get(path).status_code == 404
        assert here.post(path, {"name": "x"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Celular"


def test_page_takes_few_queries_however_many_places(
    user: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    here = logged_in()
    for _ in range(12):
        logged_in()
    text(here)
    with django_assert_max_num_queries(12):
        page = here.get("/account/")
    assert len(page.content) < 100_000


def test_email_changes_once_the_new_one_is_confirmed(user: User) -> None:
    here = sure(logged_in())
    here.post("/accounts/email/", {"action_add": "1", "email": "nova@example.com"})
    assert "nova@example.com espera você" in text(here)
    assert is_inside(logged_in()), "the old address holds until then"
    here.post(link_in(mail.outbox[0]))
    user.refresh_from_db()
    assert user.email == "nova@example.com"
    assert is_inside(logged_in("nova@example.com"))
    assert not is_inside(logged_in("ana@example.com"))
    assert mail.outbox[-1].to == ["ana@example.com"], "the old address learns of it"


def test_email_of_another_cannot_be_taken(user: User) -> None:
    """A4, N1: asked for it looks the same, confirmed it is refused."""
    cast.bruno()
    here = sure(logged_in())
    answer = here.post("/accounts/email/", {"action_add": "1", "email": "Bruno@example.com"})
    assert answer.headers["Location"] == "/account/"
    here.post(link_in(mail.outbox[0]))
    user.refresh_from_db()
    assert user.email == "ana@example.com"
    assert EmailAddress.objects.filter(email="bruno@example.com", verified=True).get().user != user


def test_mail_server_that_is_away_is_said(user: User, settings: Settings) -> None:
    here = sure(logged_in())
    settings.EMAIL_BACKEND = "tests.assistant.test_signup.Away"
    assert here.post("/accounts/email/", {"action_add": "1", "email": "nova@example.com"}).status_code == 503
    assert here.get("/account/").status_code == 200


def test_delicate_pages_ask_for_the_password_again(user: User) -> None:
    here = logged_in()
    for path in ("/accounts/factor/app/on/", "/accounts/passkeys/add/"):
        assert here.get(path).headers["Location"].startswith("/accounts/reauthenticate/")
    answer = here.post("/accounts/email/", {"action_add": "1", "email": "nova@example.com"})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert mail.outbox == []


def test_posted_rights_change_nothing(user: User) -> None:
    """A6: whatever else is posted, to every form of an account."""
    bruno = cast.bruno()
    here = sure(logged_in())
    extra = {"is_staff": "1", "is_superuser": "1", "user": bruno.user_id, "professional": bruno.pk, "verified": "1"}
    here.post("/accounts/email/", {"action_add": "1", "email": "nova@example.com", "primary": "1"} | extra)
    here.post("/account/sessions/end/", extra)
    here.post("/accounts/factor/app/on/", {"code": "1"} | extra)
    here.post("/accounts/reauthenticate/", {"password": PASSWORD} | extra)
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser, user.email) == (False, False, "ana@example.com")
    assert not EmailAddress.objects.filter(email="nova@example.com", verified=True).exists()
    assert EmailAddress.objects.filter(user=bruno.user).count() == 0


def test_app_is_switched_on_with_recovery_codes_and_off_again(
    user: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """A9: a professional may, too."""
    here = sure(logged_in())
    page = text(here, "/accounts/factor/app/on/")
    secret = page.partition('class="key">')[2].partition("<")[0]
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert "não confere" in here.post("/accounts/factor/app/on/", {"code": "000000"}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = here.post("/accounts/factor/app/on/", {"code": code})
    codes = text(here, answer.headers["Location"])
    assert codes.count("<li>") == 10
    first = codes.partition("<li>")[2].partition("<")[0]
    assert here.get("/accounts/factor/codes/file/").content.decode().split()[1:][0] == first
    assert mail.outbox[-1].subject.startswith("Um aplicativo autenticador foi ativado")

    elsewhere = logged_in()
    assert not is_inside(elsewhere)
    elsewhere.post("/accounts/factor/", {"code": first})
    assert is_inside(elsewhere)
    assert "Restam 9" in text(here)

    here.post("/accounts/factor/app/off/")
    assert not Authenticator.objects.exists()
    assert is_inside(logged_in())


@pytest.mark.parametrize("credential", ODD_ANSWERS)
def test_passkey_answers_of_any_shape_are_refused(user: User, credential: str) -> None:
    """No 500, no way in: at the log-in, when one is added, as the second step and at the question "is it you?"."""
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    half = logged_in()
    stranger = Browser()
    stranger.get("/accounts/passkeys/login/", headers={"accept": "application/json"})
    half.get("/accounts/factor/")
    inside = Browser()
    inside.force_login(user)
    sure(inside)
    inside.get("/accounts/passkeys/add/")
    for browser, path in (
        (stranger, "/accounts/passkeys/login/"),
        (half, "/accounts/factor/"),
        (inside, "/accounts/passkeys/add/"),
        (inside, "/accounts/passkeys/again/"),
    ):
        assert browser.post(path, {"credential": credential}).status_code < 500
    assert not is_inside(stranger)
    assert not is_inside(half)
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_pages_answer_no_json(user: User) -> None:
    """A form that answered JSON would be one more door; only the passkey's script has one."""
    here = sure(logged_in())
    for path in ("/accounts/email/", "/accounts/password/change/", "/accounts/login/"):
        answer = here.get(path, headers={"accept": "application/json", "x-requested-with": "XMLHttpRequest"})
        assert "application/json" not in answer.headers.get("Content-Type", "")


@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/factor/app/on/",
        "/accounts/passkeys/add/",
    ],
)
@pytest.mark.parametrize("language", ["pt-br", "en", "es"])
def test_pages_are_strict_private_and_in_the_professionals_language(
    user: User, ana: Professional, path: str, language: str
) -> None:
    ana.language = language
    ana.save()
    answer = sure(logged_in()).get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "style=" not in page
    assert "onclick=" not in page


@pytest.mark.parametrize(
    "path", ["/account/", "/accounts/email/", "/accounts/factor/codes/", "/accounts/passkeys/1/edit/"]
)
def test_stranger_is_asked_to_log_in(path: str) -> None:
    assert Browser().get(path).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (PHONE, "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15) Firefox/140.0", "Firefox, Mac"),
        ("curl/8", "Navegador desconhecido"),
        ("", "Navegador desconhecido"),
    ],
)  # fmt: skip
def test_device_has_a_name_people_use(said: str, name: str) -> None:
    from django.utils import translation

    with translation.override("pt-br"):
        assert devices.name(said) == name
