"""The process that runs the embedded servers for `config/embedded.py`: `python -m config.keeper STATE_FOLDER`.

One keeper a state folder, by an exclusive lock. PostgreSQL and Valkey are its direct children: it starts
again one that dies, and stops both when the last user has gone. On Linux the kernel stops them when the
keeper itself is killed; elsewhere the next keeper does.
"""

import fcntl
import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config import embedded, engines, state
from config.embedded import ServersError

logger = logging.getLogger("keeper")

FIRST_USER_WITHIN_SECONDS = 10
TRIES_BEFORE_SAYING_SO = 5
STOP_SECONDS = 8


@dataclass
class Server:
    """One server that the keeper runs: how to start it, and how it fares."""

    name: str
    command: Callable[[], list[str]]
    answers: Callable[[], bool]
    # PostgreSQL: SIGINT is its fast shutdown, SIGTERM would wait for every session to end.
    goodbye: signal.Signals
    process: subprocess.Popen[bytes] | None = None
    ready: bool = False
    failures: int = 0
    started_at: float = 0.0
    start_after: float = 0.0
    reason: str = ""

    def tend(self, now: float) -> None:
        """Take the next step towards a server that answers."""
        if self.process is None:
            if now >= self.start_after:
                self._start(now)
        elif self.process.poll() is not None:
            self._note_failure(now, f"{self.name} ended with status {self.process.returncode}")
        elif not self.ready:
            self.ready = self.answers()

    def stop(self) -> None:
        """Stop the process, in the end by force, and return when it is gone."""
        if self.process is None:
            return
        for wish, patience in ((self.goodbye, STOP_SECONDS), (signal.SIGQUIT, 2), (signal.SIGKILL, 10)):
            self.process.send_signal(wish)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
                return

    def _start(self, now: float) -> None:
        self.started_at = now
        note = embedded.socket_folder() / f"{self.name}.pid"
        try:
            command = self.command()
            retire(note, goodbye=self.goodbye, mark=str(embedded.socket_folder()))
            self.process = engines.spawn(command, folder=state.folder(), log=self.name, goodbye=self.goodbye)
            note.write_text(str(self.process.pid))
        except (ServersError, OSError, subprocess.SubprocessError) as error:
            self._note_failure(now, str(error))

    def _note_failure(self, now: float, reason: str) -> None:
        # A server that ran for a while has earned a fresh start at once.
        self.failures = 1 if self.ready and now - self.started_at > 30 else self.failures + 1
        self.process, self.ready, self.reason = None, False, reason
        pause = min(0.1 * 2 ** (self.failures - 1), 10.0)
        self.start_after = now + pause
        logger.warning("%s; starting it again in %.1f s", reason, pause)


def retire(note: Path, *, goodbye: signal.Signals, mark: str) -> None:
    """Stop the process whose number is in `note`, if a killed parent left it running.

    `mark` is a part of its command line: it tells our process from a stranger that got its number.
    """
    with suppress(OSError, ValueError):
        pid = int(note.read_text())
        for wish, patience in ((goodbye, STOP_SECONDS), (signal.SIGQUIT, 2), (signal.SIGKILL, 5)):
            deadline = time.monotonic() + patience
            while mark in engines.command_of(pid):
                if time.monotonic() > deadline:
                    break
                os.kill(pid, wish)
                time.sleep(0.1)
        note.unlink()


