"""One question: the model reads the tools and speaks, and code holds every sentence against what they told.

`ask` is a generator, so that a page can show what is looked up while it is looked up and each sentence when it is
proved. Without a model (no key, an outage, the day's tokens used up) everyday questions are answered from the same
tools. Nothing here writes to the practice: the tools read, and a question leaves one row.
"""

import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assistant import answers, figures, linking, metrics, questions, truth
from assistant.answers import Table, Written
from assistant.linking import Link, Rows
from assistant.metrics import Tally
from assistant.models import Question, Thread
from assistant.tools import TOOLBOX, Context, name_of
from assistant.truth import Facts
from intake import agent as intake_agent
from intake.phrases import normalise
from language import grounding, loop, masking
from language.breaker import Entry
from language.tools import Outcome
from scheduling.models import Professional

SECONDS = 25.0
LONGEST_QUESTION = 2000
HISTORY = 6
TEMPLATE = "prompts/assistant.txt"
Path = Question.Path


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A tool has told something; `label` says what was looked up."""

    label: str


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that may be shown, with the white space behind it; `links` open the rows of its figures."""

    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """What follows is code's; `label` says so."""

    label: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Tables, straight from the tools."""

    tables: list[Table]


Event = LookedUp | Said | Marked | Shown


@dataclass
class Draft:
    """The answer in the making."""

    path: Path = Path.MODEL
    said: list[Said] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    was_replaced: bool = False
    # Where in the text code speaks in the model's place.
    code_from: int | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    # What the run has come to so far, should nobody wait for its end.
    steps: list[loop.Step] = field(default_factory=list)
    run: loop.Run | None = None

    def tokens(self, kind: str) -> int:
        if self.run is not None:
            return int(getattr(self.run.usage, kind))
        return sum(int(step.detail.get(kind, 0)) for step in self.steps if step.kind == "model")

    @property
    def text(self) -> str:
        return "".join(said.text for said in self.said)

    @property
    def links(self) -> list[Link]:
        """The links of the sentences, where they stand in the stripped text."""
        found, behind = [], len(self.text.lstrip()) - len(self.text)
        for said in self.said:
            found += [link.behind(behind) for link in said.links]
            behind += len(said.text)
        return found


def ask(thread: Thread, text: str) -> Generator[Event, None, Question]:
    """Answer a question of a thread's, event by event; the generator's value is the stored row.

    A row without a key was not stored: its thread is gone, or somebody of whom it may tell was erased meanwhile.
    """
    started = time.monotonic()
    professional = thread.professional
    context = Context(professional, timezone.now())
    draft, erased = Draft(), _erased(professional)
    try:
        with translation.override(professional.language):
            if _may_ask_model(professional):
                yield from _by_model(context, thread, text, draft, deadline=started + SECONDS)
            if draft.was_replaced or not draft.said:
                yield from _by_code(context, text, draft)
    finally:
        # Also when whoever listened went away in the middle: what was asked and shown is kept, and its cost counted.
        question = _record(thread, text, draft, started=started)
        _store(question, erased=erased)
    return question


def has_model() -> bool:
    return intake_agent.model() is not None


def what_can_be_asked() -> str:
    return _(
        "I can tell you about each of the last six months (appointments, no-shows, cancellations, what you received,"
        " new clients), about the next seven days, and who misses most. Try: how was last month?"
    )


def _by_model(
    context: Context, thread: Thread, text: str, draft: Draft, *, deadline: float
) -> Generator[Event, None, None]:
    breaker = intake_agent.breaker()
    entry = breaker.enter()
    model = intake_agent.model()
    if entry is Entry.REFUSED or model is None:
        return
    history = _history(thread)
    going = loop.progress(model, _messages(context, history, text), toolbox=TOOLBOX, context=context, deadline=deadline)
    run = yield from _telling(going, draft)
    if run.steps:
        is_alone = run.stop in (loop.Stop.UNAVAILABLE, loop.Stop.DEADLINE)
        breaker.note(entry, reason=run.error if is_alone else "")
    draft.run, draft.outcomes = run, [outcome for outcome in run.outcomes if outcome.ok]
    if run.stop is loop.Stop.ANSWERED:
        yield from _prove(context, history, run.text, draft)


def _telling(going: Generator[loop.Step, None, loop.Run], draft: Draft) -> Generator[Event, None, loop.Run]:
    """Pass on what is looked up, once each; return how the run ended."""
    told: set[str] = set()
    while True:
        try:
            step = next(going)
        except StopIteration as end:
            run: loop.Run = end.value
            return run
        draft.steps.append(step)
        if step.kind == "tool" and step.name not in told and step.name in TOOLBOX.names:
            told.add(step.name)
            yield LookedUp(looked_up(step.name))


def _prove(context: Context, history: Sequence[Question], text: str, draft: Draft) -> Generator[Event, None, None]:
    """Show the model's sentences as far as each is proved; the rest is for code to replace."""
    results = [(outcome.name, outcome.payload) for outcome in draft.outcomes]
    told = _newest(context, history, results)
    facts = truth.gather(
        told.values(),
        known=[context.professional.name, context.professional.profession],
        services=context.professional.services.values_list("name", flat=True),
        today=context.today,
        has_begun=metrics.has_begun(context.professional, now=context.now),
    )
    scope, secrets = truth.Scope(), grounding.secrets_of(_rules())
    rows = _rows(context, told)
    for sentence in truth.sentences(text):
        reason, scope = truth.fault(sentence, facts, scope=scope)
        if reason := reason or grounding.repeats(sentence, secrets):
            draft.notes.append(
                {"kind": "note", "name": "grounding", "detail": {"sentence": sentence, "reason": reason}}
            )
            draft.was_replaced = True
            break
        draft.said.append(Said(sentence, tuple(rows.links(sentence, facts, scope=scope))))
        yield draft.said[-1]


