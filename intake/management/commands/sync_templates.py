"""`manage.py sync_templates`: make the Twilio account ready for messages with buttons. May be repeated."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intake import quick_replies, twilio
from intake.twilio import SendError


class Command(BaseCommand):
    help = "Create the content templates for buttons in the Twilio account and note their ids."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not twilio.configured():
            raise CommandError("Nothing to do without TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
        try:
            synced = quick_replies.sync()
        except SendError as no:
            raise CommandError(_explained(no)) from no
        self.stdout.write(
            f"Templates for buttons: {synced.created} created, {synced.known} known already. "
            "Questions, offers of up to three times and undo now go with buttons."
        )


def _explained(no: SendError) -> str:
    """Say what an operator can do about it."""
    if no.status in (401, 403):
        return f"Twilio refuses the credentials ({no.code}): look at TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."
    if not no.status:
        return f"Twilio did not answer ({no.code}). What was created stays; run the command again."
    return f"Twilio refused ({no.code}, {no.message}): see twilio.com/docs/api/errors. What was created stays."
