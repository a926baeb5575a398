"""The state of a professional's WhatsApp in plain words: what arrived, what was refused, what a check finds."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import Settings

from intake import connection, twilio, twilio_setup
from intake.models import Conversation, OutboundMessage
from scheduling.models import Professional
from tests import cast
from tests.standins.twilio import ACCOUNT, TOKEN, payload, signature

pytestmark = pytest.mark.django_db

BASE = "https://sineta.example.com"
PAGE = "/settings/whatsapp/"


@pytest.fixture(autouse=True)
def _account(settings: Settings) -> Iterator[None]:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
    settings.PUBLIC_BASE_URL = BASE
    twilio._client_for.cache_clear()
    yield
    twilio._client_for.cache_clear()


def deliver(*, to: str = cast.ANA_NUMBER, signed_for: str = BASE + twilio.WEBHOOK_PATH, **changes: str) -> int:
    """Let a message arrive whose signature is over that address; returns the answer's status."""
    form = payload("text", To=f"whatsapp:{to}", AccountSid=ACCOUNT, **changes)
    answer = Browser().post(
        twilio.WEBHOOK_PATH,
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature(signed_for, form)},
    )
    return answer.status_code


def page(browser: Browser) -> str:
    return browser.get(PAGE).content.decode()


def failed(professional: Professional, code: str, **changes: Any) -> OutboundMessage:
    fields = {"medium": "whatsapp", "recipient": cast.CAIO_ADDRESS, "body": "Olá", "status": "failed"}
    key = f"k{OutboundMessage.objects.count()}"
    return OutboundMessage.objects.create(
        professional=professional, error_code=code, dedupe_key=key, **fields | changes
    )


def test_address_to_paste_is_the_one_that_is_verified(browser: Browser) -> None:
    """W2: letter by letter PUBLIC_BASE_URL and the path that a signature is computed over."""
    assert f'<code id="webhook">{BASE}/webhooks/twilio/whatsapp/</code>' in page(browser)
    assert deliver(signed_for=f"{BASE}/webhooks/twilio/whatsapp/") == 200


def test_nothing_has_arrived_yet(browser: Browser) -> None:
    assert "Nenhuma mensagem chegou ainda." in page(browser)


def test_signed_message_is_seen(browser: Browser, ana: Professional) -> None:
    assert deliver() == 200
    assert "As mensagens estão chegando." in page(browser)


def test_http_instead_of_https_is_told(browser: Browser, ana: Professional) -> None:
    assert deliver(signed_for=f"http://sineta.example.com{twilio.WEBHOOK_PATH}") == 403
    said = page(browser)
    assert "A mensagem chegou, mas a assinatura não confere." in said
    assert "Troque http por https" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"signed_for": f"http://testserver{twilio.WEBHOOK_PATH}"}, "O endereço no Twilio não é o de baixo."),
        ({"signed_for": "https://elsewhere.example/"}, "Compare o endereço no Twilio"),
    ],
)
def test_other_mistakes_are_told_apart(browser: Browser, ana: Professional, changes: dict[str, str], said: str) -> None:
    assert deliver(**changes) == 403
    assert said in page(browser)


def test_message_of_another_account_is_told(browser: Browser, ana: Professional) -> None:
    form = payload("text", To=f"whatsapp:{cast.ANA_NUMBER}", AccountSid="AC" + "9" * 32)
    Browser().post(twilio.WEBHOOK_PATH, form, headers={"X-Twilio-Signature": "?"})
    assert "O número é de outra conta do Twilio" in page(browser)


def test_refusal_is_over_with_the_next_good_message(browser: Browser, ana: Professional) -> None:
    deliver(signed_for="https://elsewhere.example/")
    assert deliver() == 200
    assert "assinatura não confere" not in page(browser)


def test_refusal_is_seen_by_its_professional_alone(browser: Browser, ana: Professional) -> None:
    """N9: the key carries the tenant."""
    bruno = cast.bruno()
    deliver(to=cast.BRUNO_NUMBER, signed_for="https://elsewhere.example/")
    assert "assinatura não confere" not in page(browser)
    assert connection.seen(bruno).refusal is not None


