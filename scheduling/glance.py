"""What the admin counts on its overview and lists behind each figure: the same rows, so the two always agree.

Days and months are those of the current time zone: the professional's, or the operator's page. The figures of
`assistant/metrics.py` are always one professional's; the operator's are everybody's together, and each is a list that
the admin filters further, so they are counted here. A professional's own rate is the same in both.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scheduling.models import Appointment

Rows = QuerySet[Appointment]
Status = Appointment.Status


def today(rows: Rows) -> Rows:
    """Return what stands in today's agenda."""
    begin = _midnight()
    return _standing(rows).filter(starts_at__gte=begin, starts_at__lt=_midnight(begin + timedelta(hours=36)))


def requests(rows: Rows) -> Rows:
    """Return what waits for the professional's answer."""
    return _standing(rows).filter(status=Status.PENDING)


def attended(rows: Rows) -> Rows:
    """Return what took place this month."""
    return _this_month(rows).filter(status=Status.COMPLETED)


def missed(rows: Rows) -> Rows:
    """Return this month's no-shows."""
    return _this_month(rows).filter(status=Status.NO_SHOW)


TITLES = {
    "today": _("Today"),
    "requests": _("Waiting for approval"),
    "attended": _("Completed this month"),
    "missed": _("No-shows this month"),
}
ROWS: dict[str | None, Callable[[Rows], Rows]] = {
    "today": today,
    "requests": requests,
    "attended": attended,
    "missed": missed,
}


def _standing(rows: Rows) -> Rows:
    lapsed = Q(status__in=[Status.HELD, Status.PENDING], expires_at__lte=timezone.now())
    return rows.filter(is_trial=False).exclude(status=Status.CANCELLED).exclude(lapsed)


def _this_month(rows: Rows) -> Rows:
    begin = _midnight().replace(day=1)
    following = (begin + timedelta(days=32)).replace(day=1)
    return rows.filter(is_trial=False, starts_at__gte=begin, starts_at__lt=following)


def _midnight(moment: datetime | None = None) -> datetime:
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
