"""Every route of the product, read from Django's URL resolver."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from tests.isolation import tenants
from tests.isolation.table import ARGUMENTS, Access, access

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
# A row that nobody has.
MISSING = 987_654_321


@dataclass(frozen=True)
class Route:
    """One route: its pattern as Django writes it (of a regular expression only the arguments), and its name."""

    pattern: str
    name: str

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(_ARGUMENT.findall(self.pattern))

    @property
    def access(self) -> Access | None:
        return access(self.pattern)

    def path(self, rows: Mapping[str, int | str], *, missing: bool = False) -> str:
        """Return a path with Ana's rows for arguments, or with rows that do not exist."""
        return "/" + _ARGUMENT.sub(lambda found: self._value(found[1], rows, missing=missing), self.pattern)

    def names_rows(self, rows: Mapping[str, int | str]) -> bool:
        return any(name in rows for name in self.arguments)

    def _value(self, name: str, rows: Mapping[str, int | str], *, missing: bool) -> str:
        if name == "object_id":
            return str(MISSING if missing else self._admin_row(rows))
        if name in rows:
            return str(_missing(rows[name]) if missing else rows[name])
        return str(ARGUMENTS[name])

    def _admin_row(self, rows: Mapping[str, int | str]) -> object:
        """Return the key of Ana's row of the model that an admin's page is about."""
        app, _, rest = self.name.removeprefix("admin:").partition("_")
        try:
            model = apps.get_model(app, rest.partition("_")[0])
        except LookupError:
            return 1
        found = model._base_manager.all()
        if path := tenants.path(model):
            found = found.filter(**{path: rows["professional_id"]})
        return found.order_by("-pk").values_list("pk", flat=True).first() or 1


def _missing(row: int | str) -> object:
    """Return a value of the same kind that names no row."""
    if isinstance(row, int):
        return MISSING
    return UUID(int=MISSING) if re.fullmatch(r"[0-9a-f-]{36}", row) else "x"


def all_routes() -> list[Route]:
    return sorted(set(_walk(get_resolver().url_patterns, "", "")), key=lambda route: route.pattern)


def _walk(patterns: "list[URLPattern | URLResolver]", prefix: str, namespace: str) -> Iterator[Route]:
    for one in patterns:
        whole = prefix + _plain(one)
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one.url_patterns, whole, inner)
        else:
            yield Route(whole, f"{namespace}{one.name or ''}")


def _plain(one: "URLPattern | URLResolver") -> str:
    text = str(one.pattern)
    if not isinstance(one.pattern, RegexPattern):
        return text
    text = _GROUP.sub(lambda found: f"<{found[1]}>", text)
    return text.removeprefix("^").removesuffix("$").removesuffix(r"\Z").replace("\\", "")
