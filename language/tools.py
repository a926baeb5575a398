"""What a model may ask for: tools with closed schemas, one way to run them, one error shape.

Everything a model writes is untrusted text. It is parsed here, once, and nothing but a validated
object reaches a tool. The types that the loop and a provider share (`Call`, `Answer`, `Model`) stand
at the end, so that neither has to import the other.
"""

import datetime as dt
import json
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Never, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError, to_jsonable_python

LONGEST_ARGUMENTS = 8_000  # characters; a booking needs about 150
LONGEST_INTEGER = 18  # characters; more does not fit a database's bigint

# By the first word of pydantic's error type: how to write the field.
ADVICE = {
    "date": "with {field} as YYYY-MM-DD",
    "datetime": "with {field} as YYYY-MM-DDTHH:MM, local time without a zone",
    "enum": "with {field} as one of {expected}",
    "extra": "without {field}",
    "literal": "with {field} as one of {expected}",
    "missing": "with {field}",
    "time": "with {field} as HH:MM, local time without a zone",
}
OTHER_ADVICE = "with {field} as the tool describes it"


class ErrorCode(StrEnum):
    UNKNOWN_TOOL = "unknown_tool"
    INVALID_ARGUMENTS = "invalid_arguments"


class Refusal(Exception):  # noqa: N818 - a "no" of the domain is an answer, not a fault
    """Raised by a tool whose answer is no; the model reads it in the one error shape."""

    def __init__(self, code: str, message: str, *, hint: str = "", fields: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.fields = code, message, hint, tuple(fields)


def error(code: str, message: str, *, hint: str = "", fields: Sequence[str] = ()) -> dict[str, Any]:
    """The one error shape, read by models, REST clients and forms alike."""
    return {"ok": False, "error": {"code": str(code), "message": message, "hint": hint, "fields": list(fields)}}


class Arguments(BaseModel):
    """Base of argument models: closed, strict, and wall time only (a zone is context, never an argument)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, str_strip_whitespace=True)

    @field_validator("*")
    @classmethod
    def refuse_zones(cls, value: object) -> object:
        """A model adds "Z" to local times out of habit; taken at its word it would be hours off."""
        if isinstance(value, dt.time | dt.datetime) and value.tzinfo is not None:
            raise PydanticCustomError("time_zone", "Input should be a local time without a zone")
        return value


C = TypeVar("C")
A = TypeVar("A", bound=Arguments)
R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class Tool(Generic[C, A, R]):
    """One thing a model may do. `run` gets the context that code built and the arguments that were validated."""

    name: str
    description: str
    arguments: type[A]
    result: type[R]
    run: Callable[[C, A], R]

    def __post_init__(self) -> None:
        if taken := {"ok", "error"} & self.result.model_fields.keys():
            raise ValueError(f"The result of {self.name} uses a reserved name: {', '.join(sorted(taken))}")


@dataclass(frozen=True)
class Outcome:
    """What became of one call. `arguments` are the validated ones without defaults; None when they were refused."""

    name: str
    arguments: dict[str, Any] | None
    ok: bool
    payload: dict[str, Any]
    milliseconds: int

    def as_text(self) -> str:
        """The payload as the model reads it."""
        return json.dumps(self.payload, ensure_ascii=False, allow_nan=False)


class Toolbox(Generic[C]):
    """The tools of one agent, by name."""

    def __init__(self, tools: Sequence[Tool[C, Any, Any]]) -> None:
        self._tools = {tool.name: tool for tool in tools}
        if len(self._tools) != len(tools):
            raise ValueError("Two tools share a name")

    @property
    def names(self) -> tuple[str, ...]:
        """In the order given."""
        return tuple(self._tools)

    def schemas(self) -> list[dict[str, Any]]:
        """The tools in the function format that OpenAI defined and Groq follows."""
        return [
            {"type": "function", "function": {"name": tool.name, "description": tool.description, "parameters": schema}}
            for tool in self._tools.values()
            for schema in [_flatten(tool.arguments.model_json_schema())]
        ]

    def canonical(self, name: str, arguments: str | Mapping[str, Any]) -> str | None:
        """The call in its one spelling, equal for equal calls; None when it is no valid call."""
        try:
            return f"{name} {json.dumps(_spell(_parse(self._tools[name].arguments, arguments)), sort_keys=True)}"
        except (KeyError, ValueError):
            return None

    def run(self, context: C, name: str, arguments: str | Mapping[str, Any]) -> Outcome:
        """Run one call. Mistakes of the model and refusals come back as outcomes; anything else is ours and raises."""
        started = time.perf_counter()
        given, payload = self._attempt(context, name, arguments)
        spent = round((time.perf_counter() - started) * 1000)
        arguments_used = None if given is None else _spell(given)
        return Outcome(_clean_name(name), arguments_used, payload["ok"], payload, spent)

    def _attempt(
        self, context: C, name: str, arguments: str | Mapping[str, Any]
    ) -> tuple[Arguments | None, dict[str, Any]]:
        if name not in self._tools:
            hint = f"Use one of: {', '.join(self._tools)}."
            return None, error(ErrorCode.UNKNOWN_TOOL, "There is no such tool.", hint=hint)
        tool = self._tools[name]
        try:
            given = _parse(tool.arguments, arguments)
        except ValidationError as invalid:
            return None, _explain(invalid)
        except ValueError as malformed:
            hint = "Call again with the arguments as one JSON object."
            return None, error(ErrorCode.INVALID_ARGUMENTS, str(malformed), hint=hint)
        return given, _perform(tool, context, given)


def _clean_name(name: str) -> str:
    """A name that a model made up is stored in a trace and sent back: letters, digits, hyphens only."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)[:64] or "_"


def _perform(tool: Tool[C, Any, Any], context: C, arguments: Arguments) -> dict[str, Any]:
    try:
        result = tool.run(context, arguments)
    except Refusal as no:
        return error(no.code, no.message, hint=no.hint, fields=no.fields)
    if not isinstance(result, tool.result):
        raise TypeError(f"{tool.name} returned {type(result).__name__}, not {tool.result.__name__}")
    return {"ok": True, **result.model_dump(mode="json")}


def _spell(arguments: Arguments) -> dict[str, Any]:
    return arguments.model_dump(mode="json", exclude_defaults=True)


def _parse(model: type[A], arguments: str | Mapping[str, Any]) -> A:
    """Raises ValueError for what is no JSON object, its child ValidationError for what does not fit the model."""
    text = arguments if isinstance(arguments, str) else json.dumps(dict(arguments), default=to_jsonable_python)
    try:
        given = _decode(text)
        # Through JSON once more: only there does strict mode take "2026-11-26" for a date.
        again = json.dumps({name: value for name, value in given.items() if not _is_absent(model, name, value)})
    except RecursionError as deep:
        raise ValueError("The arguments are nested too deeply.") from deep
    return model.model_validate_json(again)


def _is_absent(model: type[Arguments], name: str, value: object) -> bool:
    """Models write null or "" for every optional argument that they have no value for."""
    field = model.model_fields.get(name)
    return field is not None and not field.is_required() and (value is None or value == "")


def _decode(text: str) -> dict[str, Any]:
    """One JSON object, without anything that the standard forbids or PostgreSQL cannot store."""
    if len(text) > LONGEST_ARGUMENTS:
        raise ValueError("The arguments are too long.")
    if text.strip() in ("", "null"):  # what a call without arguments looks like
        return {}
    checks: dict[str, Any] = {
        "parse_constant": _refuse_constant,
        "parse_int": _read_integer,
        "parse_float": _read_float,
    }
    try:
        value = json.loads(text, object_pairs_hook=_unite, **checks)
    except json.JSONDecodeError as broken:
        raise ValueError("The arguments are not valid JSON.") from broken
    if not isinstance(value, dict):
        raise ValueError("The arguments are not a JSON object.")
    _refuse_unstorable(value)
    return value


def _unite(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    united = dict(pairs)
    if len(united) != len(pairs):
        raise ValueError("The arguments name the same field twice.")
    return united


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not a number.")


def _read_integer(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER:
        raise ValueError("A number is too long.")
    return int(digits)


def _read_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):  # 1e999
        raise ValueError("A number is too large.")
    return value


def _refuse_unstorable(value: object) -> None:
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= character <= "\udfff" for character in value)):
        raise ValueError("A text has a character that is not allowed.")
    if isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            _refuse_unstorable(part)
    elif isinstance(value, list):
        for part in value:
            _refuse_unstorable(part)


