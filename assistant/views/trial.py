"""Try the reception: the professional writes as a client would, and sees beside it what the reception did."""

import hashlib
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assistant import toasts
from assistant.access import professional_only, shell
from intake import simulator_status, tasks, trace, transcript, trial
from intake.models import Conversation, InboundMessage, OutboundMessage, Turn
from intake.simulator_status import Status
from scheduling import ids
from scheduling.errors import BookingError
from scheduling.models import Professional, Service, WorkingHours

_UNDERWAY = [OutboundMessage.Status.PENDING, OutboundMessage.Status.SENDING]


@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Show the phone, how one may begin, and what the reception did; or what is missing before anybody can try."""
    return _page(request, professional)


@professional_only
@require_GET
def state(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Answer with phone and trace as they are now; 204 while they are what the browser has."""
    talk = trial.conversation(professional)
    if request.GET.get("v") == _version(talk, _marks(talk), simulator_status.of(talk, now=timezone.now())):
        return HttpResponse(status=204)
    return render(request, "dashboard/try/talk.html", _talk(request, professional, talk))


@professional_only
@require_POST
def say(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Take what the test client writes or taps, and wake a worker."""
    # PostgreSQL stores no NUL.
    typed, option, starter = (
        request.POST.get(name, "").replace("\x00", "\ufffd").strip() for name in ("body", "option", "starter")
    )
    body = starter or typed
    error = _refusal(professional, body, option=option)
    if not error:
        conversation_id = trial.receive(professional, body, option=option[:256])
        tasks.wake(tasks.reply, conversation_id)
    if "HX-Request" not in request.headers:
        return _page(request, professional, body=body, error=error) if error else redirect("try")
    talk = _talk(request, professional, trial.conversation(professional))
    return render(request, "dashboard/try/talk.html", talk | {"error": error})


@professional_only
@require_POST
def restart(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Forget the trial and show the empty phone."""
    try:
        trial.restart(professional)
    except BookingError as error:
        toasts.say(request, error.message)
    return redirect("try")


def _page(request: HttpRequest, professional: Professional, *, body: str = "", error: str = "") -> HttpResponse:
    found = trial.conversation(professional)
    talk = _talk(request, professional, found)
    context = {
        "missing": None if found else _missing(professional),
        "starters": _starters(),
        "body": body,
        "error": error,
        "longest": trial.LONGEST_BODY,
    }
    answer = shell(request, professional, section="try") | talk | context
    return render(request, "dashboard/try/page.html", answer, status=400 if error else 200)


def _refusal(professional: Professional, body: str, *, option: str) -> str:
    """Return why a message is not taken, and what to do; empty when it is."""
    if not body and not option:
        return _("Write something first.")
    if len(body) > trial.LONGEST_BODY:
        return _("Write at most %(most)s characters.") % {"most": trial.LONGEST_BODY}
    if not trial.may_go_on(professional):
        return _("That was a lot of testing for one hour. Go on in a while; your clients are answered as always.")
    return ""


def _talk(request: HttpRequest, professional: Professional, talk: Conversation | None) -> dict[str, Any]:
    """Return what changes while one tries: bubbles, who is typing, the shown turn."""
    now = timezone.now()
    status, marks = simulator_status.of(talk, now=now), _marks(talk)
    chosen = ids.typed(request.GET.get("turn", ""))
    found: dict[str, Any] = {
        "professional": professional,
        "version": _version(talk, marks, status),
        "typing": status.typing,
        "stalled": bool(status.stalled),
        "wait": "1s" if status.typing or status.stalled else "4s",
        "is_silent": bool(talk and talk.human_until and talk.human_until > now),
        "guided_only": not settings.GROQ_API_KEY,
        "turn_id": chosen or "",
    }
    if talk is None:
        return found
    days = transcript.days(talk, now=now)
    rows, turn = trace.latest(talk, turn_id=chosen, count=marks[-1] or 0 if marks else None)
    return found | {
        "days": [(day, date_format(day.bubbles[0].at, _("D, M j"))) for day in days],
        "rows": rows,
        "turn": turn,
    }


def _marks(talk: Conversation | None) -> tuple[int | None, ...]:
    """Return numbers that change with everything said and done; the last one counts the turns. One query."""
    if talk is None:
        return ()
    of_talk = {"conversation": OuterRef("pk")}
    newest = [
        Subquery(rows.order_by().values("conversation").annotate(found=found).values("found"))
        for rows, found in (
            (InboundMessage.objects.filter(**of_talk), Max("pk")),
            (InboundMessage.objects.filter(**of_talk, status="pending"), Count("pk")),
            (OutboundMessage.objects.filter(**of_talk), Max("pk")),
            (OutboundMessage.objects.filter(**of_talk, status__in=_UNDERWAY), Count("pk")),
            (Turn.objects.filter(**of_talk), Max("pk")),
            (Turn.objects.filter(**of_talk), Count("pk")),
        )
    ]
    return Conversation.objects.filter(pk=talk.pk).values_list(*newest).first() or ()


def _version(talk: Conversation | None, marks: tuple[int | None, ...], status: Status) -> str:
    """Return a mark that changes with everything that the page shows."""
    facts = (talk.pk, marks, status, talk.human_until) if talk else ()
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _missing(professional: Professional) -> tuple[str, str, str] | None:
    """Return what stands in the way of a first booking: what, what to do, and where; None when nothing does."""
    own = {"professional": OuterRef("pk")}
    has_service, has_hours = Professional.objects.values_list(
        Exists(Service.objects.filter(is_active=True, **own)), Exists(WorkingHours.objects.filter(**own))
    ).get(pk=professional.pk)
    if not has_service:
        what = _("No service yet"), _("Add what clients can book, with its length and price. Then try it here.")
        return *what, _("Add a service")
    if not has_hours:
        what = _("No working hours yet"), _("Say when you attend. Without hours the reception has no time to offer.")
        return *what, _("Set the hours")
    return None


def _starters() -> list[str]:
    """Return what one may begin with: clients' words, in the language of whoever tries."""
    return [
        _("Hi"),
        _("I would like to book for Monday"),
        _("How much is it?"),
        _("I need to move my appointment"),
        _("I want to cancel"),
    ]