@pytest.mark.parametrize("to", ["+5511900000000", "ana", "", "+", "whatsapp:" * 500, "+1\x00"])
def test_stranger_fills_no_cache(ana: Professional, to: str) -> None:
    """N9: keys are only for numbers that exist, one each."""
    assert deliver(to=to, signed_for="https://elsewhere.example/") == 403
    assert cache.keys("connection:*") == []  # type: ignore[attr-defined]
    for _ in range(5):
        deliver(signed_for="https://elsewhere.example/")
    assert cache.keys("connection:*") == [f"connection:refused:{ana.pk}"]  # type: ignore[attr-defined]


def test_refusal_is_answered_even_if_it_cannot_be_noted(ana: Professional, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_request: object) -> str:
        raise OperationalError

    monkeypatch.setattr(twilio_setup, "mistake", gone)
    assert deliver(signed_for="https://elsewhere.example/") == 403


@pytest.mark.usefixtures("no_cache")
def test_refusal_is_answered_without_the_cache(ana: Professional) -> None:
    """W1, W11: the signature is wrong whether that can be noted or not."""
    assert deliver(signed_for="https://elsewhere.example/") == 403


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("path", [PAGE, "/start/whatsapp/"])
def test_page_is_shown_without_the_cache(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 200


@pytest.mark.usefixtures("no_cache")
def test_check_without_the_cache_is_put_off(browser: Browser) -> None:
    answer = browser.post(f"{PAGE}check/", follow=True)
    assert answer.status_code == 200
    assert "Isso não é possível agora. Tente de novo daqui a pouco." in answer.content.decode()


@pytest.mark.parametrize(
    ("code", "said"),
    [("63016", "Passaram mais de 24 horas"), ("63007", "não conhece seu número"), ("99999", "tem o número 99999")],
)
def test_last_failure_is_told_by_its_meaning(browser: Browser, ana: Professional, code: str, said: str) -> None:
    failed(ana, code)
    said_all = page(browser)
    assert "A última mensagem a um cliente não chegou." in said_all
    assert said in said_all


def test_failure_that_is_outlived_or_old_or_anothers_is_none(browser: Browser, ana: Professional) -> None:
    """N1: a failure is one professional's."""
    failed(cast.bruno(), "63016")
    failed(ana, "63016", created_at=timezone.now() - timedelta(days=9))
    assert "não chegou" not in page(browser)
    failed(ana, "63016")
    failed(ana, "", status="delivered")
    assert "não chegou" not in page(browser)


def test_page_needs_few_queries(browser: Browser, ana: Professional, django_assert_max_num_queries: Any) -> None:
    Conversation.objects.create(
        professional=ana, channel="whatsapp", address=cast.CAIO_ADDRESS, last_inbound_at=timezone.now()
    )
    failed(ana, "63016")
    with django_assert_max_num_queries(12):
        page(browser)


# The check


class Senders(BaseHTTPRequestHandler):
    """Twilio's list of WhatsApp senders, as a test wants it."""

    status = 200
    senders: list[dict[str, Any]] = []

    def do_GET(self) -> None:
        meta = {"page": 0, "page_size": 50, "next_page_url": None, "previous_page_url": None, "key": "senders"}
        known = {"senders": self.senders, "messages": [], "meta": meta}
        body = json.dumps(known if self.status == 200 else {"code": 20003, "message": "no"}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
        """Silence."""


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Senders]]:
    """A Twilio that answers; our own public address does, too."""
    monkeypatch.setattr(connection, "_public", lambda: "ok")
    monkeypatch.setattr(Senders, "status", 200)
    with ThreadingHTTPServer(("127.0.0.1", 0), Senders) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.TWILIO_API_BASE_URL = f"http://127.0.0.1:{server.server_port}"
        yield Senders
        server.shutdown()


