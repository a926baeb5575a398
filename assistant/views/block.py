"""Blocking time: an hour, a day, a week. What is booked inside it is listed first and kept only if one says so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assistant import dates, toasts, typed
from assistant.access import professional_only, shell
from assistant.agenda import day as days
from assistant.agenda import deeds
from assistant.typed import ClockField, DayField
from scheduling import ids, timeoff
from scheduling.errors import BookingError
from scheduling.models import Appointment, Professional, TimeOff
from scheduling.timeoff import StandingError

DAY = timedelta(days=1)
# A longer one is a slip of the pen, and would be hard to notice.
LONGEST = timedelta(days=366)


class BlockForm(forms.Form):
    """From when until when, in the professional's wall time; whole days have no times and include the last day."""

    whole = forms.BooleanField(required=False)
    date = DayField()
    time = ClockField(required=False)
    end_date = DayField(required=False)
    end_time = ClockField(required=False)
    reason = forms.CharField(max_length=120, required=False)


@dataclass(frozen=True, slots=True)
class Span:
    """What is to be blocked."""

    starts_at: datetime
    ends_at: datetime


@professional_only
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, professional: Professional, block_id: int | None = None) -> HttpResponse:
    """Show the form of a new or an existing block, or save it."""
    block = get_object_or_404(professional.time_off, pk=block_id) if block_id is not None else None
    if request.method == "GET":
        return _form(request, professional, block, _first(request, professional, block))
    data = request.POST
    form = BlockForm(data)
    span = _span(form, professional)
    if span is None:
        return _form(request, professional, block, data, errors=form.errors)
    change: Callable[..., TimeOff] = partial(timeoff.change, block) if block else partial(timeoff.block, professional)
    try:
        saved = change(
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            reason=form.cleaned_data["reason"],
            keeping=_keeping(data),
        )
    except StandingError as error:
        return _form(request, professional, block, data, standing=error.appointments)
    except BookingError as error:
        return _form(request, professional, block, data, wrong=error.message)
    _say(request, professional, saved, before=block)
    return deeds.back(request, day=saved.starts_at.astimezone(professional.zone).date())


@professional_only
@require_POST
def remove(request: HttpRequest, professional: Professional, block_id: int) -> HttpResponse:
    """Offer the time again; the toast can take that back."""
    block = get_object_or_404(professional.time_off, pk=block_id)
    day, fields = block.starts_at.astimezone(professional.zone).date(), _undo_fields(professional, block)
    try:
        timeoff.remove(block)
    except BookingError as error:
        toasts.say(request, error.message)
        return redirect("block-edit", block_id)
    toasts.say(request, _("The block was removed."), undo=reverse("block"), next=request.POST.get("next", ""), **fields)
    return deeds.back(request, day=day)


def _first(request: HttpRequest, professional: Professional, block: TimeOff | None) -> QueryDict:
    """Return what the form begins with: the block as it stands, or an hour, a day or a week from a start."""
    data = QueryDict(mutable=True)
    if block is not None:
        data.update(_fields(professional, block))
        return data
    asked = request.GET.get("start", "")
    today = timezone.now().astimezone(professional.zone)
    start = typed.read_wall(asked) or datetime.combine(typed.read_day(asked) or today.date() + DAY, time(9))
    length = request.GET.get("for", "")
    first, last = start.date(), start.date()
    if length == "week":
        first -= first.weekday() * DAY
        last = first + 6 * DAY
    end = start + timedelta(hours=1)
    data.update({"date": first.isoformat(), "time": f"{start:%H:%M}", "end_time": f"{end:%H:%M}"})
    data["end_date"] = (last if length in ("day", "week") else end.date()).isoformat()
    data["whole"] = "on" if length in ("day", "week") else ""
    data["next"] = request.GET.get("next", "")
    return data


