"""The house stays as it is drawn: who may import whom, which tools there are, and what they can never be told."""

from typing import Any

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from intake import tools

# Freezes the list: a tool more is a decision, not a patch.
TOOLS = (
    "get_available_slots",
    "book_appointment",
    "get_professional_info",
    "list_my_appointments",
    "reschedule_appointment",
    "cancel_appointment",
    "ask_human",
)
ARGUMENTS = {
    "get_available_slots": {"date", "date_from", "date_to", "time", "service", "part_of_day"},
    "book_appointment": {"date", "time", "client_name", "service", "for_whom"},
    "get_professional_info": set(),
    "list_my_appointments": set(),
    "reschedule_appointment": {"reference", "date", "time"},
    "cancel_appointment": {"reference"},
    "ask_human": {"reason"},
}
IDENTITY = (
    "phone",
    "client_id",
    "professional",
    "tenant",
    "recipient",
    "address",
    "url",
    "email",
    "price",
    "to_number",
)


def test_layers_are_kept() -> None:
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


def test_tools_are_the_seven() -> None:
    """P7"""
    assert tools.TOOLBOX.names == TOOLS


@pytest.mark.parametrize("schema", tools.TOOLBOX.schemas(), ids=lambda schema: schema["function"]["name"])
def test_tool_takes_these_arguments_and_no_others(schema: dict[str, Any]) -> None:
    """L9, P7"""
    parameters = schema["function"]["parameters"]

    assert set(parameters["properties"]) == ARGUMENTS[schema["function"]["name"]]
    assert parameters["additionalProperties"] is False


@pytest.mark.parametrize("schema", tools.TOOLBOX.schemas(), ids=lambda schema: schema["function"]["name"])
def test_nobody_can_be_named(schema: dict[str, Any]) -> None:
    """P1, P2"""
    names = schema["function"]["parameters"]["properties"]

    assert not [name for name in names for word in IDENTITY if word in name]
