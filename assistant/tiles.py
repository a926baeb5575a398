"""The figures on the admin's overview. Each opens the list of exactly the rows that it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from assistant import figures, metrics
from intake import glance as conversations
from intake.models import Conversation, InboundMessage, OutboundMessage
from scheduling import glance, tenancy
from scheduling.models import Appointment


@dataclass(frozen=True, slots=True)
class Tile:
    """A label, a figure, what it counts, and where its rows are; `tone` is "" or "warn", where somebody waits."""

    label: str
    figure: str
    base: str
    url: str
    icon: str
    tone: str = ""


def of(request: HttpRequest) -> list[Tile]:
    """Return the tiles for who looks; none for a login without rows."""
    if not tenancy.is_operator(request) and tenancy.tenant(request) is None:
        return []
    found = [*_appointments(_rows(Appointment, request)), _callers(_rows(Conversation, request))]
    return [*found, *_dead_letters()] if tenancy.is_operator(request) else found


def _rows(model: type[Model], request: HttpRequest) -> QuerySet[Any]:
    return tenancy.scope(request, model._default_manager.all(), path="professional")


def _appointments(rows: QuerySet[Any]) -> Iterator[Tile]:
    today, requests = glance.today(rows).count(), glance.requests(rows).count()
    attended, missed = glance.attended(rows).count(), glance.missed(rows).count()
    yield Tile(_("Today"), str(today), _("appointments"), _list(Appointment, glance="today"), "event")
    yield Tile(
        _("Requests"),
        str(requests),
        _("waiting for approval"),
        _list(Appointment, glance="requests"),
        "pending_actions",
        tone="warn" if requests else "",
    )
    base = _("%(missed)d of %(total)d this month") % {"missed": missed, "total": attended + missed}
    rate = figures.percent(metrics.share(missed, attended + missed))
    yield Tile(_("No-show rate"), rate, base, _list(Appointment, glance="missed"), "person_off")


def _callers(rows: QuerySet[Any]) -> Tile:
    count = conversations.waiting(rows).count()
    return Tile(
        _("Conversations"),
        str(count),
        _("waiting for a person"),
        _list(Conversation, waiting="person"),
        "front_hand",
        tone="warn" if count else "",
    )


def _dead_letters() -> Iterator[Tile]:
    """What the product has given up: the operator's alone."""
    unread = InboundMessage.objects.filter(status=InboundMessage.Status.DEAD).count()
    unsent = OutboundMessage.objects.filter(status=OutboundMessage.Status.FAILED).count()
    yield Tile(
        _("Unanswered"),
        str(unread),
        _("messages given up"),
        _list(InboundMessage, status__exact="dead"),
        "mark_email_unread",
        tone="warn" if unread else "",
    )
    yield Tile(
        _("Undelivered"),
        str(unsent),
        _("messages that failed"),
        _list(OutboundMessage, status__exact="failed"),
        "cancel_schedule_send",
        tone="warn" if unsent else "",
    )


def _list(model: type[Model], **asked: str) -> str:
    options = admin.site._registry[model].opts
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{reverse(f'admin:{options.app_label}_{options.model_name}_changelist')}?{query}"
