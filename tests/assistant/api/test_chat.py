"""The reception over HTTP: a program writes for a person and fetches what is said to them."""

import json
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import uuid4

import pytest
from django.db.models.functions import Now
from django.test import Client as Browser
from pytest_django import Settings

from assistant import limits
from assistant.api import chat
from intake import agent, api, notices, outbox, takeover
from intake.api import Cursor
from intake.models import Conversation, InboundMessage, OutboundMessage
from scheduling import booking, clients
from scheduling.models import Appointment, Professional
from tests import cast
from tests.assistant.api.talking import listen, read, say, texts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_model() -> None:
    agent.model.cache_clear()


def take_turn(talk: int) -> None:
    """Answer what is pending, as a worker does once the burst is over."""
    Conversation.objects.filter(pk=talk).update(reply_due_at=Now())
    agent.reply(talk)


def test_message_is_stored_and_answered_with_where_to_listen(browser: Browser, ana: Professional) -> None:
    answer = say(browser, text="Oi", name="Caio\nMartins")
    message = InboundMessage.objects.get()
    talk = message.conversation
    assert answer.status_code == 202
    assert answer.json() == {
        "conversation": talk.pk,
        "message": f"in-{message.pk}",
        "cursor": answer.json()["cursor"],
    }
    assert (talk.professional, talk.channel, talk.address) == (ana, "api", "api:visitor-7f3a")
    assert (talk.profile_name, message.body, message.kind) == ("Caio Martins", "Oi", "text")


def test_same_message_id_is_one_row_with_the_same_answer(browser: Browser) -> None:
    """W6"""
    first = say(browser, text="Oi", message_id="a1")
    again = say(browser, text="Oi", message_id="a1")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert InboundMessage.objects.count() == 1


def test_message_id_is_one_persons_own(browser: Browser) -> None:
    say(browser, text="Oi", message_id="1")
    say(browser, text="Oi", message_id="1", address="visitor-8")
    assert InboundMessage.objects.count() == 2


def test_message_id_of_another_practice_is_another_message(browser: Browser) -> None:
    """N3"""
    cast.bruno()
    other = Browser()
    other.force_login(cast.login("bruno@example.com"))
    ids = {say(one, text="Oi", message_id="a1").json()["conversation"] for one in (browser, other)}
    assert len(ids) == InboundMessage.objects.count() == 2


def test_burst_is_one_conversation_with_one_turn(browser: Browser) -> None:
    """W8"""
    talks = {say(browser, text=text).json()["conversation"] for text in ("oi", "tudo bem?", "quinta às 15h")}
    talk = Conversation.objects.get(pk=talks.pop())
    assert not talks
    assert talk.reply_due_at is not None
    assert talk.inbound.filter(status="pending").count() == 3


