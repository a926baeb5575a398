"""Twilio's forms in our own words, and the real SDK against a local stand-in."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pytest_django import Settings

from intake import outbox, twilio
from intake.models import Conversation, OutboundMessage
from intake.twilio import SendError
from tests import cast
from tests.standins import twilio as standins
from tests.standins.twilio import TwilioStandIn, payload, signature

SHAPES = sorted(path.stem for path in standins.PAYLOADS.glob("*.json"))
# As in the signature's definition: the URL, then each field's name and value, blank ones too.
anything = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.fixture(autouse=True)
def _account(settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    settings.PUBLIC_BASE_URL = "https://sineta.example.com"


@pytest.fixture
def server(settings: Settings) -> Iterator[TwilioStandIn]:
    with TwilioStandIn() as running:
        settings.TWILIO_API_BASE_URL = running.url
        yield running


def request(form: dict[str, str], sent_signature: str) -> HttpRequest:
    query = QueryDict(mutable=True)
    query.update(form)
    return RequestFactory().post(
        twilio.WEBHOOK_PATH,
        query.urlencode(),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": sent_signature},
    )


def queued(body: str = "Olá", **changes: Any) -> OutboundMessage:
    professional = changes.pop("professional", None) or cast.ana()
    conversation = Conversation.objects.create(
        professional=professional, channel="whatsapp", address=changes.pop("to", cast.CAIO_ADDRESS)
    )
    outbox.say(conversation, body, dedupe_key="test:1")
    return OutboundMessage.objects.select_related("professional").get()


# Signatures


@pytest.mark.parametrize("shape", SHAPES)
def test_every_recorded_form_passes_with_its_signature(shape: str) -> None:
    """W3, W4, W5: unknown fields, blank values, CRLF and NUL are part of what is signed."""
    form = payload(shape)
    assert twilio.verify(request(form, signature(twilio.webhook_url(), form)))


@given(body=anything, name=anything)
def test_any_text_passes_with_its_signature(body: str, name: str) -> None:
    """W5: the signature is checked over the text as it came."""
    form = payload("text", Body=body, ProfileName=name)
    assert twilio.verify(request(form, signature(twilio.webhook_url(), form)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda good: good.lower(),
        lambda good: good[:-1],
        lambda good: good + " x",
        lambda good: "é" * len(good),
        lambda _: signature(twilio.webhook_url(), payload("text"), token="another"),
        lambda _: signature("https://elsewhere.example.com/webhooks/twilio/whatsapp/", payload("text")),
    ],
)
def test_wrong_signature_is_refused(spoil: Any) -> None:
    """W1."""
    form = payload("text")
    assert not twilio.verify(request(form, spoil(signature(twilio.webhook_url(), form))))


def test_changed_field_is_refused() -> None:
    """W1."""
    form = payload("text")
    good = signature(twilio.webhook_url(), form)
    assert not twilio.verify(request(form | {"Body": "Cancela tudo"}, good))


def test_second_token_counts_only_while_it_is_set(settings: Settings) -> None:
    """W17."""
    form = payload("text")
    with_old = signature(twilio.webhook_url(), form, token="the-old-one")
    settings.TWILIO_AUTH_TOKEN_SECONDARY = "the-old-one"
    assert twilio.verify(request(form, with_old))
    settings.TWILIO_AUTH_TOKEN_SECONDARY = ""
    assert not twilio.verify(request(form, with_old))


def test_without_any_token_nothing_passes(settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN, settings.DEBUG = "", False
    form = payload("text")
    assert not twilio.verify(request(form, signature(twilio.webhook_url(), form, token="")))


# Forms


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("text", "text"),
        ("quoted_reply", "text"),
        ("username_sender", "text"),
        ("image_with_caption", "text"),
        ("sticker", "sticker"),
        ("image", "image"),
        ("audio", "audio"),
        ("document", "document"),
        ("contact", "contact"),
        ("location", "location"),
        ("quick_reply_tap", "tap"),
        ("list_tap", "tap"),
        ("blank_body", "unsupported"),
    ],
)
def test_kind_says_what_arrived(shape: str, kind: str) -> None:
    """W4: what is not text is known as such, so that it gets a polite answer."""
    assert twilio.parse(payload(shape)).kind == kind


@pytest.mark.parametrize(
    ("shape", "changes", "kind"),
    [
        ("document", {"Body": "Segue o pedido, pode ser quinta?"}, "text"),
        ("document", {"Body": "Pedido médico.pdf"}, "document"),
        ("document", {"MediaContentType0": "text/plain", "Body": ""}, "document"),
        ("contact", {"MessageType": ""}, "contact"),
        ("audio", {"MessageType": "", "Body": "musica.mp3"}, "audio"),
        ("image", {"MediaContentType0": "video/mp4", "MessageType": "video"}, "video"),
    ],
)
def test_kind_of_what_is_less_usual(shape: str, changes: dict[str, str], kind: str) -> None:
    """W4: words under a document count; its bare file name does not."""
    assert twilio.parse(payload(shape, **changes)).kind == kind


def test_text_is_parsed() -> None:
    received = twilio.parse(payload("text"))
    assert (received.sender, received.number) == (cast.CAIO_ADDRESS, cast.ANA_NUMBER)
    assert received.body == "Oi, tem horário quinta à tarde?"
    assert received.profile_name == "Caio Martins"
    assert received.account == standins.ACCOUNT


@pytest.mark.parametrize(
    ("shape", "chosen"), [("quick_reply_tap", "a1B2c3D4e5F6:yes"), ("list_tap", "Zx9Yw8Vu7Ts6"), ("text", "")]
)
def test_tap_carries_its_payload(shape: str, chosen: str) -> None:
    assert twilio.parse(payload(shape)).button_payload == chosen


def test_quoted_message_is_kept() -> None:
    assert twilio.parse(payload("quoted_reply")).replied_sid == "SM" + "c" * 32


def test_media_is_only_noted() -> None:
    """I7: its address and type are kept, nothing is fetched."""
    (media,) = twilio.parse(payload("image")).media
    assert media["type"] == "image/jpeg"
    assert media["url"].startswith("https://api.twilio.com/")


def test_sender_without_a_phone_is_kept_byte_for_byte() -> None:
    """W18."""
    assert twilio.parse(payload("username_sender")).sender == "whatsapp:BR.1502837465019283"


def test_nul_is_replaced_and_the_rest_kept() -> None:
    """W5, L8: PostgreSQL stores no NUL, in a value or in a field's name."""
    received = twilio.parse(payload("odd_characters", **{"Na\0me": "v\0"}))
    assert received.body.startswith("  linha um\r\nlinha dois\ufffd ")
    assert received.payload["Na\ufffdme"] == "v\ufffd"
    assert "\0" not in str(received)


