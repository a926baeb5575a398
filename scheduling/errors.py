"""Why a booking function says no: one vocabulary, translated once at each door."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from scheduling.slots import Reason


class Code(StrEnum):
    """Why a booking function says no; the first ten are the reasons why a time is not offered."""

    PAST = Reason.PAST.value
    MINIMUM_NOTICE = Reason.MINIMUM_NOTICE.value
    BEYOND_HORIZON = Reason.BEYOND_HORIZON.value
    DAY_OFF = Reason.DAY_OFF.value
    OUTSIDE_HOURS = Reason.OUTSIDE_HOURS.value
    BREAK = Reason.BREAK.value
    OWN_APPOINTMENT = Reason.OWN_APPOINTMENT.value
    SLOT_TAKEN = Reason.SLOT_TAKEN.value
    DAILY_LIMIT = Reason.DAILY_LIMIT.value
    OFF_GRID = Reason.OFF_GRID.value
    SAME_TIME = "same_time"
    HOLD_EXPIRED = "hold_expired"
    CUTOFF_PASSED = "cutoff_passed"
    NOT_POSSIBLE = "not_possible"
    NOT_FOUND = "not_found"
    CHANGED = "changed"
    BUSY = "busy"


MESSAGES = {
    Code.PAST: _("This time has already passed."),
    Code.MINIMUM_NOTICE: _("This time is too soon to be booked."),
    Code.BEYOND_HORIZON: _("The calendar is not open that far ahead yet."),
    Code.DAY_OFF: _("There are no appointments on this day."),
    Code.OUTSIDE_HOURS: _("This time is outside the opening hours."),
    Code.BREAK: _("This time falls into a break."),
    Code.OWN_APPOINTMENT: _("You already have an appointment at this time."),
    Code.SLOT_TAKEN: _("This time is already taken."),
    Code.DAILY_LIMIT: _("This day is already full."),
    Code.OFF_GRID: _("Appointments do not start at this time."),
    Code.SAME_TIME: _("The appointment is already at this time."),
    Code.HOLD_EXPIRED: _("The reservation has run out."),
    Code.CUTOFF_PASSED: _("It is too late to change this appointment here. Write *person* to talk to somebody."),
    Code.NOT_POSSIBLE: _("This is not possible for this appointment any more."),
    Code.NOT_FOUND: _("There is no such appointment."),
    Code.CHANGED: _("This appointment was changed in another tab. See how it stands now."),
    Code.BUSY: _("The calendar is being changed right now. Please try again in a moment."),
}


class BookingError(Exception):
    """A refusal with a code for programs and a message for people."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code

    @property
    def message(self) -> str:
        return str(MESSAGES[self.code])
