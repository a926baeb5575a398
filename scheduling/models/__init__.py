"""The domain's rows: a practice, its people, its agenda. The constraints hold whoever writes."""

from scheduling.models.agenda import Appointment, AppointmentEvent, AuditEntry
from scheduling.models.people import TRIAL, Client, ClientAddress, RealClients
from scheduling.models.practice import LONGEST, Professional, Service, TimeOff, WorkingHours, validate_zone

__all__ = [
    "LONGEST",
    "TRIAL",
    "Appointment",
    "AppointmentEvent",
    "AuditEntry",
    "Client",
    "ClientAddress",
    "Professional",
    "RealClients",
    "Service",
    "TimeOff",
    "WorkingHours",
    "validate_zone",
]
