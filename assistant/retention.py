"""What of the professional's side has been kept long enough, for the nightly sweep of `intake/retention.py`.

Workers load this as well, so it needs no REST framework.
"""

from datetime import datetime, timedelta

from assistant.models import KeptAnswer
from intake.retention import Rule

# At least; the sweep comes once a day.
ANSWERS = timedelta(hours=24)


def answers(now: datetime) -> Rule:
    """Return the answers to programs whose Idempotency-Key nobody will send again."""
    return Rule("answers to programs", KeptAnswer.objects.filter(created_at__lt=now - ANSWERS))