@dataclass
class Users:
    """The connections of those who use the servers."""

    listener: socket.socket
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    # What each asked for; empty until its request has come.
    wishes: dict[socket.socket, frozenset[str]] = field(default_factory=dict)
    waiting: set[socket.socket] = field(default_factory=set)
    # Those who said farewell while nobody else was there: they wait for the end of the connection,
    # which is that of this process.
    leaving: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener.settimeout(0)
        self.selector.register(self.listener, selectors.EVENT_READ)

    def listen(self, patience: float) -> None:
        """Take up newcomers, requests and farewells for at most `patience` seconds."""
        for key, _ in self.selector.select(patience):
            if key.fileobj is self.listener:
                self._accept()
            else:
                self._read(key.fileobj)  # type: ignore[arg-type]  # sockets are all that is registered

    def wished(self) -> frozenset[str]:
        """Return the names of the servers that somebody needs."""
        return frozenset().union(*self.wishes.values())

    def answer(self, text: str, *, to: socket.socket) -> None:
        """Send one who waits the answer to his request."""
        self.waiting.discard(to)
        with suppress(OSError):
            to.sendall(text.encode() + b"\0")

    def _accept(self) -> None:
        with suppress(OSError):
            user, _ = self.listener.accept()
            user.settimeout(2)
            self.wishes[user] = frozenset()
            self.selector.register(user, selectors.EVENT_READ)

    def _read(self, user: socket.socket) -> None:
        try:
            request = user.recv(256)
        except OSError:
            request = b""
        if request:
            self.wishes[user] = frozenset(request.decode(errors="replace").split())
            self.waiting.add(user)
            return
        self.selector.unregister(user)
        self.waiting.discard(user)
        del self.wishes[user]
        self.leaving.append(user)

    def dismiss(self) -> None:
        """Let those go who said farewell: somebody else needs the servers."""
        while self.leaving:
            self.leaving.pop().close()


def keep(users: Users, servers: list[Server]) -> None:
    """Run what is needed until nobody needs anything; return with the servers still up."""
    deadline = time.monotonic() + FIRST_USER_WITHIN_SECONDS
    served = False
    while users.wished() or (not served and time.monotonic() < deadline):
        needed = [server for server in servers if server.name in users.wished()]
        users.listen(0.5 if all(server.ready for server in needed) else 0.03)
        for server in needed:
            server.tend(time.monotonic())
        answer_those_who_wait(users, servers)
        if users.wished():
            served = True
            users.dismiss()


def answer_those_who_wait(users: Users, servers: list[Server]) -> None:
    """Tell each who waits that all he needs is ready, or what fails again and again."""
    for user in list(users.waiting):
        needed = [server for server in servers if server.name in users.wishes[user]]
        if all(server.ready for server in needed):
            users.answer(embedded.READY, to=user)
        elif failing := [server for server in needed if server.failures >= TRIES_BEFORE_SAYING_SO]:
            reasons = [f"{server.reason}.\n{embedded.log_tail(server.name)}".strip() for server in failing]
            users.answer("\n".join(reasons), to=user)


def claim() -> socket.socket | None:
    """Return the keeper's listening socket, or None when another keeper serves already.

    Waits for one that is stopping its servers. The lock is held until this process ends.
    """
    lock = os.open(state.folder() / "keeper.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    address = embedded.socket_folder() / "keeper.sock"
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
                probe.connect(str(address))
                return None
            time.sleep(0.03)
    address.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    listener.listen(128)
    return listener


def serve() -> None:
    """Be the keeper, if there is none, until nobody needs the servers."""
    listener = claim()
    if listener is None:
        return
    servers = [
        Server(embedded.POSTGRES, engines.postgres_command, engines.postgres_answers, goodbye=signal.SIGINT),
        Server(embedded.VALKEY, engines.valkey_command, engines.valkey_answers, goodbye=signal.SIGTERM),
    ]
    users = Users(listener)
    try:
        keep(users, servers)
    finally:
        # First the door, so that whoever comes now meets the next keeper; it waits for the lock.
        listener.close()
        (embedded.socket_folder() / "keeper.sock").unlink(missing_ok=True)
        for server in servers:
            server.stop()


def detach() -> None:
    """Leave the terminal and the caller, who waits for this process to return, and log to a file."""
    if os.fork():
        os._exit(0)
    log = os.open(engines.open_log("keeper"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    logging.basicConfig(format="{asctime} {message}", style="{", level=logging.INFO)
    # A plain kill stops the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def main() -> None:
    """Make the folders, detach and serve; the argument shows in a list of processes whose keeper it is."""
    os.environ["STATE_DIR"] = sys.argv[1]
    try:
        (state.folder() / "logs").mkdir(mode=0o700, exist_ok=True)
        engines.make_folder(embedded.socket_folder())
        engines.check_reach(embedded.socket_folder())
    except (OSError, ServersError) as error:
        sys.exit(str(error))
    detach()
    serve()
    # At once: the last user sees the end of its connection now and expects to find nothing left.
    os._exit(0)


if __name__ == "__main__":
    main()
