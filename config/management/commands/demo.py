"""`manage.py demo`: everything of a trial on this machine, in one terminal."""

import io
import os
import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connections

from config import demo, engines, state


class Command(BaseCommand):
    help = "Set up the demo data and run web server, workers and beat until Ctrl-C."
    # Checks run in `migrate`, over the database that this command has just made sure of.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        stopping = threading.Event()
        for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(wish, lambda *_: stopping.set())
        if "MAKELEVEL" in os.environ:
            # A killed make cannot pass the end on.
            engines.follow_parent(signal.SIGTERM)
        try:
            with demo.only_one():
                run(stopping)
        except demo.DemoError as error:
            raise CommandError(str(error)) from error


def run(stopping: threading.Event) -> None:
    """Prepare the data, then run the trial's processes until `stopping` is set."""
    running = demo.parts(settings.PORT)
    demo.retire_leftovers(running)
    demo.check_port(settings.PORT)
    demo.say("Preparing the database …")
    call_command("migrate", verbosity=0, interactive=False)
    logins = seed()
    connections.close_all()
    demo.say("Starting web server, workers and beat …")
    demo.supervise(
        running, stopping=stopping, on_ready=lambda: demo.say(describe(logins, settings.PORT)), port=settings.PORT
    )


def seed() -> str:
    """Write the demo's data and return what its command says: the logins."""
    if "seed_demo" not in get_commands():
        return ""
    output = io.StringIO()
    call_command("seed_demo", stdout=output)
    return output.getvalue().rstrip()


def describe(logins: str, port: int) -> str:
    """Return what somebody who tries Sineta for the first time wants to know."""
    home = f"http://localhost:{port}"
    mails = settings.EMAIL_FILE_PATH if hasattr(settings, "EMAIL_FILE_PATH") else "your mail server"
    groq = "configured" if settings.GROQ_API_KEY else "no GROQ_API_KEY: the receptionist guides with numbered choices"
    twilio = "configured" if settings.TWILIO_AUTH_TOKEN else "no credentials: nothing leaves, use the simulator"
    return f"""
Sineta is running.

  Simulator   {home}/simulator/    write as a client
  Dashboard   {home}/              what the professional sees
  Admin       {home}/admin/        every row

{logins}

  Groq        {groq}
  WhatsApp    {twilio}
  E-mail      {mails}
  Logs        {Path(state.folder()) / "logs"}

Ctrl-C stops everything.
"""
