"""PostgreSQL enum types of the models, and what the database's lack: autogenerate is blind here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Optional

from sqlalchemy import Enum, text

from .protocol import DriftOperation, EnumFacts

_VALUES = """
SELECT n.nspname, t.typname, pg_catalog.pg_type_is_visible(t.oid),
  array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
GROUP BY 1, 2, 3 ORDER BY 1, 2
"""
UNSEEN = "(autogenerate does not see this)"


def native_enum(type_: Any, dialect: Any) -> Optional[Enum]:
    """The database enum type a column's type stands for, through decorators and arrays."""
    seen = 0
    while type_ is not None and seen < 8:
        seen += 1
        type_ = type_.dialect_impl(dialect)
        inner = getattr(type_, "impl_instance", None) or getattr(type_, "impl", None)
        if isinstance(type_, Enum):
            return type_ if type_.native_enum and type_.name else None
        type_ = getattr(type_, "item_type", None) or inner
    return None


def model_enums(tables: Iterable[Any], dialect: Any) -> Iterator[tuple[Any, Any, Enum]]:
    """(table, column, enum) for each column of an enum type, where the dialect has such types."""
    if dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.columns:
            enum = native_enum(column.type, dialect)
            if enum is not None:
                yield table, column, enum


def database_enums(connection: Any) -> dict[tuple[str, str], tuple[bool, tuple[str, ...]]]:
    """(schema, name) → (found without naming the schema, values in order)."""
    rows = connection.execute(text(_VALUES))
    return {(row[0], row[1]): (row[2], tuple(row[3])) for row in rows}


def enum_drift(autogen: Any) -> list[DriftOperation]:
    """Values that the models' enums have and the database's lack, one operation a value."""
    if autogen.dialect.name != "postgresql":
        return []
    tables = [
        table
        for table in autogen.sorted_tables
        if autogen.run_object_filters(table, table.name, "table", False, None)
    ]
    known = database_enums(autogen.connection)
    found: list[DriftOperation] = []
    done: set[tuple[Optional[str], str]] = set()
    for table, _, enum in model_enums(tables, autogen.dialect):
        key = (enum.schema, str(enum.name))
        values = _values_of(known, *key)
        if key in done or values is None:
            continue
        done.add(key)
        found += [_missing(table, key, value) for value in enum.enums if value not in values]
    return found


def _values_of(
    known: dict[tuple[str, str], tuple[bool, tuple[str, ...]]], schema: Optional[str], name: str
) -> Optional[tuple[str, ...]]:
    if schema is not None:
        return known.get((schema, name), (False, None))[1]
    return next((vs for (_, n), (visible, vs) in known.items() if n == name and visible), None)


def _missing(table: Any, key: tuple[Optional[str], str], value: str) -> DriftOperation:
    schema, name = key
    qualified = f"{schema}.{name}" if schema else name
    literal = "'" + value.replace("'", "''") + "'"
    statement = f"ALTER TYPE {qualified} ADD VALUE IF NOT EXISTS {literal}"
    return DriftOperation(
        sign="~",
        table=f"{table.schema}.{table.name}" if table.schema else str(table.name),
        text=f"enum {name}: add value {literal} {UNSEEN}",
        code=f"with op.get_context().autocommit_block():\n    op.execute({statement!r})",
        kind="enum-value",
    )


def facts(enums: Iterable[Enum]) -> tuple[EnumFacts, ...]:
    """One entry for each enum type, in order of name."""
    unique = {(enum.schema, str(enum.name)): tuple(enum.enums) for enum in enums}
    ordered = sorted(unique.items(), key=lambda item: (item[0][0] or "", item[0][1]))
    return tuple(EnumFacts(schema, name, values) for (schema, name), values in ordered)
