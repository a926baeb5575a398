from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "assistant"

    def ready(self) -> None:
        from assistant.retention import answers
        from intake import retention

        retention.also(answers)
