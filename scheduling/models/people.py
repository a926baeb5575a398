"""Who books. Only `scheduling/clients.py` writes clients from outside the admin."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from scheduling.models.practice import E164, Professional

# What the address of whoever tries their own reception begins with; no channel's address does.
TRIAL = "trial:"


class RealClients(models.Manager["Client"]):
    """Everybody but the test client of a trial, who is nobody's client and stands in no list."""

    def get_queryset(self) -> models.QuerySet["Client"]:
        return super().get_queryset().exclude(address__startswith=TRIAL)


class Client(models.Model):
    """A person who books with one professional. The same person elsewhere is another row (another tenant)."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="clients")
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=120, blank=True, help_text=_("The channel address used last."))
    phone = models.CharField(max_length=20, null=True, blank=True, validators=[E164])
    email = models.EmailField(blank=True)
    notes = models.TextField(blank=True, help_text=_("Only for the professional; never sent to a model."))
    is_blocked = models.BooleanField(default=False)
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When this person's data were erased; the row keeps the statistics.")
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = RealClients()
    with_trials: models.Manager["Client"] = models.Manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["professional", "phone"], name="client_by_phone")]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def is_trial(self) -> bool:
        """Whether it is the professional, writing to the own reception as a client would."""
        return self.address.startswith(TRIAL)


class ClientAddress(models.Model):
    """A channel address that belongs to a client, byte for byte as the channel gave it."""

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="addresses")
    address = models.CharField(max_length=120)

    class Meta:
        verbose_name_plural = "client addresses"
        constraints = [
            models.UniqueConstraint(fields=["professional", "address"], name="client_address_unique"),
        ]

    def __str__(self) -> str:
        return self.address
