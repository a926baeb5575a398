"""What clients can book: the list in the order that they see, and one page for each service."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assistant import toasts
from assistant.access import professional_only
from assistant.forms.services import FIELDS, ServiceForm
from assistant.views.settings.frame import Edited, changed_elsewhere, focus, show
from assistant.views.settings.simple import form_page
from intake import wording
from scheduling import practice
from scheduling.errors import BookingError
from scheduling.models import Professional, Service


@professional_only
@require_GET
def listed(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List the services in their order, those that are not offered too."""
    services = list(professional.services.all())
    rows = [(one, wording.price(one.price)) for one in services]
    return show(request, professional, "services", {"rows": rows, "last": len(rows)})


@professional_only
@form_page
def add(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Add a service; also the way back of a deletion."""
    edited = write(request, professional, ServiceForm(request.POST if request.method == "POST" else None))
    if edited.is_saved:
        toasts.say(request, _("Service added."))
        return redirect("settings-services")
    return show(request, professional, "services", edited.context, status=edited.status, page="service")


@professional_only
@form_page
def one(request: HttpRequest, professional: Professional, service_id: int) -> HttpResponse:
    """Edit one service; what is booked already keeps its price and length."""
    service = own(professional, service_id)
    form = ServiceForm(request.POST if request.method == "POST" else None, service=service)
    edited = write(request, professional, form, service=service)
    if edited.is_saved:
        toasts.say(request, _("Saved. What is booked already stays as it was agreed."))
        return redirect("settings-services")
    service.refresh_from_db()
    more = {"service": service, "is_used": service.appointments.exists()}
    return show(request, professional, "services", edited.context | more, status=edited.status, page="service")


@professional_only
@require_POST
def move(request: HttpRequest, professional: Professional, service_id: int) -> HttpResponse:
    """Move a service up or down in the list that clients choose from."""
    service = own(professional, service_id)
    try:
        practice.move_service(service, up=request.POST.get("up") == "1")
    except BookingError as error:
        toasts.say(request, error.message)
    return redirect(f"{reverse('settings-services')}#s{service_id}")


@professional_only
@require_POST
def activate(request: HttpRequest, professional: Professional, service_id: int) -> HttpResponse:
    """Offer a service, or stop offering it."""
    service = own(professional, service_id)
    wanted = request.POST.get("on") == "1"
    try:
        practice.set_active(service, active=wanted)
    except BookingError as error:
        toasts.say(request, error.message)
        return redirect("settings-services")
    said = _("%(name)s is offered again.") if wanted else _("%(name)s is not offered any more.")
    back = reverse("settings-service-active", args=[service_id])
    toasts.say(request, said % {"name": service.name}, undo=back, on=0 if wanted else 1)
    return redirect("settings-services")


@professional_only
@require_POST
def remove(request: HttpRequest, professional: Professional, service_id: int) -> HttpResponse:
    """Delete a service that was never booked; to undo that is to add it again."""
    service = own(professional, service_id)
    kept = {name: str(getattr(service, name)) for name in FIELDS}
    try:
        practice.remove_service(service)
    except practice.InUseError:
        toasts.say(request, _("This service has appointments. You can stop offering it instead."))
    except BookingError as error:
        toasts.say(request, error.message)
    else:
        said = _("%(name)s is deleted.") % {"name": kept["name"]}
        toasts.say(request, said, undo=reverse("settings-service-new"), **kept)
    return redirect("settings-services")


def own(professional: Professional, service_id: int) -> Service:
    """Return the professional's own service. Raises Http404, for another's as for a missing one."""
    return get_object_or_404(professional.services, pk=service_id)


def write(
    request: HttpRequest, professional: Professional, form: ServiceForm, *, service: Service | None = None
) -> Edited:
    """Store a service's form if it was sent and is right; else return it to be shown."""
    seen = practice.version(service, FIELDS) if service else ""
    if request.method != "POST":
        return Edited(form, seen)
    sent = request.POST.get("seen", "")
    if form.is_valid():
        try:
            practice.save_service(professional, values=form.cleaned_data, service=service, seen=sent)
        except practice.ChangedError:
            service.refresh_from_db() if service else None
            fresh = practice.version(service, FIELDS) if service else ""
            return Edited(ServiceForm(service=service), fresh, changed_elsewhere())
        except practice.NameTakenError:
            form.refuse_name()
        except practice.TooManyError:
            return Edited(
                form, sent, _("You have %(most)s services, that is the most.") % {"most": practice.MOST_SERVICES}
            )
        except BookingError as error:
            return Edited(form, sent, error.message)
        else:
            return Edited(form, seen, is_saved=True)
    focus(form)
    return Edited(form, sent)
