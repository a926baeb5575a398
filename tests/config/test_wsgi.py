"""What the web server loads."""

import os
import subprocess
import sys

from config import state


def test_collections_leave_out_what_was_loaded() -> None:
    """W12: looking through all of it would hold every request for a tenth of a second."""
    program = "import gc, config.wsgi; print(gc.get_freeze_count() > 10 * len(gc.get_objects()))"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-W", "ignore", "-c", program]
    ended = subprocess.run(command, cwd=state.PROJECT, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - its own Python
    assert ended.stdout.strip() == "True"
