"""What an operator may see of conversations, and the little that may be done by hand: messages are history."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from intake import outbox, takeover, tasks
from intake.models import ContentTemplate, Conversation, InboundMessage, OutboundMessage, Turn


class ReadOnly(admin.options.BaseModelAdmin):
    """Rows that only the product writes."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False


class InboundInline(ReadOnly, admin.TabularInline):
    model = InboundMessage
    fields = ["received_at", "kind", "body", "transcript", "status", "attempts"]
    ordering = ["-id"]
    extra = 0
    show_change_link = True


class OutboundInline(ReadOnly, admin.TabularInline):
    model = OutboundMessage
    fields = ["created_at", "medium", "author", "body", "status", "error_code"]
    ordering = ["-id"]
    extra = 0
    show_change_link = True


class TurnInline(ReadOnly, admin.TabularInline):
    model = Turn
    fields = ["created_at", "path", "model", "outcome", "milliseconds", "prompt_tokens", "completion_tokens"]
    ordering = ["-id"]
    extra = 0
    show_change_link = True


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "professional", "channel", "who", "last_inbound_at", "waiting", "with_person", "reachable"]
    list_filter = [
        "channel",
        "professional",
        ("human_until", admin.EmptyFieldListFilter),
        ("refused_at", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["professional", "client"]
    search_fields = ["address", "profile_name", "client__name", "inbound__body", "inbound__transcript"]
    date_hierarchy = "last_inbound_at"
    inlines = [TurnInline, InboundInline, OutboundInline]
    actions = ["take_over", "give_back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        pending = Count("inbound", filter=Q(inbound__status=InboundMessage.Status.PENDING))
        rows: QuerySet[Conversation] = super().get_queryset(request)
        return rows.annotate(pending_count=pending)

    @admin.display(description=gettext_lazy("Who"))
    def who(self, conversation: Conversation) -> str:
        name = conversation.client.name if conversation.client else ""
        return name or conversation.profile_name or conversation.address

    @admin.display(description=gettext_lazy("Unanswered"))
    def waiting(self, conversation: Any) -> int:
        return int(conversation.pending_count)

    @admin.display(boolean=True, description=gettext_lazy("With a person"))
    def with_person(self, conversation: Conversation) -> bool:
        return conversation.human_until is not None and conversation.human_until > timezone.now()

    @admin.display(boolean=True, description=gettext_lazy("Reachable"))
    def reachable(self, conversation: Conversation) -> bool:
        return not conversation.is_refused

    @admin.action(description=gettext_lazy("Take over: the reception is silent"), permissions=["view"])
    def take_over(self, request: HttpRequest, queryset: QuerySet[Conversation]) -> None:
        count = takeover.take_over(queryset, now=timezone.now())
        self.message_user(request, _("%(count)s conversations taken over.") % {"count": count})

    @admin.action(description=gettext_lazy("Give back to the reception"), permissions=["view"])
    def give_back(self, request: HttpRequest, queryset: QuerySet[Conversation]) -> None:
        count = takeover.give_back(queryset)
        self.message_user(request, _("%(count)s conversations given back.") % {"count": count})


@admin.register(Turn)
class TurnAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "conversation", "created_at", "path", "model", "outcome", "milliseconds", "tokens"]
    list_filter = ["path", "outcome", "model", "conversation__professional"]
    date_hierarchy = "created_at"
    fields = ["conversation", "created_at", "path", "model", "outcome", "milliseconds", "tokens", "steps"]
    search_fields = ["conversation__address", "conversation__client__name"]

    @admin.display(description=gettext_lazy("Tokens"))
    def tokens(self, turn: Turn) -> int:
        return turn.prompt_tokens + turn.completion_tokens

    @admin.display(description=gettext_lazy("Steps"))
    def steps(self, turn: Turn) -> SafeString:
        """Show every step with its data; texts of clients and models are escaped."""
        rows = (
            (step["kind"], step["name"], step["milliseconds"], json.dumps(step["detail"], ensure_ascii=False, indent=1))
            for step in turn.trace
        )
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{} <b>{}</b> {} ms<pre>{}</pre></li>", rows))


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "received_at", "conversation", "kind", "body", "transcript", "status", "attempts"]
    list_filter = ["status", "kind", "conversation__professional"]
    search_fields = ["body", "transcript", "provider_sid", "conversation__address"]
    date_hierarchy = "received_at"


@admin.register(OutboundMessage)
class OutboundMessageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = [
        "id",
        "created_at",
        "professional",
        "medium",
        "recipient",
        "body",
        "status",
        "attempts",
        "error_code",
        "rerouted_at",
    ]
    list_filter = ["status", "medium", "error_code", ("rerouted_at", admin.EmptyFieldListFilter), "professional"]
    search_fields = ["body", "recipient", "provider_sid"]
    date_hierarchy = "created_at"
    actions = ["try_again"]

    @admin.action(description=gettext_lazy("Try again"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboundMessage]) -> None:
        count = outbox.revive(queryset)
        tasks.wake(tasks.deliver)
        text = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)


@admin.register(ContentTemplate)
class ContentTemplateAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "sid", "account"]