def _explain(invalid: ValidationError) -> dict[str, Any]:
    """What the model can act on: which field, what was wrong, how to write it. Never what it wrote."""
    details = invalid.errors(include_url=False, include_input=False)[:8]
    fields = [".".join(map(str, detail["loc"]))[:60] or "arguments" for detail in details]
    message = "; ".join(f"{field}: {detail['msg']}" for field, detail in zip(fields, details, strict=True))
    advice = ", ".join(_advise(field, detail) for field, detail in zip(fields, details, strict=True))
    unique = list(dict.fromkeys(fields))
    return error(ErrorCode.INVALID_ARGUMENTS, message, hint=f"Call again {advice}.", fields=unique)


def _advise(field: str, detail: ErrorDetails) -> str:
    pattern = ADVICE.get(detail["type"].split("_")[0], OTHER_ADVICE)
    return pattern.format(field=field, expected=detail.get("ctx", {}).get("expected", ""))


def _flatten(schema: dict[str, Any]) -> dict[str, Any]:
    """A pydantic schema without references and noise, its optional fields open for the null that models send.

    Groq checks calls against the schema and turns a null for an optional field into `tool_use_failed`.
    """
    flat = _resolve(schema, definitions=schema.get("$defs", {}))
    flat.pop("description", None)  # the class's docstring is for programmers; the tool has its own description
    required = flat.get("required", [])
    properties = {
        name: field if name in required else _allow_null(field) for name, field in flat.get("properties", {}).items()
    }
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _resolve(schema: dict[str, Any], *, definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]] | {k: v for k, v in schema.items() if k != "$ref"}
    kept = {key: value for key, value in schema.items() if key not in ("title", "$defs")}
    if kept.get("default", ...) is None:
        del kept["default"]
    if kept.get("format") == "time":  # JSON Schema's "time" demands seconds and a zone: the opposite of a wall time
        del kept["format"]
        kept.setdefault("description", "HH:MM")
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    if "properties" in kept:
        kept["properties"] = {k: _resolve(v, definitions=definitions) for k, v in kept["properties"].items()}
    if isinstance(kept.get("items"), dict):
        kept["items"] = _resolve(kept["items"], definitions=definitions)
    if "anyOf" in kept:
        kept = _merge(kept, options=[_resolve(option, definitions=definitions) for option in kept["anyOf"]])
    return kept


