"""What a model writes is parsed once, strictly, and answered in one shape."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from language.tools import Arguments, ErrorCode, Outcome, Refusal, Tool, Toolbox, error


class Part(StrEnum):
    MORNING = "morning"
    EVENING = "evening"


class Guest(Arguments):
    """Docstrings are for programmers."""

    name: str


class Wanted(Arguments):
    """Docstrings are for programmers."""

    date: dt.date = Field(description="Day of the appointment")
    time: dt.time | None = None
    part: Part | None = None
    kind: Literal["first", "again"] = "first"
    people: int = Field(default=1, ge=1, le=4)
    title: str | None = Field(default=None, max_length=80)
    guest: Guest | None = None
    other: int | str | None = None


class Nothing(Arguments):
    pass


class Booked(BaseModel):
    day: dt.date
    note: str = ""


@dataclass
class Desk:
    """The context of these tests: it writes down what reached a tool."""

    wanted: list[Wanted] = field(default_factory=list)


def book(desk: Desk, wanted: Wanted) -> Booked:
    desk.wanted.append(wanted)
    if wanted.time == dt.time(13):
        raise Refusal("slot_taken", "That time is taken.", hint="Offer another.", fields=["time"])
    if wanted.time == dt.time(14):
        raise LookupError("database down")
    return Booked(day=wanted.date, note="às 15h")


def rest(desk: Desk, _: Nothing) -> Booked:
    return Booked(day=dt.date(2026, 11, 26))


TOOLBOX: Toolbox[Desk] = Toolbox(
    [Tool("book", "Marca um horário.", Wanted, Booked, book), Tool("rest", "Descansa.", Nothing, Booked, rest)]
)
DAY = {"date": "2026-11-26"}


def run(arguments: str | Mapping[str, Any], *, name: str = "book", desk: Desk | None = None) -> Outcome:
    return TOOLBOX.run(desk or Desk(), name, arguments)


def test_success_carries_the_result_and_the_validated_arguments() -> None:
    outcome = run('{"date": "2026-11-26", "time": "15:00", "part": null}')
    assert outcome.payload == {"ok": True, "day": "2026-11-26", "note": "às 15h"}
    assert outcome.arguments == {"date": "2026-11-26", "time": "15:00:00"}
    assert (outcome.name, outcome.ok, outcome.milliseconds >= 0) == ("book", True, True)


def test_tool_gets_typed_values() -> None:
    desk = Desk()
    run({**DAY, "time": "15:00", "part": "morning", "guest": {"name": " Caio "}}, desk=desk)
    expected = Wanted(date=dt.date(2026, 11, 26), time=dt.time(15), part=Part.MORNING, guest=Guest(name="Caio"))
    assert desk.wanted == [expected]


def test_text_for_the_model_keeps_accents() -> None:
    assert '"note": "às 15h"' in run(DAY).as_text()


def test_refusal_comes_back_in_the_one_error_shape() -> None:
    outcome = run({**DAY, "time": "13:00"})
    assert outcome.payload == error("slot_taken", "That time is taken.", hint="Offer another.", fields=["time"])
    assert outcome.arguments == {**DAY, "time": "13:00:00"}
    assert not outcome.ok


def test_bug_in_a_tool_passes_through() -> None:
    with pytest.raises(LookupError, match="database down"):
        run({**DAY, "time": "14:00"})


def test_wrong_result_type_is_a_bug() -> None:
    careless: Tool[Desk, Nothing, Any] = Tool("careless", "", Nothing, Booked, lambda _, __: Nothing())
    with pytest.raises(TypeError, match="careless returned Nothing, not Booked"):
        Toolbox([careless]).run(Desk(), "careless", {})


MALFORMED = [
    ("not valid JSON", "amanhã às 15h"),
    ("not valid JSON", '{"date": "2026-11'),
    ("not valid JSON", '{"date": "2026-11-26"} pronto'),
    ("not valid JSON", '{"date": "2026-11-26"}{"date": "2026-11-27"}'),
    ("not valid JSON", '<function=book>{"date": "2026-11-26"}</function>'),
    ("not a JSON object", '["2026-11-26"]'),
    ("not a JSON object", '"2026-11-26"'),
    ("same field twice", '{"date": "2026-11-26", "date": "2026-11-27"}'),
    ("same field twice", '{"date": "2026-11-26", "guest": {"name": "a", "name": "b"}}'),
    ("NaN is not a number", '{"date": "2026-11-26", "other": NaN}'),
    ("-Infinity is not a number", '{"date": "2026-11-26", "other": -Infinity}'),
    ("too large", '{"date": "2026-11-26", "other": 1e999}'),
    ("number is too long", f'{{"date": "2026-11-26", "other": {"9" * 400}}}'),
    ("number is too long", f'{{"date": "2026-11-26", "other": {"9" * 5000}}}'),
    ("nested too deeply", f'{{"date": {"[" * 3900}{"]" * 3900}}}'),
    ("", f'{{"date": {"[" * 900}{"]" * 900}}}'),
    ("arguments are too long", f'{{"date": "2026-11-26", "title": "{"a" * 9000}"}}'),
]


@pytest.mark.parametrize(("message", "arguments"), MALFORMED)
def test_malformed_arguments_reach_no_tool(message: str, arguments: str) -> None:
    """L7"""
    desk = Desk()
    outcome = run(arguments, desk=desk)
    assert message in outcome.payload["error"]["message"]
    assert outcome.payload["error"]["code"] == ErrorCode.INVALID_ARGUMENTS
    assert (outcome.ok, outcome.arguments, desk.wanted) == (False, None, [])


@pytest.mark.parametrize(
    "arguments",
    [
        r'{"date": "2026-11-26", "title": "a\u0000b"}',
        r'{"date": "2026-11-26", "title": "a\ud800b"}',
        r'{"date": "2026-11-26", "title": "a\udfff"}',
        '{"date": "2026-11-26", "title": "a\ud800b"}',
        r'{"date": "2026-11-26", "guest": {"name": "\u0000"}}',
        r'{"date": "2026-11-26", "\ud800": "key"}',
        {"date": "2026-11-26", "title": "a\ud800b"},
    ],
)
def test_text_that_the_database_refuses_reaches_no_tool(arguments: str | dict[str, Any]) -> None:
    """L8"""
    desk = Desk()
    outcome = run(arguments, desk=desk)
    assert (outcome.ok, desk.wanted) == (False, [])
    assert outcome.as_text().encode()


@pytest.mark.parametrize("key", ["tenant_id", "client_phone", "price", "professional"])
def test_extra_key_is_refused(key: str) -> None:
    """L9: the schema is closed."""
    desk = Desk()
    fault = run({**DAY, key: "2"}, desk=desk).payload["error"]
    assert (fault["code"], fault["fields"], desk.wanted) == ("invalid_arguments", [key], [])
    assert fault["hint"] == f"Call again without {key}."


def test_extra_key_inside_is_refused() -> None:
    """L9"""
    assert run({**DAY, "guest": {"name": "Caio", "tenant_id": 2}}).payload["error"]["fields"] == ["guest.tenant_id"]


def test_unknown_tool_gets_the_names_of_the_known() -> None:
    """L10"""
    outcome = run("{}", name="book\0\ud800_for_free")
    assert outcome.payload["error"]["code"] == ErrorCode.UNKNOWN_TOOL
    assert outcome.payload["error"]["hint"] == "Use one of: book, rest."
    assert outcome.name == "book___for_free"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({}, "Call again with date."),
        ({"date": "26/11/2026"}, "Call again with date as YYYY-MM-DD."),
        ({"date": "2026-02-30"}, "Call again with date as YYYY-MM-DD."),
        ({"date": 20261126}, "Call again with date as YYYY-MM-DD."),
        ({**DAY, "time": "15h"}, "Call again with time as HH:MM, local time without a zone."),
        ({**DAY, "time": "24:00"}, "Call again with time as HH:MM, local time without a zone."),
        ({**DAY, "time": "15:00Z"}, "Call again with time as HH:MM, local time without a zone."),
        ({**DAY, "time": "15:00-03:00"}, "Call again with time as HH:MM, local time without a zone."),
        ({**DAY, "part": "tarde"}, "Call again with part as one of 'morning' or 'evening'."),
        ({**DAY, "kind": "x"}, "Call again with kind as one of 'first' or 'again'."),
        ({**DAY, "people": "2"}, "Call again with people as the tool describes it."),
        ({**DAY, "people": True}, "Call again with people as the tool describes it."),
        ({**DAY, "people": 2.0}, "Call again with people as the tool describes it."),
        ({**DAY, "people": 99}, "Call again with people as the tool describes it."),
    ],
)
def test_hint_says_how_to_call_again(arguments: dict[str, Any], hint: str) -> None:
    """L7"""
    fault = run(arguments).payload["error"]
    assert (fault["code"], fault["hint"]) == ("invalid_arguments", hint)


def test_error_does_not_repeat_what_was_written() -> None:
    assert "canary" not in run({**DAY, "time": "canary", "people": "canary"}).as_text()


@pytest.mark.parametrize("nothing", ["", "  ", "null", "{}", {}])
def test_call_without_arguments_is_understood(nothing: str | dict[str, Any]) -> None:
    """Groq writes null when a tool has no arguments."""
    assert run(nothing, name="rest").ok


@pytest.mark.parametrize("absent", [None, ""])
def test_optional_field_left_blank_counts_as_absent(absent: str | None) -> None:
    outcome = run({**DAY, "time": absent, "people": absent, "part": absent})
    assert (outcome.ok, outcome.arguments) == (True, DAY)


@pytest.mark.parametrize("absent", [None, ""])
def test_required_field_left_blank_is_refused(absent: str | None) -> None:
    assert run({"date": absent}).payload["error"]["fields"] == ["date"]


def test_code_may_pass_dates_and_times() -> None:
    assert run({"date": dt.date(2026, 11, 26), "time": dt.time(15), "part": Part.EVENING}).ok


def test_equal_calls_have_one_spelling() -> None:
    """L11"""
    spellings: list[str | dict[str, Any]] = [
        '{"date": "2026-11-26", "time": "15:00"}',
        '{"time": "15:00:00", "date": "2026-11-26", "people": 1, "part": null, "title": ""}',
        {"date": dt.date(2026, 11, 26), "time": dt.time(15)},
    ]
    assert len({TOOLBOX.canonical("book", spelling) for spelling in spellings}) == 1
    assert TOOLBOX.canonical("book", {**DAY, "time": "15:30"}) != TOOLBOX.canonical("book", spellings[0])


@pytest.mark.parametrize(("name", "arguments"), [("book", "{}"), ("book", "{"), ("nothing", "{}")])
def test_invalid_call_has_no_spelling(name: str, arguments: str) -> None:
    assert TOOLBOX.canonical(name, arguments) is None


def test_schema_is_closed_and_plain() -> None:
    """L9; and a null for an optional field is no reason for Groq to throw the call away (L4)."""
    function = TOOLBOX.schemas()[0]["function"]
    assert (function["name"], function["description"]) == ("book", "Marca um horário.")
    assert function["parameters"] == {
        "type": "object",
        "properties": {
            "date": {"type": "string", "format": "date", "description": "Day of the appointment"},
            "time": {"type": ["string", "null"], "description": "HH:MM"},
            "part": {"type": ["string", "null"], "enum": ["morning", "evening", None]},
            "kind": {"type": ["string", "null"], "enum": ["first", "again", None], "default": "first"},
            "people": {"type": ["integer", "null"], "minimum": 1, "maximum": 4, "default": 1},
            "title": {"type": ["string", "null"], "maxLength": 80},
            "guest": {
                "type": ["object", "null"],
                "description": "Docstrings are for programmers.",
                "properties": {"name": {"type": "string"}},
                "required": ["name"],
                "additionalProperties": False,
            },
            "other": {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]},
        },
        "required": ["date"],
        "additionalProperties": False,
    }


def test_schema_without_arguments_still_has_properties() -> None:
    """Groq answers 400 to a schema with `required` and no `properties`."""
    expected = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    assert TOOLBOX.schemas()[1]["function"]["parameters"] == expected


def test_two_tools_of_one_name_are_refused() -> None:
    tool = Tool("rest", "", Nothing, Booked, rest)
    with pytest.raises(ValueError, match="share a name"):
        Toolbox([tool, tool])


def test_result_may_not_shadow_the_shape() -> None:
    class Confusing(BaseModel):
        ok: bool

    with pytest.raises(ValueError, match="reserved name: ok"):
        Tool("confuse", "", Nothing, Confusing, lambda _, __: Confusing(ok=False))


ANYTHING = st.text(st.characters(exclude_categories=()))  # with surrogates
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(ANYTHING | JSON.map(json.dumps))
def test_no_text_of_a_model_raises(arguments: str) -> None:
    """L7, L8"""
    outcome = run(arguments)
    assert json.loads(outcome.as_text().encode()) == outcome.payload


@patient
@given(st.dictionaries(st.sampled_from([*Wanted.model_fields, "tenant_id"]), JSON))
def test_no_value_of_a_model_raises(arguments: dict[str, Any]) -> None:
    """L7, L8, L9"""
    outcome = run({**DAY, **arguments})
    assert outcome.payload["ok"] is outcome.ok
    assert "tenant_id" not in arguments or not outcome.ok


@patient
@given(st.dates(), st.times(), st.integers(1, 4))
def test_every_valid_call_arrives_as_written(day: dt.date, time: dt.time, people: int) -> None:
    desk = Desk()
    arguments = {"date": day.isoformat(), "time": time.isoformat(), "people": people}
    TOOLBOX.canonical("book", arguments)
    if time not in (dt.time(13), dt.time(14)):
        run(json.dumps(arguments), desk=desk)
        assert desk.wanted == [Wanted(date=day, time=time, people=people)]
