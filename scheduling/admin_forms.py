"""What the admin asks people: open hours that go together, and why appointments are cancelled."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from scheduling import hours
from scheduling.models import Appointment, WorkingHours
from scheduling.tenancy import OwnRows

EARLIEST, LATEST = 2000, 2100


class HoursForm(forms.ModelForm):
    """One interval on a page of its own: it is told at once when it runs into another."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        own = self.instance.professional_id or getattr((cleaned or {}).get("professional"), "pk", None)
        if self.errors or own is None:
            return cleaned
        row = candidate(self)
        others = WorkingHours.objects.filter(professional=own).exclude(pk=self.instance.pk)
        if told := hours.clash(row, others):
            self.add_error(at_fault(told, row, others), told)
        return cleaned


class TimeOffForm(forms.ModelForm):
    """Moments that a calendar can hold: a mistyped year is told, before any clock runs over."""

    def clean_starts_at(self) -> datetime:
        return within_reach(self.cleaned_data["starts_at"])

    def clean_ends_at(self) -> datetime:
        return within_reach(self.cleaned_data["ends_at"])


def within_reach(moment: datetime) -> datetime:
    if not EARLIEST <= moment.year <= LATEST:
        text = gettext("Enter a year between %(first)s and %(last)s.")
        raise forms.ValidationError(text % {"first": EARLIEST, "last": LATEST})
    return moment


class HoursFormSet(OwnRows):
    """A professional's week on one page."""

    def clean(self) -> None:
        super().clean()
        seen: list[WorkingHours] = []
        for form in self.forms:
            if form.errors or not form.cleaned_data or form.cleaned_data.get("DELETE"):
                continue
            row = candidate(form)
            if told := hours.clash(row, seen):
                form.add_error(at_fault(told, row, seen), told)
            seen.append(row)


def candidate(form: Any) -> WorkingHours:
    """Return the interval as the form would write it."""
    return WorkingHours(**{name: form.cleaned_data.get(name) for name in ("weekday", "date", "opens_at", "closes_at")})


def at_fault(told: str, row: WorkingHours, others: Any) -> str:
    """Return the field beside which the sentence belongs: the one with which the other time is reached."""
    before = [one for one in others if one.opens_at <= row.opens_at]
    return "opens_at" if told == hours.clash(row, before) else "closes_at"


class CancelForm(forms.Form):
    """Why appointments are cancelled; the client is told that they are."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=Appointment._meta.get_field("cancel_reason").max_length,
        help_text=_("For your records. Example: I am ill."),
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
        error_messages={"required": _("Write in a few words why the appointment is cancelled.")},
    )