@pytest.mark.parametrize(
    "body",
    [
        {"text": "Oi"},
        {"address": "", "text": "Oi"},
        {"address": "x" * 101, "text": "Oi"},
        {"address": "two words", "text": "Oi"},
        {"address": "zero\u200bwidth", "text": "Oi"},
        {"address": "nul\0", "text": "Oi"},
        {"address": "half\ud800", "text": "Oi"},
        {"address": "a"},
        {"address": "a", "text": " \n "},
        {"address": "a", "text": "nul\0"},
        {"address": "a", "text": "half\ud800"},
        {"address": "a", "text": ["Oi"]},
        {"address": "a", "text": None},
        {"address": "a", "text": "Oi", "name": "x" * 201},
        {"address": "a", "text": "Oi", "message_id": "x" * 201},
        {"address": "a", "payload": "x" * 257},
        {"address": "a", "text": "Oi", "client_phone": "+5511987654321"},
        {"address": "a", "text": "Oi", "professional": 2},
        ["address"],
    ],
)
def test_body_that_says_nothing_clear_is_refused(browser: Browser, body: Any) -> None:
    """P1, P2, W5"""
    answer = browser.post("/api/v1/chat/", json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")
    assert not InboundMessage.objects.exists()


def test_deep_json_is_refused(browser: Browser) -> None:
    """I6"""
    deep = '{"address": ' + "[" * 20_000 + "]" * 20_000 + "}"
    assert browser.post("/api/v1/chat/", deep, content_type="application/json").status_code == 400


def test_long_text_is_cut_and_that_is_told(browser: Browser) -> None:
    """I1"""
    talk = say(browser, text="quero marcar " + "á" * 5000).json()["conversation"]
    take_turn(talk)
    message = InboundMessage.objects.get()
    assert (len(message.body), len(message.payload["Body"])) == (4096, 4097)
    assert "muito longa" in texts(read(browser, talk))[-1]


def test_longest_address_is_kept_as_it_is(browser: Browser) -> None:
    say(browser, text="Oi", address="É" * 100)
    assert Conversation.objects.get().address == "api:" + "É" * 100


@pytest.mark.parametrize("address", ["+5511987654321", "whatsapp:+5511987654321", "x:+5511987654321", "trial:1"])
def test_address_reaches_nobody_of_another_channel(browser: Browser, ana: Professional, address: str) -> None:
    """N1: an address that looks like Caio's phone is not Caio."""
    caio = cast.caio(ana)
    cast.booked(caio, cast.next_weekday(3))
    talk = say(browser, text="quais são as minhas consultas?", address=address).json()["conversation"]
    take_turn(talk)
    assert "Sessão individual" not in "".join(texts(read(browser, talk)))
    assert Conversation.objects.get().client is None


def test_phone_that_somebody_told_makes_nobody_that_person(ana: Professional) -> None:
    """N1: else whoever tells Caio's phone on a website would see what Caio books on WhatsApp."""
    stranger = clients.register(ana, address="api:visitor", name="Caio")
    clients.note_contact(stranger, phone="+5511987654321", email="")
    assert cast.caio(ana) != stranger


def test_answer_comes_after_the_cursor_and_once(browser: Browser) -> None:
    stored = say(browser, text="Oi").json()
    take_turn(stored["conversation"])
    first = read(browser, stored["conversation"], after=stored["cursor"])
    second = read(browser, stored["conversation"], after=first["cursor"])
    assert [one["from"] for one in first["messages"]] == ["reception"]
    assert "recepção automática de Ana Souza" in texts(first)[0]
    assert second == {"messages": [], "cursor": first["cursor"], "is_answering": False}


def test_whole_conversation_is_told_without_a_cursor(browser: Browser, ana: Professional) -> None:
    talk = say(browser, text="Oi").json()["conversation"]
    take_turn(talk)
    read(browser, talk)
    takeover.answer(Conversation.objects.get(), "Oi, aqui é a Ana", token=uuid4())
    assert [one["from"] for one in read(browser, talk)["messages"]] == ["client", "reception", "person"]


def test_cursor_of_a_message_leaves_nothing_unread_behind(browser: Browser) -> None:
    """What nobody has fetched is told, whenever it was said."""
    talk = say(browser, text="Oi").json()["conversation"]
    take_turn(talk)
    later = say(browser, text="quanto custa?").json()
    assert len(read(browser, talk, after=later["cursor"])["messages"]) == 1


def test_message_that_is_committed_late_is_not_passed_over(browser: Browser) -> None:
    """Ids say in which order messages were begun, not in which order they became visible."""
    talk = Conversation.objects.get(pk=say(browser, text="Oi").json()["conversation"])
    outbox.say(talk, "first begun", dedupe_key="first")
    outbox.say(talk, "second begun", dedupe_key="second")
    OutboundMessage.objects.filter(body="first begun").update(conversation=None)
    cursor = read(browser, talk.pk)["cursor"]
    OutboundMessage.objects.update(conversation=talk)
    assert texts(read(browser, talk.pk, after=cursor)) == ["first begun"]


def test_long_conversation_comes_in_pieces_without_a_gap(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.api.MOST_FETCHED", 3)
    talk = Conversation.objects.get(pk=say(browser, text="0").json()["conversation"])
    for number in range(1, 9):
        outbox.say(talk, str(number), dedupe_key=str(number))
        say(browser, text=f"{number}")
    told, piece = [], read(browser, talk.pk)
    while piece["messages"]:
        assert len(piece["messages"]) <= 3
        told += texts(piece)
        piece = read(browser, talk.pk, after=piece["cursor"])
    assert told == ["0", *(str(number) for number in range(1, 9) for _ in range(2))]


def test_message_is_sent_when_it_is_said_and_delivered_when_it_is_fetched(browser: Browser) -> None:
    talk = say(browser, text="Oi").json()["conversation"]
    take_turn(talk)
    outbox.deliver_due()
    said = OutboundMessage.objects.get()
    assert (said.status, said.handed_at, said.provider_sid) == ("sent", None, "")
    read(browser, talk)
    said.refresh_from_db()
    assert said.status == "delivered"
    assert said.handed_at is not None


def test_yes_before_the_question_was_fetched_is_no_answer_to_it(browser: Browser, ana: Professional) -> None:
    stored = say(browser, text=f"quero {cast.next_weekday(3):%d/%m} às 15h, sou o Caio Martins").json()
    take_turn(stored["conversation"])
    if not Appointment.objects.exists():
        take_turn(say(browser, text="Caio Martins").json()["conversation"])
        take_turn(say(browser, text="pular").json()["conversation"])
    assert Appointment.objects.get().status == "held"
    take_turn(say(browser, text="sim").json()["conversation"])
    assert Appointment.objects.get().status == "held"
    read(browser, stored["conversation"])
    take_turn(say(browser, text="sim").json()["conversation"])
    assert Appointment.objects.get().status == "confirmed"


def test_choice_is_tapped_by_its_payload(browser: Browser) -> None:
    talk = say(browser, text="Oi").json()["conversation"]
    take_turn(talk)
    choices = read(browser, talk)["messages"][-1]["choices"]
    tapped = say(browser, payload=choices[0]["payload"])
    message = InboundMessage.objects.latest("pk")
    assert tapped.status_code == 202
    assert (message.kind, message.body, message.button_payload) == ("tap", choices[0]["title"], choices[0]["payload"])


def test_choice_of_another_conversation_is_none(browser: Browser) -> None:
    """N1"""
    talk = say(browser, text="Oi").json()["conversation"]
    take_turn(talk)
    payload = read(browser, talk)["messages"][-1]["choices"][0]["payload"]
    refused = say(browser, payload=payload, address="visitor-8")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "no_such_choice")
    assert Conversation.objects.count() == 1


def test_another_practices_conversation_is_missing(browser: Browser, ana: Professional) -> None:
    """N1"""
    cast.bruno()
    other = Browser()
    other.force_login(cast.login("bruno@example.com"))
    theirs = say(other, text="segredo").json()["conversation"]
    foreign, missing = listen(browser, theirs), listen(browser, theirs + 1000)
    assert (foreign.status_code, foreign.json()) == (404, missing.json())


def test_conversation_of_another_channel_is_missing(browser: Browser, conversation: Conversation) -> None:
    assert listen(browser, conversation.pk).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"conversation": "x"},
        {"conversation": "0"},
        {"conversation": str(2**63)},
        {"conversation": "1", "after": "yesterday"},
        {"conversation": "1", "after": "1.2"},
        {"conversation": "1", "after": "1.99999999999999999999.1"},
        {"conversation": "1", "after": "١.٢.٣"},
        {"conversation": "1", "wait": "21"},
        {"conversation": "1", "wait": "-1"},
        {"conversation": "1", "wait": "nan"},
        {"conversation": "1", "waits": "2"},
    ],
)
def test_question_that_is_not_clear_is_refused(browser: Browser, query: dict[str, str]) -> None:
    assert browser.get("/api/v1/chat/", query).status_code == 400


