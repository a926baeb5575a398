"""Words of clients and models in an e-mail: one short line of plain text, of which no program makes a link. Pure.

What is surely a link goes. Other dots and colons inside a word get a blank behind them: no list of domains is complete,
and "Dra.Karina" stays readable.
"""

import re

from language import masking

LONGEST_NAME = 60
LONGEST_REASON = 200
LINK = "[link]"

_LINK = re.compile(r"://|\bwww\d*\.|\S@\S|\\\\|\d{1,3}(?:\.\d{1,3}){3}", re.IGNORECASE)
_INSIDE = re.compile(r"(?<=\S)\.(?=[^\W\d_])|(?<=[^\W\d_]):(?=\S)")
# An ideographic full stop parts the labels of a domain as well (RFC 3490, 3.1).
_FULL_STOP = str.maketrans("。", ".")


def line(text: str, *, longest: int) -> str:
    """Return a copy of `text` for an e-mail; empty if there is nothing to see in it."""
    words = masking.plain(text).translate(_FULL_STOP).split()
    shown = " ".join(LINK if _LINK.search(word) else _INSIDE.sub(r"\g<0> ", word) for word in words)
    return shown if len(shown) <= longest else f"{shown[: longest - 1].rstrip()}…"
