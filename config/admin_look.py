"""How the admin looks and what its sidebar lists: unfold's settings, in the product's colours."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The ladder around the accent of static/tokens.css: 600 by day, 300 and 400 by night.
PLUM = {
    "50": "#FBF4F8",
    "100": "#F5E7F0",
    "200": "#EBD0E1",
    "300": "#E5A9CD",
    "400": "#D58AB8",
    "500": "#E5A9CD",
    "600": "#7B2A60",
    "700": "#68214F",
    "800": "#561B42",
    "900": "#42233A",
    "950": "#2C0F22",
}
# The greys of tokens.css, from its light grounds and inks to its dark ones.
MAUVE = {
    "50": "#F6F3F4",
    "100": "#EEE9EC",
    "200": "#E1D9DD",
    "300": "#CDC0C8",
    "400": "#AA9CA4",
    "500": "#6B5C66",
    "600": "#574852",
    "700": "#3B3137",
    "800": "#2B2328",
    "900": "#201A1E",
    "950": "#161115",
}

# Title of the group, and its lists as (model, icon).
LISTS: list[tuple[Promise | str, list[tuple[str, str]]]] = [
    (
        _("Schedule"),
        [
            ("scheduling.appointment", "event"),
            ("scheduling.client", "group"),
            ("scheduling.clientaddress", "contact_phone"),
            ("scheduling.appointmentevent", "history"),
        ],
    ),
    (
        _("Your practice"),
        [
            ("scheduling.professional", "badge"),
            ("scheduling.service", "sell"),
            ("scheduling.workinghours", "schedule"),
            ("scheduling.timeoff", "event_busy"),
        ],
    ),
    (
        _("Conversations"),
        [
            ("intake.conversation", "forum"),
            ("intake.inboundmessage", "call_received"),
            ("intake.outboundmessage", "call_made"),
            ("intake.turn", "concierge"),
            ("intake.contenttemplate", "description"),
        ],
    ),
    (_("Assistant"), [("assistant.question", "contact_support"), ("assistant.apikey", "key")]),
    (_("Records"), [("scheduling.auditentry", "policy")]),
]


def file(path: str) -> Callable[[HttpRequest], str]:
    """Return a way to the file's address, which with hashed names is known only when it is asked for."""
    return lambda _request: static(path)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar: the lists that the login may see; what no group names stands in the last one."""
    from django.contrib import admin

    may_see = {
        model._meta.label_lower: found
        for model, found in admin.site._registry.items()
        if found.has_module_permission(request) and found.has_view_permission(request)
    }
    named = {label for _title, lists in LISTS for label, _icon in lists}
    others = [(label, "table_rows") for label in may_see if label not in named]
    groups: list[dict[str, Any]] = [
        {"title": None, "items": [{"title": _("Overview"), "icon": "dashboard", "link": reverse("admin:index")}]}
    ]
    for title, lists in [*LISTS, (_("System"), others)]:
        items = [_entry(may_see[label], icon, request) for label, icon in lists if label in may_see]
        if items:
            groups.append({"title": title, "items": items, "separator": True})
    return groups


def _entry(found: Any, icon: str, request: HttpRequest) -> dict[str, Any]:
    # Not at the top: the settings import this module.
    from scheduling import tenancy

    options = found.opts
    page = f"admin:{options.app_label}_{options.model_name}"
    title = str(options.verbose_name_plural)
    own = tenancy.tenant(request)
    if options.label_lower == "scheduling.professional" and own and not tenancy.is_operator(request):
        # A list of one: the row itself is what is wanted.
        return {"title": _("Profile"), "icon": icon, "link": reverse(f"{page}_change", args=[own.pk])}
    return {"title": title[:1].upper() + title[1:], "icon": icon, "link": reverse(f"{page}_changelist")}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Sineta",
    "SITE_HEADER": "Sineta",
    "SITE_ICON": file("favicon.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": file("favicon.svg")}],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "10px",
    "STYLES": [file("tokens.css"), file("admin.css")],
    "COLORS": {"base": MAUVE, "primary": PLUM},
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": navigation},
}
