"""Ask a model, run the tools it asks for, ask again; one step limit, one deadline, no surprises.

`run` never raises for what a model or its provider does: it says how it stopped, and the caller goes on
without a model. Nothing of an answer is believed before it was looked at: text that is really a call is
neither run nor shown, and the same call never runs twice.
"""

import json
import re
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, Generic, Literal, ParamSpec

from language.tools import (
    Answer,
    C,
    Call,
    Model,
    ModelError,
    Outcome,
    Toolbox,
    TooLong,
    Unavailable,
    Unusable,
    Usage,
)

__all__ = [
    "Answer",
    "Call",
    "Model",
    "ModelError",
    "Run",
    "Step",
    "Stop",
    "TooLong",
    "Unavailable",
    "Unusable",
    "Usage",
    "progress",
    "run",
]

P = ParamSpec("P")

MOST_UNUSABLE = 3  # answers: the first and two new samples
MOST_INVALID = 2  # calls: one structured error back to the model, then it is over

# What calls look like when a model prints them instead of making them: Llama's tags, Hermes' tags,
# Llama's and OpenAI's control tokens, and bare JSON with a name and arguments (in either order, or cut short).
CALL_MARKS = re.compile(
    r"</?function\b|\bfunction=\w|</?tool_calls?\b|\[/?tool_calls?\]|<\|\w+\|>|\bto=functions\.", re.IGNORECASE
)
JSON_NAME = re.compile(r"""["'](?:name|function)["']\s*:""")
JSON_ARGUMENTS = re.compile(r"""["'](?:arguments|parameters)["']\s*:""")
JSON_OBJECT = re.compile(r"""\{\s*["']\w+["']\s*:""")
THINKING = re.compile(r"</?think\b", re.IGNORECASE)
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Stop(StrEnum):
    ANSWERED = "answered"
    HALTED = "halted"
    STEP_LIMIT = "step_limit"
    CALL_LIMIT = "call_limit"
    REPEATED_CALL = "repeated_call"
    DEADLINE = "deadline"
    UNUSABLE = "unusable"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Step:
    """One line of the trace; `detail` is plain JSON."""

    kind: Literal["model", "tool"]
    name: str
    detail: dict[str, Any]
    milliseconds: int


@dataclass(frozen=True)
class Run:
    """How a run went. `text` is empty unless it stopped with ANSWERED; `error` is the code of the last trouble."""

    stop: Stop
    text: str
    outcomes: tuple[Outcome, ...]
    steps: tuple[Step, ...]
    usage: Usage
    model: str
    error: str