def test_largest_cursor_is_read(browser: Browser) -> None:
    talk = say(browser, text="Oi").json()["conversation"]
    largest = f"{'9' * 18}.{'9' * 17}.{'9' * 18}"
    assert read(browser, talk, after=largest)["cursor"] == largest


def test_waiting_ends_with_the_message(browser: Browser) -> None:
    stored = say(browser, text="Oi").json()
    waiting = listen(browser, stored["conversation"], after=stored["cursor"], wait=20)
    body = iter(waiting.streaming_content)
    assert next(body) == b" "
    outbox.say(Conversation.objects.get(), "Olá", dedupe_key="hello")
    assert texts(json.loads(b"".join(body))) == ["Olá"]


def test_waiting_ends_by_itself(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "LOOK_SECONDS", 0.01)
    stored = say(browser, text="Oi").json()
    told = read(browser, stored["conversation"], after=stored["cursor"], wait=1)
    assert told == {"messages": [], "cursor": stored["cursor"], "is_answering": True}


def test_what_is_there_is_told_without_waiting(browser: Browser) -> None:
    talk = say(browser, text="Oi").json()["conversation"]
    assert not listen(browser, talk, wait=20).streaming


def test_waiting_requests_have_a_bound(browser: Browser, settings: Settings) -> None:
    """W12: webhooks need threads, too."""
    stored = say(browser, text="Oi").json()
    places = [limits.WAITS.take(-other) for other in range(settings.API_WAITS_AT_ONCE)]
    answer = listen(browser, stored["conversation"], after=stored["cursor"], wait=20)
    for place in places:
        place.release()
    assert (answer.status_code, answer.headers["Retry-After"]) == (200, "2")
    assert answer.json()["messages"] == []