def sender(number: str = cast.ANA_NUMBER, status: str = "ONLINE", **webhook: str) -> dict[str, Any]:
    address = {"callback_url": f"{BASE}{twilio.WEBHOOK_PATH}", "callback_method": "POST"} | webhook
    return {"sid": "XE1", "status": status, "sender_id": f"whatsapp:{number}", "webhook": address}


def check(browser: Browser) -> str:
    answer = browser.post(f"{PAGE}check/")
    assert answer.headers["Location"] == PAGE
    return page(browser)


OTHER = "+5511999998888"


@pytest.mark.parametrize(
    ("senders", "said"),
    [
        ([sender(OTHER)], "O Twilio conhece o número, e o endereço está certo."),
        ([sender(OTHER, callback_url=f"http://sineta.example.com{twilio.WEBHOOK_PATH}")], "está com outro endereço"),
        ([sender(OTHER, callback_url="")], "nenhum endereço"),
        ([sender(OTHER, callback_method="GET")], "está com outro endereço"),
        ([sender(OTHER, status="OFFLINE")], "não está no ar: OFFLINE"),
        ([sender("+5511000000000")], "não conhece este número"),
        ([], "não conhece este número"),
    ],
)
def test_check_says_how_the_number_stands_at_twilio(
    browser: Browser, ana: Professional, provider: type[Senders], senders: list[dict[str, Any]], said: str
) -> None:
    Professional.objects.filter(pk=ana.pk).update(whatsapp_number=OTHER)
    provider.senders = senders
    found = check(browser)
    assert said in found
    assert "Verificado às" in found
    assert "Nosso endereço responde" in found


def test_sandbox_is_recognised(browser: Browser, ana: Professional, provider: type[Senders]) -> None:
    assert "número de testes dele (sandbox)" in check(browser)


def test_refused_key_is_told(
    browser: Browser, ana: Professional, provider: type[Senders], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "status", 401)
    assert "O Twilio recusou a chave da conta." in check(browser)


def test_silent_twilio_is_told(browser: Browser, ana: Professional, settings: Settings) -> None:
    settings.TWILIO_API_BASE_URL, settings.PUBLIC_BASE_URL = "http://127.0.0.1:9", "http://localhost:8000"
    found = check(browser)
    assert "O Twilio não respondeu." in found
    assert "ainda não tem um endereço público" in found


def test_check_takes_five_seconds_at_most(
    ana: Professional, provider: type[Senders], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does not answer in time is said not to have answered."""
    until = threading.Event()

    def hang(_number: str, *, timeout: float) -> None:
        until.wait(timeout)

    monkeypatch.setattr(connection, "CHECK_SECONDS", 0.2)
    monkeypatch.setattr(twilio_setup, "sender", hang)
    assert connection.check(ana)
    until.set()
    found = connection.checked(ana)
    assert found is not None
    assert found.sender == twilio_setup.Sender(twilio_setup.Entry.UNKNOWN, "timeout")


def test_without_credentials_the_check_says_so(browser: Browser, ana: Professional, settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = ""
    settings.PUBLIC_BASE_URL = "http://localhost:8000"
    assert "ainda não tem as chaves do Twilio" in check(browser)


def test_checks_in_a_row_are_one(browser: Browser, ana: Professional, provider: type[Senders]) -> None:
    check(browser)
    assert "Verificado agora há pouco." in check(browser)


def test_check_of_another_is_none_of_mine(browser: Browser, ana: Professional, provider: type[Senders]) -> None:
    """N9: what a check found is kept for one professional."""
    connection.check(cast.bruno())
    assert "Verificado às" not in page(browser)


def test_check_from_the_first_steps_leads_back_there(browser: Browser, provider: type[Senders]) -> None:
    assert browser.post(f"{PAGE}check/", {"back": "start"}).headers["Location"] == "/start/whatsapp/"
    assert browser.post(f"{PAGE}check/", {"back": "https://example.com"}).headers["Location"] == PAGE
