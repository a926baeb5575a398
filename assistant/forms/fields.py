"""Fields that read what people type: one line or several, money, minutes; odd characters are refused in words."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

_NOT_TEXT = {"Cc", "Cs"}
_MONEY = re.compile(r"(\d{1,9}|\d{1,3}(?:[.,' ]\d{3})+)(?:([.,])(\d{1,2}))?")


def refuse_control_characters(value: str) -> None:
    """Refuse line breaks and other unprintable characters: a name may become the header of an e-mail (O9)."""
    if any(unicodedata.category(letter) in _NOT_TEXT for letter in value):
        raise ValidationError(_("Use letters, digits and signs on one line, nothing unprintable."), code="unprintable")


def refuse_invisible(value: str) -> None:
    """Refuse a text of signs that nobody can see: a greeting by such a name would name nobody."""
    if all(unicodedata.category(letter)[0] in "CZ" for letter in value):
        raise ValidationError(_("Use at least one letter or digit."), code="invisible")


def refuse_unprintable(value: str) -> None:
    """As above, for a text of several lines."""
    refuse_control_characters(value.translate({ord(letter): None for letter in "\r\n\t"}))


class Line(forms.CharField):
    """A text of one line."""

    default_validators = [refuse_control_characters, refuse_invisible]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"class": "in", "autocomplete": "off"} | super().widget_attrs(widget)


class Text(forms.CharField):
    """A text of several lines."""

    widget = forms.Textarea(attrs={"rows": 4})
    default_validators = [refuse_unprintable]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"class": "in"} | super().widget_attrs(widget)


class Number(forms.IntegerField):
    """A whole number, typed on a keyboard of digits."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Use a whole number, like 50.")}

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {
            "class": "in",
            "inputmode": "numeric",
            "autocomplete": "off",
            "maxlength": "5",
        }


class Money(forms.CharField):
    """An amount in reais as people write it: 200, 200,00, 1.234,56, R$ 1.234,56."""

    default_error_messages = {"invalid": _("Use an amount like 200 or 1.234,56.")}

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {
            "class": "in",
            "inputmode": "decimal",
            "autocomplete": "off",
            "maxlength": "20",
        }

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return parse_money(typed) if typed else None

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True).replace("\xa0", ".")


def parse_money(typed: str) -> Decimal:
    """Read an amount; the last sign before one or two digits is the decimal one, whatever the language.

    Raises ValidationError, also for a number that two people would read differently.
    """
    plain = unicodedata.normalize("NFKC", typed).strip().upper().removeprefix("R$").strip()
    found = _MONEY.fullmatch(plain)
    whole = found[1] if found else ""
    separators = set(whole) - set("0123456789")
    if not found or not plain.isascii() or len(separators) > 1 or found[2] in separators:
        raise ValidationError(Money.default_error_messages["invalid"], code="invalid")
    amount = Decimal(f"{''.join(filter(str.isdigit, whole))}.{found[3] or '0'}")
    if amount >= Decimal(10_000_000):
        raise ValidationError(_("Use at most 9.999.999,99."), code="max_value")
    return amount.quantize(Decimal("0.01"))


class Switch(forms.BooleanField):
    """On or off."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"class": "sw", "role": "switch"}


class Choice(forms.TypedChoiceField):
    """One of a list, chosen with the system's own list."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"class": "in"}
