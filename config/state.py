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
    """Return the state folder, made if it is missing."""
    path = Path(os.environ.get("STATE_DIR") or _default_folder()).resolve()
    path.mkdir(parents=True, exist_ok=True, mode=0o711)
    return path


def secret(name: str) -> str:
    """Return the generated secret of that name, the same one at every call until the state is deleted."""
    path = folder() / f"{name}.secret"
    with suppress(FileExistsError):
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(secrets.token_urlsafe(32))
        draft.chmod(0o600)
        # link() publishes the finished file or fails: two first starts agree on one value.
        try:
            os.link(draft, path)
        finally:
            draft.unlink()
    return path.read_text()


def _default_folder() -> Path:
    if os.geteuid() != 0:
        return PROJECT / ".state"
    return Path("/var/lib") / f"sineta-{hashlib.sha256(str(PROJECT).encode()).hexdigest()[:12]}"
