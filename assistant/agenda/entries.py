"""The form of a new appointment: what was typed becomes a wish, or errors that say what to enter."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant import typed
from assistant.typed import ClockField, DayField
from intake import people
from scheduling import desk, directory, ids, search
from scheduling.desk import MOST_OCCURRENCES, Entry, Newcomer
from scheduling.models import Client, Professional, Service

# Beyond this many namesakes one types more letters.
MOST_FOUND = 6


class EntryForm(forms.Form):
    """What a professional enters for one appointment or a series."""

    client = forms.CharField(required=False, max_length=20)
    name = forms.CharField(required=False, max_length=120)
    phone = forms.CharField(required=False, max_length=40)
    service = forms.IntegerField(
        min_value=1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), gettext_lazy("Choose a service.")),
    )
    date = DayField()
    time = ClockField()
    attendee = forms.CharField(required=False, max_length=120)
    repeat = forms.ChoiceField(required=False, choices=[("", ""), ("1", "1"), ("2", "2")])
    ends = forms.ChoiceField(required=False, choices=[("count", ""), ("until", "")])
    count = forms.IntegerField(required=False)
    until = DayField(required=False)

    def clean_phone(self) -> str | None:
        """Return the phone in E.164; what is none is refused rather than lost."""
        text = self.cleaned_data["phone"]
        phone = people.phone(text) if text else None
        if text and phone is None:
            raise ValidationError(_("This is no phone number. Enter one such as (11) 98765-4321."), code="invalid")
        return phone

    def clean(self) -> dict[str, Any]:
        """Check how often a series repeats."""
        data = self.cleaned_data
        if not data.get("repeat"):
            return data
        if data.get("ends") == "until":
            self._check_until(data)
        elif not 2 <= (data.get("count") or 0) <= MOST_OCCURRENCES:
            self.add_error("count", _("Enter how many times, from 2 to %(most)s.") % {"most": MOST_OCCURRENCES})
        return data

    def _check_until(self, data: dict[str, Any]) -> None:
        first, last = data.get("date"), data.get("until")
        if "until" in self.errors or first is None:
            return
        if last is None:
            self.add_error("until", _("Enter the last day, such as 27/11/2026."))
        elif last <= first:
            self.add_error("until", _("The last day must come after the first appointment."))


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be booked, if it can be."""

    who: Client | Newcomer
    service: Service
    wall: datetime
    starts_at: datetime
    attendee: str
    walls: list[datetime]

    @property
    def repeats(self) -> bool:
        return len(self.walls) > 1

    def entry(self, token: UUID) -> Entry:
        """Return the entry under a key that is the same for the same form and wish, and for nothing else."""
        who = self.who.pk if isinstance(self.who, Client) else self.who
        said = repr((who, self.service.pk, self.attendee, self.walls))
        key = f"desk:{token.hex}:{hashlib.sha256(said.encode()).hexdigest()[:24]}"
        return Entry(who=self.who, service=self.service, attendee=self.attendee, intent_key=key)


def wish(form: EntryForm, professional: Professional) -> Wish | None:
    """Return what a form asks for; None if it cannot be understood: its errors say why.

    Raises Http404 for a client or service that is not the professional's.
    """
    form.is_valid()
    service = service_of(form, professional)
    who = _who(form, professional)
    day, clock = form.cleaned_data.get("date"), form.cleaned_data.get("time")
    if day is None or clock is None:
        return None
    wall = datetime.combine(day, clock)
    try:
        starts_at = typed.moment(wall, professional)
    except ValidationError as error:
        form.add_error("time", error)
        return None
    if form.errors or who is None or service is None:
        return None
    walls = _walls(wall, form.cleaned_data)
    return Wish(who, service, wall, starts_at, form.cleaned_data["attendee"], walls)


def service_of(form: EntryForm, professional: Professional) -> Service | None:
    pk = form.cleaned_data.get("service")
    return get_object_or_404(professional.services.filter(is_active=True), pk=pk) if pk else None


def client_of(professional: Professional, chosen: str) -> Client | None:
    """Return the client whose id was chosen, None for anything but an id. Raises Http404."""
    pk = ids.typed(chosen)
    return None if pk is None else get_object_or_404(professional.clients.filter(erased_at=None), pk=pk)


def matching(professional: Professional, words: str) -> list[Client]:
    """Return the first few clients that the words mean, as their page finds them; nobody for no words."""
    if not search.fold(words).strip():
        return []
    return list(directory.people(professional, now=timezone.now(), words=words)[:MOST_FOUND])


def token_of(data: Mapping[str, Any]) -> UUID:
    """Return the form's own token, a new one for anything else."""
    try:
        return UUID(str(data.get("token", "")))
    except ValueError:
        return uuid4()


def _who(form: EntryForm, professional: Professional) -> Client | Newcomer | None:
    data = form.cleaned_data
    chosen, name = data.get("client", ""), data.get("name", "")
    if client := client_of(professional, chosen):
        return client
    if "name" in form.errors:
        return None
    if not name:
        form.add_error("name", _("Enter who it is for: a client's name or phone."))
    elif chosen != "new" and matching(professional, name):
        form.add_error("name", _("Choose who it is: one of these, or a new client."))
    elif not any(letter.isalpha() for letter in name):
        form.add_error("name", _("Enter a name for the new client."))
    else:
        return Newcomer(name=name, phone=data.get("phone"))
    return None


def _walls(first: datetime, data: Mapping[str, Any]) -> list[datetime]:
    if not data.get("repeat"):
        return [first]
    until: date | None = data["until"] if data.get("ends") == "until" else None
    return desk.walls(first, weeks=int(data["repeat"]), count=None if until else data["count"], until=until)
