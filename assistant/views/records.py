"""A client's record as a whole: merged, handed out, erased. Nothing of it can be undone, so each asks first."""

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assistant import people, toasts
from assistant.access import professional_only, shell
from assistant.numbers import sheets
from assistant.views.clients import own
from intake import export, records, simulator
from scheduling import clients, directory, ids
from scheduling.errors import BookingError
from scheduling.models import AuditEntry, Client, Professional

MOST_CHOICES = 20


@professional_only
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, professional: Professional, client_id: int) -> HttpResponse:
    """Choose the other record, see what becomes of both, and make them one."""
    kept = own(professional, client_id)
    chosen = ids.typed((request.POST if request.method == "POST" else request.GET).get("with", ""))
    other = own(professional, chosen) if chosen is not None else None
    if other is not None and other.pk == kept.pk:
        other = None
    if request.method == "POST" and other is not None:
        return _merge(request, kept, other)
    words = request.GET.get("q", "").replace("\x00", "")[: directory.LONGEST_QUERY]
    context = {
        "short_title": _("Merge records"),
        "client": kept,
        "name": people.called(kept),
        "words": words,
        "choices": [] if other else _choices(professional, kept, words),
        "other": other,
        **(_preview(kept, other) if other else {}),
    }
    return render(request, "dashboard/client_merge.html", shell(request, professional, section="clients") | context)


@professional_only
@require_POST
def export_one(request: HttpRequest, professional: Professional, client_id: int) -> HttpResponse:
    """Hand out all that is kept about one person."""
    client = own(professional, client_id)
    name = slugify(client.name) or str(client.pk)
    return _download(export.package(client, user=_user(request)), f"{name}.zip", "application/zip")


@professional_only
@require_POST
def export_list(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Hand out the list of clients, for a spreadsheet."""
    now = timezone.now()
    found = list(directory.people(professional, now=now))
    data = {"clients": len(found)}
    AuditEntry.objects.create(
        professional=professional, user=_user(request), kind=AuditEntry.Kind.CLIENT_EXPORTED, data=data
    )
    head = [_("Name"), _("Phone"), _("E-mail"), _("Next appointment"), _("Last visit"), _("Attended"), _("No-shows")]
    rows = [_row(person) for person in people.persons(professional, found, now=now)]
    return sheets.download(f"{slugify(_('Clients'))}.csv", [head, *rows])


@professional_only
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, professional: Professional, client_id: int) -> HttpResponse:
    """Ask whether all about a person shall go, and do it."""
    client = own(professional, client_id)
    confirmed = request.POST.get("sure") == "1"
    if request.method == "POST" and confirmed:
        try:
            records.erase(client, user=_user(request))
        except BookingError as busy:
            toasts.say(request, busy.message)
            return redirect("client", client.pk)
        # Without the name: the sentence waits in the session.
        toasts.say(request, _("Erased. The appointments stay in your figures without a name."))
        return redirect("clients")
    context = {
        "short_title": _("Erase data"),
        "client": client,
        "name": people.called(client),
        "extent": records.extent(client),
        "wrong": request.method == "POST",
    }
    page = shell(request, professional, section="clients") | context
    return render(request, "dashboard/client_erase.html", page, status=400 if request.method == "POST" else 200)


def _merge(request: HttpRequest, kept: Client, other: Client) -> HttpResponse:
    try:
        records.merge(kept, other=other, user=_user(request))
    except BookingError as busy:
        toasts.say(request, busy.message)
    except Client.DoesNotExist:
        toasts.say(request, _("One of the two records is gone meanwhile. Nothing was changed."))
        return redirect("clients")
    else:
        toasts.say(request, _("Merged. Both addresses lead here now."))
    return redirect("client", kept.pk)


def _choices(professional: Professional, kept: Client, words: str) -> list[people.Person]:
    """Return who may be meant: whom the search finds, else who looks like the same person."""
    now = timezone.now()
    found = directory.people(professional, now=now, words=words).exclude(pk=kept.pk) if words else directory.alike(kept)
    return people.persons(professional, found[:MOST_CHOICES], now=now)


def _preview(kept: Client, other: Client) -> dict[str, object]:
    """Return what each record has, and what the one of both will have."""
    result = clients.combined(kept, other)
    rows = [
        (_("Name"), kept.name, other.name, result.name),
        (_("Phone"), *(simulator.pretty(one or "") for one in (kept.phone, other.phone, result.phone))),
        (_("E-mail"), kept.email, other.email, result.email),
        (_("Notes"), kept.notes, other.notes, result.notes),
    ]
    extents = [records.extent(kept), records.extent(other)]
    for label, counts in (
        (_("Appointments"), [one.appointments for one in extents]),
        (_("Conversations"), [one.conversations for one in extents]),
    ):
        rows.append((label, *map(str, counts), str(sum(counts))))
    return {"other_name": people.called(other), "rows": rows, "stays_blocked": result.is_blocked}


def _row(person: people.Person) -> list[sheets.Cell]:
    figures = person.figures
    # Without its plus sign a phone is text to a spreadsheet and no formula.
    phone = simulator.pretty(person.client.phone or "").removeprefix("+")
    known = [person.client.name, phone, person.client.email, person.coming, person.last]
    return [*known, figures.completed, figures.missed]


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
