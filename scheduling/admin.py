"""The operator's view of the domain. People, hours and services are edited here; appointments only through
`booking`, by actions, because a form that saves a row would tell nobody and ask no rule."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet, URLField
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scheduling import booking, selectors
from scheduling.errors import BookingError
from scheduling.models import (
    Appointment,
    AppointmentEvent,
    Client,
    ClientAddress,
    Professional,
    Service,
    TimeOff,
    WorkingHours,
)


def local(moment: datetime, professional: Professional) -> str:
    """Return the moment on the professional's own clock, with the zone's name."""
    return f"{moment.astimezone(professional.zone):%Y-%m-%d %H:%M} ({professional.timezone})"


class ReadOnly(admin.options.BaseModelAdmin):
    """Rows that only the product writes."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's
        return False


class ServiceInline(admin.TabularInline):
    model = Service
    extra = 0
    fields = [
        "name",
        "duration_minutes",
        "price",
        "buffer_before_minutes",
        "buffer_after_minutes",
        "is_active",
        "position",
    ]


class WorkingHoursInline(admin.TabularInline):
    model = WorkingHours
    extra = 0


class ClientAddressInline(ReadOnly, admin.TabularInline):
    model = ClientAddress
    fields = ["address"]
    extra = 0


class EventInline(ReadOnly, admin.TabularInline):
    model = AppointmentEvent
    fields = ["created_at", "kind", "actor", "user", "data", "announced_at"]
    extra = 0


@admin.register(Professional)
class ProfessionalAdmin(admin.ModelAdmin):
    list_display = ["name", "profession", "whatsapp_number", "plan", "timezone", "bot_enabled", "user"]
    list_filter = ["plan", "bot_enabled", "requires_approval", "timezone"]
    list_select_related = ["user"]
    search_fields = ["name", "profession", "whatsapp_number", "email", "user__username"]
    autocomplete_fields = ["user"]
    readonly_fields = ["created_at"]
    # A link typed without its scheme: Django's own default becomes https with version 6.
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    inlines = [ServiceInline, WorkingHoursInline]


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = ["name", "professional", "duration_minutes", "price", "is_active"]
    list_filter = ["is_active", "professional"]
    list_select_related = ["professional"]
    search_fields = ["name", "professional__name"]
    autocomplete_fields = ["professional"]


@admin.register(WorkingHours)
class WorkingHoursAdmin(admin.ModelAdmin):
    list_display = ["professional", "weekday", "date", "opens_at", "closes_at"]
    list_filter = ["weekday", "professional"]
    list_select_related = ["professional"]
    search_fields = ["professional__name"]
    autocomplete_fields = ["professional"]


@admin.register(TimeOff)
class TimeOffAdmin(admin.ModelAdmin):
    list_display = ["professional", "first_moment", "last_moment", "reason"]
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
class ClientAdmin(admin.ModelAdmin):
    list_display = ["name", "professional", "phone", "address", "email", "is_blocked", "created_at"]
    list_filter = ["is_blocked", "professional"]
    list_select_related = ["professional"]
    search_fields = ["name", "phone", "email", "addresses__address"]
    autocomplete_fields = ["professional"]
    readonly_fields = ["address", "created_at"]
    date_hierarchy = "created_at"
    inlines = [ClientAddressInline]


@admin.register(ClientAddress)
class ClientAddressAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["address", "client", "professional"]
    list_filter = ["professional"]
    list_select_related = ["client", "professional"]
    search_fields = ["address", "client__name"]


@admin.register(Appointment)
class AppointmentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["reference", "local_time", "status", "professional", "client", "service", "price", "source"]
    list_filter = ["status", "source", "is_trial", "professional"]
    list_select_related = ["professional", "client", "service"]
    search_fields = ["reference", "attendee", "client__name", "client__phone", "client__addresses__address"]
    search_help_text = gettext_lazy("Reference, name or phone")
    date_hierarchy = "starts_at"
    ordering = ["-starts_at"]
    inlines = [EventInline]
    actions = ["approve", "decline", "mark_completed", "mark_no_show", "cancel"]

    @admin.display(description=gettext_lazy("Local time"), ordering="starts_at")
    def local_time(self, row: Appointment) -> str:
        return f"{row.local_start:%Y-%m-%d %H:%M} ({row.timezone})"

    @admin.action(description=gettext_lazy("Approve"))
    def approve(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        change_each(request, rows, booking.approve)

    @admin.action(description=gettext_lazy("Decline"))
    def decline(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        change_each(request, rows, booking.decline)

    @admin.action(description=gettext_lazy("Mark as completed"))
    def mark_completed(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        change_each(request, rows, partial(booking.mark, status=Appointment.Status.COMPLETED))

    @admin.action(description=gettext_lazy("Mark as no-show"))
    def mark_no_show(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        change_each(request, rows, partial(booking.mark, status=Appointment.Status.NO_SHOW))

    @admin.action(description=gettext_lazy("Cancel"))
    def cancel(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        change_each(request, rows, booking.cancel)


@admin.register(AppointmentEvent)
class AppointmentEventAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "created_at", "appointment", "kind", "actor", "user", "announced_at"]
    list_filter = ["kind", "actor", ("announced_at", admin.EmptyFieldListFilter), "appointment__professional"]
    list_select_related = ["appointment", "user"]
    search_fields = ["appointment__reference", "appointment__client__name"]
    date_hierarchy = "created_at"


def change_each(request: HttpRequest, rows: QuerySet[Appointment], change: Callable[..., Appointment]) -> None:
    """Apply one of booking's changes to every row in the professional's name, and say what was refused and why."""
    actor = booking.professional_actor(request.user if isinstance(request.user, User) else None)
    changed = 0
    for row in rows:
        try:
            change(row, actor=actor)
        except BookingError as refusal:
            messages.error(request, f"{row.reference}: {refusal.message}")
        else:
            changed += 1
    if changed:
        text = ngettext("%(count)d appointment was changed.", "%(count)d appointments were changed.", changed)
        messages.success(request, text % {"count": changed})
