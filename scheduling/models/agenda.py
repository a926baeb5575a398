"""What is agreed, and what became of it. The agreed wall time and its zone stand beside the instant, which is UTC.

Only `scheduling/booking.py` writes appointments; the constraints below hold whoever writes.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from scheduling.fields import WallTimeField
from scheduling.models.people import Client
from scheduling.models.practice import LONGEST, Professional, Service


class Appointment(models.Model):
    """A stretch of a professional's time for one client. Every status but `cancelled` occupies it.

    A `held` or `pending` row with `replaces` is a wanted move: it occupies what the new time adds to the old
    one, `move_to` is the wanted start. Its confirmation moves the old row and deletes this one.
    """

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        PENDING = "pending", _("Waiting for approval")
        CONFIRMED = "confirmed", _("Confirmed")
        COMPLETED = "completed", _("Completed")
        NO_SHOW = "no_show", _("No-show")
        CANCELLED = "cancelled", _("Cancelled")

    class Source(models.TextChoices):
        WHATSAPP = "whatsapp", "WhatsApp"
        SIMULATOR = "simulator", _("Simulator")
        API = "api", "API"
        DASHBOARD = "dashboard", _("Dashboard")
        ADMIN = "admin", "Admin"
        TRIAL = "trial", _("Trial")

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="appointments")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="appointments")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="appointments")
    attendee = models.CharField(max_length=120, blank=True, help_text=_("Who comes, if not the client."))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    local_start = WallTimeField(help_text=_("The agreed wall time."))
    timezone = models.CharField(max_length=64)
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status)
    expires_at = models.DateTimeField(null=True, blank=True, help_text=_("When a hold or a request lapses."))
    replaces = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="moves")
    move_to = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=12, unique=True)
    price = models.DecimalField(max_digits=9, decimal_places=2)
    source = models.CharField(max_length=10, choices=Source)
    intent_key = models.CharField(max_length=120, null=True, blank=True)
    is_trial = models.BooleanField(default=False)
    series = models.UUIDField(
        null=True, blank=True, help_text=_("The same for all occurrences of a recurring appointment.")
    )
    cancel_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            # Covers the reads of busy time; their lower bound on starts_at keeps it an index-only scan.
            models.Index(
                fields=["professional", "starts_at"],
                include=[
                    "ends_at",
                    "buffer_before_minutes",
                    "buffer_after_minutes",
                    "status",
                    "expires_at",
                    "id",
                    "replaces",
                    "client",
                ],
                condition=~Q(status="cancelled") & Q(is_trial=False),
                name="appointment_busy",
            ),
            # The agenda shows what was cancelled as well, of a few days out of years.
            models.Index(
                fields=["professional", "starts_at"],
                condition=Q(status="cancelled", is_trial=False),
                name="appointment_cancelled",
            ),
            # Covers the figures of a period. A hold is in none of them, so the making of one does not touch it.
            models.Index(
                fields=["professional", "starts_at"],
                include=["status", "client", "price"],
                condition=Q(is_trial=False, replaces__isnull=True) & ~Q(status="held"),
                name="appointment_counted",
            ),
            models.Index(fields=["client", "starts_at"], name="appointment_by_client"),
            models.Index(fields=["ends_at"], condition=Q(status="confirmed"), name="appointment_to_complete"),
            models.Index(
                fields=["expires_at"], condition=Q(status__in=["held", "pending"]), name="appointment_to_lapse"
            ),
        ]
        constraints = [
            # A range of one id stands in for `professional_id WITH =`, which would need the btree_gist extension.
            ExclusionConstraint(
                name="appointment_no_double_booking",
                expressions=[
                    (
                        Func(F("professional"), F("professional"), Value("[]"), function="int8range"),
                        RangeOperators.EQUAL,
                    ),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            Value("[)"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=~Q(status="cancelled") & Q(is_trial=False),
                violation_error_code="slot_taken",
                violation_error_message=_("This time is already taken."),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + LONGEST), name="appointment_at_most_12_hours"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["held", "pending", "confirmed", "completed", "no_show", "cancelled"]),
                name="appointment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["held", "pending"], expires_at__isnull=False)
                | ~Q(status__in=["held", "pending"]),
                name="appointment_open_ones_expire",
            ),
            models.UniqueConstraint(fields=["professional", "intent_key"], name="appointment_intent_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.local_start:%Y-%m-%d %H:%M}"

    @property
    def wanted_start(self) -> datetime:
        """The start that a client is told: of a wanted move the new one."""
        return self.move_to or self.starts_at


class AppointmentEvent(models.Model):
    """One change of one appointment, and who made it. Rows are written with the change and never edited.

    `announced_at` is set by whoever told the people concerned (`intake/notices.py`).
    """

    class Kind(models.TextChoices):
        HELD = "held", _("Held")
        REQUESTED = "requested", _("Requested")
        CONFIRMED = "confirmed", _("Confirmed")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        MOVE_REQUESTED = "move_requested", _("Move requested")
        MOVED = "moved", _("Moved")
        CANCELLED = "cancelled", _("Cancelled")
        COMPLETED = "completed", _("Completed")
        NO_SHOW = "no_show", _("No-show")
        LAPSED = "lapsed", _("Lapsed")

    class Actor(models.TextChoices):
        CLIENT = "client", _("Client")
        PROFESSIONAL = "professional", _("Professional")
        SYSTEM = "system", _("System")

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=14, choices=Kind)
    actor = models.CharField(max_length=12, choices=Actor)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    data = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    announced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], condition=Q(announced_at__isnull=True), name="event_unannounced")]

    def __str__(self) -> str:
        return f"{self.kind} {self.appointment_id}"


class AuditEntry(models.Model):
    """Something that was done to a professional's data and leaves no other trace; never edited.

    `data` names rows by their ids: no name, phone or text of a client.
    """

    class Kind(models.TextChoices):
        CLIENTS_MERGED = "clients_merged", _("Clients merged")
        CLIENT_EXPORTED = "client_exported", _("Client's data exported")
        CLIENT_ERASED = "client_erased", _("Client's data erased")
        ACTED_FOR = "acted_for", _("Acted for the professional")

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="audit")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    data = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-id"]
        indexes = [models.Index(fields=["professional", "-id"], name="audit_latest")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
