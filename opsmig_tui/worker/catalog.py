"""The database → facts: pg_catalog on PostgreSQL, SQLAlchemy's inspector elsewhere."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from .enums import database_enums
from .modelfacts import sql_type
from .protocol import ColumnFacts, ConstraintFacts, DatabaseFacts, EnumFacts, TableFacts

EXACT_UP_TO = 10_000
"""Rows counted exactly; larger tables are estimated by pg_class.reltuples."""
COUNT_TIMEOUT_MS = 2000

_OURS = """n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND c.relkind IN ('r', 'p')"""

_TABLES = f"""
SELECT c.oid, n.nspname, c.relname, c.reltuples,
  has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE {_OURS} ORDER BY 2, 3
"""
_COLUMNS = f"""
SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
  NOT a.attnotnull, a.atthasdef OR a.attidentity <> '',
  CASE WHEN t.typtype = 'e' THEN t.typname WHEN e.typtype = 'e' THEN e.typname END,
  CASE WHEN a.attidentity = '' AND t.typtype <> 'd'
    AND (d.adbin IS NULL OR coalesce(to_jsonb(a) ->> 'attgenerated', '') = '')
    THEN coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') END
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE {_OURS} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
"""
_CONSTRAINTS = f"""
SELECT k.conrelid, k.contype::text, k.conname, pg_catalog.pg_get_constraintdef(k.oid),
  ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u(number, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number
    ORDER BY u.place)
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE {_OURS} AND k.contype IN ('p', 'u', 'f', 'c') ORDER BY k.conrelid, k.contype, k.conname
"""
_INDEXES = f"""
SELECT i.indrelid, x.relname, pg_catalog.pg_get_indexdef(i.indexrelid),
  ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS u(number, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number
    WHERE u.place <= i.indnkeyatts ORDER BY u.place)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
WHERE {_OURS} AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')
ORDER BY i.indrelid, x.relname
"""
_KINDS = {"p": "primary", "u": "unique", "f": "foreign", "c": "check"}


def database_facts(connection: Any) -> DatabaseFacts:
    """Tables, enums and row counts of every schema that is not the server's own."""
    if connection.dialect.name != "postgresql":
        return _inspected(connection)
    columns: dict[int, list[ColumnFacts]] = defaultdict(list)
    for oid, *column in connection.execute(text(_COLUMNS)):
        columns[oid].append(ColumnFacts(*column))
    constraints: dict[int, list[ConstraintFacts]] = defaultdict(list)
    for oid, kind, name, definition, names in connection.execute(text(_CONSTRAINTS)):
        constraints[oid].append(ConstraintFacts(_KINDS[kind], name, tuple(names), definition))
    for oid, name, definition, names in connection.execute(text(_INDEXES)):
        constraints[oid].append(ConstraintFacts("index", name, tuple(names), definition))
    rows = list(connection.execute(text(_TABLES)))
    number = connection.execute(text("SELECT current_setting('server_version_num')")).scalar()
    return DatabaseFacts(
        dialect="postgresql",
        server_version_num=int(number),
        tables=tuple(
            TableFacts(schema, name, tuple(columns[oid]), tuple(constraints[oid]))
            for oid, schema, name, _, _ in rows
        ),
        enums=tuple(
            EnumFacts(schema, name, values)
            for (schema, name), (_, values) in database_enums(connection).items()
        ),
        rows=_rows(connection, rows),
    )


def _rows(connection: Any, tables: list[Any]) -> dict[str, int]:
    """Rows by "schema.table": counted up to EXACT_UP_TO, else estimated; unreadable ones left out.

    reltuples is -1 for a table never analyzed: those are counted, too, up to the same bound.
    """
    quote = connection.dialect.identifier_preparer.quote
    found = {f"{schema}.{name}": int(estimate) for _, schema, name, estimate, _ in tables}
    small = [
        f"SELECT {_literal(f'{schema}.{name}')}, count(*) FROM "
        f"(SELECT FROM {quote(schema)}.{quote(name)} LIMIT {EXACT_UP_TO + 1}) AS t"
        for _, schema, name, estimate, readable in tables
        if readable and estimate <= EXACT_UP_TO
    ]
    if small:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {COUNT_TIMEOUT_MS}")
                counted = connection.execute(_text(" UNION ALL ".join(small)))
                found.update({row[0]: max(row[1], _over(found[row[0]], row[1])) for row in counted})
        except SQLAlchemyError:
            pass  # too slow or not allowed: the estimates stay
    return {name: count for name, count in found.items() if count >= 0}


def _over(estimate: int, counted: int) -> int:
    """The estimate counts only where counting stopped at the bound."""
    return estimate if counted > EXACT_UP_TO else 0


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _text(sql: str) -> Any:
    """Text with no bound parameters, whatever colons a name holds."""
    return text(sql.replace(":", "\\:"))


def _inspected(connection: Any) -> DatabaseFacts:
    """What SQLAlchemy's inspector knows of the default schema. Rows are not counted here."""
    inspector = inspect(connection)
    info = getattr(connection.dialect, "server_version_info", None) or (0,)
    return DatabaseFacts(
        dialect=connection.dialect.name,
        server_version_num=int("".join(f"{int(part):02d}" for part in info[:3])),
        tables=tuple(_inspected_table(inspector, name) for name in inspector.get_table_names()),
        enums=(),
    )


def _inspected_table(inspector: Any, name: str) -> TableFacts:
    columns = tuple(
        ColumnFacts(
            name=column["name"],
            type=sql_type(column["type"], inspector.dialect),
            nullable=bool(column["nullable"]),
            has_server_default=column.get("default") is not None,
        )
        for column in inspector.get_columns(name)
    )
    primary = inspector.get_pk_constraint(name)
    found = [ConstraintFacts("primary", primary["name"], tuple(primary["constrained_columns"]))]
    for foreign in inspector.get_foreign_keys(name):
        found.append(
            ConstraintFacts("foreign", foreign["name"], tuple(foreign["constrained_columns"]))
        )
    for kind, items in (
        ("unique", inspector.get_unique_constraints(name)),
        ("index", inspector.get_indexes(name)),
    ):
        for item in items:
            names = tuple(column for column in item["column_names"] if column)
            found.append(ConstraintFacts(kind, item["name"], names))
    return TableFacts(None, name, columns, tuple(item for item in found if item.columns))
