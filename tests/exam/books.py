"""The rows as they stand at this moment, read the naive way: what is free, whose is what, what things cost."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from intake.models import Conversation
from scheduling.models import Appointment, Professional, Service


class Books:
    """What may be told about one professional to the person at one address."""

    def __init__(self, professional: Professional, address: str) -> None:
        self.professional, self.now = professional, timezone.now()
        rows = Appointment.objects.filter(professional=professional).select_related("service", "client")
        mine = set(rows.filter(client__addresses__address=address).values_list("pk", flat=True))
        live = [row for row in rows if row.status != "cancelled"]
        self.own = [row for row in rows if row.pk in mine]
        self.others = [row for row in live if row.pk not in mine]
        self.services: Sequence[Service] = list(professional.services.filter(is_active=True))
        self.hours = list(professional.working_hours.filter(date=None))
        self._moves = _is_moving(professional, address)

    def day(self, day: int, month: int) -> dt.date:
        """Return the date that is meant without a year: the one nearest to today."""
        today = self.now.astimezone(self.professional.zone).date()
        years = (today.year - 1, today.year, today.year + 1)
        return min((dt.date(year, month, day) for year in years), key=lambda one: abs((one - today).days))

    def instant(self, day: dt.date, at: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, at, self.professional.zone).astimezone(dt.UTC)

    def is_free(self, day: dt.date, at: dt.time, services: Sequence[Service] = ()) -> bool:
        """Return whether one of the services could be booked then."""
        return any(self._has_room(self.instant(day, at), one) for one in services or self.services)

    def has(self, day: dt.date | None, at: dt.time, *, statuses: Sequence[str] = ()) -> bool:
        """Return whether this person has, wants or had that time."""
        return any(
            moment.astimezone(self.professional.zone).time() == at
            and day in (None, moment.astimezone(self.professional.zone).date())
            for row in self.own
            if not statuses or row.status in statuses
            for moment in (row.starts_at, row.move_to, row.ends_at)
            if moment
        )

    def find(self, reference: str) -> Appointment | None:
        return next((row for row in self.own if row.reference == reference), None)

    def prices(self, *, of: str = "") -> set[Decimal]:
        """Return the prices of the services that a text names; of none all that are true."""
        named = [one for one in self.services if one.name in of]
        return {one.price for one in named or self.services} | {row.price for row in self.own if not named}

    def opens_or_closes(self, at: dt.time) -> bool:
        return any(at in (row.opens_at, row.closes_at) for row in self.hours)

    def changed(self, kind: str) -> bool:
        """Return whether that ever happened to an appointment of this person."""
        return any(row.events.filter(kind=kind).exists() for row in self.own)

    def _has_room(self, start: dt.datetime, service: Service) -> bool:
        end, local = start + service.duration, start.astimezone(self.professional.zone)
        ends_local = end.astimezone(self.professional.zone)
        opened = any(
            row.weekday == local.weekday() and row.opens_at <= local.time() and ends_local.time() <= row.closes_at
            for row in self.hours
        )
        if not opened or start < self.now + dt.timedelta(minutes=self.professional.minimum_notice_minutes):
            return False
        busy = [*self.others, *([] if self._moves else [row for row in self.own if row.status == "confirmed"])]
        return not any(row.starts_at < end and start < row.ends_at for row in busy)


def _is_moving(professional: Professional, address: str) -> bool:
    """While an appointment is being moved its own time counts as free."""
    found = Conversation.objects.filter(professional=professional, address=address).first()
    state = found.recall() if found else None
    if state is None:
        return False
    return bool(state.draft.moving_id or (state.question and state.question.original_id))
