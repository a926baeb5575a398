"""What a client can book."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assistant.forms.fields import Line, Money, Number
from scheduling.models import Service

FIELDS = ("name", "description", "duration_minutes", "price", "buffer_before_minutes", "buffer_after_minutes")


class ServiceForm(forms.Form):
    """One service: a length, a price, and time that stays free around it."""

    name = Line(label=_("Service"), max_length=80)
    duration_minutes = Number(label=_("Length (minutes)"), min_value=5, max_value=720)
    price = Money(label=_("Price (R$)"), help_text=_("0 if it costs nothing."))
    description = Line(
        label=_("Description"), max_length=300, required=False, help_text=_("Told to a client who asks about it.")
    )
    buffer_before_minutes = Number(
        label=_("Free before (minutes)"), min_value=0, max_value=240, required=False, initial=0
    )
    buffer_after_minutes = Number(
        label=_("Free after (minutes)"),
        min_value=0,
        max_value=240,
        required=False,
        initial=0,
        help_text=_("To tidy up, write notes or travel. Nobody can book it."),
    )

    def __init__(self, *args: Any, service: Service | None = None, **options: Any) -> None:
        if service is not None:
            options.setdefault("initial", {name: getattr(service, name) for name in FIELDS})
        super().__init__(*args, **options)

    def clean_buffer_before_minutes(self) -> int:
        return self.cleaned_data["buffer_before_minutes"] or 0

    def clean_buffer_after_minutes(self) -> int:
        return self.cleaned_data["buffer_after_minutes"] or 0

    def refuse_name(self) -> None:
        """Say that another service has this name."""
        self.add_error("name", ValidationError(_("You have a service of this name. Choose another one."), code="taken"))


class BriefServiceForm(ServiceForm):
    """The same with the least that is needed: name, length, price."""

    description = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("buffer_before_minutes", "buffer_after_minutes"):
            self.fields[name].widget = forms.HiddenInput()
