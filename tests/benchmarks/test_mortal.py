"""The points at which `make chaos` kills are functions of the product: whoever renames one is told here."""

import os
import subprocess
import sys

from config import state

ARM = "import django; django.setup(); from benchmarks.chaos import mortal; mortal.arm_worker(); mortal.arm_web()"


def test_every_point_is_still_there() -> None:
    """Q1: in a process of its own, since the functions stay wrapped."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", ARM]
    armed = subprocess.run(  # noqa: S603 - the line above
        command, cwd=state.PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert armed.returncode == 0, armed.stderr
