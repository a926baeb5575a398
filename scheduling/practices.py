"""Writes of the professionals themselves: a practice is founded at the sign-up."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from scheduling.models import Professional

TRIAL = timedelta(days=14)


def found(user: User, *, name: str, language: str, timezone: str, now: datetime) -> Professional:
    """Write the practice of somebody new: plan Free, and everything open for two weeks."""
    return Professional.objects.create(
        user=user, name=name, language=language, timezone=timezone, trial_ends_at=now + TRIAL
    )
