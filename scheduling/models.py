"""The domain's rows. Instants are UTC; the agreed wall time and its zone stand beside them.

Only `scheduling/booking.py` writes appointments and only `scheduling/clients.py` writes clients from outside
the admin; the constraints below hold whoever writes.
"""

import zoneinfo
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from scheduling.fields import WallTimeField

# No appointment is longer: reads of busy time rely on it for their lower bound.
LONGEST = timedelta(hours=12)
# What the address of whoever tries their own reception begins with; no channel's address does.
TRIAL = "trial:"


def validate_zone(name: str) -> None:
    """Refuse a name that the pinned time zone data does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Unknown time zone. Example: America/Sao_Paulo."), code="unknown_zone")


_E164 = RegexValidator(r"^\+[1-9]\d{6,14}$", _("Use the international form, as in +5511987654321."))


class Professional(models.Model):
    """A self-employed professional: a tenant. Everything else belongs to exactly one."""

    class Plan(models.TextChoices):
        FREE = "free", "Free"
        PRO = "pro", "Pro"
        PREMIUM = "premium", "Premium"

    class Language(models.TextChoices):
        PORTUGUESE = "pt-br", "Português"
        ENGLISH = "en", "English"
        SPANISH = "es", "Español"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="professional"
    )
    name = models.CharField(max_length=120)
    profession = models.CharField(max_length=80, blank=True)
    about = models.TextField(max_length=1000, blank=True)
    address = models.CharField(max_length=200, blank=True)
    link = models.URLField(blank=True, help_text=_("Online sessions: where they take place."))
    email = models.EmailField(blank=True, help_text=_("Where notices go; empty: the login's address."))
    language = models.CharField(max_length=5, choices=Language, default=Language.PORTUGUESE)
    timezone = models.CharField(max_length=64, default="America/Sao_Paulo", validators=[validate_zone])
    whatsapp_number = models.CharField(
        max_length=20,
        unique=True,
        null=True,
        blank=True,
        validators=[_E164],
    )
    requested_number = models.CharField(
        max_length=20, blank=True, validators=[_E164], help_text=_("Wished for at the sign-up; routes nothing.")
    )
    onboarded_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the first steps were finished or left.")
    )
    plan = models.CharField(max_length=8, choices=Plan, default=Plan.FREE)
    trial_ends_at = models.DateTimeField(null=True, blank=True)
    bot_enabled = models.BooleanField(default=True)

    slot_step_minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(5), MaxValueValidator(720)]
    )
    minimum_notice_minutes = models.PositiveIntegerField(default=120)
    booking_horizon_days = models.PositiveSmallIntegerField(default=60, validators=[MaxValueValidator(730)])
    daily_limit = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    requires_approval = models.BooleanField(default=False)
    cancellation_cutoff_hours = models.PositiveSmallIntegerField(default=24)
    observes_holidays = models.BooleanField(default=False, help_text=_("Closed on Brazil's national holidays."))
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(slot_step_minutes__range=(5, 720)), name="professional_step_in_range"),
            models.CheckConstraint(condition=Q(daily_limit__gte=1), name="professional_daily_limit_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)

    @property
    def notice_email(self) -> str:
        return self.email or (self.user.email if self.user else "")


class Service(models.Model):
    """What a client can book: a length, a price, and buffers that keep time free around it."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="services")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(5), MaxValueValidator(720)])
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(240)])
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(240)])
    price = models.DecimalField(max_digits=9, decimal_places=2, validators=[MinValueValidator(Decimal(0))])
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["professional", "name"], name="service_name_unique"),
            models.CheckConstraint(condition=Q(duration_minutes__range=(5, 720)), name="service_length_in_range"),
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=240, buffer_after_minutes__lte=240),
                name="service_buffers_in_range",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="service_price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)


class WorkingHours(models.Model):
    """Open hours in wall time: of every such weekday, or of one date (extra hours, which replace the weekday's).

    `closes_at` 00:00 means the end of the day.
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday, null=True, blank=True)
    date = models.DateField(null=True, blank=True, help_text=_("Only on this date, instead of a weekday."))
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    class Meta:
        verbose_name_plural = "working hours"
        ordering = ["date", "weekday", "opens_at"]
        constraints = [
            models.CheckConstraint(
                # The NULL tests are needed: a comparison with NULL is neither true nor false, and passes a CHECK.
                condition=Q(weekday__isnull=True, date__isnull=False)
                | Q(weekday__isnull=False, weekday__range=(0, 6), date__isnull=True),
                name="hours_weekday_or_date",
                violation_error_message=_("Choose a weekday or a date, not both."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")) | Q(closes_at="00:00"),
                name="hours_close_after_opening",
                violation_error_message=_("The closing time must come after the opening time."),
            ),
        ]

    def __str__(self) -> str:
        day = self.date.isoformat() if self.date else str(self.get_weekday_display())
        return f"{day} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class TimeOff(models.Model):
    """A stretch in which nothing is offered: holidays, an afternoon off."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name_plural = "time off"
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["professional", "ends_at"], name="time_off_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="time_off_ends_after_start",
                violation_error_message=_("The end must come after the start."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} – {self.ends_at:%Y-%m-%d %H:%M} UTC"


class RealClients(models.Manager["Client"]):
    """Everybody but the test client of a trial, who is nobody's client and stands in no list."""

    def get_queryset(self) -> models.QuerySet["Client"]:
        return super().get_queryset().exclude(address__startswith=TRIAL)


class Client(models.Model):
    """A person who books with one professional. The same person elsewhere is another row (another tenant)."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="clients")
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=120, blank=True, help_text=_("The channel address used last."))
    phone = models.CharField(max_length=20, null=True, blank=True, validators=[_E164])
    email = models.EmailField(blank=True)
    notes = models.TextField(blank=True, help_text=_("Only for the professional; never sent to a model."))
    is_blocked = models.BooleanField(default=False)
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When this person's data were erased; the row keeps the statistics.")
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = RealClients()
    with_trials: models.Manager["Client"] = models.Manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["professional", "phone"], name="client_by_phone")]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def is_trial(self) -> bool:
        """Whether it is the professional, writing to the own reception as a client would."""
        return self.address.startswith(TRIAL)


class ClientAddress(models.Model):
    """A channel address that belongs to a client, byte for byte as the channel gave it."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="addresses")
    address = models.CharField(max_length=120)

    class Meta:
        verbose_name_plural = "client addresses"
        constraints = [
            models.UniqueConstraint(fields=["professional", "address"], name="client_address_unique"),
        ]

    def __str__(self) -> str:
        return self.address


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
