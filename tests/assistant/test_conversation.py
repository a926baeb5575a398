"""One conversation: what was said and done in it, and answering by hand."""

import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assistant.talks import conversations, freshness, thread
from assistant.talks.thread import Entry
from intake import outbox, simulator
from intake.models import Conversation, OutboundMessage, Turn
from intake.twilio import Report
from scheduling import booking
from scheduling.models import Appointment, Professional
from tests import cast
from tests.assistant.test_conversations import with_you
from tests.intake.conversing import conversation_of, say
from tests.intake.phone import heard, said, talk

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def text(browser: Browser, conversation: Conversation, **query: str) -> str:
    answer = browser.get(f"/conversations/{conversation.pk}/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(browser: Browser, conversation: Conversation, words: str, **fields: str) -> str:
    path = f"/conversations/{conversation.pk}/answer/"
    posted = {"text": words, "token": str(uuid4())} | fields
    return browser.post(path, posted, follow=True).content.decode()


def entries(conversation: Conversation, **bounds: Any) -> list[Entry]:
    window = thread.window(conversation, now=timezone.now(), **bounds)
    return [entry for day in window.days for entry in day.entries]


def words(entry: Entry) -> str:
    return entry.text or "".join(run.text for run in entry.runs)


ROUTES = [
    ("get", ""),
    ("get", "news/"),
    ("get", "turns/0/"),
    ("get", "turns/{turn}/"),
    ("post", "take/"),
    ("post", "give/"),
    ("post", "answer/"),
]


@pytest.mark.parametrize(("verb", "path"), ROUTES)
def test_anothers_conversation_does_not_exist(browser: Browser, verb: str, path: str) -> None:
    """N1: the same 404 as for one that is missing, and nothing is written."""
    theirs = talk(cast.bruno(), last_inbound_at=timezone.now())
    turn = Turn.objects.create(conversation=theirs, path="direct")
    for pk in (theirs.pk, theirs.pk + 999, 10**18, 10**30):
        url = f"/conversations/{pk}/{path.format(turn=turn.pk)}"
        assert getattr(browser, verb)(url, {"text": "oi", "token": str(uuid4())}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.human_until is None
    assert not OutboundMessage.objects.exists()


def test_turn_of_another_conversation_does_not_exist(browser: Browser, conversation: Conversation) -> None:
    """N1"""
    theirs = Turn.objects.create(conversation=talk(cast.bruno()), path="direct")
    assert browser.get(f"/conversations/{conversation.pk}/turns/{theirs.pk}/").status_code == 404


@pytest.mark.parametrize(("verb", "path"), ROUTES)
def test_trial_is_no_conversation(browser: Browser, ana: Professional, verb: str, path: str) -> None:
    trial = talk(ana, channel="trial", last_inbound_at=timezone.now())
    assert getattr(browser, verb)(f"/conversations/{trial.pk}/{path.format(turn=1)}").status_code == 404


def test_each_side_is_told_apart_in_order(ana: Professional, conversation: Conversation) -> None:
    start = timezone.now() - HOUR
    heard(conversation, "oi", received_at=start)
    said(conversation, "Olá", created_at=start + timedelta(seconds=2), medium="whatsapp")
    said(conversation, "Sou eu", created_at=start + timedelta(seconds=9), medium="whatsapp", author="professional")
    assert [(one.side, words(one)) for one in entries(conversation)] == [
        ("client", "oi"),
        ("reception", "Olá"),
        ("professional", "Sou eu"),
    ]


@pytest.mark.parametrize(
    ("status", "tick"),
    [
        ("pending", "na fila"),
        ("sending", "saindo"),
        ("sent", "enviada"),
        ("delivered", "entregue"),
        ("read", "lida"),
        ("failed", "falhou"),
    ],
)
def test_ticks_are_said_in_words(ana: Professional, conversation: Conversation, status: str, tick: str) -> None:
    said(conversation, "Olá", status=status, medium="whatsapp")
    assert [one.tick for one in entries(conversation)] == [tick]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("63016", "24 horas"),
        ("21610", "não receber mais mensagens"),
        ("63024", "não tem WhatsApp"),
        ("63018", "por enquanto"),
        ("99999", "código 99999"),
        ("", "código ?"),
    ],
)
def test_failure_is_told_in_plain_words(browser: Browser, conversation: Conversation, code: str, words: str) -> None:
    """O2, O3, O4, O5."""
    said(conversation, "Olá", status="failed", error_code=code, error_message="gibberish", medium="whatsapp")
    page = text(browser, conversation)
    assert words in page
    assert "gibberish" not in page