@pytest.mark.parametrize(
    "changes", [{"NumMedia": "many"}, {"NumMedia": ""}, {"OriginalRepliedMessageSid": "x" * 99}, {"Latitude": "?"}]
)
def test_odd_extra_does_not_lose_the_words(changes: dict[str, str]) -> None:
    """W3."""
    assert twilio.parse(payload("text", **changes)).body


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
def test_form_without_its_core_is_no_message(missing: str) -> None:
    with pytest.raises(ValidationError):
        twilio.parse(payload("text", **{missing: ""}))


@pytest.mark.parametrize(
    ("word", "status"),
    [("queued", "sent"), ("sent", "sent"), ("delivered", "delivered"), ("read", "read"), ("undelivered", "failed")],
)
def test_report_is_parsed(word: str, status: str) -> None:
    report = twilio.parse_report({"MessageSid": "SM1", "MessageStatus": word, "ErrorCode": "63016"})
    assert report == twilio.Report("SM1", OutboundMessage.Status(status), "63016")


def test_report_of_no_known_status_tells_nothing() -> None:
    assert twilio.parse_report({"MessageSid": "SM1", "MessageStatus": "scheduled"}) is None


# Sending


@pytest.mark.django_db
def test_message_is_sent_with_its_callback(server: TwilioStandIn) -> None:
    message = queued("Olá,\nCaio 👋")
    sid = twilio.send(message)
    (sent,) = server.sent
    assert (sent.sid, sent.to, sent.from_) == (sid, cast.CAIO_ADDRESS, f"whatsapp:{cast.ANA_NUMBER}")
    assert sent.body == "Olá,\nCaio 👋"
    assert sent.callback == f"https://sineta.example.com/webhooks/twilio/status/{message.pk}/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("behaviour", "code", "permanent", "uncertain"),
    [
        (standins.error(400, 21211), "21211", True, False),
        (standins.error(400, 63016), "63016", True, False),
        (standins.error(401, 20003), "20003", False, False),
        (standins.too_many(), "20429", False, False),
        (standins.error(503), "503", False, True),
        (standins.broken_after_accepting(), "20500", False, True),
        (standins.reset(accept=True), "ConnectionError", False, True),
    ],
)
def test_error_says_what_it_means(
    server: TwilioStandIn, behaviour: standins.Behaviour, code: str, permanent: bool, uncertain: bool
) -> None:
    """O1, O3, O4, O5: tried again or not, and looked up before that or not."""
    server.script(behaviour)
    with pytest.raises(SendError) as caught:
        twilio.send(queued())
    assert (caught.value.code, caught.value.permanent, caught.value.uncertain) == (code, permanent, uncertain)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("behaviour", "retry_after"),
    [(standins.too_many(retry_after=7), 7), (standins.too_many(), 0), (standins.error(429), 0)],
)
def test_rate_limit_says_how_long_to_wait(
    server: TwilioStandIn, behaviour: standins.Behaviour, retry_after: int
) -> None:
    """O4."""
    server.script(behaviour)
    with pytest.raises(SendError) as caught:
        twilio.send(queued())
    assert caught.value.throttled
    assert caught.value.retry_after == retry_after


