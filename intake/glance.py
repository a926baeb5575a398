"""Which conversations the admin counts on its overview and lists behind the figure."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone


def waiting(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the conversations whose client asked for a person; one taken over unasked has no reason."""
    return rows.filter(human_until__gt=timezone.now()).exclude(human_reason="")
