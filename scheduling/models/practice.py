"""A professional and what they offer: services, weekly hours, exceptions. Instants are UTC."""

import zoneinfo
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# No appointment is longer: reads of busy time rely on it for their lower bound.
LONGEST = timedelta(hours=12)
E164 = RegexValidator(r"^\+[1-9]\d{6,14}$", _("Use the international form, as in +5511987654321."))


def validate_zone(name: str) -> None:
    """Refuse a name that the pinned time zone data does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Unknown time zone. Example: America/Sao_Paulo."), code="unknown_zone")


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
        validators=[E164],
    )
    requested_number = models.CharField(
        max_length=20, blank=True, validators=[E164], help_text=_("Wished for at the sign-up; routes nothing.")
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
