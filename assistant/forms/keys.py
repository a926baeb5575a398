"""What is asked for a key: which program will have it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant import keys
from assistant.forms.fields import Line


class KeyForm(forms.Form):
    """The name of a key."""

    name = Line(label=gettext_lazy("Which program is it for?"), max_length=60)

    def __init__(self, *args: Any, count: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.count = count
        self.fields["name"].widget.attrs |= {"placeholder": _("My website"), "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        if self.count >= keys.MOST_KEYS:
            said = _("You have %(most)s keys, that is the most. Revoke one first.") % {"most": keys.MOST_KEYS}
            raise ValidationError({"name": said})
        return super().clean() or {}
