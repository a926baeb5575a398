"""The simulator's page: choose who writes to whom, write, and watch what the reception does with it.

Its texts are Portuguese alone: it is the trial of a product that speaks Portuguese to its first clients.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from pydantic import ValidationError

from intake import (
    simulator,
    simulator_media,
    simulator_people,
    simulator_status,
    trace,
    transcript,
    twilio,
    wording,
)
from intake.models import Conversation, OutboundMessage
from intake.simulator_media import Attached
from intake.simulator_people import Person
from intake.transcript import Day
from language.tools import ErrorCode
from scheduling import ids
from scheduling.models import Professional

# Nothing but this server's own files and answers; no inline script or style anywhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STARTERS = ("Oi", "Quero marcar para segunda", "Quanto custa?", "Preciso remarcar", "Quero cancelar")

# A part of a file (RFC 9110, 14.1.2); whoever asks for several gets the whole, as it allows.
_RANGE = re.compile(r"bytes=(\d{1,9})-(\d{0,9})")

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Selection:
    """Who writes to whom. Without an address, `error` says what to write instead of `typed`."""

    professional: Professional
    typed: str
    profile_name: str
    address: str = ""
    error: str = ""

    @property
    def query(self) -> str:
        return urlencode(
            {"professional": self.professional.pk, "from": self.typed, "name": self.profile_name}, doseq=True
        )

    @property
    def conversation(self) -> Conversation | None:
        return simulator.conversation(self.professional, address=self.address) if self.address else None


def trial_only(view: View) -> View:
    """Answer 404 wherever the simulator is not allowed, as if its pages did not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, **path: str) -> HttpResponseBase:
        if not simulator.allowed(request):
            raise Http404
        # Whatever the browser prefers; what the pieces shared with other pages say is then Portuguese as well.
        with translation.override("pt-br"):
            response = view(request, **path)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return guarded


@trial_only
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the phone, the set-up beside it and what the reception did."""
    professionals = list(Professional.objects.exclude(whatsapp_number=None).order_by("pk"))
    if not professionals:
        return render(request, "simulator/nobody.html")
    chosen = _selection(request.GET)
    known = simulator_people.known(chosen.professional, now=timezone.now())
    context = {
        "people": [(one, _selection_of(one, chosen)) for one in known],
        "newcomer": _selection_of(simulator_people.invent(chosen.professional), chosen),
        "professionals": [(one, _selection(request.GET, professional=one)) for one in professionals],
        "chosen": chosen,
        "starters": STARTERS,
        "initials": wording.initials(chosen.professional.name),
        "webhook": twilio.WEBHOOK_PATH,
        "longest": simulator.LONGEST_BODY,
        "attachables": _attachables(),
    }
    return render(request, "simulator/page.html", context | _state(chosen))


@trial_only
@require_GET
def state(request: HttpRequest) -> HttpResponseBase:
    """Answer with the page's changing parts as escaped HTML; 304 when they are what the browser has."""
    chosen = _selection(request.GET)
    context = _state(chosen, turn_id=ids.typed(request.GET.get("turn", "")))
    days: list[Day] = context.get("days", [])
    response = JsonResponse(
        {
            "messages": render_to_string("simulator/messages.html", context),
            "trace": render_to_string("simulator/trace.html", context),
            "status": context["status"],
            "typing": context["typing"],
            "unread": any(one.unread for day in days for one in day.bubbles),
        }
    )
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache, private"
    return get_conditional_response(request, etag=etag, response=response) or response


@trial_only
@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Build and sign the form of one message, keeping its file; the browser itself posts it to the webhook."""
    posted = {name: value for name, value in request.POST.dict().items() if name != "csrfmiddlewaretoken"}
    professional = _professional(str(posted.pop("professional", "")))
    try:
        message = simulator.Message.model_validate(posted)
        attached = _attached(request, kind=message.kind)
    except ValidationError as error:
        return _refuse_fields(error)
    except ValueError as error:
        return _refuse(str(error), fields=["file"])
    origin = request.build_absolute_uri("/").rstrip("/")
    fields = simulator.form(message, professional=professional, attached=attached, origin=origin)
    return JsonResponse({"form": fields, "signature": simulator.sign(fields)})


@trial_only
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Sign the reports of what the phone shows and the professional does not know as read; the browser posts them."""
    conversation = _selection(request.POST).conversation
    shown = OutboundMessage.objects.filter(conversation=conversation, status=OutboundMessage.Status.DELIVERED)
    chat = shown.exclude(medium=OutboundMessage.Medium.EMAIL) if conversation else shown.none()
    reports = [simulator.read_report(message) for message in chat.select_related("professional")]
    signed = [{"path": path, "form": form, "signature": simulator.sign(form, path=path)} for path, form in reports]
    return JsonResponse({"reports": signed})