@pytest.mark.parametrize("looks", [0, 1])
def test_who_goes_away_frees_the_place(browser: Browser, settings: Settings, looks: int) -> None:
    talk = say(browser, text="Oi").json()["conversation"]
    news = api.fetch(talk, after=Cursor())
    for _ in range(settings.API_WAITS_AT_ONCE + 1):
        waiting = chat.Waiting(talk, news, seconds=20, place=limits.WAITS.take(talk))
        assert list(islice(waiting, looks)) == [b" "] * looks
        waiting.close()


def test_new_people_of_an_hour_have_a_bound(browser: Browser, settings: Settings) -> None:
    """P9: whoever writes through a program can call themselves anything."""
    settings.API_ADDRESSES_PER_HOUR = 2
    for address in ("a", "b"):
        assert say(browser, text="Oi", address=address).status_code == 202
    refused = say(browser, text="Oi", address="c")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_people")
    assert 3500 < int(refused.headers["Retry-After"]) <= 3601
    assert say(browser, text="de novo", address="a").status_code == 202
    Conversation.objects.filter(address="api:a").update(created_at=Now() - timedelta(hours=1))
    assert say(browser, text="Oi", address="c").status_code == 202


def test_new_people_are_counted_for_each_practice(browser: Browser, settings: Settings) -> None:
    """N1"""
    settings.API_ADDRESSES_PER_HOUR = 1
    cast.bruno()
    other = Browser()
    other.force_login(cast.login("bruno@example.com"))
    assert [say(one, text="Oi").status_code for one in (other, browser)] == [202, 202]


def test_receipt_of_what_the_professional_does_is_fetched(browser: Browser, ana: Professional) -> None:
    stored = say(browser, text="Oi").json()
    visitor = clients.register(ana, address="api:visitor-7f3a", name="Caio")
    appointment = cast.booked(visitor, cast.next_weekday(3), source="api")
    booking.cancel(appointment, actor=booking.professional_actor(ana.user))
    notices.announce_pending()
    told = texts(read(browser, stored["conversation"], after=stored["cursor"]))
    assert any(text.startswith("Cancelado") for text in told)


def test_dashboard_shows_where_it_comes_from(browser: Browser) -> None:
    say(browser, text="Oi", address="ana-7")
    page = browser.get("/conversations/").content.decode()
    assert "API · " in page
    assert "api:ana-7" not in page


def test_without_a_login_nothing_is_said() -> None:
    cast.ana()
    assert say(Browser(), text="Oi").status_code == 401
    assert listen(Browser(), 1).status_code == 401
