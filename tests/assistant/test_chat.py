"""The assistant's page and its door: who may ask, how much, and what comes back."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from assistant import agent, limits
from assistant.models import Question, Thread
from assistant.streaming import Answering, Stream
from intake import agent as intake_agent
from scheduling.models import Professional
from tests import cast

pytestmark = pytest.mark.django_db

CHAT = "/assistant/chat/"


@pytest.fixture(autouse=True)
def _without_a_model() -> Iterator[None]:
    intake_agent.model.cache_clear()
    yield
    intake_agent.model.cache_clear()


def ask(browser: Browser, question: Any = "como foi o mês passado?", **more: Any) -> Any:
    return browser.post(CHAT, json.dumps({"question": question} | more), content_type="application/json")


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def events(answer: Any) -> list[tuple[str, dict[str, Any]]]:
    body = b"".join(answer.streaming_content).decode()
    return [
        (head.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for head, _, data in (event.partition("\n") for event in body.split("\n\n") if event)
    ]


def test_stranger_is_sent_to_the_login_or_gets_401() -> None:
    assert Browser().get("/assistant/").status_code == 302
    answer = ask(Browser())
    assert (answer.status_code, answer.json()["ok"]) == (401, False)


def test_question_is_answered_as_json(browser: Browser) -> None:
    answer = ask(browser)
    assert answer.status_code == 200
    assert answer.json()["answer"].splitlines()[1] == "Taxa de no-show: – (0 de 0)"
    assert Question.objects.get().thread.title == "como foi o mês passado?"


def test_question_is_answered_as_events(browser: Browser) -> None:
    body = json.dumps({"question": "compara este mês com o mês passado"})
    answer = browser.post(CHAT, body, content_type="application/json", headers={"accept": "text/event-stream"})
    told = events(answer)
    assert [name for name, _ in told] == ["step", "mark", "said", "tables", "done"]
    assert told[1][1]["label"] == "Direto da agenda"
    assert answer.headers["Content-Type"] == "text/event-stream"


def test_figures_are_links_in_the_page_the_events_and_the_json(browser: Browser) -> None:
    body = json.dumps({"question": "como foi o mês passado?"})
    answer = browser.post(CHAT, body, content_type="application/json", headers={"accept": "text/event-stream"})
    told = dict(events(answer))
    assert '<a class="lk" href="/numbers/rows/?from=' in told["said"]["html"]
    assert told["said"]["links"] == told["done"]["links"]
    page = browser.get(f"/assistant/{told['done']['thread']}/").content.decode()
    assert told["said"]["html"] in page


@pytest.mark.usefixtures("no_cache")
def test_page_is_shown_without_the_cache(browser: Browser) -> None:
    """W11: nobody knows what is left of the hour, and nothing is said of it."""
    page = browser.get("/assistant/")
    assert page.status_code == 200
    assert "perguntas nesta hora" not in page.content.decode()


@pytest.mark.usefixtures("no_cache")
def test_form_without_scripts_is_put_off_without_the_cache(browser: Browser) -> None:
    answer = browser.post("/assistant/ask/", {"question": "como foi o mês passado?"}, follow=True)
    assert "Isso não é possível agora. Tente de novo daqui a pouco." in answer.content.decode()
    assert not Question.objects.exists()


def test_thread_goes_on(browser: Browser) -> None:
    first = ask(browser).json()["thread"]
    assert ask(browser, "quem mais falta?", thread=first).json()["thread"] == first
    assert Thread.objects.get().questions.count() == 2


@pytest.mark.parametrize("question", ["", "   ", None, 5, ["x"], {"a": 1}, "\0"])
def test_empty_or_odd_question_is_refused(browser: Browser, question: Any) -> None:
    answer = ask(browser, question)
    assert (answer.status_code, code(answer)) == (400, "empty_question")


def test_too_long_a_question_is_refused(browser: Browser) -> None:
    answer = ask(browser, "a" * 10_000)
    assert (answer.status_code, code(answer)) == (400, "question_too_long")


@pytest.mark.parametrize("body", ["[", "[]", '"x"', "1" * 5000, "[" * 5000])
def test_body_that_is_no_object_is_refused(browser: Browser, body: str) -> None:
    """I6."""
    answer = browser.post(CHAT, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["ok"] is False


def test_huge_body_is_refused(browser: Browser) -> None:
    """I6."""
    answer = ask(browser, "a" * 200_000)
    assert (answer.status_code, code(answer)) == (413, "too_large")


def test_thread_of_another_does_not_exist(browser: Browser) -> None:
    """N1: the same 404 as for one that is missing."""
    theirs = Thread.objects.create(professional=cast.bruno(), title="secret")
    for given in (theirs.pk, theirs.pk + 99, "x", -1, True, 10**30, "٣"):
        assert ask(browser, thread=given).status_code == 404
    for path in ("", "rename/", "delete/"):
        url = f"/assistant/{theirs.pk}/{path}"
        assert (browser.post(url) if path else browser.get(url)).status_code == 404
    assert "secret" not in browser.get("/assistant/").content.decode()
    assert Thread.objects.filter(pk=theirs.pk).exists()


def test_twenty_first_question_of_an_hour_is_refused(browser: Browser, settings: Settings) -> None:
    settings.QUESTIONS_PER_HOUR = 3
    for _ in range(3):
        assert ask(browser).status_code == 200
    answer = ask(browser)
    assert (answer.status_code, code(answer)) == (429, "too_many_questions")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert "Você usou 3 perguntas nesta hora. A próxima libera em" in answer.json()["error"]["message"]
    assert "0 de 3 perguntas" in browser.get("/assistant/").content.decode()


def test_limit_is_each_users_own(browser: Browser, settings: Settings) -> None:
    """N9."""
    settings.QUESTIONS_PER_HOUR = 1
    ask(browser)
    cast.bruno(plan=Professional.Plan.PRO)
    other = Browser()
    other.force_login(cast.login("bruno@example.com"))
    assert ask(other).status_code == 200


def test_refused_question_costs_nothing(browser: Browser, settings: Settings) -> None:
    settings.QUESTIONS_PER_HOUR = 1
    ask(browser, "")
    assert ask(browser).status_code == 200


def test_free_plan_is_told_what_would_help() -> None:
    cast.bruno()
    browser = Browser()
    browser.force_login(cast.login("bruno@example.com"))
    answer = ask(browser)
    assert (answer.status_code, code(answer)) == (403, "plan")
    page = browser.get("/assistant/")
    assert page.status_code == 403
    assert "O assistente faz parte do plano Pro" in page.content.decode()


def test_running_trial_may_ask_and_a_past_one_may_not() -> None:
    bruno = cast.bruno(trial_ends_at=timezone.now() + timedelta(days=1))
    browser = Browser()
    browser.force_login(cast.login("bruno@example.com"))
    assert ask(browser).status_code == 200
    bruno.trial_ends_at = timezone.now() - timedelta(seconds=1)
    bruno.save()
    assert ask(browser).status_code == 403


def test_answers_in_the_making_have_a_bound(browser: Browser, settings: Settings) -> None:
    """W12: and a question that finds no place is none of the hour's."""
    settings.QUESTIONS_PER_HOUR = 1
    places = [limits.CHATS.take(-other) for other in range(settings.ASSISTANT_CHATS_AT_ONCE)]
    answer = ask(browser)
    assert (answer.status_code, code(answer), answer.headers["Retry-After"]) == (503, "busy", "5")
    for place in places:
        place.release()
    assert ask(browser).status_code == 200


