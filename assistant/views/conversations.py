"""Conversations: the list, one of them with what the reception did, and answering by hand."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assistant import dates, toasts, waiting
from assistant.access import professional_only, shell
from assistant.talks import conversations, finding, freshness, thread
from intake import takeover, tasks, trace, wording
from intake.models import Conversation, Turn
from intake.takeover import Barrier, Speaker, Undeliverable
from scheduling import ids
from scheduling.models import Appointment, Professional


@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Show the list, a later page of it, or what a search found."""
    now = timezone.now()
    context = shell(request, professional, section="conversations") | _list(request, professional, now=now)
    return render(request, "dashboard/conversations/page.html", context)


@professional_only
@require_GET
def rows(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Answer with the list's first page, 204 while it is what the browser has."""
    now = timezone.now()
    mark = conversations.version(professional, now=now)
    if request.GET.get("version") == mark:
        return HttpResponse(status=204)
    context = {
        "professional": professional,
        "inbox": conversations.inbox(professional, now=now, to=request.GET.get("to", "")),
        "list_version": mark,
        "polls": True,
        "open_id": ids.typed(request.GET.get("open", "")),
        "waiting_people": waiting.people(professional, now=now),
    }
    return render(request, "dashboard/conversations/rows.html", context)


@professional_only
@require_GET
def one(request: HttpRequest, professional: Professional, conversation_id: int) -> HttpResponse:
    """Show a conversation, up to a moment where the URL names one."""
    return _show(request, professional, _own(professional, conversation_id))


@professional_only
@require_GET
def news(request: HttpRequest, professional: Professional, conversation_id: int) -> HttpResponse:
    """Answer with what the page shows of the conversation, 204 while nothing has changed."""
    now = timezone.now()
    rows = freshness.watched(_owned(professional)).select_related("professional", "client")
    conversation = get_object_or_404(rows, pk=conversation_id)
    mark = freshness.version(conversation)
    if request.GET.get("version") == mark:
        return HttpResponse(status=204)
    since = conversations.moment_of(request.GET.get("since", ""))
    context = _state(conversation, now=now) | {
        "professional": professional,
        "conversation": conversation,
        "window": thread.window(conversation, now=now, since=since),
        "version": mark,
        # The field keeps what is being typed unless something else is to stand there.
        "is_composer_stale": request.GET.get("barrier", "") != takeover.barrier(conversation, now=now),
        "token": uuid4(),
    }
    return render(request, "dashboard/conversations/news.html", context)


@professional_only
@require_GET
def turn(request: HttpRequest, professional: Professional, conversation_id: int, turn_id: int) -> HttpResponse:
    """Show what the reception did in a turn, 0 for the newest: a piece of the page, or a page without scripts."""
    conversation = get_object_or_404(_owned(professional).select_related("professional"), pk=conversation_id)
    shown = trace.shown(conversation, turn_id=turn_id or _answered(conversation))
    if turn_id and (shown is None or shown.id != turn_id):
        raise Http404
    context: dict[str, Any] = {"turn": shown, "conversation": conversation}
    if request.headers.get("HX-Request"):
        return render(request, "dashboard/conversations/trace.html", context)
    context |= shell(request, professional, section="conversations")
    return render(request, "dashboard/conversations/turn.html", context)


@professional_only
@require_POST
def take(request: HttpRequest, professional: Professional, conversation_id: int) -> HttpResponse:
    """Let the professional speak alone."""
    conversation = _own(professional, conversation_id)
    takeover.take_over(_owned(professional).filter(pk=conversation.pk), now=timezone.now())
    give = reverse("conversation-give", args=[conversation.pk])
    toasts.say(request, _("You answer now. The reception is silent."), undo=give)
    return redirect("conversation", conversation.pk)


@professional_only
@require_POST
def give(request: HttpRequest, professional: Professional, conversation_id: int) -> HttpResponse:
    """Let the reception answer again."""
    conversation = _own(professional, conversation_id)
    takeover.give_back(_owned(professional).filter(pk=conversation.pk))
    undo = reverse("conversation-take", args=[conversation.pk])
    toasts.say(request, _("Conversation given back to the reception."), undo=undo)
    return redirect("conversation", conversation.pk)


@professional_only
@require_POST
def answer(request: HttpRequest, professional: Professional, conversation_id: int) -> HttpResponse:
    """Say something by hand; what cannot be sent is shown again with the reason, nothing typed is lost."""
    conversation = _own(professional, conversation_id)
    # PostgreSQL stores no NUL; an outbox row with one would be refused as a whole.
    text = request.POST.get("text", "").replace("\x00", "").strip()
    if complaint := _complaint(text):
        return _show(request, professional, conversation, text=text, complaint=complaint)
    try:
        takeover.answer(conversation, text, token=_token(request.POST.get("token", "")))
    except Undeliverable:
        # The page says why, instead of the field.
        toasts.say(request, _("The message was not sent."))
        return redirect("conversation", conversation.pk)
    tasks.wake(tasks.deliver)
    return redirect("conversation", conversation.pk)


def _answered(conversation: Conversation) -> int | None:
    """Return the newest turn in which the reception said something."""
    spoken = conversation.turns.exclude(path=Turn.Path.SILENT).order_by("-pk")
    return spoken.values_list("pk", flat=True).first()


def _list(request: HttpRequest, professional: Professional, *, now: datetime) -> dict[str, Any]:
    typed = request.GET.get("q", "").replace("\x00", "")[: finding.LONGEST_WISH].strip()
    if typed:
        return {"typed": typed, "found": finding.find(professional, typed, now=now)}
    after = request.GET.get("after", "")
    found = conversations.inbox(professional, now=now, after=after)
    # The first poll brings the mark: no page pays a query for it.
    return {"inbox": found, "after": after, "polls": not after}


def _show(
    request: HttpRequest, professional: Professional, conversation: Conversation, *, text: str = "", complaint: str = ""
) -> HttpResponse:
    now = timezone.now()
    before = conversations.moment_of(request.GET.get("before", ""))
    context = shell(request, professional, section="conversations")
    context |= _list(request, professional, now=now) | _state(conversation, now=now)
    context |= {
        "conversation": conversation,
        "open_id": conversation.pk,
        "window": thread.window(conversation, now=now, before=before),
        "is_past": before is not None,
        "version": freshness.version(conversation),
        "next_when": _next(conversation, professional, now=now),
        "token": uuid4(),
        "text": text,
        "complaint": complaint,
    }
    return render(request, "dashboard/conversations/conversation.html", context)


def _state(conversation: Conversation, *, now: datetime) -> dict[str, Any]:
    """Return who speaks, and what may be written, in words."""
    professional, speaker = conversation.professional, takeover.speaker(conversation, now=now)
    ends, found = takeover.window_ends(conversation), takeover.barrier(conversation, now=now)
    client = conversation.client
    name = conversations.name_of(conversation)
    return {
        "name": name,
        "name_initials": wording.initials(name),
        "first_name": wording.first_name(name),
        "own_name": wording.first_name(professional.name),
        "number": conversations.number_of(conversation),
        "speaker": speaker.value,
        "is_silent": speaker != Speaker.RECEPTION,
        "rests_until": wording.clock(conversation.human_until, professional) if conversation.human_until else "",
        "barrier": found.value,
        "window_ends": _until(ends, professional, now=now) if ends and found == Barrier.NONE else "",
        "email": client.email if client else "",
        "phone": (client.phone if client else "") or "",
        "is_blocked": bool(client and client.is_blocked),
        "longest": takeover.LONGEST_ANSWER,
    }


def _until(moment: datetime, professional: Professional, *, now: datetime) -> str:
    """Return "14:12" today and "amanhã, 14:12" tomorrow."""
    clock = wording.clock(moment, professional)
    tomorrow = moment.astimezone(professional.zone).date() > now.astimezone(professional.zone).date()
    return _("tomorrow, %(time)s") % {"time": clock} if tomorrow else clock


def _complaint(text: str) -> str:
    if not text:
        return _("Nothing is written yet. Write the message, then send it.")
    if len(text) > takeover.LONGEST_ANSWER:
        words = {"longest": takeover.LONGEST_ANSWER, "length": len(text)}
        return _("The message has %(length)s characters, at most %(longest)s fit. Shorten it.") % words
    return ""


def _token(typed: str) -> UUID:
    """Return the form's token, which makes a second click the same message; a form without one says it anew."""
    try:
        return UUID(typed)
    except ValueError:
        return uuid4()


def _next(conversation: Any, professional: Professional, *, now: datetime) -> str:
    return dates.moment(conversation.next_start, professional, now=now) if conversation.next_start else ""


def _owned(professional: Professional) -> QuerySet[Conversation]:
    return waiting.conversations(professional)


def _own(professional: Professional, conversation_id: int) -> Conversation:
    """Return the professional's own conversation. Raises Http404, for another's as for a missing one."""
    coming = Appointment.objects.filter(
        Q(status=Appointment.Status.CONFIRMED) | Q(status=Appointment.Status.PENDING, replaces=None),
        client=OuterRef("client"),
        starts_at__gt=timezone.now(),
        is_trial=False,
    )
    rows = freshness.watched(_owned(professional)).annotate(
        next_start=Subquery(coming.order_by("starts_at").values("starts_at")[:1])
    )
    return get_object_or_404(rows.select_related("professional", "client"), pk=conversation_id)
