"""The list of conversations: in which order, how far, found by what."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assistant import waiting
from assistant.talks import conversations, finding
from intake import takeover
from intake.models import Conversation
from scheduling.models import Professional
from tests import cast
from tests.intake.phone import heard, said

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NAUGHTY = [
    "",
    "undefined",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%",
    "_",
    "\\",
    "%s%n{0}{{7*7}}${1}",
    "\u202etest\u200b",
    "ﷺ" * 90,
    "Ⅷ İ ß ﬁ",
    "👩‍👩‍👧 🇧🇷",
    "\x00\x07",
    "../../etc/passwd",
    "+55 (11) 98765-4321",
    "1" * 400,
]


def talk(professional: Professional, name: str, *, minutes_ago: float = 1, **changes: Any) -> Conversation:
    """Write a conversation in which that person wrote so long ago."""
    number = Conversation.objects.count()
    fields = {
        "channel": "whatsapp",
        "address": f"whatsapp:+55119{number:08}",
        "profile_name": name,
        "last_inbound_at": timezone.now() - minutes_ago * MINUTE,
    }
    return Conversation.objects.create(professional=professional, **fields | changes)


def with_you(*, reason: str = "", minutes_ago: float = 1) -> dict[str, Any]:
    now = timezone.now()
    return {"human_until": now + 60 * MINUTE, "human_since": now - minutes_ago * MINUTE, "human_reason": reason}


def names(rows: list[conversations.Row]) -> list[str]:
    return [one.name for one in rows]


def found(professional: Professional, typed: str) -> list[tuple[str, str]]:
    rows = finding.find(professional, typed, now=timezone.now()).rows
    return [(row.name, hit.where) for row, hit in rows]


def test_who_waits_for_a_person_comes_first(ana: Professional) -> None:
    talk(ana, "Luísa")
    talk(ana, "Eduardo", minutes_ago=2, **with_you())
    talk(ana, "Otávio", minutes_ago=6, **with_you(reason="asked for a person"))
    talk(ana, "Karina", minutes_ago=28, **with_you())
    inbox = conversations.inbox(ana, now=timezone.now())
    assert (names(inbox.waiting), names(inbox.taken), names(inbox.reception)) == (
        ["Karina", "Otávio"],
        ["Eduardo"],
        ["Luísa"],
    )
    assert waiting.people(ana, now=timezone.now()) == 2


def test_first_page_leads_to_whoever_asked(browser: Browser, ana: Professional) -> None:
    asked = talk(ana, "Otávio", **with_you(reason="asked"))
    assert f'href="/conversations/{asked.pk}/"' in browser.get("/").content.decode()


def test_answered_client_waits_no_more(ana: Professional) -> None:
    conversation = talk(ana, "Karina", minutes_ago=28, **with_you())
    said(conversation, "Bom dia", author="professional", medium="whatsapp")
    assert waiting.people(ana, now=timezone.now()) == 0


def test_while_the_reception_is_off_everybody_unanswered_waits(ana: Professional) -> None:
    talk(ana, "Karina", minutes_ago=28)
    talk(ana, "Nádia", minutes_ago=60 * 24 * 4)
    assert waiting.people(ana, now=timezone.now()) == 0
    ana.bot_enabled = False
    assert names(conversations.inbox(ana, now=timezone.now()).waiting) == ["Karina"]


def test_resting_reception_is_still_the_reception(ana: Professional) -> None:
    takeover.rest(talk(ana, "Máquina", minutes_ago=28), until=timezone.now() + 60 * MINUTE)
    (row,) = conversations.inbox(ana, now=timezone.now()).reception
    assert row.speaking.startswith("Recepção em pausa até as ")


def test_row_tells_who_speaks_and_since_when(ana: Professional) -> None:
    talk(ana, "Otávio", **with_you(reason="asked", minutes_ago=6))
    asked = talk(ana, "Tomás")
    said(asked, "Confirma?", dedupe_key="question:1", medium="whatsapp")
    inbox = conversations.inbox(ana, now=timezone.now())
    assert inbox.waiting[0].speaking == "Pediu uma pessoa há 6 min"
    assert (inbox.reception[0].words, inbox.reception[0].speaking) == ("Confirma?", "Recepção, aguardando o “sim”")


def test_row_tells_when_it_was_taken_over(ana: Professional) -> None:
    with time_machine.travel(cast.at("2026-11-19 20:00")):
        talk(ana, "Karina", **with_you(minutes_ago=45))
        talk(ana, "Otávio", **with_you(minutes_ago=24 * 60))
        rows = conversations.inbox(ana, now=timezone.now()).taken
        assert {one.name: one.speaking for one in rows} == {
            "Karina": "Você assumiu às 19:15",
            "Otávio": "Você assumiu: ontem",
        }


def test_what_was_said_last_is_shown_whosever_it_is(ana: Professional) -> None:
    conversation = talk(ana, "Caio")
    heard(conversation, "", kind="audio", media=[{"url": "", "type": "audio/ogg"}])
    assert conversations.inbox(ana, now=timezone.now()).reception[0].words == "Áudio"
    said(conversation, "*Até* quinta", author="professional", medium="whatsapp")
    said(conversation, "ficou de fora", medium="email", dedupe_key="handover:1")
    assert conversations.inbox(ana, now=timezone.now()).reception[0].words == "Você: Até quinta"


def test_trials_are_nobodys_conversations(ana: Professional) -> None:
    talk(ana, "Teste", channel="trial", **with_you(reason="asked"))
    simulated = talk(ana, "Simulada", channel="simulator")
    inbox = conversations.inbox(ana, now=timezone.now())
    assert [(one.id, one.channel) for one in inbox.waiting + inbox.reception] == [(simulated.pk, "Simulador")]
    assert waiting.callers(ana, now=timezone.now()) == []


def test_pages_show_each_conversation_once(ana: Professional) -> None:
    """Many share one moment: the id goes on where the moment does not."""
    same = timezone.now() - 9 * MINUTE
    for number in range(70):
        talk(ana, f"P{number}", **({"last_inbound_at": same} if number < 40 else {"minutes_ago": number}))
    seen: list[int] = []
    after = ""
    for _ in range(4):
        inbox = conversations.inbox(ana, now=timezone.now(), after=after)
        seen += [one.id for one in inbox.reception]
        after = inbox.more
        if not after:
            break
    assert len(seen) == len(set(seen)) == 70


@pytest.mark.parametrize(
    "after", ["x", "1-", "-1", "1.000000-", "99999999999.000000-1", "1.00000٣-1", "1.000000-" + "9" * 30]
)
def test_page_that_is_none_is_the_first(browser: Browser, ana: Professional, after: str) -> None:
    talk(ana, "Caio")
    assert "Caio" in browser.get("/conversations/", {"after": after}).content.decode()


def test_list_on_the_screen_is_replaced_when_something_happened(browser: Browser, ana: Professional) -> None:
    conversation = talk(ana, "Caio")
    # A minute that ends changes "6 minutes ago" as well.
    with time_machine.travel(timezone.now(), tick=False):
        first = browser.get("/conversations/rows/")
        mark = conversations.version(ana, now=timezone.now())
        assert "Caio" in first.content.decode()
        assert browser.get("/conversations/rows/", {"version": mark}).status_code == 204
    heard(conversation, "oi")
    Conversation.objects.update(last_inbound_at=timezone.now())
    assert browser.get("/conversations/rows/", {"version": mark}).status_code == 200


@pytest.mark.parametrize("typed", ["otavio", "OTÁVIO reis", "reis otávio"])
def test_name_is_found_without_accents(ana: Professional, typed: str) -> None:
    talk(ana, "Otávio  Reis")
    assert found(ana, typed) == [("Otávio Reis", "No nome")]


@pytest.mark.parametrize("address", [cast.CAIO_ADDRESS, "whatsapp:+551187654321"])
@pytest.mark.parametrize("typed", ["8765-4321", "+55 (11) 98765-4321", "11 8765-4321", "8765"])
def test_phone_is_found_as_people_write_it(ana: Professional, typed: str, address: str) -> None:
    talk(ana, "Caio", address=address)
    talk(ana, "Dora", address=cast.DORA_ADDRESS)
    assert [name for name, _ in found(ana, typed)] == ["Caio"]


def test_words_are_found_and_where_they_were_said(ana: Professional) -> None:
    heard(talk(ana, "A", minutes_ago=1), "Preciso de RECIBO das sessões")
    heard(talk(ana, "B", minutes_ago=2), "", kind="audio", transcript="um recibo, por favor")
    said(talk(ana, "C", minutes_ago=3), "O recibo sai hoje")
    said(talk(ana, "D", minutes_ago=4), "Recíbo enviado", author="professional")
    said(talk(ana, "E", minutes_ago=5), "recibo", medium="email")
    assert found(ana, "recibo") == [
        ("A", "Numa mensagem do cliente"),
        ("B", "Num áudio"),
        ("C", "Numa resposta da recepção"),
        ("D", "Numa resposta sua"),
    ]
    assert [name for name, _ in found(ana, "sessoes recibo")] == ["A"]


def test_words_of_another_professionals_clients_are_never_found(browser: Browser, ana: Professional) -> None:
    """N1: neither by word, nor by name, nor by phone."""
    theirs = talk(cast.bruno(), "Segredo", address=cast.DORA_ADDRESS)
    heard(theirs, "jabuticaba")
    said(theirs, "jabuticaba")
    for typed in ("jabuticaba", "segredo", "976543210"):
        assert found(ana, typed) == []
        page = browser.get("/conversations/", {"q": typed}).content.decode()
        assert f"/conversations/{theirs.pk}/" not in page


@pytest.mark.parametrize("wildcard", ["%", "_", "\\", "a%b"])
def test_wildcards_are_letters(ana: Professional, wildcard: str) -> None:
    heard(talk(ana, "Caio"), "oi, tudo bem?")
    assert found(ana, wildcard) == []
    heard(talk(ana, "Dora"), f"desconto de 10{wildcard}")
    assert [name for name, _ in found(ana, wildcard)] == ["Dora"]


@pytest.mark.parametrize("typed", NAUGHTY)
def test_any_search_is_answered(browser: Browser, ana: Professional, typed: str) -> None:
    """I2: no 500, and shown as text."""
    heard(talk(ana, typed.replace("\x00", "")[:200]), typed.replace("\x00", ""))
    answer = browser.get("/conversations/", {"q": typed})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "term", "parts"),
    [
        ("Preciso de Recibo já", "recibo", ("Preciso de ", "Recibo", " já")),
        ("x " * 100 + "fim", "fim", ("…" + "x " * 20, "fim", "")),
        ("İİ fim", "fim", ("İİ fim", "", "")),
        ("nada", "fim", ("nada", "", "")),
    ],
)
def test_place_of_a_word_is_marked(text: str, term: str, parts: tuple[str, str, str]) -> None:
    assert finding.around(text, term) == parts


def test_search_says_how_far_it_looked(browser: Browser, ana: Professional, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "NEWEST", 1)
    heard(talk(ana, "Velha", minutes_ago=9), "jabuticaba")
    talk(ana, "Nova")
    page = browser.get("/conversations/", {"q": "jabuticaba"}).content.decode()
    assert "Velha" not in page
    assert "Palavras são buscadas nas 300 conversas mais novas" in page
    assert [name for name, _ in found(ana, "velha")] == ["Velha"]


def test_empty_list_says_what_to_do(browser: Browser) -> None:
    page = browser.get("/conversations/").content.decode()
    assert "Nenhuma conversa ainda" in page
    assert 'href="/try/"' in page


def test_names_are_escaped_and_link_nowhere(browser: Browser, ana: Professional) -> None:
    """P3, P11: a profile's name is data."""
    talk(ana, "<img src=//evil.example/x> {{ 7|add:7 }} [a](http://evil.example)")
    page = browser.get("/conversations/").content.decode()
    assert "<img" not in page
    assert "&lt;img src=//evil.example/x&gt; {{ 7|add:7 }}" in page
    assert 'href="http' not in page
    assert "style=" not in page


@pytest.mark.parametrize("path", ["/conversations/", "/conversations/?q=oi", "/conversations/rows/"])
def test_many_conversations_cost_no_more_queries(
    browser: Browser, ana: Professional, django_assert_max_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    for number in range(45):
        conversation = talk(ana, f"P{number}", minutes_ago=number, **(with_you(reason="asked") if number < 9 else {}))
        heard(conversation, "oi")
        said(conversation, "oi, tudo bem?", medium="whatsapp")
    with django_assert_max_num_queries(12):
        page = browser.get(path).content
    assert page.count(b'class="cv"') >= 30
    assert len(page) < 150_000


def test_unchanged_list_costs_one_query_beside_the_login(
    browser: Browser, ana: Professional, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    talk(ana, "Caio")
    # Session, user and professional are the login's.
    with time_machine.travel(timezone.now(), tick=False), django_assert_max_num_queries(5):
        mark = conversations.version(ana, now=timezone.now())
        assert browser.get("/conversations/rows/", {"version": mark}).status_code == 204
