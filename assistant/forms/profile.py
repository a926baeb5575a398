"""Who the professional is, where they work, and which language and clock their practice keeps."""

import zoneinfo
from functools import cache
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant.forms.fields import Choice, Line, Switch, Text
from scheduling.models import Professional
from scheduling.zones import Conflict, Keep, ZoneError

MOST_LISTED = 5
BRAZIL = (
    "America/Sao_Paulo", "America/Bahia", "America/Fortaleza", "America/Recife", "America/Maceio", "America/Belem",
    "America/Araguaina", "America/Santarem", "America/Manaus", "America/Campo_Grande", "America/Cuiaba",
    "America/Porto_Velho", "America/Boa_Vista", "America/Rio_Branco", "America/Noronha",
)  # fmt: skip
# Names without accents, of the places that people look for most.
PLACES = {
    "Sao_Paulo": "São Paulo", "Maceio": "Maceió", "Belem": "Belém", "Araguaina": "Araguaína", "Santarem": "Santarém",
    "Cuiaba": "Cuiabá", "Noronha": "Fernando de Noronha",
}  # fmt: skip
_REGIONS = {
    "America": gettext_lazy("America"),
    "Europe": gettext_lazy("Europe"),
    "Atlantic": gettext_lazy("Atlantic"),
    "Africa": gettext_lazy("Africa"),
    "Asia": gettext_lazy("Asia"),
    "Australia": gettext_lazy("Australia"),
    "Pacific": gettext_lazy("Pacific"),
    "Indian": gettext_lazy("Indian Ocean"),
}


@cache
def zones() -> tuple[tuple[Promise | str, tuple[tuple[str, str], ...]], ...]:
    """Return the zones as groups of (name, place): Brazil's first, then the others by continent."""
    others: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in sorted(zoneinfo.available_timezones() - set(BRAZIL)):
        region, _slash, place = name.partition("/")
        if place and region in others:
            others[region].append((name, place.replace("_", " ").replace("/", ", ")))
    brazil = tuple((name, place_of(name)) for name in BRAZIL)
    return (("Brasil", brazil), *((_REGIONS[region], tuple(found)) for region, found in others.items()))


def place_of(zone: str) -> str:
    place = zone.partition("/")[2]
    return PLACES.get(place, place.replace("_", " ").replace("/", ", "))


class ProfileForm(forms.Form):
    """What clients are told about the professional, where notices go, and the practice's clock."""

    name = Line(label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("As your clients know you."))
    profession = Line(label=gettext_lazy("Profession"), max_length=80, required=False)
    about = Text(
        label=gettext_lazy("About your work"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("The reception uses it when somebody asks what you do."),
    )
    address = Line(label=gettext_lazy("Address"), max_length=200, required=False)
    link = forms.URLField(
        label=gettext_lazy("Link for online sessions"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"class": "in", "inputmode": "url", "autocapitalize": "none"}),
        error_messages={"invalid": gettext_lazy("Use an address like https://meet.example.com/room.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail for notices"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Left empty, notices go to the address of your login."),
        widget=forms.TextInput(attrs={"class": "in", "inputmode": "email", "autocapitalize": "none"}),
        error_messages={"invalid": gettext_lazy("Use an address like ana@example.com.")},
    )
    timezone = Choice(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("All hours on these pages and in messages are of this place."),
    )

    def __init__(self, professional: Professional, *args: Any, concerned: int = 0, **options: Any) -> None:
        options.setdefault("initial", {name: getattr(professional, name) for name in self.base_fields})
        super().__init__(*args, **options)
        self.professional, self.concerned = professional, concerned
        field = cast("Choice", self.fields["timezone"])
        known = [(group, list(places)) for group, places in zones()]
        if not any(professional.timezone == name for _group, places in known for name, _place in places):
            known.insert(0, ("", [(professional.timezone, professional.timezone)]))
        field.choices = known

    @property
    def asks_what_to_keep(self) -> bool:
        """Whether another zone was chosen while appointments are agreed."""
        wanted = self.data.get("timezone") if self.is_bound else None
        return bool(self.concerned and wanted and wanted != self.professional.timezone)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.asks_what_to_keep and self.keep is None:
            error = ValidationError(_("Choose what happens to the appointments below, then save again."), code="keep")
            self.add_error("timezone", error)
        return values

    @property
    def keep(self) -> Keep | None:
        """What the answer to the question was."""
        answer = self.data.get("keep") if self.is_bound else None
        return Keep(answer) if answer in set(Keep) else None

    def refuse_zone(self, error: ZoneError) -> None:
        """Say which appointments are in the new zone's way."""
        zone = zoneinfo.ZoneInfo(self.cleaned_data["timezone"])
        listed = "; ".join(_in_the_way(one, zone) for one in error.conflicts[:MOST_LISTED])
        said = _("Nothing was changed. Move these appointments first: %(list)s.") % {"list": listed}
        self.add_error("timezone", ValidationError(said, code="conflict"))


def _in_the_way(conflict: Conflict, zone: zoneinfo.ZoneInfo) -> str:
    words = {
        "reference": conflict.reference,
        "when": f"{conflict.starts_at.astimezone(zone):%d/%m %H:%M}",
        "other": conflict.other,
    }
    if conflict.other:
        return _("%(reference)s (%(when)s) would meet %(other)s") % words
    return _("%(reference)s (%(when)s) would be over") % words


class StepForm(ProfileForm):
    """The first step asks for the least: who, what, where the clock hangs."""

    about = address = link = email = None  # type: ignore[assignment]


class ReceptionForm(forms.Form):
    """Which language the practice speaks, and whether the reception answers."""

    def __init__(self, professional: Professional, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {name: getattr(professional, name) for name in self.base_fields})
        super().__init__(*args, **options)

    language = Choice(
        label=gettext_lazy("Language"),
        choices=Professional.Language.choices,
        help_text=gettext_lazy("Of these pages, and of the reception until a client writes in another one."),
    )
    bot_enabled = Switch(
        label=gettext_lazy("The reception answers"),
        help_text=gettext_lazy("Switched off, messages arrive and nobody answers them but you."),
    )
