"""Where this installation keeps what it makes for itself: embedded data, sockets, generated secrets.

An ordinary user's state lives in `.state/` in the project. PostgreSQL refuses to run as root and must
reach its data as another user, which it cannot below `/root` or a private folder, so root's state lives
in `/var/lib/sineta-<hash of the project's path>`. `STATE_DIR` overrides both.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """Return the state folder, made if it is missing. A relative `STATE_DIR` counts from the project.

    Raises PermissionError with advice when this account may not make it.
    """
    path = (PROJECT / (os.environ.get("STATE_DIR") or _default_folder())).resolve()
    if not path.is_dir():
        try:
            path.mkdir(parents=True)
            # Others may enter, whatever the umask: root's PostgreSQL does, under another account.
            path.chmod(0o711)
        except FileExistsError:
            pass
        except PermissionError as error:
            raise PermissionError(f"{path} cannot be made: set STATE_DIR to a folder of yours.") from error
    return path


def secret(name: str) -> str:
    """Return the generated secret of that name, the same one at every call until the state is deleted."""
    path = folder() / f"{name}.secret"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32))
        # link() publishes the finished file or fails: two first starts agree on one value.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def _default_folder() -> Path:
    if os.geteuid() != 0:
        return PROJECT / ".state"
    return Path("/var/lib") / f"sineta-{hashlib.sha256(str(PROJECT).encode()).hexdigest()[:12]}"
