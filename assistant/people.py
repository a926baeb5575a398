"""Clients as pages show them: how they are called and reached, and their figures in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant import dates
from assistant.agenda.day import LOOKS
from assistant.figures import part, percent
from assistant.metrics import share
from intake import simulator, wording
from scheduling import clients, directory, phones
from scheduling.directory import Figures
from scheduling.models import Appointment, Client, Professional


@dataclass(frozen=True, slots=True)
class Person:
    """One client with their figures; empty texts where there is nothing to tell."""

    client: Client
    name: str
    initials: str
    phone: str
    coming: str
    last: str
    rate: str
    base: str
    received: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Line:
    """An appointment in a client's history. `look` and `icon` are those of the agenda."""

    id: int
    day: str
    clock: str
    service: str
    attendee: str
    price: str
    look: str
    icon: str
    status: str


def persons(professional: Professional, found: Iterable[Client], *, now: datetime) -> list[Person]:
    """Return the clients as lists show them. One query, however many."""
    rows = list(found)
    figures = directory.figures(rows, now=now)
    return [_person(professional, row, figures[row.pk], now=now) for row in rows]


def called(client: Client) -> str:
    """Return what to call a person: the name, else the phone or address, else that nobody knows."""
    return client.name or reached(client) or _("No name")


def reached(client: Client) -> str:
    return simulator.pretty(client.phone or client.address)


def line(appointment: Appointment, professional: Professional) -> Line:
    local = appointment.starts_at.astimezone(professional.zone)
    icon, look = LOOKS[Appointment.Status(appointment.status)]
    return Line(
        id=appointment.pk,
        day=date_format(local.date(), "SHORT_DATE_FORMAT"),
        clock=f"{local:%H:%M}",
        service=appointment.service.name,
        attendee=appointment.attendee,
        price=wording.price(appointment.price),
        look=look,
        icon=icon,
        status=str(appointment.get_status_display()),
    )


def rate(figures: Figures) -> str:
    """Return the no-show rate: "12,5%"; a dash where nothing is finished."""
    return percent(share(figures.missed, figures.finished))


def base(figures: Figures) -> str:
    """Return what the rate is made of: "9 de 72"."""
    if not figures.finished:
        return ""
    return part(figures.missed, figures.finished)


def _person(professional: Professional, client: Client, figures: Figures, *, now: datetime) -> Person:
    last = figures.last_at.astimezone(professional.zone).date() if figures.last_at else None
    return Person(
        client=client,
        name=called(client),
        initials=wording.initials(client.name),
        phone=reached(client) if client.name else "",
        coming=dates.moment(figures.next_at, professional, now=now) if figures.next_at else "",
        last=date_format(last, "SHORT_DATE_FORMAT") if last else "",
        rate=rate(figures),
        base=base(figures),
        received=wording.price(figures.received),
        figures=figures,
    )


class Contact(forms.Form):
    """How a person is called and reached. A phone is read as Brazilians write it and kept in E.164."""

    name = forms.CharField(
        max_length=120,
        error_messages={
            "required": gettext_lazy("Write the name, so that you find the person again."),
            "max_length": gettext_lazy("Use at most 120 characters."),
        },
    )
    phone = forms.CharField(required=False, max_length=40)
    email = forms.EmailField(
        required=False,
        max_length=254,
        error_messages={"invalid": gettext_lazy("This is no e-mail address. Write one as in nome@exemplo.com.")},
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_phone(self) -> str | None:
        """Return E.164, None for none; what stands there already needs no proof."""
        text = str(self.cleaned_data["phone"]).strip()
        if not text:
            return None
        if "phone" not in self.changed_data:
            return self.initial.get("number")
        number = phones.typed(text)
        if number is None:
            message = _(
                "Write the area code and the number, as in 11 98765-4321, or the country too, as in +351 912 345 678."
            )
            raise forms.ValidationError(message)
        return number


class NewContact(Contact):
    notes = forms.CharField(required=False, max_length=clients.LONGEST_NOTES)


class Notes(forms.Form):
    notes = forms.CharField(
        required=False,
        strip=False,
        max_length=clients.LONGEST_NOTES,
        error_messages={"max_length": gettext_lazy("Use at most 20,000 characters.")},
    )


def contact_of(client: Client) -> dict[str, str | None]:
    """Return the form's first values; `number` is the phone as it is kept."""
    phone = simulator.pretty(client.phone or "")
    return {"name": client.name, "phone": phone, "email": client.email, "number": client.phone}
