"""What every deed on the agenda has in common: whose row it is, who does it, what is said, where it leads back to."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from assistant import toasts
from assistant.typed import read_day
from intake import notices, wording
from scheduling import booking, ids, selectors
from scheduling.changes import Actor
from scheduling.errors import BookingError
from scheduling.models import Appointment, Professional


def own(professional: Professional, appointment_id: int) -> Appointment:
    """Return the professional's own appointment; of a wanted move that is done, the moved one.

    Raises Http404, for another's as for a missing one.
    """
    rows = professional.appointments.filter(is_trial=False).select_related("client", "service", "replaces")
    found = rows.filter(pk=appointment_id).first()
    found = found or selectors.moved_by(Appointment(pk=appointment_id, professional=professional))
    if found is None:
        raise Http404
    return found


def actor(request: HttpRequest) -> Actor:
    return booking.professional_actor(request.user if isinstance(request.user, User) else None)


def expected(request: HttpRequest) -> int | None:
    """Return the version that the page was made from; None if the form says none."""
    return ids.typed(request.POST.get("version", ""))


def attempt(request: HttpRequest, change: Callable[[], object], *, said: str) -> bool:
    """Make the change and remember what to say about it; return whether it was made."""
    try:
        change()
    except BookingError as error:
        toasts.say(request, error.message)
        return False
    toasts.say(request, said)
    return True


def told(appointment: Appointment) -> str:
    """Say whether the client hears of it, or has to be told by the professional."""
    name = wording.first_name(str(appointment.client))
    if notices.reaches(appointment):
        return _("%(name)s will be told.") % {"name": name}
    return _("Please tell %(name)s: no message reaches them.") % {"name": name}


def back(request: HttpRequest, appointment: Appointment | None = None, *, day: date | None = None) -> HttpResponse:
    """Go back to the page that had the button, else to the day."""
    following = request.POST.get("next", "")
    # A path of our own: anything else might be another site, or the name of a view.
    if following.startswith("/") and url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        return redirect(following)
    day = read_day(request.POST.get("dia", "")) or day
    anchor = f"#a{appointment.pk}" if appointment else ""
    return redirect(f"{reverse('today')}{f'?dia={day}' if day else ''}{anchor}")
