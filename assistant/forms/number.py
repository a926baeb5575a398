"""The WhatsApp number that a professional wishes for; it routes nothing until an operator assigns it."""

from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assistant.forms.fields import Line
from scheduling import phones
from scheduling.models import Professional

_ERROR = _("Use a number with area code, like 11 98765-4321, or with the country, like +351 912 345 678.")


class NumberForm(forms.Form):
    """Which number the reception shall answer."""

    requested_number = Line(
        label=_("WhatsApp number"),
        max_length=32,
        required=False,
        help_text=_("With area code. Another country: begin with + and its code."),
    )

    def __init__(self, professional: Professional, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"requested_number": pretty(professional.requested_number)})
        super().__init__(*args, **options)
        self.fields["requested_number"].widget.attrs |= {"inputmode": "tel", "autocomplete": "tel"}

    def clean_requested_number(self) -> str:
        typed = self.cleaned_data["requested_number"].strip()
        return parse_number(typed) if typed else ""


def parse_number(typed: str) -> str:
    """Return the number in E.164; without a country it is Brazilian. Raises ValidationError."""
    number = phones.typed(typed.removeprefix("whatsapp:"))
    if number is None:
        raise ValidationError(_ERROR, code="invalid")
    return number


def pretty(number: str) -> str:
    """Return a stored number as people write it: "+55 11 98765-4321"."""
    if not number:
        return ""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number
