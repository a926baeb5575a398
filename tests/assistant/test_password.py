"""Passwords: forgotten, changed, and what that ends."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client as Browser
from pytest_django import Settings

from assistant.accounts import attempts
from scheduling.models import Professional
from tests import cast
from tests.assistant.test_signup import link_in

pytestmark = pytest.mark.django_db

OLD, NEW = "sineta-sineta", "jabuticaba-84"
RESET = "/accounts/password/reset/"


@pytest.fixture
def user(ana: Professional) -> User:
    assert ana.user is not None
    ana.user.set_password(OLD)
    ana.user.save()
    return ana.user


def logged_in(password: str = OLD) -> Browser:
    browser = Browser()
    browser.post("/accounts/login/", {"login": "ana@example.com", "password": password})
    return browser


def is_inside(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def ask(email: str, **extra: Any) -> Any:
    return Browser().post(RESET, {"email": email}, **extra)


def choose(path: str, password: str = NEW) -> Any:
    browser = Browser()
    form = browser.get(path, follow=True)
    return browser.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


def test_forgotten_password_is_chosen_anew_by_a_link(user: User) -> None:
    ask("Ana@Example.com")
    assert mail.outbox[0].subject == "Crie outra senha"
    assert choose(link_in(mail.outbox[0])).headers["Location"] == "/accounts/password/reset/done/"
    assert is_inside(logged_in(NEW))
    assert not is_inside(logged_in(OLD))


def test_link_is_good_once(user: User) -> None:
    """A5: a new password kills what was sent before."""
    ask("ana@example.com")
    path = link_in(mail.outbox[0])
    choose(path)
    assert "já foi usado" in Browser().get(path, follow=True).content.decode()


def test_unknown_address_gets_the_same_answer_and_as_much_work(user: User) -> None:
    """A4: one e-mail each, the same page; only the address itself learns more."""
    answers = [ask(email) for email in ("ana@example.com", "ghost@example.com")]
    assert len({(one.status_code, one.headers["Location"]) for one in answers}) == 1
    assert [one.to for one in mail.outbox] == [["ana@example.com"], ["ghost@example.com"]]
    assert "Não existe conta" in mail.outbox[1].subject
    assert link_in(mail.outbox[1]) == "/accounts/signup/"


def test_switched_off_user_gets_the_answer_of_an_unknown_one(user: User) -> None:
    """A4"""
    user.is_active = False
    user.save()
    assert ask("ana@example.com").status_code == 302
    assert "Não existe conta" in mail.outbox[0].subject


def test_forged_host_is_refused_and_reaches_no_link(user: User, settings: Settings) -> None:
    """A8: the link's host is the configured one, whatever host of ours was asked."""
    settings.ALLOWED_HOSTS = ["sineta.example", "other.example"]
    settings.PUBLIC_BASE_URL = "https://sineta.example"
    assert ask("ana@example.com", headers={"host": "evil.example"}).status_code == 400
    assert mail.outbox == []
    ask("ana@example.com", headers={"host": "other.example", "x-forwarded-host": "evil.example"})
    assert "https://sineta.example/accounts/password/reset/key/" in mail.outbox[0].body
    assert "other.example" not in mail.outbox[0].body
    assert "evil.example" not in mail.outbox[0].body


@pytest.mark.parametrize(
    ("language", "subject"),
    [("pt-br", "Crie outra senha"), ("es", "Crea otra contraseña"), ("en", "Choose a new password")],
)
def test_email_speaks_the_readers_language(user: User, ana: Professional, language: str, subject: str) -> None:
    """Not the language of whoever asked for it."""
    ana.language = language
    ana.save()
    ask("ana@example.com", headers={"accept-language": "en" if language != "en" else "es"})
    assert mail.outbox[0].subject == subject


def test_mail_server_that_is_away_is_said_the_same_to_everybody(user: User, settings: Settings) -> None:
    """A4: a failure tells nobody apart either, and is no 500."""
    settings.EMAIL_BACKEND = "tests.assistant.test_signup.Away"
    answers = [ask(email) for email in ("ana@example.com", "ghost@example.com")]
    assert [one.status_code for one in answers] == [503, 503]
    assert "servidor de e-mail não responde" in answers[0].content.decode()


