"""The first steps: who you are, services, week, rules, WhatsApp. Each can be skipped, left and come back to.

The forms are those of the settings. What was done is read from what is saved; the session only remembers steps that
were passed without saving anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from assistant import connection, toasts
from assistant.access import professional_only
from assistant.forms import suggestions
from assistant.forms.number import NumberForm
from assistant.forms.profile import StepForm
from assistant.forms.rules import RulesForm
from assistant.forms.services import BriefServiceForm
from assistant.views.settings.frame import Edited, edit, focus
from assistant.views.settings.hours import edit_week
from assistant.views.settings.services import write
from assistant.views.settings.simple import form_page
from intake import wording
from scheduling import zones
from scheduling.models import Professional

ROWS = 3
_PASSED = "steps_passed"
Outcome = tuple[dict[str, Any], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its place in the path, its name in the progress, its title."""

    name: str
    label: Promise
    title: Promise
    lead: Promise


STEPS = [
    Step(
        "you",
        gettext_lazy("You"),
        gettext_lazy("Who are you?"),
        gettext_lazy("Your clients read this name when the reception greets them."),
    ),
    Step(
        "services",
        gettext_lazy("Services"),
        gettext_lazy("What can be booked?"),
        gettext_lazy("Name, length and price are enough. You can change everything later."),
    ),
    Step(
        "week",
        gettext_lazy("Week"),
        gettext_lazy("When do you work?"),
        gettext_lazy("The reception offers times within these intervals alone."),
    ),
    Step(
        "rules",
        gettext_lazy("Rules"),
        gettext_lazy("By which rules?"),
        gettext_lazy("These are usual. Change what does not suit you."),
    ),
    Step(
        "whatsapp",
        gettext_lazy("WhatsApp"),
        gettext_lazy("Connect your WhatsApp"),
        gettext_lazy("The last step. Your clients go on writing to the same number, and the reception answers."),
    ),
]
NAMES = [one.name for one in STEPS]


@professional_only
@require_GET
def begin(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Go to the first step that is neither done nor passed."""
    open_steps = [name for name in NAMES if name not in done(request, professional)]
    return redirect("start-step", open_steps[0] if open_steps else NAMES[-1])


@professional_only
@form_page
def step(request: HttpRequest, professional: Professional, name: str) -> HttpResponse:
    """Show a step, or take its form and go on to the next."""
    if name not in NAMES:
        raise Http404
    context, is_saved = _FORMS[name](request, professional)
    if is_saved:
        return _go_on(request, name)
    place = NAMES.index(name)
    finished = done(request, professional)
    frame = {
        "professional": professional,
        "toast": toasts.take(request),
        "step": STEPS[place],
        "number": place + 1,
        "progress": [(one, one.name in finished, one.name == name) for one in STEPS],
        "previous": NAMES[place - 1] if place else "",
        "is_last": place + 1 == len(STEPS),
    }
    status = 409 if context.get("problem") else 200
    return render(request, f"start/{name}.html", frame | context, status=status)


@professional_only
@require_POST
def skip(request: HttpRequest, professional: Professional, name: str) -> HttpResponse:  # noqa: ARG001
    """Pass a step without saving anything."""
    if name not in NAMES:
        raise Http404
    return _go_on(request, name)


@professional_only
@require_POST
def finish(request: HttpRequest, professional: Professional) -> HttpResponse:
    """End the first steps, done or not: to the trial of the reception, or to the agenda ("later")."""
    if professional.onboarded_at is None:
        professional.onboarded_at = timezone.now()
        professional.save(update_fields=["onboarded_at"])
    if request.POST.get("to") == "try":
        return redirect("/try/")
    toasts.say(request, _("You find all of this in the settings."))
    return redirect("today")


def done(request: HttpRequest, professional: Professional) -> set[str]:
    """Return the steps that are done, by what is saved, or were passed in this session."""
    passed = set(request.session.get(_PASSED, ())) & set(NAMES)
    if professional.profession:
        passed.add("you")
    if professional.services.exists():
        passed.add("services")
    if professional.working_hours.filter(date=None).exists():
        passed.add("week")
    if professional.requested_number or professional.whatsapp_number:
        passed.add("whatsapp")
    return passed


def _go_on(request: HttpRequest, name: str) -> HttpResponse:
    passed = set(request.session.get(_PASSED, ()))
    request.session[_PASSED] = sorted(passed | {name})
    following = NAMES[NAMES.index(name) + 1 :]
    return redirect("start-step", following[0] if following else name)


def _you(request: HttpRequest, professional: Professional) -> Outcome:
    edited = edit(request, professional, StepForm, concerned=zones.concerned(professional))
    return edited.context, edited.is_saved


def _services(request: HttpRequest, professional: Professional) -> Outcome:
    """Take up to three services; a row without a name is none."""
    present = [wording.service(one) for one in professional.services.all()]
    rows = [_service_form(request, professional, number, bool(present)) for number in range(ROWS)]
    if request.method != "POST":
        return {"rows": rows, "present": present}, False
    wanted = [row for row in rows if row["name"].value()]
    faulty = [row for row in wanted if not row.is_valid()]
    edited = Edited(None, "", is_saved=True)
    # All or none: a row that was saved before its neighbour failed would be refused as a double the next time.
    with transaction.atomic():
        while wanted and not faulty and edited.is_saved:
            edited = write(request, professional, wanted.pop(0))
        transaction.set_rollback(not edited.is_saved)
    if faulty:
        focus(faulty[0])
    if faulty or not edited.is_saved:
        return {"rows": rows, "present": present, "problem": edited.problem}, False
    return {}, True


def _service_form(request: HttpRequest, professional: Professional, number: int, has_some: bool) -> BriefServiceForm:  # noqa: FBT001
    if request.method == "POST":
        return BriefServiceForm(request.POST, prefix=f"s{number}")
    proposed = [] if has_some else suggestions.of(professional.profession)
    initial: dict[str, Any] = {}
    if number < len(proposed):
        initial = {"name": str(proposed[number].name), "duration_minutes": proposed[number].minutes}
    return BriefServiceForm(prefix=f"s{number}", initial=initial, use_required_attribute=False)


def _week(request: HttpRequest, professional: Professional) -> Outcome:
    return edit_week(request, professional)


def _rules(request: HttpRequest, professional: Professional) -> Outcome:
    edited = edit(request, professional, RulesForm)
    return edited.context, edited.is_saved


def _whatsapp(request: HttpRequest, professional: Professional) -> Outcome:
    """Saving the number stays on this step: the address to paste and the check come after it."""
    edited = edit(request, professional, NumberForm)
    if edited.is_saved:
        toasts.say(request, _("Saved. The operator assigns the number."))
    return edited.context | {"state": connection.state(professional)}, edited.is_saved


_FORMS: dict[str, Callable[[HttpRequest, Professional], Outcome]] = {
    "you": _you,
    "services": _services,
    "week": _week,
    "rules": _rules,
    "whatsapp": _whatsapp,
}
