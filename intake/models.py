"""Rows between the channel and the agent. A row is the hand-off: whoever dies, the next one finds it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from intake.state import State
from scheduling.models import AppointmentEvent, Client, Professional

# WhatsApp's own limit for a text is 4,096 characters; more is no message of a client.
LONGEST_WORDS = 4096


class Channel(models.TextChoices):
    """Only `whatsapp` ever reaches Twilio."""

    WHATSAPP = "whatsapp", "WhatsApp"
    API = "api", "API"
    SIMULATOR = "simulator", _("Simulator")
    TRIAL = "trial", _("Trial")


class Conversation(models.Model):
    """One address writing to one professional on one channel.

    `reply_due_at` says when pending messages want their turn; `lease` is the fencing token of the worker
    that has it: whoever finishes a turn must still hold the token, so an outlived worker changes nothing.
    """

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="conversations")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=120)
    profile_name = models.CharField(max_length=200, blank=True)
    client = models.ForeignKey(Client, on_delete=models.SET_NULL, null=True, blank=True, related_name="conversations")
    state = models.JSONField(default=dict, blank=True)
    reply_due_at = models.DateTimeField(null=True, blank=True)
    burst_started_at = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    human_until = models.DateTimeField(null=True, blank=True, help_text=_("The bot is silent until then."))
    human_since = models.DateTimeField(
        null=True, blank=True, help_text=_("Since when a person answers, or was called to.")
    )
    human_reason = models.CharField(max_length=200, blank=True)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the provider last refused to write here after an opt-out.")
    )
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-last_inbound_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["professional", "channel", "address"], name="conversation_unique"),
            models.CheckConstraint(
                condition=Q(lease__isnull=True, lease_until__isnull=True)
                | Q(lease__isnull=False, lease_until__isnull=False),
                name="conversation_lease_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["reply_due_at"], condition=Q(reply_due_at__isnull=False), name="conversation_due"),
            models.Index(fields=["professional", "-last_inbound_at", "-id"], name="conversation_latest"),
            # The few that are with a person, among thousands.
            models.Index(
                fields=["professional", "human_until"],
                condition=Q(human_until__isnull=False),
                name="conversation_with_person",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_refused(self) -> bool:
        """Whether the provider takes nothing for this address; what its person writes ends that."""
        return bool(self.refused_at and (self.last_inbound_at is None or self.last_inbound_at < self.refused_at))

    @property
    def language(self) -> str:
        """What is said here is said in the client's language; until it is known, in the professional's."""
        return str(self.state.get("language") or self.professional.language)

    def recall(self) -> State:
        return State.model_validate(self.state)

    def memorise(self, state: State) -> None:
        self.state = state.model_dump(mode="json")


class Turn(models.Model):
    """One answer to one burst of messages: how it was found, and every step on the way."""

    class Path(models.TextChoices):
        DIRECT = "direct", _("Direct")
        MODEL = "model", _("Model")
        GUIDED = "guided", _("Guided")
        SILENT = "silent", _("Silent")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    path = models.CharField(max_length=8, choices=Path)
    model = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=40, blank=True, help_text=_("How the model's part ended."))
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    trace = models.JSONField(default=list, blank=True)
    called_person = models.BooleanField(
        default=False, db_default=False, help_text=_("The professional was called in it.")
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.path}"


class InboundMessage(models.Model):
    """A message as the channel delivered it. The provider's id is unique for ever: a second delivery is no row."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        DONE = "done", _("Done")
        DEAD = "dead", _("Dead")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="inbound")
    provider_sid = models.CharField(max_length=64, unique=True)
    body = models.TextField(blank=True)
    kind = models.CharField(max_length=20, default="text")
    button_payload = models.CharField(max_length=256, blank=True)
    replied_sid = models.CharField(max_length=64, blank=True)
    media = models.JSONField(default=list, blank=True)
    transcript = models.TextField(
        blank=True, default="", db_default="", help_text=_("What is said in a voice message.")
    )
    payload = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    turn = models.ForeignKey(Turn, on_delete=models.SET_NULL, null=True, blank=True, related_name="inbound")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["conversation"], condition=Q(status="pending"), name="inbound_pending"),
            models.Index(fields=["conversation", "id"], name="inbound_by_conversation"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def words(self) -> str:
        """What the client says in it, written or spoken, as far as it is read: the name of a file says nothing."""
        if self.kind == "audio":
            return self.transcript[:LONGEST_WORDS]
        return self.body if self.kind in ("text", "tap") else ""

    @property
    def is_unheard(self) -> bool:
        """Whether it is a voice message whose words nobody knows."""
        return self.kind == "audio" and not self.transcript

    @property
    def is_cut(self) -> bool:
        """Whether more was said than is read."""
        return max(len(self.payload.get("Body", "")) - len(self.body), len(self.transcript) - LONGEST_WORDS) > 0


class Recovery(models.Model):
    """How far the provider's own list of messages to a number has been read: what is older is stored or given up."""

    number = models.CharField(max_length=16, unique=True)
    read_until = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"#{self.pk}"


class ErasedMessage(models.Model):
    """The provider's id of a message that was erased a moment ago, so that its list does not bring it back.

    Kept a little longer than that list is read back for, then removed by `intake/retention.py`.
    """

    provider_sid = models.CharField(max_length=64, unique=True)
    erased_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"#{self.pk}"


class ContentTemplate(models.Model):
    """A content template of a Twilio account; `manage.py sync_templates` notes its id there."""

    account = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    sid = models.CharField(max_length=64)

    class Meta:
        ordering = ["account", "name"]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="content_template_unique")]

    def __str__(self) -> str:
        return self.name


