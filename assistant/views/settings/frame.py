"""What all pages of the settings share: their list, their frame, and how a form of the professional is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistant.access import shell
from assistant.forms.hours import faults_in_words
from scheduling import practice
from scheduling.errors import BookingError
from scheduling.models import Professional
from scheduling.zones import Keep, ZoneError


@dataclass(frozen=True, slots=True)
class Part:
    """One page of the settings."""

    name: str
    url: str
    label: Promise
    icon: str


PARTS = [
    Part("profile", "settings-profile", gettext_lazy("Profile"), "person"),
    Part("services", "settings-services", gettext_lazy("Services"), "tag"),
    Part("hours", "settings-hours", gettext_lazy("Hours"), "clock"),
    Part("time_off", "settings-time-off", gettext_lazy("Time off and holidays"), "agenda"),
    Part("rules", "settings-rules", gettext_lazy("Rules"), "adj"),
    Part("reception", "settings-reception", gettext_lazy("Reception and language"), "bell"),
    Part("whatsapp", "settings-whatsapp", gettext_lazy("WhatsApp"), "chat"),
    Part("keys", "settings-keys", gettext_lazy("Access for programs"), "key"),
    Part("account", "account", gettext_lazy("Account and security"), "block"),
]


def show(
    request: HttpRequest,
    professional: Professional,
    part: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    page: str = "",
) -> HttpResponse:
    """Render one page of the settings, by default the part's own."""
    frame = shell(request, professional, section="settings")
    more = {"parts": PARTS, "part": part}
    return render(request, f"settings/{page or part}.html", frame | more | dict(context), status=status)


@dataclass(slots=True)
class Edited:
    """A form on its way: `is_saved` ends it, else it is shown (again) with `seen` and perhaps a `problem`."""

    form: Any
    seen: str
    problem: str = ""
    is_saved: bool = False

    @property
    def status(self) -> int:
        """409 tells a program what the page tells its reader: these settings have changed meanwhile."""
        return 409 if self.problem else 200

    @property
    def context(self) -> dict[str, Any]:
        faults = len(self.form.errors) if self.form.is_bound else 0
        said = faults_in_words(faults) if faults else ""
        return {"form": self.form, "seen": self.seen, "problem": self.problem, "faults": said}


def changed_elsewhere() -> str:
    return _("These settings have changed in another tab. This is how they are now.")


def edit(request: HttpRequest, professional: Professional, form_class: Any, **options: Any) -> Edited:
    """Show a form of the professional's fields, or take it and store it."""
    seen = practice.version(professional, form_class.base_fields)
    if request.method != "POST":
        return Edited(form_class(professional, **options), seen)
    form = form_class(professional, request.POST, **options)
    if not form.is_valid():
        focus(form)
        return Edited(form, request.POST.get("seen", ""))
    values = {name: form.cleaned_data[name] for name in form_class.base_fields}
    values = {name: None if value == "" and name == "daily_limit" else value for name, value in values.items()}
    try:
        practice.update(
            professional,
            values=values,
            seen=request.POST.get("seen", ""),
            keep=getattr(form, "keep", None) or Keep.WALL,
            user=author(request),
        )
    except practice.ChangedError:
        professional.refresh_from_db()
        fresh = practice.version(professional, form_class.base_fields)
        return Edited(form_class(professional, **options), fresh, changed_elsewhere())
    except ZoneError as error:
        form.refuse_zone(error)
        return Edited(form, request.POST.get("seen", ""))
    except BookingError as error:
        return Edited(form, request.POST.get("seen", ""), error.message)
    professional.refresh_from_db()
    return Edited(form, seen, is_saved=True)


def focus(form: forms.BaseForm) -> None:
    """Put the cursor into the first field that is wrong."""
    for name in form.fields:
        if name in form.errors:
            form.fields[name].widget.attrs["autofocus"] = True
            return


def author(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
