from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "assistant"

    def ready(self) -> None:
        from assistant.api import idempotency
        from intake import retention

        retention.also(idempotency.overdue)