def test_one_practice_takes_half_of_the_places_at_most(browser: Browser, ana: Professional, settings: Settings) -> None:
    places = [limits.CHATS.take(ana.pk) for _ in range(settings.ASSISTANT_CHATS_AT_ONCE // 2)]
    assert ask(browser).status_code == 503
    limits.CHATS.take(-1).release()
    for place in places:
        place.release()
    assert ask(browser).status_code == 200


def test_reader_who_goes_away_leaves_what_was_said_and_frees_the_place(ana: Professional, settings: Settings) -> None:
    thread = Thread.objects.create(professional=ana, title="?")
    for _ in range(settings.ASSISTANT_CHATS_AT_ONCE + 1):
        stream = Stream(Answering(agent.ask(thread, "como foi o mês passado?"), limits.CHATS.take(ana.pk)), ana)
        heard = [event.partition("\n")[0] for event in islice(stream, 3)]
        stream.close()
        assert heard == ["event: step", "event: mark", "event: said"]
    assert all("atendimentos" in question.answer for question in Question.objects.all())


def test_reader_who_never_reads_frees_the_place(ana: Professional, settings: Settings) -> None:
    thread = Thread.objects.create(professional=ana, title="?")
    for _ in range(settings.ASSISTANT_CHATS_AT_ONCE + 1):
        Stream(Answering(agent.ask(thread, "como foi o mês passado?"), limits.CHATS.take(ana.pk)), ana).close()


def test_form_without_scripts_leads_to_the_answer(browser: Browser) -> None:
    answer = browser.post("/assistant/ask/", {"question": "como foi o mês passado?"}, follow=True)
    assert "Taxa de no-show" in answer.content.decode()
    again = browser.post("/assistant/ask/", {"question": ""}, follow=True)
    assert "Escreva uma pergunta." in again.content.decode()


def test_csrf_token_is_needed(ana: Professional) -> None:
    """A7."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(cast.login("ana@example.com"))
    assert ask(browser).status_code == 403


def test_thread_is_renamed_and_deleted(browser: Browser) -> None:
    thread = ask(browser).json()["thread"]
    browser.post(f"/assistant/{thread}/rename/", {"title": "  Outubro\n<b> "})
    page = browser.get(f"/assistant/{thread}/").content.decode()
    assert "Outubro &lt;b&gt;" in page
    browser.post(f"/assistant/{thread}/delete/")
    assert not Thread.objects.exists()


def test_page_costs_few_queries(browser: Browser, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    thread = ask(browser).json()["thread"]
    for _ in range(5):
        ask(browser, thread=thread)
    with django_assert_max_num_queries(12):
        browser.get(f"/assistant/{thread}/")
