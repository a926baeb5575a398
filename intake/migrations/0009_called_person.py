from django.db import migrations, models

# What is kept of earlier turns tells it too, for as long as their steps are kept.
_FROM_TRACES = """
UPDATE intake_turn SET called_person = true WHERE trace @> '[{"kind": "tool", "name": "ask_human"}]'
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0008_unfetched_messages")]

    operations = [
        migrations.AddField(
            model_name="turn",
            name="called_person",
            field=models.BooleanField(db_default=False, default=False, help_text="The professional was called in it."),
        ),
        migrations.RunSQL(_FROM_TRACES, migrations.RunSQL.noop),
    ]
