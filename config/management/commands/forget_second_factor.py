"""`manage.py forget_second_factor EMAIL`: for somebody who lost the device and the recovery codes."""

from typing import Any

from allauth.account.internal.userkit import filter_users_by_email
from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assistant.accounts import adapter


class Command(BaseCommand):
    help = "Remove authenticator app, passkeys and recovery codes of a login, and log it out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the e-mail the person logs in with")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        email = options["email"]
        adapter.vouch_for(email)
        users = filter_users_by_email(email, prefer_verified=True)
        if not users:
            raise CommandError(f"No login has the e-mail {email}.")
        for user in users:
            Authenticator.objects.filter(user=user).delete()
            adapter.end_sessions(user)
        self.stdout.write("Done: the password alone opens this account again. Tell the owner to add a new device.")
