"""Signing up: a login with a practice, no more rights than that, and no word about who has an account."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import Settings

from assistant.accounts import adapter
from scheduling.models import Professional
from tests import cast
from tests.assistant.conftest import hashes_counted

pytestmark = pytest.mark.django_db

SIGNUP = "/accounts/signup/"
FORM = {"name": "Carla Dias", "email": "carla@example.com", "password1": "jabuticaba-84", "zone": "America/Recife"}


@pytest.fixture
def confirming(settings: Settings) -> None:
    """As it is wherever there is a mail server."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def sign_up(browser: Browser | None = None, **changes: Any) -> Any:
    return (browser or Browser()).post(SIGNUP, FORM | changes)


def link_in(message: mail.EmailMessage) -> str:
    """Return the path of the only link in an e-mail, which must lead to the public address."""
    link = next(line for line in str(message.body).splitlines() if line.startswith("http"))
    assert link.startswith("http://localhost:8000/")
    return link.removeprefix("http://localhost:8000")


def test_signup_founds_a_practice_and_leads_to_the_first_steps() -> None:
    browser = Browser()
    assert sign_up(browser).headers["Location"] == "/start/"
    practice = Professional.objects.get(user__email="carla@example.com")
    assert (practice.name, practice.language, practice.timezone) == ("Carla Dias", "pt-br", "America/Recife")
    assert practice.plan == Professional.Plan.FREE
    assert practice.trial_ends_at is not None
    assert timedelta(days=13) < practice.trial_ends_at - timezone.now() <= timedelta(days=14)
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    ("asked", "language"), [("es-AR", "es"), ("en-GB", "en"), ("pt-PT", "pt-br"), ("de", "pt-br"), ("", "pt-br")]
)
def test_practice_speaks_the_language_of_the_page(asked: str, language: str) -> None:
    sign_up(Browser(headers={"accept-language": asked}))
    assert Professional.objects.get().language == language


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "a" * 64, "America/Sao_Paulo\x00"])
def test_zone_that_is_none_is_the_default(zone: str) -> None:
    sign_up(zone=zone)
    assert [one.timezone for one in Professional.objects.all()] in ([], ["America/Sao_Paulo"])


def test_until_something_is_set_up_every_log_in_leads_to_the_first_steps() -> None:
    sign_up()
    login = {"login": FORM["email"], "password": FORM["password1"]}
    assert Browser().post("/accounts/login/", login).headers["Location"] == "/start/"


def test_posted_rights_change_nothing(ana: Professional) -> None:
    """A6: neither rights nor somebody else's practice."""
    sign_up(
        is_staff="1", is_superuser="true", is_active="0", plan="premium", professional=ana.pk, user=ana.user_id,
        trial_ends_at="2099-01-01", username="admin", groups="1",
    )  # fmt: skip
    user = User.objects.get(email=FORM["email"])
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)
    assert user.username != "admin"
    practice = Professional.objects.get(user=user)
    assert practice.plan == Professional.Plan.FREE
    assert practice.trial_ends_at is not None
    assert practice.trial_ends_at.year < 2099
    ana.refresh_from_db()
    assert ana.user_id != user.pk


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " \t "}, "obrigatório"),
        ({"name": "x" * 121}, "120"),
        ({"email": "carla"}, "email válido"),
        ({"password1": "1234"}, "8 caracteres"),
        ({"password1": "carla@example.com"}, "parecida"),
        ({"name": "\x00"}, "nulos"),
    ],
)
def test_what_is_wrong_stands_next_to_its_field(changes: dict[str, str], said: str) -> None:
    page = sign_up(None, **changes).content.decode()
    field = {"password1": "id_password1", "name": "id_name", "email": "id_email"}[next(iter(changes))]
    assert said in page.partition(f'id="{field}-err"')[2].partition("</p>")[0]
    assert 'aria-invalid="true"' in page
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["  Dra.\u202e  Zoë \n D'Ávila-Gonçalves ", "<b>x</b>", "😀", "李" * 120])
def test_names_of_every_kind_are_kept(name: str) -> None:
    assert sign_up(name=name).status_code == 302
    assert Professional.objects.get().name == " ".join(name.split())


