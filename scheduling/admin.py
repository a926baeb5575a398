"""The domain in the admin: the professional's own rows, everybody's for the operator (`scheduling/tenancy.py`).

Hours, services and people are edited here; appointments only through `booking`, by actions, because a form that
saves a row would tell nobody and ask no rule.
"""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import DecimalField, TimeField, URLField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldAdminTimeWidget, UnfoldAdminURLInputWidget

from scheduling import admin_actions, booking, glance, selectors
from scheduling.admin_forms import HoursForm, HoursFormSet, TimeOffForm
from scheduling.models import (
    TRIAL,
    Appointment,
    AppointmentEvent,
    AuditEntry,
    Client,
    ClientAddress,
    Professional,
    Service,
    TimeOff,
    WorkingHours,
)
from scheduling.tenancy import ReadOnly, Tenanted, TenantedInline, is_operator

# How unfold colours each status; the word always stands inside.
COLOURS = {
    Appointment.Status.HELD: "info",
    Appointment.Status.PENDING: "warning",
    Appointment.Status.CONFIRMED: "primary",
    Appointment.Status.COMPLETED: "success",
    Appointment.Status.NO_SHOW: "danger",
    Appointment.Status.CANCELLED: "default",
}


def local(moment: datetime, professional: Professional) -> str:
    """Return the moment on the professional's own clock; the zone's name where it is not that of the page."""
    return with_zone(moment.astimezone(professional.zone), professional.timezone)


def with_zone(moment: datetime, zone: str) -> str:
    text = date_format(moment, "SHORT_DATETIME_FORMAT")
    return text if zone == timezone.get_current_timezone_name() else f"{text} ({zone})"


