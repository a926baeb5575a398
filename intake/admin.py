"""Conversations in the admin: read, and the little that may be done by hand. Messages are history.

A professional sees own conversations; what concerns the provider's account is the operator's alone.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from intake import admin_transcript, glance, outbox, takeover, tasks, trace
from intake.models import Channel, ContentTemplate, Conversation, InboundMessage, OutboundMessage, Turn
from scheduling import tenancy
from scheduling.tenancy import OperatorOnly, ReadOnly, Tenanted

# How unfold colours what became of a message; the word always stands inside.
COLOURS = {
    "pending": "info",
    "sending": "info",
    "done": "success",
    "sent": "success",
    "delivered": "success",
    "read": "success",
    "failed": "danger",
    "dead": "danger",
    "dropped": "default",
}


class WaitingFilter(admin.SimpleListFilter):
    """The same rows that the overview counts."""

    title = gettext_lazy("Waiting")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:  # noqa: ARG002 - Django's
        return [("person", gettext_lazy("For a person"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:  # noqa: ARG002 - Django's
        return glance.waiting(queryset) if self.value() == "person" else queryset


_TRIALS = {"conversation__channel": Channel.TRIAL}


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, Tenanted):
    trials = {"channel": Channel.TRIAL}
    list_display = ["who", "channel", "last_inbound_at", "waiting", "with_person", "reachable", "professional"]
    list_filter = [
        WaitingFilter,
        "channel",
        "professional",
        ("human_until", admin.EmptyFieldListFilter),
        ("refused_at", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["professional", "client"]
    search_fields = ["address", "profile_name", "client__name", "inbound__body", "inbound__transcript"]
    date_hierarchy = "last_inbound_at"
    # Said again, because a grouped query drops the model's own order.
    ordering = ["-last_inbound_at", "-id"]
    actions = ["take_over", "give_back"]
    fields = [
        ("who", "channel", "address"),
        ("last_inbound_at", "human_until", "human_reason"),
        "professional",
        "transcript",
    ]
    readonly_fields = ["who", "transcript"]

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

    @admin.display(description=gettext_lazy("Messages"))
    def transcript(self, conversation: Conversation) -> SafeString:
        return render_to_string("admin/transcript.html", {"lines": admin_transcript.lines(conversation)})

    @admin.action(description=gettext_lazy("Take over: the reception is silent"), permissions=["view"])
    def take_over(self, request: HttpRequest, queryset: QuerySet[Conversation]) -> None:
        count = takeover.take_over(_chosen(request, queryset, action="take_over"), now=timezone.now())
        self.message_user(request, _("%(count)s conversations taken over.") % {"count": count})

    @admin.action(description=gettext_lazy("Give back to the reception"), permissions=["view"])
    def give_back(self, request: HttpRequest, queryset: QuerySet[Conversation]) -> None:
        count = takeover.give_back(_chosen(request, queryset, action="give_back"))
        self.message_user(request, _("%(count)s conversations given back.") % {"count": count})


def _chosen(request: HttpRequest, rows: QuerySet[Conversation], *, action: str) -> QuerySet[Conversation]:
    """Return the conversations that are handed to a person or back, noted in the audit."""
    chosen = list(Conversation.objects.filter(pk__in=rows.values("pk")))
    tenancy.note(request, chosen, action=action, path="professional")
    return Conversation.objects.filter(pk__in=[one.pk for one in chosen])


@admin.register(Turn)
class TurnAdmin(ReadOnly, Tenanted):
    trials = _TRIALS
    tenant_path = "conversation__professional"
    list_display = ["created_at", "conversation", "path", "model", "outcome", "milliseconds", "tokens"]
    list_filter = ["path", "called_person", "outcome", "model", "conversation__professional"]
    list_select_related = ["conversation"]
    date_hierarchy = "created_at"
    fields = [
        ("conversation", "created_at"),
        ("path", "called_person", "model", "outcome"),
        ("milliseconds", "tokens"),
        "steps",
    ]
    search_fields = ["conversation__address", "conversation__client__name"]

    @admin.display(description=gettext_lazy("Tokens"))
    def tokens(self, turn: Turn) -> int:
        return turn.prompt_tokens + turn.completion_tokens

    @admin.display(description=gettext_lazy("Steps"))
    def steps(self, turn: Turn) -> SafeString:
        """Show every step in words with its record folded below; texts of clients and models are escaped."""
        return render_to_string("admin/steps.html", {"steps": trace.steps(turn)})


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnly, Tenanted):
    trials = _TRIALS
    tenant_path = "conversation__professional"
    list_display = ["received_at", "conversation", "kind", "body", "transcript", "state", "attempts"]
    list_filter = ["status", "kind", "conversation__professional"]
    list_select_related = ["conversation"]
    search_fields = ["body", "transcript", "provider_sid", "conversation__address"]
    date_hierarchy = "received_at"
    fields = [
        ("conversation", "received_at"),
        ("kind", "status", "attempts"),
        "body",
        "transcript",
        "button_payload",
        "provider_sid",
        "turn",
    ]

    @display(description=gettext_lazy("Status"), ordering="status", label=COLOURS)
    def state(self, message: InboundMessage) -> tuple[str, str]:
        return message.status, message.get_status_display()


@admin.register(OutboundMessage)
class OutboundMessageAdmin(ReadOnly, Tenanted):
    trials = _TRIALS
    list_display = [
        "created_at",
        "medium",
        "recipient",
        "body",
        "state",
        "attempts",
        "error_code",
        "rerouted_at",
        "professional",
    ]
    list_filter = ["status", "medium", "error_code", ("rerouted_at", admin.EmptyFieldListFilter), "professional"]
    list_select_related = ["professional"]
    search_fields = ["body", "recipient", "provider_sid"]
    date_hierarchy = "created_at"
    actions = ["try_again"]
    fields = [
        ("medium", "author", "recipient"),
        ("status", "attempts", "due_at"),
        "subject",
        "body",
        ("handed_at", "rerouted_at"),
        ("error_code", "error_message"),
        ("conversation", "turn", "event"),
        "provider_sid",
        "created_at",
        "professional",
    ]

    @display(description=gettext_lazy("Status"), ordering="status", label=COLOURS)
    def state(self, message: OutboundMessage) -> tuple[str, str]:
        return message.status, message.get_status_display()

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return tenancy.is_operator(request)

    @admin.action(description=gettext_lazy("Try again"), permissions=["operate"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboundMessage]) -> None:
        tenancy.note(request, queryset.filter(status="failed"), action="try_again", path="professional")
        count = outbox.revive(queryset)
        tasks.wake(tasks.deliver)
        text = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)


@admin.register(ContentTemplate)
class ContentTemplateAdmin(ReadOnly, OperatorOnly, ModelAdmin):
    list_display = ["name", "sid", "account"]