def test_trial_says_that_an_address_is_taken(ana: Professional) -> None:
    """Nobody can confirm an address without a mail server, so people are let in at once and this has to be said."""
    page = sign_up(email="ANA@example.com").content.decode()
    assert "Já existe uma conta com este e-mail" in page


def test_with_a_mail_server_the_address_is_confirmed_first(confirming: None) -> None:
    browser = Browser()
    assert sign_up(browser).headers["Location"] == "/accounts/confirm-email/"
    assert browser.get("/").status_code == 302
    path = link_in(mail.outbox[0])
    assert FORM["email"] in browser.get(path).content.decode()
    assert browser.get("/").status_code == 302, "opening the link is not enough: scanners open links, too"
    assert browser.post(path).headers["Location"] == "/start/"
    assert browser.get("/").status_code == 200


def test_link_is_good_once_and_for_no_other_browser(confirming: None) -> None:
    sign_up()
    path = link_in(mail.outbox[0])
    assert Browser().post(path).headers["Location"] == "/accounts/login/"
    assert "já foi usado" in Browser().get(path).content.decode()


def test_unconfirmed_login_gets_another_link_later(confirming: None, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": None}
    sign_up()
    login = {"login": FORM["email"], "password": FORM["password1"]}
    assert Browser().post("/accounts/login/", login).headers["Location"] == "/accounts/confirm-email/"
    assert len(mail.outbox) == 2


def test_operator_made_user_needs_no_confirmation(confirming: None, ana: Professional) -> None:
    assert ana.user is not None
    ana.user.set_password("jabuticaba-84")
    ana.user.save()
    login = {"login": "ana@example.com", "password": "jabuticaba-84"}
    assert Browser().post("/accounts/login/", login).headers["Location"] == "/"


def test_taken_address_gets_the_same_answer_and_as_much_work(confirming: None, ana: Professional) -> None:
    """A4: where it goes, what it says, hashes and e-mails are the same; only the owner learns of it."""
    seen = []
    for email in ("ana@example.com", "carla@example.com"):
        browser, before = Browser(), len(mail.outbox)
        with hashes_counted() as count:
            answer = sign_up(browser, email=email)
        page = browser.get(answer.headers["Location"]).content.decode()
        seen.append((answer.status_code, answer.headers["Location"], count(), len(mail.outbox) - before, page))
        assert mail.outbox[-1].to == [email]
    assert seen[0] == seen[1]
    assert "Você já tem uma conta" in mail.outbox[0].subject
    assert User.objects.filter(email="ana@example.com").count() == 1


def test_second_of_two_signups_at_once_is_like_one_with_a_taken_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both saw a free address when they were checked; the lock lets only one write."""
    monkeypatch.setattr(
        "allauth.account.forms.flows.manage_email.email_already_exists", lambda email, **_: (email, False)
    )
    sign_up()
    assert sign_up().headers["Location"] == "/accounts/login/"
    assert User.objects.count() == 1


def test_mail_server_that_is_away_is_said(confirming: None, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "tests.assistant.test_signup.Away"
    answer = sign_up()
    assert answer.status_code == 503
    assert "Tente de novo em alguns minutos" in answer.content.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


class Away:
    """An e-mail backend whose server does not answer."""

    def __init__(self, **_options: Any) -> None:
        pass

    def send_messages(self, _messages: Any) -> int:
        raise ConnectionRefusedError


def test_signup_without_a_practice_row_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Login and practice are written together or not at all."""
    monkeypatch.setattr("scheduling.practices.found", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sign_up()
    assert not User.objects.exists()


def test_too_many_signups_from_one_place_are_stopped() -> None:
    """A1"""
    answers = [sign_up(email="nobody").status_code for _ in range(11)]
    assert answers[9:] == [200, 429]


def test_vouching_never_takes_an_address_from_its_owner(ana: Professional) -> None:
    """N1: two users with one e-mail, made by hand: only the first has it confirmed."""
    adapter.vouch_for("ana@example.com")
    second = User.objects.create_user("second", "Ana@example.com")
    adapter.vouch_for("ana@example.com")
    assert not second.emailaddress_set.get().verified  # type: ignore[attr-defined]
    assert cast.login("ana@example.com").emailaddress_set.get().verified  # type: ignore[attr-defined]