def _newest(
    context: Context, history: Sequence[Question], results: Sequence[tuple[str, dict[str, Any]]]
) -> dict[str, dict[str, Any]]:
    """Return what each tool told last, the latest one last; what another day was told is no longer true."""
    zone = context.professional.zone
    of_today = [one for one in history if one.created_at.astimezone(zone).date() == context.today]
    told: dict[str, dict[str, Any]] = {}
    for name, payload in [*(result for question in of_today for result in question.results), *results]:
        told.pop(name, None)
        told[name] = payload
    return told


def _by_code(context: Context, text: str, draft: Draft) -> Generator[Event, None, None]:
    """Tell what the model's tools told, in the place of what it made of that; else answer as without a model."""
    if not (draft.was_replaced and draft.outcomes):
        yield from _code_s_own(context, text, draft)
        return
    results = {outcome.name: outcome.payload for outcome in draft.outcomes}
    rows = _rows(context, results)
    yield from _speak(answers.of_tools(results, rows=rows, today=context.today), draft, rows=rows)


def _code_s_own(context: Context, text: str, draft: Draft) -> Generator[Event, None, None]:
    """Answer an everyday question from its tool, or say what can be asked."""
    asked = questions.read(text, today=context.today)
    if asked is None:
        draft.path = Path.HELP
        yield from _speak(Written(what_can_be_asked()), draft, rows=_rows(context, ()))
        return
    draft.path = Path.TOOLS
    outcome = TOOLBOX.run(context, answers.tool_for(asked), "{}")
    draft.outcomes = [outcome]
    yield LookedUp(looked_up(outcome.name))
    rows = _rows(context, [outcome.name])
    yield from _speak(answers.write(asked, outcome.payload, rows=rows), draft, rows=rows)


def _speak(written: Written, draft: Draft, *, rows: Rows) -> Generator[Event, None, None]:
    """Say what code wrote, behind the mark that tells so."""
    if label := answers.mark(draft.path, instead=draft.was_replaced):
        yield Marked(label)
    if written.text:
        draft.code_from = len(draft.text.lstrip()) if draft.was_replaced else None
        facts = truth.gather((outcome.payload for outcome in draft.outcomes), today=rows.today)
        draft.said.append(Said(written.text, tuple(_linked(written.text, facts, rows))))
        yield draft.said[-1]
    if written.tables:
        draft.tables = written.tables
        yield Shown(written.tables)


def _linked(text: str, facts: Facts, rows: Rows) -> Iterator[Link]:
    """Yield the links of what code wrote: no sentence of it needs a proof."""
    scope, behind = truth.Scope(), 0
    for sentence in truth.sentences(text):
        _reason, scope = truth.fault(sentence, facts, scope=scope)
        yield from (link.behind(behind) for link in rows.links(sentence, facts, scope=scope))
        behind += len(sentence)


