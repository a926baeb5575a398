"""What the fields and models are called in the admin, in the language of who looks.

The English name is the one that Django makes of the field's own; catalogues hold its translation. So no field
repeats its name for people, and a new one that nobody has translated fails a test.
"""

from collections.abc import Iterator

from django.apps import AppConfig
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy as _


def translate(app: AppConfig) -> None:
    """Let the app's models and their fields answer in the language of the request."""
    for model in app.get_models():
        options = model._meta
        options.verbose_name = _(str(options.verbose_name))
        options.verbose_name_plural = _(str(options.verbose_name_plural))
        for field in fields(model):
            field.verbose_name = _(str(field.verbose_name))


def fields(model: type[Model]) -> Iterator[Field]:
    yield from (field for field in model._meta.get_fields() if isinstance(field, Field))
