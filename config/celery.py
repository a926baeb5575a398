"""The Celery application. Messages carry row ids only; `intake/tasks.py` turns rows into effects."""

import logging.config
import os
from threading import Timer
from typing import Any

from celery import Celery, signals

from config import heartbeats, logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

WORKER_NICENESS = 10

app = Celery("sineta")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

signals.heartbeat_sent.connect(heartbeats.note_worker)
signals.after_task_publish.connect(heartbeats.note_beat)
signals.before_task_publish.connect(logs.pass_on_request)
signals.task_prerun.connect(logs.bind_task)


@signals.worker_init.connect
def yield_to_the_web(**_signal: Any) -> None:
    """Let the web server go first on a full machine: Twilio waits seconds for it, and asks at most twice."""
    os.nice(WORKER_NICENESS)


@signals.setup_logging.connect
def keep_logging(**_signal: Any) -> None:
    """Log as the web does: without a receiver of this signal Celery installs handlers of its own."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.worker_shutting_down.connect
def give_turns_back_in_time(**_signal: Any) -> None:
    """A worker that is told to stop finishes its turns; just before it would be killed, others get them."""
    from django.conf import settings

    rest = Timer(max(settings.STOP_GRACE_SECONDS - 2, 0), _give_turns_back)
    rest.daemon = True
    rest.start()


def _give_turns_back() -> None:
    from intake import agent, inbox, tasks

    for conversation_id in agent.release_turns():
        tasks.wake(tasks.reply, conversation_id, after=inbox.CONTENTION_SECONDS)
