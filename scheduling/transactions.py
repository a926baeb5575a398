"""Transactions that PostgreSQL ends for another's sake are begun again, as a whole."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from scheduling.errors import BookingError, Code

P = ParamSpec("P")
R = TypeVar("R")

MOST_REPEATS = 3
# PostgreSQL's deadlock_detected and serialization_failure: nothing was written, and the next try may well succeed.
_ENDED_FOR_ANOTHER = frozenset({"40P01", "40001"})
# A lock that was not to be had within lock_timeout.
_LOCK_NOT_AVAILABLE = "55P03"


def repeated(act: Callable[P, R]) -> Callable[P, R]:
    """Run a function in a transaction, and again if that was ended for another's sake, MOST_REPEATS times at most.

    Raises BUSY if others stay in the way. Inside a caller's transaction it runs once and PostgreSQL's error goes on:
    only who began the transaction can begin it again.
    """
    in_transaction = transaction.atomic(act)

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return in_transaction(*args, **kwargs)
        for left in reversed(range(MOST_REPEATS + 1)):
            try:
                return in_transaction(*args, **kwargs)
            except OperationalError as error:
                if not will_pass(error):
                    raise
                # Whoever has waited long enough for a lock does not wait four times as long.
                if not left or sqlstate(error) not in _ENDED_FOR_ANOTHER:
                    raise BookingError(Code.BUSY) from error
        raise AssertionError("the last round returns or raises")

    return run


def will_pass(error: OperationalError) -> bool:
    """Return whether others were in the way, so that the same may succeed in a moment; nothing was written."""
    return sqlstate(error) in _ENDED_FOR_ANOTHER | {_LOCK_NOT_AVAILABLE}


def is_lost(error: OperationalError) -> bool:
    """Return whether the connection is gone: the server ended it (57P01 and its kin) or said nothing any more."""
    return not sqlstate(error) or sqlstate(error).startswith(("08", "57P"))


def sqlstate(error: Exception) -> str:
    """Return PostgreSQL's five characters for what went wrong, empty if it said none."""
    return getattr(error.__cause__, "sqlstate", None) or ""
