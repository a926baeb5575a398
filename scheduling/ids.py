"""Ids of rows as URLs, forms and programs give them."""

# What the column holds.
LARGEST = 2**63 - 1


def typed(text: str) -> int | None:
    """Return the id that was typed, None for anything else; one of 19 digits might be larger than any."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
