"""The methods of alembic's `op`, and of what batch_alter_table() gives, into operations."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from opsmig_tui.review.dml import run_sql
from opsmig_tui.review.operations import Change, Column, Constraint, Kind, Operation
from opsmig_tui.review.run import Call, Run, span_of
from opsmig_tui.review.schema_calls import column_type, option
from opsmig_tui.review.values import (
    UNKNOWN,
    Batch,
    EnumValue,
    IndexValue,
    TableValue,
    as_text,
    plain_names,
    truth,
)


def op_call(run: Run, name: str, call: Call, batch: Batch | None) -> object:
    """Record ``op.name(...)``. A method nobody knows here (a custom operation) is undecided."""
    if name == "execute":
        return run_sql(run, call, autocommit=False)
    if name in ("inline_literal",):
        return call.value(0)
    reader = _READERS.get(name)
    if reader is None:
        text = f"op.{name}({', '.join(ast.unparse(a) for a in call.node.args[:3])})"
        run.record(_base(run, "undecided", call, batch, object_type="call", text=text[:200]))
        return UNKNOWN
    found = reader(run, call, batch)
    run.record(found)
    if found.kind == "create_table":
        return TableValue(found.table, found.schema, found.columns, found.constraints)
    return UNKNOWN


def _base(run: Run, kind: Kind, call: Call, batch: Batch | None, **fields: object) -> Operation:
    common: dict[str, object] = {
        "table": batch.table if batch else None,
        "schema": batch.schema if batch else as_text(call.value(-1, "schema")),
        "batch": batch is not None,
        "complete": not call.open,
        "order": len(run.operations),
    }
    return Operation(kind, span_of(call.node), run.context, **{**common, **fields})  # type: ignore[arg-type]


def _table_name(call: Call, batch: Batch | None, at: int, *names: str) -> str | None:
    return batch.table if batch else as_text(call.value(at, *names))


def _guard(call: Call) -> bool | None:
    for option_name in ("if_not_exists", "if_exists"):
        if call.has(option_name):
            return option(call, option_name)
    return None if call.open else False


def _create_table(run: Run, call: Call, batch: Batch | None) -> Operation:
    items = [item.value for item in call.positional[1:]]
    columns = tuple(item for item in items if isinstance(item, Column))
    constraints = tuple(item for item in items if isinstance(item, Constraint))
    indexes = sum(isinstance(item, IndexValue) for item in items)
    known = len(columns) + len(constraints) + indexes == len(items)
    return _base(
        run,
        "create_table",
        call,
        batch,
        table=as_text(call.value(0, "table_name")),
        columns=columns,
        constraints=constraints,
        guard=_guard(call),
        complete=known and not call.open,
    )


def _drop_table(run: Run, call: Call, batch: Batch | None) -> Operation:
    table = as_text(call.value(0, "table_name"))
    schema = as_text(call.value(1, "schema"))
    return _base(run, "drop_table", call, batch, table=table, schema=schema, guard=_guard(call))


def _rename_table(run: Run, call: Call, batch: Batch | None) -> Operation:
    return _base(
        run,
        "rename_table",
        call,
        batch,
        table=as_text(call.value(0, "old_table_name")),
        name=as_text(call.value(1, "new_table_name")),
        schema=as_text(call.value(2, "schema")),
    )


def _add_column(run: Run, call: Call, batch: Batch | None) -> Operation:
    given = call.value(0 if batch else 1, "column")
    column = given if isinstance(given, Column) else Column(None, nullable=None, default=None)
    return _base(
        run,
        "add_column",
        call,
        batch,
        table=_table_name(call, batch, 0, "table_name"),
        columns=(column,),
        guard=_guard(call),
        complete=isinstance(given, Column) and not call.open,
    )


def _drop_column(run: Run, call: Call, batch: Batch | None) -> Operation:
    return _base(
        run,
        "drop_column",
        call,
        batch,
        table=_table_name(call, batch, 0, "table_name"),
        column_names=plain_names(call.value(0 if batch else 1, "column_name")),
        guard=_guard(call),
    )


def _alter_column(run: Run, call: Call, batch: Batch | None) -> Operation:
    names = plain_names(call.value(0 if batch else 1, "column_name"))
    table = _table_name(call, batch, 0, "table_name")
    renamed = call.value(-1, "new_column_name", "name")
    new_type = call.argument(-1, "type_")
    change = Change(
        nullable=_flag(call, "nullable"),
        type=column_type(new_type) if new_type is not None and new_type.value is not None else None,
        default=call.has("server_default"),
        comment=call.has("comment"),
        existing_nullable=_flag(call, "existing_nullable"),
        existing_enum=_enum_name(call.value(-1, "existing_type")),
    )
    kind: Kind = "alter_column"
    if call.has("new_column_name") or (batch and call.has("name")):
        kind = "rename_column"
    return _base(
        run,
        kind,
        call,
        batch,
        table=table,
        column_names=names,
        name=as_text(renamed),
        change=change,
        complete=not call.open and (not call.has("nullable") or change.nullable is not None),
    )


def _flag(call: Call, name: str) -> bool | None:
    """A boolean that is passed; None when it is not, or not decided."""
    return truth(call.value(-1, name)) if call.has(name) else None


def _enum_name(value: object) -> str | None:
    return value.use.name if isinstance(value, EnumValue) else None


_NO_OPTIONS = frozenset(
    {
        *("schema", "unique", "if_not_exists", "postgresql_concurrently", "source_schema"),
        *("index_name", "constraint_name", "table_name", "columns", "source_table"),
        *("referent_table", "local_cols", "remote_cols", "referent_schema"),
    }
)


def _options(call: Call, columns: object, names: tuple[str, ...]) -> frozenset[str]:
    """Arguments beyond name, table, columns and uniqueness; "…" where columns are expressions."""
    found = {
        f"{key}={ast.unparse(item.node)}"
        for key, item in call.keywords.items()
        if key not in _NO_OPTIONS
    }
    expressions = isinstance(columns, list | tuple) and len(columns) > len(names)
    return frozenset(found | ({"…"} if expressions else set()))


def _create_index(run: Run, call: Call, batch: Batch | None) -> Operation:
    name = call.value(0, "index_name")
    columns = call.value(1 if batch else 2, "columns")
    return _base(
        run,
        "create_index",
        call,
        batch,
        table=_table_name(call, batch, 1, "table_name"),
        name=as_text(name),
        unnamed=name is None,
        column_names=plain_names(columns),
        options=_options(call, columns, plain_names(columns)),
        unique=option(call, "unique") is True,
        concurrently=option(call, "postgresql_concurrently"),
        guard=_guard(call),
        where=call.has("postgresql_where"),
    )


def _drop_index(run: Run, call: Call, batch: Batch | None) -> Operation:
    name = call.value(0, "index_name")
    return _base(
        run,
        "drop_index",
        call,
        batch,
        table=_table_name(call, batch, 1, "table_name"),
        name=as_text(name),
        unnamed=name is None,
        concurrently=option(call, "postgresql_concurrently"),
        guard=_guard(call),
    )


def _create_constraint(kind: str) -> Callable[[Run, Call, Batch | None], Operation]:
    def read(run: Run, call: Call, batch: Batch | None) -> Operation:
        name = call.value(0, "constraint_name")
        named = kind in ("unique", "primary")
        columns = plain_names(call.value(1 if batch else 2, "columns")) if named else ()
        constraint = Constraint(kind, as_text(name), columns, unnamed=name is None)
        found = _constraint_operation(run, call, batch, constraint, 1, "table_name")
        return found if named else replace(found, text=ast.unparse(call.node)[:400])

    return read


def _foreign_key(run: Run, call: Call, batch: Batch | None) -> Operation:
    name = call.value(0, "constraint_name")
    first = 1 if batch else 2
    constraint = Constraint(
        "foreign",
        as_text(name),
        plain_names(call.value(first + 1, "local_cols")),
        referent=as_text(call.value(first, "referent_table")),
        unnamed=name is None,
        referent_schema=as_text(call.value(-1, "referent_schema")),
        referent_columns=plain_names(call.value(first + 2, "remote_cols")),
        valid=_negated(option(call, "postgresql_not_valid")),
    )
    found = _constraint_operation(run, call, batch, constraint, 1, "source_table")
    if batch is None:
        found = replace(found, schema=as_text(call.value(-1, "source_schema")))
    return found


def _negated(value: bool | None) -> bool | None:
    return None if value is None else not value


def _constraint_operation(
    run: Run, call: Call, batch: Batch | None, constraint: Constraint, at: int, table: str
) -> Operation:
    return _base(
        run,
        "create_constraint",
        call,
        batch,
        table=_table_name(call, batch, at, table),
        name=constraint.name,
        unnamed=constraint.unnamed,
        object_type=constraint.kind,
        column_names=constraint.columns,
        constraints=(constraint,),
        options=_options(call, (), ()),
    )


def _drop_constraint(run: Run, call: Call, batch: Batch | None) -> Operation:
    name = call.value(0, "constraint_name")
    kind = as_text(call.value(1 if batch else 2, "type_")) or ""
    kind = {"foreignkey": "foreign"}.get(kind, kind)
    constraint = Constraint(kind, as_text(name), unnamed=name is None)
    return _base(
        run,
        "drop_constraint",
        call,
        batch,
        table=_table_name(call, batch, 1, "table_name"),
        name=constraint.name,
        unnamed=constraint.unnamed,
        object_type=kind,
        constraints=(constraint,),
        guard=_guard(call),
    )


def _bulk_insert(run: Run, call: Call, batch: Batch | None) -> Operation:
    table = call.value(0, "table")
    known = table if isinstance(table, TableValue) else TableValue(None)
    return _base(run, "insert", call, batch, table=known.name, schema=known.schema)


def _comment(run: Run, call: Call, batch: Batch | None) -> Operation:
    return _base(run, "sql", call, batch, object_type="comment")


_READERS: dict[str, Callable[[Run, Call, Batch | None], Operation]] = {
    "create_table": _create_table,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "add_column": _add_column,
    "drop_column": _drop_column,
    "alter_column": _alter_column,
    "create_index": _create_index,
    "drop_index": _drop_index,
    "create_unique_constraint": _create_constraint("unique"),
    "create_primary_key": _create_constraint("primary"),
    "create_check_constraint": _create_constraint("check"),
    "create_exclude_constraint": _create_constraint("exclude"),
    "create_foreign_key": _foreign_key,
    "drop_constraint": _drop_constraint,
    "bulk_insert": _bulk_insert,
    "create_table_comment": _comment,
    "drop_table_comment": _comment,
}
