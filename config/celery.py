"""The Celery application. Messages carry row ids only; `intake/tasks.py` turns rows into effects."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("sineta")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
