"""The assistant: its page, and the door through which the page (and programs) ask."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from rest_framework.decorators import api_view, authentication_classes
from rest_framework.request import Request
from rest_framework.response import Response

from assistant import agent, answers, limits, linking, toasts
from assistant.access import professional_only, shell
from assistant.errors import ApiCode, ApiError
from assistant.models import Question, Thread
from assistant.plans import can_use
from assistant.rest import Session, professional_of
from assistant.streaming import Answering, Stream, as_json
from intake.cache import NO_CACHE
from scheduling import ids
from scheduling.models import Professional

LONGEST = 2000
MOST_THREADS = 30
EVENTS = "text/event-stream"


@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional, thread_id: int | None = None) -> HttpResponse:
    """Show a thread, or the beginning of a new one."""
    thread = get_object_or_404(_threads(professional), pk=thread_id) if thread_id else None
    if not can_use(professional, "assistant", now=timezone.now()):
        return render(request, "assistant/upgrade.html", shell(request, professional, section="assistant"), status=403)
    context = {
        "thread": thread,
        "questions": [(one, *_answer(one)) for one in thread.questions.all()] if thread else [],
        "threads": _threads(professional)[:MOST_THREADS],
        "usage": limits.known(request),
        "limit": LONGEST,
        "has_model": agent.has_model(),
        "chips": [_("How was last month?"), _("Who misses most?"), _("Who comes tomorrow?"), _("How much this month?")],
    }
    return render(request, "assistant/page.html", shell(request, professional, section="assistant") | context)


@professional_only
@require_POST
def ask(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Take a question from the page's form, for browsers without scripts, and show the thread with its answer."""
    try:
        answering = _answering(request, professional, request.POST)
    except ApiError as refused:
        toasts.say(request, refused.message)
        return redirect("assistant")
    except NO_CACHE:
        toasts.say(request, toasts.not_now())
        return redirect("assistant")
    question = answering.whole()
    if question.pk is None:
        toasts.say(request, _("The questions were deleted."))
        return redirect("assistant")
    return redirect("assistant-thread", thread_id=question.thread_id)


@api_view(["POST"])
@authentication_classes([Session])
def chat(request: Request) -> HttpResponseBase:
    """Answer a question: `{"question": "…", "thread": 12}` (without a thread a new one begins).

    Answers JSON, or server-sent events where those are asked for: `step`, `said`, `mark` (what follows is code's),
    `tables`, and in the end `done` with the same JSON. `links` are the figures of the answer with the pages of their
    rows. Errors: 400, 401, 403 (plan), 404 (thread), 429 with Retry-After, 503.
    """
    professional = professional_of(request)
    with translation.override(professional.language):
        answering = _answering(request, professional, request.data)
    if EVENTS not in request.headers.get("Accept", ""):
        return Response(as_json(answering.whole()))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(Stream(answering, professional), content_type=EVENTS, headers=headers)


@professional_only
@require_POST
def rename(request: HttpRequest, professional: Professional, thread_id: int) -> HttpResponse:
    """Give a thread another title."""
    thread = get_object_or_404(_threads(professional), pk=thread_id)
    title = " ".join(request.POST.get("title", "").replace("\0", "").split())[:80]
    if title:
        thread.title = title
        thread.save(update_fields=["title"])
    return redirect("assistant-thread", thread_id=thread.pk)


@professional_only
@require_POST
def delete(request: HttpRequest, professional: Professional, thread_id: int) -> HttpResponse:
    """Delete a thread with its questions."""
    get_object_or_404(_threads(professional), pk=thread_id).delete()
    toasts.say(request, _("The questions were deleted."))
    return redirect("assistant")


def _answering(request: HttpRequest | Request, professional: Professional, data: Any) -> Answering:
    """Begin an answer. Raises ApiError for what cannot be asked, or not now; only what is begun is counted."""
    text, thread = _asked(professional, data)
    try:
        place = limits.CHATS.take(professional.pk)
    except limits.Busy:
        said = _("Too many questions are being answered right now. Try again in a moment.")
        raise ApiError(503, ApiCode.BUSY, said, headers={"Retry-After": "5"}) from None
    try:
        _count(request)
        return Answering(agent.ask(thread or _new_thread(request, professional, text), text), place)
    except BaseException:
        place.release()
        raise


def _asked(professional: Professional, data: Any) -> tuple[str, Thread | None]:
    """Return the question and its thread. Raises ApiError for what is not allowed, no text, or too much of it."""
    if not can_use(professional, "assistant", now=timezone.now()):
        raise ApiError(403, ApiCode.PLAN, _("The assistant is part of the Pro plan."), hint=_("Ask for an upgrade."))
    text = data.get("question") if hasattr(data, "get") else None
    if not isinstance(text, str) or not text.replace("\0", "").strip():
        raise ApiError(400, ApiCode.EMPTY_QUESTION, _("Write a question."))
    text = text.replace("\0", "").encode("utf-8", "ignore").decode().strip()
    if len(text) > LONGEST:
        raise ApiError(400, ApiCode.QUESTION_TOO_LONG, _("Use at most %(count)s characters.") % {"count": LONGEST})
    return text, _thread(professional, data.get("thread"))


def _count(request: HttpRequest | Request) -> None:
    """Take one of the hour's questions. Raises ApiError where none is left."""
    used = limits.usage(request._request if isinstance(request, Request) else request, count=True)
    if used.is_over:
        said = _("You have asked %(count)s questions this hour. The next one is free in %(minutes)s min.")
        raise ApiError(
            429,
            ApiCode.TOO_MANY_QUESTIONS,
            said % {"count": settings.QUESTIONS_PER_HOUR, "minutes": used.minutes_left},
            headers={"Retry-After": str(used.seconds_left)},
        )


def _new_thread(request: HttpRequest | Request, professional: Professional, text: str) -> Thread:
    user = request.user if request.user.is_authenticated else None
    return Thread.objects.create(professional=professional, user=user, title=" ".join(text.split())[:80])


def _answer(question: Question) -> tuple[SafeString, str, SafeString]:
    """Return what the model said, the mark of what code says, and that."""
    mark = answers.mark(Question.Path(question.path), instead=question.was_replaced)
    text, links = question.answer, list(linking.from_json(question.links))
    cut = (len(text) if question.code_from is None else question.code_from) if question.was_replaced else 0
    own = linking.html(text[:cut].rstrip(), [link for link in links if link.start < cut])
    return own, mark, linking.html(text[cut:], [link.behind(-cut) for link in links if link.start >= cut])


def _threads(professional: Professional) -> QuerySet[Thread]:
    return Thread.objects.filter(professional=professional)


def _thread(professional: Professional, given: Any) -> Thread | None:
    if given in (None, ""):
        return None
    pk = None if isinstance(given, bool) else ids.typed(str(given))
    found = _threads(professional).filter(pk=pk).first() if pk is not None else None
    if found is None:
        raise ApiError(404, ApiCode.NOT_FOUND, _("There is no such conversation."))
    return found
