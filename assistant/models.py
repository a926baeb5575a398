"""What the professional asked the assistant, and how each answer came about."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from scheduling.models import Appointment, Professional


class Thread(models.Model):
    """Questions that belong together: later ones may rest on what tools told for earlier ones."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="threads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())
    asked_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["professional", "-asked_at"], name="thread_latest")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Question(models.Model):
    """One question and its answer: the sentences that were shown, the tables, and every step on the way."""

    class Path(models.TextChoices):
        MODEL = "model", _("Model")
        TOOLS = "tools", _("Straight from the agenda")
        HELP = "help", _("Not understood")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="questions")
    text = models.TextField()
    answer = models.TextField(blank=True)
    # Of the answer's figures: where each stands, and the page with its rows.
    links = models.JSONField(default=list, blank=True)
    tables = models.JSONField(default=list, blank=True)
    path = models.CharField(max_length=8, choices=Path, default=Path.MODEL)
    was_replaced = models.BooleanField(
        default=False, help_text=_("A sentence of the model's was held back, and code's words shown instead.")
    )
    # Where in the answer code speaks in the model's place; None where it had but tables to show, or no need to.
    code_from = models.PositiveIntegerField(null=True, blank=True)
    results = models.JSONField(default=list, blank=True)
    trace = models.JSONField(default=list, blank=True)
    model = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=40, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.path}"


class KeptAnswer(models.Model):
    """What a program was told the first time, for when it sends the same Idempotency-Key again.

    `answer` names nobody: names are read from the appointment, so that whose data are erased is in no copy.
    """

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(
        max_length=64, help_text=_("Of the body; another one under the same key is refused.")
    )
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="+")
    answer = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["professional", "key"], name="kept_answer_key_unique")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ApiKey(models.Model):
    """A key with which a program speaks for one practice; what is kept of it opens nothing."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="api_keys")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=16, help_text=_("How the key begins."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
