"""Figures, and the rows that each of them is counted from."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from assistant import day as days
from assistant import metrics
from assistant.access import professional_only, shell
from scheduling.models import Professional


@professional_only
@require_GET
def rows(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List the appointments of a period, of one status if the URL names one: the same rows that figures count."""
    now = timezone.now()
    today = now.astimezone(professional.zone).date()
    first, last = _day(request.GET.get("from", "")) or today.replace(day=1), _day(request.GET.get("to", "")) or today
    found = metrics.appointments(professional, first, last).select_related("client", "service").order_by("starts_at")
    status = request.GET.get("status", "")
    if status in metrics.Status.values:
        found = found.filter(status=status)
    context = {"first": first, "last": last, "cards": days.cards(professional, list(found[:500]), now=now)}
    return render(request, "dashboard/rows.html", shell(request, professional, section="numbers") | context)


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
