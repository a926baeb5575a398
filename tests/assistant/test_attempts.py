"""How often a password may be guessed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from assistant.accounts import attempts

HOME, CAFE = "198.51.100.7", "203.0.113.9"
ANA = "ana@example.com"

logins = st.text(max_size=30)
addresses = st.ip_addresses().map(str)


@pytest.fixture(autouse=True)
def _cache(servers: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def fail(login: str, address: str, *, times: int) -> list[int]:
    """Guess wrongly that often; return what was left after each try."""
    left = []
    for _ in range(times):
        left.append(attempts.take(login, address=address))
        attempts.note_failure(login)
    return left


def test_five_tries_then_a_pause() -> None:
    """A1: guessing stops."""
    assert fail(ANA, HOME, times=6) == [4, 3, 2, 1, 0, -1]


def test_pause_ends() -> None:
    fail(ANA, HOME, times=6)
    assert 0 < cast("Any", cache).ttl(attempts.pair_key(ANA, HOME)) <= attempts.PAUSE_SECONDS


def test_stranger_does_not_lock_the_owner_out() -> None:
    """A3: the pause is that of the pair of login and address."""
    fail(ANA, CAFE, times=9)
    assert attempts.take(ANA, address=HOME) >= 0


def test_login_that_is_guessed_at_from_everywhere_gets_slow_and_is_not_locked() -> None:
    """A3: from any new address one try in a pause, the owner's among them."""
    for number in range(attempts.SUSPICIOUS):
        fail(ANA, f"203.0.113.{number}", times=1)
    assert fail(ANA, "203.0.113.200", times=2) == [0, -1]
    assert attempts.take(ANA, address=HOME) == 0


def test_success_is_no_try_but_wipes_no_failure() -> None:
    """A1: a log-in of one's own in between buys no new guesses."""
    fail(ANA, HOME, times=3)
    attempts.take(ANA, address=HOME)
    attempts.give_back(ANA, address=HOME)
    assert attempts.take(ANA, address=HOME) == 1


def test_new_password_by_email_begins_anew() -> None:
    fail(ANA, HOME, times=9)
    attempts.forget(ANA, address=HOME)
    assert attempts.take(ANA, address=HOME) == attempts.TRIES - 1


def test_parallel_tries_are_counted_each() -> None:
    """A1: a hundred at once are not one."""
    with ThreadPoolExecutor(16) as pool:
        left = list(pool.map(lambda _: attempts.take(ANA, address=HOME), range(100)))
    assert sum(one >= 0 for one in left) == attempts.TRIES


@pytest.mark.parametrize("typed", ["ANA@example.com", " ana@example.com ", "ana@ｅxample.com"])
def test_login_is_one_however_it_is_typed(typed: str) -> None:
    """A1"""
    assert attempts.pair_key(typed, HOME) == attempts.pair_key(ANA, HOME)


@given(logins, addresses, logins, addresses)
def test_no_two_pairs_share_a_counter(login: str, address: str, other: str, elsewhere: str) -> None:
    """N9: what one login did is never another's."""
    pairs = {(attempts._folded(login), address), (attempts._folded(other), elsewhere)}
    assert len({attempts.pair_key(login, address), attempts.pair_key(other, elsewhere)}) == len(pairs)


@given(logins, addresses)
def test_key_names_nobody(login: str, address: str) -> None:
    """N9: and none looks like another purpose's."""
    key = attempts.pair_key(login, address)
    assert len(key) == len("login:") + 64
    assert key != attempts._watch_key(login)
