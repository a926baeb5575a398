"""Keys with which a website or another program speaks for the practice: made, shown once, revoked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assistant import keys, toasts
from assistant.access import professional_only
from assistant.forms.keys import KeyForm
from assistant.views.settings.frame import author, focus, show
from assistant.views.settings.simple import form_page
from scheduling.models import Professional


@professional_only
@form_page
def page(request: HttpRequest, professional: Professional) -> HttpResponse:
    """List the keys; make one and show it, this once."""
    found = keys.working(professional)
    form, plain = KeyForm(request.POST or None, count=len(found)), ""
    if request.method == "POST" and form.is_valid():
        row, plain = keys.issue(professional, name=form.cleaned_data["name"], user=author(request))
        found, form = [row, *found], KeyForm(count=len(found) + 1)
        row.refresh_from_db()
    elif form.is_bound:
        focus(form)
    context = {"form": form, "keys": found, "plain": plain, "most": keys.MOST_KEYS}
    return show(request, professional, "keys", context)


@professional_only
@require_POST
def revoke(request: HttpRequest, professional: Professional, key_id: int) -> HttpResponse:
    """End a key; programs that use it are refused from now on."""
    key = get_object_or_404(professional.api_keys, pk=key_id)
    if keys.revoke(key):
        toasts.say(request, _("Revoked. “%(name)s” opens nothing any more.") % {"name": key.name})
    return redirect("settings-keys")
