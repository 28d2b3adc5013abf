"""Tables and their columns, looked up by name as the session sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Optional

from .asking import Database

SAMPLE_ROWS = 20_000
"""Rows of a sample: enough to tell 1 % from 2 %, read in some 10 ms where pages are at hand."""
_ROWS = re.compile(r"\brows=(\d+)")


class Absent(Exception):
    """There is no such table, column, type or value (yet)."""


@dataclass(frozen=True)
class Relation:
    """A table, view or the like. `sql` is its quoted name, `columns` (attnum, type category) by
    name in order, `key` the primary key's columns, `rows` the planner's estimate."""

    oid: int
    schema: str
    name: str
    kind: str
    sql: str
    columns: dict[str, tuple[int, str]]
    key: tuple[str, ...]
    rows: int

    def sample(self, columns: Iterable[str], database: Database) -> str:
        """A FROM item with the columns of some SAMPLE_ROWS rows, the same ones each time while
        nothing changes."""
        names = ", ".join(database.name(name) for name in columns)
        part = ""
        if self.kind in ("r", "p", "m"):
            percent = min(100.0, 100.0 * SAMPLE_ROWS / max(self.rows, 1))
            part = f" TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE (0)"
        return f"(SELECT {names} FROM {self.sql}{part} LIMIT {2 * SAMPLE_ROWS})"


@dataclass
class Relations:
    """What was looked up in one request."""

    database: Database
    _known: dict[tuple[Optional[str], str], Relation] = field(default_factory=dict)

    def need(self, schema: Optional[str], name: str, columns: Iterable[str] = ()) -> Relation:
        """Raises Absent where the relation or one of the columns is not there, and Refused."""
        key = schema, name
        if key not in self._known:
            self._known[key] = _find(self.database, schema, name)
        found = self._known[key]
        if any(column not in found.columns for column in columns):
            raise Absent
        return found


def visible(database: Database, schema: Optional[str], function: str, oid: str) -> str:
    """A condition: in that schema, or (None) found without naming one."""
    if schema is None:
        return f"pg_catalog.{function}({oid})"
    return f"n.nspname = {database.text(schema)}"


def _find(database: Database, schema: Optional[str], name: str) -> Relation:
    found = database.rows(
        f"""SELECT c.oid::bigint, n.nspname::text, c.relkind::text, a.attname::text, a.attnum::int,
          t.typcategory::text, array_position(i.indkey::int2[], a.attnum)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_attribute a
          ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
        WHERE c.relname = {database.text(name)} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND {visible(database, schema, "pg_table_is_visible", "c.oid")} ORDER BY a.attnum"""
    )
    if not found:
        raise Absent
    oid, found_schema, kind = found[0][:3]
    columns = [row[3:6] for row in found if row[3] is not None]
    key = sorted((row[6], row[3]) for row in found if row[6] is not None)
    sql = database.name(found_schema, name)
    return Relation(
        oid=oid,
        schema=found_schema,
        name=name,
        kind=kind,
        sql=sql,
        columns={column: (number, category) for column, number, category in columns},
        key=tuple(column for _, column in key),
        rows=_estimate(database, sql),
    )


def _estimate(database: Database, sql: str) -> int:
    """The planner's: it goes by the table's size now, also where it was never analyzed, and sums
    up partitions."""
    plan = database.rows(f"EXPLAIN SELECT 1 FROM {sql}")
    found = _ROWS.search(str(plan[0][0])) if plan else None
    return int(found.group(1)) if found is not None else 0
