"""The simulator: for nobody but this machine, and its forms are Twilio's."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from intake import simulator, twilio
from tests import cast


@pytest.fixture(autouse=True)
def _trial(settings: Settings) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost"]


def request(**meta: str) -> HttpRequest:
    return RequestFactory().get("/simulator/", **({"HTTP_HOST": "localhost:8000"} | meta))  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_this_machine_may_use_it(host: str) -> None:
    assert simulator.allowed(request(HTTP_HOST=host))


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"])
def test_every_loopback_peer_may_use_it(peer: str) -> None:
    assert simulator.allowed(request(REMOTE_ADDR=peer))


@pytest.mark.parametrize("peer", ["10.0.0.7", "192.168.1.2", "8.8.8.8", "::ffff:10.0.0.7", "fe80::1", "", "unix:"])
def test_another_machine_may_not_use_it(peer: str) -> None:
    assert not simulator.allowed(request(REMOTE_ADDR=peer))


@pytest.mark.parametrize(
    "host",
    ["sineta.example.com", "localhost.example.com", "127.0.0.1.nip.io", "evil.com#localhost", "", "[::1", "10.0.0.1"],
)
def test_foreign_host_is_refused(host: str) -> None:
    """A8: a name that an attacker points at this machine is still not this machine's."""
    assert not simulator.allowed(request(HTTP_HOST=host))


@pytest.mark.parametrize(
    "header",
    [
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_FORWARDED",
        "HTTP_VIA",
        "HTTP_X_REAL_IP",
    ],
)
def test_forwarded_request_is_refused(header: str) -> None:
    """A2: behind a proxy every peer is loopback, so the header alone is enough to refuse."""
    assert not simulator.allowed(request(**{header: "127.0.0.1"}))


def test_nobody_may_use_it_outside_debug(settings: Settings) -> None:
    settings.DEBUG = False
    assert not simulator.allowed(request())


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("11 98877-4410", "whatsapp:+5511988774410"),
        ("(11) 98877-4410", "whatsapp:+5511988774410"),
        ("011 98877 4410", "whatsapp:+5511988774410"),
        ("1188774410", "whatsapp:+551188774410"),
        ("+55 11 98877-4410", "whatsapp:+5511988774410"),
        ("5511988774410", "whatsapp:+5511988774410"),
        ("whatsapp:+351912345678", "whatsapp:+351912345678"),
        ("00351 912 345 678", "whatsapp:+351912345678"),
        ("+1 415 523 8886", "whatsapp:+14155238886"),
        ("BR.1502abc", "whatsapp:BR.1502abc"),
    ],
)
def test_typed_number_becomes_an_address(typed: str, address: str) -> None:
    assert simulator.address_of(typed) == address


@pytest.mark.parametrize(
    "typed", ["", "oi", "+", "12345", "+0123456789", "１１988774410", "+5511988774410999999", "11 9887x"]
)
def test_no_number_is_refused_with_words(typed: str) -> None:
    with pytest.raises(ValueError, match="número com DDD"):
        simulator.address_of(typed)


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_address_read_back_from_its_pretty_form_is_the_same(number: str) -> None:
    address = simulator.address_of(number)
    assert simulator.address_of(simulator.pretty(address)) == address == f"whatsapp:{number}"


@pytest.mark.django_db
def test_form_is_one_of_whatsapps_in_the_simulators_channel() -> None:
    message = simulator.Message(address="11 98877-4410", body="oi", profile_name="Lívia")
    received = twilio.parse(simulator.form(message, professional=cast.ana()))
    assert (received.sender, received.number) == ("whatsapp:+5511988774410", cast.ANA_NUMBER)
    assert (received.channel, received.kind, received.profile_name) == ("simulator", "text", "Lívia")


@pytest.mark.django_db
def test_tap_carries_its_option_and_what_it_answers() -> None:
    message = simulator.Message(address="11 98877-4410", body="Confirmar", payload="k9", quoted="SM1")
    received = twilio.parse(simulator.form(message, professional=cast.ana()))
    assert (received.kind, received.button_payload, received.replied_sid) == ("tap", "k9", "SM1")
    assert received.body == "Confirmar"


@pytest.mark.django_db
def test_each_form_is_a_new_message() -> None:
    ana, message = cast.ana(), simulator.Message(address="11 98877-4410", body="oi")
    sids = {simulator.form(message, professional=ana)["MessageSid"] for _ in range(3)}
    assert len(sids) == 3
    assert all(len(sid) == 34 and sid.startswith("SM") for sid in sids)
