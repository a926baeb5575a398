"""Keys: shown once, kept as a hash, refused at once when they are wrong, revoked or of a closed login."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.test import Client as Browser
from pytest_django import Settings

from assistant import keys
from assistant.api import keys as api_keys
from assistant.api import throttle
from assistant.models import ApiKey
from scheduling.models import AppointmentEvent, Professional
from tests import cast
from tests.assistant.api.calling import APPOINTMENTS, book, code, post, program, wish

pytestmark = pytest.mark.django_db

PROFESSIONAL = "/api/v1/professional/"
PAGE = "/settings/keys/"
ADMIN = "/admin/assistant/apikey/"
NEW = "jabuticaba-84"


@pytest.fixture
def plain(ana: Professional) -> str:
    return keys.issue(ana, name="Site", user=ana.user)[1]


def with_key(plain: str) -> Browser:
    return Browser(headers={"Authorization": f"Bearer {plain}"}, enforce_csrf_checks=True)


def test_key_speaks_for_its_practice(ana: Professional, bruno: Professional, plain: str) -> None:
    other = keys.issue(bruno, name="Site", user=bruno.user)[1]
    assert with_key(plain).get(PROFESSIONAL).json()["name"] == "Ana Souza"
    assert with_key(other).get(PROFESSIONAL).json()["name"] == bruno.name


def test_key_books_without_a_session_and_in_the_practice_s_name(ana: Professional, plain: str) -> None:
    answer = book(with_key(plain), ana)
    assert answer.status_code == 201, answer.json()
    assert AppointmentEvent.objects.latest("pk").user == ana.user


def test_key_itself_is_nowhere_in_the_database(plain: str) -> None:
    row = ApiKey.objects.values().get()
    assert plain not in str(row)
    assert row["prefix"] == plain[:13]


@pytest.mark.parametrize("wrong", ["", "sineta_", "sineta_" + "x" * 43, "x" * 5000, "sineta_\udcff", "ana@example.com"])
def test_wrong_key_is_refused(plain: str, wrong: str) -> None:
    answer = Browser(headers={"Authorization": f"Bearer {wrong}"}).get(PROFESSIONAL)
    assert (answer.status_code, code(answer)) == (401, "authentication_failed")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_revoked_key_is_refused_at_once(ana: Professional, plain: str) -> None:
    """A5."""
    program().post(f"{PAGE}{ApiKey.objects.get().pk}/revoke/")
    assert with_key(plain).get(PROFESSIONAL).status_code == 401


def test_key_dies_with_its_login(ana: Professional, plain: str) -> None:
    """A5."""
    assert ana.user is not None
    ana.user.is_active = False
    ana.user.save()
    assert with_key(plain).get(PROFESSIONAL).status_code == 401


def test_key_dies_when_its_practice_gets_another_login(ana: Professional, plain: str) -> None:
    """A5: whoever had the practice before reads nothing of it any more."""
    ana.user = cast.login("carla@example.com")
    ana.save()
    assert with_key(plain).get(PROFESSIONAL).status_code == 401
    assert ApiKey.objects.get().prefix not in program("carla@example.com").get(PAGE).content.decode()


def test_key_dies_with_the_password(ana: Professional, bruno: Professional, plain: str) -> None:
    """A5: whoever had the former password may have made it."""
    other = keys.issue(bruno, name="Site", user=bruno.user)[1]
    program().post("/accounts/password/change/", {"oldpassword": "?", "password1": NEW, "password2": NEW})
    assert with_key(plain).get(PROFESSIONAL).status_code == 200, "nothing was changed"
    assert ana.user is not None
    ana.user.set_password(NEW)
    ana.user.save()
    assert with_key(plain).get(PROFESSIONAL).status_code == 401
    assert with_key(other).get(PROFESSIONAL).status_code == 200


def test_foreign_key_finds_nothing_of_another_s(ana: Professional, bruno: Professional, plain: str) -> None:
    """N1: another's row is missing, whoever's key asks."""
    reference = book(with_key(plain), ana).json()["reference"]
    others = with_key(keys.issue(bruno, name="Site", user=bruno.user)[1])
    for path in (f"{APPOINTMENTS}{reference}/", "/api/v1/clients/1/", f"{APPOINTMENTS}NOPE/"):
        assert others.get(path).status_code == 404
    assert others.get(APPOINTMENTS).json()["count"] == 0
    assert others.get("/api/v1/clients/").json()["count"] == 0


def test_foreign_key_is_not_revoked_by_another(bruno: Professional, plain: str) -> None:
    """N1."""
    answer = program("bruno@example.com").post(f"{PAGE}{ApiKey.objects.get().pk}/revoke/")
    assert answer.status_code == 404
    assert with_key(plain).get(PROFESSIONAL).status_code == 200


def test_key_opens_neither_pages_nor_the_assistant(plain: str) -> None:
    caller = with_key(plain)
    assert caller.get("/").status_code == 302
    asked = caller.post("/assistant/chat/", {"question": "oi"}, content_type="application/json")
    assert asked.status_code == 401


def test_session_without_its_csrf_token_changes_nothing(ana: Professional) -> None:
    """A7."""
    caller = Browser(enforce_csrf_checks=True)
    caller.force_login(cast.login("ana@example.com"))
    answer = caller.post(APPOINTMENTS, wish(ana), content_type="application/json")
    assert answer.status_code == 403
    assert not ana.appointments.exists()


def test_wrong_keys_from_one_address_are_slowed_down(plain: str) -> None:
    answers = [with_key("sineta_x").get(PROFESSIONAL) for _ in range(31)]
    assert {one.status_code for one in answers[:30]} == {401}
    assert answers[30].status_code == 429
    assert int(answers[30].headers["Retry-After"]) > 0
    assert with_key(plain).get(PROFESSIONAL).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "tried"),
    [(1, ["198.51.100.7, 203.0.113.1", "198.51.100.8, 203.0.113.1", "203.0.113.2"]), (0, ["203.0.113.1"] * 2)],
)
def test_wrong_keys_are_counted_by_the_peer_that_the_proxy_names(
    plain: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, proxies: int, tried: list[str]
) -> None:
    """A2: whoever asks through the same proxy is somebody else; what they say of themselves counts for nothing."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    monkeypatch.setattr(api_keys, "WRONG_KEYS", "1/m")
    caller = with_key("sineta_x")
    statuses = [caller.get(PROFESSIONAL, headers={"X-Forwarded-For": one}).status_code for one in tried]
    assert statuses == [401, 429, 401][: len(tried)]


