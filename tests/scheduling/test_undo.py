"""A client's booking taken back within five minutes, whatever the cut-off."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from scheduling import booking
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client
from tests import cast

pytestmark = pytest.mark.django_db

PROFESSIONAL = booking.professional_actor()


@pytest.fixture
def caio() -> Client:
    return cast.caio(cast.ana())


def just_booked(client: Client) -> AppointmentEvent:
    appointment = cast.booked(client, cast.next_weekday(2))
    return appointment.events.latest("pk")


def undo(event: AppointmentEvent, *, after: timedelta = timedelta(0)) -> Appointment:
    return booking.undo(event, asked_at=event.created_at + after)


def refused(event: AppointmentEvent, *, after: timedelta = timedelta(0)) -> bool:
    with pytest.raises(BookingError) as no:
        undo(event, after=after)
    return no.value.code == Code.NOT_POSSIBLE


def test_fresh_booking_is_cancelled_by_its_client(caio: Client) -> None:
    event = just_booked(caio)
    assert undo(event, after=timedelta(minutes=5)).status == "cancelled"
    newest = AppointmentEvent.objects.latest("pk")
    assert (newest.kind, newest.actor, newest.data["undone"]) == ("cancelled", "client", True)


def test_cut_off_does_not_count(caio: Client) -> None:
    caio.professional.cancellation_cutoff_hours = 24 * 30
    caio.professional.save()
    assert undo(just_booked(caio)).status == "cancelled"


def test_time_is_free_again(caio: Client) -> None:
    event = just_booked(caio)
    undo(event)
    assert cast.booked(cast.dora(caio.professional), event.appointment.starts_at).status == "confirmed"


def test_request_is_taken_back_approved_or_not(caio: Client) -> None:
    caio.professional.requires_approval = True
    caio.professional.save()
    first, second = (cast.booked(caio, cast.next_weekday(2, clock)) for clock in ("10:00", "14:00"))
    requests = [one.events.latest("pk") for one in (first, second)]
    booking.approve(second, actor=PROFESSIONAL)
    assert [undo(one).status for one in requests] == ["cancelled", "cancelled"]


def test_five_minutes_later_is_too_late(caio: Client) -> None:
    assert refused(just_booked(caio), after=timedelta(minutes=5, microseconds=1))


def test_second_time_is_refused(caio: Client) -> None:
    event = just_booked(caio)
    undo(event)
    assert refused(event)
    assert AppointmentEvent.objects.filter(kind="cancelled").count() == 1


def test_what_was_moved_meanwhile_stays(caio: Client) -> None:
    event = just_booked(caio)
    booking.reschedule(event.appointment, starts_at=cast.next_weekday(3), actor=PROFESSIONAL)
    assert refused(event)


def test_appointment_that_has_begun_stays(caio: Client) -> None:
    event = just_booked(caio)
    with time_machine.travel(event.appointment.starts_at):
        assert refused(event)


def test_booking_of_the_professional_is_not_the_client_s_to_undo(caio: Client) -> None:
    starts_at: datetime = cast.next_weekday(2)
    professional = caio.professional
    service = professional.services.all()[0]
    booked = booking.book(
        professional, client=caio, service=service, starts_at=starts_at, source="dashboard", actor=PROFESSIONAL
    )
    assert refused(booked.events.latest("pk"))
    assert timezone.now() < booked.starts_at
