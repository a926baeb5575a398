"""What was typed is an id of a row, or nothing."""

import pytest

from scheduling import ids


@pytest.mark.parametrize(
    ("text", "found"),
    [("7", 7), ("0", 0), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("", None), ("-7", None), ("٧", None), ("7 ", None)],
)
def test_only_ascii_digits_that_the_column_holds_are_one(text: str, found: int | None) -> None:
    assert ids.typed(text) == found
    assert found is None or found <= ids.LARGEST
