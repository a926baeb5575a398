"""Whose rows a login sees in the admin: one mechanism for lists, forms, choices, filters, inlines and actions.

A superuser, the operator, sees everything; what he changes of a professional's is noted in the audit. A professional
sees own rows, and no field that is the operator's to set. Anybody else sees nothing. Django's permission rows, which
know no tenants, play no part.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponseBase
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import PaginationInlineFormSet

from scheduling.models import AuditEntry, Professional

# What a professional neither sets nor is asked about.
OPERATORS = frozenset(
    {
        "professional",
        "user",
        "plan",
        "trial_ends_at",
        "whatsapp_number",
        "requested_number",
        "onboarded_at",
    }
)
# How a filter may end; anything longer would ask about rows behind the filtered one.
_ENDINGS = frozenset({"", "exact", "id__exact", "isnull", "isempty", "in", "gt", "gte", "lt", "lte"}) | {
    "year",
    "month",
    "day",
}


def is_operator(request: HttpRequest) -> bool:
    """Return whether the login is a superuser's."""
    return bool(request.user.is_active and request.user.is_superuser)


def tenant(request: HttpRequest) -> Professional | None:
    """Return the login's professional, asked for once a request."""
    if not hasattr(request, "_tenant"):
        found = Professional.objects.filter(user_id=request.user.pk or 0).first() if request.user.is_active else None
        request._tenant = found  # type: ignore[attr-defined]
    kept: Professional | None = request._tenant  # type: ignore[attr-defined]
    return kept


def scope(request: HttpRequest, rows: QuerySet[Any], *, path: str) -> QuerySet[Any]:
    """Return those of the rows that the login may see; `path` leads from a row to its professional."""
    if is_operator(request):
        return rows
    own = tenant(request)
    return rows.none() if own is None else rows.filter(**{path: own.pk})


def professional_of(row: Any, *, path: str) -> int | None:
    """Return the id of the row's professional; `path` as in a filter."""
    *steps, last = path.split("__")
    for step in steps:
        row = getattr(row, step, None)
    return row.pk if last == "pk" else getattr(row, f"{last}_id", None)


def note(request: HttpRequest, rows: Iterable[Any], *, action: str, path: str) -> None:
    """Note in each concerned professional's audit what the operator did to the rows, by model and id alone."""
    if not is_operator(request):
        return
    AuditEntry.objects.bulk_create(
        AuditEntry(
            professional_id=professional,
            user=request.user if isinstance(request.user, User) else None,
            kind=AuditEntry.Kind.ACTED_FOR,
            data={"model": row._meta.label_lower, "id": row.pk, "action": action},
        )
        for row in rows
        if (professional := professional_of(row, path=path))
    )


class ReadOnly(admin.options.BaseModelAdmin):
    """Rows that only the product writes."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's
        return False


class OperatorOnly(admin.options.BaseModelAdmin):
    """Rows of no professional: closed to everybody but the operator."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows if is_operator(request) else rows.none()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_operator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_operator(request) and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return is_operator(request) and super().has_add_permission(request, *args)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_operator(request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_operator(request) and super().has_delete_permission(request, obj)

    def _get_obj_does_not_exist_redirect(self, *_: Any) -> HttpResponseBase:
        raise Http404


