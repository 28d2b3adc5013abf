"""The methods of alembic's `op`, and of what batch_alter_table() gives, into operations."""

from __future__ import annotations

from collections.abc import Callable

from opsmig_tui.review import op_constraints
from opsmig_tui.review.dml import run_sql
from opsmig_tui.review.op_base import guard, operation, options, table_name
from opsmig_tui.review.operations import Change, Column, Constraint, Kind, Operation
from opsmig_tui.review.run import Call, Run
from opsmig_tui.review.schema_calls import default_as_written, option
from opsmig_tui.review.schema_types import column_type
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
from opsmig_tui.review.written import written


def op_call(run: Run, name: str, call: Call, batch: Batch | None) -> object:
    """Record ``op.name(...)``. A method nobody knows here (a custom operation) is undecided."""
    if name == "execute":
        return run_sql(run, call, autocommit=False)
    if name in ("inline_literal",):
        return call.value(0)
    reader = _READERS.get(name)
    if reader is None:
        text = f"op.{name}({', '.join(written(a) for a in call.node.args[:3])})"
        run.record(operation(run, "undecided", call, batch, object_type="call", text=text[:200]))
        return UNKNOWN
    found = reader(run, call, batch)
    run.record(found)
    if found.kind == "create_table":
        return TableValue(found.table, found.schema, found.columns, found.constraints)
    return UNKNOWN


def _create_table(run: Run, call: Call, batch: Batch | None) -> Operation:
    items = [item.value for item in call.positional[1:]]
    columns = tuple(item for item in items if isinstance(item, Column))
    constraints = tuple(item for item in items if isinstance(item, Constraint))
    indexes = sum(isinstance(item, IndexValue) for item in items)
    known = len(columns) + len(constraints) + indexes == len(items)
    return operation(
        run,
        "create_table",
        call,
        batch,
        table=as_text(call.value(0, "table_name")),
        columns=columns,
        constraints=constraints,
        guard=guard(call),
        complete=known and not call.open,
    )


def _drop_table(run: Run, call: Call, batch: Batch | None) -> Operation:
    table = as_text(call.value(0, "table_name"))
    schema = as_text(call.value(1, "schema"))
    return operation(run, "drop_table", call, batch, table=table, schema=schema, guard=guard(call))


def _rename_table(run: Run, call: Call, batch: Batch | None) -> Operation:
    return operation(
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
    return operation(
        run,
        "add_column",
        call,
        batch,
        table=table_name(call, batch, 0, "table_name"),
        columns=(column,),
        guard=guard(call),
        options=frozenset({"inline_references"} if call.flag("inline_references") else ()),
        complete=isinstance(given, Column) and not call.open,
    )


def _drop_column(run: Run, call: Call, batch: Batch | None) -> Operation:
    return operation(
        run,
        "drop_column",
        call,
        batch,
        table=table_name(call, batch, 0, "table_name"),
        column_names=plain_names(call.value(0 if batch else 1, "column_name")),
        guard=guard(call),
    )


def _alter_column(run: Run, call: Call, batch: Batch | None) -> Operation:
    names = plain_names(call.value(0 if batch else 1, "column_name"))
    table = table_name(call, batch, 0, "table_name")
    renamed = call.value(-1, "new_column_name", "name")
    new_type = call.argument(-1, "type_")
    was = call.argument(-1, "existing_type")
    default = call.argument(-1, "server_default")
    change = Change(
        nullable=_flag(call, "nullable"),
        type=column_type(new_type) if new_type is not None and new_type.value is not None else None,
        default=call.has("server_default"),
        comment=call.has("comment"),
        existing_nullable=_flag(call, "existing_nullable"),
        existing_type=column_type(was) if was is not None and was.value is not None else None,
        using=_using(call),
        default_text=default_as_written(default) if default is not None else "",
        existing_enum=_enum_name(call.value(-1, "existing_type")),
    )
    kind: Kind = "alter_column"
    if call.has("new_column_name") or (batch and call.has("name")):
        kind = "rename_column"
    return operation(
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


def _using(call: Call) -> str:
    given = call.argument(-1, "postgresql_using")
    if given is None or given.value is None:
        return ""
    return as_text(given.value) or written(given.node)[:200]


def _enum_name(value: object) -> str | None:
    return value.use.name if isinstance(value, EnumValue) else None


def _create_index(run: Run, call: Call, batch: Batch | None) -> Operation:
    name = call.value(0, "index_name")
    columns = call.value(1 if batch else 2, "columns")
    return operation(
        run,
        "create_index",
        call,
        batch,
        table=table_name(call, batch, 1, "table_name"),
        name=as_text(name),
        unnamed=name is None,
        column_names=plain_names(columns),
        options=options(call, columns, plain_names(columns)),
        unique=option(call, "unique") is True,
        concurrently=option(call, "postgresql_concurrently"),
        guard=guard(call),
        where=call.has("postgresql_where"),
    )


def _drop_index(run: Run, call: Call, batch: Batch | None) -> Operation:
    name = call.value(0, "index_name")
    return operation(
        run,
        "drop_index",
        call,
        batch,
        table=table_name(call, batch, 1, "table_name"),
        name=as_text(name),
        unnamed=name is None,
        concurrently=option(call, "postgresql_concurrently"),
        guard=guard(call),
    )


def _bulk_insert(run: Run, call: Call, batch: Batch | None) -> Operation:
    table = call.value(0, "table")
    known = table if isinstance(table, TableValue) else TableValue(None)
    return operation(run, "insert", call, batch, table=known.name, schema=known.schema)


def _comment(run: Run, call: Call, batch: Batch | None) -> Operation:
    return operation(run, "sql", call, batch, object_type="comment")


_READERS: dict[str, Callable[[Run, Call, Batch | None], Operation]] = {
    "create_table": _create_table,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "add_column": _add_column,
    "drop_column": _drop_column,
    "alter_column": _alter_column,
    "create_index": _create_index,
    "drop_index": _drop_index,
    "create_unique_constraint": op_constraints.create("unique"),
    "create_primary_key": op_constraints.create("primary"),
    "create_check_constraint": op_constraints.create("check"),
    "create_exclude_constraint": op_constraints.create("exclude"),
    "create_foreign_key": op_constraints.foreign_key,
    "drop_constraint": op_constraints.drop,
    "bulk_insert": _bulk_insert,
    "create_table_comment": _comment,
    "drop_table_comment": _comment,
}
