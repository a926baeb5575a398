"""What can be done to chosen appointments, each through `booking` and in the name of whoever is logged in."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling import booking, tenancy
from scheduling.admin_forms import CancelForm
from scheduling.errors import BookingError
from scheduling.models import Appointment
from scheduling.transactions import repeated


def change_each(
    request: HttpRequest, rows: Iterable[Appointment], change: Callable[..., Appointment], *, action: str
) -> None:
    """Apply one of booking's changes to every row, note it in the audit, and say what was refused and why."""
    actor = booking.professional_actor(request.user if isinstance(request.user, User) else None)
    changed = 0
    for row in rows:
        try:
            _changed(request, row, partial(change, row, actor=actor), action)
        except BookingError as refusal:
            messages.error(request, f"{row.reference}: {refusal.message}")
        else:
            changed += 1
    if changed:
        text = ngettext("%(count)d appointment was changed.", "%(count)d appointments were changed.", changed)
        messages.success(request, text % {"count": changed})


@repeated
def _changed(request: HttpRequest, row: Appointment, change: Callable[[], Appointment], action: str) -> None:
    """Change and note in one transaction: nothing is done for a professional without a line about it."""
    change()
    tenancy.note(request, [row], action=action, path="professional")


def cancel_with_reason(admin: Any, request: HttpRequest, rows: Any) -> HttpResponse | None:
    """Ask why, then cancel. The first answer is the form; None sends back to the list."""
    form = CancelForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        change = partial(booking.cancel, reason=form.cleaned_data["reason"])
        change_each(request, rows, change, action="cancel")
        return None
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Cancel appointments"),
        "opts": admin.opts,
        "media": admin.media,
        "form": form,
        "rows": rows,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/cancel_appointments.html", context)