def test_refused_list_tells_its_status(server: TwilioStandIn, settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = "another"
    with pytest.raises(SendError) as caught:
        twilio.probe()
    assert (caught.value.code, caught.value.status) == ("401", 401)


@pytest.mark.django_db
def test_silence_is_an_uncertain_error(server: TwilioStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """O1."""
    monkeypatch.setattr(twilio, "SEND_TIMEOUT_SECONDS", 0.2)
    twilio._client_for.cache_clear()
    server.script(standins.silent_after_accepting())
    with pytest.raises(SendError) as caught:
        twilio.send(queued())
    twilio._client_for.cache_clear()
    assert caught.value.uncertain
    assert len(server.sent) == 1


@pytest.mark.django_db
def test_connection_never_made_is_no_uncertain_error(settings: Settings) -> None:
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(SendError) as caught:
        twilio.send(queued())
    assert not caught.value.uncertain


@pytest.mark.django_db
def test_nothing_is_sent_for_a_professional_without_a_number(server: TwilioStandIn) -> None:
    with pytest.raises(SendError) as caught:
        twilio.send(queued(professional=cast.ana(whatsapp_number=None)))
    assert caught.value.permanent
    assert server.requests == []


@pytest.mark.django_db
def test_message_that_twilio_has_is_found(server: TwilioStandIn) -> None:
    """O1."""
    message = queued()
    assert twilio.find(message) is None
    sid = twilio.send(message)
    assert twilio.find(message) == sid


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"body": "Olá!"}, {"recipient": cast.DORA_ADDRESS}])
def test_another_message_is_not_taken_for_it(server: TwilioStandIn, changes: dict[str, str]) -> None:
    message = queued()
    twilio.send(message)
    for name, value in changes.items():
        setattr(message, name, value)
    assert twilio.find(message) is None


@pytest.mark.django_db
def test_equal_message_that_has_its_own_row_is_not_taken_for_it(server: TwilioStandIn) -> None:
    first = queued()
    OutboundMessage.objects.update(provider_sid=twilio.send(first), status="sent")
    assert first.conversation is not None
    outbox.say(first.conversation, "Olá", dedupe_key="test:2")
    assert twilio.find(OutboundMessage.objects.get(dedupe_key="test:2")) is None


@pytest.mark.django_db
def test_look_up_that_fails_leaves_it_uncertain(server: TwilioStandIn, settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = "wrong"
    with pytest.raises(SendError) as caught:
        twilio.find(queued())
    assert caught.value.uncertain


@pytest.mark.django_db
def test_sdk_logs_neither_address_nor_text(server: TwilioStandIn, caplog: pytest.LogCaptureFixture) -> None:
    """V6: the SDK's own lines hold the look-up's query, and with it the number."""
    caplog.set_level(logging.DEBUG, logger="twilio")
    message = queued("Bom dia, Caio")
    twilio.send(message)
    twilio.find(message)
    assert "11987654321" not in caplog.text
    assert "Caio" not in caplog.text
