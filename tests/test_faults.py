"""docs/faults.md is a promise: every test that it names exists and says which fault it is about."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINES = re.findall(r"^\| [A-Z]\d+ \|.*$", (ROOT / "docs" / "faults.md").read_text(), re.MULTILINE)
NAMED = [
    (line.split("|")[1].strip(), *test.split("::"))
    for line in LINES
    for test in re.findall(r"`(tests/\S+::\w+)`", line)
]


@cache
def docstrings(path: str) -> dict[str, str]:
    """Return the docstrings of a file's tests by name."""
    tree = ast.parse((ROOT / path).read_text())
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {test.name: ast.get_docstring(test) or "" for test in tests}


@pytest.mark.parametrize(("fault", "path", "test"), NAMED)
def test_named_test_exists_and_names_its_fault(fault: str, path: str, test: str) -> None:
    assert re.search(rf"\b{fault}\b", docstrings(path)[test])


def test_list_is_not_empty() -> None:
    assert len(NAMED) > 100