@trial_only
@require_GET
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show a stored file, or the part of it that a player asks for; Safari plays nothing that comes only whole."""
    found = simulator_media.find(name)
    if found is None:
        raise Http404
    path, content_type = found
    content = path.read_bytes()
    part = _part(request.headers.get("Range", ""), size=len(content))
    if part is None:
        response = HttpResponse(content, content_type=content_type)
    else:
        first, last = part
        response = HttpResponse(content[first : last + 1], content_type=content_type, status=206)
        response.headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    response.headers["Accept-Ranges"] = "bytes"
    # Its name is drawn at random and never given to another file.
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@trial_only
@require_POST
def restart(request: HttpRequest) -> HttpResponse:
    """Forget the conversation and show the empty one."""
    chosen = _selection(request.POST)
    if chosen.address:
        simulator.restart(chosen.professional, address=chosen.address)
    return redirect(f"{reverse('simulator')}?{chosen.query}")


def _selection(query: QueryDict, *, professional: Professional | None = None) -> Selection:
    who = professional or _professional(query.get("professional", ""))
    typed = query.get("from", "").strip() or simulator.DEFAULT_NUMBER
    name = query.get("name", "").strip()[:200] or simulator.DEFAULT_NAME
    try:
        address = simulator.address_of(typed)
    except ValueError as error:
        return Selection(who, typed, name, error=str(error))
    return Selection(who, simulator.pretty(address), name, address=address)


def _selection_of(person: Person, chosen: Selection) -> Selection:
    """Return the choice of that person, to write to the professional chosen already."""
    return Selection(chosen.professional, person.number, person.name)


def _professional(typed: str) -> Professional:
    """Return the chosen professional, or the first one for a visitor who has not chosen. Raises Http404."""
    reachable = Professional.objects.exclude(whatsapp_number=None).order_by("pk")
    if not typed:
        return get_object_or_404(reachable[:1])
    return get_object_or_404(reachable, pk=ids.typed(typed))


def _state(chosen: Selection, *, turn_id: int | None = None) -> dict[str, Any]:
    now = timezone.now()
    conversation = chosen.conversation
    status = simulator_status.of(conversation, now=now)
    context: dict[str, Any] = {
        "professional": chosen.professional,
        "now": status,
        "typing": status.typing,
        "status": ", ".join(filter(None, (chosen.professional.profession, "digitando" if status.typing else ""))),
        "guided_only": not settings.GROQ_API_KEY,
    }
    if conversation is None:
        return context
    rows, turn = trace.latest(conversation, turn_id=turn_id)
    return context | {
        "days": transcript.days(conversation, now=now),
        "turn": turn,
        "rows": rows,
        "notices": trace.notices(conversation),
    }


def _part(asked: str, *, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of the part asked for, None for the whole."""
    wanted = _RANGE.fullmatch(asked)
    if wanted is None or int(wanted[1]) >= size:
        return None
    return int(wanted[1]), min(int(wanted[2] or size), size - 1)


def _attachables() -> list[tuple[str, str, str, str]]:
    """Return kind, name, icon and file types of what the menu offers; a sample needs no file."""
    return [
        (kind, str(name), icon, ",".join(simulator_media.TYPES.get(kind, ())))
        for kind, (name, icon) in transcript.MEDIA.items()
    ]


def _attached(request: HttpRequest, *, kind: str) -> Attached | None:
    """Keep the file that came along, or take a sample of the kind. Raises ValueError with a text for the person."""
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        return simulator_media.keep(file, kind=kind)
    if kind in simulator_media.TYPES:
        raise ValueError(simulator_media.EMPTY)
    return simulator_media.sample(kind)


def _refuse_fields(error: ValidationError) -> JsonResponse:
    fields = [str(one["loc"][0]) for one in error.errors(include_url=False, include_input=False) if one["loc"]]
    unusable = "A mensagem é longa demais ou está incompleta."
    return _refuse(simulator.NOT_A_NUMBER if "address" in fields else unusable, fields=fields)


def _refuse(message: str, *, fields: list[str]) -> JsonResponse:
    body = {"code": ErrorCode.INVALID_ARGUMENTS, "message": message, "hint": "", "fields": fields}
    return JsonResponse({"ok": False, "error": body}, status=400)
