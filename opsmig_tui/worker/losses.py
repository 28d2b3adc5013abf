"""What a revision file would destroy, read from its syntax tree, and how much of it there is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Optional

from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .connections import autocommits
from .literals import UNKNOWN, Names, argument, batch_table, function_calls, value_of
from .narrowed import unfit
from .protocol import Loss

COUNT_TIMEOUT_MS = 2000
UNDECIDED = "(known only when it runs)"
_NAME = r'((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)'
_DROP_TABLE = re.compile(rf"(?is)\bDROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?{_NAME}")
_DROP_COLUMN = re.compile(
    rf"(?is)\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{_NAME}\s+"
    rf"DROP\s+COLUMN\s+(?:IF\s+EXISTS\s+)?{_NAME}"
)
_EMPTIED = re.compile(rf"(?is)\b(?:TRUNCATE\s+(?:TABLE\s+)?|DELETE\s+FROM\s+){_NAME}\s*;?\s*$")


@dataclass(frozen=True)
class Target:
    """A table, or one column of it. `words` is what is lost ("table", "column", "rows of")."""

    words: str
    schema: Any
    table: Any
    column: Any = None

    def __str__(self) -> str:
        parts = [self.schema] if self.schema else []
        parts += [self.table, self.column] if self.column else [self.table]
        named = ".".join("…" if part is UNKNOWN else str(part) for part in parts)
        return f"{self.words} {named}" + (f" {UNDECIDED}" if UNKNOWN in parts else "")


def losses_of(path: str, direction: str, context: MigrationContext) -> tuple[Loss, ...]:
    """What the file's `direction` function drops, each with its rows or non-null values now; and
    values that do not fit a new type.

    A drop of something the file computes is listed with `rows` None: it may be anything.
    """
    targets = dict.fromkeys(
        target
        for call, names in function_calls(path, direction)
        for target in _targets(call, names)
    )
    dropped = (Loss(str(target), _count(target, context)) for target in targets)
    return (*dropped, *unfit(path, direction, context, COUNT_TIMEOUT_MS))


def commits_of(path: str, direction: str, context: MigrationContext) -> str:
    """Why this step commits for good while it runs, or "" when it rolls back with the rest."""
    if not context.impl.transactional_ddl:
        return f"{context.dialect.name} commits every schema change at once"
    called = {
        call.func.attr
        for call, _ in function_calls(path, direction)
        if isinstance(call.func, ast.Attribute)
    }
    if "autocommit_block" in called:
        return "autocommit_block: all before it is committed, and each statement in it"
    if "commit" in called:
        return "it calls commit() itself"
    if context.connection is not None and autocommits(context.connection):
        return "the connection is in autocommit: each statement is committed at once"
    if context._transaction_per_migration:
        return "transaction_per_migration: committed when it is done"
    return ""


def _targets(call: ast.Call, names: Names) -> Iterator[Target]:
    func = call.func
    attribute = func.attr if isinstance(func, ast.Attribute) else ""
    if attribute == "drop_table":
        yield Target(
            "table",
            argument(call, names, None, "schema"),
            argument(call, names, 0, "table_name"),
        )
    elif attribute == "drop_column" and isinstance(func, ast.Attribute):
        batch = batch_table(func.value, names)
        if batch is not None:
            yield Target("column", *batch, column=argument(call, names, 0, "column_name"))
        else:
            yield Target(
                "column",
                argument(call, names, None, "schema"),
                argument(call, names, 0, "table_name"),
                argument(call, names, 1, "column_name"),
            )
    else:
        for node in call.args:
            sql = value_of(node, names) if not isinstance(node, ast.Call) else UNKNOWN
            if isinstance(sql, str):
                yield from _in_sql(sql)


def _in_sql(sql: str) -> Iterator[Target]:
    for match in _DROP_COLUMN.finditer(sql):
        yield Target("column", *_split(match[1]), column=_split(match[2])[1])
    for match in _DROP_TABLE.finditer(sql):
        yield Target("table", *_split(match[1]))
    for match in _EMPTIED.finditer(sql):
        yield Target("rows of", *_split(match[1]))


def _split(name: str) -> tuple[Optional[str], str]:
    parts = [part.strip('"') for part in re.findall(r'"[^"]+"|\w+', name)]
    return (parts[0], parts[1]) if len(parts) == 2 else (None, parts[0])


def _count(target: Target, context: MigrationContext) -> Optional[int]:
    """Rows, or non-null values, now. None: not countable in time. A table still to come holds 0."""
    connection: Any = context.connection
    names = (target.schema, target.table, target.column)
    if connection is None or context.as_sql or UNKNOWN in names or not target.table:
        return None
    quote = context.dialect.identifier_preparer.quote
    table = ".".join(quote(part) for part in (target.schema, target.table) if part)
    what = quote(target.column) if target.column else "*"
    try:
        with connection.begin_nested():
            if context.dialect.name == "postgresql":
                if not _exists(connection, table, target.column):
                    return 0
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {COUNT_TIMEOUT_MS}")
            counted = connection.exec_driver_sql(f"SELECT count({what}) FROM {table}").scalar()
            return int(counted)
    except SQLAlchemyError:  # too slow, not allowed, or not there: the plan says "unknown"
        return None


def _exists(connection: Any, table: str, column: Optional[str]) -> bool:
    query = "SELECT to_regclass(:table) IS NOT NULL"
    if column:
        query = """SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute
            WHERE attrelid = to_regclass(:table) AND attname = :column AND NOT attisdropped)"""
    given = {"table": table, "column": column} if column else {"table": table}
    return bool(connection.execute(text(query), given).scalar())
