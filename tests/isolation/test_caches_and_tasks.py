"""What is shared between professionals by design, and nothing else: cache keys and tasks."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from celery import Task
from django.core.cache import cache
from django.test import Client as Browser

from config import celery_app
from intake import agent, tasks, trial
from intake.models import Channel, Conversation
from scheduling.models import Professional
from tests import cast
from tests.intake import conversing
from tests.isolation import matrix, tenants, world
from tests.isolation.routes import Route, all_routes
from tests.isolation.table import Access
from tests.standins.groq import GroqStandIn, text

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

# Keys that belong to the installation, with the reason.
SHARED = {
    r"breaker\.groq\..*": "whether the model provider answers: the same for everybody",
    r"groq\.unserved\..*": "which models the provider serves: the same for everybody",
    r"heartbeat\..*": "which workers are alive",
    r"health\.probe": "whether the cache answers",
    r"metrics\.webhook_refusals": "how many webhooks were refused",
}
# Tasks without a row's id, with the reason why they may look at everybody's rows.
SWEEPS = {
    "intake.tasks.deliver": "each message is handed to its own recipient",
    "intake.tasks.sweep": "finds ids of due rows, and wakes one task for each",
    "intake.tasks.tidy": "moves appointments on with the clock, each under its professional's lock",
    "intake.tasks.recover": "reads the provider's list of each number into that number's conversations",
    "intake.tasks.retain": "empties what everybody has kept too long",
}
# Routes that answer nothing without a query.
ASKING = ("api/v1/chat/", "api/v1/slots/")
_WRITING = ("set", "add", "incr", "set_many", "touch", "get_or_set")


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Collect the keys that are written."""
    keys: set[str] = set()
    with monkeypatch.context() as patch:
        for name in _WRITING:
            patch.setattr(cache, name, _noting(getattr(cache, name), keys))
        yield keys


def _noting(write: Callable[..., Any], keys: set[str]) -> Callable[..., Any]:
    def noted(key: Any, *arguments: Any, **options: Any) -> Any:
        keys.update([key] if isinstance(key, str) else key)
        return write(key, *arguments, **options)

    return noted


def is_shared(key: str) -> bool:
    return any(re.fullmatch(pattern, key) for pattern in SHARED)


def use(professional: Professional, rows: Mapping[str, int | str]) -> None:
    """Be a professional, a program and a client of theirs: open every page, ask, try the reception, be written to."""
    browser, programs = matrix.enter(professional.user), matrix.program(professional)
    ours = (Access.OWN, Access.ACCOUNT, Access.JSON)
    look(browser, rows, [route for route in all_routes() if route.access in ours])
    look(programs, rows, [route for route in all_routes() if route.pattern.startswith(matrix.FOR_KEYS)])
    for question in ("como foi o mês passado?", "quem mais falta?"):
        answer = browser.post("/assistant/chat/", {"question": question}, content_type="application/json")
        assert answer.status_code == 200
    heard = programs.post("/api/v1/chat/", {"address": "guest", "text": "oi"}, content_type="application/json").json()
    for pattern, query in zip(
        ASKING, ({"conversation": heard["conversation"]}, {"service": rows["service_id"]}), strict=True
    ):
        assert programs.get(f"/{pattern}", query).status_code == 200
    for words in ("oi", "você atende de noite?"):
        browser.post("/try/say/", {"body": words})
        conversing.say(professional, words, address=f"whatsapp:+55119{80000000 + professional.pk}")
    for talk in Conversation.objects.filter(professional=professional, channel=Channel.TRIAL):
        agent.reply(talk.pk)


def look(browser: Browser, rows: Mapping[str, int | str], routes: list[Route]) -> None:
    """Open every page of the routes; where a row stands in its address, one's own."""
    for route in routes:
        answer = browser.get(route.path({**rows, "name": "services"}))
        # Who has no second factor yet can end none.
        fine = (200, 302, 404, 405) if route.access == Access.ACCOUNT else (200, 302, 405)
        assert answer.status_code in fine or route.pattern in ASKING, route.pattern


def test_key_that_two_professionals_write_is_shared_by_design(
    monkeypatch: pytest.MonkeyPatch, groq: GroqStandIn
) -> None:
    """N9: a key without its tenant would be written by both."""
    groq.reply = lambda _body: text("Como posso ajudar?")
    people = world.build()
    Professional.objects.update(plan=Professional.Plan.PRO)
    written = []
    for professional, rows in ((people.ana, people.rows), (people.bruno, people.brunos_rows)):
        with recorded(monkeypatch) as keys:
            use(professional, rows)
        written.append(keys)
    assert any("trial:" in key for key in written[0])
    both = {key for key in written[0] & written[1] if not is_shared(key)}
    assert not both, f"Put the professional's id into these cache keys, or a reason into SHARED: {sorted(both)}"


def test_key_of_a_trial_names_its_professional(monkeypatch: pytest.MonkeyPatch) -> None:
    """N9: Bruno's hour of testing is not used up by Ana."""
    monkeypatch.setattr(trial, "MESSAGES_PER_HOUR", 1)
    ana, bruno = cast.ana(), cast.bruno()
    assert [trial.may_go_on(ana), trial.may_go_on(ana), trial.may_go_on(bruno)] == [True, False, True]


def own_tasks() -> "list[Task[..., Any]]":
    celery_app.loader.import_default_modules()
    return [task for name, task in sorted(celery_app.tasks.items()) if name.startswith("intake.")]


def test_task_takes_ids_of_rows_or_is_a_known_sweep() -> None:
    """N6: every id is of a row that belongs to one professional, and none of them may be left out."""
    for task in own_tasks():
        parameters = inspect.signature(task.run).parameters.values()
        if not parameters:
            assert task.name in SWEEPS, f"{task.name} looks at everybody's rows: say why in SWEEPS, or give it an id"
        for one in parameters:
            assert one.name.endswith("_id"), f"{task.name}({one.name}): messages carry ids only"
            assert one.annotation is int, f"{task.name}({one.name}): an id is an int"
            assert one.default is inspect.Parameter.empty, f"{task.name}({one.name}) could be left out"


def test_task_without_its_id_raises_and_touches_nothing() -> None:
    """N6: a lost argument is an exception, not everybody's rows."""
    ana, bruno = cast.ana(), cast.bruno()
    for professional in (ana, bruno):
        conversing.write(professional, "oi")
    before = tenants.state(ana), tenants.state(bruno)
    with_ids = [task for task in own_tasks() if inspect.signature(task.run).parameters]
    assert tasks.reply.name in [task.name for task in with_ids]
    for task in with_ids:
        with pytest.raises(TypeError):
            task()
        for nobody in (0, -1, 987654321):
            task(nobody)
    assert (tenants.state(ana), tenants.state(bruno)) == before


def test_turn_of_one_conversation_leaves_another_professionals_alone() -> None:
    """N6: a worker answers the row that its message names."""
    agent.model.cache_clear()
    ana, bruno = cast.ana(), cast.bruno()
    hers, _his = conversing.write(ana, "oi"), conversing.write(bruno, "oi")
    before = tenants.state(bruno)
    tasks.reply(hers.pk)
    assert tenants.state(bruno) == before
    assert conversing.everything_said(ana)
