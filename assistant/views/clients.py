"""Clients: found, entered, corrected, noted about, blocked. What goes beyond one field is in `records.py`."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assistant import people, toasts
from assistant.access import professional_only, shell
from assistant.people import Contact, NewContact, Notes
from intake import conversations, simulator, wording
from scheduling import clients, directory
from scheduling.directory import Sort
from scheduling.models import Client, Professional

PER_PAGE = 50
HISTORY_PER_PAGE = 20


@professional_only
@require_GET
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List whom the search means, in the order asked for."""
    now, words = timezone.now(), request.GET.get("q", "").replace("\x00", "")[: directory.LONGEST_QUERY]
    sort = _sort(request.GET.get("sort", ""))
    found = directory.people(professional, now=now, words=words, sort=sort)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    count = shown.paginator.count
    context = {
        "lead": ngettext("%(count)s client.", "%(count)s clients.", count) % {"count": count},
        "persons": people.persons(professional, shown.object_list, now=now),
        "shown": shown,
        "words": words,
        "sort": sort.value,
        "sorts": _sorts(),
    }
    return render(request, "dashboard/clients.html", _shell(request, professional) | context)


@professional_only
@require_GET
def one(request: HttpRequest, professional: Professional, client_id: int) -> HttpResponse:
    """Show one person: how to reach them, what was agreed, what the professional noted."""
    client = own(professional, client_id)
    return _show(request, professional, client, Notes(initial={"notes": client.notes}))


@professional_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Enter a person by hand."""
    form = NewContact(request.POST or None)
    if request.method == "POST" and form.is_valid():
        client = clients.enter(professional, **form.cleaned_data)
        toasts.say(request, _("Client saved."))
        return redirect("client", client.pk)
    return _form(request, professional, form, title=_("New client"), back=reverse("clients"))


@professional_only
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, professional: Professional, client_id: int) -> HttpResponse:
    """Correct how a person is called and reached."""
    client = own(professional, client_id)
    form = Contact(request.POST or None, initial=people.contact_of(client))
    if request.method == "POST" and form.is_valid():
        clients.change(client, **form.cleaned_data)
        toasts.say(request, _("Contact saved."))
        return redirect("client", client.pk)
    return _form(request, professional, form, title=people.called(client), back=reverse("client", args=[client.pk]))


@professional_only
@require_POST
def notes(request: HttpRequest, professional: Professional, client_id: int) -> HttpResponse:
    """Keep what the professional writes about a person, for their own eyes."""
    client = own(professional, client_id)
    form = Notes(request.POST, initial={"notes": client.notes})
    if not form.is_valid():
        return _show(request, professional, client, form)
    clients.write_notes(client, form.cleaned_data["notes"].replace("\r\n", "\n"))
    toasts.say(request, _("Notes saved."))
    return redirect("client", client.pk)


@professional_only
@require_POST
def block(request: HttpRequest, professional: Professional, client_id: int) -> HttpResponse:
    """Have the reception be silent for a person, or answer again."""
    client, blocked = own(professional, client_id), request.POST.get("on") == "1"
    clients.block(client, blocked=blocked)
    said = _("Blocked. The reception no longer answers.") if blocked else _("Unblocked. The reception answers again.")
    toasts.say(request, said, undo=reverse("client-block", args=[client.pk]), on=0 if blocked else 1)
    return redirect("client", client.pk)


def own(professional: Professional, client_id: int) -> Client:
    """Return the professional's own client. Raises Http404 for another's as for one that is missing or erased."""
    client = professional.clients.filter(pk=client_id, erased_at=None).first()
    if client is None:
        raise Http404
    client.professional = professional
    return client


def _show(request: HttpRequest, professional: Professional, client: Client, form: Notes) -> HttpResponse:
    now = timezone.now()
    person = people.persons(professional, [client], now=now)[0]
    history = Paginator(directory.history(client), HISTORY_PER_PAGE).get_page(request.GET.get("page"))
    talks = conversations.of(client).order_by("-last_inbound_at")[:5]
    context = {
        "short_title": _("Client"),
        "person": person,
        "client": client,
        "phone": simulator.pretty(client.phone or ""),
        "coming": wording.moment(person.figures.next_at, professional) if person.figures.next_at else "",
        "addresses": [simulator.pretty(one.address) for one in client.addresses.order_by("pk")],
        "talks": [(talk.pk, talk.get_channel_display()) for talk in talks],
        "since": date_format(client.created_at.astimezone(professional.zone).date(), "SHORT_DATE_FORMAT"),
        "alike": [people.called(other) for other in directory.alike(client)[:1]],
        "history": history,
        "lines": [people.line(appointment, professional) for appointment in history.object_list],
        "form": form,
    }
    status = 400 if form.is_bound else 200
    return render(request, "dashboard/client.html", _shell(request, professional) | context, status=status)


def _form(request: HttpRequest, professional: Professional, form: Contact, *, title: str, back: str) -> HttpResponse:
    short = _("New client") if "notes" in form.fields else _("Contact")
    context = {"short_title": short, "title": title, "form": form, "back": back, "has_notes": "notes" in form.fields}
    status = 400 if form.is_bound else 200
    return render(request, "dashboard/client_form.html", _shell(request, professional) | context, status=status)


def _shell(request: HttpRequest, professional: Professional) -> dict[str, Any]:
    return shell(request, professional, section="clients")


def _sort(typed: str) -> Sort:
    return Sort(typed) if typed in list(Sort) else Sort.NAME


def _sorts() -> list[tuple[str, str]]:
    return [
        (Sort.NAME.value, _("Name")),
        (Sort.NEXT.value, _("Next appointment")),
        (Sort.LAST.value, _("Last visit")),
        (Sort.NO_SHOWS.value, _("No-shows")),
    ]
