"""PostgreSQL and Valkey as servers whose plug can be pulled."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.processes import wait_for
from config import embedded, engines, state


@dataclass
class Server:
    """One server. `end` is how it dies: at once, without a farewell to anybody."""

    name: str
    command: Callable[[], list[str]]
    answers: Callable[[], bool]
    end: signal.Signals
    process: subprocess.Popen[bytes] | None = None
    # Whether whoever revives servers is to start it again.
    is_wanted: bool = True

    def start(self) -> None:
        """Start it and wait until it answers, or is pulled again."""
        self.process = engines.spawn(self.command(), folder=state.folder(), log=self.name, goodbye=self.end)
        wait_for(lambda: self.answers() or self.has_died(), seconds=60)

    def pull(self) -> None:
        """Pull the plug and wait until nobody answers."""
        process = self.process
        if process is not None:
            process.send_signal(self.end)
            process.wait(30)

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None


# SIGQUIT is PostgreSQL's immediate shutdown: no session is ended properly, the next start recovers from the log.
POSTGRES = Server(embedded.POSTGRES, engines.postgres_command, engines.postgres_answers, signal.SIGQUIT)
VALKEY = Server(embedded.VALKEY, engines.valkey_command, engines.valkey_answers, signal.SIGKILL)


@contextmanager
def running() -> Iterator[None]:
    """Run both in this process's care: whoever dies is started again, unless it is not wanted."""
    (state.folder() / "logs").mkdir(mode=0o700, exist_ok=True)
    engines.make_folder(embedded.socket_folder())
    engines.check_reach(embedded.socket_folder())
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            for server in (POSTGRES, VALKEY):
                if server.is_wanted and server.has_died():
                    server.start()

    POSTGRES.start()
    VALKEY.start()
    # One thread for all of the time: a server dies with the thread that started it.
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        POSTGRES.pull()
        VALKEY.pull()


def kill_postgres() -> None:
    """Pull its plug from whatever process this is called in."""
    with contextlib.suppress(OSError, ValueError):
        [note] = state.folder().glob("postgres-*/postmaster.pid")
        os.kill(int(note.read_text().split()[0]), POSTGRES.end)
