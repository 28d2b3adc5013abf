"""Runs alembic's autogenerate and says in words what it found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from alembic.autogenerate.render import render_op_text
from alembic.operations import ops

from .modelfacts import sql_type
from .protocol import DriftOperation


def describe_operations(revision_context: Any) -> list[DriftOperation]:
    """Every operation of the generated scripts, one entry each, in alembic's own order."""
    autogen = revision_context._last_autogen_context
    found = []
    for script in revision_context.generated_revisions:
        found += described(autogen, script)
    return found


def described(autogen: Any, script: Any) -> list[DriftOperation]:
    """Every operation of one generated script."""
    return [
        _describe(autogen, parent, operation)
        for container in script.upgrade_ops_list
        for parent, operation in _leaves(container.ops)
    ]


def by_table(operations: list[DriftOperation]) -> list[DriftOperation]:
    """Grouped by table, tables in order of name, operations of a table in their own order."""
    return sorted(operations, key=lambda operation: operation.table)


def _leaves(operations: Any, parent: Any = None) -> Iterator[tuple[Any, Any]]:
    for operation in operations:
        if isinstance(operation, ops.ModifyTableOps):
            yield from _leaves(operation.ops, operation)
        else:
            yield parent, operation


def _describe(autogen: Any, parent: Any, operation: Any) -> DriftOperation:
    sign, text = _words(autogen, operation)
    whole = operation
    if parent is not None:  # rendered inside its table, so that batch mode shows as it would
        whole = ops.ModifyTableOps(parent.table_name, [operation], schema=parent.schema)
    code = render_op_text(autogen, whole).strip()
    code = re.sub(r"\n(?=[^\s)])", "\n    ", code)  # alembic leaves the arguments at the margin
    return DriftOperation(sign, _table(operation, parent), text, code, _kind(operation))


def _kind(operation: Any) -> str:
    """AddColumnOp → "add-column"."""
    name = re.sub(r"Op$", "", type(operation).__name__)
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _table(operation: Any, parent: Any) -> str:
    for source in (operation, parent):
        name = getattr(source, "table_name", None) or getattr(source, "source_table", None)
        if name:
            schema = getattr(source, "schema", None) or getattr(source, "source_schema", None)
            return f"{schema}.{name}" if schema else str(name)
    return ""


def _words(autogen: Any, operation: Any) -> tuple[str, str]:
    """(sign, one line in words)."""
    if isinstance(operation, ops.CreateTableOp):
        columns = sum(1 for item in operation.columns if _is_column(item))
        return "+", f"create table {operation.table_name} ({columns} columns)"
    if isinstance(operation, ops.DropTableOp):
        return "-", f"drop table {operation.table_name}"
    if isinstance(operation, ops.AddColumnOp):
        column = operation.column
        rest = "" if column.nullable else " NOT NULL"
        if column.server_default is not None:
            rest += " with a server default"
        return "+", f"add column {column.name} {_type(column.type, autogen.dialect)}{rest}"
    if isinstance(operation, ops.DropColumnOp):
        return "-", f"drop column {operation.column_name}"
    if isinstance(operation, ops.AlterColumnOp):
        return "~", f"alter column {operation.column_name}: {_alterations(autogen, operation)}"
    if isinstance(operation, ops.CreateIndexOp):
        unique = "unique " if operation.unique else ""
        columns_text = ", ".join(_name(column) for column in operation.columns)
        return "+", f"create {unique}index {operation.index_name or '(unnamed)'} ({columns_text})"
    if isinstance(operation, ops.DropIndexOp):
        return "-", f"drop index {operation.index_name}"
    return _constraint_words(operation)


def _constraint_words(operation: Any) -> tuple[str, str]:
    name = getattr(operation, "constraint_name", None) or "(unnamed)"
    if isinstance(operation, ops.CreateForeignKeyOp):
        here, there = ", ".join(operation.local_cols), ", ".join(operation.remote_cols)
        target = f"{operation.referent_table}({there})"
        return "+", f"add foreign key {name} ({here}) → {target}"
    if isinstance(operation, ops.CreateUniqueConstraintOp):
        columns = ", ".join(_name(column) for column in operation.columns)
        return "+", f"add unique constraint {name} ({columns})"
    if isinstance(operation, ops.DropConstraintOp):
        kind = {"foreignkey": "foreign key"}.get(operation.constraint_type or "", "")
        kind = kind or f"{operation.constraint_type or ''} constraint".strip()
        return "-", f"drop {kind} {name}"
    if isinstance(operation, ops.CreateCheckConstraintOp):
        return "+", f"add check constraint {name}"
    words = _kind(operation).replace("-", " ")
    sign = {"create": "+", "add": "+", "drop": "-", "remove": "-"}.get(words.split(" ")[0], "~")
    return sign, words


def _alterations(autogen: Any, operation: Any) -> str:
    changes = []
    if operation.modify_type is not None:
        before = _type(operation.existing_type, autogen.dialect)
        changes.append(f"type {before} → {_type(operation.modify_type, autogen.dialect)}")
    if operation.modify_nullable is not None:
        changes.append("drop NOT NULL" if operation.modify_nullable else "set NOT NULL")
    if operation.modify_server_default is not False:
        removed = operation.modify_server_default is None
        changes.append("drop server default" if removed else "change server default")
    if operation.modify_name:
        changes.append(f"rename to {operation.modify_name}")
    if operation.modify_comment is not False:
        changes.append("change comment")
    return ", ".join(changes) or "change"


def _is_column(item: Any) -> bool:
    return hasattr(item, "nullable") and hasattr(item, "type")


def _name(column: Any) -> str:
    return column if isinstance(column, str) else str(getattr(column, "name", column))


def _type(type_: Any, dialect: Any) -> str:
    """A type in words; a named enum is marked as one."""
    if type_ is None:
        return "?"
    text = sql_type(type_, dialect)
    named = getattr(type_, "enums", None) and getattr(type_, "name", None)
    return f"ENUM {text}" if named and "ENUM" not in text.upper() else text
