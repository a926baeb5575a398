"""How often a password may be guessed: counted for each pair of a login and an address it is tried from.

A login that is guessed at from everywhere is not locked, or anybody could lock out anybody: each address then
has one try in a pause instead of five, so that guessing gets slow and the owner, at an address of his own, still
gets in. The counters live in the shared cache; without it nobody logs in (sessions go on), see docs/decisions.md.
"""

import hashlib
import unicodedata

from django.core.cache import cache

TRIES = 5
PAUSE_SECONDS = 300
# From so many failures in an hour on, from wherever they came, an address has one try.
SUSPICIOUS = 20
WATCHED_SECONDS = 3600


def take(login: str, *, address: str) -> int:
    """Count a try before it is made; return how many are left after it, below zero if this one is too many.

    Counting first, in one step of the cache's, is what keeps a hundred parallel tries from being one.
    """
    limit = 1 if _read(_watch_key(login)) >= SUSPICIOUS else TRIES
    return limit - _increase(pair_key(login, address), PAUSE_SECONDS)


def note_failure(login: str) -> None:
    """Count a wrong password, from wherever it came."""
    _increase(_watch_key(login), WATCHED_SECONDS)


def give_back(login: str, *, address: str) -> None:
    """Take back the try that succeeded. Earlier failures stay: a log-in of one's own must not buy new guesses."""
    key = pair_key(login, address)
    if _read(key) > 0:
        _increase(key, PAUSE_SECONDS, by=-1)


def forget(login: str, *, address: str) -> None:
    """Begin anew for somebody who has proved by e-mail who he is."""
    cache.delete_many([pair_key(login, address), _watch_key(login)])


def pair_key(login: str, address: str) -> str:
    """Return the counter's key. An address holds no "|", so that no two pairs can share one."""
    return f"login:{_digest(f'{address}|{_folded(login)}')}"


def _watch_key(login: str) -> str:
    return f"login-watch:{_digest(_folded(login))}"


def _folded(login: str) -> str:
    """However it was typed, it is one login."""
    return unicodedata.normalize("NFKC", login).casefold().strip()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _read(key: str) -> int:
    return int(cache.get(key) or 0)


def _increase(key: str, seconds: int, *, by: int = 1) -> int:
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key, by))
    except ValueError:
        # It ran out between the two steps.
        cache.set(key, by, timeout=seconds)
        return by