def test_what_happened_to_appointments_stands_between_messages(ana: Professional, conversation: Conversation) -> None:
    assert conversation.client is not None
    appointment = cast.booked(conversation.client, cast.next_weekday(3, "15:00"))
    booking.cancel(appointment, actor=booking.professional_actor(None))
    told = [one.text for one in entries(conversation)]
    when = f"qui, {appointment.local_start:%d/%m}, às 15:00 · {appointment.reference}"
    assert told == [f"Marcado para {when}", f"Cancelado: {when}"]


def test_appointments_of_others_and_of_before_are_not_told(ana: Professional, conversation: Conversation) -> None:
    """N1: the same person elsewhere is another row."""
    cast.booked(cast.caio(cast.bruno()), cast.next_weekday(3, "15:00"))
    cast.booked(cast.dora(ana), cast.next_weekday(3, "15:00"))
    assert entries(conversation) == []


def test_hand_over_is_told_once(ana: Professional) -> None:
    say(ana, "quero falar com uma pessoa")
    pills = [one.text for one in entries(conversation_of(ana)) if one.side == "event"]
    assert len(pills) == 1
    assert pills[0].startswith("A recepção parou e chamou você às ")
    OutboundMessage.objects.filter(medium="email").delete()
    assert [one.text for one in entries(conversation_of(ana)) if one.side == "event"] == pills


def test_quotes_taps_and_media_are_named(ana: Professional, conversation: Conversation) -> None:
    question = said(
        conversation, "*Confirma?*", provider_sid="SMtwilio", medium="whatsapp", options=[{"id": "1", "label": "Sim"}]
    )
    local = said(conversation, "Ou não?", medium="whatsapp")
    heard(conversation, "Sim", replied_sid=question.provider_sid, button_payload="1", kind="tap")
    heard(conversation, "Não", replied_sid=simulator.sid(local))
    heard(conversation, "?", replied_sid="SM" + "f" * 32)
    heard(conversation, "", kind="image", media=[{"url": "https://api.twilio.com/x.jpg", "type": "image/jpeg"}])
    found = {words(one): one for one in entries(conversation)}
    tapped, quoting, odd = found["Sim"], found["Não"], found["?"]
    assert tapped.is_tap
    assert tapped.quote is not None
    assert (tapped.quote.author, tapped.quote.text) == ("Recepção", "Confirma?")
    assert quoting.quote is not None
    assert quoting.quote.text == "Ou não?"
    assert odd.quote is None
    assert found["Confirma?"].options == ("Sim",)
    assert [one.media.name for one in found.values() if one.media] == ["Foto"]


def test_voice_message_stands_with_what_is_said_in_it(ana: Professional, conversation: Conversation) -> None:
    media = [{"url": "https://api.twilio.com/x", "type": "audio/ogg"}]
    heard(conversation, "", kind="audio", media=media, transcript="quero *marcar*")
    (entry,) = entries(conversation)
    assert entry.media is not None
    assert (entry.media.name, words(entry)) == ("Áudio", "quero marcar")


def test_quoting_never_reaches_into_another_conversation(ana: Professional, conversation: Conversation) -> None:
    """N1"""
    theirs = said(talk(cast.bruno()), "segredo", provider_sid="SMtheirs")
    heard(conversation, "a", replied_sid="SMtheirs")
    heard(conversation, "b", replied_sid=simulator.sid(theirs))
    assert [one.quote for one in entries(conversation)] == [None, None]


def test_nothing_is_fetched_and_nothing_is_a_link(browser: Browser, conversation: Conversation) -> None:
    """P5, P11: addresses, pictures and markup in what people and models say stay letters."""
    evil = "![x](https://evil.example/a.png) <img src=x onerror=alert(1)> https://evil.example javascript:alert(1)"
    media = [{"url": "https://evil.example/a.png", "type": "image/png"}, {"url": "javascript:x", "type": "x"}]
    heard(conversation, evil, kind="image", media=media)
    said(conversation, evil, medium="whatsapp", options=[{"id": "1", "label": evil}])
    said(conversation, evil, medium="whatsapp", author="professional")
    Conversation.objects.update(profile_name=evil, client=None)
    answer = browser.get(f"/conversations/{conversation.pk}/")
    page = answer.content.decode()
    assert "<img" not in page
    assert 'href="http' not in page
    assert 'src="http' not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "style=" not in page
    assert "img-src 'self'" in answer.headers["Content-Security-Policy"]


