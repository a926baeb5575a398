"""What the product asks of the database, recorded once and issued again without the product."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from psycopg import ClientCursor, Connection

Parameters = Sequence[Any] | Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with the values it was issued with."""

    sql: str
    parameters: Parameters


def record(action: Callable[[], Any]) -> list[Statement]:
    """Return the statements of the action, savepoints included, begin and commit not."""
    # Here, because the replaying side does without Django.
    from django.db import connection

    statements: list[Statement] = []

    def note(execute: Any, sql: str, parameters: Parameters, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
        statements.append(Statement(sql, _plain(parameters)))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        action()
    return statements


def replay(
    link: "Connection[Any]", statements: Sequence[Statement], changed: Mapping[Any, Any], *, identity: int | None = None
) -> int | None:
    """Issue the statements in one transaction and fetch every result; return the id of the first inserted row.

    Values that equal a key of `changed` are replaced, and `identity`, which the first inserted row had when it was
    recorded, by its new id. A client-side cursor, as Django has one: the same bytes go over the wire.
    """
    inserted: int | None = None
    with ClientCursor(link) as cursor:
        for statement in statements:
            cursor.execute(statement.sql, _replaced(statement.parameters, changed))
            if cursor.description is None:
                continue
            rows = cursor.fetchall()
            while cursor.nextset():
                cursor.fetchall()
            if inserted is None and statement.sql.lstrip().startswith("INSERT"):
                inserted = rows[0][0]
                changed = {**changed, identity: inserted}
    link.commit()
    return inserted


def _plain(parameters: Parameters) -> Parameters:
    """Return the values without the product's enums, as they go over the wire anyway."""
    if parameters is None or isinstance(parameters, Mapping):
        return parameters
    return [value.value if isinstance(value, Enum) else value for value in parameters]


def _replaced(parameters: Parameters, changed: Mapping[Any, Any]) -> Parameters:
    if parameters is None:
        return None
    if isinstance(parameters, Mapping):
        return {name: _new(value, changed) for name, value in parameters.items()}
    return [_new(value, changed) for value in parameters]


def _new(value: Any, changed: Mapping[Any, Any]) -> Any:
    try:
        return changed.get(value, value)
    except TypeError:  # unhashable: a wrapped JSON value
        return value
