"""The rules under which the reception offers and changes appointments."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assistant.forms.fields import Choice, Number, Switch
from scheduling.models import Professional

NOTICE_MINUTES = (0, 30, 60, 120, 240, 480, 720, 1440, 2880, 4320, 10080)
STEP_MINUTES = (5, 10, 15, 20, 30, 45, 60, 90, 120)
CUTOFF_HOURS = (0, 1, 2, 4, 6, 12, 24, 48, 72)


class RulesForm(forms.Form):
    """When clients may book, move and cancel by themselves."""

    minimum_notice_minutes = Choice(
        label=gettext_lazy("Minimum notice"),
        coerce=int,
        help_text=gettext_lazy("How long before an appointment it can still be booked."),
    )
    booking_horizon_days = Number(
        label=gettext_lazy("Calendar open for (days)"),
        min_value=1,
        max_value=730,
        help_text=gettext_lazy("How far ahead clients can book: 1 to 730."),
    )
    slot_step_minutes = Choice(
        label=gettext_lazy("Appointments start every"),
        coerce=int,
        help_text=gettext_lazy("Counted from the beginning of each interval of your week."),
    )
    daily_limit = Number(
        label=gettext_lazy("Most appointments a day"),
        min_value=1,
        max_value=200,
        required=False,
        help_text=gettext_lazy("Left empty, there is no limit."),
    )
    cancellation_cutoff_hours = Choice(
        label=gettext_lazy("Changes by the client until"),
        coerce=int,
        help_text=gettext_lazy("Later the reception changes nothing and offers to call you."),
    )
    requires_approval = Switch(
        label=gettext_lazy("I approve each booking"),
        help_text=gettext_lazy("The client is told that the time is reserved and waits for your answer."),
    )
    observes_holidays = Switch(
        label=gettext_lazy("Closed on national holidays"),
        help_text=gettext_lazy("Brazil's, with Carnival and Corpus Christi. Extra hours open such a day."),
    )

    def __init__(self, professional: Professional, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {name: getattr(professional, name) for name in self.base_fields})
        super().__init__(*args, **options)
        notice, cutoff = professional.minimum_notice_minutes, professional.cancellation_cutoff_hours
        self._offer("minimum_notice_minutes", [(one, _before(one)) for one in _with(NOTICE_MINUTES, notice)])
        self._offer("cancellation_cutoff_hours", [(one, _before(one * 60)) for one in _with(CUTOFF_HOURS, cutoff)])
        steps = _with(STEP_MINUTES, professional.slot_step_minutes)
        self._offer("slot_step_minutes", [(one, length(one)) for one in steps])

    def _offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        field = cast("Choice", self.fields[name])
        field.choices = choices


def length(minutes: int) -> str:
    """Return a length as people say it: "30 minutes", "2 hours", "3 days"."""
    if minutes >= 2880 and minutes % 1440 == 0:
        return ngettext("%(count)d day", "%(count)d days", minutes // 1440) % {"count": minutes // 1440}
    if minutes and minutes % 60 == 0:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def _before(minutes: int) -> str:
    return _("%(length)s before") % {"length": length(minutes)} if minutes else _("Up to the last minute")


def _with(offered: Sequence[int], saved: int) -> list[int]:
    """Return what is offered, and what was saved before: an administrator may have set anything."""
    return sorted({*offered, saved})
