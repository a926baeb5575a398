"""`manage.py demo`: one command, one sentence when it cannot, nothing left behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from config import demo, engines, state

# The trial starts twice in this file, on a machine that may be busy.
pytestmark = pytest.mark.timeout(180)
MANAGE = [sys.executable, "manage.py"]


@dataclass
class Trial:
    """A running `manage.py demo` over a state folder of its own."""

    folder: Path
    port: int

    def __post_init__(self) -> None:
        self.output = self.folder / "output.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(  # noqa: S603 (the product)
                [*MANAGE, "demo"], cwd=state.PROJECT, env=self.environment(), stdout=output, stderr=output
            )

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        own = {"STATE_DIR": str(self.folder), "PORT": str(self.port), "DJANGO_SETTINGS_MODULE": "config.settings"}
        return kept | own

    def wait_ready(self) -> None:
        wait_until(lambda: "Ctrl-C stops everything" in self.output.read_text(), seconds=60, why=self.output)

    def status(self, path: str) -> int:
        """Return the HTTP status of a page, 0 while nothing answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def pids_of(self, named: str) -> list[int]:
        """Return a part's processes; another test may just have killed them, so wait for them."""
        wait_until(lambda: self.pids(named=named))
        return self.pids(named=named)

    def pids(self, *, named: str = "") -> list[int]:
        """Return the trial's processes: those that have its state folder in their environment or command line."""
        found = []
        for pid in [int(entry) for entry in os.listdir("/proc") if entry.isdecimal()]:  # noqa: PTH208 (they come and go)
            command = engines.command_of(pid)
            environment = ""
            with suppress(OSError):
                environment = Path(f"/proc/{pid}/environ").read_text(errors="replace")
            if str(self.folder) in command + environment and named in command:
                found.append(pid)
        return found


def wait_until(condition: Callable[[], object], *, seconds: float = 30, why: Path | None = None) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, why.read_text() if why else "it did not happen in time"
        time.sleep(0.1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def is_removed(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


@contextmanager
def running_trial() -> Iterator[Trial]:
    folder = Path(tempfile.mkdtemp(prefix="sineta-"))
    folder.chmod(0o711)
    trial = Trial(folder, free_port())
    try:
        trial.wait_ready()
        yield trial
    finally:
        trial.process.kill()
        trial.process.wait()
        for pid in trial.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not trial.pids())
        # A child of PostgreSQL's, whose title hides whose it is, may still write until it sees its parent gone.
        wait_until(lambda: is_removed(folder))


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    with running_trial() as trial:
        yield trial


def test_trial_answers_and_tells_where(trial: Trial) -> None:
    assert f"http://localhost:{trial.port}/simulator/" in trial.output.read_text()
    assert trial.status("/accounts/login/") == 200


def test_second_trial_is_refused_in_one_sentence(trial: Trial) -> None:
    second = subprocess.run(  # noqa: S603 (the product)
        [*MANAGE, "demo"], cwd=state.PROJECT, env=trial.environment(), capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert "CommandError: The demo runs already" in second.stderr.splitlines()[-1]
    assert trial.status("/accounts/login/") == 200


@pytest.mark.parametrize("named", ["granian", "-Q turns", "celery -A config beat"])
def test_killed_part_is_started_again(trial: Trial, named: str) -> None:
    before = trial.pids_of(named)
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: (now := trial.pids(named=named)) and not set(before) & set(now))
    wait_until(lambda: trial.status("/accounts/login/") == 200)


@pytest.mark.parametrize("named", ["config.keeper", "bin/postgres", "valkey-server"])
def test_killed_server_comes_back_under_the_trial(trial: Trial, named: str) -> None:
    killed = min(trial.pids_of(named))
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: trial.pids(named=named) and killed not in trial.pids())
    wait_until(lambda: trial.status("/accounts/login/") == 200)


def test_trial_goes_without_a_trace_and_returns_over_its_data() -> None:
    """First the supervisor is killed, then the next trial over the same folder is asked to stop."""
    with running_trial() as first:
        first.process.kill()
        wait_until(lambda: not first.pids())
        second = Trial(first.folder, first.port)
        second.wait_ready()
        second.process.send_signal(signal.SIGINT)
        assert second.process.wait(15) == 0
        assert second.pids() == []


def test_taken_port_is_refused_with_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(demo.DemoError, match=f"PORT={port + 1} make demo"):
            demo.check_port(port)


def test_part_that_keeps_dying_is_started_ever_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    (tmp_path / "logs").mkdir()
    part = demo.Part("web", [sys.executable, "-c", "raise SystemExit('no such module')"], patience=1)
    pauses = []
    now = 0.0
    for _ in range(3):
        demo.tend(part, now)
        assert part.process
        part.process.wait()
        demo.tend(part, now)
        pauses.append(part.start_after - now)
        now = part.start_after
    assert pauses == [1, 2, 4]
    assert "no such module" in part.log.read_text()
