"""`manage.py seed_demo`: two practices with half a year of history, and three logins."""

import os
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.utils import timezone

from config import state
from intake import demo as talking
from scheduling import demo
from scheduling.models import Professional


class Command(BaseCommand):
    help = "Write the demo's professionals, clients and appointments once; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        password = os.environ.get("DEMO_PASSWORD") or state.secret("demo_password")
        count = demo.seed(password=password, now=timezone.now())
        if count:
            ana = Professional.objects.get(user__username=demo.ANA.fields["email"])
            talks = talking.seed(ana, now=timezone.now())
            self.stdout.write(f"Wrote the demo: {count} appointments, {talks} conversations.")
        else:
            self.stdout.write("The demo data is there already; nothing was changed.")
        # Where somebody has chosen another password since, it is theirs to know.
        for user in get_user_model().objects.filter(username__in=demo.LOGINS).order_by("username"):
            shown = password if user.check_password(password) else "(as you set it)"
            self.stdout.write(f"  {user.username}  {shown}")