# As people write it: 200,00 in Portuguese.
PRICE: dict[Any, Any] = {
    DecimalField: {"localize": True, "widget": UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"})}
}
MINUTES: dict[Any, Any] = {TimeField: {"widget": UnfoldAdminTimeWidget(format="%H:%M")}}


class ServiceInline(TenantedInline):
    model = Service
    formfield_overrides = PRICE
    extra = 0
    tab = True
    fields = [
        "name",
        "duration_minutes",
        "price",
        "buffer_before_minutes",
        "buffer_after_minutes",
        "is_active",
        "position",
    ]


class WorkingHoursInline(TenantedInline):
    model = WorkingHours
    formset = HoursFormSet
    formfield_overrides = MINUTES
    extra = 0
    tab = True
    fields = ["weekday", "date", "opens_at", "closes_at"]
    hide_title = True


class TimeOffInline(TenantedInline):
    model = TimeOff
    form = TimeOffForm
    extra = 0
    tab = True
    fields = ["starts_at", "ends_at", "reason"]


class ClientAddressInline(ReadOnly, TenantedInline):
    model = ClientAddress
    fields = ["address"]
    extra = 0


class EventInline(ReadOnly, TenantedInline):
    model = AppointmentEvent
    tenant_path = "appointment__professional"
    fields = ["created_at", "kind", "actor", "user", "data", "announced_at"]
    extra = 0
    hide_title = True


@admin.register(Professional)
class ProfessionalAdmin(Tenanted):
    """A professional edits the own profile; number, plan and login are the operator's to give."""

    tenant_path = "pk"
    list_display = ["name", "profession", "whatsapp_number", "requested_number", "plan", "timezone", "bot_enabled"]
    list_filter = ["plan", "bot_enabled", "requires_approval", "timezone"]
    search_fields = ["name", "profession", "whatsapp_number", "requested_number", "email", "user__username"]
    autocomplete_fields = ["user"]
    readonly_fields = ("created_at", "requested_number", "onboarded_at")
    # A link typed without its scheme: Django's own default becomes https with version 6.
    formfield_overrides = {URLField: {"assume_scheme": "https", "widget": UnfoldAdminURLInputWidget}}
    inlines = [ServiceInline, WorkingHoursInline, TimeOffInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "profession", "about", "address", "link", "email", "language", "timezone"],
                "description": gettext_lazy(
                    "The time zone of a practice that exists is changed in its settings, "
                    "which ask what becomes of the coming appointments."
                ),
            },
        ),
        (
            gettext_lazy("Rules"),
            {
                "fields": [
                    "bot_enabled",
                    "requires_approval",
                    "observes_holidays",
                    ("slot_step_minutes", "daily_limit"),
                    ("minimum_notice_minutes", "booking_horizon_days"),
                    "cancellation_cutoff_hours",
                ]
            },
        ),
        (
            gettext_lazy("Account"),
            {
                "fields": [
                    "user",
                    ("whatsapp_number", "requested_number"),
                    ("plan", "trial_ends_at"),
                    "onboarded_at",
                    "created_at",
                ]
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_readonly_fields(request, obj)
        return [*names, "timezone"] if obj else names

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:  # noqa: ARG002 - Django's
        return is_operator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return is_operator(request)


@admin.register(Service)
class ServiceAdmin(Tenanted):
    formfield_overrides = PRICE
    list_display = ["name", "professional", "duration_minutes", "price", "is_active"]
    list_filter = ["is_active", "professional"]
    list_select_related = ["professional"]
    search_fields = ["name", "professional__name"]
    autocomplete_fields = ["professional"]


@admin.register(WorkingHours)
class WorkingHoursAdmin(Tenanted):
    form = HoursForm
    formfield_overrides = MINUTES
    list_display = ["__str__", "professional", "opens_at", "closes_at"]
    list_filter = ["weekday", "professional"]
    list_select_related = ["professional"]
    search_fields = ["professional__name"]
    autocomplete_fields = ["professional"]


@admin.register(TimeOff)
class TimeOffAdmin(Tenanted):
    form = TimeOffForm
    list_display = ["first_moment", "last_moment", "reason", "professional"]
    list_filter = ["professional"]
    list_select_related = ["professional"]
    search_fields = ["reason", "professional__name"]
    autocomplete_fields = ["professional"]
    date_hierarchy = "starts_at"

    @admin.display(description=gettext_lazy("From"), ordering="starts_at")
    def first_moment(self, row: TimeOff) -> str:
        return local(row.starts_at, row.professional)

    @admin.display(description=gettext_lazy("Until"), ordering="ends_at")
    def last_moment(self, row: TimeOff) -> str:
        return local(row.ends_at, row.professional)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        note = _("Times on this page are those of %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
        return [(None, {"fields": self.get_fields(request, obj), "description": note})]

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's
        """Save, and name the appointments that now stand in time off: nobody cancels them by accident."""
        super().save_model(request, obj, form, change)
        standing = selectors.overlapping(obj.professional, obj.starts_at, obj.ends_at)
        if standing:
            rows = ", ".join(str(row) for row in standing)
            messages.warning(request, _("These appointments stay where they are: %(rows)s") % {"rows": rows})


@admin.register(Client)
class ClientAdmin(Tenanted):
    """People are merged and erased in the dashboard, which keeps the books whole; here none is deleted."""

    list_display = ["name", "professional", "phone", "address", "email", "is_blocked", "created_at"]
    list_filter = ["is_blocked", "professional"]
    list_select_related = ["professional"]
    search_fields = ["name", "phone", "email", "addresses__address"]
    autocomplete_fields = ["professional"]
    readonly_fields = ["address", "created_at", "erased_at"]
    date_hierarchy = "created_at"
    inlines = [ClientAddressInline]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's
        return False


@admin.register(ClientAddress)
class ClientAddressAdmin(ReadOnly, Tenanted):
    trials = {"address__startswith": TRIAL}
    list_display = ["address", "client", "professional"]
    list_filter = ["professional"]
    list_select_related = ["client", "professional"]
    search_fields = ["address", "client__name"]


class GlanceFilter(admin.SimpleListFilter):
    """The same rows that the overview counts."""

    title = gettext_lazy("At a glance")
    parameter_name = "glance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:  # noqa: ARG002 - Django's
        return glance.TITLES.items()

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:  # noqa: ARG002 - Django's
        return glance.ROWS[self.value()](queryset) if self.value() in glance.ROWS else queryset


@admin.register(Appointment)
class AppointmentAdmin(ReadOnly, Tenanted):
    trials = {"is_trial": True}
    list_display = ["local_time", "client", "service", "state", "professional", "price", "source", "reference"]
    list_filter = [GlanceFilter, "status", "service", "source", "professional"]
    list_select_related = ["professional", "client", "service"]
    search_fields = ["reference", "attendee", "client__name", "client__phone", "client__addresses__address"]
    search_help_text = gettext_lazy("Reference, name or phone")
    date_hierarchy = "starts_at"
    ordering = ["-starts_at"]
    inlines = [EventInline]
    actions = ["approve", "decline", "mark_completed", "mark_no_show", "cancel"]
    fields = (
        ("client", "attendee"),
        ("service", "price"),
        ("local_start", "timezone"),
        "status",
        ("expires_at", "move_to"),
        ("reference", "source"),
        "cancel_reason",
        "created_at",
        "professional",
    )

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """A service is asked for by the professional; the operator's list would hold everybody's."""
        found = super().get_list_filter(request)
        return [one for one in found if one != "service"]

    @admin.display(description=gettext_lazy("Local time"), ordering="starts_at")
    def local_time(self, row: Appointment) -> str:
        return with_zone(row.local_start, row.timezone)

    @display(description=gettext_lazy("Status"), ordering="status", label=COLOURS)
    def state(self, row: Appointment) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @admin.action(description=gettext_lazy("Approve"))
    def approve(self, request: HttpRequest, rows: Any) -> None:
        admin_actions.change_each(request, rows, booking.approve, action="approve")

    @admin.action(description=gettext_lazy("Decline"))
    def decline(self, request: HttpRequest, rows: Any) -> None:
        admin_actions.change_each(request, rows, booking.decline, action="decline")

    @admin.action(description=gettext_lazy("Mark as completed"))
    def mark_completed(self, request: HttpRequest, rows: Any) -> None:
        change = partial(booking.mark, status=Appointment.Status.COMPLETED)
        admin_actions.change_each(request, rows, change, action="mark_completed")

    @admin.action(description=gettext_lazy("Mark as no-show"))
    def mark_no_show(self, request: HttpRequest, rows: Any) -> None:
        change = partial(booking.mark, status=Appointment.Status.NO_SHOW)
        admin_actions.change_each(request, rows, change, action="mark_no_show")

    @admin.action(description=gettext_lazy("Cancel, with a reason"))
    def cancel(self, request: HttpRequest, rows: Any) -> HttpResponse | None:
        return admin_actions.cancel_with_reason(self, request, rows)


@admin.register(AppointmentEvent)
class AppointmentEventAdmin(ReadOnly, Tenanted):
    tenant_path = "appointment__professional"
    trials = {"appointment__is_trial": True}
    list_display = ["created_at", "appointment", "kind", "actor", "user", "announced_at"]
    list_filter = ["kind", "actor", ("announced_at", admin.EmptyFieldListFilter), "appointment__professional"]
    list_select_related = ["appointment", "user"]
    search_fields = ["appointment__reference", "appointment__client__name"]
    date_hierarchy = "created_at"


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, Tenanted):
    """What was done to a professional's data; the professional reads the own lines."""

    list_display = ["created_at", "kind", "professional", "user", "data"]
    list_filter = ["kind", "professional"]
    list_select_related = ["professional", "user"]
    date_hierarchy = "created_at"