def test_profile_name_is_data(browser: Browser, conversation: Conversation) -> None:
    """P3"""
    Conversation.objects.update(profile_name="{% load %}{{ 7|add:7 }}</title><script>", client=None)
    page = text(browser, conversation)
    assert "&lt;/title&gt;&lt;script&gt;" in page
    assert "{{ 7|add:7 }}" in page


ODD_TRACES: list[Any] = [
    7,
    None,
    {},
    "x",
    [1, "x", None, [], {}],
    [{"kind": {}, "name": [], "detail": "x", "milliseconds": "soon"}],
    [{"kind": "tool", "name": "get_available_slots", "detail": {"payload": {"offers": [1, {"date": None}]}}}],
    [
        {
            "kind": "model",
            "name": "<b>",
            "detail": {"error": 5, "calls": [{}], "prompt_tokens": "9"},
            "milliseconds": 1e99,
        }
    ],
    [{"kind": "note", "name": "grounding", "detail": {"dropped": [{"sentence": "<script>"}, 3]}, "milliseconds": -4}],
]


@pytest.mark.parametrize("recorded", ODD_TRACES)
def test_odd_record_breaks_no_trace(browser: Browser, conversation: Conversation, recorded: Any) -> None:
    """L7, L8: whatever a model made of its turn is shown, never a 500."""
    turn = Turn.objects.create(conversation=conversation, path="model", trace=recorded or [], outcome="?" * 40)
    if recorded is None:
        Turn.objects.filter(pk=turn.pk).update(path="odd")
    said(conversation, "oi", turn=turn, medium="whatsapp", options={"a": 1})
    assert text(browser, conversation)
    for headers in ({"HX-Request": "true"}, {}):
        answer = browser.get(f"/conversations/{conversation.pk}/turns/{turn.pk}/", headers=headers)
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode().replace("<script src=", "")


def test_trace_says_what_was_done_in_plain_words(browser: Browser, ana: Professional) -> None:
    say(ana, "quanto custa?", "quero falar com uma pessoa", "oi?")
    conversation = conversation_of(ana)
    page = text(browser, conversation)
    first, second, _silent = conversation.turns.order_by("pk")
    assert f"/conversations/{conversation.pk}/turns/{first.pk}/" in page
    trace = browser.get(f"/conversations/{conversation.pk}/turns/{first.pk}/").content.decode()
    assert "Recebeu “quanto custa?”" in trace
    assert "Leu serviços, preços e regras" in trace
    newest = browser.get(f"/conversations/{conversation.pk}/turns/0/", headers={"HX-Request": "true"}).content.decode()
    assert f'data-shown="{second.pk}"' in newest
    assert "<html" not in newest


@pytest.mark.parametrize(("language", "title"), [("en", "Read services, prices and rules"), ("es", "Leyó servicios")])
def test_trace_speaks_the_professionals_language(
    browser: Browser, ana: Professional, language: str, title: str
) -> None:
    say(ana, "quanto custa?")
    Professional.objects.update(language=language)
    assert title in browser.get(f"/conversations/{conversation_of(ana).pk}/turns/0/").content.decode()


def test_head_says_who_it_is_and_what_comes_next(browser: Browser, conversation: Conversation) -> None:
    assert conversation.client is not None
    start = cast.next_weekday(3, "15:00")
    cast.on_record(conversation.client, start)
    cast.on_record(conversation.client, start - HOUR, status=Appointment.Status.CANCELLED)
    page = text(browser, conversation)
    assert f"Próxima: qui, {start:%d/%m}, às 15:00 · +55 11 98•••-4321" in page
    assert f'href="/clients/{conversation.client.pk}/"' in page
    assert "987654321" not in page