def test_nobody_is_flooded_with_reset_mails(user: User) -> None:
    """A1: three in ten minutes for one address, from wherever they are asked."""
    answers = [ask("ana@example.com", REMOTE_ADDR=f"203.0.113.{n}").status_code for n in range(4)]
    assert answers == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_reset_ends_the_pause(user: User) -> None:
    """A3: whoever proves by e-mail who he is need not wait."""
    for _ in range(attempts.TRIES + 1):
        logged_in("?")
    ask("ana@example.com")
    choose(link_in(mail.outbox[0]))
    assert is_inside(logged_in(NEW))


def test_reset_ends_every_session(user: User) -> None:
    """A5"""
    browser = logged_in()
    ask("ana@example.com")
    choose(link_in(mail.outbox[0]))
    assert not is_inside(browser)


def test_change_keeps_this_session_and_ends_the_others(user: User) -> None:
    """A5: at once, not when they expire; the owner is told by e-mail."""
    here, elsewhere = logged_in(), logged_in()
    answer = here.post("/accounts/password/change/", {"oldpassword": OLD, "password1": NEW, "password2": NEW})
    assert answer.headers["Location"] == "/account/"
    assert "Senha trocada" in here.get("/account/").content.decode()
    assert not is_inside(elsewhere)
    assert not Session.objects.filter(session_key=elsewhere.cookies["sessionid"].value).exists()
    assert mail.outbox[-1].subject == "Sua senha foi trocada."


def test_change_is_done_even_if_the_news_cannot_be_sent(user: User, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "tests.assistant.test_signup.Away"
    here = logged_in()
    form = {"oldpassword": OLD, "password1": NEW, "password2": NEW}
    assert here.post("/accounts/password/change/", form).status_code == 302
    assert is_inside(logged_in(NEW))


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"oldpassword": "?", "password1": NEW, "password2": NEW}, "id_oldpassword", "não é a sua senha atual"),
        ({"oldpassword": OLD, "password1": "123", "password2": "123"}, "id_password1", "8 caracteres"),
        ({"oldpassword": OLD, "password1": NEW, "password2": "x"}, "id_password2", "senha"),
        ({}, "id_oldpassword", "obrigatório"),
    ],
)
def test_what_is_wrong_stands_next_to_its_field(user: User, form: dict[str, str], field: str, said: str) -> None:
    page = logged_in().post("/accounts/password/change/", form).content.decode()
    assert said in page.partition(f'id="{field}-err"')[2].partition("</p>")[0]


def test_old_password_cannot_be_guessed_from_inside(user: User) -> None:
    """A1: a borrowed session is no place to try passwords, neither here nor at the question "is it you?"."""
    here = logged_in()
    wrong = {"oldpassword": "?", "password1": NEW, "password2": NEW}
    assert [here.post("/accounts/password/change/", wrong).status_code for _ in range(6)][-1] == 429
    for _ in range(attempts.TRIES):
        page = here.post("/accounts/reauthenticate/", {"password": "?"}).content.decode()
    assert "Espere cinco minutos" in page


def test_posted_rights_change_nothing(user: User) -> None:
    """A6"""
    bruno = cast.bruno()
    extra = {"is_staff": "1", "is_superuser": "1", "professional": bruno.pk, "user": bruno.user_id, "plan": "premium"}
    form = {"oldpassword": OLD, "password1": NEW, "password2": NEW}
    logged_in().post("/accounts/password/change/", form | extra)
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert user.check_password(NEW)
    assert user.professional.name == "Ana Souza"


@pytest.mark.parametrize("path", ["x-y", "1-set-password", "zzzzzzzzzzzzz-1", "1-" + "a" * 90])
def test_odd_links_are_explained(user: User, path: str) -> None:
    answer = Browser().get(f"{RESET}key/{path}/", follow=True)
    assert answer.status_code == 200
    assert "Peça outro" in answer.content.decode()
