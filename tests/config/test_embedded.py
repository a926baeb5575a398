"""The embedded servers: shared, healed and stopped, whoever is killed."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from pathlib import Path

import psycopg
import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from kombu import Connection

from config import embedded, engines, keeper, state

USER = """
import sys
from config import embedded

with embedded.servers():
    print("ready", flush=True)
    sys.stdin.read()
"""
ROOT = os.geteuid() == 0
SYSTEM_PYTHON = f"/usr/bin/python3.{sys.version_info.minor}"


@contextmanager
def state_folder() -> Iterator[Path]:
    """A fresh state folder that root's servers can reach (pytest's own folders are closed to them)."""
    folder = Path(tempfile.mkdtemp(prefix="sineta-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def used_folder() -> Iterator[Path]:
    with state_folder() as folder:
        yield folder


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder that nobody has used."""
    with state_folder() as folder:
        yield from stage(folder, monkeypatch)


@pytest.fixture
def home(used_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder that was probably used before, which saves the time of a first start."""
    yield from stage(used_folder, monkeypatch)


def stage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("STATE_DIR", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    yield folder
    for pid in processes(folder):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not processes(folder))


class User:
    """Another process that uses the servers."""

    def __init__(self, *, python: str = sys.executable, uid: int | None = None) -> None:
        self.process = subprocess.Popen(  # noqa: S603 (the script above)
            [python, "-c", USER],
            cwd=state.PROJECT,
            env=os.environ | {"PYTHONPATH": sysconfig.get_path("purelib")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=uid,
            group=uid,
            extra_groups=[] if uid else None,
        )

    def __enter__(self) -> "User":
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def wait_ready(self) -> None:
        assert self.process.stdout
        assert self.process.stderr
        assert self.process.stdout.readline() == "ready\n", self.process.stderr.read()

    def leave(self) -> None:
        self.process.communicate(timeout=15)

    def kill(self) -> None:
        self.process.kill()
        self.leave()


def may_run(program: str, *, uid: int) -> bool:
    check = ["/bin/sh", "-c", 'test -x "$1"', "sh", program]
    return subprocess.run(check, user=uid, group=uid, extra_groups=[], check=False).returncode == 0  # noqa: S603


def processes(folder: Path, *, named: str = "") -> list[int]:
    """Return the processes whose command line names the state folder."""
    pids = [int(entry) for entry in os.listdir("/proc") if entry.isdecimal()]  # noqa: PTH208 (processes come and go)
    return [pid for pid in pids if str(folder) in (command := engines.command_of(pid)) and named in command]


def wait_until(condition: Callable[[], object], *, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def query(statement: str) -> list[tuple[object, ...]]:
    with closing(psycopg.connect(embedded.database_url(), autocommit=True, connect_timeout=5)) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def answer() -> bool:
    """Return whether both servers answer."""
    try:
        with closing(redis.Redis.from_url(embedded.redis_url())) as valkey:
            return bool(query("SELECT 1") and valkey.ping())
    except (psycopg.Error, redis.RedisError):
        return False


def test_first_start_makes_servers_that_outlive_no_user(fresh: Path) -> None:
    with User() as user:
        user.wait_ready()
        assert answer()
        assert query("SELECT datlocprovider, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'sineta'")
    wait_until(lambda: not processes(fresh), seconds=0.5)


def test_settings_are_safe_for_data(home: Path) -> None:
    with User() as user, closing(redis.Redis.from_url(embedded.redis_url())) as valkey:
        user.wait_ready()
        assert query("SHOW fsync") == [("on",)]
        assert query("SHOW listen_addresses") == [("",)]
        assert valkey.config_get("maxmemory-policy", "appendonly") == {
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
        }


def test_first_starts_at_once_agree(fresh: Path) -> None:
    with ExitStack() as stack:
        users = [stack.enter_context(User()) for _ in range(4)]
        for user in users:
            user.wait_ready()
        assert len(processes(fresh, named="config.keeper")) == 1
        assert answer()
    wait_until(lambda: not processes(fresh), seconds=0.5)


def test_servers_stay_until_the_last_user_leaves(home: Path) -> None:
    with User() as second:
        with User() as first:
            first.wait_ready()
            second.wait_ready()
        assert answer()
    wait_until(lambda: not processes(home), seconds=0.5)


def test_killed_user_leaves_nothing_running(home: Path) -> None:
    user = User()
    user.wait_ready()
    user.kill()
    wait_until(lambda: not processes(home))


def test_killed_keeper_is_replaced_and_rows_are_kept(home: Path) -> None:
    with User() as user:
        user.wait_ready()
        query("CREATE TABLE IF NOT EXISTS bell AS SELECT 7 AS rings")
        old = processes(home)
        os.kill(processes(home, named="config.keeper")[0], signal.SIGKILL)
        wait_until(lambda: not set(old) & set(processes(home)) and answer())
        assert query("SELECT rings FROM bell") == [(7,)]
    wait_until(lambda: not processes(home), seconds=0.5)


def test_user_who_leaves_while_the_keeper_is_replaced_waits_for_the_end(home: Path) -> None:
    user = User()
    user.wait_ready()
    old = processes(home)
    os.kill(processes(home, named="config.keeper")[0], signal.SIGKILL)
    wait_until(lambda: set(processes(home, named="config.keeper")) - set(old))
    left_at = time.monotonic()
    user.leave()
    assert time.monotonic() - left_at < embedded.STOPPED_WITHIN_SECONDS / 2
    assert not processes(home, named="bin/postgres")


def test_killed_keeper_without_users_takes_its_servers_along(home: Path) -> None:
    user = User()
    user.wait_ready()
    os.kill(user.process.pid, signal.SIGSTOP)  # so that it cannot start another keeper
    os.kill(processes(home, named="config.keeper")[0], signal.SIGKILL)
    wait_until(lambda: not processes(home))
    user.kill()


@pytest.mark.parametrize("name", ["bin/postgres", "valkey"])
def test_killed_server_is_started_again_with_its_data(home: Path, name: str) -> None:
    with User() as user, closing(redis.Redis.from_url(embedded.redis_url())) as valkey:
        user.wait_ready()
        query("CREATE TABLE IF NOT EXISTS bell AS SELECT 7 AS rings")
        valkey.set("rings", 7)
        time.sleep(1.1)  # Valkey's log reaches the disk once a second
        killed = min(processes(home, named=name))
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: killed not in processes(home) and answer())
        assert query("SELECT rings FROM bell") == [(7,)]
        assert valkey.get("rings") == b"7"


def test_next_start_takes_over_from_anything_left(fresh: Path) -> None:
    """A pid file with a stranger's number, an initdb and a copy that were interrupted, a dead keeper's socket."""
    with User() as user:
        user.wait_ready()
    data = next(fresh.glob("postgres-*"))
    # PostgreSQL itself sees through a number of another account only.
    owner = engines.account()
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=owner.uid if owner else None)
    (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n")
    (fresh / "postgres-18.new").mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as dead:
        assert not (embedded.socket_folder() / "keeper.sock").exists()
        dead.bind(str(embedded.socket_folder() / "keeper.sock"))
    with User() as user:
        user.wait_ready()
        assert answer()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


@pytest.mark.parametrize(("mark", "survives"), [("/bin/sleep 61", False), ("/bin/sleep 62", True)])
def test_orphan_is_stopped_and_a_stranger_with_its_number_is_not(tmp_path: Path, mark: str, survives: bool) -> None:
    """Where the kernel does not stop a killed keeper's servers, the next keeper does."""
    with subprocess.Popen(["/bin/sleep", "61"]) as orphan:
        note = tmp_path / "valkey.pid"
        note.write_text(str(orphan.pid))
        wait_until(lambda: engines.command_of(orphan.pid))
        keeper.retire(note, goodbye=signal.SIGTERM, mark=mark)
        assert (orphan.poll() is None) == survives
        assert not note.exists()
        orphan.kill()


def test_state_folder_with_a_long_and_odd_path_works(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fresh / ("ação de sino? " * 8)
    monkeypatch.setenv("STATE_DIR", str(folder))
    with User() as user:
        user.wait_ready()
        assert answer()
    assert len(embedded.redis_url()) < 107
    assert embedded.socket_folder().stat().st_mode & 0o077 == 0
    shutil.rmtree(embedded.socket_folder())


def test_server_that_cannot_start_is_explained_by_its_log(fresh: Path) -> None:
    with User() as user:
        user.wait_ready()
    (next(fresh.glob("postgres-*")) / "PG_VERSION").write_text("9.6\n")
    user = User()
    output, errors = user.process.communicate(timeout=15)
    assert output == ""
    assert "The end of" in errors
    assert "initialized by PostgreSQL version 9.6" in errors


@pytest.mark.skipif(not ROOT, reason="root alone runs the servers under another account")
def test_folder_closed_to_roots_servers_is_refused_with_advice(fresh: Path) -> None:
    fresh.chmod(0o700)
    user = User()
    _, errors = user.process.communicate(timeout=15)
    assert "Set STATE_DIR to a folder that everybody may enter" in errors


def test_strict_umask_locks_nobody_out(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIR", str(fresh / "below"))
    before = os.umask(0o077)
    try:
        with User() as user:
            user.wait_ready()
            assert answer()
    finally:
        os.umask(before)


@pytest.mark.skipif(not ROOT, reason="root alone can become somebody else")
def test_ordinary_user_runs_the_servers_without_copies(fresh: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(fresh, nobody, nobody)
    python = next(filter(lambda path: may_run(path, uid=nobody), (sys.executable, SYSTEM_PYTHON)), None)
    if python is None:
        pytest.skip("this Python is closed to other accounts")
    with User(python=python, uid=nobody) as user:
        user.wait_ready()
        assert answer()
        assert not list(fresh.glob("embedded_postgres*"))
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in processes(fresh)} == {nobody}
    wait_until(lambda: not processes(fresh), seconds=0.5)


@pytest.mark.parametrize(
    "line",
    ["", "help", "version", "--help", "migrate --help", "check", "when quinta", "collectstatic", "compilemessages"],
)
def test_command_without_data_starts_no_server(line: str) -> None:
    assert isinstance(embedded.servers_for(["manage.py", *line.split()]), nullcontext)


@pytest.mark.parametrize("line", ["migrate", "runserver", "check --database default", "shell", "demo"])
def test_command_with_data_starts_servers(line: str) -> None:
    assert not isinstance(embedded.servers_for(["manage.py", *line.split()]), nullcontext)


def test_configured_servers_replace_the_embedded_ones(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db/sineta")
    monkeypatch.setenv("REDIS_URL", "redis://broker")
    with embedded.servers():
        wait_until(lambda: not processes(home), seconds=0.5)


def test_only_the_missing_server_is_started(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db/sineta")
    with User() as user:
        user.wait_ready()
        assert processes(home, named="valkey-server")
        assert not processes(home, named="bin/postgres")


@given(
    database=st.integers(0, 60),
    form=st.sampled_from(["redis://h:1/{}", "unix:///a/b?db={}", "redis+socket:///a/b?virtual_host={}"]),
)
def test_broker_and_cache_never_share_a_database(database: int, form: str) -> None:
    broker, cache = embedded.broker_and_cache(form.format(database))
    assert embedded.broker_and_cache(broker) == (broker, cache)
    assert f"{database}" == broker.rpartition("=")[2].rpartition("/")[2]
    assert redis.ConnectionPool.from_url(cache).connection_kwargs["db"] == database + 1


def test_url_without_database_means_the_first_two() -> None:
    assert embedded.broker_and_cache("redis://u:p@h") == ("redis://u:p@h/0", "redis://u:p@h/1")
    assert embedded.broker_and_cache("unix://:p@/a/b") == (
        "redis+socket://:p@/a/b?virtual_host=0",
        "unix://:p@/a/b?db=1",
    )


def test_tls_checks_the_certificate_for_both_clients() -> None:
    broker, cache = embedded.broker_and_cache("rediss://h?ssl_cert_reqs=CERT_REQUIRED")
    assert Connection(broker).ssl
    assert redis.ConnectionPool.from_url(cache).connection_kwargs["ssl_cert_reqs"] == "required"


def test_unknown_broker_is_refused() -> None:
    with pytest.raises(ValueError, match="REDIS_URL must start with"):
        embedded.broker_and_cache("amqp://h")