def test_older_messages_come_on_demand_and_none_is_missed(ana: Professional, conversation: Conversation) -> None:
    start = timezone.now() - 5 * HOUR
    for number in range(95):
        heard(conversation, f"m{number}", received_at=start + timedelta(seconds=number // 3))
    seen: list[str] = []
    before = None
    for _ in range(9):
        window = thread.window(conversation, now=timezone.now(), before=before)
        seen = [words(one) for day in window.days for one in day.entries] + seen
        before = conversations.moment_of(window.since)
        if not window.has_older:
            break
    assert sorted(seen) == sorted(f"m{number}" for number in range(95))


def test_window_on_the_screen_grows_without_a_gap(ana: Professional, conversation: Conversation) -> None:
    start = timezone.now() - HOUR
    for number in range(60):
        heard(conversation, f"m{number}", received_at=start + timedelta(seconds=number))
    since = conversations.moment_of(thread.window(conversation, now=timezone.now()).since)
    for number in range(60, 90):
        heard(conversation, f"m{number}", received_at=start + timedelta(seconds=number))
    assert [words(one) for one in entries(conversation, since=since)] == [f"m{number}" for number in range(20, 90)]


@pytest.mark.parametrize("typed", ["", "x", "-1", "1e9", "99999999999.000000", "1700000000.00000", "٣"])
def test_moment_that_is_none_is_the_newest(browser: Browser, conversation: Conversation, typed: str) -> None:
    heard(conversation, "oi")
    assert 'id="window"' in text(browser, conversation, before=typed)
    assert browser.get(f"/conversations/{conversation.pk}/news/", {"since": typed}).status_code == 200


def test_found_message_is_the_last_one_shown(browser: Browser, conversation: Conversation) -> None:
    wanted = heard(conversation, "jabuticaba", received_at=timezone.now() - 2 * HOUR)
    heard(conversation, "depois", received_at=timezone.now() - HOUR)
    found = browser.get("/conversations/", {"q": "jabuticaba"}).content.decode()
    link = found.partition(f'href="/conversations/{conversation.pk}/?before=')[2].partition('"')[0]
    moment, _hash, key = link.partition("#")
    page = text(browser, conversation, before=moment)
    assert key == f"in-{wanted.pk}"
    assert f'id="{key}"' in page
    assert '<span class="say">depois' not in page
    assert "Ir para as mais novas" in page


def test_news_come_only_when_there_are_some(browser: Browser, conversation: Conversation) -> None:
    path = f"/conversations/{conversation.pk}/news/"
    seen = freshness.version(freshness.watched(Conversation.objects.all()).get())
    assert browser.get(path, {"version": seen}).status_code == 204
    message = said(conversation, "Olá", status="sent", medium="whatsapp")
    seen = freshness.version(freshness.watched(Conversation.objects.all()).get())
    assert browser.get(path, {"version": seen}).status_code == 204
    outbox.record(message.pk, Report(sid="SM1", status=OutboundMessage.Status.READ, error_code=""))
    news = browser.get(path, {"version": seen}).content.decode()
    assert "lida" in news
    assert "<textarea" not in news


def test_composer_gives_way_while_the_page_is_open(browser: Browser, conversation: Conversation) -> None:
    path = f"/conversations/{conversation.pk}/news/"
    Conversation.objects.update(last_inbound_at=timezone.now() - 25 * HOUR)
    assert "Passaram 24 horas" in browser.get(path, {"barrier": ""}).content.decode()
    Conversation.objects.update(last_inbound_at=timezone.now())
    assert "<textarea" in browser.get(path, {"barrier": "window"}).content.decode()


def test_unchanged_conversation_costs_one_query_beside_the_login(
    browser: Browser, conversation: Conversation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    said(conversation, "Olá", medium="whatsapp")
    seen = freshness.version(freshness.watched(Conversation.objects.all()).get())
    # Session, user and professional are the login's.
    with django_assert_max_num_queries(4):
        assert browser.get(f"/conversations/{conversation.pk}/news/", {"version": seen}).status_code == 204


def test_full_conversation_takes_at_most_twelve_queries_and_150_kilobytes(
    browser: Browser,
    ana: Professional,
    conversation: Conversation,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    assert conversation.client is not None
    for number in range(60):
        other = talk(ana, address=f"x{number}", last_inbound_at=timezone.now(), **(with_you() if number < 5 else {}))
        heard(other, "oi")
        turn = Turn.objects.create(conversation=conversation, path="guided", milliseconds=40)
        question = said(conversation, "Qual horário?\n" * 9, turn=turn, medium="whatsapp")
        heard(conversation, "9h", replied_sid=simulator.sid(question), turn=turn)
    cast.booked(conversation.client, cast.next_weekday(3, "15:00"))
    with django_assert_max_num_queries(12):
        page = browser.get(f"/conversations/{conversation.pk}/").content
    assert '<span>Com a recepção</span><span class="num">56</span>'.encode() in page
    assert page.count(b'class="ms ') == 39
    assert len(page) < 150_000


def test_log_lines_know_no_names_numbers_or_words(
    browser: Browser, conversation: Conversation, caplog: pytest.LogCaptureFixture
) -> None:
    """V6: answering, taking over, searching and reading leave no word of it in the log."""
    with caplog.at_level(logging.DEBUG):
        heard(conversation, "jabuticaba")
        send(browser, conversation, "pitangueira")
        browser.post(f"/conversations/{conversation.pk}/give/")
        browser.get("/conversations/", {"q": "jabuticaba"})
        outbox.deliver_due()
    lines = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert not [word for word in ("jabuticaba", "pitangueira", "987654321", "Caio") if word in lines]
