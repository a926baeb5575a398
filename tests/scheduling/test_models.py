"""What the database refuses, whoever writes: the constraints are the guarantee behind booking."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from scheduling.models import Appointment, Client, Professional, TimeOff, WorkingHours, validate_zone
from tests import cast

pytestmark = pytest.mark.django_db

TEN = cast.at("2026-11-17 10:00")
MINUTES = timedelta(minutes=1)


def refused(constraint: str) -> pytest.RaisesExc[IntegrityError]:
    return pytest.raises(IntegrityError, match=constraint)


@pytest.fixture
def caio() -> Client:
    return cast.caio(cast.ana())


class TestNoDoubleBooking:
    @pytest.mark.parametrize("status", ["held", "pending", "confirmed", "completed", "no_show"])
    def test_every_status_but_cancelled_occupies_its_time(self, caio: Client, status: str) -> None:
        """D3: a pending row is inside the constraint like any other."""
        cast.on_record(caio, TEN, status=status, expires_at=TEN)
        with refused("appointment_no_double_booking"), transaction.atomic():
            cast.on_record(caio, TEN)

    @pytest.mark.parametrize("shift", [-49, -1, 1, 49])
    def test_partial_overlap_is_refused(self, caio: Client, shift: int) -> None:
        """D2"""
        cast.on_record(caio, TEN)
        with refused("appointment_no_double_booking"), transaction.atomic():
            cast.on_record(caio, TEN + shift * MINUTES)

    @pytest.mark.parametrize("shift", [-50, 50])
    def test_adjacent_times_are_allowed(self, caio: Client, shift: int) -> None:
        """D2: ranges are half open."""
        cast.on_record(caio, TEN)
        assert cast.on_record(caio, TEN + shift * MINUTES).pk

    def test_a_cancelled_time_can_be_taken_again(self, caio: Client) -> None:
        """D5"""
        cast.on_record(caio, TEN, status="cancelled")
        assert cast.on_record(caio, TEN).pk

    def test_another_professional_has_another_calendar(self, caio: Client) -> None:
        cast.on_record(caio, TEN)
        assert cast.on_record(cast.caio(cast.bruno()), TEN).pk

    def test_trial_rows_occupy_nothing(self, caio: Client) -> None:
        cast.on_record(caio, TEN)
        assert cast.on_record(caio, TEN, is_trial=True).pk

    def test_bulk_create_is_refused(self, caio: Client) -> None:
        """D7"""
        taken = cast.on_record(caio, TEN)
        taken.pk, taken.reference = None, "COPY"
        with refused("appointment_no_double_booking"), transaction.atomic():
            Appointment.objects.bulk_create([taken])

    def test_queryset_update_is_refused(self, caio: Client) -> None:
        """D7"""
        cast.on_record(caio, TEN)
        other = cast.on_record(caio, TEN + timedelta(days=1))
        with refused("appointment_no_double_booking"), transaction.atomic():
            Appointment.objects.filter(pk=other.pk).update(starts_at=TEN, ends_at=TEN + 50 * MINUTES)

    def test_raw_sql_is_refused(self, caio: Client) -> None:
        """D7"""
        cast.on_record(caio, TEN)
        other = cast.on_record(caio, TEN + timedelta(days=1))
        with refused("appointment_no_double_booking"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE scheduling_appointment SET starts_at = starts_at - interval '1 day',"
                " ends_at = ends_at - interval '1 day' WHERE id = %s",
                [other.pk],
            )

    def test_bringing_a_cancelled_row_back_is_refused(self, caio: Client) -> None:
        """D7"""
        gone = cast.on_record(caio, TEN, status="cancelled")
        cast.on_record(caio, TEN)
        with refused("appointment_no_double_booking"), transaction.atomic():
            Appointment.objects.filter(pk=gone.pk).update(status="confirmed")

    def test_validation_names_the_conflict_before_the_database_does(self, caio: Client) -> None:
        taken = cast.on_record(caio, TEN)
        taken.pk, taken.reference = None, "COPY"
        with pytest.raises(ValidationError) as caught:
            taken.validate_constraints()
        assert caught.value.error_dict["__all__"][0].code == "slot_taken"


class TestAppointment:
    @pytest.mark.parametrize("minutes", [0, -10])
    def test_end_must_come_after_start(self, caio: Client, minutes: int) -> None:
        """D12"""
        # PostgreSQL builds the range of the exclusion constraint first and refuses an inverted one there.
        with pytest.raises(Exception, match=r"appointment_ends_after_start|range lower bound"), transaction.atomic():
            cast.on_record(caio, TEN, ends_at=TEN + minutes * MINUTES)

    def test_more_than_twelve_hours_are_refused(self, caio: Client) -> None:
        """D12"""
        assert cast.on_record(caio, TEN, ends_at=TEN + timedelta(hours=12)).pk
        with refused("appointment_at_most_12_hours"), transaction.atomic():
            cast.on_record(caio, TEN + timedelta(days=1), ends_at=TEN + timedelta(days=1, hours=12, seconds=1))

    def test_an_unknown_status_is_refused(self, caio: Client) -> None:
        with refused("appointment_status_known"), transaction.atomic():
            cast.on_record(caio, TEN, status="maybe")

    @pytest.mark.parametrize("status", ["held", "pending"])
    def test_an_open_row_without_an_end_of_waiting_is_refused(self, caio: Client, status: str) -> None:
        with refused("appointment_open_ones_expire"), transaction.atomic():
            cast.on_record(caio, TEN, status=status)

    def test_an_intent_is_written_once(self, caio: Client) -> None:
        cast.on_record(caio, TEN, intent_key="SM1:book")
        with refused("appointment_intent_unique"), transaction.atomic():
            cast.on_record(caio, TEN + timedelta(days=1), intent_key="SM1:book")

    def test_wall_time_is_kept_without_a_zone(self, caio: Client) -> None:
        row = cast.on_record(caio, TEN)
        row.refresh_from_db()
        assert row.local_start == datetime.fromisoformat("2026-11-17 10:00")
        assert str(row) == f"{row.reference} 2026-11-17 10:00"

    def test_wall_time_with_a_zone_is_refused(self, caio: Client) -> None:
        with pytest.raises(ValueError, match="takes no zone"):
            cast.on_record(caio, TEN, local_start=datetime.now(UTC))

    def test_wall_time_survives_a_dump(self, caio: Client) -> None:
        field = Appointment._meta.get_field("local_start")
        row = cast.on_record(caio, TEN)
        assert field.to_python(field.value_to_string(row)) == row.local_start

    def test_wall_time_that_is_none_is_a_validation_error(self) -> None:
        with pytest.raises(ValidationError):
            Appointment._meta.get_field("local_start").to_python("tomorrow")


class TestProfessional:
    def test_two_cannot_share_a_whatsapp_number(self) -> None:
        """W20"""
        cast.ana()
        with refused("whatsapp_number"), transaction.atomic():
            cast.bruno(whatsapp_number=cast.ANA_NUMBER)

    def test_two_may_have_no_number_yet(self) -> None:
        cast.ana(whatsapp_number=None)
        assert cast.bruno(whatsapp_number=None).pk

    def test_an_unknown_zone_is_refused(self) -> None:
        validate_zone("America/Sao_Paulo")
        with pytest.raises(ValidationError):
            validate_zone("America/Springfield")

    @pytest.mark.parametrize("number", ["11987654321", "+5511 98765-4321", "whatsapp:+5511987654321"])
    def test_a_number_that_is_not_international_is_refused(self, number: str) -> None:
        with pytest.raises(ValidationError):
            Professional(name="Ana", whatsapp_number=number).full_clean()

    @pytest.mark.parametrize(
        ("changes", "constraint"),
        [
            ({"slot_step_minutes": 0}, "professional_step_in_range"),
            ({"daily_limit": 0}, "professional_daily_limit_positive"),
        ],
    )
    def test_senseless_rules_are_refused(self, changes: dict[str, int], constraint: str) -> None:
        with refused(constraint), transaction.atomic():
            cast.ana(**changes)

    def test_notices_go_to_the_own_address_or_the_login_s(self) -> None:
        ana = cast.ana()
        assert ana.notice_email == "ana@example.com"
        ana.email = "consultorio@example.com"
        assert ana.notice_email == "consultorio@example.com"
        assert Professional(name="Nobody").notice_email == ""


class TestHoursAndTimeOff:
    @pytest.mark.parametrize(
        "row",
        [
            {"weekday": 0, "date": "2026-11-16"},
            {"weekday": None, "date": None},
            {"weekday": 7, "date": None},
        ],
    )
    def test_hours_belong_to_a_weekday_or_a_date(self, row: dict[str, object]) -> None:
        ana = cast.ana()
        with refused("hours_weekday_or_date"), transaction.atomic():
            WorkingHours.objects.create(professional=ana, opens_at=time(9), closes_at=time(10), **row)

    def test_hours_close_after_they_open_or_at_midnight(self) -> None:
        ana = cast.ana()
        cast.open_on(ana, [5], ("20:00", "00:00"))
        with refused("hours_close_after_opening"), transaction.atomic():
            cast.open_on(ana, [5], ("20:00", "19:00"))

    def test_time_off_ends_after_it_starts(self) -> None:
        ana = cast.ana()
        with refused("time_off_ends_after_start"), transaction.atomic():
            TimeOff.objects.create(professional=ana, starts_at=TEN, ends_at=TEN)

    @pytest.mark.parametrize("changes", [{"minutes": 0}, {"minutes": 721}, {"price": "-1"}])
    def test_a_service_has_a_length_and_a_price(self, changes: dict[str, object]) -> None:
        """D12: no service is longer than twelve hours."""
        ana = cast.ana()
        with refused("service_(length|price)"), transaction.atomic():
            cast.service(ana, "Retiro", **{"minutes": 60, "price": "1"} | changes)  # type: ignore[arg-type]