def progress(
    model: Model,
    messages: Sequence[Mapping[str, Any]],
    *,
    toolbox: Toolbox[C],
    context: C,
    deadline: float,
    max_steps: int = 6,
    max_calls: int = 8,
    halt: Callable[[Outcome], bool] | None = None,
    shorter: Sequence[Mapping[str, Any]] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Generator[Step, None, Run]:
    """Converse until the model answers in text, `halt` says enough, or a limit is met; yield each step when it is done.

    The generator's value is the Run. `deadline` is an instant of `clock`; `max_steps` counts answers of the model,
    usable or not. `shorter` takes the place of `messages`, once, when these are too long. What a tool raises other than
    a Refusal is a bug or an outage of ours and passes through.
    """
    talk = _Talk(model, toolbox, context, deadline, max_calls, halt or _never, clock, list(messages), list(shorter))
    for _ in range(max_steps):
        for act in (talk.ask, talk.perform):
            told = len(talk.steps)
            stop = act()
            yield from talk.steps[told:]
            if stop:
                return talk.finish(stop)
    return talk.finish(Stop.STEP_LIMIT)


def _to_its_end(progress: Callable[P, Generator[Step, None, Run]]) -> Callable[P, Run]:
    @wraps(progress)
    def run(*args: P.args, **options: P.kwargs) -> Run:
        going = progress(*args, **options)
        while True:
            try:
                next(going)
            except StopIteration as end:
                ended: Run = end.value
                return ended

    return run


# The same for whoever wants to know nothing but how it ended.
run = _to_its_end(progress)


def _never(_: Outcome) -> bool:
    return False


@dataclass
class _Talk(Generic[C]):
    """The state of one run; every method that can end it returns the Stop, or None to go on."""

    model: Model
    toolbox: Toolbox[C]
    context: C
    deadline: float
    max_calls: int
    halt: Callable[[Outcome], bool]
    clock: Callable[[], float]
    messages: list[Mapping[str, Any]]
    shorter: list[Mapping[str, Any]]  # than `messages`; empty when there is none, or no more
    reports: list[Mapping[str, Any]] = field(default_factory=list)  # the calls that ran, and their results
    calls: tuple[Call, ...] = ()  # asked for by the last answer, not yet run
    text: str = ""
    outcomes: list[Outcome] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    served_by: str = ""
    error: str = ""
    seen: set[str] = field(default_factory=set)
    unusable: int = 0
    invalid: int = 0

    def ask(self) -> Stop | None:
        """One answer of the model: text ends the run, calls are kept for `perform`."""
        if self._is_late():
            return Stop.DEADLINE
        started = self.clock()
        try:
            answer = self._answer()
            _check(answer, names=self.toolbox.names)
        except ModelError as trouble:
            return self._stumble(trouble, milliseconds=round((self.clock() - started) * 1000))
        self._note(answer)
        return None if self.calls else Stop.ANSWERED

    def perform(self) -> Stop | None:
        """Run the calls of the last answer in order, then put them and their results before the model."""
        done: list[tuple[Call, Outcome]] = []
        for call in self.calls:
            key = self.toolbox.canonical(call.name, call.arguments)
            if stop := self._forbid(key):
                return stop
            outcome = self.toolbox.run(self.context, call.name, call.arguments)
            self._record(outcome)
            done.append((call, outcome))
            if stop := self._judge(outcome, key=key):
                return stop
        self.reports += _report(done)
        self.calls = ()
        return None

    def finish(self, stop: Stop) -> Run:
        return Run(stop, self.text, tuple(self.outcomes), tuple(self.steps), self.usage, self.served_by, self.error)

    def _answer(self) -> Answer:
        messages = [*self.messages, *self.reports]
        return self.model.answer(messages, tools=self.toolbox.schemas(), deadline=self.deadline)

    def _forbid(self, key: str | None) -> Stop | None:
        """Why a call must not run; `key` is its canonical spelling."""
        if self._is_late():
            return Stop.DEADLINE
        if len(self.outcomes) >= self.max_calls:
            return Stop.CALL_LIMIT
        return Stop.REPEATED_CALL if key in self.seen else None

    def _judge(self, outcome: Outcome, *, key: str | None) -> Stop | None:
        """Whether the call that just ran was the last."""
        if key is not None:
            self.seen.add(key)
            return Stop.HALTED if self.halt(outcome) else None
        self.invalid += 1
        self.error = outcome.payload["error"]["code"]
        return Stop.UNUSABLE if self.invalid >= MOST_INVALID else None

    def _stumble(self, trouble: ModelError, *, milliseconds: int) -> Stop | None:
        """Too long is tried shorter, an unusable answer sampled again, twice at most; anything worse ends the run."""
        self.error = trouble.reason
        self.usage += trouble.usage
        self.steps.append(Step("model", trouble.model, {"error": trouble.reason}, milliseconds))
        if not isinstance(trouble, Unusable):
            return Stop.DEADLINE if self._is_late() else Stop.UNAVAILABLE
        if isinstance(trouble, TooLong) and self.shorter:
            self.messages, self.shorter = self.shorter, []
            return None
        self.unusable += 1
        is_last = self.unusable >= MOST_UNUSABLE or isinstance(trouble, TooLong)
        return Stop.UNUSABLE if is_last else None

    def _note(self, answer: Answer) -> None:
        """Text beside calls is a model thinking aloud: dropped, since the result may contradict it."""
        self.calls = _unique(answer.calls)
        self.text = "" if self.calls else answer.text.strip()
        self.usage += answer.usage
        self.served_by = answer.model
        detail = {**asdict(answer.usage), "calls": [call.name for call in self.calls]}
        self.steps.append(Step("model", answer.model, detail, answer.milliseconds))

    def _record(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        detail = {"arguments": outcome.arguments, "payload": outcome.payload}
        self.steps.append(Step("tool", outcome.name, detail, outcome.milliseconds))

    def _is_late(self) -> bool:
        return self.clock() >= self.deadline


def _unique(calls: Sequence[Call]) -> tuple[Call, ...]:
    """A provider that repeats a call's id repeats the call: the first one counts."""
    first: dict[str, Call] = {}
    for call in calls:
        first.setdefault(call.id, call)
    return tuple(first.values())


def _check(answer: Answer, *, names: Sequence[str]) -> None:
    """Raises Unusable for an answer that must be neither run nor shown."""
    reason = ""
    if not answer.calls:
        reason = _fault(answer.text, names=names)
    if reason:
        raise Unusable(reason, model=answer.model, usage=answer.usage)


def _fault(text: str, *, names: Sequence[str]) -> str:
    if not text.strip():
        return "empty"
    if UNSTORABLE.search(text):
        return "garbled"
    if THINKING.search(text):
        return "reasoning_as_text"
    return "call_as_text" if _is_call(text, names=names) else ""


def _is_call(text: str, *, names: Sequence[str]) -> bool:
    if CALL_MARKS.search(text) or (JSON_NAME.search(text) and JSON_ARGUMENTS.search(text)):
        return True
    if text.lstrip().startswith(("{", "[{", "```json")):
        return True
    if JSON_OBJECT.search(text):
        return True
    # No sentence for a person has a name like "book_appointment", nor a plainer tool's name with a bracket after it.
    return any(re.search(rf"\b{re.escape(name)}" + (r"\b" if "_" in name else r"\s*[({\[]"), text) for name in names)


def _report(done: Sequence[tuple[Call, Outcome]]) -> list[dict[str, Any]]:
    """The calls as they were understood, not as they were written: broken JSON in the history is refused by Groq."""
    if not done:
        return []
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": outcome.name, "arguments": json.dumps(outcome.arguments or {}, ensure_ascii=False)},
        }
        for call, outcome in done
    ]
    results = [{"role": "tool", "tool_call_id": call.id, "content": outcome.as_text()} for call, outcome in done]
    return [{"role": "assistant", "content": "", "tool_calls": calls}, *results]