def _span(form: BlockForm, professional: Professional) -> Span | None:
    """Return what the form means; None adds to its errors."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    first: date = data["date"]
    last: date = data["end_date"] or first
    if data["whole"]:
        starts_at, ends_at = typed.midnight(first, professional), typed.midnight(last + DAY, professional)
    else:
        begins = _instant(form, "time", first, professional)
        ends = _instant(form, "end_time", last, professional)
        if begins is None or ends is None:
            return None
        starts_at, ends_at = begins, ends
    if ends_at <= starts_at:
        place = "end_date" if data["whole"] or last < first else "end_time"
        form.add_error(place, _("The end must come after the start."))
    elif ends_at - starts_at > LONGEST:
        form.add_error("end_date", _("A block lasts a year at most. Enter an earlier end."))
    return None if form.errors else Span(starts_at, ends_at)


def _instant(form: BlockForm, name: str, day: date, professional: Professional) -> datetime | None:
    clock = form.cleaned_data.get(name)
    if clock is None:
        form.add_error(name, _("Enter a time, such as 15:00."))
        return None
    try:
        return typed.moment(datetime.combine(day, clock), professional)
    except ValidationError as error:
        form.add_error(name, error)
        return None


def _keeping(data: QueryDict) -> set[int]:
    """Return the appointments that were shown and are to be kept."""
    typed_ids = ",".join(data.getlist("keep")).split(",")
    return {pk for one in typed_ids if (pk := ids.typed(one)) is not None}


def _fields(professional: Professional, block: TimeOff) -> dict[str, str]:
    """Return a block as its form would hold it."""
    begins, ends = block.starts_at.astimezone(professional.zone), block.ends_at.astimezone(professional.zone)
    last = ends.date() - DAY
    is_whole = (
        typed.midnight(begins.date(), professional) == block.starts_at
        and typed.midnight(ends.date(), professional) == block.ends_at
    )
    return {
        "whole": "on" if is_whole else "",
        "date": begins.date().isoformat(),
        "time": f"{begins:%H:%M}",
        "end_date": (last if is_whole else ends.date()).isoformat(),
        "end_time": f"{ends:%H:%M}",
        "reason": block.reason,
    }


def _undo_fields(professional: Professional, block: TimeOff) -> dict[str, str]:
    """Return the block as its form would hold it, with a yes to the appointments that stand in it now."""
    standing = timeoff.standing(professional, block.starts_at, block.ends_at)
    kept = ",".join(str(pk) for pk in standing.values_list("pk", flat=True))
    return {**_fields(professional, block), "keep": kept}


def _say(request: HttpRequest, professional: Professional, saved: TimeOff, *, before: TimeOff | None) -> None:
    now = timezone.now()
    span = {
        "from": dates.moment(saved.starts_at, professional, now=now),
        "to": dates.moment(saved.ends_at, professional, now=now),
    }
    following = request.POST.get("next", "")
    if before is None:
        said = _("Blocked from %(from)s to %(to)s.") % span
        toasts.say(request, said, undo=reverse("block-remove", args=[saved.pk]), next=following)
    else:
        said = _("The block is now from %(from)s to %(to)s.") % span
        undo = reverse("block-edit", args=[saved.pk])
        toasts.say(request, said, undo=undo, next=following, **_undo_fields(professional, before))


def _form(
    request: HttpRequest,
    professional: Professional,
    block: TimeOff | None,
    data: QueryDict,
    *,
    errors: Any = None,
    standing: list[Appointment] | None = None,
    wrong: str = "",
) -> HttpResponse:
    now = timezone.now()
    context = {
        "short_title": _("Block time"),
        "off": block,
        "values": {name: data.get(name, "") for name in BlockForm.base_fields},
        "next": data.get("next", ""),
        "errors": errors or {},
        "wrong": wrong,
        "standing": [
            (card, dates.moment(card.starts_at, professional, now=now))
            for card in days.cards(professional, standing or [], now=now)
        ],
    }
    frame = shell(request, professional, section="agenda")
    return render(request, "dashboard/appointment/block.html", frame | context)
