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

from .protocol import Loss

COUNT_TIMEOUT_MS = 2000
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
    schema: Optional[str]
    table: str
    column: Optional[str] = None

    def __str__(self) -> str:
        table = f"{self.schema}.{self.table}" if self.schema else self.table
        return f"{self.words} {table}" + (f".{self.column}" if self.column else "")


def losses_of(path: str, direction: str, context: MigrationContext) -> tuple[Loss, ...]:
    """What the file's `direction` function drops, each with its rows or non-null values now."""
    function = _function(path, direction)
    if function is None:
        return ()
    targets = dict.fromkeys(_targets(function))
    return tuple(Loss(str(target), _count(target, context)) for target in targets)


def commits_of(path: str, direction: str, context: MigrationContext) -> str:
    """Why this step commits for good while it runs, or "" when it rolls back with the rest."""
    if not context.impl.transactional_ddl:
        return f"{context.dialect.name} commits every schema change at once"
    function = _function(path, direction)
    called = (
        {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
        if (function is not None)
        else set()
    )
    if "autocommit_block" in called:
        return "autocommit_block: all before it is committed, and each statement in it"
    if "commit" in called:
        return "it calls commit() itself"
    if context._transaction_per_migration:
        return "transaction_per_migration: committed when it is done"
    return ""


def _function(path: str, direction: str) -> Optional[ast.FunctionDef]:
    with open(path, "rb") as file:
        tree = ast.parse(file.read(), path)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == direction:
            return node
    return None


def _targets(function: ast.FunctionDef) -> Iterator[Target]:
    batches = _batches(function)
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from _called(node, node.func, batches)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _in_sql(node.value)


def _batches(function: ast.FunctionDef) -> dict[str, tuple[Optional[str], str]]:
    """Name of a batch_alter_table variable → (schema, table)."""
    found: dict[str, tuple[Optional[str], str]] = {}
    for node in ast.walk(function):
        for item in node.items if isinstance(node, ast.With) else ():
            call, name = item.context_expr, item.optional_vars
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "batch_alter_table"
                and isinstance(name, ast.Name)
            ):
                table = _text(call, 0, "table_name")
                if table:
                    found[name.id] = (_text(call, None, "schema"), table)
    return found


def _called(
    call: ast.Call, func: ast.Attribute, batches: dict[str, tuple[Optional[str], str]]
) -> Iterator[Target]:
    if func.attr == "drop_table":
        table = _text(call, 0, "table_name")
        if table:
            yield Target("table", _text(call, None, "schema"), table)
    elif func.attr == "drop_column":
        owner = func.value.id if isinstance(func.value, ast.Name) else ""
        if owner in batches:
            column = _text(call, 0, "column_name")
            schema, table = batches[owner]
        else:
            column = _text(call, 1, "column_name")
            schema, table = _text(call, None, "schema"), _text(call, 0, "table_name") or ""
        if table and column:
            yield Target("column", schema, table, column)


def _text(call: ast.Call, position: Optional[int], keyword: str) -> Optional[str]:
    """A string argument given as a literal, by position or by name."""
    nodes = [item.value for item in call.keywords if item.arg == keyword]
    if position is not None and len(call.args) > position:
        nodes.append(call.args[position])
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
    return None


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
    if connection is None or context.as_sql:
        return None
    quote = context.dialect.identifier_preparer.quote
    table = ".".join(quote(part) for part in (target.schema, target.table) if part)
    what = quote(target.column) if target.column else "*"
    postgresql = context.dialect.name == "postgresql"
    try:
        with connection.begin_nested():
            if postgresql:
                connection.execute(text(f"SET LOCAL statement_timeout = {COUNT_TIMEOUT_MS}"))
                exists = text("SELECT to_regclass(:name) IS NOT NULL")
                if not connection.execute(exists, {"name": table}).scalar():
                    return 0
            counted = connection.execute(text(f"SELECT count({what}) FROM {table}")).scalar()
            return int(counted)
    except SQLAlchemyError:  # too slow, not allowed, or not there: the plan says "unknown"
        return None
