"""What is left of a person who wants to be forgotten: appointments that say when and how much, and nobody's name."""

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from scheduling import booking
from scheduling.models import Appointment, AppointmentEvent, AuditEntry, Client, ClientAddress, Professional

Status = Appointment.Status

# What an event may keep: instants, ids, marks. Reasons are words about the person.
_KEPT_DATA = frozenset({"at", "from", "to", "request", "move", "undone", "unmarked"})


def coming(client: Client) -> int:
    """Return how many appointments of the person would be cancelled."""
    return _open(client).filter(replaces=None).exclude(status=Status.HELD).count()


def anonymise(client: Client, *, user: User | None) -> Client:
    """Cancel what is to come, and take everything that tells who it was from the person's rows; return the row.

    Nobody is told of the cancellations: an address that is forgotten cannot be written to. Call it in a transaction;
    whoever needs conversations as well locks them first. Safe to repeat.
    """
    Professional.objects.select_for_update(no_key=True).get(pk=client.professional_id)
    client = Client.objects.select_for_update().get(pk=client.pk)
    if client.erased_at is not None:
        return client
    for appointment in _open(client):
        _end(appointment, user=user)
    _scrub(client)
    ClientAddress.objects.filter(client=client).delete()
    client.name = client.address = client.email = client.notes = ""
    client.phone, client.is_blocked, client.erased_at = None, False, timezone.now()
    client.save()
    AuditEntry.objects.create(
        professional_id=client.professional_id,
        user=user,
        kind=AuditEntry.Kind.CLIENT_ERASED,
        data={"client": client.pk},
    )
    return client


def _open(client: Client) -> QuerySet[Appointment]:
    to_come = Q(status=Status.CONFIRMED, starts_at__gt=timezone.now())
    return client.appointments.filter(to_come | Q(status__in=[Status.HELD, Status.PENDING])).order_by("pk")


def _end(appointment: Appointment, *, user: User | None) -> None:
    """Cancel an agreed time, give a held one back; wanted moves go with the time that they would have replaced."""
    if appointment.status == Status.HELD:
        booking.release(appointment)
    elif appointment.replaces_id is None:
        booking.cancel(appointment, actor=booking.professional_actor(user))


def _scrub(client: Client) -> None:
    # A wish for another time disappears with the words that made it; the agreed time is past or cancelled by now.
    client.appointments.filter(replaces__isnull=False).delete()
    client.appointments.update(attendee="", cancel_reason="", intent_key=None)
    events = AppointmentEvent.objects.filter(appointment__client=client)
    for event in events.only("pk", "data"):
        kept = {name: value for name, value in event.data.items() if name in _KEPT_DATA}
        if kept != event.data:
            AppointmentEvent.objects.filter(pk=event.pk).update(data=kept)
    events.filter(announced_at=None).update(announced_at=timezone.now())