class OutboundMessage(models.Model):
    """Something to be said exactly once (`dedupe_key`): a reply, a receipt, a notice, an e-mail."""

    class Medium(models.TextChoices):
        WHATSAPP = "whatsapp", "WhatsApp"
        API = "api", "API"
        SIMULATOR = "simulator", _("Simulator")
        TRIAL = "trial", _("Trial")
        EMAIL = "email", _("E-mail")

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        READ = "read", _("Read")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Dropped")

    class Author(models.TextChoices):
        RECEPTION = "reception", _("Reception")
        PROFESSIONAL = "professional", _("Professional")

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="outbound")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, null=True, blank=True, related_name="outbound"
    )
    turn = models.ForeignKey(Turn, on_delete=models.SET_NULL, null=True, blank=True, related_name="outbound")
    event = models.ForeignKey(
        AppointmentEvent, on_delete=models.SET_NULL, null=True, blank=True, related_name="outbound"
    )
    medium = models.CharField(max_length=10, choices=Medium)
    author = models.CharField(max_length=12, choices=Author, default=Author.RECEPTION)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    options = models.JSONField(default=list, blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    attempted_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True, help_text=_("When the provider accepted it."))
    provider_sid = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=20, blank=True)
    error_message = models.CharField(max_length=300, blank=True)
    rerouted_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When another way was taken for it after it had failed.")
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        indexes = [
            # The next message to hand over, and whether one before it in its conversation is still on the way.
            models.Index(fields=["due_at", "id"], condition=Q(status__in=["pending", "sending"]), name="outbound_next"),
            models.Index(
                fields=["conversation", "id"], condition=Q(status__in=["pending", "sending"]), name="outbound_open"
            ),
            models.Index(fields=["conversation", "id"], name="outbound_by_conversation"),
            models.Index(fields=["provider_sid"], condition=~Q(provider_sid=""), name="outbound_by_provider_sid"),
            # What is to be told another way.
            models.Index(
                fields=["id"],
                condition=Q(status="failed", event__isnull=False, rerouted_at__isnull=True),
                name="outbound_undelivered",
            ),
            models.Index(
                fields=["id"],
                condition=Q(medium="api", status="sent", event__isnull=False, rerouted_at__isnull=True),
                name="outbound_unfetched",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.medium} {self.status}"