def _merge(schema: dict[str, Any], *, options: list[dict[str, Any]]) -> dict[str, Any]:
    """`X | None` becomes X that allows null; any other choice stays a choice."""
    real = [option for option in options if option != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if len(real) > 1:
        return rest | {"anyOf": options}
    return (_allow_null(real[0]) if len(real) < len(options) else real[0]) | rest


def _allow_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in schema:
        options = [option for option in schema["anyOf"] if option != {"type": "null"}]
        return schema | {"anyOf": [*options, {"type": "null"}]}
    wider = dict(schema)
    if isinstance(schema.get("type"), str):
        wider["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        wider["enum"] = [*schema["enum"], None]
    return wider


@dataclass(frozen=True)
class Call:
    """A call as the model wrote it: `arguments` is unparsed text."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Usage:
    """Tokens, as the provider counts them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.prompt_tokens + other.prompt_tokens, self.completion_tokens + other.completion_tokens)


@dataclass(frozen=True)
class Answer:
    """One complete answer of a model."""

    text: str
    calls: tuple[Call, ...]
    model: str
    usage: Usage
    milliseconds: int


class ModelError(Exception):
    """No usable answer. `reason` is a short code for traces; `usage` is what the attempt cost all the same."""

    def __init__(self, reason: str, *, model: str = "", usage: Usage | None = None) -> None:
        super().__init__(reason)
        self.reason, self.model, self.usage = reason, model, usage or Usage()


class Unavailable(ModelError):  # noqa: N818 - reads as what happened
    """No model can be reached, is allowed, or answered in time: asking again at once is useless."""


class Unusable(ModelError):  # noqa: N818 - reads as what happened
    """A model answered, but not with anything to act on: another sample may be better."""


class TooLong(Unusable):
    """The messages do not fit the model: only shorter ones help."""


class Model(Protocol):
    """Anything that answers messages; `deadline` is an instant of `time.monotonic()`."""

    def answer(
        self, messages: Sequence[Mapping[str, Any]], *, tools: Sequence[Mapping[str, Any]], deadline: float
    ) -> Answer:
        """One complete answer; raises ModelError."""
        ...
