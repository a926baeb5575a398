"""The processes of a trial: web server, two workers and beat, supervised until somebody says stop.

`manage.py demo` runs this over the embedded servers. In production each process has a supervisor of its own.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config import embedded, engines, keeper, state

# Python runs one of them at a time: more would only take turns. Chats and slow pages need some to spare.
WEB_THREADS = 16
# Connections taken at once, idle ones that are kept open too; what comes beyond waits in the backlog.
WEB_CONNECTIONS = 128
# A part that ran this long before it died has earned a start without a pause.
SETTLED_SECONDS = 30
LONGEST_PAUSE_SECONDS = 15


class DemoError(Exception):
    """The trial cannot start; the message says what to do."""


@dataclass
class Part:
    """One process of the trial: how to run it, and how it fares."""

    name: str
    command: list[str]
    # How long a stop may take before it is forced.
    patience: float
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    start_after: float = 0.0

    @property
    def log(self) -> Path:
        return state.folder() / "logs" / f"{self.name}.log"

    @property
    def note(self) -> Path:
        return state.folder() / "logs" / f"{self.name}.pid"


def parts(port: int) -> list[Part]:
    """Return the trial's processes in the order in which they start."""
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    worker = [*celery, "worker", "--pool", "threads", "--without-mingle", "--without-gossip", "--loglevel", "INFO"]
    # Each thread keeps a database connection: no more threads than PostgreSQL has room for, and no idle
    # time-out within which they would all have to connect again.
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "1", "--blocking-threads", str(WEB_THREADS), "--backpressure", str(WEB_CONNECTIONS)]
    web += ["--blocking-threads-idle-timeout", "600", "--workers-kill-timeout", "3", "config.wsgi:application"]
    schedule = state.folder() / "beat-schedule"
    return [
        Part("web", web, patience=5),
        Part("turns", [*worker, "-Q", "turns", "-c", "8", "-n", "turns@%h"], patience=6),
        Part("delivery", [*worker, "-Q", "delivery", "-c", "4", "-n", "delivery@%h"], patience=6),
        Part("beat", [*celery, "beat", "--schedule", str(schedule), "--pidfile="], patience=2),
    ]


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the trial's lock. Raises DemoError when another one runs over the same state folder."""
    lock = os.open(state.folder() / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DemoError("The demo runs already; stop it first (Ctrl-C in its terminal).") from None
    try:
        yield
    finally:
        os.close(lock)


def check_port(port: int) -> None:
    """Raise DemoError when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            advice = f"Choose another: PORT={port + 1} make demo"
            raise DemoError(f"Port {port} cannot be used ({error.strerror}). {advice}") from error


def supervise(running: list[Part], *, stopping: threading.Event, on_ready: Callable[[], None], port: int) -> None:
    """Run the parts until `stopping` is set; call `on_ready` once, when the web server answers."""
    ready = False
    try:
        while not stopping.wait(0.2):
            for part in running:
                tend(part, time.monotonic())
            if not ready and web_answers(port):
                ready = True
                on_ready()
    finally:
        stop(running)


def tend(part: Part, now: float) -> None:
    """Start a part that does not run, after a pause that grows while it keeps dying."""
    if part.process is None and now >= part.start_after:
        start(part, now)
    elif part.process and part.process.poll() is not None:
        note_end(part, part.process, now)


def start(part: Part, now: float) -> None:
    """Start the process, in a session of its own so that the terminal's Ctrl-C is left to the supervisor."""
    part.started_at = now
    engines.open_log(part.name)
    with part.log.open("ab") as output:
        part.process = subprocess.Popen(  # noqa: S603 (the commands above)
            part.command,
            cwd=state.PROJECT,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "STOP_GRACE_SECONDS": str(part.patience)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            # Safe beside the thread that watches the servers: it takes no lock between fork and exec.
            preexec_fn=engines.die_with_parent(signal.SIGTERM),
        )
    part.note.write_text(str(part.process.pid))


def note_end(part: Part, process: subprocess.Popen[bytes], now: float) -> None:
    """Say that a part died, remove what it left, and set the time of the next start."""
    kill_group(process.pid)
    part.process = None
    part.failures = 0 if now - part.started_at > SETTLED_SECONDS else part.failures + 1
    pause = min(0.5 * 2**part.failures, LONGEST_PAUSE_SECONDS)
    part.start_after = now + pause
    say(f"{part.name} ended (status {process.returncode}); starting it again in {pause:.0f} s. Its log: {part.log}")
    if part.failures:
        say(embedded.log_tail(part.name))


def stop(running: list[Part]) -> None:
    """Stop beat, then the workers (they finish what they do), then the web server; the last resort is force."""
    say("Stopping …")
    beat, workers, web = running[3:], running[1:3], running[:1]
    for group in (beat, workers, web):
        for part in group:
            if part.process:
                part.process.terminate()
        for part in group:
            if part.process:
                with suppress(subprocess.TimeoutExpired):
                    part.process.wait(part.patience)
                kill_group(part.process.pid)
                part.process.wait()
            part.note.unlink(missing_ok=True)


def retire_leftovers(running: list[Part]) -> None:
    """Stop what a killed supervisor left behind, where the kernel did not (it does so on Linux)."""
    (state.folder() / "logs").mkdir(mode=0o700, exist_ok=True)
    for part in running:
        keeper.retire(part.note, goodbye=signal.SIGTERM, mark=" ".join(part.command[1:]))


def kill_group(leader: int) -> None:
    """Kill what is left of a process's session, for example the web server's worker."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def web_answers(port: int) -> bool:
    """Return whether the web server answers anything at all."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def say(text: str) -> None:
    """Print at once; a terminal that has gone must not stop the stop."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
