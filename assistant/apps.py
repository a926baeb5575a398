from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssistantConfig(AppConfig):
    name = "assistant"
    verbose_name = _("Assistant")

    def ready(self) -> None:
        from assistant import erasure
        from assistant.retention import rules
        from intake import records, retention
        from scheduling import names

        retention.also(rules)
        records.also(erasure.forget)
        names.translate(self)
