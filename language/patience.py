"""How long to wait for somebody else's server: so long, whatever the network does."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, *, call: Callable[[], T], name: str) -> T:
    """`call`'s result, or TimeoutError after so many seconds, name look-up and trickling answers included.

    A socket's timeout runs anew with every byte, so no setting of a client can promise this. The thread left behind
    has to end by itself: `call` bounds connecting, each read and the body as a whole.
    """
    result: Future[T] = Future()

    def work() -> None:
        try:
            result.set_result(call())
        except Exception as trouble:  # noqa: BLE001 - handed over to the waiting thread
            result.set_exception(trouble)

    Thread(target=work, name=name, daemon=True).start()
    return result.result(timeout=seconds)
