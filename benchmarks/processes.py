"""The product's own processes, as the trial starts them, over the benchmarks' servers and state."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from config import demo, state
from tests.standins.twilio import ACCOUNT, TOKEN

PORT, BARE_PORT = int(os.environ.get("BENCH_PORT", "18080")), 18081
ORIGIN = f"http://127.0.0.1:{PORT}"
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "0",
    "SECRET_KEY": "of-the-benchmarks-alone",
    "ALLOWED_HOSTS": "127.0.0.1",
    "PUBLIC_BASE_URL": ORIGIN,
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "LOG_LEVEL": "ERROR",
}


@contextmanager
def running(command: Sequence[str], **environment: str) -> Iterator[int]:
    """Run one process and return its id; its output goes to the state folder's logs."""
    log = state.folder() / "logs" / "bench.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - the product's own commands
            command,
            cwd=state.PROJECT,
            env=os.environ | ENVIRONMENT | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def command(part: str) -> list[str]:
    """Return how the trial starts that part."""
    return next(one.command for one in demo.parts(PORT) if one.name == part)


def bare_command() -> list[str]:
    """Return the web server's command with the baseline's application behind it, on a port of its own."""
    replaced: Mapping[str, str] = {str(PORT): str(BARE_PORT), "config.wsgi:application": "benchmarks.bare:application"}
    return [replaced.get(word, word) for word in command("web")]


def wait_for(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait until the condition holds. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s; see {state.folder() / 'logs' / 'bench.log'}")
        time.sleep(0.002)


def memory(pids: Sequence[int]) -> float:
    """Return what these processes and their children keep in memory, in MB; shared pages count once (PSS)."""
    total = 0
    for pid in with_children(pids):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def with_children(pids: Sequence[int]) -> list[int]:
    """Return these processes, their children, and theirs in turn."""
    found = list(pids)
    for pid in found:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found
