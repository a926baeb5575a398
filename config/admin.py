"""The admin's site: a professional sees own rows there, the operator (a superuser) everything.

Which rows those are is the concern of `scheduling/tenancy.py`; a model that says nothing about its professional is
the operator's alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.contrib.admin.views.main import ERROR_FLAG
from django.db import DataError, IntegrityError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

View = Callable[..., HttpResponseBase]


class SinetaSite(UnfoldAdminSite):
    """Unfold's site, closed by default, in the professional's language and on the professional's clock."""

    site_header = "Sineta"
    site_title = "Sineta"
    index_title = _("Overview")

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the login may enter at all; a member of staff without a professional finds nothing inside."""
        # This module is read before the apps are ready.
        from config.accounts import may_enter_admin
        from scheduling import tenancy

        user = request.user
        return may_enter_admin(request) and bool(user.is_staff or user.is_superuser or tenancy.tenant(request))

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        from unfold.admin import ModelAdmin

        from scheduling.tenancy import OperatorOnly, Tenanted

        found = admin_class or ModelAdmin
        if not issubclass(found, (Tenanted, OperatorOnly)):
            bases = (OperatorOnly, found) if issubclass(found, ModelAdmin) else (OperatorOnly, found, ModelAdmin)
            found = type(found.__name__, bases, {"__module__": found.__module__})
        super().register(model_or_iterable, found, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with_text(request)
            with own_words_and_clock(request):
                try:
                    response: Any = guarded(request, *args, **kwargs)
                    if isinstance(response, TemplateResponse) and not response.is_rendered:
                        response.render()
                except IntegrityError:
                    # A form without the professional's field cannot see that a name is taken.
                    messages.error(request, gettext("Another one has this already. Nothing was saved."))
                    return HttpResponseRedirect(request.get_full_path())
                except (ValueError, OverflowError, DataError):
                    if not is_odd_question(request):
                        raise
                    return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
                return response  # type: ignore[no-any-return]

        return framed

    def get_urls(self) -> list[Any]:
        """Leave out the way from a row's type and id to its page on the site: no row has one, and it asks nobody."""
        return [one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site"]

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Search the names of lists. Unfold takes any page for a number that exists."""
        asked = request.GET.copy()
        asked.pop("page", None)
        request.GET = asked  # type: ignore[assignment]
        return super().search(request, extra_context)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from assistant import tiles

        shown = {"tiles": tiles.of(request), **(extra_context or {})}
        page: TemplateResponse = super().index(request, shown)
        return page


class AdminConfig(DjangoAdminConfig):
    """Stands in INSTALLED_APPS in the place of `django.contrib.admin`."""

    default_site = "config.admin.SinetaSite"


@contextmanager
def own_words_and_clock(request: HttpRequest) -> Iterator[None]:
    """Speak the professional's language and show the professional's local times; the operator's are the browser's."""
    from scheduling import tenancy

    own = None if request.user.is_superuser else tenancy.tenant(request)
    if own is None:
        yield
        return
    with translation.override(own.language), timezone.override(own.zone):
        yield


def is_odd_question(request: HttpRequest) -> bool:
    """Return whether it may be the address that was at fault: of a list's filters Django checks only the usual ones.

    A year of twenty digits, for one, is too large for the clock; the list then opens unfiltered, as for any bad filter.
    """
    match = request.resolver_match
    asks = request.method == "GET" and bool(request.GET) and ERROR_FLAG not in request.GET
    return asks and match is not None and str(match.url_name).endswith("_changelist")


def with_text(request: HttpRequest) -> None:
    """Take NUL out of what the address asks: PostgreSQL cannot store it, and refuses a statement that has it."""
    if any("\x00" in text for _key, texts in request.GET.lists() for text in texts):
        asked = request.GET.copy()
        for key, texts in request.GET.lists():
            asked.setlist(key, [text.replace("\x00", "") for text in texts])
        request.GET = asked  # type: ignore[assignment]


def policy(get_response: View) -> View:
    """Give the admin its policy: its own files alone, as everywhere, but Alpine evaluates its attributes."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith("/admin/"):
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return answer


POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
