"""Whose rows are whose: found from the models' foreign keys, so that a new model is covered by being one."""

import hashlib
from collections import deque
from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import CharField, ForeignKey, JSONField, Model, TextField

from scheduling.models import Professional

# Rows of logins, not of a practice; a session is nobody's until it is read.
_APPS = {"scheduling", "intake", "assistant", "account", "mfa", "usersessions"}


def path(model: type[Model]) -> str | None:
    """Return the look-up that leads from a row to its professional; None for rows that are nobody's."""
    if model is Professional:
        return "pk"
    if model is get_user_model():
        return "professional"
    found = _shortest(model, Professional)
    if found is None and (login := _shortest(model, get_user_model())) is not None:
        found = f"{login}__professional"
    return found


def _shortest(model: type[Model], wanted: type[Model]) -> str | None:
    queue: deque[tuple[type[Model], str]] = deque([(model, "")])
    seen = {model}
    while queue:
        one, prefix = queue.popleft()
        keys = [field for field in one._meta.concrete_fields if isinstance(field, ForeignKey)]
        for field in sorted(keys, key=lambda key: key.null):
            target, name = field.related_model, f"{prefix}{field.name}"
            if target is wanted:
                return name
            if isinstance(target, type) and issubclass(target, Model) and target not in seen:
                seen.add(target)
                queue.append((target, f"{name}__"))
    return None


def models() -> list[type[Model]]:
    """Return every model whose rows belong to a professional."""
    found = [model for model in apps.get_models() if model._meta.app_label in _APPS and path(model)]
    return [*found, get_user_model()]


def state(professional: Professional) -> dict[str, str]:
    """Return a mark for each model that changes with any field of any row of the professional's."""
    return {model._meta.label: _digest(model, professional) for model in models()}


def _digest(model: type[Model], professional: Professional) -> str:
    rows = model._base_manager.filter(**{str(path(model)): professional.pk}).order_by("pk").values_list()
    return hashlib.sha256(repr(list(rows)).encode(errors="backslashreplace")).hexdigest()


def strangers() -> Iterator[str]:
    """Yield every row that points to a row of another professional's."""
    for model in models():
        own = str(path(model))
        for field in model._meta.concrete_fields:
            if not isinstance(field, ForeignKey) or field.name == own:
                continue
            target = field.related_model
            theirs = path(target) if isinstance(target, type) and issubclass(target, Model) else None
            if theirs is None or target is Professional:
                continue
            other = field.name if theirs == "pk" else f"{field.name}__{theirs}"
            for pk, mine, yours in model._base_manager.values_list("pk", own, other):
                if None not in (mine, yours) and mine != yours:
                    yield f"{model._meta.label} {pk}: {field.name} belongs to another professional"


def texts(professional: Professional) -> dict[tuple[str, str, object], str]:
    """Return every text of the professional's rows by model, field and key; what is kept as JSON left out."""
    found: dict[tuple[str, str, object], str] = {}
    for model in models():
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, CharField | TextField) and not isinstance(field, JSONField)
        ]
        rows = model._base_manager.filter(**{str(path(model)): professional.pk}).values_list("pk", *names)
        for pk, *values in rows:
            for name, value in zip(names, values, strict=True):
                found[model._meta.label, name, pk] = value or ""
    return found
