from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = _("Conversations")

    def ready(self) -> None:
        from intake import checks  # noqa: F401 - registers the system checks
        from scheduling import names

        names.translate(self)
