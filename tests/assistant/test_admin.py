"""What the assistant was asked and did can be read in the admin, each professional's own alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser
from django.utils import timezone, translation

from assistant import figures, metrics
from assistant.models import Question, Thread
from scheduling.models import Professional
from tests import cast

pytestmark = pytest.mark.django_db

LIST = "/admin/assistant/question/"
STEPS: list[dict[str, Any]] = [
    {
        "kind": "tool",
        "name": "get_stats",
        "detail": {"arguments": {"months": 6}, "payload": {"total": 72}},
        "milliseconds": 12,
    },
    {"kind": "note", "name": "grounding", "detail": {"sentence": "Foram 99 <b>faltas</b>.", "reason": "number"}},
]


@pytest.fixture
def browser(ana: Professional) -> Browser:
    browser = Browser()
    browser.force_login(cast.login("ana@example.com"))
    return browser


def asked(professional: Professional, text: str, **fields: Any) -> Question:
    thread = Thread.objects.create(professional=professional, title=text)
    return Question.objects.create(thread=thread, text=text, **fields)


def page(browser: Browser, question: Question) -> str:
    return browser.get(f"{LIST}{question.pk}/change/").content.decode()


def test_question_its_answer_and_its_cost_are_shown(browser: Browser, ana: Professional) -> None:
    spent = {"prompt_tokens": 1200, "completion_tokens": 34, "milliseconds": 987}
    shown = page(browser, asked(ana, "Como foi outubro?", answer="Foi bem.", model="gpt-oss", **spent))
    for words in ("Como foi outubro?", "Foi bem.", "gpt-oss", "987"):
        assert words in shown
    assert "1234" in shown.replace(".", "")


def test_tool_is_shown_with_its_arguments_and_its_result(browser: Browser, ana: Professional) -> None:
    shown = page(browser, asked(ana, "Como foi?", trace=STEPS))
    assert "últimos seis meses" in shown
    assert "&quot;months&quot;: 6" in shown
    assert "&quot;total&quot;: 72" in shown


def test_sentence_that_grounding_held_back_is_shown_as_text(browser: Browser, ana: Professional) -> None:
    shown = page(browser, asked(ana, "Quantas faltas?", trace=STEPS, was_replaced=True))
    assert "Foram 99 &lt;b&gt;faltas&lt;/b&gt;." in shown


def test_what_code_looked_up_without_a_model_is_shown_too(browser: Browser, ana: Professional) -> None:
    shown = page(browser, asked(ana, "Como foi?", path="tools", results=[["get_stats", {"total": 72}]]))
    assert "últimos seis meses" in shown
    assert "&quot;total&quot;: 72" in shown


@pytest.mark.parametrize("query", ["path__exact=tools", "was_replaced__exact=1", "q=outubro"])
def test_list_is_filtered_and_searched(browser: Browser, ana: Professional, query: str) -> None:
    asked(ana, "Como foi outubro?", path="tools", was_replaced=True)
    asked(ana, "Quem falta mais?")
    shown = browser.get(f"{LIST}?{query}").content.decode()
    assert "Como foi outubro?" in shown
    assert "Quem falta mais?" not in shown


def test_question_is_history(browser: Browser, ana: Professional) -> None:
    question = asked(ana, "Como foi?")
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(f"{LIST}{question.pk}/change/", {"text": "x"}).status_code == 403
    assert browser.get(f"{LIST}{question.pk}/delete/").status_code == 403


def test_anothers_question_is_missing(browser: Browser) -> None:
    """N1."""
    question = asked(cast.bruno(), "Quanto recebi?")
    assert browser.get(f"{LIST}{question.pk}/change/").status_code == 404
    assert "Quanto recebi?" not in browser.get(LIST).content.decode()


def test_operator_reads_everybodys(ana: Professional) -> None:
    operator = get_user_model().objects.create_superuser("operator@example.com", "operator@example.com", "secret")
    browser = Browser()
    browser.force_login(operator)
    for professional in (ana, cast.bruno()):
        assert "Quanto recebi?" in page(browser, asked(professional, "Quanto recebi?"))


def test_months_rate_of_the_overview_is_that_of_the_numbers(browser: Browser, ana: Professional) -> None:
    [month] = metrics.months(ana, now=timezone.now(), count=1)
    moving = cast.on_record(cast.caio(ana), cast.at(f"{month} 00:00"), status="no_show")
    for hour, status in enumerate(("completed", "no_show", "cancelled"), start=9):
        cast.on_record(cast.caio(ana), cast.at(f"{month} {hour:02}:00"), status=status)
    cast.on_record(cast.caio(ana), cast.at(f"{month} 14:00"), status="completed", is_trial=True)
    soon = timezone.now() + timedelta(hours=1)
    cast.on_record(cast.caio(ana), cast.at(f"{month} 15:00"), status="pending", replaces=moving, expires_at=soon)
    rate = metrics.tally(ana, month, metrics.month_end(month), now=timezone.now()).no_show_rate
    shown = {tile.label: tile.figure for tile in browser.get("/admin/").context["tiles"]}
    with translation.override("pt-br"):
        assert shown["Taxa de no-show"] == figures.percent(rate) == "66,7%"