class Scoped(admin.options.BaseModelAdmin):
    """What lists, forms and inlines share. `tenant_path` leads from a row to its professional."""

    tenant_path = "professional"
    # Which rows are of what a professional tried out: they are on no list.
    trials: Mapping[str, Any] = {}

    def may(self, request: HttpRequest, row: Model | None) -> bool:
        if is_operator(request):
            return True
        own = tenant(request)
        return own is not None and (row is None or self.owner(row) == own.pk)

    def owner(self, row: Model) -> int | None:
        return professional_of(row, path=self.tenant_path)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = scope(request, super().get_queryset(request), path=self.tenant_path)
        return rows.exclude(**self.trials) if self.trials else rows

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, None)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may(request, obj)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:  # noqa: ARG002 - an inline's parent
        return self.may(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.shown(request, super().get_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.shown(request, super().get_readonly_fields(request, obj))

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        closed = () if is_operator(request) else (*OPERATORS,)
        return [*(super().get_exclude(request, obj) or ()), *closed] or None

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """Return what a foreign key can be set to: for a professional what its own list shows."""
        if is_operator(request):
            rows: QuerySet[Any] | None = super().get_field_queryset(db, db_field, request)
            return rows
        return choices(self.admin_site, db_field.remote_field.model, request)

    @staticmethod
    def shown(request: HttpRequest, names: Iterable[Any]) -> list[Any]:
        """Return the fields or columns without those that are the operator's."""
        if is_operator(request):
            return [*names]
        rows = [tuple(n for n in one if n not in OPERATORS) if isinstance(one, tuple) else one for one in names]
        return [one for one in rows if one and one not in OPERATORS]


def choices(site: admin.AdminSite, model: type[Model], request: HttpRequest) -> QuerySet[Any]:
    """Return the rows of a model that the login sees in its list; none where there is no list for it."""
    found = site._registry.get(model)
    if found is None or not found.has_view_permission(request):
        return model._default_manager.none()
    rows: QuerySet[Any] = found.get_queryset(request)
    return rows


class OwnRows(PaginationInlineFormSet):
    """Rows that are the parent's. Django asks only whether a posted id is any row's, and so tells which ones are."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if key := form.fields.get(self.model._meta.pk.name):
            parent = self.instance.pk
            key.queryset = (
                self.model._default_manager.filter(**{self.fk.name: parent}) if parent else key.queryset.none()
            )


class TenantedInline(Scoped, TabularInline):
    """Rows inside a parent's page; the parent was asked for its professional already."""

    formset = OwnRows

    def may(self, request: HttpRequest, row: Model | None) -> bool:  # noqa: ARG002 - the parent
        return super().may(request, None)


class OwnRelatedFilter(RelatedFieldListFilter):
    """Offers only the related rows that the login sees."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        ordering = self.field_admin_ordering(field, request, model_admin)
        own = choices(model_admin.admin_site, field.remote_field.model, request)
        found: list[Any] = field.get_choices(
            include_blank=False, ordering=ordering, limit_choices_to={"pk__in": own.values("pk")}
        )
        return found


class Tenanted(Scoped, ModelAdmin):
    """The admin of a model whose rows belong to professionals."""

    list_fullwidth = True
    warn_unsaved_form = True

    def get_list_display(self, request: HttpRequest) -> Any:
        return self.shown(request, super().get_list_display(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sets = [
            (name, {**options, "fields": self.shown(request, options["fields"])})
            for name, options in super().get_fieldsets(request, obj)
        ]
        return [(name, options) for name, options in sets if options["fields"]]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A row stays with its professional: what refers to it does not move along."""
        names = [*super().get_readonly_fields(request, obj)]
        return [*names, "professional"] if obj and is_operator(request) and _has_professional(self.model) else names

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        names = super().get_search_fields(request)
        return [name for name in names if is_operator(request) or not OPERATORS.intersection(name.split("__"))]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        # PostgreSQL cannot store NUL, so nothing can be found by it; asked for it, it refuses the statement.
        return super().get_search_results(request, queryset, search_term.replace("\x00", ""))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        wanted = super().get_list_filter(request)
        if is_operator(request):
            return [*wanted]
        return [
            (one, OwnRelatedFilter) if isinstance(one, str) and _leads_to_rows(self.model, one) else one
            for one in wanted
            if not OPERATORS.intersection(_path(one).split("__"))
        ]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse a professional every question in the address that no filter of the page asks."""
        if is_operator(request):
            return super().lookup_allowed(lookup, value, request)
        paths = [_path(one) for one in self.get_list_filter(request)] + [self.date_hierarchy or ""]
        endings = [lookup.removeprefix(path).removeprefix("__") for path in paths if path and lookup.startswith(path)]
        return any(ending in _ENDINGS for ending in endings)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's
        form = super().get_form(request, obj, change, **kwargs)
        if is_operator(request) or not _has_professional(self.model):
            return form
        return type(form.__name__, (OwnRow, form), {"tenant": tenant(request), "__module__": __name__})

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Leave out what can be no row's id: a forged one is answered like a missing one."""
        posted = request.POST.copy()
        chosen = posted.getlist(ACTION_CHECKBOX_NAME)
        posted.setlist(ACTION_CHECKBOX_NAME, [one for one in chosen if is_id(self.model, one)])
        request.POST = posted  # type: ignore[assignment]
        return super().response_action(request, queryset)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        note(request, [obj], action="add", path=self.tenant_path)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        note(request, [obj], action="change", path=self.tenant_path)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        note(request, queryset, action="delete", path=self.tenant_path)
        return super().log_deletions(request, queryset)

    def _get_obj_does_not_exist_redirect(self, *_: Any) -> HttpResponseBase:
        raise Http404


class OwnRow(ModelForm):
    """A professional's new row is the professional's, whatever was posted, and every constraint knows that."""

    tenant: Professional

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.professional_id is None:
            self.instance.professional = self.tenant

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"professional"}


def is_id(model: type[Model], text: str) -> bool:
    """Return whether the text can be the id of a row of the model: of the right kind and within the column."""
    try:
        model._meta.pk.clean(text, None)
    except ValidationError:
        return False
    return True


def _path(one: Any) -> str:
    """Return what a filter of a list is about."""
    if isinstance(one, str):
        return one
    return str(one[0]) if isinstance(one, (list, tuple)) else str(one.parameter_name)


def _has_professional(model: type[Model]) -> bool:
    try:
        return isinstance(model._meta.get_field("professional"), ForeignKey)
    except FieldDoesNotExist:
        return False


def _leads_to_rows(model: type[Model], path: str) -> bool:
    last: Field[Any, Any] = get_fields_from_path(model, path)[-1]
    return last.remote_field is not None