def _rows(context: Context, tools: Iterable[str]) -> Rows:
    """Return where the rows of those tools' figures are; who is who is asked for only where somebody is named."""
    if "get_no_show_clients" not in tools:
        return Rows(context.today, {})
    first = metrics.months(context.professional, now=context.now)[0]
    ranking = metrics.no_show_ranking(context.professional, first, metrics.month_end(context.today))
    names = [(normalise(name_of(one.name)), one.client_id) for one in ranking]
    once = Counter(name for name, _client in names)
    # Two people of one name: no link tells which of them is meant.
    return Rows(context.today, {name: client for name, client in names if once[name] == 1})


def looked_up(tool: str) -> str:
    """Say in words what a tool looked up."""
    return {
        "get_stats": _("I looked up your last six months"),
        "get_upcoming": _("I looked up your next seven days"),
        "get_no_show_clients": _("I looked up who missed appointments"),
    }[tool]


def _may_ask_model(professional: Professional) -> bool:
    return intake_agent.model() is not None and tokens_today(professional) < settings.ASSISTANT_TOKENS_PER_DAY


def tokens_today(professional: Professional) -> int:
    """Return how many tokens the professional's questions have cost on this local day."""
    midnight = timezone.now().astimezone(professional.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Question.objects.filter(thread__professional=professional, created_at__gte=midnight)
    total = rows.aggregate(tokens=Sum(F("prompt_tokens") + F("completion_tokens")))["tokens"]
    return total or 0


def _messages(context: Context, history: Sequence[Question], text: str) -> list[dict[str, Any]]:
    """Return the instructions, the thread's last questions and answers, and this question: a model reads copies."""
    talk: list[dict[str, Any]] = []
    for question in history:
        talk.append({"role": "user", "content": masking.for_model(question.text)[:LONGEST_QUESTION]})
        talk.append({"role": "assistant", "content": question.answer or "…"})
    asked = {"role": "user", "content": masking.for_model(text)[:LONGEST_QUESTION] or "…"}
    return [{"role": "system", "content": _instructions(context)}, *talk, asked]


def _history(thread: Thread) -> Sequence[Question]:
    return list(thread.questions.order_by("-id")[:HISTORY])[::-1]


def _instructions(context: Context) -> str:
    languages = {"pt-br": "português", "en": "inglês", "es": "espanhol"}
    return render_to_string(
        TEMPLATE,
        {
            "professional": context.professional,
            "language": languages[context.professional.language],
            "rate_example": _("No-show rate: %(rate)s") % {"rate": figures.no_shows(Tally(completed=63, no_shows=9))},
            "money_example": figures.money(Decimal("1234.56")),
            "today": f"{date_format(context.today, 'l').lower()}, {context.today:%Y-%m-%d}",
        },
    )


@cache
def _rules() -> str:
    """Return the instructions as they stand in the file: nobody's business."""
    lines = (settings.BASE_DIR / "templates" / TEMPLATE).read_text().splitlines()
    # What can be asked is told to everybody.
    return "\n".join(line for line in lines if "{%" not in line and "{{" not in line and "pode responder" not in line)


def _record(thread: Thread, text: str, draft: Draft, *, started: float) -> Question:
    run = draft.run
    return Question(
        thread=thread,
        text=text,
        created_at=timezone.now(),
        answer=draft.text.strip(),
        links=linking.as_json(draft.text.strip(), draft.links),
        tables=[table.as_json() for table in draft.tables],
        path=draft.path,
        was_replaced=draft.was_replaced,
        code_from=draft.code_from,
        results=[[outcome.name, outcome.payload] for outcome in draft.outcomes],
        trace=[*(asdict(step) for step in (run.steps if run else draft.steps)), *draft.notes],
        model=run.model if run else "",
        outcome=(f"{run.stop}: {run.error}" if run.error else run.stop.value)[:40] if run else "",
        milliseconds=round((time.monotonic() - started) * 1000),
        prompt_tokens=draft.tokens("prompt_tokens"),
        completion_tokens=draft.tokens("completion_tokens"),
    )


@transaction.atomic
def _store(question: Question, *, erased: int) -> None:
    """Keep the question, unless its thread is gone or somebody was erased since; then an empty thread goes as well."""
    threads = Thread.objects.filter(pk=question.thread_id)
    # An erasure holds this row to its end: either it finds the stored question, or it is counted here.
    professional = Professional.objects.select_for_update(no_key=True).get(pk=question.thread.professional_id)
    if _erased(professional) != erased:
        threads.filter(questions=None).delete()
    elif threads.update(asked_at=timezone.now()):
        question.save()


def _erased(professional: Professional) -> int:
    """Return how many people have been erased so far; what was looked up before the last one may tell of them."""
    return professional.clients.filter(erased_at__isnull=False).count()
