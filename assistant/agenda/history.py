"""What happened to an appointment, in plain words, and who did it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from intake import wording
from scheduling.models import Appointment, AppointmentEvent, Professional

Kind = AppointmentEvent.Kind
Actor = AppointmentEvent.Actor


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    what: str
    who: str
    when: datetime
    note: str


def lines(appointment: Appointment, professional: Professional) -> list[Line]:
    """Return the history, the newest first."""
    events = appointment.events.order_by("-pk")
    return [
        Line(
            what=_what(event, professional),
            who=_who(event, appointment),
            when=event.created_at.astimezone(professional.zone),
            note=event.data.get("reason", ""),
        )
        for event in events
    ]


def _what(event: AppointmentEvent, professional: Professional) -> str:
    def at(key: str) -> str:
        return wording.moment(datetime.fromisoformat(event.data[key]), professional) if key in event.data else ""

    if event.data.get("unmarked"):
        return _("Mark taken back")
    if event.data.get("move"):
        return {
            Kind.DECLINED: _("Move to %(to)s declined"),
            Kind.LAPSED: _("Move to %(to)s lapsed without an answer"),
        }.get(Kind(event.kind), _("Move to %(to)s withdrawn")) % {"to": at("to")}
    words = {
        Kind.HELD: _("Time held while the client decides"),
        Kind.REQUESTED: _("Asked for %(at)s"),
        Kind.CONFIRMED: _("Booked for %(at)s"),
        Kind.APPROVED: _("Approved for %(at)s"),
        Kind.DECLINED: _("Request declined"),
        Kind.MOVE_REQUESTED: _("Asked to move to %(to)s"),
        Kind.MOVED: _("Moved from %(from)s to %(to)s"),
        Kind.CANCELLED: _("Cancelled"),
        Kind.COMPLETED: _("Marked as attended"),
        Kind.NO_SHOW: _("Marked as a no-show"),
        Kind.LAPSED: _("Request lapsed without an answer"),
    }[Kind(event.kind)]
    if event.kind == Kind.CONFIRMED and len(event.data.get("occurrences", [])) > 1:
        return _("Booked as a series of %(count)s") % {"count": len(event.data["occurrences"])}
    if "%(at)s" in words and "at" not in event.data:
        return event.get_kind_display()
    return words % {key: at(key) for key in ("at", "from", "to")}


def _who(event: AppointmentEvent, appointment: Appointment) -> str:
    if event.actor == Actor.PROFESSIONAL:
        return _("you")
    if event.actor == Actor.CLIENT:
        return str(appointment.client)
    # The reception has no login of its own, a program has its practice's.
    return _("a program") if event.user_id else _("the reception")
