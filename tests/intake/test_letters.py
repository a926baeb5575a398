"""Whatever clients and models write into an e-mail arrives as one short line that is no link."""

import re
from collections.abc import Callable

import pytest
from django.utils.html import escape, urlize
from hypothesis import given
from hypothesis import strategies as st

from intake import letters, notices
from intake.models import Conversation, OutboundMessage
from scheduling import booking
from scheduling.models import Appointment, Client
from tests import cast

BAIT = (
    "Caio https://evil.com/pix?a=1 www.evil.com evil.com/pix EVIL.com.br eu@evil.com\nBcc: todos@evil.com " + "x" * 999
)
# What e-mail programs turn into links, widely drawn.
LINKED = re.compile(r"://|\bwww\d*\.|\S@[^\s…]|\S\.[^\W\d_]|[^\W\d_]:[^\s…]|\\\\|\d+\.\d+\.\d+\.\d+", re.IGNORECASE)
# Pieces of links as attackers put them together: words, signs, what is invisible, full-width or another script's.
WORDS = [
    "http",
    "HTTPS",
    "www.",
    "ｗｗｗ",
    "evil",
    "com",
    "br",
    "пример",
    "рф",
    "mailto:",
    "10.0.0.1",
    "/pix",
    "x",
    "1",
]
SIGNS = [":", "//", "://", ".", "．", "。", "｡", "․", "ꓸ", "@", "-", "\\\\", "\u200b", "\u202e", " ", "\n"]
PIECES = st.sampled_from([*WORDS, *SIGNS])


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("quer falar com a Ana, às 15:30, sobre R$ 150.00", "quer falar com a Ana, às 15:30, sobre R$ 150.00"),
        ("Dra.Karina\r\n  Melo", "Dra. Karina Melo"),
        ("Obs:urgente. Ligue já!", "Obs: urgente. Ligue já!"),
        ("veja https://evil.com/pix agora", "veja [link] agora"),
        ("(http://evil.com)", "[link]"),
        ("WWW.evil.com", "[link]"),
        ("ｗｗｗ．evil．com", "[link]"),
        ("evil.com/pix", "evil. com/pix"),
        ("ev\u200bil\u3002com", "evil. com"),
        ("eu@evil.com", "[link]"),
        ("mailto:eu", "mailto: eu"),
        ("\\\\evil\\pix", "[link]"),
        ("10.0.0.1/pix", "[link]"),
        ("@caio no Insta", "@caio no Insta"),
        ("\u200b\u2063", ""),
    ],
)
def test_line_stays_readable_and_holds_no_link(written: str, line: str) -> None:
    """P5"""
    assert letters.line(written, longest=100) == line


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(), st.integers(1, 80))
def test_no_line_becomes_a_link_or_a_second_line(written: str, longest: int) -> None:
    """P5"""
    line = letters.line(written, longest=longest)
    assert len(line) <= longest
    assert len(line.splitlines()) <= 1
    assert not LINKED.search(line)
    assert urlize(line, autoescape=True) == escape(line)


def talk(client: Client, /, **changes: object) -> Conversation:
    fields = {"channel": "whatsapp", "address": client.address, "client": client} | changes
    return Conversation.objects.create(professional=client.professional, **fields)


def _hand_over(client: Client) -> None:
    notices.announce_handover(talk(client), reason=BAIT, dedupe_key="handover:1")


def _hand_over_of_a_stranger(client: Client) -> None:
    stranger = talk(client, client=None, profile_name=BAIT[:100])
    notices.announce_handover(stranger, reason="ajuda", dedupe_key="handover:1")


def _hand_over_of_a_programs_person(client: Client) -> None:
    person = talk(client, client=None, channel="api", address="api:eu@evil.com")
    notices.announce_handover(person, reason=BAIT, dedupe_key="handover:1")


def _late(client: Client) -> None:
    notices.announce_late(talk(client), _booking(client), dedupe_key="late:1")


def _booked(client: Client) -> None:
    _booking(client)
    notices.announce_pending()


def _unreachable(client: Client) -> None:
    """The receipt did not arrive, and there is no address of the client's."""
    Client.objects.update(email="")
    talk(client)
    _booked(client)
    OutboundMessage.objects.filter(medium="whatsapp").update(status="failed", error_code="63016")
    notices.reroute_undelivered()


def _booking(client: Client) -> Appointment:
    held = cast.held(client, cast.next_weekday(2), attendee=BAIT[:120])
    return booking.confirm(held)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "happen",
    [_hand_over, _hand_over_of_a_stranger, _hand_over_of_a_programs_person, _late, _booked, _unreachable],
    ids=lambda happen: happen.__name__.strip("_"),
)
def test_no_letter_carries_a_link_or_is_long(happen: Callable[[Client], None]) -> None:
    """P5: neither to the professional nor to the address that a client named as theirs."""
    client = cast.caio(cast.ana())
    client.name, client.email = BAIT[:120], "caio@example.com"
    client.save()
    happen(client)

    mailed = OutboundMessage.objects.filter(medium="email")
    assert mailed.exists()
    for letter in mailed:
        text = f"{letter.subject}\n{letter.body}"
        assert not LINKED.search(text), text
        assert "evil.com" not in text
        assert len(text) < 1000
