"""The product's workers, beat and web server, killed with -9: `… mortal celery worker …`, `… mortal granian …`.

A professional whose profession is the name of a point has clients who bring death there: each once at most, one
half in their first turn, the other with their yes. The product's own code runs; a function at the point is wrapped.
The processes are forked from one that has everything loaded, so that the next one is there in a moment.
"""

import os
import signal
import sys
from collections.abc import Callable
from functools import cache, wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from benchmarks.chaos import servers
from config import celery_app, engines

Function = Callable[..., Any]

# Where, and how it is told.
POINTS = {
    "claim": "after the claim",
    "model": "after an answer of the model",
    "hold": "after the hold",
    "uncommitted": "before the commit of turn and outbox",
    "committed": "after the commit of turn and outbox",
    "unacknowledged": "before the ack of the task",
    "attempted": "after the attempt row",
    "unsent": "before the POST to Twilio",
    "sent": "after the POST, before the mark",
    "marked": "after the mark",
}
WEB_POINTS = {
    "unstored": "web server, before the commit of a message",
    "unpublished": "web server, after the commit, before the wake-up",
}
POSTGRES_POINT = "postgres"
# A yes asks no model and holds nothing.
_FIRST_TURN_ONLY = frozenset({"model", "hold"})


def deaths(point: str) -> int:
    """Return how often somebody died there."""
    return len(list(_folder().glob(f"{point}-*")))


def _folder() -> Path:
    return Path(os.environ["CHAOS_FOLDER"])


def passing(point: str, conversation_id: int | None) -> None:
    """Die if this conversation's time has come at this point."""
    if conversation_id is None:
        return
    profession, client = _whose(conversation_id)
    if profession != point or not _is_time(point, conversation_id, client):
        return
    try:
        (_folder() / f"{point}-{client}").touch(exist_ok=False)
    except FileExistsError:
        return
    if point == POSTGRES_POINT:
        servers.kill_postgres()
    else:
        os.kill(os.getpid(), signal.SIGKILL)


@cache
def _whose(conversation_id: int) -> tuple[str, int]:
    """Return the professional's profession and the client's number."""
    from intake.models import Conversation

    found = Conversation.objects.values_list("professional__profession", "address").get(pk=conversation_id)
    return found[0], int(found[1].rpartition("+")[2])


def _is_time(point: str, conversation_id: int, client: int) -> bool:
    """Whether this is the client's turn to die, and the first try of it: else a group that died would do so again."""
    from intake.models import InboundMessage, OutboundMessage

    heard = InboundMessage.objects.filter(conversation=conversation_id).values_list("attempts", flat=True)
    said = OutboundMessage.objects.filter(conversation=conversation_id).values_list("attempts", flat=True)
    turn = 1 if point in _FIRST_TURN_ONLY else 1 + client % 2
    return len(heard) == turn and max([*heard, *said]) <= 1


def before(function: Function, act: Function) -> Function:
    @wraps(function)
    def wrapped(*args: Any, **named: Any) -> Any:
        act(*args)
        return function(*args, **named)

    return wrapped


def after(function: Function, act: Function) -> Function:
    """Call `act` with the result and the arguments."""

    @wraps(function)
    def wrapped(*args: Any, **named: Any) -> Any:
        result = function(*args, **named)
        act(result, *args)
        return result

    return wrapped


def arm_worker() -> None:
    """Wrap the functions at the worker's points."""
    from celery.signals import task_postrun

    from intake import agent, inbox, outbox, proposals, twilio
    from language import loop

    def finished(_: object, _context: object, conversation: Any, *_rest: object) -> None:
        passing("uncommitted", conversation.pk)
        passing(POSTGRES_POINT, conversation.pk)

    def told(point: str) -> Function:
        return lambda message: passing(point, message.conversation_id)

    patch: Any = setattr
    patch(inbox, "claim", after(inbox.claim, lambda lease, pk: passing("claim", pk if lease else None)))
    talk = loop._Talk
    patch(talk, "_answer", after(talk._answer, lambda _, talk: passing("model", talk.context.conversation.pk)))
    patch(proposals, "hold", after(proposals.hold, lambda _, context: passing("hold", context.conversation.pk)))
    patch(agent, "_finish", after(agent._finish, finished))
    patch(agent, "_take_turn", after(agent._take_turn, lambda _, lease: passing("committed", lease.conversation_id)))
    attempted = told("attempted")
    patch(outbox, "_next", after(outbox._next, lambda attempt: attempt and attempted(attempt.message)))
    sent = told("sent")
    patch(twilio, "send", before(after(twilio.send, lambda _, message: sent(message)), told("unsent")))
    marked = told("marked")
    patch(outbox, "_deliver", after(outbox._deliver, lambda _, attempt: marked(attempt.message)))
    task_postrun.connect(_acknowledging, weak=False)


def _acknowledging(task: Any, args: tuple[Any, ...], **_signal: Any) -> None:
    if task.name == "intake.tasks.reply":
        passing("unacknowledged", args[0])


def arm_web() -> None:
    """Wrap the functions at the web server's points."""
    from django.db import transaction

    from intake import inbox, tasks

    receive = inbox.receive

    def received(*args: Any) -> Any:
        # One transaction around that of the product: what dies here dies before the commit.
        with transaction.atomic():
            stored = receive(*args)
            if stored is not None:
                passing("unstored", stored.conversation_id)
        return stored

    patch: Any = setattr
    patch(inbox, "receive", received)
    patch(tasks, "wake", before(tasks.wake, lambda _task, pk=None: passing("unpublished", pk)))


def supervise(work: Callable[[], object]) -> None:
    """Do the work in a child, and again in another whenever it ends. A SIGTERM ends both."""
    child, stopping = 0, False

    def stop(*_signal: object) -> None:
        nonlocal stopping
        stopping = True
        os.kill(child, signal.SIGTERM)

    while not stopping:
        child = os.fork()
        if not child:
            engines.follow_parent(signal.SIGKILL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            work()
            os._exit(0)
        signal.signal(signal.SIGTERM, stop)
        os.waitpid(child, 0)


def main() -> None:
    """Be the program whose name and arguments follow, over and over."""
    from granian.cli import entrypoint

    program, *arguments = sys.argv[1:]
    django.setup()
    if program == "celery":
        celery_app.loader.import_default_modules()
        arm_worker()
        supervise(lambda: celery_app.start(arguments))
    else:
        import_module("config.wsgi")
        arm_web()
        sys.argv = [program, *arguments]
        supervise(entrypoint)


if __name__ == "__main__":
    main()
