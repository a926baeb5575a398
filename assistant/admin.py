"""Logins and their groups, the operator's alone; what the assistant was asked and did; and the keys of programs."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from assistant import agent, keys
from assistant.models import ApiKey, Question
from assistant.tools import TOOLBOX
from intake import trace
from scheduling import tenancy
from scheduling.tenancy import OperatorOnly, ReadOnly, Tenanted

admin.site.unregister([User, Group])


@admin.register(User)
class UserAdmin(OperatorOnly, DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(OperatorOnly, DjangoGroupAdmin, ModelAdmin):
    pass


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly, Tenanted):
    """Keys are made in the settings, where they are shown; here they are seen and revoked."""

    list_display = ["name", "prefix", "professional", "created_at", "last_used_at", "revoked_at"]
    list_filter = ["revoked_at", "professional"]
    list_select_related = ["professional"]
    search_fields = ["name", "prefix", "professional__name"]
    fields = ["professional", ("name", "prefix"), ("created_at", "user"), ("last_used_at", "revoked_at")]
    actions = ["revoke"]

    @admin.action(description=gettext_lazy("Revoke"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        with transaction.atomic():
            ended = [key for key in queryset if keys.revoke(key)]
            tenancy.note(request, ended, action="revoke", path=self.tenant_path)
        said = ngettext("%(count)d key was revoked.", "%(count)d keys were revoked.", len(ended))
        self.message_user(request, said % {"count": len(ended)})


@admin.register(Question)
class QuestionAdmin(ReadOnly, Tenanted):
    tenant_path = "thread__professional"
    list_display = ["created_at", "asked", "path", "was_replaced", "model", "outcome", "milliseconds", "tokens"]
    list_filter = ["path", "was_replaced", "model", "created_at", "thread__professional"]
    search_fields = ["text"]
    date_hierarchy = "created_at"
    ordering = ["-id"]
    fields = [
        "text",
        "answer",
        ("created_at", "path", "was_replaced"),
        ("model", "outcome"),
        ("milliseconds", "tokens"),
        "steps",
    ]

    @admin.display(description=gettext_lazy("Question"), ordering="text")
    def asked(self, question: Question) -> str:
        return question.text if len(question.text) <= 80 else f"{question.text[:79]}…"

    @admin.display(description=gettext_lazy("Tokens"))
    def tokens(self, question: Question) -> int:
        return question.prompt_tokens + question.completion_tokens

    @admin.display(description=gettext_lazy("Steps"))
    def steps(self, question: Question) -> SafeString:
        """Show every step in words with its record folded below; texts of people and models are escaped."""
        return render_to_string("admin/steps.html", {"steps": list(_steps(question))})


def _steps(question: Question) -> Iterator[trace.Step]:
    for record in _records(question):
        found = trace.step(record)
        name = record.get("name")
        is_lookup = record.get("kind") == "tool" and name in TOOLBOX.names and found.icon != "alert"
        yield replace(found, title=agent.looked_up(str(name))) if is_lookup else found


def _records(question: Question) -> list[dict[str, Any]]:
    """Return what was noted on the way, and the looking up that code did without a model, which notes nothing."""
    noted = [one for one in question.trace if isinstance(one, dict)]
    if any(one.get("kind") == "tool" for one in noted):
        return noted
    looked = (
        {"kind": "tool", "name": name, "detail": {"arguments": {}, "payload": told}} for name, told in question.results
    )
    return [*noted, *looked]