def test_each_key_has_its_requests_a_minute(ana: Professional, plain: str, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    answers = [with_key(plain).get(PROFESSIONAL) for _ in range(3)]
    other = with_key(keys.issue(ana, name="App", user=ana.user)[1]).get(PROFESSIONAL)
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert code(answers[2]) == "throttled"
    assert "Retry-After" in answers[2].headers
    assert other.status_code == 200


@pytest.mark.usefixtures("no_cache")
def test_what_a_key_opens_stays_open_without_the_cache(ana: Professional, plain: str) -> None:
    """W11: what counts requests is gone, what is asked for is not."""
    assert with_key(plain).get(PROFESSIONAL).status_code == 200
    assert book(with_key(plain), ana).status_code == 201
    assert with_key("sineta_x").get(PROFESSIONAL).status_code == 401


@pytest.mark.usefixtures("no_cache")
def test_question_that_costs_is_not_taken_uncounted(ana: Professional) -> None:
    answer = post(program(), "/assistant/chat/", {"question": "Como foi outubro?"})
    assert (answer.status_code, code(answer)) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_many_at_once_get_no_more_than_is_allowed() -> None:
    with ThreadPoolExecutor(16) as pool:
        over = list(pool.map(lambda _: throttle.counted("key:1", group="test", rate="5/m").is_over, range(64)))
    assert over.count(False) == 5


def test_use_is_noted_once_a_minute(plain: str) -> None:
    with_key(plain).get(PROFESSIONAL)
    first = ApiKey.objects.get().last_used_at
    with_key(plain).get(PROFESSIONAL)
    assert first is not None
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=Now() - timedelta(minutes=2))
    with_key(plain).get(PROFESSIONAL)
    assert (ApiKey.objects.get().last_used_at or first) >= first


def test_page_shows_a_key_once(ana: Professional) -> None:
    caller = program()
    made = caller.post(PAGE, {"name": "Meu <b>site</b>"}).content.decode()
    found = re.search(r'<code id="key">(sineta_[\w-]{43})</code>', made)
    assert found
    assert with_key(found[1]).get(PROFESSIONAL).status_code == 200
    later = caller.get(PAGE).content.decode()
    assert found[1] not in later
    assert "Meu &lt;b&gt;site&lt;/b&gt;" in later


def test_admin_shows_no_key_and_revokes_the_own(ana: Professional, bruno: Professional, plain: str) -> None:
    """N2: another's id among the chosen ones changes nothing."""
    others = keys.issue(bruno, name="App", user=bruno.user)[0]
    caller, row = program(), ana.api_keys.get()
    chosen = {"action": "revoke", ACTION_CHECKBOX_NAME: [row.pk, others.pk]}
    for path in (ADMIN, f"{ADMIN}{row.pk}/change/"):
        page = caller.get(path).content.decode()
        assert row.prefix in page
        assert plain not in page
        assert row.digest not in page
    caller.post(ADMIN, chosen)
    assert with_key(plain).get(PROFESSIONAL).status_code == 401
    assert ApiKey.objects.get(revoked_at=None) == others


def test_operator_who_revokes_a_key_is_noted(ana: Professional, plain: str) -> None:
    """N11."""
    operator = User.objects.create_superuser("operator")
    caller = Browser()
    caller.force_login(operator)
    caller.post(ADMIN, {"action": "revoke", ACTION_CHECKBOX_NAME: [ana.api_keys.get().pk]})
    entry = ana.audit.get(kind="acted_for")
    assert (entry.user, entry.data["action"]) == (operator, "revoke")
    assert ana.api_keys.get().revoked_at is not None


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_key_needs_a_name(ana: Professional, name: str) -> None:
    page: Any = program().post(PAGE, {"name": name})
    assert 'aria-invalid="true"' in page.content.decode()
    assert not ApiKey.objects.exists()


def test_there_is_a_limit_of_keys(ana: Professional, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_KEYS", 1)
    caller = program()
    caller.post(PAGE, {"name": "Um"})
    assert "é o máximo" in caller.post(PAGE, {"name": "Dois"}).content.decode()
    assert ApiKey.objects.count() == 1
