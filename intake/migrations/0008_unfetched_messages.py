"""Finds what was said to a program's person about an appointment and nobody fetched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0007_erased_messages")]

    operations = [
        migrations.AddIndex(
            model_name="outboundmessage",
            index=models.Index(
                condition=models.Q(
                    ("event__isnull", False), ("medium", "api"), ("rerouted_at__isnull", True), ("status", "sent")
                ),
                fields=["id"],
                name="outbound_unfetched",
            ),
        ),
    ]
