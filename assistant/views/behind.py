"""The rows behind the figures that are counted from no appointments: days, conversations, answers."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from assistant import figures
from assistant.access import professional_only, shell
from assistant.numbers import number_tiles, occupancy, periods, replies
from assistant.numbers.periods import Period
from assistant.talks import conversations as talks
from scheduling.models import Professional

ROWS_A_PAGE = 100


@professional_only
@require_GET
def days(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List the days on which something is offered, with how much of each is booked."""
    period = _period(request, professional)
    found = occupancy.by_day(professional, period.first, period.last, now=timezone.now())
    whole = occupancy.whole(found)
    rows = [
        (
            day,
            figures.hours(one.offered),
            figures.hours(one.booked),
            figures.percent(one.rate),
            number_tiles.rows(Period(day, day, "")),
        )
        for day, one in found
    ]
    sums = (figures.hours(whole.offered), figures.hours(whole.booked), figures.percent(whole.rate))
    return _page(request, professional, "numbers/days.html", {"period": period, "rows": rows, "sums": sums})


@professional_only
@require_GET
def conversations(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List the conversations of a period: all, or (`alone` is 1 or 0) what the reception finished alone or did not."""
    period, now = _period(request, professional), timezone.now()
    found = replies.conversations(professional, period.first, period.last)
    chosen = request.GET.get("alone", "")
    if chosen in ("0", "1"):
        found = found.filter(was_alone=chosen == "1")
    shown = Paginator(talks.with_latest(found).order_by("-last_inbound_at", "-pk"), ROWS_A_PAGE)
    page: Any = shown.get_page(request.GET.get("page"))
    rows = [(talks.row(one, now=now), one.was_alone) for one in page]
    context = {"period": period, "page": page, "rows": rows, "count": shown.count, "chosen": chosen}
    return _page(request, professional, "numbers/conversations.html", context)


@professional_only
@require_GET
def answers(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List the answers whose middle one is the median, the quickest first; `by=hand` the professional's own."""
    period, now, by_hand = _period(request, professional), timezone.now(), request.GET.get("by") == "hand"
    shown = Paginator(replies.answers(professional, period.first, period.last, by_hand=by_hand), ROWS_A_PAGE)
    page = shown.get_page(request.GET.get("page"))
    known = replies.with_clients(professional, [one.conversation_id for one in page])
    rows = [
        (
            one.conversation_id,
            talks.name_of(known[one.conversation_id]),
            talks.moment(one.asked, professional, now=now),
            figures.wait(one.waited),
        )
        for one in page
    ]
    [waits] = replies.waits(professional, [period.span])
    wait = figures.wait((waits.by_hand if by_hand else waits.reception).median)
    context = {"period": period, "page": page, "rows": rows, "count": shown.count, "median": wait, "by_hand": by_hand}
    return _page(request, professional, "numbers/answers.html", context)


def _period(request: HttpRequest, professional: Professional) -> Period:
    today = timezone.now().astimezone(professional.zone).date()
    return periods.read(request.GET, current=today.replace(day=1))


def _page(request: HttpRequest, professional: Professional, template: str, context: dict[str, object]) -> HttpResponse:
    query = urlencode({key: value for key, value in request.GET.items() if key != "page"})
    return render(request, template, shell(request, professional, section="numbers") | context | {"query": query})
