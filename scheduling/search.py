"""Finding and sorting by words as people type them: capitals and accents do not matter.

By `translate`, which every PostgreSQL has, instead of the extension `unaccent`, which managed ones may refuse.
"""

import unicodedata
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Lower

_ACCENTED = "áàâãäåāăąçćčďéèêëēėęěíìîïīįłñńňóòôõöøōőřśšťúùûüūůűýÿźžż"
_PLAIN = "".join(unicodedata.normalize("NFD", letter)[0] for letter in _ACCENTED.replace("ł", "l").replace("ø", "o"))


def plain(field: str) -> Func:
    """Return a text column in small letters without accents, for filters and orders."""
    text = Lower(F(field))
    return Func(text, Value(_ACCENTED), Value(_PLAIN), function="translate", output_field=TextField())


def holds_one_of(field: str, parts: Iterable[str]) -> Q:
    """Return the condition that a column holds at least one of the parts, of which there is one."""
    return reduce(or_, (Q(**{f"{field}__contains": part}) for part in parts))


def fold(text: str) -> str:
    """Return what somebody typed as `plain` would give it; NUL, which PostgreSQL cannot store, is left out."""
    return text.replace("\x00", "").lower().translate(str.maketrans(_ACCENTED, _PLAIN))
